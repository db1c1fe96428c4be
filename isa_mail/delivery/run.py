"""The run: one message after the other, each claimed on disk before it goes out.

    Delivery(anna, PENDING) -> claim -> hand over -> Reply(250, …) -> Delivery(anna, SENT, "250 Ok: queued as 4711")

Pure: transport, journal, clock and sleep are handed in by `pipeline.py`. What is yielded is on disk already. An
outcome rides in the transaction of the next claim, so it is stored before the next message leaves; before
anything that takes time (a wait, a connection, the end) it is stored at once. A kill in between leaves that one
row claimed, which the next run reads as unknown: at most one a session.

Now one session, in lockstep. Where more of them will join: `_Run` is what one session knows of itself.
"""

import heapq
import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from isa_mail.delivery.pace import seconds_to_wait
from isa_mail.delivery.transport import LineLost, RunJournal, Transport, Unreachable
from isa_mail.errors import TransportError
from isa_mail.model import Delivery, DeliverySettings, Message, Outcome, State

_SLICE_SECONDS = 0.2  # the longest that Ctrl-C waits for us
_IDLE_SECONDS = 60  # servers hang up after a few minutes; a session is not kept over a longer wait
_RECONNECT_AFTER_SECONDS = 30  # between two tries to get a lost session back
_LOST_IN_A_ROW = 10  # lines lost without one answer in between: the server is broken, stop harming rows
_MOST_OUTCOMES = 100  # held back for the next claim, when a long stretch of rows needs none


def deliver(
    queue: Iterable[Delivery],
    *,
    connect: Callable[[], Transport],
    journal: RunJournal,
    merge: Callable[[Delivery], Message],
    is_suppressed: Callable[[str], bool],
    handed_over: State,
    settings: DeliverySettings,
    now: Callable[[], datetime],
    sleep: Callable[[float], None],
    stopping: Callable[[], bool],
    first_hand_over: Callable[[], None] | None = None,
) -> Iterator[Delivery]:
    """Hand over every row of `queue`; yield each row's new state once it is on disk.

    A row that is tried again later is yielded as deferred each time. `handed_over` is what an accepted row
    becomes: SENT or WRITTEN. `is_suppressed` gets the recipient's key. `first_hand_over` is called once, before
    the first message leaves. When `stopping` says so, no new message begins.

    Raises TransportError when the server cannot be reached (at once for the first connection; later after a
    second try), refuses the login, or breaks off over and over; StoreError from the journal. However the run
    ends, by closing this iterator as well, the outcome in hand is stored, a row whose hand-over never began is
    what it was before, and the session is closed.
    """
    run = _Run(
        connect=connect,
        journal=journal,
        merge=merge,
        is_suppressed=is_suppressed,
        handed_over=handed_over,
        settings=settings,
        now=now,
        sleep=sleep,
        stopping=stopping,
        first_hand_over=first_hand_over,
        started=now(),
    )
    rows = iter(queue)
    try:
        while not stopping():
            delivery = run.next_retry() or next(rows, None)
            pause = run.pause_before(delivery)
            if pause is None:
                break
            if pause > 0:
                yield from run.store()
                if not run.wait(pause):
                    break
            if delivery is not None:
                yield from run.attend_to(delivery)
        yield from run.store()
    finally:
        run.finish()


@dataclass(slots=True)
class _Run:
    """What one session knows: its transport, what is not on disk yet, what is to be tried again, its pace."""

    connect: Callable[[], Transport]
    journal: RunJournal
    merge: Callable[[Delivery], Message]
    is_suppressed: Callable[[str], bool]
    handed_over: State
    settings: DeliverySettings
    now: Callable[[], datetime]
    sleep: Callable[[float], None]
    stopping: Callable[[], bool]
    first_hand_over: Callable[[], None] | None
    started: datetime
    transport: Transport | None = None
    ever_connected: bool = False
    lost_in_a_row: int = 0
    outcomes: list[Delivery] = field(default_factory=list)  # not on disk yet
    in_hand: Delivery | None = None  # claimed on disk, its hand-over not begun: as it was before
    retries: list[tuple[datetime, int, Delivery]] = field(default_factory=list)  # a heap by due time
    last_begun: datetime | None = None  # when the last message was handed over
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def next_retry(self) -> Delivery | None:
        """Take the deferred row that is due, if any."""
        if self.retries and self.retries[0][0] <= self.now():
            return heapq.heappop(self.retries)[2]
        return None

    def pause_before(self, delivery: Delivery | None) -> float | None:
        """Seconds until `delivery` may begin, or until the next retry is due; None: there is nothing left."""
        if delivery is not None:
            return seconds_to_wait(self.last_begun, self.now(), self.settings.messages_per_minute)
        if self.retries:
            return max((self.retries[0][0] - self.now()).total_seconds(), 0.0)
        return None

    def wait(self, seconds: float) -> bool:
        """Wait in short slices; False as soon as the run is to stop. A long wait gives the session up."""
        if seconds > _IDLE_SECONDS:
            self.disconnect()
        until = self.now() + timedelta(seconds=seconds)
        while not self.stopping():
            remaining = (until - self.now()).total_seconds()
            if remaining <= 0:
                return True
            self.sleep(min(remaining, _SLICE_SECONDS))
        return False

    def attend_to(self, delivery: Delivery) -> Iterator[Delivery]:
        """Hand over one row, unless its recipient has left; yield what is stored on the way."""
        ready = self.transport is not None and self.transport.is_ready()
        if not ready and not self._has_left(delivery):  # nobody connects for those who get nothing
            yield from self.store()
            if not self.connect_again():
                return
        if self._has_left(delivery):  # looked up last, since connecting may have taken minutes
            self.outcomes.append(replace(delivery, state=State.SUPPRESSED, reply="", at=self.now()))
            if len(self.outcomes) >= _MOST_OUTCOMES:
                yield from self.store()
            return
        message = self.merge(delivery)
        if self.first_hand_over is not None:
            self.first_hand_over()
            self.first_hand_over = None
        yield from self.claim(delivery)
        self.hand_over(delivery, message)

    def connect_again(self) -> bool:
        """Get a session; False if the run is to stop while it waits for a second try."""
        self.disconnect()
        try:
            self.transport = self.connect()
        except Unreachable:
            if not self.ever_connected:
                raise
            if not self.wait(_RECONNECT_AFTER_SECONDS):
                return False
            self.transport = self.connect()
        self.ever_connected = True
        return True

    def disconnect(self) -> None:
        """Close the session, if there is one."""
        transport, self.transport = self.transport, None
        if transport is not None:
            transport.close()

    def claim(self, delivery: Delivery) -> Iterator[Delivery]:
        """Claim a row, together with the outcomes so far, and yield these."""
        self.journal.claim((delivery.recipient.key,), self.now(), tuple(self.outcomes))
        self.in_hand = delivery
        stored, self.outcomes = self.outcomes, []
        yield from stored

    def store(self) -> Iterator[Delivery]:
        """Store the outcomes so far at once, and yield them."""
        if self.outcomes:
            self.journal.record(tuple(self.outcomes), self.now())
        stored, self.outcomes = self.outcomes, []
        yield from stored

    def hand_over(self, delivery: Delivery, message: Message) -> None:
        """Hand over one claimed row, note its new state, and put a deferred one down for later."""
        if self.transport is None:
            raise AssertionError("a row is handed over on a session only")
        self.last_begun = self.now()
        self.in_hand = None  # from here on nobody can say that it did not go out
        try:
            reply = self.transport.hand_over(message)
        except LineLost as lost:
            state, text = State.UNKNOWN if lost.after_final_dot else State.DEFERRED, lost.reason
            self.lost_in_a_row += 1
        except TransportError:
            self.in_hand = delivery  # by the protocol: nothing was taken, nothing learned
            raise
        else:
            state, text = self._state(reply.outcome), str(reply)
            self.lost_in_a_row = 0
        outcome = replace(delivery, state=state, reply=text, at=self.now(), attempts=delivery.attempts + 1)
        self.outcomes.append(outcome)
        if state is State.DEFERRED:
            self._try_later(outcome)
        if self.lost_in_a_row >= _LOST_IN_A_ROW:
            raise TransportError(
                f"The mail server broke off {_LOST_IN_A_ROW} times in a row; the last time: {text}.",
                hint="Ask whoever runs the server what is wrong, then run the same command again.",
            )

    def finish(self) -> None:
        """Store what is not on disk, give a row in hand back, close the session."""
        try:
            if self.in_hand is not None:
                self.outcomes.append(self.in_hand)
                self.in_hand = None
            if self.outcomes:
                self.journal.record(tuple(self.outcomes), self.now())
                self.outcomes = []
        finally:
            self.disconnect()

    def _has_left(self, delivery: Delivery) -> bool:
        return self.is_suppressed(delivery.recipient.key)

    def _state(self, outcome: Outcome) -> State:
        if outcome is Outcome.ACCEPTED:
            return self.handed_over
        return State.DEFERRED if outcome is Outcome.DEFERRED else State.FAILED

    def _try_later(self, outcome: Delivery) -> None:
        due = self.now() + timedelta(seconds=self.settings.retry_after_seconds)
        if due <= self.started + timedelta(seconds=self.settings.retry_for_seconds):
            heapq.heappush(self.retries, (due, next(self._numbers), outcome))
