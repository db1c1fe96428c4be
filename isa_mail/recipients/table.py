"""Take lines apart into a header and rows, the way Excel, Outlook and people write lists.

    "sep=;", "E-Mail;Name", "ann@example.org;Ann" -> Table(";", Columns(…), 2, rows: (3, ["ann@example.org", "Ann"]))

Pure. Semicolon, comma or tab, chosen by the header; quoted cells may hold line breaks; a title may stand above the
header. Not csv.Sniffer: it fails on lists of one column, the most frequent kind, and knows no `sep=` line.
`mailboxes.py` reads what has no header. Source: RFC 4180.
"""

import csv
from collections.abc import Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from isa_mail.errors import ListError
from isa_mail.model.findings import Place
from isa_mail.recipients.columns import Columns, nearest_to_address, understand
from isa_mail.recipients.mailboxes import looks_like_mailboxes, mailboxes

if TYPE_CHECKING:
    from _csv import Reader as CsvReader

_DELIMITERS = (";", "\t", ",")
_AROUND = " \t\n\u00a0\u2007\u202f\u3000\u200b\u2060\ufeff"
_ABOVE = 20  # lines, or rows of a sheet, within which the header begins
_HEAD = 60  # lines kept in memory while it is looked for; a header cell may hold line breaks


Row: TypeAlias = tuple[int, list[str]]
"""One row with content: the line where it starts, counted from 1, and its cells as they stand in the file. A plain
tuple, since a list may have a million of them."""


class BrokenRow(NamedTuple):
    """One row whose cells cannot be told apart, while those after it can."""

    line: int
    text: str
    reason: str


Rows: TypeAlias = Iterator[Row | BrokenRow]


class Table(NamedTuple):
    """A list, understood. `rows` can be run through once."""

    delimiter: str  # "" for a workbook and for a list of mailboxes
    columns: Columns
    header_line: int | None  # None: it has no header, each row is an address
    above: str  # what stands above the header, on one line; "" if nothing does
    rows: Rows


def read_table(lines: Iterator[str], file: str) -> Table:
    """Find the header and prepare the rows. Lines end in "\\n"; `file` is for the places in errors.

    Raises ListError if there is no header, no column for addresses, or a quote that is never closed; that may
    happen while `rows` are read, too: then none of the rows may be used.
    """
    head = list(islice(lines, _HEAD))
    delimiters: tuple[str, ...] = _DELIMITERS
    start = _first_filled(head, 0)
    if start < len(head) and (declared := _declared_delimiter(head[start])):
        delimiters, start = (declared,), _first_filled(head, start + 1)
    if start == len(head):
        raise _empty(file)
    if "\0" in head[start]:
        raise ListError(
            f"{file} is in an encoding that is not known.",
            place=Place(file),
            hint='Open it in Excel and save it as "CSV UTF-8".',
        )
    found = _header(head, start, delimiters)
    if found:
        at, delimiter, columns = found
        rows = _rows(chain(head[at:], lines), at, columns, delimiter, file)
        return Table(delimiter, columns, at + 1, _one_line(head[start:at]), rows)
    if looks_like_mailboxes(head[start]):
        rows = ((line, [text]) for line, text in mailboxes(chain(head[start:], lines), start + 1))
        return Table("", understand(["E-Mail"]), None, "", rows)
    raise _no_header(head, start, delimiters, file)


def read_sheet(rows: Iterator[Row], file: str) -> Table:
    """Find the header of a workbook's sheet. Raises ListError if there is none, or no column for addresses."""
    head = list(islice(rows, _ABOVE))
    for at, (line, cells) in enumerate(head):
        columns = _columns(cells)
        if "address" in columns.known:
            above = _one_line(" ".join(filter(None, before)) for _, before in head[:at])
            return Table("", columns, line, above, chain(head[at + 1 :], rows))
        if _holds_address(cells):
            break
    if not head:
        raise _empty(file)
    line, cells = head[0]
    raise _no_address_column(_columns(cells), Place(file, line))


def clean(cell: str) -> str:
    """Take blanks of all kinds off both ends of a cell."""
    return cell.strip(_AROUND)


# --- the header -------------------------------------------------------------------------------------------


def _first_filled(head: list[str], start: int) -> int:
    filled = (n for n in range(start, len(head)) if head[n].strip(_AROUND + '";,'))
    return next(filled, len(head))


def _declared_delimiter(line: str) -> str | None:
    """Read the line `sep=;` by which Excel is told the delimiter."""
    bare = line.rstrip("\n").rstrip(";,").strip('" ') if len(line) > 7 else line.rstrip("\n").strip('" ')
    return bare[4] if len(bare) == 5 and bare[:4].lower() == "sep=" else None


def _header(head: list[str], start: int, delimiters: tuple[str, ...]) -> tuple[int, str, Columns] | None:
    """Find the first row with a column for addresses: its index in `head`, its delimiter, its columns.

    Stops where a cell is an address: what comes after that is people, and they must not be skipped.
    """
    for at in range(start, min(len(head), start + _ABOVE)):
        for delimiter in _by_frequency(head[at], delimiters):
            cells = _first_record(head[at:], delimiter)
            if cells is None:
                continue
            columns = _columns(cells)
            if "address" in columns.known:
                return at, delimiter, columns
            if _holds_address(cells):
                return None
    return None


def _by_frequency(line: str, delimiters: tuple[str, ...]) -> list[str]:
    outside = "".join(line.split('"')[::2])
    return sorted(delimiters, key=outside.count, reverse=True)


def _first_record(lines: list[str], delimiter: str) -> list[str] | None:
    try:
        return next(_reader(iter(lines), delimiter), None)
    except csv.Error:
        return None


def _columns(cells: list[str]) -> Columns:
    return understand([" ".join(clean(cell).split()) for cell in cells])


def _holds_address(cells: list[str]) -> bool:
    """Say whether a cell is nothing but an address: then its row is a person, or this is no list of ours."""
    return any(cell.count("@") == 1 and " " not in clean(cell) for cell in cells)


def _one_line(lines: Iterator[str] | list[str]) -> str:
    return " ".join(" ".join(lines).replace(";", " ").split())


# --- the rows ---------------------------------------------------------------------------------------------


def _rows(lines: Iterator[str], before: int, columns: Columns, delimiter: str, file: str) -> Rows:
    """Skip the header and yield the rows that are not empty; `before` is the number of lines in front of it."""
    last = [""]
    reader = _reader(_remembered(lines, last), delimiter)
    next(reader)
    while True:
        line = before + reader.line_num + 1
        try:
            for cells in reader:
                if any(cells):
                    yield line, cells
                line = before + reader.line_num + 1
        except csv.Error:
            if before + reader.line_num > line:  # it went on over line ends: other rows are inside
                raise _never_closed(Place(file, line)) from None
            text = clean(last[0])
            if len(columns.headers) == 1 and text.endswith(">"):
                yield line, [text]  # '"Name" <a@b>', as pasted: there is nothing to tell apart
            else:
                yield BrokenRow(line, text, 'The quotation marks do not match: a " is missing or too many.')
        else:
            return


def _remembered(lines: Iterator[str], last: list[str]) -> Iterator[str]:
    """Pass lines on, and keep the one that was taken last in `last[0]`."""
    for line in lines:
        last[0] = line
        yield line


def _reader(lines: Iterator[str], delimiter: str) -> "CsvReader":
    # Without `strict` an open quote would swallow all people after it in silence.
    return csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True)


# --- what cannot be read ----------------------------------------------------------------------------------


def _empty(file: str) -> ListError:
    return ListError(
        f"The list {file} is empty.", place=Place(file), hint="Write a header and addresses into it."
    )


def _never_closed(place: Place) -> ListError:
    return ListError(
        'A quotation mark " opens in this row and is not closed where it should be; the rows after it cannot be '
        "told apart.",
        place=place,
        hint='Take the single " out of that row, or double it, and save the list again.',
    )


def _no_header(head: list[str], start: int, delimiters: tuple[str, ...], file: str) -> ListError:
    place = Place(file, start + 1)
    cells = _first_record(head[start:], _by_frequency(head[start], delimiters)[0])
    return _never_closed(place) if cells is None else _no_address_column(_columns(cells), place)


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
        else f"Call the column with the addresses 'E-Mail'. The names must stand in one of the first {_ABOVE} rows.",
    )
