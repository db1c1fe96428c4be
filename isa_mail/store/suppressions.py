"""Remember who left: they get nothing, whatever the lists say.

    "Ann@Example.ORG" -> Suppression("ann@example.org", "unsubscribed", 2026-09-01T08:00+00:00, "by mail")

Edge: one SQLite file, without a write-ahead log so that it can be copied as it lies. A `Suppressions` keeps
nothing in memory: each question reads the file, so that somebody who leaves while a send is running gets nothing
from then on.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import TYPE_CHECKING, Self

from isa_mail.errors import StoreError
from isa_mail.model import Place, Suppression
from isa_mail.store.database import FileKind, explained, open_database, transaction, understood

if TYPE_CHECKING:
    import sqlite3

_AT_A_TIME = 500  # SQLite takes 999 values a question, at the least

_KIND = FileKind(
    noun="list of those who left",
    application_id=int.from_bytes(b"ISAS"),
    version=1,
    schema="""CREATE TABLE suppressions (
    address TEXT NOT NULL PRIMARY KEY,  -- case-folded
    reason TEXT NOT NULL,
    at TEXT NOT NULL,                   -- UTC, ISO 8601
    source TEXT NOT NULL
) WITHOUT ROWID""",
    write_ahead=False,
    keep_hint="Do not send before it is back: restore it from a backup, or ask whoever looks after this machine. "
    "Only if nobody ever left: move the file away and start an empty one with isa-mail suppress --init",
)


class Suppressions:
    """The open file; a context manager that closes it."""

    def __init__(self, connection: "sqlite3.Connection", path: Path) -> None:
        """Take over an open connection: use `Suppressions.open`."""
        self._connection = connection
        self._path = path
        self._one_at_a_time = RLock()

    @classmethod
    def open(cls, path: Path, *, create: bool) -> Self:
        """Open the file; with `create`, make it if it is not there.

        Raises StoreError if it is missing, damaged or may not be read or written.
        """
        if not create and not path.exists():
            raise StoreError(
                "The list of those who left is missing.",
                place=Place(str(path)),
                hint="Restore it from a backup. If nobody ever left, start an empty one: isa-mail suppress --init",
            )
        return cls(open_database(path, _KIND), path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; closing twice does no harm."""
        self._connection.close()

    def add(self, address: str, *, reason: str, at: datetime, source: str) -> bool:
        """Suppress an address, whatever its case; `at` is aware.

        Return False if it is suppressed already: the first entry stands, since it says since when and why.
        """
        with transaction(self._connection, self._path, _KIND):
            row = (address.casefold(), reason, _utc(at), source)
            return (
                self._connection.execute(
                    "INSERT OR IGNORE INTO suppressions VALUES (?, ?, ?, ?)", row
                ).rowcount
                > 0
            )

    def contains(self, address: str) -> bool:
        """Ask the file whether an address is suppressed, whatever its case."""
        return bool(self.among((address,)))

    def among(self, addresses: Iterable[str]) -> set[str]:
        """Ask the file which of these are suppressed; return them, case-folded."""
        found: set[str] = set()
        keys = iter([address.casefold() for address in addresses])
        with self._one_at_a_time, self._explained():
            while some := tuple(islice(keys, _AT_A_TIME)):
                query = f"SELECT address FROM suppressions WHERE address IN ({', '.join('?' * len(some))})"
                found.update(address for (address,) in self._connection.execute(query, some))
        return found

    def stamp(self) -> object:
        """Return something that is another once the file has been written to: then answers are to be asked for anew.

        SQLite counts its transactions in octets 24 to 27 of the file (sqlite.org/fileformat2.html section 1.3.9).
        """
        try:
            file = os.open(self._path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
            try:
                return os.fstat(file).st_ino, os.read(file, 28)[24:]
            finally:
                os.close(file)
        except OSError as error:
            raise StoreError(
                f"The list of those who left cannot be read: {error.strerror}.",
                place=Place(str(self._path)),
                hint="Bring the file back, then run the same command again.",
            ) from error

    def list(self) -> Iterator[Suppression]:
        """Yield all entries in the order of their addresses."""
        with self._explained():
            rows = self._connection.execute(
                "SELECT address, reason, at, source FROM suppressions ORDER BY address"
            )
            for address, reason, at, source in rows:
                yield Suppression(address, reason, self._time(at), source)

    def last_change(self) -> datetime | None:
        """Say when the last entry was added; None if there is none."""
        with self._explained():
            (at,) = self._connection.execute("SELECT max(at) FROM suppressions").fetchone()
        return self._time(at) if at else None

    def _time(self, at: str) -> datetime:
        with understood(self._path, _KIND):
            return datetime.fromisoformat(at)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        with explained(self._path, _KIND):
            yield


def _utc(at: datetime) -> str:
    """Write an aware time so that texts sort like times."""
    if at.tzinfo is None:
        raise ValueError("a time without a zone")
    return at.astimezone(UTC).isoformat(timespec="microseconds")
