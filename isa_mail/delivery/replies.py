r"""What the mail server's answer means for one delivery.

    b"550-5.1.1 no such user\r\n550 5.1.1 try elsewhere\r\n" -> (550, b"5.1.1 no such user\n5.1.1 try elsewhere")
    (550, b"5.1.1 no such user\n5.1.1 try elsewhere") -> Reply(550, "5.1.1", "no such user try elsewhere")

Pure: no network, no clock. `session.py` brings the octets, `dialogue.py` asks the question, this page answers it
and `run.py` draws the consequence. Control characters stay in the text: whoever shows it makes them harmless.

Sources: RFC 5321 sections 4.2 (form of a reply), 4.2.1 (first digit) and 4.5.3.1.5 (512 octets a line; many
servers write more), RFC 3463 section 2 (enhanced codes), RFC 2034 section 4 (where they stand).
"""

import re
from functools import lru_cache

from isa_mail.errors import TransportError
from isa_mail.model.mail import Reply

CUT = 80  # characters of a server's text that an error message shows
_LONGEST_REPLY = 65_536  # octets; more is no answer but an attack or another protocol
_CODES = {b"%d" % code: code for code in range(200, 600)}
_LINE = re.compile(rb"([2-5][0-9][0-9])(?:([ -])(.*))?\Z", re.DOTALL)
_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")


def parse_reply(code: int, raw: bytes) -> Reply:
    r"""Read a final reply: its code, and its lines without their codes joined by b"\n".

    Bytes that are not UTF-8 become U+FFFD, since the text is only ever shown; an enhanced code that every line
    repeats is kept once. Raises TransportError if `code` is no verdict (3xx, or -1 for "not SMTP"): then
    nothing is known about the recipient.
    """
    if not (200 <= code <= 299 or 400 <= code <= 599):
        said = " ".join(raw.decode("utf-8", "replace").split())[:CUT]
        raise TransportError(
            f"The mail server answered {code} {said!r}, which is no verdict on a message.",
            hint="Check SMTP_HOST and SMTP_PORT in .env (the port is usually 587), then run the command again.",
        )
    first, *others = raw.decode("utf-8", "replace").split("\n")
    words = first.split()
    enhanced = words.pop(0) if words and _is_enhanced_code(words[0]) else None
    for line in others:
        more = line.split()
        words += more[1:] if enhanced is not None and more[:1] == [enhanced] else more
    return Reply(code, enhanced, " ".join(words))


@lru_cache(maxsize=64)  # nearly all answers of a server begin with the same
def _is_enhanced_code(word: str) -> bool:
    return _ENHANCED.fullmatch(word) is not None


def take_reply(buffer: bytearray) -> tuple[int, bytes] | None:
    r"""Take one whole reply off the front of `buffer`; None if its last line has not arrived yet.

    The lines come without their codes, joined by b"\n". A line may end in a bare LF. Raises ValueError if what
    stands there cannot be a reply; then the connection is of no more use.
    """
    end = buffer.find(b"\n")
    if (
        end > 4 and buffer[3:4] == b" " and (code := _CODES.get(bytes(buffer[:3])))
    ):  # nearly all answers: one line
        line = bytes(buffer[4:end])
        del buffer[: end + 1]
        return code, line.strip()
    lines: list[bytes] = []
    start, first = 0, b""
    while (end := buffer.find(b"\n", start)) >= 0:
        found = _LINE.match(bytes(buffer[start:end]).rstrip(b"\r"))
        if found is None or (first and found[1] != first):
            raise ValueError(f"the server said {_shown(buffer[start:end])}")
        first = found[1]
        lines.append((found[3] or b"").strip())
        start = end + 1
        if found[2] != b"-":
            del buffer[:start]
            return int(first), b"\n".join(lines)
    if len(buffer) > _LONGEST_REPLY:
        raise ValueError("the server's answer has no end")
    return None


def _shown(line: bytes | bytearray) -> str:
    return repr(line.decode("utf-8", "replace").strip()[:CUT])
