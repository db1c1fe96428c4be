"""The line to the mail server after the login: octets out, replies in, each step with a deadline.

    exchange(b"MAIL FROM:<news@example.org>\\r\\n", 60.0) -> (250, b"2.1.0 Ok")

Edge: one connected socket, plain or TLS, and the monotonic clock for the deadlines. A server that sends one
octet a minute is as late as one that sends none. After any exception the line must be closed: a late answer
would be taken for the next one.
"""

import select
import socket
import time

from isa_mail.delivery.replies import take_reply

_CHUNK = 65_536  # octets a write; each has the whole time-out, so that a slow line may carry a large message
_PEEK_SECONDS = 0.01  # TLS may have to read a record of its own before it knows that there is no data


class Line:
    """A connected socket on which a lockstep dialogue is held."""

    def __init__(self, connected: socket.socket) -> None:
        """Take over a socket from which nothing is left to be read."""
        self._socket = connected
        self._received = bytearray()
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def exchange(self, command: bytes, seconds: float) -> tuple[int, bytes]:
        """Send a command and return its reply, as (code, lines joined by LF).

        Raises OSError (a TimeoutError after `seconds`) or ValueError (no SMTP, or out of step).
        """
        self.send(command, seconds)
        return self.reply(seconds)

    def send(self, data: bytes, seconds: float) -> None:
        """Send all of `data`, with `seconds` for each 64 KiB.

        Raises ValueError, with nothing sent, if the server has said something that nobody asked for.
        """
        if self._received:
            raise ValueError("the server answered before it was asked")
        self._socket.settimeout(seconds)
        for start in range(0, len(data), _CHUNK):
            self._socket.sendall(data[start : start + _CHUNK])

    def reply(self, seconds: float) -> tuple[int, bytes]:
        """Wait for one whole reply; raises as `exchange` does."""
        deadline = time.monotonic() + seconds
        while (reply := take_reply(self._received)) is None:
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                raise TimeoutError
            self._socket.settimeout(remaining)
            self._receive()
        return reply

    def is_quiet(self) -> bool:
        """Say whether the server is still there and has said nothing unasked, such as 421 or good-bye."""
        try:
            readable, _, _ = select.select([self._socket], [], [], 0)
            if readable and not self._received:
                self._socket.settimeout(_PEEK_SECONDS)
                self._receive()
        except TimeoutError:
            return True
        except (OSError, ValueError):
            return False
        return not self._received

    def close(self) -> None:
        """Close the socket at once; may be called twice."""
        self._socket.close()

    def _receive(self) -> None:
        data = self._socket.recv(_CHUNK)
        if not data:
            raise ConnectionError("the server closed the connection")
        self._received += data
