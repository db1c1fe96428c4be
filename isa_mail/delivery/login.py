"""The login: one mechanism, one try.

    AUTH offers "PLAIN LOGIN", a password  -> AUTH PLAIN AG5ld3MA… -> 235, or TransportError("… refused the login …")
    AUTH offers "XOAUTH2", a token         -> AUTH XOAUTH2 dXNlcj1u…

Pure but for the `command` that is handed in. smtplib's own login tries every mechanism with a wrong password, which
locks accounts, and knows neither a password with an umlaut nor a token. The secret goes into commands and nowhere
else.

Sources: RFC 4954 sections 4 and 6 (AUTH, its replies), RFC 4616 (PLAIN, UTF-8),
developers.google.com/workspace/gmail/imap/xoauth2-protocol (XOAUTH2; Microsoft speaks the same).
"""

from base64 import b64encode
from collections.abc import Callable, Sequence
from typing import TypeAlias

from isa_mail.delivery import trouble

Command: TypeAlias = Callable[[str], tuple[int, bytes]]
"""Sends a command, or the answer to a challenge, and returns code and text of the reply."""

_DONE = (235, 503)  # 503: already logged in
_GO_ON = 334
_UNKNOWN_MECHANISM = 504


class Credentials:
    """Who logs in, and by what: a password, or an OAuth token for XOAUTH2. It shows neither."""

    def __init__(self, user: str, secret: str, *, is_token: bool = False) -> None:
        self.user = user
        self.secret = secret
        self.is_token = is_token


def log_in(command: Command, server: trouble.Server, offered: Sequence[str], credentials: Credentials) -> str:
    """Log in with the first mechanism that fits the secret and is `offered`, in upper case; return its name.

    Raises TransportError if there is none, or if the server refuses; a refusal is not tried another way.
    """
    fitting = _WITH_TOKEN if credentials.is_token else _WITH_PASSWORD
    known = [name for name in fitting if name in offered]
    if not known:
        raise trouble.no_login_offered(server, " ".join(offered), " or ".join(fitting))
    for name in known:
        code, raw = fitting[name](command, credentials.user, credentials.secret)
        if code in _DONE:
            return name
        if code != _UNKNOWN_MECHANISM or name == known[-1]:
            said = " ".join(_without_secret(credentials, raw.decode("utf-8", "replace")).split())
            raise trouble.login_refused(server, credentials.user, code, said, token=credentials.is_token)
    raise AssertionError("the last mechanism has come to an end")


def _plain(command: Command, user: str, password: str) -> tuple[int, bytes]:
    """RFC 4616, with the answer in the command itself."""
    return command("AUTH PLAIN " + _base64(f"\0{user}\0{password}"))


def _login(command: Command, user: str, password: str) -> tuple[int, bytes]:
    """The LOGIN mechanism: never a standard, understood nearly everywhere."""
    code, raw = command("AUTH LOGIN")
    for answer in (user, password):
        if code != _GO_ON:
            break
        code, raw = command(_base64(answer))
    return code, raw


def _xoauth2(command: Command, user: str, token: str) -> tuple[int, bytes]:
    """XOAUTH2; a refusal comes as a challenge, which is answered with nothing, and then as a reply."""
    code, raw = command("AUTH XOAUTH2 " + _base64(_bearer(user, token)))
    return command("") if code == _GO_ON else (code, raw)


_Mechanism: TypeAlias = Callable[[Command, str, str], tuple[int, bytes]]
_WITH_PASSWORD: dict[str, _Mechanism] = {"PLAIN": _plain, "LOGIN": _login}
_WITH_TOKEN: dict[str, _Mechanism] = {"XOAUTH2": _xoauth2}


def _bearer(user: str, token: str) -> str:
    return f"user={user}\1auth=Bearer {token}\1\1"


def _base64(text: str) -> str:
    """Encode a text; what an environment that is not UTF-8 held goes out octet by octet, as it stood there."""
    return b64encode(text.encode("utf-8", "surrogateescape")).decode("ascii")


def _without_secret(credentials: Credentials, said: str) -> str:
    """Take password and token out of what the server said, should it repeat them."""
    user, secret = credentials.user, credentials.secret
    if secret:
        for text in (f"\0{user}\0{secret}", _bearer(user, secret), secret):
            said = said.replace(_base64(text), "…")
        said = said.replace(secret, "…")
    return said
