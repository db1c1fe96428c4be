"""Bytes to text, whatever Excel, Word or Notepad saved.

    b"\\xef\\xbb\\xbfTitel: M\\xc3\\xbchle\\r\\n" -> Decoded("Titel: Mühle\\n", "utf-8")

Pure. Read by `content/` and `recipients/`. A fixed ladder instead of a detector: a byte order mark, then UTF-8, then
Windows-1252. Detectors guess wrong on short German texts, and nobody can tell when; the ladder's last step is named in
`Decoded.encoding`, so that callers can show that it was a guess. Lists, which a Chinese Excel writes too, have one
step more (`encoding_of`): Chinese characters are pairs of high bytes, umlauts stand alone among ASCII letters.
"""

import codecs
import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_HIGH_RUN = re.compile(rb"[\xa1-\xfe]+")


class Decoded(NamedTuple):
    """A text whose lines end in "\\n", without byte order mark."""

    text: str
    encoding: str  # "utf-8", "utf-16", "gb18030" or "cp1252"


def decode(data: bytes) -> Decoded:
    """Decode a file's bytes. Raises UnicodeDecodeError if they are no text in any of the three encodings."""
    if data.startswith(_UTF8_MARK):
        return _decoded(data, "utf-8")
    if data.startswith(_UTF16_MARKS):
        return _decoded(data, "utf-16")
    try:
        return _decoded(data, "utf-8")
    except UnicodeDecodeError:
        return _decoded(data, "cp1252")


def decode_any(data: bytes) -> Decoded:
    """Decode a file that may come from a Chinese program, too. Raises UnicodeDecodeError if it is no text in any."""
    encoding = encoding_of(lambda: (data,))
    return decode(data) if encoding is None else _decoded(data, encoding)


def encoding_of(chunks: Callable[[], Iterable[bytes]]) -> str | None:
    """Name the encoding of a file that is too large to hold: "utf-8", "utf-16", "gb18030" or "cp1252".

    `chunks` gives its bytes from the start each time it is called, in pieces of any size. None: no text in any.
    """
    start = next(iter(chunks()), b"")
    if start.startswith(_UTF16_MARKS):
        return "utf-16" if _decodes(chunks(), "utf-16") else None
    if _decodes(chunks(), "utf-8"):
        return "utf-8"
    if start.startswith(_UTF8_MARK):
        return None
    likely = ("gb18030", "cp1252") if _has_chinese_pairs(chunks()) else ("cp1252",)
    return next((name for name in likely if _decodes(chunks(), name)), None)


def _decodes(chunks: Iterable[bytes], encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for chunk in chunks:
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _has_chinese_pairs(chunks: Iterable[bytes]) -> bool:
    """Weigh pairs of bytes as in Chinese characters against single ones, as in umlauts."""
    pairs = singles = 0
    for chunk in chunks:
        for run in _HIGH_RUN.findall(chunk):
            pairs += len(run) // 2
            singles += len(run) % 2
    return pairs > singles


def _decoded(data: bytes, encoding: str) -> Decoded:
    text = data.decode(encoding).lstrip("\ufeff")  # some programs put a second mark before the first
    return Decoded(text.replace("\r\n", "\n").replace("\r", "\n"), encoding)
