"""The sessions of a run: opened side by side, waited for together, got back when they are lost.

    open_up_to(10) … gather() … wait(0.2) -> the sessions on which something has happened

Edge: a selector over all sockets, and a pair of sockets that wakes it. Connecting takes several round trips, so it is
done beside the run. The first session is opened alone; those that log in, and all after a loss, two at a time at
most: a password that is wrong, or was changed meanwhile, must not be tried by all of them, because that locks accounts.
"""

import contextlib
import selectors
import socket
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from isa_mail.delivery.errand import Errand
from isa_mail.delivery.session import QUIT_SECONDS, SmtpSession
from isa_mail.delivery.transport import Unreachable

RECONNECT_AFTER = timedelta(seconds=30)  # between two tries to get a session back
_SIDE_BY_SIDE = 2  # with a login, or once one was lost
_ENOUGH = 0.4  # of the sessions that wait for an answer: on so many something is to happen before they are attended to
_SHORTEST, _LONGEST = 0.0001, 0.001  # seconds that are waited for it
_LATE_SECONDS = (
    0.5  # for sessions still being opened at the end: a process that ends amid a handshake may crash
)
_CHECK_SECONDS = 0.1  # between two looks at the deadlines


class Sessions:
    """All sessions that stand, and those that are being opened."""

    def __init__(
        self,
        connect: Callable[[], SmtpSession],
        most: int,
        now: Callable[[], datetime],
        *,
        with_login: bool = False,
    ) -> None:
        """`connect` is called in other threads; `most` is how many sessions there may be."""
        self._connect = connect
        self._most = most
        self._now = now
        self._open: list[SmtpSession] = []
        self._full: set[SmtpSession] = set()  # those whose line takes no more for the moment
        self._opening: list[Errand[SmtpSession]] = []
        self._with_login = with_login
        self._ever_opened = self._ever_lost = self._failed_last_time = False
        self._not_before = now()
        self._next_check = 0.0
        self._moment = _SHORTEST
        self._selector = selectors.DefaultSelector()
        self._bell, self._rope = socket.socketpair()
        self._bell.setblocking(False)
        self._rope.setblocking(False)
        self._selector.register(self._bell, selectors.EVENT_READ)

    def __iter__(self) -> Iterator[SmtpSession]:
        return iter(tuple(self._open))

    def __len__(self) -> int:
        return len(self._open)

    @property
    def is_opening(self) -> bool:
        """Whether a session is on its way."""
        return bool(self._opening)

    @property
    def is_complete(self) -> bool:
        """Whether all sessions stand, or are on their way."""
        return len(self._open) + len(self._opening) >= self._most

    @property
    def next_try(self) -> datetime:
        """Before this, no session is opened."""
        return self._not_before

    def open_more(self, wanted: int) -> None:
        """Begin to open so many more sessions, as far as the limits allow."""
        if not self._ever_opened:
            wanted = min(wanted, 1 - len(self._opening))
        elif self._ever_lost or self._with_login:
            wanted = min(wanted, _SIDE_BY_SIDE - len(self._opening))
        if self._now() < self._not_before:
            return
        for _ in range(min(wanted, self._most - len(self._open) - len(self._opening))):
            self._opening.append(Errand(self._connect, self.wake))

    def gather(self) -> None:
        """Take in the sessions that were opened meanwhile.

        One that cannot be had just now is tried again after a while, and not missed if others stand. Raises
        Unreachable if it was the first one, or the second try; any other TransportError at once.
        """
        for errand in [each for each in self._opening if each.is_done]:
            self._opening.remove(errand)
            try:
                session = errand.result()
            except Unreachable:
                if not self._open and (self._failed_last_time or not self._ever_opened):
                    raise
                self._failed_last_time = self._ever_lost = True
                self._not_before = self._now() + RECONNECT_AFTER
            else:
                self._open.append(session)
                self._selector.register(session, selectors.EVENT_READ)
                self._ever_opened, self._failed_last_time = True, False

    def wait(self, seconds: float) -> list[SmtpSession]:
        """Wait until something happens on a session, or `wake` is called, or the time is over.

        Where many sessions stand and none has an answer yet, those that have one a moment later are waited for, too:
        what is done once for all of them (who has left, the flight log) costs as much as a mail. But for some of them
        only: while we work on these, the server reads what the others have sent. Had it answered them all, it would
        wait for us. How long such a moment is, depends on the server: it doubles or halves with each wait that was too
        short or long enough.
        """
        events = self._selector.select(0.0)
        if not events:  # else answers come as fast as we take them, and are many soon enough
            events = self._selector.select(seconds)
            if 0 < len(events) < int(len(self._open) * _ENOUGH):
                enough = int(sum([session.is_busy for session in self._open]) * _ENOUGH)
                time.sleep(self._moment)
                events = self._selector.select(0.0)
                is_short = len(events) < enough
                self._moment = (
                    min(self._moment * 2, _LONGEST) if is_short else max(self._moment / 2, _SHORTEST)
                )
        happened = []
        for key, _ in events:
            if isinstance(key.fileobj, SmtpSession):
                happened.append(key.fileobj)
            else:
                with contextlib.suppress(BlockingIOError):
                    self._bell.recv(4096)
        return happened

    def to_be_checked(self) -> tuple[SmtpSession, ...]:
        """Return all sessions ten times a second, and none in between: then their deadlines are looked at."""
        if time.monotonic() < self._next_check:
            return ()
        self._next_check = time.monotonic() + _CHECK_SECONDS
        return tuple(self._open)

    def wake(self) -> None:
        """Make `wait` return; for other threads."""
        with contextlib.suppress(OSError):  # full: it rings already
            self._rope.send(b"!")

    def flush(self, session: SmtpSession) -> None:
        """Send what a session has to say, now or as soon as its line takes more. Raises LineLost."""
        has_unsent = session.flush()
        if has_unsent != (session in self._full):
            self._full ^= {session}
            write = selectors.EVENT_WRITE if has_unsent else 0
            self._selector.modify(session, selectors.EVENT_READ | write)

    def part_with(self, session: SmtpSession) -> None:
        """Forget a session that was closed."""
        self._ever_lost = True
        self._open.remove(session)
        self._full.discard(session)
        self._selector.unregister(session)

    def take_leave(self) -> None:
        """Say good-bye on all sessions, and wait for all of them together."""
        for session in self._open:
            session.say_goodbye()
        until = time.monotonic() + QUIT_SECONDS
        for session in tuple(self._open):
            self.part_with(session)
            session.close(max(until - time.monotonic(), 0.0))

    def close(self) -> None:
        """Take leave of everybody for good, also of those who are still on their way."""
        self.take_leave()
        for errand in self._opening:
            errand.leave_to(SmtpSession.close)
        until = time.monotonic() + _LATE_SECONDS
        for errand in self._opening:
            errand.wait(max(until - time.monotonic(), 0.0))
        self._selector.close()
        self._bell.close()
        self._rope.close()
