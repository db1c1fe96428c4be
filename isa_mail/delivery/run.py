"""The run: all sessions at once, each message claimed on disk before it goes out.

    Delivery(anna, PENDING) -> claim -> a session -> Reply(250, …) -> Delivery(anna, SENT, "250 Ok: queued as 4711")

Pure: sessions, journal, clock and sleep are handed in by `pipeline/`. What is yielded is on disk already. One thread
talks on all sessions (`sessions.py`); rows come from and go back to the journal through `claims.py`.

A run ends when there is nothing left to do, when it is told to stop, or by a fault that would befall every row alike.
In each case no new message begins, envelopes without content are abandoned, and final dots that are out get fifteen
seconds to be answered; after that they are unknown.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from isa_mail.delivery.claims import GROUP_SECONDS, Claims, Ready
from isa_mail.delivery.clock import SteadyClock
from isa_mail.delivery.dialogue import Step, Verdict
from isa_mail.delivery.pace import Pace
from isa_mail.delivery.session import SmtpSession
from isa_mail.delivery.sessions import Sessions
from isa_mail.delivery.transport import FlightLog, Leavers, LineLost, RunJournal
from isa_mail.delivery.trouble import NO_SMTPUTF8
from isa_mail.errors import IsaMailError, TransportError
from isa_mail.model.mail import Delivery, Message, Outcome, State
from isa_mail.model.publication import DeliverySettings

_SLICE_SECONDS = 0.2  # the longest that Ctrl-C waits for us
_GRACE = timedelta(seconds=15)  # for answers to final dots, once the run is to stop
_ROUNDS = 20  # of attending to sessions, as long as they have something to say, before all else is looked at
_LULL_SECONDS = 0.002  # so long they may be silent in between: a server takes a millisecond for a mail
_IDLE_SECONDS = 60  # servers hang up after a few minutes; a session is not kept over a longer wait
_LOST_IN_A_ROW = 10  # lines lost without one answer in between: the server is broken, stop harming rows
_CLOSING = 421
_SENT = State.SENT  # to ask an Enum for its member costs as much as a call


def deliver(
    rows: Iterable[Delivery],
    *,
    connect: Callable[[], SmtpSession],
    journal: RunJournal,
    flights: FlightLog,
    merge: Callable[[Sequence[Delivery]], Sequence[Message]],
    leavers: Leavers,
    asked: object = None,
    settings: DeliverySettings,
    with_login: bool = False,
    history: Iterable[float] = (),
    now: Callable[[], datetime],
    sleep: Callable[[float], None],
    stopping: Callable[[], bool],
    at_once: Callable[[], bool] = lambda: False,
    first_hand_over: Callable[[], None] = lambda: None,
) -> Iterator[Delivery]:
    """Hand over every row; yield each row's new state once it is on disk.

    A row that is tried again later is yielded as deferred each time. `leavers` are asked when rows are merged, and
    again right before a mail if anybody may have left since; while their stamp is `asked`, none of `rows` has.
    `with_login`: `connect` logs in. `history`: when mail left before this run, oldest first (`pace.py`). `stopping`: no
    new mail; `at_once`: no waiting for answers either. `first_hand_over` is called once, before the first content
    leaves: a server that refuses all of us has been handed over nothing.

    Raises TransportError when the server cannot be reached (at once for the first connection; later after a
    second try), refuses the login or the sender, or breaks off over and over; StoreError from journal and log.
    However the run ends, by closing this iterator as well, what is known is stored, a row of which nothing was
    taken is what it was before, and the sessions are closed.
    """
    now = SteadyClock(now)
    started = now()
    sessions = Sessions(connect, settings.sessions, now, with_login=with_login)
    claims = Claims(
        rows,
        journal,
        leavers,
        asked,
        merge=merge,
        retry_after=timedelta(seconds=settings.retry_after_seconds),
        retry_until=started + timedelta(seconds=settings.retry_for_seconds),
        now=now,
    )
    run = _Run(
        sessions,
        claims,
        Pace(settings.messages_per_minute, settings.messages_per_day, history),
        flights,
        now=now,
        sleep=sleep,
        stopping=stopping,
        at_once=at_once,
        first_hand_over=first_hand_over,
    )
    try:
        while run.goes_on():
            yield from run.store()
            run.begin()
            run.connect()
            run.wait()
        run.break_off()
        yield from claims.settle()
    finally:
        run.break_off()
        try:
            claims.settle()
        finally:
            sessions.close()
    if run.fault is not None:
        raise run.fault


class _Run:
    """What becomes of the rows that are in hand, and why the run ends."""

    def __init__(
        self,
        sessions: Sessions,
        claims: Claims,
        pace: Pace,
        flights: FlightLog,
        *,
        now: Callable[[], datetime],
        sleep: Callable[[float], None],
        stopping: Callable[[], bool],
        at_once: Callable[[], bool],
        first_hand_over: Callable[[], None],
    ) -> None:
        self.fault: Exception | None = None  # why the run ends, if nobody wished it
        self._sessions = sessions
        self._claims = claims
        self._pace = pace
        self._flights = flights
        self._now = now
        self._time = now()
        self._sleep = sleep
        self._stopping = stopping
        self._at_once = at_once
        self._first_hand_over: Callable[[], None] | None = first_hand_over
        self._ending_since: datetime | None = None
        self._in_hand: dict[str, Ready] = {}  # offered and not decided about
        self._departed: set[str] = set()  # keys of those in hand whose content is out
        self._second_chance: set[str] = set()  # keys of rows in hand again, since a line broke under them
        self._lost_in_a_row = 0

    # --- one turn of the run ---

    def goes_on(self) -> bool:
        """Whether there is something to do, or to wait for."""
        self._look()
        if self._ending_since is None and (self.fault is not None or self._stopping()):
            self._ending_since = self._time
            for session in self._sessions:
                self._close_unless_in_flight(session)
        if self._ending_since is not None:
            in_time = self._time <= self._ending_since + _GRACE and not self._at_once()
            return in_time and any(session.talk.in_flight for session in self._sessions)
        claims = self._claims
        return bool(self._in_hand or claims.has_work(self._time) or claims.next_retry() is not None)

    def _look(self) -> None:
        """Look at the clock, and at those who left: before each round, not for each of its mails."""
        self._time = self._now()
        try:
            self._claims.look_who_left()
        except IsaMailError as error:
            self._fail(error)

    def store(self) -> Iterator[Delivery]:
        """Bring to disk what is due, and yield what got there."""
        room: int | None = 0  # nothing is claimed before a server was reached
        if len(self._sessions) and self._ending_since is None:
            room = self._pace.room(self._time.timestamp(), GROUP_SECONDS)
        try:
            yield from self._claims.turn(room, self._time)
        except IsaMailError as error:
            self._fail(error)

    def begin(self) -> None:
        """Offer claimed rows to sessions that are free, the idle ones first."""
        if not self._claims.ready:
            return
        free = [session for session in self._sessions if session.talk.may_offer]
        for session in sorted(free, key=lambda each: each.is_busy):
            if self._offer_next(session):
                self._flush(session)

    def connect(self) -> None:
        """Take in sessions that were opened, and open more where rows wait for one."""
        try:
            self._sessions.gather()
        except TransportError as error:
            self._fail(error)
        if self._sessions.is_complete or not (self._may_begin() and self._claims.has_work(self._time)):
            return
        self._sessions.open_more(self._claims.ready if len(self._sessions) else 1)

    def wait(self) -> None:
        """Wait for what comes next, and attend to it."""
        if self._in_hand or self._sessions.is_opening:
            pause = self._pace_pause() if self._claims.ready else 0.0
            happened = self._sessions.wait(min(pause or _SLICE_SECONDS, _SLICE_SECONDS))
        else:
            self._idle()
            happened = self._sessions.wait(0.0)
        for _ in range(_ROUNDS):
            if not happened:
                break
            self._look()
            self._speak([session for session in happened if self._listen(session)])
            if self._may_begin() and not self._stopping():
                self._claims.prepare()  # while the servers read what they were sent
            happened = self._sessions.wait(_LULL_SECONDS if self._claims.ready else 0.0)
        for session in self._sessions.to_be_checked():
            try:
                session.check_deadline()
            except LineLost as lost:
                self._lose(session, lost)

    def break_off(self) -> None:
        """Close all sessions that have something in hand."""
        for session in self._sessions:
            if session.is_busy:
                self._close(session)
        self._log_flights()

    # --- waiting ---

    def _may_begin(self) -> bool:
        if self._ending_since is not None or self.fault is not None:
            return False
        return not self._pace.is_limited or self._pace_pause() <= 0

    def _pace_pause(self) -> float:
        return self._pace.seconds_to_wait(self._time.timestamp())

    def _idle(self) -> None:
        """Nothing is under way: sleep a slice of the time until there is. A long wait gives the sessions up."""
        times = [self._time + timedelta(seconds=self._pace_pause())]
        due = self._claims.next_retry()
        if not self._claims.has_work(self._time) and due is not None:
            times.append(due)
        if not len(self._sessions):
            times.append(self._sessions.next_try)
        pause = (max(times) - self._time).total_seconds()
        if pause > _IDLE_SECONDS and len(self._sessions):
            self._sessions.take_leave()
        if pause > 0 and self._ending_since is None:
            self._sleep(min(pause, _SLICE_SECONDS))

    # --- mail ---

    def _offer_next(self, session: SmtpSession) -> bool:
        """Offer the next row that may begin now and has not left; False if there is none."""
        while self._may_begin():
            try:
                taken = self._claims.take()
            except Exception as error:
                self._fail(error)
                break
            if taken is None:
                break
            row, mail, has_left, _ = taken
            if has_left:
                self._claims.note(row._replace(state=State.SUPPRESSED, reply="", at=self._time))
                continue
            if not session.takes(mail.key):
                self._claims.note(row._replace(state=State.FAILED, reply=NO_SMTPUTF8, at=self._time))
                continue
            try:
                session.offer(mail)
            except Exception as error:
                self._claims.give_back(taken)
                self._fail(error)
                break
            self._in_hand[mail.key] = taken
            if self._pace.is_limited:
                self._pace.begins(self._time.timestamp())
            return True
        return False

    def _listen(self, session: SmtpSession) -> bool:
        """Read what a server says, and prepare what follows from it; False if the line is lost."""
        for heard in session.receive():
            if isinstance(heard, Verdict):
                self._decide(session, heard)
            elif isinstance(heard, LineLost):
                self._lose(session, heard)
                return False
            else:
                self._transmit(session)
        return True

    def _speak(self, sessions: Iterable[SmtpSession]) -> None:
        """Send what was prepared in a round; all of it is in the flight log by then, in one write."""
        if not self._log_flights():
            return
        for session in sessions:
            try:
                self._sessions.flush(session)
            except LineLost as lost:
                self._lose(session, lost)
                continue
            if session.talk.over:
                self._close(session)
            elif self._ending_since is not None:
                self._close_unless_in_flight(session)

    def _log_flights(self) -> bool:
        """Write the flight log; False if that fails: then the contents that wait to be sent must not leave."""
        try:
            self._flights.write()
        except IsaMailError as error:
            self._fail(error)
            for session in self._sessions:
                if session.has_unsent:
                    self._close(session)
            return False
        return True

    def _transmit(self, session: SmtpSession) -> None:
        """Give the content of what was offered, and with it the next envelope."""
        if self._ending_since is not None or self.fault is not None:
            return
        assert session.talk.offered is not None
        key = session.talk.offered.key
        try:
            if self._first_hand_over is not None:
                self._first_hand_over()
                self._first_hand_over = None
            self._flights.departs(key)
        except IsaMailError as error:
            self._fail(error)
            return
        session.transmit()
        self._departed.add(key)
        if self._pace.is_limited:
            self._pace.leaves(self._time.timestamp())
        if session.talk.pipelining:
            self._offer_next(session)

    def _decide(self, session: SmtpSession, verdict: Verdict) -> None:
        """Draw the consequence of what the server says about one mail."""
        key, reply = verdict.mail.key, verdict.reply
        if reply.code < 300:
            self._lost_in_a_row = 0
            self._note(key, _SENT, str(reply))
        elif (fault := session.refusal_of_us(verdict)) is not None:
            self._give_back(key)
            self._fail(fault)
        elif (
            reply.code == _CLOSING and verdict.step is not Step.DOT
        ):  # about the session, not about the recipient
            self._try_again(key, str(reply))
            self._count_loss(str(reply))
        else:
            self._lost_in_a_row = 0
            state = State.DEFERRED if reply.outcome is Outcome.DEFERRED else State.FAILED
            self._note(key, state, str(reply))

    # --- broken lines ---

    def _flush(self, session: SmtpSession) -> None:
        try:
            self._sessions.flush(session)
        except LineLost as lost:
            self._lose(session, lost)

    def _lose(self, session: SmtpSession, lost: LineLost) -> None:
        """A line broke: what is in doubt is unknown, of the rest nothing was taken."""
        self._sessions.part_with(session)
        if lost.in_doubt is not None:
            self._note(lost.in_doubt, State.UNKNOWN, lost.reason)
        for key in lost.untaken:
            self._try_again(key, lost.reason)
        if lost.in_doubt is not None or lost.untaken:
            self._count_loss(lost.reason)

    def _close(self, session: SmtpSession) -> None:
        """Break a session off from our side: an envelope that was offered goes to another one."""
        left = session.abandon()
        self._sessions.part_with(session)
        if left.in_doubt is not None:
            self._note(left.in_doubt, State.UNKNOWN, "isa-mail was stopped before the server had answered")
        for key in left.untaken:
            self._give_back(key)

    def _close_unless_in_flight(self, session: SmtpSession) -> None:
        if session.is_busy and session.talk.in_flight is None:
            self._close(session)

    def _try_again(self, key: str, reason: str) -> None:
        """A line broke under a mail, of which nothing was taken: once it goes again at once, then later."""
        if key in self._second_chance:
            self._note(key, State.DEFERRED, reason)
        else:
            self._second_chance.add(key)
            self._give_back(key)

    def _count_loss(self, reason: str) -> None:
        self._lost_in_a_row += 1
        if self._lost_in_a_row >= _LOST_IN_A_ROW:
            self._fail(
                TransportError(
                    f"The mail server broke off {_LOST_IN_A_ROW} times in a row; the last time: {reason}.",
                    hint="Ask whoever runs the server what is wrong, then run the same command again.",
                )
            )

    # --- what becomes of a row ---

    def _give_back(self, key: str) -> None:
        """Nothing of it was taken: it is what it was before, and the next one again."""
        self._claims.give_back(self._in_hand.pop(key))
        if key in self._departed:
            self._departed.discard(key)
            self._flights.returns(key)
        else:
            self._pace.stays()

    def _note(self, key: str, state: State, reply: str) -> None:
        row = self._in_hand.pop(key).row
        has_departed = key in self._departed
        outcome = Delivery(
            row.entered,
            row.language,
            state,
            row.fingerprint,
            row.date,
            reply,
            self._time,
            row.attempts + 1,
            has_departed,
        )
        self._claims.note(outcome)
        self._second_chance.discard(key)
        if has_departed:
            self._departed.discard(key)
            self._flights.arrived(outcome)
        else:
            self._pace.stays()

    def _fail(self, fault: Exception) -> None:
        """End the run by a fault; the first one counts."""
        self.fault = self.fault or fault
