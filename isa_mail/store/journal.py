"""Remember of every recipient whether the mail was handed over, so that nobody gets it twice or not at all.

    begin, stage:   pending
    claim:          pending, deferred -> claimed        on disk before the first octet of the mail leaves
    record:         claimed -> sent, written, failed, deferred, unknown, suppressed, or back to pending
    recover:        claimed -> unknown                  after a crash: nobody saw the answer
                    claimed -> as the flight log says   if there is one to be trusted
    reopen:         unknown, failed -> pending          because a person asked for it, for this run
    close_reopened: pending, deferred -> what they were  once the run is over, if a person had asked for it
    erase:          pending, deferred -> suppressed     and nothing is kept of whom the row was for

Edge: one SQLite file, every commit synced to the disk. Rows belong to an edition and a transport. A row remembers
its past: once `unknown`, always the same bytes, since the first ones may have arrived. No way leads from sent or
written back, and no row whose mail may have arrived, or was refused, is ever deleted: someone erased is only made
anonymous. A rehearsal in the outbox is forgotten as a whole.

Neighbours: records.py (all that is only read), schema.py (tables and values), database.py (opening, errors),
rewriting.py (what is taken out for good), flight.py (what a crash leaves open).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from isa_mail.model.mail import Delivery, Dispatch, State, TransportName
from isa_mail.model.people import UNIT_SEPARATOR, JournalEntry, ListHeader
from isa_mail.model.publication import Input
from isa_mail.store.database import transaction
from isa_mail.store.flight import FlightLog, boot_id, flight_logs
from isa_mail.store.records import Records
from isa_mail.store.rewriting import rewritten
from isa_mail.store.schema import JOURNAL, header_text, outcome_values, reply_code, utc, zoned
from isa_mail.store.statements import (
    CLAIM,
    CLOSE_REOPENED,
    DEFERRED_EARLIER,
    DELETE_OPEN,
    DEPARTED,
    ERASE,
    FORGET_REHEARSAL,
    FORGET_RETURNED,
    MENTIONS,
    RECORD_CLAIMED,
    RECORD_OPEN,
    REOPEN,
    RETURN_TO_PAST,
    SET_BUILD,
    STAGE,
    START,
    TOUCH,
    UNUSED_HEADERS,
    marks,
)

_SENT = State.SENT  # to ask an Enum for its member costs as much as a call, and outcomes come by the million
_FROM_CLAIM_ONLY = (State.SENT, State.WRITTEN, State.UNKNOWN)  # these say that a mail left
_PAGE = 500  # keys a statement


class Journal(Records):
    """The open journal; a context manager that closes it. Threads may share it: they wait for each other.

    Every method may raise StoreError: then the file could not be read or written, and nothing was changed.
    """

    # --- who is to get it ---

    def begin(
        self, dispatch: Dispatch, letters: Mapping[str, bytes], inputs: Iterable[Input] = ()
    ) -> Dispatch:
        """Store the build: its letters by language, and what it was made from. Return the dispatch that holds now.

        The same fingerprint again mends a letter that was damaged, and the first date stands. Another one replaces the
        dispatch's; rows still open will get its letters, rows in doubt keep pointing at the old ones.
        """
        fingerprint, key = dispatch.fingerprint, (dispatch.edition, dispatch.transport)
        with self._transaction():
            self._connection.executemany(
                "INSERT INTO letters VALUES (?, ?, ?) ON CONFLICT (fingerprint, language) "
                "DO UPDATE SET data = excluded.data WHERE data != excluded.data",  # it was damaged
                [(fingerprint, language, data) for language, data in letters.items()],
            )
            self._connection.executemany(
                "INSERT OR IGNORE INTO inputs VALUES (?, ?, ?)",
                [(fingerprint, entry.name, entry.sha256) for entry in inputs],
            )
            before = self.dispatch(*key)
            if before is None or before.fingerprint != fingerprint:
                build = (fingerprint, zoned(dispatch.date))
                self._connection.execute(
                    "INSERT OR IGNORE INTO builds (fingerprint, date) VALUES (?, ?)", build
                )
                self._connection.execute(SET_BUILD, (*key, *build))
        now = self.dispatch(*key)
        assert now is not None
        return now

    def stage(self, dispatch: Dispatch, headers: Sequence[ListHeader], people: Iterable[JournalEntry]) -> int:
        """Enter people in one transaction; return how many are new. `headers` tell what stands in their cells.

        Pending and deferred rows get the cells and language as they are now, unless an earlier hand-over
        of theirs may have arrived. A suppressed row that is staged again is open again (or, if it was unknown or
        failed before, that): the list of those who left decides, and it is asked again before every mail. All
        other rows stay as they are.
        """
        with self._transaction():
            identity = self._identity(dispatch)
            before = self._size(identity)
            build = self._build_of(identity)
            numbers = [self._number_of(header) for header in headers]
            self._connection.executemany(
                STAGE,
                (
                    (identity, build, key, numbers[header], line, cells, own_language, language)
                    for key, header, line, cells, own_language, language in people
                ),
            )
            return self._size(identity) - before

    def remove(self, dispatch: Dispatch, keys: Iterable[str]) -> int:
        """Take people who are on no list any more out of the open rows; return how many that were.

        A row that was reopened is unknown or failed again; the others, of which the server took nothing, are
        deleted. Rows that are not pending or deferred stay as they are.
        """
        with self._transaction():
            rows = [(self._identity(dispatch), key) for key in keys]
            changed = self._connection.executemany(RETURN_TO_PAST, rows).rowcount
            return max(changed, 0) + max(self._connection.executemany(DELETE_OPEN, rows).rowcount, 0)

    def forget_rehearsal(self, edition: str) -> None:
        """Delete an edition's rows of the outbox, whatever they are: nothing was sent, and all is written anew."""
        with self._transaction():
            self._connection.execute(FORGET_REHEARSAL, (edition, TransportName.OUTBOX))

    def reopen(self, dispatch: Dispatch, keys: Iterable[str]) -> int:
        """Make unknown and failed rows pending again, because a person asked for it; return how many that were.

        A row that was unknown keeps its letter, date, fields and so its Message-ID. One that failed gets the
        current letter, and the current fields when it is staged after this.
        """
        with self._transaction():
            rows = [(self._identity(dispatch), key) for key in keys]
            return max(self._connection.executemany(REOPEN, rows).rowcount, 0)

    # --- while it goes out ---

    def claim(
        self, dispatch: Dispatch, keys: Sequence[str], at: datetime, outcomes: Sequence[Delivery] = ()
    ) -> None:
        """Take open rows in hand and record the outcomes of earlier ones, in one transaction.

        When this returns, both are on disk: only then may a mail of `keys` leave. Raises ValueError, a bug of
        the caller, if a key is not pending or deferred, or an outcome not possible; then nothing was changed.
        """
        with self._transaction():
            identity = self._identity(dispatch)
            self._write_outcomes(identity, outcomes, at)
            now = utc(at)
            values = (self._build_of(identity), now, identity)
            pages = (keys[first : first + _PAGE] for first in range(0, len(keys), _PAGE))
            for page in pages:
                changed = self._connection.execute(CLAIM.format(marks(page)), (*values, *page))
                _must_be(len(page), changed.rowcount)
            if keys:
                self._connection.execute(START, (now, identity))
            self._connection.execute(TOUCH, (now, identity))

    def record(self, dispatch: Dispatch, outcomes: Sequence[Delivery], at: datetime) -> None:
        """Record outcomes alone: each row's state, reply, attempts and time (`at` where it has none).

        Sent, written and unknown follow on a claim only; the others may also befall a row that is still open.
        Raises ValueError as `claim` does.
        """
        with self._transaction():
            identity = self._identity(dispatch)
            self._write_outcomes(identity, outcomes, at)
            self._connection.execute(TOUCH, (utc(at), identity))

    def writer(self, dispatch: Dispatch) -> "JournalWriter":
        """Return `claim`, `record` and `deferred` for one dispatch."""
        return JournalWriter(self, dispatch)

    def begin_flights(self, dispatch: Dispatch, at: datetime) -> FlightLog:
        """Begin the flight log of a run; from now on a crash leaves only those in doubt whom the log leaves in doubt.

        Only after `recover`, for whoever holds the edition's lock.
        """
        *_, last = ("", *self._run(dispatch.edition, dispatch.transport)[1].split())
        if last >= utc(at):  # the clock was set back; but the name of a later log is a later one
            with self._understood():
                at = datetime.fromisoformat(last) + timedelta(microseconds=1)
        name = f"{boot_id()} {utc(at)}"
        log = FlightLog.begin(self._flight_log(dispatch.edition, dispatch.transport), name)
        with self._transaction():
            self._connection.execute(
                "UPDATE dispatches SET flight = ? WHERE id = ?", (name, self._identity(dispatch))
            )
        return log

    def recover(self, edition: str, transport: TransportName, *, at: datetime) -> int:
        """Decide about claimed rows without an outcome; return how many are unknown.

        Only for whoever holds the edition's lock: then a claimed row is what a stopped run left behind. The flight
        log of that run tells who never left, and what those who did were answered; without it all are unknown.
        What was deferred is so since before `at`, also where the clock said otherwise then.
        """
        found = list(self.deliveries(edition, transport, (State.CLAIMED,), stopped=True))
        unknown = [row._replace(at=at) for row in found if row.state is State.UNKNOWN]
        known = [row for row in found if row.state is not State.UNKNOWN]
        if found:
            with self._transaction():
                (identity, _) = self._run(edition, transport)
                self._write_outcomes(identity, (*unknown, *known), at)
                self._connection.execute(TOUCH, (utc(at), identity))
        self.close_reopened(edition, transport)
        if (begun := self.dispatch(edition, transport)) is not None:
            with self._transaction():
                before = utc(at - timedelta(microseconds=1))
                self._connection.execute(DEFERRED_EARLIER, (before, self._identity(begun), utc(at)))
        return len(unknown)

    def close_reopened(self, edition: str, transport: TransportName) -> None:
        """Make rows unknown or failed again that were reopened and are not through: a run asks for those it wants."""
        if self.dispatch(edition, transport) is not None:
            with self._transaction():
                self._connection.execute(CLOSE_REOPENED, (self._run(edition, transport)[0],))

    # --- one person ---

    def erase(self, key: str, anonymous: str, mention: re.Pattern[str], instead: str) -> int:
        """Make all rows of a person anonymous, so that all counts stay right; return how many there were.

        Their key is `anonymous` from now on. Open ones become suppressed, or what they were before. What other rows
        say of the address, found by `mention`, becomes `instead`; and nothing else of it is left in the file. Only for
        whoever holds the locks of all editions, after `recover`.
        """
        with self._one_at_a_time, rewritten(self._connection, self._path, JOURNAL):
            rows = self._read("SELECT id, reply FROM deliveries WHERE key = ?", key)
            values = [(anonymous, reply_code(reply), identity) for identity, reply in rows]
            self._connection.execute(FORGET_RETURNED, (key, anonymous))
            self._connection.executemany(ERASE, values)
            self._connection.create_function("mentions", 1, lambda text: mention.search(text) is not None)
            for identity, other, cells, reply in self._read(MENTIONS):
                # No mention is another's own address: "neil@…" is found in "o'neil@…", too.
                kept = [
                    cell if cell.lower() == other else mention.sub(instead, cell)
                    for cell in cells.split(UNIT_SEPARATOR)
                ]
                self._connection.execute(
                    "UPDATE deliveries SET cells = ?, reply = ? WHERE id = ?",
                    (UNIT_SEPARATOR.join(kept), mention.sub(instead, reply), identity),
                )
            self._connection.execute(UNUSED_HEADERS)
        self._header.cache_clear()
        return len(rows)

    def recover_all(self, *, at: datetime) -> tuple[Path, ...]:
        """Decide about all claimed rows, as `recover` does, and return the flight logs: nobody needs them any more.

        Only for whoever holds the locks of all editions.
        """
        for edition, transport in self._read("SELECT edition, transport FROM dispatches"):
            self.recover(edition, TransportName(transport), at=at)
        return flight_logs(self._path.parent)

    # --- inside ---

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._one_at_a_time, transaction(self._connection, self._path, JOURNAL):
            yield

    def _build_of(self, identity: int) -> int:
        """Return the number of the build that open rows of a dispatch get."""
        return int(
            self._connection.execute("SELECT build FROM dispatches WHERE id = ?", (identity,)).fetchone()[0]
        )

    def _number_of(self, header: ListHeader) -> int:
        """Return the number of a header, which is entered if it is new."""
        text = (header_text(header),)
        self._connection.execute("INSERT OR IGNORE INTO headers (header) VALUES (?)", text)
        return int(self._connection.execute("SELECT id FROM headers WHERE header = ?", text).fetchone()[0])

    def _size(self, identity: int) -> int:
        query = "SELECT count(*) FROM deliveries WHERE dispatch = ?"
        return int(self._connection.execute(query, (identity,)).fetchone()[0])

    def _write_outcomes(self, identity: int, outcomes: Sequence[Delivery], at: datetime) -> None:
        after_claim: list[tuple[Any, ...]] = []
        without_claim: list[tuple[Any, ...]] = []
        left: list[tuple[Any, ...]] = []
        now = utc(at)
        written: tuple[datetime | None, str] = (None, now)  # many outcomes come at one moment
        for row in outcomes:
            if row.at is not written[0]:
                written = (row.at, utc(row.at) if row.at else now)
            values = (*outcome_values(row, written[1]), row.entered.id, identity, row.entered.key)
            (after_claim if row.state in _FROM_CLAIM_ONLY else without_claim).append(values)
            if row.left and row.state is not _SENT:
                left.append((identity, written[1]))
        self._change_all(RECORD_CLAIMED, after_claim)
        self._change_all(RECORD_OPEN, without_claim)
        self._connection.executemany(DEPARTED, left)

    def _change_all(self, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """Run a statement that must change exactly one row each; raise ValueError, and so roll back, if not."""
        if rows:
            _must_be(len(rows), self._connection.executemany(statement, rows).rowcount)


def _must_be(wanted: int, changed: int) -> None:
    if changed != wanted:
        raise ValueError("a row is not in a state that allows this change")


class JournalWriter(NamedTuple):
    """What a delivery may do: claims, outcomes and second tries of one dispatch."""

    journal: Journal
    dispatch: Dispatch

    def claim(self, keys: Sequence[str], at: datetime, outcomes: Sequence[Delivery]) -> None:
        """See `Journal.claim`."""
        self.journal.claim(self.dispatch, keys, at, outcomes)

    def record(self, outcomes: Sequence[Delivery], at: datetime) -> None:
        """See `Journal.record`."""
        self.journal.record(self.dispatch, outcomes, at)

    def deferred(self, since: datetime, until: datetime, limit: int) -> list[Delivery]:
        """See `Journal.deferred`."""
        return self.journal.deferred(self.dispatch, since, until, limit)
