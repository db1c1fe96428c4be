"""Open a session with the mail server: connect, greet, encrypt, log in.

    SmtpSettings("mail.example.org", 587, STARTTLS, …) -> SmtpSession, ready to take messages
                                                       -> or, to try it out: Checks, step by step, then QUIT

Edge: the network. What is said on the line is in `greeting.py` and `login.py`, the hand-over in `session.py`; sentences
for staff are in `trouble.py`. ssl is loaded where encryption is asked for.

Sources: RFC 5321 sections 3.1 and 4.1.3 (order, address literals), RFC 1870 (SIZE).
"""

import contextlib
import ipaddress
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from isa_mail.delivery import trouble
from isa_mail.delivery.greeting import Line, size_limit
from isa_mail.delivery.login import Credentials, log_in
from isa_mail.delivery.session import SmtpSession
from isa_mail.errors import TransportError
from isa_mail.model.findings import Check, Severity
from isa_mail.model.publication import Security, SmtpSettings

if TYPE_CHECKING:
    import ssl

_STEP_SECONDS = 60.0  # while the session is opened; people wait at this screen


def open_session(settings: SmtpSettings, *, hostname: str | None = None) -> SmtpSession:
    """Connect, encrypt as asked for, log in when a user is set.

    `hostname` is what EHLO says; None: the address of our end, which needs no look-up and tells no name.
    Raises TransportError (`Unreachable` if a second try may help); then nothing is left open.
    """
    server = trouble.Server(settings.host, settings.port)
    _refuse_login_in_the_clear(server, settings)
    with contextlib.ExitStack() as on_failure:
        line = _connect(server, settings)
        on_failure.callback(line.close)
        name = hostname or _address_literal(line.socket)
        line.welcome()
        line.greet(name)
        _encrypt(line, name, server, settings)
        _log_in(line, server, settings)
        session = SmtpSession(line.hand_over(), server, settings, line.extensions)
        on_failure.pop_all()
    return session


def try_out(settings: SmtpSettings, *, largest: int) -> Iterator[Check]:
    """Open a session and say QUIT, and tell what each step found; the first that fails is the last.

    Nothing is sent: not even MAIL. `largest`: the octets of the largest mail that is to go out; 0: none is ready.
    Never raises TransportError.
    """
    import ssl

    server = trouble.Server(settings.host, settings.port)
    step = "Connection"
    with contextlib.ExitStack() as at_the_end:
        try:
            _refuse_login_in_the_clear(server, settings)
            began = time.monotonic()
            line = _connect(server, settings)
            at_the_end.callback(line.close)
            name = _address_literal(line.socket)
            line.welcome()
            line.greet(name)
            yield Check(step, f"{server} answers after {time.monotonic() - began:.2f} s")
            step = "Encryption"
            _encrypt(line, name, server, settings)
            yield _encryption(line.socket)
            step = "Login"
            mechanism = _log_in(line, server, settings)
            offered = " ".join(_logins(line)) or "none"
            login = f"as {settings.user}, by {mechanism}" if mechanism else "none: no SMTP_USER is set"
            yield Check(step, f"{login} (the server offers {offered})")
            yield from _limits(line.extensions, largest)
            with contextlib.suppress(TransportError):
                line.ask("QUIT", "at the end")
        except TransportError as error:
            failed = "Encryption" if isinstance(error.__cause__, ssl.SSLError) else step
            yield Check(failed, error.message, error.hint, Severity.BLOCKS)


def _encryption(connected: socket.socket) -> Check:
    import ssl

    if not isinstance(connected, ssl.SSLSocket):
        return Check("Encryption", "none, as SMTP_SECURITY=none says; the server is on this machine")
    certificate = connected.getpeercert() or {}
    until = str(certificate.get("notAfter", ""))
    ends = (
        f", valid until {datetime.fromtimestamp(ssl.cert_time_to_seconds(until), UTC):%Y-%m-%d}"
        if until
        else ""
    )
    return Check("Encryption", f"{connected.version()}, the certificate is trusted{ends}")


def _limits(offered: dict[str, str], largest: int) -> Iterator[Check]:
    """What EHLO said; RFC 1870 for SIZE, where 0 means no limit."""
    known = [name.upper() for name in ("pipelining", "8bitmime", "smtputf8") if name in offered]
    slow = "" if "pipelining" in offered else "; no PIPELINING, so a mail takes more round trips"
    plain = "" if "smtputf8" in offered else "; no SMTPUTF8, so it takes no umlauts before the @"
    yield Check("Abilities", (", ".join(known) or "only what every server can") + slow + plain)
    limit = size_limit(offered)
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


def _connect(server: trouble.Server, settings: SmtpSettings) -> Line:
    """Reach the server; encrypted from the start if so asked."""
    seconds = settings.timeout_seconds or _STEP_SECONDS
    # As octets where it can: a str would be encoded as idna, and what that takes loaded.
    host: Any = settings.host.encode("ascii") if settings.host.isascii() else settings.host
    try:
        line = Line(socket.create_connection((host, settings.port), seconds), server, seconds)
    except TimeoutError as error:
        raise trouble.timed_out(server, seconds) from error
    except (socket.gaierror, UnicodeError) as error:
        raise trouble.host_not_found(server) from error
    except OSError as error:
        raise trouble.refused(server, error.strerror or str(error)) from error
    with contextlib.ExitStack() as on_failure:
        on_failure.callback(line.close)
        if settings.security is Security.TLS:
            line.encrypt(_tls_context(settings))
        on_failure.pop_all()
    return line


def _encrypt(line: Line, name: str, server: trouble.Server, settings: SmtpSettings) -> None:
    """STARTTLS and EHLO again, if asked for: nothing goes out in the clear then."""
    if settings.security is not Security.STARTTLS:
        return
    if "starttls" not in line.extensions:
        raise trouble.no_starttls(server)
    line.start_tls(_tls_context(settings))
    line.greet(name)


def _log_in(line: Line, server: trouble.Server, settings: SmtpSettings) -> str | None:
    """Log in by a mechanism that both sides know (`login.py`) and return its name; None: nobody is to log in."""
    if settings.user is None:
        return None
    credentials = Credentials(settings.user, settings.password or "")
    if settings.token_command is not None:
        from isa_mail.delivery.token import fetch_token

        credentials = Credentials(settings.user, fetch_token(settings.token_command), is_token=True)
    return log_in(lambda command: line.ask(command, "during the login"), server, _logins(line), credentials)


def _logins(line: Line) -> list[str]:
    return line.extensions.get("auth", "").upper().split()


def _tls_context(settings: SmtpSettings) -> "ssl.SSLContext":
    """Chain and name verified, TLS 1.2 or newer; the CA file comes on top of the computer's own list."""
    import ssl

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


def _address_literal(connected: socket.socket) -> str:
    """Our end as EHLO writes it without a name: RFC 5321 section 4.1.3."""
    address = connected.getsockname()[0].partition("%")[0]  # without the zone of a link-local address
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"
