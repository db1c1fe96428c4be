"""Read section files and the edition they make.

    editions/2026-09/ edition.txt, 10-editorial.txt, … -> Edition("2026-09", "de", …, sections=(…))

Edge: reads files; `read_section` is pure. Every error and finding has file and line. The errors of all files are
raised at once, so that staff mend them in one go.
"""

import difflib
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from isa_mail.content.body import BodyReader
from isa_mail.content.dates import ACCEPTED, parse_date
from isa_mail.content.fields import mark_fields
from isa_mail.content.findings import finding
from isa_mail.content.header import Header, Value, read_header
from isa_mail.content.inline import InlineReader
from isa_mail.content.words import EDITION_KEYS, KINDS, SECTION_KEYS
from isa_mail.errors import ContentError, IsaMailError, Several
from isa_mail.model import Edition, Finding, Kind, MergeField, Place, PlainText, Section, Signature
from isa_mail.typography.encoding import decode
from isa_mail.typography.languages import LANGUAGES, language_code

EDITION_FILE = "edition.txt"
_NOT_SECTIONS = (EDITION_FILE, "sent.txt")
_LEFT_BY_WINDOWS = ("thumbs.db", "desktop.ini")
_COMMA = re.compile("[,，]")
_DIGITS = re.compile(r"(\d+)")


def read_edition(
    directory: Path, *, name: str, language: str | None, default_language: str, root: Path
) -> Edition:
    """Read one edition in one language; afterwards it is whole and without errors.

    `directory` holds edition.txt and the section files; `language` is its name if it is a language folder, else
    None. Places are relative to `root`. Raises ContentError, or Several with all errors of all files.
    """
    errors: list[IsaMailError] = []
    sections: list[Section] = []
    findings: list[Finding] = []
    header: _EditionHeader | None = None
    try:
        header = _read_edition_header(_edition_file(directory), root, language, default_language)
    except IsaMailError as error:
        errors.append(error)
    for path in _section_files(directory):
        try:
            section, remarks = read_section(_bytes(path), name=path.stem, file=_name(path, root))
        except IsaMailError as error:
            errors.append(error)
        else:
            sections.append(section)
            findings.extend(remarks)
    findings.extend(_not_read(directory, root))
    if not sections and not errors:
        errors.append(
            ContentError(
                "The edition has no section yet.",
                place=Place(_name(directory, root)),
                hint="Write a text file such as 10-editorial.txt into its folder.",
            )
        )
    if errors or header is None:
        raise _all(errors)
    return header.edition(name, tuple(sections), tuple(findings))


def read_section(data: bytes, *, name: str, file: str) -> tuple[Section, tuple[Finding, ...]]:
    """Read one section file.

    `file` is what places name. Raises ContentError, or Several.
    """
    text, findings = _text(data, file)
    lines = text.split("\n")
    header = read_header(lines, keys=SECTION_KEYS, repeatable=frozenset({"signed"}), file=file)
    if not header.values and any(line.strip() for line in lines):
        number = next(n for n, line in enumerate(lines, 1) if line.strip())
        findings.append(
            finding(
                "C101",
                Place(file, number),
                "The file has no header, so all of it was read as text.",
                "Begin it with lines like Title: … and Kind: report, then an empty line.",
            )
        )
    kind = _kind(header, file)
    first_line = header.body + 1
    marked = mark_fields("\n".join(lines[header.body :]), file=file, first_line=first_line, literal=False)
    body = marked.text.split("\n")
    inline = InlineReader(marked, file, body, first_line)
    blocks = BodyReader(inline, kind).read(body)
    if not blocks:
        findings.append(
            finding(
                "C109", Place(file), "The section has no text.", "Write it below the header's empty line."
            )
        )
    section = Section(
        name=name,
        title=_plain(header.one("title"), file),
        short_title=_plain(header.one("short_title"), file),
        kind=kind,
        signed=tuple(_signature(_plain(value, file)) for value in header.all("signed")),
        body=blocks,
        place=Place(file),
    )
    return section, (*findings, *inline.findings)


class _EditionHeader:
    """edition.txt, read: everything of an edition but its sections."""

    def __init__(self, header: Header, file: str, language: str, findings: list[Finding]) -> None:
        errors: list[IsaMailError] = []
        for key in ("title", "date"):
            if header.one(key) is None:
                errors.append(
                    ContentError(
                        f"{key.capitalize()} is missing.",
                        place=Place(file),
                        hint=f"Add a line {key.capitalize()}: …",
                    )
                )
        if errors:
            raise _all(errors)
        title, date = header.one("title"), header.one("date")
        assert title is not None
        assert date is not None
        parsed = parse_date(date.text)
        if parsed is None:
            raise ContentError(
                f"{date.text!r} is no date.", place=Place(file, date.line), hint=f"Write it like {ACCEPTED}."
            )
        self.title = _without_fields(title, file)
        number = header.one("number")
        self.number = _without_fields(number, file) if number else ""
        self.date = parsed
        self.language = language
        self.subject = _plain(header.one("subject"), file) or (self.title,)
        self.preheader = _plain(header.one("preheader"), file)
        self.greeting = _plain(header.one("greeting"), file)
        self.findings = findings
        self.place = Place(file)

    def edition(self, name: str, sections: tuple[Section, ...], findings: tuple[Finding, ...]) -> Edition:
        return Edition(
            name=name,
            language=self.language,
            title=self.title,
            number=self.number,
            date=self.date,
            subject=self.subject,
            preheader=self.preheader,
            greeting=self.greeting,
            sections=sections,
            findings=(*self.findings, *findings),
            place=self.place,
        )


def _read_edition_header(path: Path, root: Path, folder: str | None, default_language: str) -> _EditionHeader:
    file = _name(path, root)
    if not path.is_file():
        raise ContentError(
            f"{EDITION_FILE} is missing.",
            place=Place(file),
            hint="Write it with lines Title: … and Date: …, or copy that of an older edition.",
        )
    text, findings = _text(_bytes(path), file)
    lines = text.split("\n")
    header = read_header(lines, keys=EDITION_KEYS, repeatable=frozenset(), file=file)
    extra = next((n for n in range(header.body, len(lines)) if lines[n].strip()), None)
    if extra is not None:
        raise ContentError(
            f"{EDITION_FILE} holds nothing but lines like Title: …, and this line is none.",
            place=Place(file, extra + 1),
            hint="Remove the empty line above it, or move the text into a section file.",
        )
    return _EditionHeader(header, file, _language(header, file, folder, default_language), findings)


def _language(header: Header, file: str, folder: str | None, default_language: str) -> str:
    folder_code = language_code(folder) if folder else None
    if folder and folder_code is None:
        raise ContentError(
            f"{folder!r} is no language that a letter can be written in.",
            place=Place(file),
            hint=f"Name the language folders by {', '.join(LANGUAGES)}.",
        )
    value = header.one("language")
    if value is None:
        return folder_code or default_language
    code = language_code(value.text)
    if code is None:
        raise ContentError(
            f"{value.text!r} is no language that a letter can be written in.",
            place=Place(file, value.line),
            hint=f"Write one of {', '.join(LANGUAGES)}.",
        )
    if folder_code and code != folder_code:
        raise ContentError(
            f"The language is {value.text!r}, but the folder is {folder!r}.",
            place=Place(file, value.line),
            hint="Make both the same.",
        )
    return code


def _kind(header: Header, file: str) -> Kind:
    value = header.one("kind")
    if value is None:
        return Kind.ARTICLE
    kind = KINDS.get(value.text.casefold())
    if kind is None:
        near = difflib.get_close_matches(value.text.casefold(), KINDS, 1, 0.6)
        instead = f"Did you mean {near[0]}? " if near else ""
        raise ContentError(
            f"{value.text!r} is no kind of section.",
            place=Place(file, value.line),
            hint=f"{instead}Kinds: {', '.join(kind.value for kind in Kind)}.",
        )
    return kind


def _plain(value: Value | None, file: str) -> PlainText:
    if value is None:
        return ()
    marked = mark_fields(value.text, file=file, first_line=value.line, literal=True)
    return marked.restore(marked.text)


def _without_fields(value: Value, file: str) -> str:
    text = _plain(value, file)
    if any(isinstance(piece, MergeField) for piece in text):
        raise ContentError(
            "A merge field stands in the edition's title or number, which are the same for everyone.",
            place=Place(file, value.line),
            hint="Move it to the subject, the greeting or a section.",
        )
    return "".join(piece for piece in text if isinstance(piece, str))


def _signature(text: PlainText) -> Signature:
    """Split `name, title` at the first comma."""
    for index, piece in enumerate(text):
        comma = _COMMA.search(piece) if isinstance(piece, str) else None
        if isinstance(piece, str) and comma:
            name = (*text[:index], piece[: comma.start()].rstrip())
            title = (piece[comma.end() :].lstrip(), *text[index + 1 :])
            return Signature(tuple(filter(None, name)), tuple(filter(None, title)))
    return Signature(text, ())


def _text(data: bytes, file: str) -> tuple[str, list[Finding]]:
    hint = "Save the file again as plain text in UTF-8 (in Notepad: Save as, encoding UTF-8)."
    try:
        decoded = decode(data)
    except UnicodeDecodeError as error:
        raise ContentError(
            "The file is in an encoding that is not known, or is no text.", place=Place(file), hint=hint
        ) from error
    for number, line in enumerate(decoded.text.split("\n"), 1):
        control = next(
            (char for char in line if char != "\t" and unicodedata.category(char) in ("Cc", "Cs")), None
        )
        if control is not None:
            raise ContentError(
                f"The line holds the control character U+{ord(control):04X}.",
                place=Place(file, number),
                hint="Delete it, or type the line anew.",
            )
    if decoded.encoding != "cp1252":
        return decoded.text, []
    message = "The file is not UTF-8 and was read as Windows-1252."
    return decoded.text, [finding("C102", Place(file), message, f"Look at the umlauts. {hint}")]


def _edition_file(directory: Path) -> Path:
    """Find edition.txt, however Windows wrote its letters."""
    files = directory.iterdir() if directory.is_dir() else ()
    return next((path for path in files if path.name.casefold() == EDITION_FILE), directory / EDITION_FILE)


def _section_files(directory: Path) -> list[Path]:
    if not directory.is_dir():
        return []
    files = [path for path in directory.iterdir() if _is_section(path)]
    return sorted(files, key=lambda path: _natural(path.name))


def _is_section(path: Path) -> bool:
    return (
        path.is_file()
        and path.suffix.lower() == ".txt"
        and path.name.casefold() not in _NOT_SECTIONS
        and not path.name.startswith((".", "~$"))
    )


def _natural(name: str) -> list[tuple[int, int, str]]:
    parts = _DIGITS.split(name)
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part.casefold()) for part in parts if part]


def _not_read(directory: Path, root: Path) -> Iterator[Finding]:
    for path in sorted(directory.iterdir()) if directory.is_dir() else ():
        known = _is_section(path) or path.name.casefold() in (*_NOT_SECTIONS, *_LEFT_BY_WINDOWS)
        known = known or path.name.startswith((".", "~$"))
        if path.is_file() and not known:
            yield finding(
                "C108",
                Place(_name(path, root)),
                f"{path.name} is not read.",
                "Sections are .txt files; pictures lie in images/, attachments in attachments/.",
            )


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ContentError(
            f"{path.name} cannot be read: {error.strerror}.",
            place=Place(path.name),
            hint="Check the file's permissions, and whether another program has it open.",
        ) from error


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def _all(errors: list[IsaMailError]) -> IsaMailError:
    single = [one for error in errors for one in (error.errors if isinstance(error, Several) else (error,))]
    return single[0] if len(single) == 1 else Several(single)
