"""Find the workspace and say where things lie in it.

    /home/ines/newsletter/editions/2026-09 -> Workspace("/home/ines/newsletter")

Edge: reads folder names, never a file's content. `settings.py` reads isa-mail.toml, `built.py` the build folder,
`skeleton.py` makes new workspaces and editions.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from isa_mail.errors import ContentError, ListError, SettingsError
from isa_mail.model.findings import Place
from isa_mail.workspace.environment import read_state_directory

SETTINGS_FILE = "isa-mail.toml"
EDITION_FILE = "edition.txt"
SENT_FILE = "sent.txt"
_EDITION_NAME = re.compile(
    r"[0-9]{4}-(?:0[1-9]|1[0-2])(?:-[^\W_](?:[\w.-]*[\w-])?)?"
)  # so that the order of names is that of time; a folder name that is legal everywhere
_NUMBER = re.compile(r"(\d+)")
_LIST_SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".ods")


class Workspace(NamedTuple):
    """A folder with isa-mail.toml. All paths below are absolute."""

    root: Path
    state_directory: Path  # .isa-mail/, or what ISA_MAIL_STATE_DIR says

    @property
    def settings_file(self) -> Path:
        return self.root / SETTINGS_FILE

    @property
    def templates(self) -> tuple[Path, ...]:
        """Template folders, first match wins: the workspace's own, then the packaged ones."""
        return (self.root / "templates", packaged("templates"))

    @property
    def recipients(self) -> Path:
        return self.root / "recipients"

    @property
    def suppressions(self) -> Path:
        return self.recipients / "suppressed.sqlite3"

    @property
    def journal(self) -> Path:
        return self.state_directory / "journal.sqlite3"

    @property
    def accepted_file(self) -> Path:
        """What `check` found and somebody accepted."""
        return self.root / "accepted.txt"

    @property
    def glossary_file(self) -> Path:
        """How the publication writes its words."""
        return self.root / "glossary.txt"

    def send_lock(self, edition: str) -> Path:
        return self.state_directory / f"{edition}.lock"

    @property
    def pace_lock(self) -> Path:
        """Held by the one edition that goes out at a set pace. No edition's name begins with a dot."""
        return self.state_directory / ".pace.lock"

    def edition_directory(self, edition: str) -> Path:
        return self.root / "editions" / edition

    def build_directory(self, edition: str) -> Path:
        return self.root / "build" / edition

    def outbox_directory(self, edition: str) -> Path:
        return self.root / "outbox" / edition

    def sent_file(self, edition: str) -> Path:
        return self.edition_directory(edition) / SENT_FILE

    def place(self, path: Path, line: int | None = None) -> Place:
        """Name a path as a person would type it: relative to the workspace where that is possible."""
        inside = path.is_relative_to(self.root)
        return Place(path.relative_to(self.root).as_posix() if inside else str(path), line)

    def editions(self) -> tuple[str, ...]:
        """Name all editions, oldest first: in the natural order of their folder names."""
        directory = self.root / "editions"
        if not directory.is_dir():
            return ()
        folders = (path for path in directory.iterdir() if path.is_dir() and not path.name.startswith("."))
        return tuple(sorted((path.name for path in folders), key=natural_order))

    def edition(self, name: str | None) -> str:
        """Choose an edition: the one named, or the newest.

        Raises ContentError if there is none (of that name), or if the name cannot be shown; afterwards its
        folder exists.
        """
        editions = self.editions()
        if name is None:
            if not editions:
                raise ContentError(
                    "There is no edition yet.",
                    place=Place("editions"),
                    hint="Start one with: isa-mail new EDITION (for example 2026-11).",
                )
            return _printable(editions[-1])
        name = name.rstrip("/\\").replace("\\", "/").rsplit("/", 1)[-1]  # a completed path is fine, too
        if name not in editions:
            from difflib import get_close_matches

            known = ", ".join(editions[-5:]) or "none yet"
            near = get_close_matches(name, editions, 1, 0.7)
            meant = f"Did you mean {near[0]}? " if near and near[0].isprintable() else ""
            new = name if _EDITION_NAME.fullmatch(name) else "EDITION (for example 2026-11)"
            raise ContentError(
                f"There is no edition {name!r}.",
                place=Place("editions"),
                hint=f"{meant}Editions here: {known}. A new one is made by: isa-mail new {new}",
            )
        return _printable(name)

    def list_file(self, name: str) -> Path:
        """Find a recipient list by its name in recipients/ (the ending may be left out) or by its path.

        Raises ListError, with the lists there are, if there is no such file.
        """
        endings = (self.recipients / f"{name}{suffix}" for suffix in _LIST_SUFFIXES)
        candidates = (self.recipients / name, *endings, self.root / name, Path(name))
        for path in candidates:
            if path.is_file():
                return path.resolve()
        known = ", ".join(path.name for path in self.list_files()) or "none yet"
        raise ListError(
            f"There is no list {name!r}.",
            place=Place("recipients"),
            hint=f"Lists in recipients/: {known}. Name one of them, or a path.",
        )

    def unused_lists(self, used: Iterable[Path]) -> tuple[str, ...]:
        """Name the files in recipients/ that look like lists and are not among `used`."""
        taken = set(used)
        return tuple(path.name for path in self.list_files() if path.resolve() not in taken)

    def list_files(self, *, below: bool = False) -> list[Path]:
        """Name all files in recipients/ that look like lists; `below`: those in its folders as well."""
        found = self.recipients.rglob("*") if below else self.recipients.glob("*")
        files = (path for path in found if path.suffix.lower() in _LIST_SUFFIXES and path.is_file())
        return sorted(path for path in files if not path.name.startswith((".", "~$")))  # "~$": open in Excel

    def language_folders(self, edition: str) -> tuple[tuple[str | None, Path], ...]:
        """List the language folders of an edition, or `(None, the edition's folder)` if it has none.

        A folder with an edition.txt of its own is a language folder; its name is checked by content/.
        Raises ContentError if the edition's folder has an edition.txt as well.
        """
        directory = self.edition_directory(edition)
        folders = sorted(path.parent for path in directory.glob(f"*/{EDITION_FILE}"))
        if not folders:
            return ((None, directory),)
        if (directory / EDITION_FILE).exists():
            raise ContentError(
                f"The edition has an {EDITION_FILE} of its own beside the language folder {folders[0].name}/.",
                place=self.place(directory / EDITION_FILE),
                hint="Keep one of the two: one language in the edition's folder, or all in language folders.",
            )
        return tuple((folder.name, folder) for folder in folders)


def natural_order(name: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key in which 9 comes before 10: runs of digits count as numbers."""
    parts = _NUMBER.split(name)
    return tuple(
        (0, int(part), "") if part.isdecimal() else (1, 0, part.casefold()) for part in parts if part
    )


def _printable(name: str) -> str:
    """Refuse a folder's name that would act on the terminal, or break the lines in which it stands."""
    if not name.isprintable():
        raise ContentError(
            f"The edition {name!r} has a character in its name that cannot be shown.",
            place=Place("editions"),
            hint="Rename its folder: letters, digits, dots and hyphens, for example 2026-11.",
        )
    return name


def check_edition_name(name: str) -> str:
    """Accept a name for a new edition's folder; raises ContentError with an example otherwise."""
    if not _EDITION_NAME.fullmatch(name):
        raise ContentError(
            f"{name!r} cannot be an edition's name.",
            place=Place("editions"),
            hint="It begins with year and month, by which the newest is known: 2026-11, or 2026-11-supplement.",
        )
    return name


def find_workspace(start: Path, environment: Mapping[str, str]) -> Workspace:
    """Walk up from `start` to the first folder with isa-mail.toml.

    Raises SettingsError if there is none, or if its .env cannot be read.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / SETTINGS_FILE).is_file():
            return Workspace(folder, read_state_directory(folder, environment))
    raise SettingsError(
        f"There is no {SETTINGS_FILE} in {start} nor in a folder above it.",
        hint="Go to your workspace's folder, name it with -C DIR, or make one with: isa-mail init DIR",
    )


def packaged(name: str) -> Path:
    """Find a folder that travels with isa-mail: `templates`, or the `skeleton` of a workspace.

    In a wheel they lie inside the package; in a checkout, the checkout itself is the skeleton.
    """
    package = Path(__file__).resolve().parent.parent
    inside = package / name
    if inside.is_dir():
        return inside
    return package.parent if name == "skeleton" else package.parent / name
