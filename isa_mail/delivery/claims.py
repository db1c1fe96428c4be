"""Rows on their way from the journal to the sessions and back, in groups.

    turn -> claim of a group on disk …  take -> Delivery(anna, PENDING) … note(Delivery(anna, SENT)) … turn -> stored

Pure but for the journal that is handed in, whose disk is waited for in a thread beside the run. A row is given out
only after its claim is on disk; its outcome rides in the transaction of a later claim, or gets one of its own as
soon as there is nothing to take. A group is what goes out in half a second: one row at the pace of an office, so
that a power cut leaves little in doubt, and many where the line is fast, so that one sync serves them all.
"""

from collections import deque
from collections.abc import Callable, Container, Iterable, Sequence
from concurrent.futures import Future
from datetime import datetime, timedelta
from typing import NamedTuple

from isa_mail.delivery.errand import beside
from isa_mail.delivery.transport import Leavers, RunJournal
from isa_mail.model import Delivery, State

GROUP_SECONDS = 0.5
_FIRST_GROUP = 100
_LARGEST_GROUP = 2000  # rows; more would only cost memory


class _Stored(NamedTuple):
    """What one transaction brought to disk."""

    claimed: Sequence[Delivery]
    outcomes: Sequence[Delivery]
    deferred: Sequence[Delivery] | None  # the first of those not due yet; None: nobody looked
    left: Container[str]  # who of those claimed has left
    stamp: object  # when that was asked


class _Ready(NamedTuple):
    """A row that is claimed on disk and not begun."""

    row: Delivery
    has_left: bool
    stamp: object  # when that was asked; None: ask


class Claims:
    """What is claimed and not begun, and what is decided and not stored."""

    def __init__(
        self,
        rows: Iterable[Delivery],
        journal: RunJournal,
        leavers: Leavers,
        *,
        retry_after: timedelta,
        retry_until: datetime,
        now: Callable[[], datetime],
        wake: Callable[[], None],
    ) -> None:
        """`rows` are read as they are needed. What is put off in this run comes back after `retry_after`."""
        self._rows = iter(rows)
        self._journal = journal
        self._leavers = leavers
        self._retry_after = retry_after
        self._retry_until = retry_until
        self._now = now
        self._wake = wake
        self._started = now()
        self._stamp: object = None  # of those who left, when `look_who_left` was called
        self._ready: deque[_Ready] = deque()
        self._outcomes: list[Delivery] = []  # not on disk yet
        self._under_way: Future[_Stored] | None = None
        self._next = next(self._rows, None)  # read ahead, so that nobody waits for a row that does not come
        self._first_deferral: datetime | None = None  # of those that nobody has come back to
        self._group = _FIRST_GROUP
        self._taken = 0
        self._last_turn = self._started

    @property
    def ready(self) -> int:
        """How many rows may be taken now."""
        return len(self._ready)

    @property
    def is_storing(self) -> bool:
        """Whether a transaction is under way."""
        return self._under_way is not None

    def next_retry(self) -> datetime | None:
        """When the first row that was put off is due; None if none is, before this run's time is over."""
        if self._first_deferral is None:
            return None
        due = self._first_deferral + self._retry_after
        return due if due <= self._retry_until else None

    def has_work(self, now: datetime) -> bool:
        """Whether there is, or may be, a row to hand over now."""
        return bool(self._ready) or self._may_claim(now)

    def look_who_left(self) -> None:
        """Look whether anybody may have left; once a round of the run, which takes a millisecond or so."""
        self._stamp = self._leavers.stamp()

    def take(self) -> tuple[Delivery, bool] | None:
        """Take a claimed row, and say whether its recipient has left by now."""
        if not self._ready:
            return None
        row, has_left, stamp = self._ready.popleft()
        self._taken += 1
        if stamp != self._stamp:
            has_left = row.recipient.key in self._leavers.among((row.recipient.key,))
        return row, has_left

    def give_back(self, row: Delivery) -> None:
        """Put a row back of which nothing was taken: it is the next one again."""
        self._ready.appendleft(_Ready(row, False, None))

    def note(self, outcome: Delivery) -> None:
        """Take down what became of a row; the next transaction stores it."""
        self._outcomes.append(outcome)
        if outcome.state is State.DEFERRED and self._first_deferral is None:
            self._first_deferral = outcome.at

    def turn(self, room: int | None, now: datetime) -> Sequence[Delivery]:
        """Begin the next transaction if one is due, for `room` rows at most (None: any number).

        Return what the last one stored, if it has ended. Raises what the journal raised: StoreError.
        """
        stored = self._ended()
        if self._under_way is None:
            self._begin(room, now)
        return stored

    def settle(self) -> Sequence[Delivery]:
        """Wait until all outcomes are on disk, and give back what was not begun. Return what was stored last."""
        stored: Sequence[Delivery] = ()
        try:
            stored = self._wait()
        finally:
            if self._outcomes or self._ready:
                rest = (ready.row for ready in self._ready)
                self._journal.record((*self._outcomes, *rest), self._now())
        stored, self._outcomes = (*stored, *self._outcomes), []
        self._ready.clear()
        return stored

    # --- inside ---

    def _may_claim(self, now: datetime) -> bool:
        """Whether there is a row that was not claimed yet, or one that is due again."""
        due = self.next_retry()
        return self._next is not None or (due is not None and due <= now)

    def _begin(self, room: int | None, now: datetime) -> None:
        target = self._group if room is None else min(self._group, room)
        wanted = target - len(self._ready) if len(self._ready) <= target // 2 and self._may_claim(now) else 0
        waited = (now - self._last_turn).total_seconds()
        if wanted <= 0 and (not self._outcomes or (self._ready and waited < GROUP_SECONDS)):
            return
        if waited > 0 and self._taken:
            self._group = max(1, min(round(GROUP_SECONDS * self._taken / waited), _LARGEST_GROUP))
        self._taken, self._last_turn = 0, now
        outcomes = tuple(self._outcomes)
        self._under_way = beside(lambda: self._store(wanted, outcomes, now), self._wake)

    def _store(self, wanted: int, outcomes: Sequence[Delivery], now: datetime) -> _Stored:
        """In the thread: claim as many rows, those that are due again first, and store the outcomes."""
        rows: list[Delivery] = []
        later: Sequence[Delivery] | None = None
        due = self.next_retry()
        if wanted > 0 and due is not None and due <= now:
            found = self._journal.deferred(self._started, now, wanted + 1)
            rows = [row for row in found[:wanted] if row.at is not None and row.at + self._retry_after <= now]
            later = found[len(rows) :]
        while len(rows) < wanted and self._next is not None:
            rows.append(self._next)
            self._next = next(self._rows, None)
        keys = [row.recipient.key for row in rows]
        if rows:
            self._journal.claim(keys, now, outcomes)
        elif outcomes:
            self._journal.record(outcomes, now)
        stamp = self._leavers.stamp()
        return _Stored(rows, outcomes, later, self._leavers.among(keys), stamp)

    def _ended(self) -> Sequence[Delivery]:
        return self._wait() if self._under_way is not None and self._under_way.done() else ()

    def _wait(self) -> Sequence[Delivery]:
        """Wait for the transaction under way. If it failed, its outcomes are kept for the next one."""
        errand, self._under_way = self._under_way, None
        if errand is None:
            return ()
        stored = errand.result()
        if stored.deferred is not None:
            put_off = (*stored.deferred, *(row for row in self._outcomes if row.state is State.DEFERRED))
            self._first_deferral = put_off[0].at if put_off else None
        for row in stored.claimed:
            self._ready.append(_Ready(row, row.recipient.key in stored.left, stored.stamp))
        del self._outcomes[: len(stored.outcomes)]
        return stored.outcomes
