"""Read the recipient lists: one recipient a person, the first list wins, and nobody is dropped in silence.

    recipients/members.csv, "E-Mail;Vorname\nAnn@Example.org;Ann"
        -> Recipient("Ann@example.org", name="Ann", fields={"address": …, "e_mail": …, "first_name": "Ann", …})

Edge: reads files. `table.py` takes the text apart, `columns.py` knows what the columns mean, this page makes people
of rows. A row's values are data: nothing in a cell is executed, and no control character gets through.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from isa_mail.addresses import parse_address, parse_mailbox
from isa_mail.errors import AddressError, ListError
from isa_mail.model import Finding, Place, Recipient, RefusedRow
from isa_mail.recipients import columns as header
from isa_mail.recipients.columns import Columns
from isa_mail.recipients.findings import nameless_column, not_utf8, rows_in_one, unknown_language
from isa_mail.recipients.table import BrokenRow, Row, Table, clean, read_table
from isa_mail.typography.encoding import decode
from isa_mail.typography.languages import language_code

_SUFFIXES = (".csv", ".tsv", ".txt")
_BREAK = re.compile(r"[ \t]*[\t\n\u2028\u2029][ \t\n\u2028\u2029]*")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # all but tab and line feed
_CHINESE = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+")
_MAILTO = "mailto:"
_SEVERAL = "The row holds more than one address; each person needs a row of their own."

Entry: TypeAlias = Recipient | RefusedRow | Finding


@dataclass(frozen=True, slots=True)
class OpenList:
    """A list whose header was read. `entries` can be run through once; it holds one row at a time."""

    file: str
    encoding: str
    delimiter: str
    columns: Columns
    entries: Iterator[Entry]


@dataclass(frozen=True, slots=True)
class ListReport:
    """What one list held. rows = usable + duplicates + refused."""

    file: str
    encoding: str
    delimiter: str
    rows: int
    usable: int
    duplicates: int  # people who stand on this list, or one before it, already
    refused: int
    columns: Mapping[str, str]  # header -> "address", "first_name" ...: what was understood
    merge_fields: Mapping[str, str]  # header -> merge field: all other columns


@dataclass(frozen=True, slots=True)
class RecipientLists:
    """All lists of a run. One recipient per key, in the order of the lists."""

    recipients: tuple[Recipient, ...]
    refused: tuple[RefusedRow, ...]
    lists: tuple[ListReport, ...]
    findings: tuple[Finding, ...]
    columns: tuple[str, ...]  # every merge field that the lists offer, sorted

    @property
    def duplicates(self) -> int:
        return sum(report.duplicates for report in self.lists)


def read_lists(paths: Sequence[Path], *, root: Path) -> RecipientLists:
    """Read lists in this order; `root` is the workspace, which places are relative to.

    Raises ListError if one of them cannot be read at all.
    """
    people: dict[str, Recipient] = {}
    refused: list[RefusedRow] = []
    findings: list[Finding] = []
    reports: list[ListReport] = []
    offered: set[str] = set()
    for path in paths:
        opened = open_list(path, root=root)
        usable = duplicates = rejected = 0
        for entry in opened.entries:
            if isinstance(entry, Finding):
                findings.append(entry)
            elif isinstance(entry, RefusedRow):
                refused.append(entry)
                rejected += 1
            elif people.setdefault(entry.key, entry) is entry:
                usable += 1
            else:
                duplicates += 1
        reports.append(_report(opened, usable, duplicates, rejected))
        offered |= _offered(opened.columns)
    return RecipientLists(
        tuple(people.values()), tuple(refused), tuple(reports), tuple(findings), tuple(sorted(offered))
    )


def open_list(path: Path, *, root: Path) -> OpenList:
    """Open one list and understand its header; its rows are made into people as they are asked for.

    Raises ListError, also while `entries` are read.
    """
    file = path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
    text, encoding = _text(path, file)
    table = read_table(text, file)
    return OpenList(file, encoding, table.delimiter, table.columns, _entries(table, file, encoding))


def _text(path: Path, file: str) -> tuple[str, str]:
    save_as = 'Open it in Excel and save it as "CSV UTF-8" (Datei, Speichern unter, Dateityp).'
    if path.suffix.lower() not in _SUFFIXES:
        raise ListError(f"{file} is not a CSV file.", place=Place(file), hint=save_as)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ListError(
            f"The list {file} cannot be read: {error.strerror}.",
            place=Place(file),
            hint="See that the file exists, that you may read it, and that its name is spelt right.",
        ) from error
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise ListError(
            f"{file} is an Excel file with the name of a CSV file.", place=Place(file), hint=save_as
        )
    try:
        decoded = decode(data)
    except UnicodeDecodeError as error:
        raise ListError(
            f"{file} is in an encoding that is not known.", place=Place(file), hint=save_as
        ) from error
    return decoded.text, decoded.encoding


def _entries(table: Table, file: str, encoding: str) -> Iterator[Entry]:
    yield from header.findings(table.columns, Place(file, table.header_line))
    told: set[str] = set()
    for row in table.rows:
        place = Place(file, row.line)
        if isinstance(row, BrokenRow):
            yield RefusedRow(place, row.text, row.reason)
            continue
        made = _recipient(row, table.columns, place)
        yield made
        if isinstance(made, Recipient):
            yield from _unknown_language(made, told)
        yield from _odd_cells(row, place, table, told)
        if encoding == "cp1252" and "L107" not in told and (odd := _first_odd(row)):
            told.add("L107")
            yield not_utf8(place, odd)


def _unknown_language(recipient: Recipient, told: set[str]) -> Iterator[Finding]:
    language = recipient.fields.get("language", "")
    if language and recipient.language is None and language not in told:
        told.add(language)
        yield unknown_language(recipient.place, language)


def _odd_cells(row: Row, place: Place, table: Table, told: set[str]) -> Iterator[Finding]:
    """Find cells that are left out, or hold more than they should."""
    if "L105" not in told:
        for index in table.columns.nameless:
            if index < len(row.cells) and clean(row.cells[index]):
                told.add("L105")
                yield nameless_column(place, row.cells[index])
                break
    for cell in row.cells:
        if "\n" in cell and "@" in cell and table.delimiter in cell:
            yield rows_in_one(place, cell)


def _first_odd(row: Row) -> str | None:
    return next((clean(cell) for cell in row.cells if not cell.isascii()), None)


def _recipient(row: Row, columns: Columns, place: Place) -> Recipient | RefusedRow:
    """Make a person of a row, or say why it cannot be used."""
    width = len(columns.headers)
    cells = row.cells + [""] * (width - len(row.cells))  # trailing empty cells are often left away
    at = columns.known["address"]
    written = clean(cells[at])
    joined = "".join(cells)
    if joined.isprintable():  # then the only blank that can occur is the ordinary one
        cells = [cell.strip() for cell in cells]
    elif trouble := _CONTROL.search(joined):
        return RefusedRow(place, written, f"The row holds the control character {trouble[0]!r}.")
    else:
        cells = [_BREAK.sub(" ", clean(cell)) for cell in cells]
    if any(cells[width:]):
        return RefusedRow(place, written, _too_many(cells, width))
    try:
        cells[at], display_name = _address(cells[at])  # without "mailto:", under each of its names
    except AddressError as error:
        return RefusedRow(place, written, error.message)
    values = {meaning: cells[index] for meaning, index in columns.known.items()}
    whole = _full_name(values.get("first_name", ""), values.get("last_name", ""))
    name = values.get("name") or whole or display_name
    said = values.get("language", "")
    language = language_code(said) if said else None
    values |= {"name": name, "language": language or said}
    # A column's own name comes first, even where its cell is empty: {{ Name }} is what stands below "Name".
    values |= {field: cells[index] for index, field in columns.fields}
    values["address"] = cells[at]
    return Recipient(
        cells[at], name, language, {name: value for name, value in values.items() if value}, place
    )


def _full_name(first: str, last: str) -> str:
    """Join the parts of a name: "Anna Probe"; in Chinese characters the surname comes first, "林晓梅"."""
    if _CHINESE.fullmatch(last) and _CHINESE.fullmatch(first):
        return last + first
    return " ".join(filter(None, (first, last)))


def _too_many(cells: Sequence[str], width: int) -> str:
    if any("@" in cell for cell in cells[width:]):
        return _SEVERAL
    return f"The row has {len(cells)} cells, but the header only {width}; is a separator or a quote too many?"


def _address(cell: str) -> tuple[str, str]:
    """Read an address cell: the address as it goes on the wire, and a display name if one stands there.

    Raises AddressError.
    """
    if not cell:
        raise AddressError("The address is missing.", hint="Fill in the cell or delete the row.")
    text = cell[len(_MAILTO) :].lstrip() if cell[: len(_MAILTO)].lower() == _MAILTO else cell
    if "@" not in text or ("<" not in text and text.count("@") == 1):
        return parse_address(text), ""
    mailbox = parse_mailbox(text) if text.count("<") == 1 and text.endswith(">") else None
    if mailbox is None or "@" in mailbox.name.replace(mailbox.address, ""):
        raise AddressError(_SEVERAL, hint="Delete one of them, or copy the row.")
    return mailbox.address, "" if "@" in mailbox.name else mailbox.name


def _report(opened: OpenList, usable: int, duplicates: int, refused: int) -> ListReport:
    understood = {index: meaning for meaning, index in opened.columns.known.items()}
    headers = opened.columns.headers
    return ListReport(
        file=opened.file,
        encoding=opened.encoding,
        delimiter=opened.delimiter,
        rows=usable + duplicates + refused,
        usable=usable,
        duplicates=duplicates,
        refused=refused,
        columns={headers[index]: meaning for index, meaning in sorted(understood.items())},
        merge_fields={
            headers[index]: field for index, field in opened.columns.fields if index not in understood
        },
    )


def _offered(columns: Columns) -> set[str]:
    return {field for _, field in columns.fields} | set(columns.known) | {"name"}
