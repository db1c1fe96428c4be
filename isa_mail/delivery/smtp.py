"""Open a session with the mail server: connect, greet, encrypt, log in.

    SmtpSettings("mail.example.org", 587, STARTTLS, …) -> SmtpSession, ready to take messages

Edge: the network; the only page with smtplib. smtplib does greeting, EHLO and STARTTLS; the hand-over on the same
socket is our own (`session.py`), because smtplib hides the final reply, keeps the session after a time-out and
cannot be pipelined. Sentences for staff are in `trouble.py`.

Sources: RFC 5321 sections 3.1 and 4.1.1.1 (greeting, EHLO), RFC 3207 (STARTTLS).
"""

import contextlib
import ipaddress
import smtplib
import socket
import ssl
from collections.abc import Iterator

from isa_mail.delivery import trouble
from isa_mail.delivery.login import log_in
from isa_mail.delivery.session import SmtpSession
from isa_mail.errors import TransportError
from isa_mail.model import Security, SmtpSettings

_STEP_SECONDS = 60.0  # while the session is opened; people wait at this screen


def open_session(settings: SmtpSettings, *, hostname: str | None = None) -> SmtpSession:
    """Connect, encrypt as asked for, log in when a user is set.

    `hostname` is what EHLO says; None: the address of our end, which needs no look-up and tells no name.
    Raises TransportError (`Unreachable` if a second try may help); then nothing is left open.
    """
    server = trouble.Server(settings.host, settings.port)
    if settings.user is not None and settings.security is Security.NONE and not _is_loopback(settings.host):
        raise trouble.password_in_the_clear(server)
    with contextlib.ExitStack() as on_failure:
        smtp = _connect(server, settings)
        on_failure.callback(smtp.close)
        smtp.local_hostname = hostname or _address_literal(smtp)
        _greet(smtp, server, settings)
        if settings.user is not None:
            _log_in(smtp, server, settings, settings.user)
        session = SmtpSession(_take_socket(smtp, server), server, settings, dict(smtp.esmtp_features))
        on_failure.pop_all()
    return session


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
