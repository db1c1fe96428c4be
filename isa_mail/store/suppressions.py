"""Remember who left: they get nothing, whatever the lists say.

    "Ann@Example.ORG" -> Suppression("ann@example.org", UNSUBSCRIBED, 2026-09-01T08:00+00:00, "by mail")
    erased            -> Suppression(None, UNSUBSCRIBED, 2026-09-01T08:00+00:00, "")       and is still recognised

Edge: one SQLite file, without a write-ahead log so that it can be copied as it lies. A `Suppressions` keeps nobody in
memory: each question reads the file, so that somebody who leaves while a send is running gets nothing from then on.

An address is looked up by its keyed hash. So it can be taken away (Art. 17 GDPR), and next month's list still cannot
bring the person back. The key is made with the file and never leaves it: a hash that stands elsewhere, in the journal,
says nothing to whoever has not got this file, too. The hash is BLAKE2b with a key: made to be used as HMAC is, and
three times as fast as that of SHA-256.

Source: RFC 7693 section 2.9 (keyed hashing).
"""

import errno
import os
import re
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import TYPE_CHECKING, Self

from isa_mail.errors import StoreError
from isa_mail.model.findings import Place
from isa_mail.model.people import Reason, Suppression
from isa_mail.store.database import FileKind, explained, open_database, transaction, understood
from isa_mail.store.rewriting import rewritten

if TYPE_CHECKING:
    import sqlite3

_AT_A_TIME = 500  # SQLite takes 999 values a question, at the least
_LOOK_SECONDS = 0.1  # between two looks whether the file is still in its place
_HASH_OCTETS = 16  # two people share one with a chance of 1 : 10^38

_SCHEMA = """CREATE TABLE suppressions (
    hash TEXT NOT NULL PRIMARY KEY,     -- of the key, see KeyedHash
    address TEXT,                       -- the key; NULL: erased
    reason TEXT NOT NULL,
    at TEXT NOT NULL,                   -- UTC, ISO 8601
    source TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE secrets (key BLOB NOT NULL);
INSERT INTO secrets VALUES (new_secret())"""

_FROM_1_TO_2 = f"""ALTER TABLE suppressions RENAME TO version_1;
{_SCHEMA};
INSERT INTO suppressions SELECT keyed_hash(key, address), address, reason, at, source FROM version_1, secrets;
DROP TABLE version_1"""


class KeyedHash:
    """What is kept of an address that was erased: 32 hexadecimal digits."""

    def __init__(self, secret: bytes) -> None:
        self._begun = blake2b(key=secret, digest_size=_HASH_OCTETS)  # copied, that is cheaper than begun anew

    def __call__(self, key: str) -> str:
        begun = self._begun.copy()
        begun.update(key.encode("utf-8", "replace"))
        return begun.hexdigest()

    def recognise(self, keys: Iterable[str], hashes: Collection[str]) -> Iterator[tuple[str, str]]:
        """Yield the keys whose hash is one of `hashes`, each with it; the same as above, for a million of them."""
        copy = self._begun.copy
        for key in keys:
            begun = copy()
            begun.update(key.encode("utf-8", "replace"))
            digits = begun.hexdigest()
            if digits in hashes:
                yield key, digits


def _prepare(connection: "sqlite3.Connection") -> None:
    connection.create_function("new_secret", 0, lambda: os.urandom(32))
    connection.create_function("keyed_hash", 2, lambda secret, key: KeyedHash(secret)(key))


_KIND = FileKind(
    noun="list of those who left",
    application_id=int.from_bytes(b"ISAS"),
    version=2,
    schema=_SCHEMA,
    write_ahead=False,
    keep_hint="Do not send before it is back: restore it from a backup, or ask whoever looks after this machine. "
    "Only if nobody ever left: move the file away and start an empty one with isa-mail suppress --init",
    upgrades=(_FROM_1_TO_2,),
    prepare=_prepare,
)


class Suppressions:
    """The open file; a context manager that closes it. Every method may raise StoreError."""

    def __init__(self, connection: "sqlite3.Connection", path: Path, secret: bytes) -> None:
        """Take over an open connection: use `Suppressions.open`."""
        self._connection = connection
        self._path = path
        self._hash = KeyedHash(secret)
        self._one_at_a_time = RLock()
        self._file: int | None = None  # once `stamp` was asked for
        self._next_look = 0.0

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
        connection = open_database(path, _KIND)
        with explained(path, _KIND):
            (secret,) = connection.execute("SELECT key FROM secrets").fetchone()
        return cls(connection, path, secret)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; closing twice does no harm."""
        self._connection.close()
        if self._file is not None:
            os.close(self._file)  # only now: that lets go of all locks which this process has on the file
            self._file = None

    # --- who left, and who came back ---

    def add(self, address: str, *, reason: Reason, at: datetime, source: str) -> bool:
        """Suppress an address, whatever its case; `at` is aware.

        Return False if it is suppressed already: the first entry stands, since it says since when and why.
        """
        return self.add_all((Suppression(address, reason, at, source),)) > 0

    def add_all(self, entries: Iterable[Suppression]) -> int:
        """Suppress many in one transaction, as `add` does; return how many are new. None of them is erased."""
        rows = (
            (self.hash(entry.address), entry.address.lower(), entry.reason, _utc(entry.at), entry.source)
            for entry in entries
            if entry.address is not None
        )
        with self._one_at_a_time, transaction(self._connection, self._path, _KIND):
            statement = "INSERT OR IGNORE INTO suppressions VALUES (?, ?, ?, ?, ?)"
            return max(self._connection.executemany(statement, rows).rowcount, 0)

    def remove(self, address: str) -> bool:
        """Let somebody get mail again; say whether they were suppressed. Nothing of the entry is kept."""
        with self._one_at_a_time, rewritten(self._connection, self._path, _KIND):
            done = self._connection.execute("DELETE FROM suppressions WHERE hash = ?", (self.hash(address),))
        return done.rowcount > 0

    def erase(self, address: str, mention: re.Pattern[str], instead: str) -> bool:
        """Keep of an entry no more than its keyed hash, reason and date; say whether there was an address to erase.

        What other entries say of the address, found by `mention`, becomes `instead`. Nothing else of it is left in
        the file; done again, it ends what a kill has broken off.
        """
        with self._one_at_a_time, rewritten(self._connection, self._path, _KIND):
            done = self._connection.execute(
                "UPDATE suppressions SET address = NULL, source = '' WHERE hash = ? AND address NOT NULL",
                (self.hash(address),),
            )
            told = self._connection.execute("SELECT hash, source FROM suppressions").fetchall()
            changed = [(mention.sub(instead, source), key) for key, source in told if mention.search(source)]
            self._connection.executemany("UPDATE suppressions SET source = ? WHERE hash = ?", changed)
        return done.rowcount > 0

    # --- asked before every mail ---

    def contains(self, address: str) -> bool:
        """Ask the file whether an address is suppressed, whatever its case."""
        return bool(self.among((address,)))

    def among(self, addresses: Iterable[str], *, erased: bool = False) -> set[str]:
        """Ask the file which of these are suppressed; return their keys. With `erased`: only who was erased, too."""
        found: set[str] = set()
        keys = iter([address.lower() for address in addresses])
        condition = " AND address IS NULL" if erased else ""
        with self._one_at_a_time, self._explained():
            while some := {self._hash(key): key for key in islice(keys, _AT_A_TIME)}:
                query = (
                    f"SELECT hash FROM suppressions WHERE hash IN ({', '.join('?' * len(some))}){condition}"
                )
                found.update(some[digits] for (digits,) in self._connection.execute(query, tuple(some)))
        return found

    def stamp(self) -> object:
        """Return something that is another once the file has been written to: then answers are to be asked for anew.

        SQLite counts its transactions in octets 24 to 27 of the file (sqlite.org/fileformat2.html section 1.3.9).
        Raises StoreError as well once the file was moved, deleted or replaced: who leaves then would be written into
        another one than is asked. That is looked at ten times a second, since it takes longer than all the rest; and
        the file stays open, since to open it before every mail costs as much as to merge one.
        """
        try:
            with self._one_at_a_time:
                if self._file is None:
                    self._file = os.open(self._path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
                if time.monotonic() >= self._next_look:
                    self._look_whether_it_is_there(self._file)
                os.lseek(self._file, 24, os.SEEK_SET)
                return os.read(self._file, 4)
        except OSError as error:
            raise StoreError(
                f"The list of those who left cannot be read: {error.strerror}.",
                place=Place(str(self._path)),
                hint="Bring the file back, then run the same command again.",
            ) from error

    def _look_whether_it_is_there(self, file: int) -> None:
        """Raise OSError if the open file is not the one in its place. Windows lets nobody move a file that is open."""
        if os.name != "nt" and not os.path.samestat(self._path.stat(), os.fstat(file)):
            raise FileNotFoundError(errno.ENOENT, "another file has taken its place")
        self._next_look = time.monotonic() + _LOOK_SECONDS

    # --- looked at as a whole ---

    def list(self) -> Iterator[Suppression]:
        """Yield all entries in the order of their addresses, those that were erased last."""
        with self._explained():
            rows = self._connection.execute(
                "SELECT address, reason, at, source FROM suppressions ORDER BY address IS NULL, address, at"
            )
            for row in rows:
                yield self._entry(row)

    def entry(self, address: str) -> Suppression | None:
        """Return what is kept of one person, erased or not; None: nothing."""
        query = "SELECT address, reason, at, source FROM suppressions WHERE hash = ?"
        with self._one_at_a_time, self._explained():
            row = self._connection.execute(query, (self.hash(address),)).fetchone()
        return self._entry(row) if row else None

    def last_change(self) -> datetime | None:
        """Say when the last entry was added; None if there is none."""
        with self._explained():
            (at,) = self._connection.execute("SELECT max(at) FROM suppressions").fetchone()
        return self._time(at) if at else None

    def _entry(self, row: tuple[str | None, str, str, str]) -> Suppression:
        address, reason, at, source = row
        with understood(self._path, _KIND):
            return Suppression(address, Reason(reason), datetime.fromisoformat(at), source)

    def _time(self, at: str) -> datetime:
        with understood(self._path, _KIND):
            return datetime.fromisoformat(at)

    # --- those who were erased ---

    def hash(self, address: str) -> str:
        """Return an address's keyed hash, whatever its case."""
        return self._hash(address.lower())

    def erased(self) -> frozenset[str]:
        """Return the hashes of all who were erased."""
        with self._explained():
            rows = self._connection.execute("SELECT hash FROM suppressions WHERE address IS NULL").fetchall()
        return frozenset(digits for (digits,) in rows)

    def recognise(self, keys: Iterable[str], hashes: Collection[str]) -> Iterator[tuple[str, str]]:
        """Yield the keys whose hash is one of `hashes`, each with it. It takes a microsecond a key."""
        return self._hash.recognise(keys, hashes)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        with explained(self._path, _KIND):
            yield


def _utc(at: datetime) -> str:
    """Write an aware time so that texts sort like times."""
    if at.tzinfo is None:
        raise ValueError("a time without a zone")
    return at.astimezone(UTC).isoformat(timespec="microseconds")
