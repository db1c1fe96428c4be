r"""Bodies in quoted-printable and base64, encoded once, with holes for what differs from person to person.

    ("Guten Tag ", Hole(first_name), ",\nwie ...")
        -> b"Guten Tag=20=\r\n", QuotedHole(first_name, b"=\r\n"), b",\r\nwie ...\r\n"

Pure. `headers.py` writes what stands above, `merge.py` fills the holes: `quoted_values`, `fill_quoted`, `fill_base64`.

A body's segments together are the encoded text and then the CRLF that belongs to the boundary below it (RFC 2046
section 5.1.1). Each segment, and each filled hole, begins at the start of a line and ends with CRLF, so that
no value ever moves the text around it:

- In quoted-printable a hole stands between two soft line breaks; its value has lines of its own.
- In base64 three octets make four characters, so a value shifts all that follows by 0, 1 or 2 octets. Each
  fixed run is therefore encoded three times, once for each shift. A hole's own chunk is what the run before it
  left over (carry), the value, and as many octets of the next run (lead) as make it a multiple of three.

Sources: RFC 2045 sections 6.7 and 6.8.
"""

import re
from binascii import b2a_base64, b2a_qp
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from isa_mail.model.merging import Hole, Template

_LINE = 75  # RFC 2045 section 6.7 (5) allows 76, the "=" of a soft break included
_OCTETS_A_LINE = 57  # base64: 76 characters
_SHORT_RUN = 57  # fixed text shorter than a line is not worth three encodings: it travels in the chunk

_TO_QUOTE = re.compile(rb"[^ -<>-~]")
_QUOTED = {bytes((byte,)): b"=%02X" % byte for byte in range(256)}


class HeaderHole(StrEnum):
    """A header line that is written anew for each recipient."""

    TO = "to"
    SUBJECT = "subject"
    DATE = "date"
    MESSAGE_ID = "message-id"
    UNSUBSCRIBE = "unsubscribe"


class QuotedHole(NamedTuple):
    r"""A hole in quoted-printable text.

    `closing` follows the value: a soft break (then an empty value leaves nothing at all), or a line end.
    """

    hole: Hole
    closing: bytes


class Base64Run(NamedTuple):
    """Fixed octets after a hole, encoded for each number of octets (0, 1, 2) that the chunk before takes away."""

    head: bytes  # the first two octets, of which the chunk takes its lead
    encoded: tuple[bytes, bytes, bytes]  # whole lines
    carries: tuple[bytes, bytes, bytes]  # what is left for the next chunk


class Base64Hole(NamedTuple):
    """Holes close together, the octets between them, and the run that follows; None: the text ends here."""

    pieces: tuple[bytes | Hole, ...]
    run: Base64Run | None


Segment: TypeAlias = bytes | HeaderHole | QuotedHole | Base64Hole


class Body(NamedTuple):
    """An encoded body and the name of its encoding for Content-Transfer-Encoding."""

    encoding: str
    segments: tuple[Segment, ...]


def encode_text(text: Template) -> Body:
    """Encode rendered text in quoted-printable, or in base64 where that is smaller (Chinese)."""
    pieces = tuple(
        piece.replace("\r\n", "\n").replace("\r", "\n") if isinstance(piece, str) else piece for piece in text
    )
    quoted = tuple(_quoted_segments(pieces))
    octets = sum(len(_octets(piece)) for piece in pieces if isinstance(piece, str))
    in_quoted = sum(len(segment) for segment in quoted if isinstance(segment, bytes))
    if octets and in_quoted > octets * 4 / 3 * 78 / 76:  # three octets in four characters, a CRLF every 76
        return Body("base64", tuple(_base64_segments(pieces)))
    return Body("quoted-printable", quoted)


def encode_file(data: bytes) -> bytes:
    """Return a file's octets in base64; an empty file is one empty line."""
    return _base64_lines(data) or b"\r\n"


def quoted_values(values: Sequence[str]) -> list[bytes]:
    """Return values in quoted-printable, each on lines of its own; they are escaped already and one line each."""
    octets = "\n".join(values).encode()
    # In C; it knows nothing of dots and breaks lines at other spots.
    lines = (b2a_qp(octets) if _has_to_be_quoted(octets) else octets).split(b"\n")
    if len(lines) == len(values) and max(map(len, lines)) <= _LINE and not _has_dot_or_from(octets):
        return lines
    return [_quoted_line(value.encode()) for value in values]


def _has_to_be_quoted(octets: bytes) -> bool:
    """Say whether anything in printable lines cannot stand for itself; a blank at the end of a line gets lost."""
    return not octets.isascii() or b"=" in octets or b" \n" in octets or octets.endswith(b" ")


def _has_dot_or_from(octets: bytes) -> bool:
    """Say whether a line begins with what must not stand there: see `_line_start`."""
    return octets.startswith((b".", b"From ")) or b"\n." in octets or b"\nFrom " in octets


def fill_quoted(quoted: Sequence[bytes], closing: bytes) -> list[bytes]:
    """Return the lines that fill a hole, for each person; an empty value in mid-line leaves nothing at all."""
    if closing.startswith(b"="):
        return [value and value + closing for value in quoted]
    return [value + closing for value in quoted]


def fill_base64(hole: Base64Hole, octets: bytes) -> tuple[bytes, bytes, bytes]:
    """Return a chunk's lines, the lines of the run after it, and the octets to carry to the next chunk.

    `octets` are what the last call carried over (b"" for the first hole of a text) and the hole's filled pieces.
    """
    run = hole.run
    if run is None:
        return _base64_lines(octets), b"", b""
    shift = -len(octets) % 3
    return _base64_lines(octets + run.head[:shift]), run.encoded[shift], run.carries[shift]


# --- quoted-printable -------------------------------------------------------------------------------------


def _quoted_segments(pieces: Template) -> Iterator[Segment]:
    at_hard_break = False  # the text so far ends in "\n" that the hole before has written already
    for index, piece in enumerate(pieces):
        following = pieces[index + 1] if index + 1 < len(pieces) else None
        if isinstance(piece, Hole):
            ends_line = following is None or (isinstance(following, str) and following.startswith("\n"))
            yield QuotedHole(piece, b"\r\n" if ends_line else b"=\r\n")
            at_hard_break = ends_line
        else:
            fixed = piece[1:] if at_hard_break else piece
            encoded = _quoted_fixed(fixed, last=following is None)
            if encoded:
                yield encoded
            at_hard_break = False
    if not pieces:
        yield b"\r\n"


def _quoted_fixed(text: str, *, last: bool) -> bytes:
    """Encode fixed text; at its end a soft break if a hole follows in mid-line, or the boundary's CRLF."""
    lines = text.split("\n")
    encoded = [_quoted_line(line.encode("utf-8", "replace")) for line in lines]
    end = b"\r\n" if last else b"=\r\n" if encoded[-1] else b""
    return b"\r\n".join(encoded) + end


def _quoted_line(line: bytes) -> bytes:
    """Encode one line, with soft breaks where it is too long; the last part leaves room for one more "="."""
    quoted = _TO_QUOTE.sub(lambda found: _QUOTED[found[0]], line)
    if quoted.endswith(b" "):
        quoted = quoted[:-1] + b"=20"  # RFC 2045 section 6.7 (3): blanks at a line end get lost
    lines: list[bytes] = []
    at = 0
    while at < len(quoted) or not lines:
        start = _line_start(quoted, at)
        room = _LINE - (len(start) - 1 if start else 0)
        end = _cut(quoted, at, room)
        lines.append(start + quoted[at + 1 : end] if start else quoted[at:end])
        at = end
    return b"=\r\n".join(lines)


def _line_start(quoted: bytes, at: int) -> bytes:
    """Return what stands for the octet at a line's start if it must not stand there itself, else b"".

    A dot would have to be doubled for SMTP, and careless relays forget that; "From " gets a ">" from programs
    that keep mail in mbox files.
    """
    if quoted.startswith(b".", at):
        return b"=2E"
    return b"=46" if quoted.startswith(b"From ", at) else b""


def _cut(quoted: bytes, at: int, room: int) -> int:
    """Return where a line that begins at `at` ends: never inside "=C3", nor inside a UTF-8 character."""
    end = at + room
    if end >= len(quoted):
        return len(quoted)
    for back in (1, 2):
        if quoted[end - back] == 0x3D:
            end -= back
            break
    while quoted[end : end + 1] == b"=" and 0x80 <= int(quoted[end + 1 : end + 3], 16) < 0xC0:
        end -= 3
    return end


# --- base64 -----------------------------------------------------------------------------------------------


def _base64_segments(pieces: Template) -> Iterator[Segment]:
    octets = [_octets(piece) if isinstance(piece, str) else piece for piece in pieces]
    chunk: list[bytes | Hole] = []
    for index, piece in enumerate(octets):
        last = index + 1 == len(octets)
        if isinstance(piece, Hole) or (chunk and len(piece) < _SHORT_RUN):
            chunk.append(piece)
        elif chunk:
            yield Base64Hole(tuple(chunk), _base64_run(piece, last=last))
            chunk = []
        else:  # the text begins with fixed octets: nothing can shift them
            whole = len(piece) if last else len(piece) // 3 * 3
            if whole:
                yield _base64_lines(piece[:whole])
            chunk = [piece[whole:]] if whole < len(piece) else []
    if chunk:
        yield Base64Hole(tuple(chunk), None)


def _base64_run(octets: bytes, *, last: bool) -> Base64Run:
    """Encode a fixed run for each of the three shifts; the last run of a text keeps nothing back."""
    rests = [octets[shift:] for shift in range(3)]
    wholes = [len(rest) if last else len(rest) // 3 * 3 for rest in rests]
    first, second, third = (_base64_lines(rest[:whole]) for rest, whole in zip(rests, wholes, strict=True))
    left = tuple(rest[whole:] for rest, whole in zip(rests, wholes, strict=True))
    return Base64Run(octets[:2], (first, second, third), (left[0], left[1], left[2]))


def _octets(text: str) -> bytes:
    """Return text in its canonical form: UTF-8 with CRLF (RFC 2046 section 4.1.1)."""
    return text.replace("\n", "\r\n").encode("utf-8", "replace")


def _base64_lines(octets: bytes) -> bytes:
    return b"".join(
        [
            b2a_base64(octets[at : at + _OCTETS_A_LINE], newline=False) + b"\r\n"
            for at in range(0, len(octets), _OCTETS_A_LINE)
        ]
    )
