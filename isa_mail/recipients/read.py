"""Open a recipient list, whatever program wrote it: its header understood, its rows ready to be gone through.

    recipients/members.csv, "E-Mail;Vorname\\nann@example.org;Ann"
        -> OpenList(…, entries: StagedRow("ann@example.org", 0, 2, "ann@example.org\\x1fAnn\\x1fAnn", None))

Edge: reads files, by `files.py` and `workbook.py`. `table.py` finds the header, `rows.py` goes through the rows.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from isa_mail.errors import ListError
from isa_mail.model.findings import Finding, Place
from isa_mail.model.people import ListHeader
from isa_mail.recipients import findings
from isa_mail.recipients.columns import Columns
from isa_mail.recipients.columns import findings as column_findings
from isa_mail.recipients.files import SAVE_AS, first_octets, open_text
from isa_mail.recipients.people import list_header
from isa_mail.recipients.rows import Entry, RowReader
from isa_mail.recipients.table import Table, read_sheet, read_table

_TEXTS = (".csv", ".tsv", ".txt")
_WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")
_WORKBOOK_MARKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # how such files begin, whatever they are called


class Understood(NamedTuple):
    """How a list was read; people see this, so that a wrong guess is seen too."""

    file: str  # relative to the workspace; a workbook's sheet after a #
    encoding: str  # "utf-8", "utf-16", "gb18030", "cp1252", or "workbook"
    delimiter: str  # "" if there is none
    header_line: int | None  # None: no header, every entry is an address
    columns: Mapping[str, str]  # header -> "address", "first_name" …: what was understood
    merge_fields: Mapping[str, str]  # header -> merge field: all other columns


class OpenList(NamedTuple):
    """A list whose header was read. `entries` can be run through once, one row in memory at a time."""

    understood: Understood
    headings: tuple[str, ...]
    header: ListHeader
    offered: frozenset[str]  # the merge fields that its people may have
    entries: Iterator[Entry]


def open_list(path: Path, *, root: Path, sheet: str | None = None, number: int = 0) -> OpenList:
    """Open one list; `root` is the workspace, `number` the list's place in the run, counted from 0.

    `sheet` names a workbook's sheet; None: the only one. Raises ListError, also while `entries` are read.
    """
    file = _named(path, root)
    if path.suffix.lower() not in (*_TEXTS, *_WORKBOOKS):
        kinds = ", ".join((*_TEXTS, *_WORKBOOKS))
        raise ListError(f"{file} is no list: lists are {kinds} files.", place=Place(file), hint=SAVE_AS)
    if _is_workbook(path, file):
        from isa_mail.recipients.workbook import open_sheet

        opened = open_sheet(path, sheet, f"{file}#{sheet}" if sheet else file)
        file = file if opened.alone else f"{file}#{opened.name}"
        table, encoding = read_sheet(opened.rows, file), "workbook"
    elif sheet:
        raise ListError(
            f"{file} has no sheets, so none can be named.", place=Place(file), hint=f"Leave out #{sheet}."
        )
    else:
        text = open_text(path, file)
        table, encoding = read_table(text.lines, file), text.encoding
    entries = _entries(table, number, file, encoding)
    columns = table.columns
    return OpenList(
        _understood(table, file, encoding),
        columns.headers,
        list_header(file, columns),
        _offered(columns),
        entries,
    )


def sheets_of(path: Path, *, root: Path) -> tuple[str | None, ...]:
    """Name what `open_list` can open of a file: its sheets if there are several, else None. Raises ListError."""
    file = _named(path, root)
    if not _is_workbook(path, file):
        return (None,)
    from isa_mail.recipients.workbook import filled_sheets

    names = filled_sheets(path, file)
    return names if len(names) > 1 else (None,)


def _named(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def _is_workbook(path: Path, file: str) -> bool:
    return path.suffix.lower() in _WORKBOOKS or first_octets(path, file).startswith(_WORKBOOK_MARKS)


def _entries(table: Table, number: int, file: str, encoding: str) -> Iterator[Entry]:
    yield from _header_findings(table, file)
    yield from RowReader(table, number, file, encoding).entries()


def _header_findings(table: Table, file: str) -> Iterator[Finding]:
    if table.header_line is None:
        yield findings.no_header(Place(file))
        return
    if table.above:
        yield findings.above_header(Place(file), table.above)
    yield from column_findings(table.columns, Place(file, table.header_line))


def _understood(table: Table, file: str, encoding: str) -> Understood:
    columns = table.columns
    meanings = {index: meaning for meaning, index in reversed(list(columns.known.items()))}
    return Understood(
        file=file,
        encoding=encoding,
        delimiter=table.delimiter,
        header_line=table.header_line,
        columns={columns.headers[index]: meaning for index, meaning in sorted(meanings.items())},
        merge_fields={
            columns.headers[index]: field for index, field in columns.fields if index not in meanings
        },
    )


def _offered(columns: Columns) -> frozenset[str]:
    return frozenset({field for _, field in columns.fields} | set(columns.known) | {"name"})
