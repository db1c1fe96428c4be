"""Take a text apart into a header and rows, the way Excel, Outlook and people write lists.

    'sep=;\nE-Mail;Name\nann@example.org;Ann' -> Table(";", Columns(...), 2, rows: Row(3, ["ann@example.org", "Ann"]))

Pure. Semicolon, comma or tab, chosen by the header; quoted cells may hold line breaks. Not csv.Sniffer: it fails on
lists of one column, the most frequent kind, and knows no `sep=` line. Source: RFC 4180.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from isa_mail.errors import ListError
from isa_mail.model import Place
from isa_mail.recipients.columns import Columns, nearest_to_address, understand

if TYPE_CHECKING:
    from _csv import Reader as CsvReader

_DELIMITERS = (";", "\t", ",")
_AROUND = " \t\n\u00a0\u2007\u202f\u3000\u200b\u2060\ufeff"
_LONGEST_HEADER_LINES = (
    20  # a header cell may hold line breaks; a quote that stays open longer was never closed
)


@dataclass(frozen=True, slots=True)
class Row:
    """One row with content; `cells` are as they stand in the file."""

    line: int  # where it starts, counted from 1
    cells: list[str]


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """One row whose cells cannot be told apart, while those after it can."""

    line: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Table:
    """A list with a header. `rows` can be run through once."""

    delimiter: str
    columns: Columns
    header_line: int
    rows: Iterator[Row | BrokenRow]


def read_table(text: str, file: str) -> Table:
    """Read the header, and prepare the rows. Line ends are "\\n"; `file` is for the places in errors.

    Raises ListError if there is no header, no column for addresses, or a quote that is never closed; that may
    happen while `rows` are read, too: then none of the rows may be used.
    """
    lines = io.StringIO(text)
    number, start = 0, 0
    delimiters: tuple[str, ...] = _DELIMITERS
    while line := lines.readline():
        number += 1
        declared = _declared_delimiter(line) if delimiters is _DELIMITERS else None
        if declared:
            delimiters = (declared,)
        elif line.strip(_AROUND + '";,'):
            break
        start = lines.tell()
    else:
        raise ListError(
            f"The list {file} is empty.", place=Place(file), hint="Write a header and addresses into it."
        )
    if "\0" in line:
        raise ListError(
            f"{file} is in an encoding that is not known.",
            place=Place(file),
            hint='Open it in Excel and save it as "CSV UTF-8".',
        )
    outside = "".join(line.split('"')[::2])
    by_frequency = sorted(delimiters, key=outside.count, reverse=True)
    delimiter, columns = _header(lines, start, by_frequency, Place(file, number))
    lines.seek(start)
    return Table(delimiter, columns, number, _rows(lines, number - 1, columns, delimiter, file))


def clean(cell: str) -> str:
    """Take blanks of all kinds off both ends of a cell."""
    return cell.strip(_AROUND)


def _declared_delimiter(line: str) -> str | None:
    """Read the line `sep=;` by which Excel is told the delimiter."""
    bare = line.rstrip("\n").strip('" ')
    return bare[4] if len(bare) == 5 and bare[:4].lower() == "sep=" else None


def _header(lines: io.StringIO, start: int, delimiters: list[str], place: Place) -> tuple[str, Columns]:
    """Take the first delimiter that makes a column for addresses appear; the most frequent one comes first."""
    first: Columns | None = None
    for delimiter in delimiters:
        lines.seek(start)
        try:
            cells = next(_reader(lines, delimiter))
        except csv.Error:
            if delimiter == delimiters[0]:
                raise _never_closed(place) from None
            continue
        columns = understand([" ".join(clean(cell).split()) for cell in cells])
        if "address" in columns.known:
            return delimiter, columns
        first = first or columns
    assert first is not None
    raise _no_address_column(first, place)


def _rows(
    lines: Iterator[str], before: int, columns: Columns, delimiter: str, file: str
) -> Iterator[Row | BrokenRow]:
    """Skip the header and yield the rows that are not empty; `before` is the number of lines in front of it."""
    last = [""]
    reader = _reader(_remembered(lines, last), delimiter)
    next(reader)
    while True:
        line = before + reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            if before + reader.line_num > line:  # it went on over line ends: other rows are inside
                raise _never_closed(Place(file, line)) from None
            text = clean(last[0])
            if len(columns.headers) == 1 and text.endswith(">"):
                yield Row(
                    line, [text]
                )  # '"Name" <a@b>', as pasted from a mail: there is nothing to tell apart
            else:
                yield BrokenRow(line, text, 'The quotation marks do not match: a " is missing or too many.')
            continue
        if clean("".join(cells)):
            yield Row(line, cells)


def _remembered(lines: Iterator[str], last: list[str]) -> Iterator[str]:
    """Pass lines on, and keep the one that was taken last in `last[0]`."""
    for line in lines:
        last[0] = line
        yield line


def _reader(lines: Iterator[str], delimiter: str) -> "CsvReader":
    # Without `strict` an open quote would swallow all people after it in silence.
    return csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True)


def _never_closed(place: Place) -> ListError:
    return ListError(
        'A quotation mark " opens in this row and is not closed where it should be; the rows after it cannot be '
        "told apart.",
        place=place,
        hint='Take the single " out of that row, or double it, and save the list again.',
    )


def _no_address_column(columns: Columns, place: Place) -> ListError:
    """Say what was found instead, with the most helpful next step."""
    if any("@" in header for header in columns.headers):
        return ListError(
            f"{place.file} has no header: its first row holds an address already.",
            place=place,
            hint="Put a row with the names of the columns above it, for example: E-Mail;Vorname;Nachname",
        )
    names = ", ".join(repr(header) for header in columns.headers if header)
    nearest = nearest_to_address(columns.headers)
    return ListError(
        f"{place.file} has no column for the addresses; its columns are {names}.",
        place=place,
        hint=f"Rename the column {nearest!r} to 'E-Mail'."
        if nearest
        else "Call the column with the addresses 'E-Mail'. The names must stand in the first row that is not empty.",
    )
