"""Take something out of a database for good, out of its pages and the files beside it; and delete files for good.

    with rewritten(connection, path, kind): UPDATE … SET address = ''   ->   no octet of the address is left there
    overwrite(outbox / "anna.eml")                                      ->   zeros, and then no file

Edge: files. SQLite leaves what was deleted in free pages, in the write-ahead log and in the rollback journal until it
needs the room. Here what is deleted is overwritten with zeros, the database is written anew without its free pages
(VACUUM), and the log or journal beside it is overwritten before it is cut or deleted. What lies deeper (copies that a
file system or an SSD keeps, backups) no program reaches.

Sources: sqlite.org/pragma.html (secure_delete, locking_mode, journal_mode, wal_checkpoint), sqlite.org/lang_vacuum.html
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from isa_mail.store.database import FileKind, explained, in_use, transaction

if TYPE_CHECKING:
    import sqlite3

_CHUNK = 1 << 20  # octets


@contextmanager
def rewritten(connection: "sqlite3.Connection", path: Path, kind: FileKind) -> Iterator[None]:
    """Run a block as one transaction, then write the file anew without anything that was ever deleted from it.

    Nobody else may have the file open meanwhile: others are locked out, or this is refused. A kill leaves the file
    whole, as before or after the transaction; run again, it ends what was begun. Raises StoreError.
    """
    with explained(path, kind):
        try:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")  # nobody takes up the file beside it
            if not kind.write_ahead:
                connection.execute("PRAGMA journal_mode = PERSIST")  # else it would be deleted as it is
            with transaction(connection, path, kind):
                yield
            connection.execute("VACUUM")
            if kind.write_ahead:
                busy, pages, stored = connection.execute("PRAGMA wal_checkpoint(FULL)").fetchone()
                if (
                    busy or pages != stored
                ):  # with the lock nobody is left who could be; to overwrite would be fatal
                    raise in_use(path, kind)
                _overwrite(path.with_name(f"{path.name}-wal"))
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            else:
                _overwrite(path.with_name(f"{path.name}-journal"))
        finally:
            if not kind.write_ahead:
                connection.execute("PRAGMA journal_mode = DELETE")
            connection.execute("PRAGMA locking_mode = NORMAL")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()  # only now the lock is let go


def _overwrite(path: Path) -> None:
    """Fill a file with zeros; SQLite has it open, and needs nothing of what stands there any more."""
    if path.exists():
        _fill_with_zeros(path)


def overwrite(path: Path) -> None:
    """Fill a file, or all files of a folder, with zeros down to the disk, and delete it."""
    for file in (path,) if path.is_file() else tuple(each for each in path.rglob("*") if each.is_file()):
        _fill_with_zeros(file)
    if path.is_dir():
        import shutil

        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _fill_with_zeros(path: Path) -> None:
    with path.open("r+b") as file:
        left = path.stat().st_size
        while left > 0:
            left -= file.write(bytes(min(left, _CHUNK)))
        file.flush()
        os.fsync(file.fileno())
