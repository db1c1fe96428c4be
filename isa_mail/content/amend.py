"""A text file with a few characters changed, all other bytes as they were.

    amend(Path("20-bericht.txt"), "der  Stadt\\n", "der Stadt\\n")

Edge: rewrites one file as a whole or not at all. Encoding, byte order mark and the end of each line stay the author's.
"""

import os
import re
import shutil
from pathlib import Path

from isa_mail.errors import ContentError
from isa_mail.model.findings import Place
from isa_mail.typography.encoding import decode

_LINE_END = re.compile("(\r\n|\r|\n)")
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


def amend(path: Path, before: str, after: str, place: Place) -> None:
    """Make a file's text `after`, if it still is `before`; both have lines that end in "\\n", as many of them.

    Raises ContentError if the file has changed meanwhile, or if its encoding has no room for a new character.
    """
    data = path.read_bytes()
    if decode(data).text != before:
        raise ContentError(
            "The file was changed by somebody else just now.",
            place=place,
            hint="Run the same command again.",
        )
    mark, encoding = _encoding(data)
    text = data[len(mark) :].decode(encoding)
    bare = text.lstrip("\ufeff")
    ends = _LINE_END.findall(bare)
    lines = after.split("\n")
    assert len(lines) == len(ends) + 1, "no line is joined or parted"
    new = "".join(line + end for line, end in zip(lines, [*ends, ""], strict=True))
    try:
        encoded = (text[: len(text) - len(bare)] + new).encode(encoding)
    except UnicodeEncodeError as error:
        raise ContentError(
            f"The file is not in UTF-8, and its encoding has no room for {new[error.start : error.end]!r}.",
            place=place,
            hint="Save it again as plain text in UTF-8 (in Notepad: Save as, encoding UTF-8), then run this again.",
        ) from error
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_bytes(mark + encoded)
    shutil.copymode(path, fresh)
    os.replace(fresh, path)  # noqa: PTH105 (the same as Path.replace, and says that it is one step)


def _encoding(data: bytes) -> tuple[bytes, str]:
    """Find the byte order mark, if there is one, and the codec of what follows it."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return mark, encoding
    return b"", "utf-8" if decode(data).encoding == "utf-8" else "cp1252"
