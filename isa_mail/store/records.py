"""What the journal knows: who is to get an edition, who got it, and with which letter. Nothing here changes it.

    Records(connection).deliveries("2026-10", SMTP) -> Delivery(anna, SENT, "250 Ok"), Delivery(bernd, PENDING), …
    stopped=True                                    -> the same, as `recover` would leave it after a crash

Edge: one SQLite file. `Journal` in journal.py is these records and all that changes them; statements.py has the longer
queries, schema.py makes Deliveries of rows, flight.py tells what a crash leaves open.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from functools import cache
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from isa_mail.errors import StoreError
from isa_mail.model.mail import Delivery, Dispatch, State, TransportName
from isa_mail.model.people import ListHeader
from isa_mail.model.publication import Fingerprint, Input
from isa_mail.store.database import damaged, explained, open_database, understood
from isa_mail.store.flight import Landing, as_it_stands, behind, departed_after, is_behind, read_flights
from isa_mail.store.schema import JOURNAL, deliveries, header_from, utc
from isa_mail.store.statements import (
    ANYTHING_SENT,
    COUNTS,
    DEFERRED,
    DELIVERY_COLUMNS,
    ERASED,
    HAND_OVERS,
    KEYS,
    OF_PERSON,
    OPEN_OR_CLAIMED,
    marks,
)

if TYPE_CHECKING:
    import sqlite3

_PAGE = 500  # rows read at a time; between pages the file is free for writers


class Records:
    """The open journal, to be read; a context manager that closes it. Threads may share it: they wait for each other.

    Every method may raise StoreError: then the file could not be read.
    """

    def __init__(self, connection: "sqlite3.Connection", path: Path) -> None:
        """Take over an open connection: use `open`."""
        self._connection = connection
        self._path = path
        self._one_at_a_time = RLock()
        self._header, self._build = cache(self._read_header), cache(self._read_build)  # neither ever changes

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the journal and check that it is whole; make an empty one only if there is no file at all."""
        return cls(open_database(path, JOURNAL), path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; closing twice does no harm."""
        self._connection.close()

    # --- an edition and its letters ---

    def dispatch(self, edition: str, transport: TransportName) -> Dispatch | None:
        """Return what was begun of an edition over a transport, or None."""
        query = "SELECT build FROM dispatches WHERE edition = ? AND transport = ?"
        for (build,) in self._read(query, edition, transport):
            try:
                return Dispatch(edition, transport, *self._build(build))
            except (KeyError, ValueError, TypeError) as error:
                raise self._damaged(f"the build of {edition} cannot be understood") from error
        return None

    def letter(self, fingerprint: str, language: str) -> bytes:
        """Return the compiled letter of a build that was begun once. Raises StoreError if it is not there."""
        for (data,) in self._read(
            "SELECT data FROM letters WHERE fingerprint = ? AND language = ?", fingerprint, language
        ):
            return bytes(data)
        raise self._damaged(f"the letter {fingerprint[:12]} ({language}) is missing")

    def inputs(self, fingerprint: str) -> tuple[Input, ...]:
        """Return what a build was made from, by name; empty for a build that was never begun."""
        rows = self._read("SELECT name, sha256 FROM inputs WHERE fingerprint = ? ORDER BY name", fingerprint)
        return tuple(Input(name, sha256) for name, sha256 in rows)

    # --- who got it ---

    def deliveries(
        self,
        edition: str,
        transport: TransportName,
        states: Collection[State] | None = None,
        *,
        stopped: bool = False,
    ) -> Iterator[Delivery]:
        """Yield the rows of an edition over a transport in list order, of some states or of all.

        Rows are read a page at a time, so that writing in between is allowed; a row that has moved on since its
        page was read is yielded as it was. With `stopped`, rows are yielded as `recover` would leave them.
        """
        wanted = tuple(states or ())
        # Without `states`, every row is read: one in a state that there is not is damage, and must not be passed over.
        some = "" if states is None else f"AND v.state IN ({marks(wanted)}) "
        query = (
            f"SELECT {DELIVERY_COLUMNS}, v.past FROM dispatches d JOIN deliveries v NOT INDEXED ON v.dispatch = d.id "
            f"WHERE d.edition = ? AND d.transport = ? AND v.id > ? {some}ORDER BY v.id LIMIT {_PAGE}"
        )
        flights = self._flights(edition, transport) if stopped else None
        last, more = 0, True
        while more:
            rows = self._read(query, edition, transport, last, *wanted)
            found = self._deliveries(rows)
            if not stopped:
                yield from found
            else:
                for row, (*_, past) in zip(found, rows, strict=True):
                    if flights and is_behind(row, flights):
                        raise behind(self._path, self._flight_log(edition, transport))
                    yield as_it_stands(row, State(past) if past else None, flights)
            last = found[-1].entered.id if found else last
            more = len(rows) == _PAGE

    def open_among(self, edition: str, transport: TransportName, keys: Sequence[str]) -> list[Delivery]:
        """Return the pending and deferred rows of these people, in list order."""
        query = (
            f"SELECT {DELIVERY_COLUMNS} FROM dispatches d "
            "JOIN deliveries v INDEXED BY deliveries_by_key ON v.dispatch = d.id "
            f"WHERE d.edition = ? AND d.transport = ? AND v.key IN ({marks(keys)}) "
            "AND v.state IN ('pending', 'deferred') ORDER BY v.id"
        )
        return self._deliveries(self._read(query, edition, transport, *keys))

    def deferred(self, dispatch: Dispatch, since: datetime, until: datetime, limit: int) -> list[Delivery]:
        """Read rows that were deferred at `since` or later, until `until`; the oldest first, `limit` at most."""
        rows = self._read(DEFERRED, self._identity(dispatch), utc(since), utc(until), limit)
        return self._deliveries(rows)

    def counts(self, edition: str, transport: TransportName) -> dict[State, int]:
        """Count the rows of an edition over a transport; every state is in the answer."""
        rows = self._read(COUNTS, edition, transport)
        with self._understood():
            return dict.fromkeys(State, 0) | {State(state): number for state, number in rows}

    def keys(self, edition: str, transport: TransportName) -> Iterator[str]:
        """Yield the keys of all whom an edition was meant for in list order; who had left, or was erased, aside."""
        last, more = 0, True
        while more:
            rows = self._read(KEYS, edition, transport, last, _PAGE)
            for identity, key in rows:
                last = identity
                yield key
            more = len(rows) == _PAGE

    def erased(self, edition: str, transport: TransportName) -> Mapping[str, State]:
        """Return the states of those who were erased since they got an edition, by keyed hash."""
        return {digits: State(state) for digits, state in self._read(ERASED, edition, transport)}

    # --- what was sent, and when ---

    def editions_sent(self) -> tuple[tuple[str, TransportName, datetime], ...]:
        """Return what was in hand at least once, with the time of its first claim, oldest first."""
        query = "SELECT edition, transport, started_at FROM dispatches WHERE started_at NOT NULL ORDER BY started_at"
        rows = self._read(query)
        with self._understood():
            return tuple(
                (edition, TransportName(name), datetime.fromisoformat(at)) for edition, name, at in rows
            )

    def last_edition_before(self, edition: str, transport: TransportName) -> str | None:
        """Return the edition that was sent last before this one was, or would be; None if there is none."""
        earlier = None
        for name, via, _ in self.editions_sent():
            if name == edition and via is transport:
                break
            earlier = name if via is transport else earlier
        return earlier

    def anything_sent(self) -> bool:
        """Say whether any mail has, or may have, left over SMTP."""
        return bool(self._read(ANYTHING_SENT))

    def hand_overs(self, since: datetime) -> list[datetime]:
        """Return when mails were handed over to a mail server from `since` on, of whatever edition; oldest first."""
        rows = self._read(HAND_OVERS, utc(since))
        with self._understood():
            return [datetime.fromisoformat(at) for (at,) in rows]

    # --- one person ---

    def rows_of(self, key: str, anonymous: str) -> list[tuple[str, TransportName, Delivery]]:
        """Return all rows of one person with edition and transport, oldest first; also those kept by keyed hash."""
        rows = self._read(OF_PERSON, key, anonymous)
        found = self._deliveries([values for _, _, *values in rows])
        return [
            (edition, TransportName(name), row) for (edition, name, *_), row in zip(rows, found, strict=True)
        ]

    # --- inside ---

    def _read(self, query: str, *values: object) -> list[Any]:
        with self._one_at_a_time, explained(self._path, JOURNAL):
            return self._connection.execute(query, values).fetchall()

    def _run(self, edition: str, transport: TransportName) -> tuple[int, str]:
        """Return the dispatch's row and the name of its last run's flight log."""
        query = "SELECT id, flight FROM dispatches WHERE edition = ? AND transport = ?"
        found = self._read(query, edition, transport)
        if not found:
            raise ValueError(f"{edition} over {transport} was not begun")
        identity, flight = found[0]
        return int(identity), str(flight)

    def _identity(self, dispatch: Dispatch) -> int:
        return self._run(dispatch.edition, dispatch.transport)[0]

    def _flights(self, edition: str, transport: TransportName) -> Mapping[str, Landing | None] | None:
        """Read the flight log of the last run; None if it cannot be trusted, empty if nobody is in doubt."""
        log = self._flight_log(edition, transport)
        name = self._run(edition, transport)[1] if self.dispatch(edition, transport) else ""
        if departed_after(log, name):
            raise behind(self._path, log)
        if not self.counts(edition, transport)[State.CLAIMED]:
            return {}
        identity = self._run(edition, transport)[0]

        def open_among(keys: Sequence[str]) -> set[str]:
            query = OPEN_OR_CLAIMED.format(marks(keys))
            return {key for (key,) in self._read(query, identity, *keys)}

        return read_flights(log, name, open_among)

    def _read_header(self, number: int) -> ListHeader:
        """Read what cells stand for. Raises KeyError, ValueError or TypeError if no journal of ours holds it."""
        for (text,) in self._read("SELECT header FROM headers WHERE id = ?", number):
            return header_from(text)
        raise KeyError(number)

    def _read_build(self, number: int) -> tuple[Fingerprint, datetime]:
        """Read a build's fingerprint and date; raises as `_read_header` does."""
        for fingerprint, date in self._read("SELECT fingerprint, date FROM builds WHERE id = ?", number):
            return Fingerprint(fingerprint), datetime.fromisoformat(date)
        raise KeyError(number)

    def _deliveries(self, rows: Sequence[Sequence[Any]]) -> list[Delivery]:
        try:
            return deliveries(rows, self._header, self._build)
        except (ValueError, TypeError, LookupError, AttributeError, OverflowError, RecursionError) as error:
            if len(rows) == 1:
                raise self._damaged(f"the row of {rows[0][1]} cannot be understood") from error
        return [row for each in rows for row in self._deliveries([each])]  # which one is it?

    def _flight_log(self, edition: str, transport: TransportName) -> Path:
        return self._path.with_name(f"{edition}-{transport}.flights")

    def _understood(self) -> AbstractContextManager[None]:
        return understood(self._path, JOURNAL)

    def _damaged(self, details: str) -> StoreError:
        return damaged(self._path, JOURNAL, details)
