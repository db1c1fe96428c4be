"""A session with the mail server: open it, hand over one message after the other, close it.

    SmtpSettings("mail.example.org", 587, STARTTLS, …) -> SmtpSession -> Reply(250, "2.0.0", "Ok: queued as 4711")

Edge: the network; the only page with smtplib and ssl. smtplib does greeting, EHLO and STARTTLS; the hand-over is
our own on the same socket (`line.py`), because smtplib hides the final reply, keeps the session after a time-out
and cannot be pipelined. Sentences for staff are in `trouble.py`, octets in `dialogue.py`.

Sources: RFC 5321 sections 3.3 (order), 4.5.3.2 (time-outs), RFC 3207 (STARTTLS), RFC 1870 (SIZE).
"""

import contextlib
import ipaddress
import smtplib
import socket
import ssl
from collections.abc import Iterator
from typing import Self

from isa_mail.delivery import trouble
from isa_mail.delivery.dialogue import DATA, FINAL_DOT, QUIT, RSET, data_lines, mail_from, rcpt_to
from isa_mail.delivery.line import Line
from isa_mail.delivery.login import log_in
from isa_mail.delivery.replies import parse_reply
from isa_mail.delivery.transport import LineLost
from isa_mail.errors import TransportError
from isa_mail.model import Message, Reply, Security, SmtpSettings

_STEP_SECONDS = 60.0  # RFC 5321 allows five minutes; people wait at this screen
_FINAL_SECONDS = 600.0  # after the final dot: RFC 5321 section 4.5.3.2.6
_QUIT_SECONDS = 2.0  # politeness has an end
_CLOSING = 421  # "service not available, closing transmission channel"
_LOGIN_WANTED = 530  # RFC 4954 section 6, RFC 3207 section 4


class SmtpSession:
    """One connection, ready to take messages; implements `transport.Transport`."""

    def __init__(
        self, line: Line, server: trouble.Server, settings: SmtpSettings, extensions: dict[str, str]
    ) -> None:
        """Use `SmtpSession.open` instead; `extensions` are EHLO's, names in lower case, with parameters."""
        self._line = line
        self._server = server
        self._step_seconds = settings.timeout_seconds or _STEP_SECONDS
        self._final_seconds = settings.timeout_seconds or _FINAL_SECONDS
        self._closed = False
        self.extensions = extensions

    @classmethod
    def open(cls, settings: SmtpSettings, *, hostname: str | None = None) -> Self:
        """Connect, encrypt as asked for, log in when a user is set.

        `hostname` is what EHLO says; None: the address of our end, which needs no look-up and tells no name.
        Raises TransportError (`Unreachable` if a second try may help); then nothing is left open.
        """
        server = trouble.Server(settings.host, settings.port)
        if (
            settings.user is not None
            and settings.security is Security.NONE
            and not _is_loopback(settings.host)
        ):
            raise trouble.password_in_the_clear(server)
        with contextlib.ExitStack() as on_failure:
            smtp = _connect(server, settings)
            on_failure.callback(smtp.close)
            smtp.local_hostname = hostname or _address_literal(smtp)
            _greet(smtp, server, settings)
            if settings.user is not None:
                _log_in(smtp, server, settings, settings.user)
            line = Line(_take_socket(smtp, server))
            on_failure.pop_all()
        return cls(line, server, settings, dict(smtp.esmtp_features))

    @property
    def size_limit(self) -> int | None:
        """The largest message in octets that the server announces; None: it does not say."""
        limit = self.extensions.get("size", "")
        return int(limit) or None if limit.isascii() and limit.isdigit() else None

    def is_ready(self) -> bool:
        """False if the session is over, also when the server hung up or said 421 while nobody asked."""
        return not self._closed and self._line.is_quiet()

    def hand_over(self, message: Message) -> Reply:
        """Hand over one message in lockstep: MAIL, RCPT, DATA, content, final dot.

        A refusal at any step is the reply. After 421 the session is closed. Raises LineLost, the connection
        closed; TransportError, nothing taken, for an address that is none and for 530 (log in first).
        """
        data = data_lines(message.content)
        size = len(data) if "size" in self.extensions else None
        envelope = (mail_from(message.envelope, size), rcpt_to(message.envelope))
        with self._closing_on_failure(after_final_dot=False):
            refusal = self._offer(envelope)
            if refusal is None:
                self._transmit(data)
        if refusal is not None:
            self._start_over(refusal)
            return refusal
        with self._closing_on_failure(after_final_dot=True):
            reply = parse_reply(*self._line.reply(self._final_seconds))
        if reply.code == _CLOSING:
            self._abandon()
        return reply

    def close(self) -> None:
        """Say QUIT and close; waits two seconds for the answer at most, never raises."""
        if self._closed:
            return
        with contextlib.suppress(OSError, ValueError):
            self._line.exchange(QUIT, min(self._step_seconds, _QUIT_SECONDS))
        self._abandon()

    def _offer(self, envelope: tuple[bytes, bytes]) -> Reply | None:
        """Send the envelope and DATA; return the refusal, None if the server waits for the content."""
        for command in envelope:
            reply = parse_reply(*self._line.exchange(command, self._step_seconds))
            if reply.code >= 400:
                return reply
        code, raw = self._line.exchange(DATA, self._step_seconds)
        if code == 354:
            return None
        reply = parse_reply(code, raw)
        if reply.code < 300:  # "done" instead of "go ahead": whatever that server means, it is out of step
            raise ValueError(f"the server answered {reply} to DATA")
        return reply

    def _transmit(self, data: bytes) -> None:
        """Send content and final dot; if this raises, the dot has not left as a whole.

        A server that hung up during the content is noticed before the dot where possible: then the message can
        go again, while after the dot nobody would know.
        """
        self._line.send(data, self._step_seconds)
        if not self._line.is_quiet():
            raise ConnectionError("the server broke off before the end of the message")
        self._line.send(FINAL_DOT, self._step_seconds)

    def _start_over(self, refusal: Reply) -> None:
        """Clear the refused transaction away; the refusal stands, whatever happens here."""
        if refusal.code in (_CLOSING, _LOGIN_WANTED):
            self._abandon()
            if refusal.code == _LOGIN_WANTED:
                raise trouble.login_wanted(self._server, refusal.code, refusal.text)
            return
        try:
            code, _ = self._line.exchange(RSET, self._step_seconds)
        except (OSError, ValueError):
            code = _CLOSING
        if not 200 <= code <= 299:
            self._abandon()

    @contextlib.contextmanager
    def _closing_on_failure(self, *, after_final_dot: bool) -> Iterator[None]:
        """Turn whatever goes wrong on the line into LineLost; close it in every case, Ctrl-C included."""
        seconds = self._final_seconds if after_final_dot else self._step_seconds
        try:
            yield
        except TimeoutError as error:
            self._abandon()
            reason = f"no answer within {seconds:g} s"
            raise LineLost(after_final_dot=after_final_dot, reason=reason) from error
        except (OSError, ValueError, TransportError) as error:
            self._abandon()
            reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
            raise LineLost(after_final_dot=after_final_dot, reason=reason.rstrip(".")) from error
        except BaseException:
            self._abandon()
            raise

    def _abandon(self) -> None:
        self._closed = True
        self._line.close()


def _connect(server: trouble.Server, settings: SmtpSettings) -> smtplib.SMTP:
    """Connect and read the greeting, encrypted from the start if so asked."""
    seconds = settings.timeout_seconds or _STEP_SECONDS
    with _explained(server, seconds, "before its greeting"):
        # A name is given so that smtplib does not look up ours; `open` puts the real one in its place.
        if settings.security is Security.TLS:
            return smtplib.SMTP_SSL(
                server.host, server.port, "localhost", timeout=seconds, context=_tls_context(settings)
            )
        return smtplib.SMTP(server.host, server.port, "localhost", timeout=seconds)


def _greet(smtp: smtplib.SMTP, server: trouble.Server, settings: SmtpSettings) -> None:
    """EHLO; then STARTTLS and EHLO again if asked for. What came before the handshake counts for nothing."""
    seconds = settings.timeout_seconds or _STEP_SECONDS
    with _explained(server, seconds, "during the greeting"):
        _say_hello(smtp, server)
        if settings.security is Security.STARTTLS:
            if not smtp.has_extn("starttls"):
                raise trouble.no_starttls(server)
            smtp.starttls(context=_tls_context(settings))
            _say_hello(smtp, server)


def _say_hello(smtp: smtplib.SMTP, server: trouble.Server) -> None:
    code, said = smtp.ehlo()
    if code != 250:
        raise _turned_away(server, "the greeting", code, said)


def _log_in(smtp: smtplib.SMTP, server: trouble.Server, settings: SmtpSettings, user: str) -> None:
    """Log in with a mechanism that both sides know (`login.py`)."""
    offered = smtp.esmtp_features.get("auth", "").upper().split()
    with _explained(server, settings.timeout_seconds or _STEP_SECONDS, "during the login"):
        log_in(smtp.docmd, server, offered, user, settings.password or "")


def _take_socket(smtp: smtplib.SMTP, server: trouble.Server) -> socket.socket:
    """Take the socket out of smtplib's hands; refuse if the server has said more than it was asked."""
    connected, reader = smtp.sock, smtp.file
    if connected is None or reader is None:
        raise trouble.broken_off(server, "after the login")
    connected.settimeout(0)  # what is in smtplib's reader, without waiting for more
    try:
        early = reader.peek()
    except ssl.SSLWantReadError:
        early = b""
    except OSError as error:
        raise trouble.broken_off(server, "after the login") from error
    if early:
        raise trouble.no_smtp(server, early.decode("utf-8", "replace").strip())
    smtp.sock = None
    smtp.file = None
    reader.close()
    return connected


def _tls_context(settings: SmtpSettings) -> ssl.SSLContext:
    """Chain and name verified, TLS 1.2 or newer; the CA file comes on top of the computer's own list."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if settings.ca_file is not None:
        try:
            context.load_verify_locations(cafile=settings.ca_file)
        except OSError as error:  # ssl.SSLError is one
            raise trouble.unusable_ca_file(settings.ca_file, error.strerror or str(error)) from error
    return context


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.casefold() == "localhost"


def _address_literal(smtp: smtplib.SMTP) -> str:
    """Our end as EHLO writes it without a name: RFC 5321 section 4.1.3."""
    if smtp.sock is None:
        return "localhost"
    address = smtp.sock.getsockname()[0].partition("%")[0]  # without the zone of a link-local address
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"


def _turned_away(server: trouble.Server, step: str, code: int, said: bytes | str) -> TransportError:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    text = " ".join(text.split())
    if not 400 <= code <= 599:
        return trouble.no_smtp(server, text)
    return trouble.turned_away(server, step, code, text)


@contextlib.contextmanager
def _explained(server: trouble.Server, seconds: float, step: str) -> Iterator[None]:
    """Turn what smtplib, ssl and socket raise into a sentence for staff."""
    try:
        yield
    except smtplib.SMTPConnectError as error:
        raise _turned_away(server, "the connection", error.smtp_code, error.smtp_error) from error
    except smtplib.SMTPResponseException as error:
        raise _turned_away(server, "the encryption (STARTTLS)", error.smtp_code, error.smtp_error) from error
    except smtplib.SMTPException as error:
        if isinstance(error.__context__, TimeoutError):  # smtplib hides a time-out in "unexpectedly closed"
            raise trouble.timed_out(server, seconds) from error
        raise trouble.broken_off(server, step) from error
    except ssl.SSLCertVerificationError as error:
        raise trouble.certificate(server, error.verify_code, error.verify_message) from error
    except ssl.SSLError as error:
        raise trouble.no_encryption(server, error.reason or str(error)) from error
    except TimeoutError as error:
        raise trouble.timed_out(server, seconds) from error
    except (socket.gaierror, UnicodeError) as error:
        raise trouble.host_not_found(server) from error
    except OSError as error:
        raise trouble.refused(server, error.strerror or str(error)) from error
