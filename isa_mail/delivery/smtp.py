"""Open a session with the mail server: connect, greet, encrypt, log in.

    SmtpSettings("mail.example.org", 587, STARTTLS, …) -> SmtpSession, ready to take messages
                                                       -> or, to try it out: Checks, step by step, then QUIT

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
import time
from collections.abc import Iterator
from datetime import UTC, datetime

from isa_mail.delivery import trouble
from isa_mail.delivery.login import Credentials, log_in
from isa_mail.delivery.session import SmtpSession
from isa_mail.errors import TransportError
from isa_mail.model.findings import Check, Severity
from isa_mail.model.publication import Security, SmtpSettings

_STEP_SECONDS = 60.0  # while the session is opened; people wait at this screen


def open_session(settings: SmtpSettings, *, hostname: str | None = None) -> SmtpSession:
    """Connect, encrypt as asked for, log in when a user is set.

    `hostname` is what EHLO says; None: the address of our end, which needs no look-up and tells no name.
    Raises TransportError (`Unreachable` if a second try may help); then nothing is left open.
    """
    server = trouble.Server(settings.host, settings.port)
    _refuse_login_in_the_clear(server, settings)
    with contextlib.ExitStack() as on_failure:
        smtp = _connect(server, settings)
        on_failure.callback(smtp.close)
        smtp.local_hostname = hostname or _address_literal(smtp)
        _greet(smtp, server, settings)
        _encrypt(smtp, server, settings)
        _log_in(smtp, server, settings)
        session = SmtpSession(_take_socket(smtp, server), server, settings, dict(smtp.esmtp_features))
        on_failure.pop_all()
    return session


def try_out(settings: SmtpSettings, *, largest: int) -> Iterator[Check]:
    """Open a session and say QUIT, and tell what each step found; the first that fails is the last.

    Nothing is sent: not even MAIL. `largest`: the octets of the largest mail that is to go out; 0: none is ready.
    Never raises TransportError.
    """
    server = trouble.Server(settings.host, settings.port)
    step = "Connection"
    with contextlib.ExitStack() as at_the_end:
        try:
            _refuse_login_in_the_clear(server, settings)
            began = time.monotonic()
            smtp = _connect(server, settings)
            at_the_end.callback(smtp.close)
            smtp.local_hostname = _address_literal(smtp)
            _greet(smtp, server, settings)
            yield Check(step, f"{server} answers after {time.monotonic() - began:.2f} s")
            step = "Encryption"
            _encrypt(smtp, server, settings)
            yield _encryption(smtp)
            step = "Login"
            mechanism = _log_in(smtp, server, settings)
            offered = " ".join(smtp.esmtp_features.get("auth", "").upper().split()) or "none"
            login = f"as {settings.user}, by {mechanism}" if mechanism else "none: no SMTP_USER is set"
            yield Check(step, f"{login} (the server offers {offered})")
            yield from _limits(smtp, largest)
            with contextlib.suppress(smtplib.SMTPException, OSError):
                smtp.quit()
        except TransportError as error:
            failed = "Encryption" if isinstance(error.__cause__, ssl.SSLError) else step
            yield Check(failed, error.message, error.hint, Severity.BLOCKS)


def _encryption(smtp: smtplib.SMTP) -> Check:
    if not isinstance(smtp.sock, ssl.SSLSocket):
        return Check("Encryption", "none, as SMTP_SECURITY=none says; the server is on this machine")
    certificate = smtp.sock.getpeercert() or {}
    until = str(certificate.get("notAfter", ""))
    ends = (
        f", valid until {datetime.fromtimestamp(ssl.cert_time_to_seconds(until), UTC):%Y-%m-%d}"
        if until
        else ""
    )
    return Check("Encryption", f"{smtp.sock.version()}, the certificate is trusted{ends}")


def _limits(smtp: smtplib.SMTP, largest: int) -> Iterator[Check]:
    """What EHLO said; RFC 1870 for SIZE, where 0 means no limit."""
    offered = smtp.esmtp_features
    known = [name.upper() for name in ("pipelining", "8bitmime", "smtputf8") if name in offered]
    slow = "" if "pipelining" in offered else "; no PIPELINING, so a mail takes more round trips"
    plain = "" if "smtputf8" in offered else "; no SMTPUTF8, so it takes no umlauts before the @"
    yield Check("Abilities", (", ".join(known) or "only what every server can") + slow + plain)
    words = offered.get("size", "")
    limit = int(words) if words.isascii() and words.isdigit() else 0
    takes = f"the server takes {limit / 1e6:.1f} MB" if limit else "the server names no limit"
    if not largest:
        yield Check("Size", f"{takes}; no edition is built yet")
    elif limit and largest > limit:
        hint = "Make pictures and attachments smaller, or link to files on your web site instead; then build again."
        yield Check("Size", f"{takes}, a mail has {largest / 1000:,.0f} KB", hint, Severity.BLOCKS)
    else:
        yield Check("Size", f"{takes}; a mail has {largest / 1000:,.0f} KB")


def _refuse_login_in_the_clear(server: trouble.Server, settings: SmtpSettings) -> None:
    """Without encryption, a password or token travels within this machine at the most."""
    if settings.user is not None and settings.security is Security.NONE and not _is_loopback(settings.host):
        raise trouble.password_in_the_clear(server)


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
    """EHLO."""
    with _explained(server, settings.timeout_seconds or _STEP_SECONDS, "during the greeting"):
        _say_hello(smtp, server)


def _encrypt(smtp: smtplib.SMTP, server: trouble.Server, settings: SmtpSettings) -> None:
    """STARTTLS and EHLO again, if asked for. What came before the handshake counts for nothing."""
    if settings.security is not Security.STARTTLS:
        return
    with _explained(server, settings.timeout_seconds or _STEP_SECONDS, "during the greeting"):
        if not smtp.has_extn("starttls"):
            raise trouble.no_starttls(server)
        smtp.starttls(context=_tls_context(settings))
        _say_hello(smtp, server)


def _say_hello(smtp: smtplib.SMTP, server: trouble.Server) -> None:
    code, said = smtp.ehlo()
    if code != 250:
        raise _turned_away(server, "the greeting", code, said)


def _log_in(smtp: smtplib.SMTP, server: trouble.Server, settings: SmtpSettings) -> str | None:
    """Log in by a mechanism that both sides know (`login.py`) and return its name; None: nobody is to log in."""
    if settings.user is None:
        return None
    credentials = Credentials(settings.user, settings.password or "")
    if settings.token_command is not None:
        from isa_mail.delivery.token import fetch_token

        credentials = Credentials(settings.user, fetch_token(settings.token_command), is_token=True)
    offered = smtp.esmtp_features.get("auth", "").upper().split()
    with _explained(server, settings.timeout_seconds or _STEP_SECONDS, "during the login"):
        return log_in(smtp.docmd, server, offered, credentials)


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
        return trouble.no_smtp(
            server, f"…{text}" if code < 0 else text
        )  # smtplib has cut off what was no code
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
