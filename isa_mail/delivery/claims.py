"""Rows on their way from the journal to the sessions and back, in groups.

    turn -> a group is claimed on disk …  take -> Ready(row, mail) … note(Delivery(anna, SENT)) … turn -> stored

Pure but for the journal that is handed in. A row is given out only after its claim is on disk; its outcome rides in
the transaction of a later claim, or gets one of its own as soon as there is nothing to take. What is claimed is merged
some fifty at a time, which costs a third of one by one; in the same moment it is looked up who of them has left.

A group is what goes out in a sixth of a second, or ten times what the last claim took: one row at the pace of an
office, so that a power cut leaves little in doubt, and many where the line is fast, so that one sync serves them all.
The run waits for that sync while the server still has to read what it was sent before, which is why groups are not
larger; a thread beside the run would wait for each row's turn of the interpreter.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import NamedTuple

from isa_mail.delivery.commands import Mail, mails_on_wire
from isa_mail.delivery.transport import Leavers, RunJournal
from isa_mail.model.mail import Delivery, Message, State

GROUP_SECONDS = 0.15
_SYNC_SHARE = 10  # a group takes ten times as long as to claim it, at least: old disks need a while
_FIRST_GROUP = 100
_LARGEST_GROUP = 2000  # rows; more would only cost memory
_MERGED_TOGETHER = 50  # rows
_DEFERRED = State.DEFERRED  # to ask an Enum for its member costs as much as a call


class Ready(NamedTuple):
    """A row that is claimed on disk and merged, and not begun."""

    row: Delivery
    mail: Mail
    has_left: bool
    stamp: object  # when that was asked; None: ask


class Claims:
    """What is claimed and not begun, and what is decided and not stored."""

    def __init__(
        self,
        rows: Iterable[Delivery],
        journal: RunJournal,
        leavers: Leavers,
        asked: object,
        *,
        merge: Callable[[Sequence[Delivery]], Sequence[Message]],
        retry_after: timedelta,
        retry_until: datetime,
        now: Callable[[], datetime],
    ) -> None:
        """`rows` are read as they are needed; none of them had left when the stamp of `leavers` was `asked`.

        What is put off in this run comes back after `retry_after`.
        """
        self._rows = iter(rows)
        self._journal = journal
        self._leavers = leavers
        self._asked = asked
        self._merge = merge
        self._retry_after = retry_after
        self._retry_until = retry_until
        self._now = now
        self._started = now()
        self._stamp: object = None  # of those who left, when `look_who_left` was called
        self._claimed: deque[Delivery] = deque()  # and not merged
        self._ready: deque[Ready] = deque()
        self._trouble: Exception | None = None  # why the next rows cannot be merged
        self._outcomes: list[Delivery] = []  # not on disk yet
        self._next = next(self._rows, None)  # read ahead, so that nobody waits for a row that does not come
        self._first_deferral: datetime | None = None  # of those that nobody has come back to
        self._group = _FIRST_GROUP
        self._group_seconds = GROUP_SECONDS
        self._taken = 0
        self._last_turn = self._started

    @property
    def ready(self) -> int:
        """How many rows may be taken now."""
        return len(self._ready) + len(self._claimed)

    def next_retry(self) -> datetime | None:
        """When the first row that was put off is due; None if none is, before this run's time is over."""
        if self._first_deferral is None:
            return None
        due = self._first_deferral + self._retry_after
        return due if due <= self._retry_until else None

    def has_work(self, now: datetime) -> bool:
        """Whether there is, or may be, a row to hand over now."""
        return self.ready > 0 or self._may_claim(now)

    def look_who_left(self) -> None:
        """Look whether anybody may have left; once a round of the run, which takes a millisecond or so."""
        self._stamp = self._leavers.stamp()

    def take(self) -> Ready | None:
        """Take a claimed row; it says whether its recipient has left by now. Raises what merging it raises."""
        self.prepare()
        if not self._ready:
            if self._trouble is not None:
                raise self._trouble
            return None
        ready = self._ready[0]
        if ready.stamp != self._stamp:
            key = ready.mail.key
            ready = ready._replace(has_left=key in self._leavers.among((key,)))
        self._ready.popleft()
        self._taken += 1
        return ready

    def prepare(self) -> None:
        """Merge the next rows unless some are ready, before anybody waits for them. What that raises, `take` raises."""
        if self._claimed and not self._ready and self._trouble is None:
            try:
                self._merge_next()
            except Exception as error:
                self._trouble = error

    def give_back(self, ready: Ready) -> None:
        """Put a row back of which nothing was taken: it is the next one again."""
        self._ready.appendleft(ready._replace(stamp=None))

    def note(self, outcome: Delivery) -> None:
        """Take down what became of a row; the next transaction stores it."""
        self._outcomes.append(outcome)
        if outcome.state is _DEFERRED and self._first_deferral is None:
            self._first_deferral = outcome.at

    def turn(self, room: int | None, now: datetime) -> Sequence[Delivery]:
        """Claim the next group if it is due, for `room` rows at most (None: any number), and store the outcomes.

        Return the outcomes that are on disk now. Raises what the journal raises, StoreError: then they are kept.
        """
        target = self._group if room is None else min(self._group, room)
        wanted = target - self.ready if self.ready <= target // 2 and self._may_claim(now) else 0
        waited = (now - self._last_turn).total_seconds()
        if wanted <= 0 and (not self._outcomes or (self.ready and waited < self._group_seconds)):
            return ()
        if waited > 0 and self._taken:
            self._group = max(1, min(round(self._group_seconds * self._taken / waited), _LARGEST_GROUP))
        self._taken, self._last_turn = 0, now
        outcomes = tuple(self._outcomes)
        began = self._now()
        self._claim(wanted, outcomes, now)
        self._group_seconds = max(GROUP_SECONDS, _SYNC_SHARE * (self._now() - began).total_seconds())
        self._outcomes.clear()
        return outcomes

    def settle(self) -> Sequence[Delivery]:
        """Bring all outcomes to disk, and give back what was not begun. Return the outcomes."""
        outcomes = tuple(self._outcomes)
        not_begun = (*(ready.row for ready in self._ready), *self._claimed)
        if outcomes or not_begun:
            self._journal.record((*outcomes, *not_begun), self._now())
        self._outcomes.clear()
        self._ready.clear()
        self._claimed.clear()
        return outcomes

    # --- inside ---

    def _may_claim(self, now: datetime) -> bool:
        """Whether there is a row that was not claimed yet, or one that is due again."""
        due = self.next_retry()
        return self._next is not None or (due is not None and due <= now)

    def _claim(self, wanted: int, outcomes: Sequence[Delivery], now: datetime) -> None:
        """Claim as many rows, those that are due again first, and store the outcomes in the same transaction."""
        rows: list[Delivery] = []
        due = self.next_retry()
        if wanted > 0 and due is not None and due <= now:
            found = self._journal.deferred(self._started, now, wanted + 1)
            rows = [row for row in found[:wanted] if row.at is not None and row.at + self._retry_after <= now]
            put_off = (*found[len(rows) :], *(row for row in outcomes if row.state is State.DEFERRED))
            self._first_deferral = put_off[0].at if put_off else None
        if len(rows) < wanted and self._next is not None:
            rows += (self._next, *islice(self._rows, wanted - len(rows) - 1))
            self._next = next(self._rows, None)
        if not rows:
            if outcomes:
                self._journal.record(outcomes, now)
            return
        self._journal.claim([row.key for row in rows], now, outcomes)
        self._claimed += rows

    def _merge_next(self) -> None:
        """Merge the next rows; if one of them cannot be merged, those before it still can."""
        rows = list(islice(self._claimed, _MERGED_TOGETHER))
        try:
            mails = self._mails(rows)
        except Exception:
            rows = rows[:1]
            mails = self._mails(rows)
        keys = [mail.key for mail in mails]
        stamp = self._leavers.stamp()
        left = self._leavers.among(keys) if stamp != self._asked else ()
        for row, mail in zip(rows, mails, strict=True):
            self._ready.append(Ready(row, mail, mail.key in left, stamp))
            self._claimed.popleft()

    def _mails(self, rows: Sequence[Delivery]) -> list[Mail]:
        return mails_on_wire([row.key for row in rows], self._merge(rows))
