"""Open a list that is a text file, in whatever encoding Excel, Outlook or Notepad saved it.

    recipients/members.csv -> OpenText("cp1252", lines: "E-Mail;Name\\n", "ann@example.org;Ann\\n", …)

Edge: reads files. The encoding is found in a run of its own over the file, so that lines can then be read one by one
and a list of a million rows needs no more memory than a short one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from isa_mail.errors import ListError
from isa_mail.model.findings import Place
from isa_mail.typography.encoding import encoding_of

SAVE_AS = 'Open it in Excel and save it as "CSV UTF-8" (Datei, Speichern unter, Dateityp).'
_CHUNK = 1 << 20  # octets


class OpenText(NamedTuple):
    """A text list. `lines` end in "\\n", whatever the file has, and can be run through once."""

    encoding: str  # "utf-8", "utf-16", "gb18030" or "cp1252"
    lines: Iterator[str]


def open_text(path: Path, file: str) -> OpenText:
    """Find out the encoding and prepare the lines; `file` is for the places in errors.

    Raises ListError if the file cannot be read or is no text; the first also while `lines` are read.
    """
    with _explained(file):
        encoding = encoding_of(lambda: _chunks(path))
    if encoding is None:
        raise ListError(f"{file} is in an encoding that is not known.", place=Place(file), hint=SAVE_AS)
    return OpenText(encoding, _lines(path, file, encoding))


def first_octets(path: Path, file: str) -> bytes:
    """Read the few octets by which a workbook is told from a text. Raises ListError."""
    with _explained(file), path.open("rb") as stream:
        return stream.read(8)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk


def _lines(path: Path, file: str, encoding: str) -> Iterator[str]:
    codec = "utf-8-sig" if encoding == "utf-8" else encoding
    with _explained(file), path.open(encoding=codec) as stream:
        # Some programs put a second mark before the first.
        yield from chain([stream.readline().lstrip("\ufeff")], stream)


@contextmanager
def _explained(file: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ListError(
            f"The list {file} cannot be read: {error.strerror}.",
            place=Place(file),
            hint="See that the file exists, that you may read it, that no other program has it open, and that its "
            "name is spelt right.",
        ) from error
    except UnicodeDecodeError as error:  # it changed between the two runs
        raise ListError(
            f"The list {file} was changed while it was being read.", place=Place(file), hint="Try again."
        ) from error
