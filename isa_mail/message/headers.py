r"""Header lines as bytes: what is encoded, what never is, and where a line may be folded.

    mailbox_header("To", "Jürgen Probe", "j@example.org")
        -> b"To: =?utf-8?q?J=C3=BCrgen_Probe?= <j@example.org>\r\n"

Pure. `bodies.py` encodes what comes below the headers, `compile.py` and `merge.py` put both together. The
standard library's header writer is not used, for two measured faults: it turns a long List-Unsubscribe into
encoded words, which hides the button, and up to Python 3.13.0 it encodes addresses as well. Here a display
name or a subject may be encoded; an address, a List-* header and a parameter never is.

Every function returns whole lines that end in CRLF; no line begins with a dot. Lines have at most 76 octets
unless a single address or URL is longer than that; an encoded word has at most 75 and holds whole characters.

Sources: RFC 5322 sections 2.2.3, 3.2, 3.3, 3.4; RFC 2047 sections 2, 4, 5; RFC 2231 sections 3, 4; RFC 2369;
RFC 2919 section 3; RFC 6068 section 2.
"""

import re
import unicodedata
from binascii import b2a_base64, b2a_qp
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from urllib.parse import quote

_LINE = 76  # RFC 2047 section 2, for lines that hold an encoded word
_WORD = 75  # RFC 2047 section 2
_FRAME = len("=?utf-8?q??=")

# Everything that some program takes for a line break or a control (Unicode's Cc, U+2028, U+2029), and halves
# of surrogate pairs, which no encoding can write.
_BREAKS = r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+"
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
# Of each line the name if it is nothing but atoms, else "". A "=" may begin an encoded word.
_PLAIN_NAMES = re.compile(
    r"^(?:([A-Za-z0-9!#$%&'*+/?^_`{|}~-]++(?: [A-Za-z0-9!#$%&'*+/?^_`{|}~-]++)*+)$|.*)", re.MULTILINE
)
_PLAIN_FILENAME = r"[A-Za-z0-9 ._()+,&'-]{1,60}"
_UNRESERVED = r"[A-Za-z0-9._~@\n-]*"
_MEDIA_TYPE = r"(?!multipart/|message/)[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,90}"
_GERMAN = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "ẞ": "SS"}
)

# RFC 2047 section 5 (3): what may stand for itself in a word inside a phrase; the blank becomes "_".
_Q_SAFE = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/"
_Q_ITSELF = _Q_SAFE + b" "  # as long as before
_TO_QUOTE = re.compile(rb"[^A-Za-z0-9!*+/=_-]")  # what b2a_qp has left
_Q = ["_" if byte == 0x20 else chr(byte) if byte in _Q_SAFE else f"={byte:02X}" for byte in range(256)]

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def one_line(text: str) -> str:
    """Turn each run of line breaks and control characters into one blank; nothing else is changed."""
    return text if text.isprintable() else re.sub(_BREAKS, " ", text)


def text_header(name: str, text: str) -> bytes:
    """Write a header of free text such as Subject; blanks at both ends are taken off."""
    line = one_line(text).strip(" ")
    start = f"{name}: "
    if line.isascii() and "=?" not in line:
        if len(start) + len(line) <= _LINE:
            return f"{start}{line}\r\n".encode("ascii")
        words = line.split(" ")
        if all(0 < len(word) <= _LINE - len(start) for word in words):
            return _folded(start, words)
    return f"{start}{_encoded_words(line, _LINE - len(start))}\r\n".encode("ascii")


def mailbox_header(name: str, display: str, address: str) -> bytes:
    """Write From, To or Reply-To: the display name encoded where it must be, the address never.

    `address` is checked already (`isa_mail.addresses`); one that is not ASCII is written in UTF-8 (RFC 6532
    section 3.2).
    """
    phrase = _phrase(one_line(display).strip(" "), _LINE - len(name) - 2)
    if not phrase:
        return f"{name}: {address}\r\n".encode()
    line = f"{name}: {phrase}"
    gap = " " if len(line) - line.rfind("\n") - 1 + len(address) + 3 <= _LINE else "\r\n "
    return f"{line}{gap}<{address}>\r\n".encode()


def mailbox_headers(name: str, displays: Sequence[str], addresses: Sequence[str]) -> list[bytes]:
    """Write To for many people: what `mailbox_header` writes for each; plain names are found all at once."""
    together = "\n".join(displays)
    plain = (
        _PLAIN_NAMES.findall(together) if together.count("\n") == len(displays) - 1 else [""] * len(displays)
    )
    lines = [f"{name}: {atoms} <{address}>\r\n" for atoms, address in zip(plain, addresses, strict=False)]
    return [
        line.encode() if atoms and len(line) <= _LINE + 2 else mailbox_header(name, display, address)
        for atoms, line, display, address in zip(plain, lines, displays, addresses, strict=True)
    ]


def list_id_header(display: str, list_id: str) -> bytes:
    """Write List-Id; a name that would need encoding is left out, since List-* headers stay plain ASCII."""
    name = one_line(display).strip(" ")
    plain = name.isascii() and "=?" not in name and len(name) <= 60
    phrase = _phrase(name, _LINE - len("List-Id: ")) if plain else ""
    line = f"List-Id: {phrase}"
    gap = "" if not phrase else " " if len(line) + len(list_id) + 3 <= _LINE else "\r\n "
    return f"{line}{gap}<{list_id}>\r\n".encode("ascii")


def unsubscribe_headers(to: str, addresses: Sequence[str]) -> list[bytes]:
    """Write List-Unsubscribe for many people: a mailto link whose subject names the person who leaves.

    One line of at most 750 octets, never encoded words: folded at most in front of the angle bracket, since
    blanks inside it would become part of the link in some readers.
    """
    leavers = "\n".join(addresses)
    if not re.fullmatch(_UNRESERVED, leavers):
        leavers = quote(leavers, safe="@\n")
    start = f"<mailto:{_mailto(to)}?subject=unsubscribe%20"
    fold = "\r\n "
    room = _LINE - len("List-Unsubscribe: ") - len(start) - len(">")
    return [
        f"List-Unsubscribe:{' ' if len(leaver) <= room else fold}{start}{leaver}>\r\n".encode("ascii")
        for leaver in leavers.split("\n")
    ]


def date_header(date: datetime) -> bytes:
    """Write Date with a numeric zone and English names, whatever the locale; `date` must be aware."""
    offset = date.utcoffset()
    if offset is None:
        raise ValueError("a Date header needs a time with a time zone")
    return _date_line(date, offset)


def parameter_header(name: str, value: str, parameters: tuple[str, ...] = ()) -> bytes:
    """Write a MIME header with its parameters (`charset="utf-8"`), each on a line of its own."""
    return "".join((f"{name}: {value}", *(f";\r\n {parameter}" for parameter in parameters), "\r\n")).encode(
        "ascii"
    )


def ascii_filenames(filenames: Sequence[str]) -> tuple[str, ...]:
    """Find a readable ASCII substitute for each file of a message; a plain name is its own.

    Two names that would come out alike ("邀请函.pdf", "议程.pdf": "file.pdf") are numbered, so that a program which
    knows no other name saves neither over the other.
    """
    names = [_travelling_name(filename) for filename in filenames]
    taken = {name.casefold() for name in names if re.fullmatch(_PLAIN_FILENAME, name)}
    substitutes: list[str] = []
    for name in names:
        candidate = substitute = name if re.fullmatch(_PLAIN_FILENAME, name) else _ascii_filename(name)
        number = 1
        while candidate != name and candidate.casefold() in taken:
            number += 1
            stem, dot, ending = substitute.rpartition(".")
            candidate = f"{stem}-{number}.{ending}" if dot else f"{substitute}-{number}"
        taken.add(candidate.casefold())
        substitutes.append(candidate)
    return tuple(substitutes)


def file_headers(filename: str, media_type: str, disposition: str, substitute: str) -> bytes:
    """Write Content-Type, Content-Transfer-Encoding and Content-Disposition of a file that travels in base64.

    A media type that is none, or that RFC 2046 forbids to encode (multipart/*, message/*), becomes
    application/octet-stream. `substitute` is the name's own of `ascii_filenames`.

    The exact name is `filename*` (RFC 2231), in UTF-8. It stands before its ASCII substitute: a reader that knows
    only the first of two then takes the right one. Programs that know no RFC 2231 find the substitute in
    `filename`, and those that look at Content-Type alone, as Outlook Express did, in `name`. No encoded word stands
    there: RFC 2047 section 5 forbids it, and readers that keep to that would show "=?utf-8?…".
    """
    name = _travelling_name(filename)
    lowered = media_type.lower()
    known = lowered if re.fullmatch(_MEDIA_TYPE, lowered) else "application/octet-stream"
    exact = () if name == substitute else _extended_parameter("filename", name)
    return b"".join(
        (
            parameter_header("Content-Type", known, (f'name="{substitute}"',)),
            b"Content-Transfer-Encoding: base64\r\n",
            parameter_header("Content-Disposition", disposition, (*exact, f'filename="{substitute}"')),
        )
    )


def _travelling_name(filename: str) -> str:
    """Return a file's name on one line and without a path."""
    return one_line(filename).replace("/", "_").replace("\\", "_").strip(" ") or "file"


# An edition has one date. Two times that are one moment in different zones are equal, hence the offset beside them.
@lru_cache(maxsize=16)
def _date_line(date: datetime, offset: timedelta) -> bytes:
    minutes = offset // timedelta(minutes=1)
    sign, minutes = ("-", -minutes) if minutes < 0 else ("+", minutes)
    return (
        f"Date: {_DAYS[date.weekday()]}, {date.day:02} {_MONTHS[date.month - 1]} {date.year:04} "
        f"{date.hour:02}:{date.minute:02}:{date.second:02} {sign}{minutes // 60:02}{minutes % 60:02}\r\n"
    ).encode("ascii")


@lru_cache(maxsize=16)
def _mailto(address: str) -> str:
    """Return an address as RFC 6068 wants it in a link."""
    local, _, domain = address.rpartition("@")
    return f"{quote(local, safe='')}@{domain}"


def _folded(start: str, words: list[str]) -> bytes:
    """Fill lines with words of at most 76 octets less `start`; unfolding gives back exactly the same text."""
    lines = [start + words[0]]
    for word in words[1:]:
        if len(lines[-1]) + 1 + len(word) <= _LINE:
            lines[-1] += f" {word}"
        else:
            lines.append(f" {word}")
    return ("\r\n".join(lines) + "\r\n").encode("ascii")


def _phrase(name: str, room: int) -> str:
    """Return a display name as atoms, a quoted string or encoded words; `room` octets are left on its line."""
    if name.isascii() and "=?" not in name and len(name) <= room:
        if not name or _ATOMS.fullmatch(name):
            return name
        quoted = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
        if len(quoted) <= room:
            return quoted
    return _encoded_words(name, room)


def _encoded_words(text: str, room: int) -> str:
    """Return `text` as UTF-8 encoded words, Q or B, whichever is shorter; the first has `room` octets.

    Blanks between two encoded words are no part of the text (RFC 2047 section 6.2), so blanks of the text are
    all inside the words.
    """
    data = text.encode()
    octets_in_q = len(data) + 2 * len(data.translate(None, _Q_ITSELF))
    octets_in_b = (len(data) + 2) // 3 * 4
    by_q = octets_in_q <= octets_in_b
    if (octets_in_q if by_q else octets_in_b) <= min(_WORD, room) - _FRAME:
        if by_q:
            return f"=?utf-8?q?{_in_q(data).decode('ascii')}?="
        return f"=?utf-8?b?{b2a_base64(data, newline=False).decode('ascii')}?="
    characters = [character.encode() for character in text]
    quoted = ["".join([_Q[byte] for byte in character]) for character in characters]
    words: list[str] = []
    at = 0
    while at < len(characters) or not words:
        space = min(_WORD, room if not words else _WORD) - _FRAME
        end = _fill(quoted, at, space) if by_q else _fill(characters, at, space // 4 * 3)
        if by_q:
            words.append(f"=?utf-8?q?{''.join(quoted[at:end])}?=")
        else:
            words.append(f"=?utf-8?b?{b2a_base64(b''.join(characters[at:end]), newline=False).decode()}?=")
        at = end
    return "\r\n ".join(words)


def _in_q(data: bytes) -> bytes:
    """Quote the octets of a word in a phrase; no blank stands at the end. In C, but for signs such as a dot."""
    quoted = b2a_qp(data, header=True).replace(b"=\n", b"")  # it breaks long lines
    return _TO_QUOTE.sub(lambda found: b"=%02X" % found[0][0], quoted)


def _fill(pieces: list[str] | list[bytes], at: int, space: int) -> int:
    """Return the end of the longest run from `at` on whose pieces fit into `space`; at least one piece."""
    used, end = 0, at
    while end < len(pieces) and (end == at or used + len(pieces[end]) <= space):
        used += len(pieces[end])
        end += 1
    return end


def _extended_parameter(name: str, value: str) -> tuple[str, ...]:
    """Write a parameter of any characters by RFC 2231, in numbered parts when one line is too short."""
    characters = [quote(character, safe="") for character in value]
    whole = f"{name}*=utf-8''{''.join(characters)}"
    if len(whole) <= _LINE - 2:  # the blank before it and the semicolon after it
        return (whole,)
    parts: list[str] = []
    at = 0
    while at < len(characters):
        start = f"{name}*{len(parts)}*=" + ("" if parts else "utf-8''")
        end = _fill(characters, at, _LINE - 2 - len(start))
        parts.append(start + "".join(characters[at:end]))
        at = end
    return tuple(parts)


def _ascii_filename(name: str) -> str:
    """Return a readable ASCII substitute of at most 60 characters, its ending kept."""
    spelled = unicodedata.normalize("NFKD", unicodedata.normalize("NFC", name).translate(_GERMAN))
    bare = "".join(character for character in spelled if not unicodedata.combining(character))
    ascii_only = re.sub(r"[^A-Za-z0-9 ._()+-]+", "_", bare)
    stem, dot, ending = ascii_only.rpartition(".")
    if not dot or len(ending) > 8:
        stem, dot, ending = ascii_only, "", ""
    readable = re.search(r"[A-Za-z0-9]", stem) is not None
    return f"{(stem if readable else 'file')[:50]}{dot}{ending}"
