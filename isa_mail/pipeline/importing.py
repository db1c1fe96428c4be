"""From a pasted text to an edition's files.

    the bytes of text.txt -> editions/2026-11/edition.txt, 10-editorial.txt, 20-hafen.txt, …

Joins intake/, content/ and workspace/. Nothing is written before every word of the source was found again in what will
be written, and a file that a person has changed is never written over. No clock.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from isa_mail.content.edition import EDITION_FILE, read_edition_file
from isa_mail.content.section import read_section
from isa_mail.content.write import write_section
from isa_mail.content.write_edition import write_edition_file
from isa_mail.errors import ContentError
from isa_mail.intake.kinds import kind_of
from isa_mail.intake.read import import_bytes
from isa_mail.intake.words import section_words, words_in
from isa_mail.model.findings import Place
from isa_mail.model.newsletter import Kind, Section
from isa_mail.model.pasted import Imported, ImportedSection
from isa_mail.model.publication import Publication
from isa_mail.workspace.find import Workspace, check_edition_name
from isa_mail.workspace.settings import Settings
from isa_mail.workspace.skeleton import NO_DATE, edition_day, edition_texts, edition_title

_NOT_SHOWN = "What stands behind a link's address or a fence is not shown in a letter: put it into the text."
_BUG = "This is a bug in isa-mail: please report it with this line. Written more simply, it will be read."


@dataclass(frozen=True, slots=True)
class Prepared:
    """A text, taken apart and made into files; nothing is written yet. No word of it is missing."""

    edition: str
    directory: Path  # where edition.txt goes: the edition's folder, or that of a language in it
    imported: Imported
    sections: tuple[Section, ...]
    files: Mapping[Path, bytes]  # all that will be written
    words: int  # of the source
    left_out: int  # of them became marks


@dataclass(frozen=True, slots=True)
class Written:
    """What happened to each file."""

    new: tuple[Path, ...]
    unchanged: tuple[Path, ...]  # an import before has written the same
    made_room: tuple[Path, ...]  # patterns of `isa-mail new` in which nobody had written


def prepare(
    workspace: Workspace,
    settings: Settings,
    data: bytes,
    *,
    file: str,
    edition: str | None,
    language: str | None,
) -> Prepared:
    """Take a file apart and make the texts of an edition. `file` is what places name.

    `edition` None lets the text name its month. Raises ContentError or Several, also if a word would be lost.
    """
    imported = import_bytes(data, file=file, language=language)
    name = _edition_name(edition, imported, file)
    publication = settings.publication
    directory = _directory(workspace, name, imported.language, publication)
    sections = tuple(_section(each, file) for each in imported.sections)
    texts = {EDITION_FILE: _edition_text(name, imported, publication)}
    for section in sections:
        texts[f"{section.name}.txt"] = write_section(section)
    files = {directory / each: text.encode() for each, text in texts.items()}
    top = workspace.edition_directory(name)
    files |= {top / picture.path: picture.data for picture in imported.pictures}
    left_out = _refuse_lost(imported, texts, file)
    return Prepared(name, directory, imported, sections, files, len(imported.words), left_out)


def write(workspace: Workspace, settings: Settings, prepared: Prepared) -> Written:
    """Write the files of an edition. Raises ContentError if one of them, or another text, stands there already."""
    patterns = edition_texts(prepared.edition, settings.publication, prepared.imported.language)
    made_room = []
    for path in _texts_of(prepared.directory):
        if path not in prepared.files and path.read_text("utf-8", "replace") == patterns.get(path.name):
            made_room.append(path)
        elif path not in prepared.files:
            raise _in_the_way(workspace, path, "is a text of this edition already")
    new, unchanged = [], []
    for path, data in prepared.files.items():
        if path.exists() and path.read_bytes() == data:
            unchanged.append(path)
        elif path.exists() and path.read_text("utf-8", "replace") != patterns.get(path.name):
            raise _in_the_way(workspace, path, "was changed, or comes from another text")
        else:
            new.append(path)
    for path in made_room:
        path.unlink()
    for path in new:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(prepared.files[path])
    (workspace.edition_directory(prepared.edition) / "images").mkdir(exist_ok=True)
    return Written(tuple(new), tuple(unchanged), tuple(made_room))


def _texts_of(directory: Path) -> Iterator[Path]:
    if directory.is_dir():
        yield from sorted(
            path for path in directory.iterdir() if path.suffix.casefold() == ".txt" and path.is_file()
        )


def _in_the_way(workspace: Workspace, path: Path, what: str) -> ContentError:
    return ContentError(
        f"{path.name} {what}, so nothing was written.",
        place=workspace.place(path),
        hint="Import under another name, isa-mail import FILE EDITION, or move this edition's files away first.",
    )


# --- names and places -------------------------------------------------------------------------------------


def _edition_name(edition: str | None, imported: Imported, file: str) -> str:
    if edition is not None:
        return check_edition_name(edition)
    if imported.date is None:
        raise ContentError(
            "The text does not say which month it is for.",
            place=Place(file),
            hint="Name the edition: isa-mail import FILE 2026-11",
        )
    return f"{imported.date.year}-{imported.date.month:02}"


def _directory(workspace: Workspace, name: str, language: str, publication: Publication) -> Path:
    directory = workspace.edition_directory(name)
    if (directory / EDITION_FILE).exists() or len(publication.languages) == 1:
        return directory
    return directory / language


def _edition_text(name: str, imported: Imported, publication: Publication) -> str:
    day: date | str = imported.date or edition_day(name) or NO_DATE
    return write_edition_file(
        title=imported.title or edition_title(name, publication, imported.language),
        number=imported.number,
        day=day,
        language=imported.language,
        greeting=imported.greeting,
    )


def _section(found: ImportedSection, file: str) -> Section:
    """Read the body of a section that was written in Markdown; its errors name the lines of the source."""
    if not found.markdown:
        return found.section
    section = _read_markdown(found, Kind.ARTICLE, file)
    title = "".join(part for part in section.title if isinstance(part, str))
    kind = found.section.kind
    if kind is Kind.ARTICLE:
        kind = kind_of(title, _read_markdown(found, Kind.INTERVIEW, file).body)
    if kind not in (Kind.INTERVIEW, Kind.EVENTS):
        return replace(section, kind=kind)
    return replace(_read_markdown(found, kind, file), kind=kind)


def _read_markdown(found: ImportedSection, kind: Kind, file: str) -> Section:
    head = f"Kind: {kind.value}\n"
    above = "\n" * max(1, found.line - 2)
    read, _ = read_section(f"{head}{above}{found.markdown}\n".encode(), name=found.section.name, file=file)
    return replace(found.section, body=read.body)


# --- no word is lost --------------------------------------------------------------------------------------


def _refuse_lost(imported: Imported, texts: Mapping[str, str], file: str) -> int:
    """Read what will be written as `build` reads it, and compare the words; return how many became marks."""
    written = Counter(word for text in _read_back(texts) for word in words_in(text))
    left_out = Counter(word for each in imported.left_out for word in words_in(each.words))
    missing = Counter(word for word, _ in imported.words) - left_out - written
    if missing:
        word, line = next((word, line) for word, line in imported.words if word in missing)
        raise ContentError(
            f"{missing.total()} words would be lost, the first of them „{word}“, so nothing was imported.",
            place=Place(file, line),
            hint=_NOT_SHOWN if any(each.markdown for each in imported.sections) else _BUG,
        )
    return left_out.total()


def _read_back(texts: Mapping[str, str]) -> Iterator[str]:
    for name, text in texts.items():
        if name == EDITION_FILE:
            with_date = text.replace(NO_DATE, "2000-01-01")
            edition = read_edition_file(
                with_date.encode(), file=name, name="", folder=None, default_language="de"
            )
            greeting = (part for part in edition.greeting if isinstance(part, str))
            yield from (edition.title, edition.number, edition.date.isoformat(), *greeting)
        else:
            section, _ = read_section(text.encode(), name=name, file=name)
            yield from section_words(section)
