"""The octets of one hand-over: commands and content as they go on the wire.

    Envelope("news@example.org", "anna@example.org") -> b"MAIL FROM:<news@example.org> SIZE=4711\\r\\n", …

Pure. `smtp.py` sends what this page writes. Whoever wants to pipeline joins these values.

Sources: RFC 5321 sections 4.1.1 (commands) and 4.5.2 (transparency), RFC 1870 section 3 (SIZE).
"""

import re
from collections.abc import Sequence

from isa_mail.errors import TransportError
from isa_mail.model import Envelope

DATA = b"DATA\r\n"
FINAL_DOT = b".\r\n"
RSET = b"RSET\r\n"
QUIT = b"QUIT\r\n"

_ADDRESS = re.compile(r"[!-;=?-~]+@[!-;=?-~]+")  # printable ASCII without blank, < and >
_DOT_AT_LINE_START = re.compile(rb"(\A|[\r\n])\.")


def mail_from(envelope: Envelope, size: int | None) -> bytes:
    """Write MAIL; `size` in octets if the server announced SIZE, so that it can say no before the content.

    Raises TransportError for an address that could end the command early.
    """
    declared = "" if size is None else f" SIZE={size}"
    return f"MAIL FROM:<{_safe(envelope.sender)}>{declared}\r\n".encode("ascii")


def rcpt_to(envelope: Envelope) -> bytes:
    """Write RCPT. Raises TransportError for an address that could end the command early."""
    return f"RCPT TO:<{_safe(envelope.recipient)}>\r\n".encode("ascii")


def data_lines(content: Sequence[bytes]) -> bytes:
    """Join the content, doubled dots and closing CRLF included; the final dot is not part of it.

    A `Message` needs neither by its contract; a mistake there must not become a second message (SMTP
    smuggling), so that a dot after a bare CR or LF is doubled, too.
    """
    data = b"".join(content)
    if data.startswith(b".") or b"\n." in data or b"\r." in data:
        data = _DOT_AT_LINE_START.sub(rb"\1..", data)
    return data if data.endswith(b"\r\n") else data + b"\r\n"


def _safe(address: str) -> str:
    if _ADDRESS.fullmatch(address) is None:
        raise TransportError(
            f"The address {address!r} cannot be written on an envelope.",
            hint="Correct it in the list or in isa-mail.toml; nothing was sent to it.",
        )
    return address
