"""Open an SQLite file that holds something nobody may lose, and explain in words what went wrong with it.

    /home/ines/newsletter/.isa-mail/journal.sqlite3 -> sqlite3.Connection, or StoreError("The journal is damaged ...")

Edge: files. `journal.py` and `suppressions.py` stand on this page; `rewriting.py` takes things out of such a file for
good. A file that exists is never made anew, not even when it is empty: whoever starts from the top sends everything
twice. No kill leaves an empty one: a file gets its name once it is whole.

Sources: sqlite.org/pragma.html (application_id, user_version, integrity_check, table_info, secure_delete),
sqlite.org/rescode.html.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from isa_mail.errors import StoreError
from isa_mail.model.findings import Place

if TYPE_CHECKING:
    import sqlite3

_BUSY_SECONDS = 10.0  # our writers hold the file for milliseconds; a virus scanner may take longer
_OWNER_ONLY = 0o600


class FileKind(NamedTuple):
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


def open_database(path: Path, kind: FileKind) -> "sqlite3.Connection":
    """Open `path`, or create it with its folder, readable by its owner only.

    The connection commits by itself unless a transaction was begun, syncs every commit to the disk, and may be
    used by any thread, but only by one at a time. Raises StoreError: then nothing was changed.
    """
    with explained(path, kind):
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _create(path, kind)
        connection = _connect(path, kind)
        try:
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
def explained(path: Path | None, kind: FileKind) -> Iterator[None]:
    """Turn what SQLite or the file system says about `path` into a StoreError for staff.

    None: a file without a name, in the system's folder for temporary files.
    """
    import sqlite3

    try:
        yield
    except UnicodeDecodeError as error:  # SQLite quotes what it stumbled over, and that was no text
        raise damaged(path, kind, "text in it cannot be read") from error
    except (sqlite3.DatabaseError, OSError) as error:
        if isinstance(error, sqlite3.ProgrammingError | sqlite3.IntegrityError):
            raise  # a bug of ours
        name = getattr(error, "sqlite_errorname", "")
        raise _store_error(path, kind, name, str(error)) from error


@contextmanager
def understood(path: Path, kind: FileKind) -> Iterator[None]:
    """Turn what values that no isa-mail wrote make of themselves, such as a month 13, into a StoreError."""
    try:
        yield
    except (ValueError, TypeError) as error:
        raise damaged(path, kind, f"it holds what cannot be understood ({error})") from error


def damaged(path: Path | None, kind: FileKind, details: str) -> StoreError:
    """Word the refusal to go on with a file that cannot be trusted."""
    return StoreError(f"The {kind.noun} is damaged: {details}.", place=_place(path), hint=kind.keep_hint)


def in_use(path: Path | None, kind: FileKind) -> StoreError:
    """Word that somebody else has the file open."""
    return StoreError(
        f"The {kind.noun} is in use by another program and did not become free.",
        place=_place(path),
        hint="Close other isa-mail windows and programs that have the file open, then try again.",
    )


def _connect(path: Path, kind: FileKind) -> "sqlite3.Connection":
    import sqlite3

    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA fullfsync = ON")  # on macOS a plain fsync stops at the disk's cache
        connection.execute("PRAGMA secure_delete = ON")  # what is taken out is overwritten with zeros
        if kind.prepare is not None:
            kind.prepare(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _create(path: Path, kind: FileKind) -> None:
    """Make the file beside its place and put it there when it is whole.

    Half a file, left by a full disk or a power cut, would be taken for a damaged one.
    """
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        # The file itself first, so that SQLite gives the files beside it the same rights.
        os.close(os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_RDWR, _OWNER_ONLY))
        with closing(_connect(draft, kind)) as connection:
            _initialise(connection, kind)
        _put(draft, path)
    finally:
        for left_over in (
            draft,
            *(draft.with_name(f"{draft.name}{end}") for end in ("-wal", "-shm", "-journal")),
        ):
            left_over.unlink(missing_ok=True)


def _put(draft: Path, path: Path) -> None:
    """Give a file its name, never over another: whoever was quicker has made the same."""
    with suppress(FileExistsError):
        if os.name == "nt":
            draft.rename(path)  # refuses to replace
            return
        try:
            os.link(draft, path)
        except FileExistsError:
            raise
        except OSError:  # a disk that knows no second names
            if not path.exists():
                draft.rename(path)


def _initialise(connection: "sqlite3.Connection", kind: FileKind) -> None:
    """Make the tables; without the write-ahead log, so that they are in the file itself once this returns."""
    connection.execute("BEGIN IMMEDIATE")
    for statement in kind.schema.split(";\n"):
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {kind.application_id}")
    connection.execute(f"PRAGMA user_version = {kind.version}")
    connection.execute("COMMIT")
    if kind.write_ahead:
        connection.execute("PRAGMA journal_mode = WAL")


def _check(connection: "sqlite3.Connection", path: Path, kind: FileKind) -> None:
    """Raise StoreError unless the file is whole, of this kind, and of a version that we know."""
    (application_id,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if not application_id and not version:
        raise damaged(path, kind, "it is empty")
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
    # Reads the whole file and compares each row with the indexes, so that one wrong bit in a key is seen: about
    # two seconds for a million rows, against a mail sent twice.
    (verdict,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if verdict != "ok":
        raise damaged(path, kind, f"SQLite says {' '.join(str(verdict).split())!r}")
    if version < kind.version:
        _upgrade(connection, kind)
    if _columns(connection) != _columns_of(kind):
        raise damaged(path, kind, "its tables are not those that isa-mail makes")


def _columns(connection: "sqlite3.Connection") -> set[tuple[object, ...]]:
    """Return what is said of each column: its table, name, type, whether it may be empty, default, key."""
    return set(
        connection.execute(
            'SELECT m.name, c.name, c.type, c."notnull", c.dflt_value, c.pk '
            "FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'"
        )
    )


def _columns_of(kind: FileKind) -> set[tuple[object, ...]]:
    import sqlite3

    with closing(sqlite3.connect(":memory:")) as fresh:
        if kind.prepare is not None:
            kind.prepare(fresh)
        fresh.executescript(kind.schema)
        return _columns(fresh)


def _upgrade(connection: "sqlite3.Connection", kind: FileKind) -> None:
    """Bring a whole file of an older version up to date, in one transaction."""
    connection.execute("BEGIN IMMEDIATE")
    (version,) = connection.execute("PRAGMA user_version").fetchone()  # another process may have been quicker
    for statements in kind.upgrades[version - 1 :]:
        for statement in statements.split(";\n"):
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {kind.version}")
    connection.execute("COMMIT")


def _store_error(path: Path | None, kind: FileKind, name: str, details: str) -> StoreError:
    """Choose the words by SQLite's result code; `name` is "" when the file system itself refused."""
    place = _place(path)
    if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")) or "Could not decode" in details:
        return damaged(path, kind, details)
    if (
        "user-defined function raised exception" in details
    ):  # one of an upgrade's, which met what it cannot read
        return damaged(path, kind, "a row of it cannot be understood")
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
        hint="See that the folder exists on this machine's own disk, that there is room and that you may write there; "
        "then run the same command again.",
    )


def _place(path: Path | None) -> Place:
    if path is None:
        from tempfile import gettempdir

        return Place(gettempdir())
    return Place(str(path))
