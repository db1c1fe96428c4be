"""Make a workspace, or an edition in it.

    isa-mail init DIR      -> DIR/isa-mail.toml, .env.example, .gitignore, the sample edition, the example list
    isa-mail new 2026-11   -> editions/2026-11/edition.txt, 10-editorial.txt, …

Edge: writes files; never over one that exists, and a .gitignore gets our lines below its own. The skeleton travels
in the wheel; in a checkout, the checkout itself is the skeleton. Real recipients are never part of it: only the
files named here are copied.
"""

import shutil
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path

from isa_mail.errors import ContentError, SettingsError
from isa_mail.model.publication import Publication
from isa_mail.typography.words import month_and_year
from isa_mail.workspace.find import SETTINGS_FILE, Workspace, check_edition_name, packaged
from isa_mail.workspace.sample import EXAMPLE_LIST, SAMPLE_EDITION

SKELETON = (SETTINGS_FILE, ".env.example", "images", SAMPLE_EDITION, f"recipients/{EXAMPLE_LIST}")
NO_DATE = "‹2026-11-30›"
"""Keeps the place of a date that is still to be written."""

_NEW_EDITION = Path(__file__).parent / "new_edition"  # the pattern of an edition, a folder a language
_NOT_COPIED = ("sent.txt",)
_GITIGNORE = """\
# made by isa-mail
/build/
/outbox/
/.isa-mail/
.env
# real lists stay at home; only the example travels
/recipients/*
!/recipients/example.csv
"""


def make_workspace(directory: Path) -> tuple[str, ...]:
    """Copy the skeleton into `directory`, which must not be a workspace yet.

    Returns the names of the files written, in order. Raises SettingsError if something is in the way; then
    nothing was written.
    """
    source = packaged("skeleton")
    files = {path.relative_to(source).as_posix(): path for path in _skeleton_files(source)}
    names = (*files, ".gitignore")
    for name in names:
        if name != ".gitignore" and (directory / name).exists():
            raise SettingsError(
                f"{directory / name} exists already.",
                hint="Choose a folder that does not exist yet or is empty: isa-mail init DIR",
            )
    try:
        for name, path in files.items():
            (directory / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, directory / name)
        with (directory / ".gitignore").open("a", encoding="utf-8") as ignored:  # below what stands there
            ignored.write(f"\n{_GITIGNORE}" if ignored.tell() else _GITIGNORE)
    except OSError as error:
        raise SettingsError(
            f"{directory} cannot be written to: {error.strerror}.",
            hint="Choose another folder: isa-mail init DIR",
        ) from error
    return names


def _skeleton_files(source: Path) -> Iterator[Path]:
    for name in SKELETON:
        path = source / name
        found = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (file for file in found if file.is_file() and file.name not in _NOT_COPIED)


def make_edition(workspace: Workspace, name: str, publication: Publication) -> tuple[str, ...]:
    """Write a new edition's files, with title, date and language filled in and the rest marked ‹…›.

    Returns the names of the files written. Raises ContentError if the edition exists; then nothing was written.
    """
    check_edition_name(name)
    directory = workspace.edition_directory(name)
    if directory.exists():
        raise ContentError(
            f"The edition {name} exists already.",
            place=workspace.place(directory),
            hint="Go on writing there, or choose another name, for example 2026-11.",
        )
    several = len(publication.languages) > 1
    written = []
    (directory / "images").mkdir(parents=True)
    for language in publication.languages:
        folder = directory / language if several else directory
        folder.mkdir(exist_ok=True)
        for file, text in edition_texts(name, publication, language).items():
            (folder / file).write_text(text, encoding="utf-8")
            written.append(workspace.place(folder / file).file)
    return tuple(written)


def edition_title(name: str, publication: Publication, language: str) -> str:
    """Put a title together for an edition: the publication's name and, if the edition is named by it, the month."""
    day = edition_day(name)
    own_name = publication.in_language(language).name
    joint = "·" if language == "zh" else " "
    return f"{own_name}{joint}{month_and_year(day, language)}" if day else own_name


def edition_texts(name: str, publication: Publication, language: str) -> dict[str, str]:
    """Give the files of a new edition in one language, by name."""
    day = edition_day(name)
    title = edition_title(name, publication, language)
    marks = {"@TITLE@": title, "@DATE@": day.isoformat() if day else NO_DATE}
    texts = {}
    for path in sorted((_NEW_EDITION / language).glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        for mark, value in marks.items():
            text = text.replace(mark, value)
        texts[path.name] = text
    return texts


def edition_day(name: str) -> date | None:
    """Read the date out of an edition's name: 2026-11-30, 2026-11, 2026-11-supplement; None for any other name."""
    for text in (name, f"{name[:7]}-01"):
        with suppress(ValueError):
            return date.fromisoformat(text)
    return None
