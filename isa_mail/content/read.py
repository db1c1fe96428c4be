"""Read an edition from its folder.

    editions/2026-09/ edition.txt, 10-editorial.txt, … -> Edition("2026-09", "de", …, sections=(…))

Edge: reads files; `edition.py` and `section.py` make sense of them. Every error and finding has file and line. The
errors of all files are raised at once, so that staff mend them in one go.
"""

import re
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from isa_mail.content.edition import EDITION_FILE, read_edition_file
from isa_mail.content.findings import Remarks
from isa_mail.content.section import read_section
from isa_mail.errors import ContentError, IsaMailError, Several
from isa_mail.model.findings import Finding, Place
from isa_mail.model.newsletter import Edition, Figure, Section
from isa_mail.typography.encoding import decode

_NOT_SECTIONS = (EDITION_FILE, "sent.txt")
_KNOWN = (*_NOT_SECTIONS, "images", "attachments", "thumbs.db", "desktop.ini")
_HIDDEN = (".", "~$")  # how the names begin of what programs leave
_WHERE_THINGS_LIE = (
    "Sections are .txt files beside edition.txt; pictures lie in images/, attachments in attachments/."
)
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
    edition: Edition | None = None
    path = _edition_file(directory)
    file = _name(path, root)
    try:
        edition = read_edition_file(
            _edition_bytes(path, root),
            file=file,
            name=name,
            folder=language,
            default_language=default_language,
        )
    except IsaMailError as error:
        errors.append(error)
    for path in _section_files(directory):
        try:
            section, remarks = read_section(_bytes(path, root), name=path.stem, file=_name(path, root))
        except IsaMailError as error:
            errors.append(error)
        else:
            sections.append(section)
            findings.extend(remarks)
    findings.extend(_not_read(directory, root, sections, in_language_folder=language is not None))
    if not sections and not errors:
        errors.append(
            ContentError(
                "The edition has no section yet.",
                place=Place(_name(directory, root)),
                hint="Write a text file such as 10-editorial.txt into its folder.",
            )
        )
    if errors or edition is None:
        raise _all(errors)
    return replace(edition, sections=tuple(sections), findings=(*edition.findings, *findings))


def read_texts(directory: Path, root: Path) -> dict[str, str]:
    """Read the texts of one language as they were typed, by the names that places give them.

    What cannot be read is left out: `read_edition` says why.
    """
    texts = {}
    for path in (_edition_file(directory), *_section_files(directory)):
        with suppress(OSError, UnicodeDecodeError):
            texts[_name(path, root)] = decode(path.read_bytes()).text
    return texts


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
        and not path.name.startswith(_HIDDEN)
    )


def _natural(name: str) -> list[tuple[int, int, str]]:
    parts = _DIGITS.split(name)
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part.casefold()) for part in parts if part]


def _not_read(
    directory: Path, root: Path, sections: list[Section], *, in_language_folder: bool
) -> tuple[Finding, ...]:
    """Remark what lies in the edition's folder, and in its language's, that no rule reads and no figure shows."""
    findings: list[Finding] = []
    top = directory.parent if in_language_folder else directory
    shown = {top / block.path for section in sections for block in section.body if isinstance(block, Figure)}
    for folder in dict.fromkeys((top, directory)):
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            if path not in shown and _is_unread(path, section_is_read=folder == directory):
                remarks = Remarks(_name(path, root))
                remarks.note("C108", None, f"{path.name} is not read.", _WHERE_THINGS_LIE)
                findings.extend(remarks.findings)
    return tuple(findings)


def _is_unread(path: Path, *, section_is_read: bool) -> bool:
    """Say whether nothing reads a file, or a folder of section files."""
    if path.name.startswith(_HIDDEN) or path.name.casefold() in _KNOWN:
        return False
    if path.is_dir():
        return not (path / EDITION_FILE).is_file() and any(_is_section(inner) for inner in path.iterdir())
    return path.is_file() and not (section_is_read and _is_section(path))


def _edition_bytes(path: Path, root: Path) -> bytes:
    if not path.is_file():
        raise ContentError(
            f"{EDITION_FILE} is missing.",
            place=Place(_name(path, root)),
            hint="Write it with lines Title: … and Date: …, or copy that of an older edition.",
        )
    return _bytes(path, root)


def _bytes(path: Path, root: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ContentError(
            f"{path.name} cannot be read: {error.strerror}.",
            place=Place(_name(path, root)),
            hint="Check the file's permissions, and whether another program has it open.",
        ) from error


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def _all(errors: list[IsaMailError]) -> IsaMailError:
    single = [one for error in errors for one in (error.errors if isinstance(error, Several) else (error,))]
    return single[0] if len(single) == 1 else Several(single)
