"""Open a list that is a sheet of a workbook: .xlsx, .xls or .ods.

    recipients/lists.xlsx, "Press" -> OpenSheet("Press", rows: (1, ["E-Mail", "Name"]), (2, ["ann@example.org"]))

Edge: reads files; the only page with python-calamine. Row numbers are those that Excel shows. A formula counts with
the value that was last saved; colours and hidden rows are not known, so what they mean must stand in a column.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from isa_mail.errors import ListError
from isa_mail.model import Place
from isa_mail.recipients.table import Row

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

SUFFIXES = (".xlsx", ".xlsm", ".xls", ".ods")
MARKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How such files begin, whatever they are called."""


@dataclass(frozen=True, slots=True)
class OpenSheet:
    """One sheet; `rows` can be run through once, rows without content left out."""

    name: str
    alone: bool  # whether it is the only one with content, so that nobody has to name it
    rows: Iterator[Row]


def open_sheet(path: Path, name: str | None, file: str) -> OpenSheet:
    """Open the sheet of that name, or the only one that has content.

    Raises ListError if the file is no workbook, if there is no such sheet, or if several could be meant.
    """
    with _explained(file):
        from python_calamine import CalamineWorkbook

        with path.open("rb") as stream:  # by content: staff rename files
            workbook = CalamineWorkbook.from_filelike(stream)
        filled = _filled_sheets(workbook)
        if name is None and len(filled) == 1:
            name = filled[0]
        if name in workbook.sheet_names:
            sheet = workbook.get_sheet_by_name(name)
            return OpenSheet(name, filled == [name], _rows(sheet, file))
    raise _which_sheet(name, filled, file)


def _filled_sheets(workbook: "CalamineWorkbook") -> list[str]:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    visible = [
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.visible is SheetVisibleEnum.Visible and sheet.typ is SheetTypeEnum.WorkSheet
    ]
    return [name for name in visible if workbook.get_sheet_by_name(name).height]


def _rows(sheet: "CalamineSheet", file: str) -> Iterator[Row]:
    with _explained(file):
        for number, values in enumerate(sheet.iter_rows(), 1):
            cells = [_text(value) for value in values]
            if any(cells):
                yield number, cells


def _text(value: Any) -> str:
    """Write a cell's value as a person would; a whole number has no decimals, a date is 2026-09-30."""
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n")
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return str(value)


def _which_sheet(name: str | None, filled: list[str], file: str) -> ListError:
    if not filled:
        return ListError(
            f"The list {file} is empty.", place=Place(file), hint="Write a header and addresses into it."
        )
    sheets = ", ".join(f"{sheet!r}" for sheet in filled)
    plain = file.removesuffix(f"#{name}")
    return ListError(
        f"{plain} has several sheets: {sheets}." if name is None else f"{plain} has no sheet {name!r}.",
        place=Place(plain),
        hint=f"Name the one that is meant, after a #: {plain.rsplit('/', 1)[-1]}#{filled[0]}"
        + ("" if name is None else f". Its sheets are {sheets}."),
    )


@contextmanager
def _explained(file: str) -> Iterator[None]:
    """Turn what the library says about a broken file into a ListError; its panics are no Exceptions."""
    try:
        yield
    except ListError:
        raise
    except OSError as error:
        raise ListError(
            f"The list {file} cannot be read: {error.strerror}.",
            place=Place(file),
            hint="See that the file exists, that you may read it, and that Excel does not have it open.",
        ) from error
    except BaseException as error:
        module, kind = type(error).__module__, type(error).__name__
        if kind == "PasswordError":
            raise ListError(
                f"{file} is protected by a password.",
                place=Place(file),
                hint="Open it in Excel, take the password off (Datei, Informationen) and save it again.",
            ) from error
        if kind != "PanicException" and module.split(".")[0] not in ("python_calamine", "_python_calamine"):
            raise
        raise ListError(
            f"{file} is damaged, or no workbook that Excel or LibreOffice wrote.",
            place=Place(file),
            hint='Open it in Excel and save it again, as workbook (.xlsx) or as "CSV UTF-8".',
        ) from error
