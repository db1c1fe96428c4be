"""Why there is no session with the mail server, in words for staff.

    ("mail.example.org", 587), "self-signed certificate" -> TransportError("The certificate of … is not trusted …")

Pure: `smtp.py` and `greeting.py` catch what ssl and socket raise and pick a sentence here. None of them holds the
password, even if the server repeats it.
"""

import re
from typing import NamedTuple

from isa_mail.delivery.replies import CUT
from isa_mail.delivery.transport import Unreachable
from isa_mail.errors import TransportError

_EXPIRED, _NOT_YET_VALID = 10, 9  # X509_V_ERR_… of OpenSSL, x509_vfy.h
_WRONG_NAME = (62, 64)  # host name, IP address
_PASSWORDS_ARE_OFF = r"\b5\.7\.(?:30|139)\b"  # Exchange Online: for all, for this tenant or mailbox


NO_SMTPUTF8 = (
    "not tried: the mail server offers no SMTPUTF8, so it takes no umlauts or other characters before the @"
)
"""What becomes the reply of somebody to whom no mail is even begun."""


class Server(NamedTuple):
    """The server as messages name it."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}, port {self.port}"


def host_not_found(server: Server) -> TransportError:
    """The name has no address."""
    return Unreachable(
        f"The mail server {server.host} was not found.",
        hint="Check the spelling of SMTP_HOST in .env, and that this computer is online.",
    )


def refused(server: Server, reason: str) -> TransportError:
    """Nothing listens there, or the network says no."""
    return Unreachable(
        f"There is no connection to the mail server {server}: {reason}.",
        hint="Check SMTP_HOST and SMTP_PORT in .env (the port is usually 587), and that no firewall is in between.",
    )


def timed_out(server: Server, seconds: float) -> TransportError:
    """No answer while the session was being opened."""
    return Unreachable(
        f"The mail server {server} did not answer within {seconds:g} seconds.",
        hint="Check SMTP_HOST, SMTP_PORT and SMTP_SECURITY in .env: with port 465 the security is tls, "
        "with port 587 it is starttls. If they are right, try again later.",
    )


def broken_off(server: Server, step: str) -> TransportError:
    """The server hung up while the session was being opened."""
    return Unreachable(
        f"The mail server {server} closed the connection {step}.",
        hint="Check SMTP_PORT and SMTP_SECURITY in .env: with port 465 the security is tls, with port 587 it is "
        "starttls. If they are right, try again later.",
    )


def no_smtp(server: Server, said: str) -> TransportError:
    """Something else than a mail server answered."""
    return TransportError(
        f"What answers at {server} is no mail server: it said {said[:CUT]!r}.",
        hint="Check SMTP_HOST and SMTP_PORT in .env; the port is usually 587.",
    )


def turned_away(server: Server, step: str, code: int, said: str) -> TransportError:
    """The server answered the greeting, EHLO or STARTTLS with a refusal; 4xx may be over in a moment."""
    kind = Unreachable if 400 <= code <= 499 else TransportError
    return kind(
        f"The mail server {server} refused {step}: {code} {said[:CUT]}".rstrip(),
        hint="Try again later; if it stays like this, ask whoever runs the server what its answer means.",
    )


def no_starttls(server: Server) -> TransportError:
    """Encryption was asked for and is not to be had: nothing goes out in the clear."""
    return TransportError(
        f"The mail server {server} offers no encryption (STARTTLS), so nothing was sent.",
        hint="Ask for the server's encrypted port; if that is 465, set SMTP_SECURITY=tls and SMTP_PORT=465 in .env.",
    )


def no_encryption(server: Server, reason: str) -> TransportError:
    """The TLS handshake failed for another reason than the certificate."""
    return TransportError(
        f"No encrypted connection to the mail server {server} came about: {reason[:CUT]}.",
        hint="Check SMTP_PORT and SMTP_SECURITY in .env: with port 465 the security is tls, with port 587 it is "
        "starttls. TLS 1.2 is the oldest version that isa-mail speaks.",
    )


def certificate(server: Server, verify_code: int, reason: str) -> TransportError:
    """The certificate does not prove that this is the server; `verify_code` is OpenSSL's."""
    if verify_code in _WRONG_NAME:
        return TransportError(
            f"The certificate of the mail server is made out to another name than {server.host}.",
            hint="Set SMTP_HOST in .env to the name that the provider gives for its server, not to an alias.",
        )
    if verify_code in (_EXPIRED, _NOT_YET_VALID):
        when = "has expired" if verify_code == _EXPIRED else "is not valid yet"
        return TransportError(
            f"The certificate of the mail server {server} {when}.",
            hint="Check the date of this computer; if it is right, tell whoever runs the server.",
        )
    return TransportError(
        f"The certificate of the mail server {server} is not trusted: {reason[:CUT]}.",
        hint="If the server belongs to your own organisation, ask for its CA file and name it in .env as SMTP_CA_FILE.",
    )


def unusable_ca_file(ca_file: str, reason: str) -> TransportError:
    """SMTP_CA_FILE is no file with certificates."""
    return TransportError(
        f"The CA file {ca_file} cannot be used: {reason[:CUT]}.",
        hint="SMTP_CA_FILE in .env must name a file with certificates in PEM form (-----BEGIN CERTIFICATE-----).",
    )


def password_in_the_clear(server: Server) -> TransportError:
    """SMTP_SECURITY=none with a password goes to this very computer only."""
    return TransportError(
        f"The password would travel to {server} without encryption, so no connection was made.",
        hint="Set SMTP_SECURITY=starttls (port 587) or SMTP_SECURITY=tls (port 465) in .env.",
    )


def no_login_offered(server: Server, offered: str, wanted: str) -> TransportError:
    """AUTH is missing, or offers nothing that fits what there is to log in with."""
    which = f"only offers {offered[:CUT]}" if offered else "offers no login"
    return TransportError(
        f"The mail server {server} {which}; with what .env says, isa-mail logs in by {wanted}.",
        hint="Check SMTP_HOST and SMTP_PORT in .env (587 is usual for logging in). A server that offers XOAUTH2 alone "
        "wants SMTP_TOKEN_COMMAND instead of SMTP_PASSWORD; one that wants no login, no SMTP_USER.",
    )


def login_refused(server: Server, user: str, code: int, said: str, *, token: bool = False) -> TransportError:
    """A wrong user, password or token, or a temporary failure of the server's (4xx)."""
    if 400 <= code <= 499:
        return turned_away(server, "the login for the moment", code, said)
    hint = "Check SMTP_USER and SMTP_PASSWORD in .env; some providers want an app password here."
    if token:
        hint = (
            "Check that SMTP_USER in .env is the account that the token of SMTP_TOKEN_COMMAND is for, that the token "
            "has not expired, and that it may send mail by SMTP (Microsoft: SMTP.Send; Google: https://mail.google.com/)."
        )
    elif re.search(_PASSWORDS_ARE_OFF, said):
        hint = (
            "This provider lets nobody log in by password here: ask whoever administers the account to allow SMTP AUTH "
            "for it, or log in by a token: SMTP_TOKEN_COMMAND in .env."
        )
    return TransportError(
        f"The mail server {server} refused the login of {user}: {code} {said[:CUT]}".rstrip(), hint=hint
    )


def login_wanted(server: Server, code: int, said: str) -> TransportError:
    """The server takes no mail without a login or without encryption (530, RFC 4954 section 6)."""
    return TransportError(
        f"The mail server {server} takes no mail like this: {code} {said[:CUT]}".rstrip(),
        hint="Set SMTP_USER and SMTP_PASSWORD in .env, and SMTP_SECURITY=starttls or tls.",
    )


def sender_refused(server: Server, said: str) -> TransportError:
    """A 5xx to MAIL: the server has not even heard the recipient's name, so it would say the same to everyone."""
    return TransportError(
        f"The mail server {server} takes no mail from this sender, or none of this size: {said[:CUT]}",
        hint="Check sender in isa-mail.toml against the account in .env, and the size that isa-mail send shows; "
        "then run the same command again. Nobody was marked as failed.",
    )


def too_large(server: Server, size: int, limit: int) -> TransportError:
    """The message is larger than the server says that it takes (RFC 1870), so it would take it for nobody."""
    return TransportError(
        f"The mail server {server} takes mails of up to {limit / 1024:,.0f} KB, "
        f"and this one has {size / 1024:,.0f} KB.",
        hint="Make pictures and attachments smaller, or link to files on your web site instead; then build again. "
        "Nobody was marked as failed.",
    )
