"""The octets of one hand-over: commands and content as they go on the wire.

    Message(Envelope("news@example.org", "anna@example.org"), …)
        -> Mail(b"MAIL FROM:<news@example.org> SIZE=4711\\r\\n", b"RCPT TO:<anna@example.org>\\r\\n", …)

Pure. `dialogue.py` says when which of them is due.

A message is seven-bit and its addresses are ASCII (model.Message), so that no server ever has to be asked for
8BITMIME or SMTPUTF8.

Sources: RFC 5321 sections 4.1.1 (commands) and 4.5.2 (transparency), RFC 1870 section 3 (SIZE).
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from isa_mail.errors import TransportError
from isa_mail.model import Message

DATA = b"DATA\r\n"
FINAL_DOT = b".\r\n"
RSET = b"RSET\r\n"
QUIT = b"QUIT\r\n"

_LONG = 200  # octets
_ADDRESS = re.compile(r"[!-;=?-~]+@[!-;=?-~]+")  # printable ASCII without blank, < and >
_DOT_AT_LINE_START = re.compile(rb"(\A|[\r\n])\.")


class Mail(NamedTuple):
    """One message as it goes on the wire; what tells it apart is `key`, the recipient's."""

    key: str
    mail_from: bytes
    rcpt_to: bytes
    content: bytes  # doubled dots and closing CRLF included, without the final dot


def mail_on_wire(key: str, message: Message, *, declare_size: bool) -> Mail:
    """Write one message; `declare_size` if the server announced SIZE, so that it can say no before the content.

    Raises TransportError for an address that could end a command early.
    """
    content = data_lines(message.content)
    declared = f" SIZE={len(content)}" if declare_size else ""
    return Mail(
        key,
        f"MAIL FROM:<{_safe(message.envelope.sender)}>{declared}\r\n".encode("ascii"),
        f"RCPT TO:<{_safe(message.envelope.recipient)}>\r\n".encode("ascii"),
        content,
    )


def data_lines(content: Sequence[bytes]) -> bytes:
    """Join the content, doubled dots and closing CRLF included; the final dot is not part of it.

    A `Message` needs neither by its contract; a mistake there must not become a second message (SMTP
    smuggling), so that a dot after a bare CR or LF is doubled, too.
    """
    data = b"".join(content)
    short = b"\n".join([stretch for stretch in content if len(stretch) < _LONG])
    long = [stretch for stretch in content if len(stretch) >= _LONG]
    if _has_dot_at_line_start(short) or any(map(_long_has_dot_at_line_start, long)):
        data = _DOT_AT_LINE_START.sub(rb"\1..", data)
    return data if data.endswith(b"\r\n") else data + b"\r\n"


def _has_dot_at_line_start(stretch: bytes) -> bool:
    return stretch.startswith(b".") or b"\n." in stretch or b"\r." in stretch


# Long stretches are the same for everybody, and looking through them takes longest.
_long_has_dot_at_line_start = lru_cache(maxsize=512)(_has_dot_at_line_start)


def _safe(address: str) -> str:
    if _ADDRESS.fullmatch(address) is None:
        raise TransportError(
            f"The address {address!r} cannot be written on an envelope.",
            hint="Correct it in the list or in isa-mail.toml; nothing was sent to it.",
        )
    return address
