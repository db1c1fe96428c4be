"""A session with the mail server after the login: octets out, replies in, each step with a deadline.

    session.offer(mail); session.flush(); session.receive() -> [GoAhead()]
    session.transmit(); session.flush(); session.receive() -> [Verdict(mail, DOT, Reply(250, "2.0.0", "Ok: queued"))]
                                         session.receive() -> [LineLost(untaken=("anna@example.org",))]

Edge: one connected socket, plain or TLS, and the monotonic clock for the deadlines. What is said when is decided
in `dialogue.py`, on whom by `run.py`, which serves many sessions at once: but for `hand_over` and `close` nothing
here waits. After anything unexpected the socket is closed: a late answer would be taken for the next one. A
server that sends one octet a minute is as late as one that sends none.

Sources: RFC 5321 section 4.5.3.2 (time-outs).
"""

import contextlib
import select
import socket
import time
from collections.abc import Sequence

from isa_mail.delivery import trouble
from isa_mail.delivery.commands import FINAL_DOT, QUIT, Mail, mails_on_wire, without_size
from isa_mail.delivery.dialogue import (
    GoAhead,
    Say,
    Step,
    Talk,
    Verdict,
    hear,
    hear_at_once,
    offer,
    transmit,
)
from isa_mail.delivery.greeting import size_limit
from isa_mail.delivery.replies import take_reply
from isa_mail.delivery.transport import LineLost
from isa_mail.errors import TransportError
from isa_mail.model.mail import Message, Reply
from isa_mail.model.publication import Security, SmtpSettings

_STEP_SECONDS = 60.0  # RFC 5321 allows five minutes; people wait at this screen
_FINAL_SECONDS = 600.0  # after the final dot: RFC 5321 section 4.5.3.2.6
QUIT_SECONDS = 2.0  # politeness has an end
_CHUNK = 4096  # octets a read; answers are short
_SEND_BUFFER = 262_144  # octets that the system takes off our hands at once
_TLS_RECORD = 16_384  # octets; a record arrives as a whole or not at all (RFC 8446 section 5.1)
_LOGIN_WANTED = 530  # RFC 4954 section 6, RFC 3207 section 4


class SmtpSession:
    """One connection, greeted and logged in; `smtp.open_session` makes it."""

    def __init__(
        self,
        connected: socket.socket,
        server: trouble.Server,
        settings: SmtpSettings,
        extensions: dict[str, str],
    ) -> None:
        """Take over a socket with nothing left to be read; `extensions` are EHLO's, in lower case."""
        self.extensions = extensions
        self._socket = connected
        self._server = server
        self._step_seconds = settings.timeout_seconds or _STEP_SECONDS
        self._final_seconds = settings.timeout_seconds or _FINAL_SECONDS
        self._is_tls = settings.security is not Security.NONE
        self._later: tuple[type[OSError], ...] = (BlockingIOError,)
        if self._is_tls:
            from ssl import SSLWantReadError, SSLWantWriteError

            self._later += (SSLWantReadError, SSLWantWriteError)
        self.size_limit = size_limit(extensions) or None
        """The largest message in octets that the server announces; None: it does not say (RFC 1870, 0: no limit)."""
        self.talk = Talk(pipelining="pipelining" in extensions)
        """Where the dialogue stands; changed by what is done here only."""
        self._received = bytearray()
        self._unsent: list[bytes | memoryview] = []
        self._octets = 0  # of `_unsent`
        self._after_dot = 0  # octets of `_unsent` that come after the final dot of the mail in flight
        self._since = 0.0  # when something was said or heard the last time
        connected.setblocking(False)
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)

    def takes(self, address: str) -> bool:
        """Whether the server takes such an address: one that is not ASCII wants SMTPUTF8 (RFC 6531 section 3.2)."""
        return address.isascii() or "smtputf8" in self.extensions

    # --- what `run.py` asks ---

    def fileno(self) -> int:
        """The socket, for a selector."""
        return self._socket.fileno()

    @property
    def has_unsent(self) -> bool:
        """Whether octets wait for the line: `flush` as soon as the socket can be written to."""
        return bool(self._unsent)

    @property
    def is_busy(self) -> bool:
        """Whether something was said that is not answered yet."""
        return self.talk.in_flight is not None or self.talk.offered is not None

    # --- what `run.py` does ---

    def offer(self, mail: Mail) -> None:
        """Begin a mail; `flush` sends.

        Raises TransportError for one that is larger than the server takes: some servers would say so only after its
        last octet, and to each recipient anew.
        """
        if "size" not in self.extensions:
            mail = without_size(mail)
        elif self.size_limit is not None and mail.size > self.size_limit:
            raise trouble.too_large(self._server, mail.size, self.size_limit)
        self.talk, octets = offer(self.talk, mail)
        self._say(octets)

    def transmit(self) -> None:
        """Give the content of what was offered, after GoAhead; `flush` sends."""
        self.talk, pieces = transmit(self.talk)
        assert self.talk.in_flight is not None
        self._octets += self.talk.in_flight.size + len(FINAL_DOT)
        self._after_dot = 0
        self._unsent += pieces

    def flush(self) -> bool:
        """Send as much as the line takes at once: between two tries it is looked whether the server is still there.

        Return whether octets are left that wait for the line. Raises LineLost.
        """
        try:
            if self._unsent:
                self._send()
                self._since = time.monotonic()
        except self._later:
            pass
        except OSError as error:
            raise self._lost(error) from error
        return self._octets > 0

    def receive(self) -> Sequence[GoAhead | Verdict | LineLost]:
        """Read what has come, and return what it means: at the end, it may be that the line is lost."""
        octets, broken = self._read()
        if broken is None and not self._received:
            at_once = hear_at_once(self.talk, octets)
            if at_once is not None:
                self.talk, heard = at_once
                self._since = time.monotonic()
                return heard
        self._received += octets
        return self._hear_one_by_one(broken)

    def check_deadline(self) -> None:
        """Raise LineLost if an answer is overdue."""
        if self.is_busy and time.monotonic() > self._deadline:
            raise self._lost(TimeoutError())

    def abandon(self) -> LineLost:
        """Close at once, and say what that leaves open."""
        return self._lost(ConnectionError("the session was broken off"))

    def say_goodbye(self) -> None:
        """Say QUIT; `close` waits for the answer."""
        if not self.talk.over:
            self.talk = self.talk._replace(over=True)
            with contextlib.suppress(OSError):
                self._socket.send(QUIT)

    def close(self, patience: float = QUIT_SECONDS) -> None:
        """Say QUIT and close; waits so many seconds for the answer, never raises, may be called twice."""
        self.say_goodbye()
        with contextlib.suppress(OSError, ValueError):
            select.select([self._socket], [], [], min(self._step_seconds, patience))
        self._socket.close()

    def refusal_of_us(self, verdict: Verdict) -> TransportError | None:
        """Word a refusal that would befall every recipient alike: no login, or a sender who is not welcome."""
        reply = verdict.reply
        if reply.code == _LOGIN_WANTED and verdict.step is not Step.DOT:
            return trouble.login_wanted(self._server, reply.code, reply.text)
        if reply.code >= 500 and verdict.step is Step.MAIL:
            return trouble.sender_refused(self._server, str(reply))
        return None

    # --- one message, and wait for it ---

    def is_ready(self) -> bool:
        """Say whether a hand-over can begin; not so if the server hung up or said 421 while nobody asked."""
        self.receive()
        return self.talk.may_offer

    def hand_over(self, message: Message) -> Reply:
        """Hand over one message and wait for the verdict; for a test mail, which has no journal.

        Raises LineLost; another TransportError, nothing taken, if the server refuses whoever sends.
        """
        if not self.takes(message.envelope.recipient):
            raise TransportError(
                f"{message.envelope.recipient}: {trouble.NO_SMTPUTF8}.",
                hint="Nothing was sent. Name an address in plain letters.",
            )
        (mail,) = mails_on_wire((message.envelope.recipient,), (message,))
        self.offer(mail)
        self.flush()
        while True:
            writable = [self._socket] if self._unsent else []
            readable, _, _ = select.select(
                [self._socket], writable, [], max(self._deadline - time.monotonic(), 0)
            )
            for heard in self.receive() if readable else ():
                if isinstance(heard, LineLost):
                    raise heard
                if isinstance(heard, Verdict):
                    if (refusal := self.refusal_of_us(heard)) is not None:
                        self.abandon()
                        raise refusal
                    return heard.reply
                self.transmit()
            self.flush()
            self.check_deadline()
            if self.talk.over:
                raise self.abandon()

    # --- inside ---

    def _say(self, octets: bytes) -> None:
        self._unsent.append(octets)
        self._octets += len(octets)
        self._after_dot += len(octets)

    def _send(self) -> None:
        """Make one call. To join the pieces first, once, is as quick as to have the system gather them.

        TLS does not tell of the records that left before the line was full. So of what is longer than one, only what
        goes up to the final dot is sent: else a dot that left would be taken for one that did not.
        """
        octets = memoryview(self._unsent[0] if len(self._unsent) == 1 else b"".join(self._unsent))
        self._unsent = [octets]
        up_to_dot = len(octets) - self._after_dot
        in_two = self._is_tls and len(octets) > _TLS_RECORD and up_to_dot > 0
        sent = self._socket.send(octets[:up_to_dot] if in_two else octets)
        self._octets -= sent
        self._unsent = [octets[sent:]] if self._octets else []

    def _read(self) -> tuple[bytes, OSError | None]:
        """Take everything that has come, and say if that was the last: answers before a good-bye still count."""
        octets = b""
        try:
            while True:
                data = self._socket.recv(_CHUNK)
                if not data:
                    return octets, ConnectionError("the server closed the connection")
                octets += data
                if len(data) < _CHUNK and not self._is_tls:
                    return octets, None
        except self._later:
            return octets, None
        except OSError as error:
            return octets, error

    def _hear_one_by_one(self, broken: OSError | None) -> list[GoAhead | Verdict | LineLost]:
        """Take all whole answers off what was received; `broken`: nothing comes after them."""
        all_heard: list[GoAhead | Verdict | LineLost] = []
        try:
            while not self.talk.over and (reply := take_reply(self._received)) is not None:
                self.talk, heard = hear(self.talk, *reply)
                self._since = time.monotonic()
                if isinstance(heard, Say | GoAhead) and self._received:
                    raise ValueError("the server answered before it was asked")
                if isinstance(heard, Say):
                    self._say(heard.octets)
                    self.flush()
                elif isinstance(heard, Verdict) or (heard is not None and broken is None):
                    all_heard.append(heard)
            if broken is not None and not self.talk.over:
                raise broken
        except LineLost as lost:
            all_heard.append(lost)
        except (OSError, ValueError, TransportError) as error:
            all_heard.append(self._lost(error))
        return all_heard

    @property
    def _deadline(self) -> float:
        """When the next answer is overdue."""
        waits_for_verdict = self.talk.unanswered[:1] == (Step.DOT,) and self._octets <= self._after_dot
        return self._since + (self._final_seconds if waits_for_verdict else self._step_seconds)

    def _lost(self, error: Exception) -> LineLost:
        """Close the socket, and say what is in doubt and what is not."""
        self._socket.close()
        offered, in_flight = self.talk.offered, self.talk.in_flight
        dot_left = self._octets <= self._after_dot
        untaken = [mail.key for mail in (None if dot_left else in_flight, offered) if mail is not None]
        in_doubt = in_flight.key if in_flight is not None and dot_left else None
        if isinstance(error, TimeoutError):
            seconds = self._final_seconds if in_doubt else self._step_seconds
            reason = f"no answer within {seconds:g} s"
        else:
            reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        self.talk = Talk(pipelining=False, over=True)
        self._unsent, self._octets = [], 0
        return LineLost(reason.rstrip("."), in_doubt=in_doubt, untaken=tuple(untaken))
