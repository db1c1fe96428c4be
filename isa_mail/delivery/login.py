"""The login: one mechanism, one try.

    AUTH offers "PLAIN LOGIN" -> AUTH PLAIN AG5ld3MA… -> 235, or TransportError("… refused the login of news: 535 …")

Pure but for the `command` that is handed in. smtplib's own login tries every mechanism with a wrong password, which
locks accounts, and knows no password with an umlaut. The password goes into commands and nowhere else.

Sources: RFC 4954 sections 4 and 6 (AUTH, its replies), RFC 4616 (PLAIN, UTF-8).
"""

from base64 import b64encode
from collections.abc import Callable, Sequence
from typing import TypeAlias

from isa_mail.delivery import trouble

Command: TypeAlias = Callable[[str, str], tuple[int, bytes]]
"""Sends a command with its argument ("" for none) and returns code and text of the reply."""

_DONE = (235, 503)  # 503: already logged in
_GO_ON = 334
_UNKNOWN_MECHANISM = 504


def log_in(
    command: Command, server: trouble.Server, offered: Sequence[str], user: str, password: str
) -> None:
    """Log in with the first mechanism that is known here and `offered` there, in upper case.

    Raises TransportError if there is none, or if the server refuses; a refusal is not tried another way.
    """
    known = [name for name in _MECHANISMS if name in offered]
    if not known:
        raise trouble.no_login_offered(server, " ".join(offered))
    for name in known:
        code, raw = _MECHANISMS[name](command, user, password)
        if code in _DONE:
            return
        if code != _UNKNOWN_MECHANISM or name == known[-1]:
            said = _without(user, password, raw.decode("utf-8", "replace"))
            raise trouble.login_refused(server, user, code, " ".join(said.split()))


def _plain(command: Command, user: str, password: str) -> tuple[int, bytes]:
    """RFC 4616, with the answer in the command itself."""
    return command("AUTH", "PLAIN " + _base64(f"\0{user}\0{password}"))


def _login(command: Command, user: str, password: str) -> tuple[int, bytes]:
    """The LOGIN mechanism: never a standard, understood nearly everywhere."""
    code, raw = command("AUTH", "LOGIN")
    for answer in (user, password):
        if code != _GO_ON:
            break
        code, raw = command(_base64(answer), "")
    return code, raw


_MECHANISMS: dict[str, Callable[[Command, str, str], tuple[int, bytes]]] = {"PLAIN": _plain, "LOGIN": _login}


def _base64(text: str) -> str:
    return b64encode(text.encode()).decode("ascii")


def _without(user: str, password: str, said: str) -> str:
    """Take the password out of what the server said, should it repeat it."""
    if password:
        for secret in (_base64(f"\0{user}\0{password}"), _base64(password), password):
            said = said.replace(secret, "…")
    return said
