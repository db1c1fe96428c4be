"""Open an SQLite file that holds something nobody may lose, and explain in words what went wrong with it.

    /home/ines/newsletter/.isa-mail/journal.sqlite3 -> sqlite3.Connection, or StoreError("The journal is damaged ...")

Edge: files. `journal.py` and `suppressions.py` stand on this page; `rewriting.py` takes things out of such a file for
good. A file that exists is never made anew: whoever starts from the top sends everything twice. Only one that is empty,
as a kill in the moment of its making leaves it, is finished, and only if nothing beside it tells that it was in use.

Sources: sqlite.org/pragma.html (application_id, user_version, quick_check, secure_delete), sqlite.org/rescode.html.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from isa_mail.errors import StoreError
from isa_mail.model import Place

if TYPE_CHECKING:
    import sqlite3

_BUSY_SECONDS = 10.0  # our writers hold the file for milliseconds; a virus scanner may take longer
_OWNER_ONLY = 0o600


@dataclass(frozen=True, slots=True)
class FileKind:
    """What kind of file it is: how people call it, and how it is told from other SQLite files."""

    noun: str  # goes after "The", e.g. "journal"
    application_id: int  # four ASCII letters, read as a number
    version: int  # of the schema; 1 or more
    schema: str
    write_ahead: (
        bool  # WAL: readers and the writer never wait for each other, but two more files lie beside it
    )
    keep_hint: str  # what to do when it is damaged
    upgrades: tuple[str, ...] = ()  # statements that lead from version 1 to 2, from 2 to 3, and so on
    prepare: "Callable[[sqlite3.Connection], None] | None" = (
        None  # gives a connection the functions that the statements call
    )
    traces: str = ""  # a pattern of files beside it: where there is one, the file was in use


def open_database(path: Path, kind: FileKind) -> "sqlite3.Connection":
    """Open `path`, or create it with its folder, readable by its owner only.

    The connection commits by itself unless a transaction was begun, syncs every commit to the disk, and may be
    used by any thread, but only by one at a time. Raises StoreError: then nothing was changed.
    """
    import sqlite3

    with explained(path, kind):
        path.parent.mkdir(parents=True, exist_ok=True)
        _create(path)
        if not path.stat().st_size and _was_in_use(path, kind):
            raise damaged(path, kind, "it is empty")
        connection = sqlite3.connect(
            path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA fullfsync = ON")  # on macOS a plain fsync stops at the disk's cache
            connection.execute("PRAGMA secure_delete = ON")  # what is taken out is overwritten with zeros
            if kind.prepare is not None:
                kind.prepare(connection)
            if _is_empty(connection):
                if _was_in_use(path, kind):
                    raise damaged(path, kind, "it is empty")
                _initialise(connection, kind)
            _check(connection, path, kind)
        except BaseException:
            connection.close()
            raise
        return connection


@contextmanager
def transaction(connection: "sqlite3.Connection", path: Path, kind: FileKind) -> Iterator[None]:
    """Run a block as one transaction that nobody else writes in between; all of it is kept, or none."""
    with explained(path, kind):
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:  # SQLite has rolled back by itself when the disk is full
                connection.execute("ROLLBACK")
            raise


@contextmanager
def explained(path: Path, kind: FileKind) -> Iterator[None]:
    """Turn what SQLite or the file system says about `path` into a StoreError for staff."""
    import sqlite3

    try:
        yield
    except (sqlite3.DatabaseError, OSError) as error:
        if isinstance(error, sqlite3.ProgrammingError | sqlite3.IntegrityError):
            raise  # a bug of ours
        name = getattr(error, "sqlite_errorname", "")
        raise _store_error(path, kind, name, str(error)) from error


def damaged(path: Path, kind: FileKind, details: str) -> StoreError:
    """Word the refusal to go on with a file that cannot be trusted."""
    return StoreError(f"The {kind.noun} is damaged: {details}.", place=_place(path), hint=kind.keep_hint)


def in_use(path: Path, kind: FileKind) -> StoreError:
    """Word that somebody else has the file open."""
    return StoreError(
        f"The {kind.noun} is in use by another program and did not become free.",
        place=_place(path),
        hint="Close other isa-mail windows and programs that have the file open, then try again.",
    )


def _create(path: Path) -> None:
    """Make the file itself first, so that SQLite gives the files beside it the same rights."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, _OWNER_ONLY))


def _is_empty(connection: "sqlite3.Connection") -> bool:
    """Say whether there is nothing in the file yet, not even its kind."""
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    (application_id,) = connection.execute("PRAGMA application_id").fetchone()
    return not tables and not application_id


def _was_in_use(path: Path, kind: FileKind) -> bool:
    """Say whether what lies beside an empty file contradicts that it is new."""
    log = path.with_name(f"{path.name}-wal")
    cut = not path.stat().st_size and log.exists() and log.stat().st_size > 0
    return cut or (kind.traces != "" and any(path.parent.glob(kind.traces)))


def _initialise(connection: "sqlite3.Connection", kind: FileKind) -> None:
    if kind.write_ahead:
        connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("BEGIN IMMEDIATE")
    if not _is_empty(connection):  # another process was quicker
        connection.execute("ROLLBACK")
        return
    for statement in kind.schema.split(";\n"):
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {kind.application_id}")
    connection.execute(f"PRAGMA user_version = {kind.version}")
    connection.execute("COMMIT")


def _check(connection: "sqlite3.Connection", path: Path, kind: FileKind) -> None:
    """Raise StoreError unless the file is whole, of this kind, and of a version that we know."""
    (application_id,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if application_id != kind.application_id:
        raise StoreError(
            f"The file in the place of the {kind.noun} is a database of something else.",
            place=_place(path),
            hint=kind.keep_hint,
        )
    if version > kind.version:
        raise StoreError(
            f"The {kind.noun} was written by a newer isa-mail (format {version}; this one knows {kind.version}).",
            place=_place(path),
            hint="Update isa-mail on this machine, then try again.",
        )
    # Reads the whole file: about a second for a million rows, against a mail sent twice.
    (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise damaged(path, kind, f"SQLite says {' '.join(str(verdict).split())!r}")
    if version < kind.version:
        _upgrade(connection, kind)


def _upgrade(connection: "sqlite3.Connection", kind: FileKind) -> None:
    """Bring a whole file of an older version up to date, in one transaction."""
    connection.execute("BEGIN IMMEDIATE")
    (version,) = connection.execute("PRAGMA user_version").fetchone()  # another process may have been quicker
    for statements in kind.upgrades[version - 1 :]:
        for statement in statements.split(";\n"):
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {kind.version}")
    connection.execute("COMMIT")


def _store_error(path: Path, kind: FileKind, name: str, details: str) -> StoreError:
    """Choose the words by SQLite's result code; `name` is "" when the file system itself refused."""
    place = _place(path)
    if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
        return damaged(path, kind, details)
    if name.startswith("SQLITE_FULL"):
        return StoreError(
            f"The disk is full: the {kind.noun} cannot be written.",
            place=place,
            hint="Make room on the disk, then run the same command again; it goes on where it stopped.",
        )
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return in_use(path, kind)
    return StoreError(
        f"The {kind.noun} cannot be read or written: {details}.",
        place=place,
        hint="See that the folder exists, lies on this machine's own disk and may be written to by you.",
    )


def _place(path: Path) -> Place:
    return Place(str(path))
