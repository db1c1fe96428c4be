"""Bytes as offices save them -> text.

    b"\\xef\\xbb\\xbfTitel: M\\xc3\\xbcnchen\\r\\n" -> Decoded("Titel: München\\n", "utf-8")

Pure. The ladder is fixed (byte order mark, UTF-8, cp1252): it read all encodings that Excel and Notepad write,
where guessing by statistics took cp1252 for cp1250. Callers say aloud when cp1252 was read.
"""

import codecs
from dataclasses import dataclass

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text whose lines end in "\\n", and the encoding it was in: "utf-8", "utf-16" or "cp1252"."""

    text: str
    encoding: str


def decode(data: bytes) -> Decoded:
    """Read text in UTF-8 or UTF-16 with a byte order mark, in UTF-8 without, else in Windows-1252.

    Raises UnicodeDecodeError if it is none of these.
    """
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    if encoding is not None:
        text = data.decode(encoding).removeprefix("\ufeff")
    else:
        try:
            text, encoding = data.decode("utf-8"), "utf-8"
        except UnicodeDecodeError:
            text, encoding = data.decode("cp1252"), "cp1252"
    return Decoded(text.replace("\r\n", "\n").replace("\r", "\n"), encoding)
