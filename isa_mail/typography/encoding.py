"""Bytes to text, whatever Excel, Word or Notepad saved.

    b"\\xef\\xbb\\xbfTitel: M\\xc3\\xbchle\\r\\n" -> Decoded("Titel: Mühle\\n", "utf-8")

Pure. Read by `content/` and `recipients/`. A fixed ladder instead of a detector: a byte order mark, then UTF-8, then
Windows-1252. Detectors guess wrong on short German texts, and nobody can tell when; the ladder's last step is named in
`Decoded.encoding`, so that callers can show that it was a guess.
"""

from dataclasses import dataclass

_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text whose lines end in "\\n", without byte order mark."""

    text: str
    encoding: str  # "utf-8", "utf-16" or "cp1252"


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


def _decoded(data: bytes, encoding: str) -> Decoded:
    text = data.decode(encoding).lstrip("\ufeff")  # some programs put a second mark before the first
    return Decoded(text.replace("\r\n", "\n").replace("\r", "\n"), encoding)
