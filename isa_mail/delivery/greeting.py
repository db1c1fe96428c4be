r"""The line to a mail server until it takes mail: its greeting, EHLO, and commands whose answer is waited for.

    line.answer("before its greeting")             -> (220, b"mail.example.org ESMTP")
    line.greet("[192.0.2.7]"); line.extensions     -> {"pipelining": "", "size": "33554432", "auth": "PLAIN LOGIN"}
    line.ask("STARTTLS", "during the greeting")    -> (220, b"2.0.0 go ahead"), then line.encrypt(context, host)

Edge: one connected socket and the monotonic clock; `extensions` and `turned_away` are pure. Nothing is said before the
answer to what was said last is there as a whole, and a server that says more than it was asked is not believed: in
the clear anybody on the way may add to it. Every answer has a deadline; a server that sends one octet a minute is as
late as one that sends none. `smtp.py` says what comes after what, `session.py` takes the socket over afterwards.

Sources: RFC 5321 sections 3.1 and 4.2 (greeting, replies), 4.1.1.1 (EHLO) and 3.2 (HELO), RFC 3207 sections 4 and 4.2
(STARTTLS: what was known before is forgotten).
"""

import socket
import time
from typing import TYPE_CHECKING

from isa_mail.delivery import trouble
from isa_mail.delivery.replies import take_reply
from isa_mail.errors import TransportError

if TYPE_CHECKING:
    import ssl

_NO_ANSWER = -1
_READY = 220
_DONE = 250
_UNKNOWN_COMMAND = (500, 502)  # to EHLO: a server of before 1995
_SIZE_DIGITS = 20
_CHUNK = 65_536  # octets a read
_MOMENT = 0.001  # seconds
_GREETING = "during the greeting"


class Line:
    """A connected socket on which one thing is said at a time. Whatever goes wrong on it is a TransportError."""

    def __init__(self, connected: socket.socket, server: trouble.Server, seconds: float) -> None:
        """`seconds` is how long each answer may take."""
        self.socket = connected
        self.extensions: dict[str, str] = {}
        """What the server offers, in lower case, as of the last `greet`; nothing before."""
        self._server = server
        self._seconds = seconds
        self._received = bytearray()

    def welcome(self) -> None:
        """Read the server's greeting."""
        code, said = self.answer("before its greeting")
        if code != _READY:
            raise turned_away(self._server, "the connection", code, said)

    def greet(self, name: str) -> None:
        """Say EHLO, or HELO to a server that does not know it, and learn what the server offers."""
        code, said = self.ask(f"EHLO {name}", _GREETING)
        offered = extensions(said)
        if code in _UNKNOWN_COMMAND:
            code, said = self.ask(f"HELO {name}", _GREETING)
            offered = {}
        if code != _DONE:
            raise turned_away(self._server, "the greeting", code, said)
        self.extensions = offered

    def start_tls(self, context: "ssl.SSLContext") -> None:
        """Say STARTTLS and encrypt. What the server offered before counts for nothing: `greet` again."""
        code, said = self.ask("STARTTLS", _GREETING)
        if code != _READY:
            raise turned_away(self._server, "the encryption (STARTTLS)", code, said)
        if self._received:
            raise trouble.no_encryption(self._server, "it spoke on in the clear after STARTTLS")
        self.encrypt(context)

    def encrypt(self, context: "ssl.SSLContext") -> None:
        """Shake hands; from here on the server is who it says it is, or there is no connection."""
        import ssl

        self.extensions = {}
        self.socket.settimeout(self._seconds)
        try:
            self.socket = context.wrap_socket(self.socket, server_hostname=self._server.host)
        except ssl.SSLCertVerificationError as error:
            raise trouble.certificate(self._server, error.verify_code, error.verify_message) from error
        except ssl.SSLError as error:
            raise trouble.no_encryption(self._server, error.reason or str(error)) from error
        except TimeoutError as error:
            raise trouble.timed_out(self._server, self._seconds) from error
        except OSError as error:
            raise trouble.refused(self._server, error.strerror or str(error)) from error

    def ask(self, command: str, step: str) -> tuple[int, bytes]:
        """Say a command and wait for the answer. `step` is for a message: "during the login"."""
        self._refuse_unasked(step)
        try:
            self.socket.settimeout(self._seconds)
            self.socket.sendall(f"{command}\r\n".encode("ascii"))
        except OSError as error:
            raise self._lost(step, error) from error
        return self.answer(step)

    def answer(self, step: str) -> tuple[int, bytes]:
        r"""Wait for an answer: its code, and its lines without their codes joined by b"\n".

        What is no answer of a mail server has the code -1, and is not quoted here: it may repeat a password.
        """
        until = time.monotonic() + self._seconds
        try:
            while (reply := take_reply(self._received)) is None:
                self._read(until - time.monotonic())
        except ValueError:
            return _NO_ANSWER, bytes(self._received)
        except OSError as error:
            raise self._lost(step, error) from error
        return reply

    def hand_over(self) -> socket.socket:
        """Give the socket away, with nothing left on it to be read."""
        try:
            self._read(_MOMENT)
        except TimeoutError:
            pass
        except OSError as error:
            raise self._lost("after the login", error) from error
        self._refuse_unasked("after the login")
        return self.socket

    def close(self) -> None:
        """Hang up, without a word."""
        self.socket.close()

    def _read(self, seconds: float) -> None:
        if seconds <= 0:
            raise TimeoutError
        self.socket.settimeout(seconds)
        data = self.socket.recv(_CHUNK)
        if not data:
            raise ConnectionError("the server closed the connection")
        self._received += data

    def _refuse_unasked(self, step: str) -> None:
        if self._received:  # what comes after the greeting may repeat a password
            said = _words(self._received) if step == _GREETING else "…"
            raise trouble.no_smtp(self._server, said)

    def _lost(self, step: str, error: OSError) -> TransportError:
        if isinstance(error, TimeoutError):
            return trouble.timed_out(self._server, self._seconds)
        return trouble.broken_off(self._server, step)


def extensions(said: bytes) -> dict[str, str]:
    r"""Read the answer to EHLO: what follows its first line, keywords in lower case.

    AUTH may come twice, once as old programs want it: b"AUTH=LOGIN".
    """
    offered: dict[str, str] = {}
    for line in said.decode("utf-8", "replace").split("\n")[1:]:
        name, *words = line.replace("=", " ", 1).split() or [""]
        name = name.lower()
        if name == "auth":
            words = [*offered.get(name, "").split(), *words]
        offered[name] = " ".join(words)
    return offered


def size_limit(offered: dict[str, str]) -> int:
    """Read the largest message in octets that a server takes (RFC 1870, at most 20 digits); 0: it names no limit."""
    digits = offered.get("size", "")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= _SIZE_DIGITS else 0


def turned_away(server: trouble.Server, step: str, code: int, said: bytes) -> TransportError:
    """Word an answer that is not the one that was hoped for; what is no refusal either is no mail server's."""
    text = _words(said)
    return (
        trouble.turned_away(server, step, code, text) if 400 <= code <= 599 else trouble.no_smtp(server, text)
    )


def _words(said: bytes | bytearray) -> str:
    return " ".join(said.decode("utf-8", "replace").split())
