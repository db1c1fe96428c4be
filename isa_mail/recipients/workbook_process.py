"""The process that reads a workbook for `workbook.py`: python -m isa_mail.recipients.workbook_process FILE [SHEET]

    -> {"name": "Press", "filled": ["Members", "Press"]}    [1, ["E-Mail", "Name"]]    …    null

Edge: reads a file, writes a line of JSON each to stdout; the only page with python-calamine. `name` is null if no sheet
is meant; instead of any line there may be {"error": "password"}, {"error": "damaged"} or what the system says. Only
after the last row comes null: whatever ends the process before it, the rows are not all there.
"""

import contextlib
import json
import sys
from collections.abc import Iterator
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

_MEMORY = 2 << 30  # octets; a sheet of a million rows needs a quarter


def main(arguments: list[str]) -> None:
    """Write what there is to say of a workbook."""
    _limit_memory()
    try:
        for value in _values(arguments[0], arguments[1] if len(arguments) > 1 else None):
            _write(value)
    except OSError as error:
        _write({"error": error.strerror or str(error)})
    except Exception as error:
        _write({"error": "password" if type(error).__name__ == "PasswordError" else "damaged"})
    else:
        _write(None)


def _values(file: str, name: str | None) -> Iterator[Any]:
    from python_calamine import CalamineWorkbook

    with Path(file).open("rb") as stream:  # by content, since staff rename files
        workbook = CalamineWorkbook.from_filelike(stream)
    filled = _filled_sheets(workbook)
    if name is None and len(filled) == 1:
        name = filled[0]
    chosen = name if name in workbook.sheet_names else None
    yield {"name": chosen, "filled": filled}
    if chosen is not None:
        for number, values in enumerate(workbook.get_sheet_by_name(chosen).iter_rows(), 1):
            cells = [_text(value) for value in values]
            if any(cells):
                yield number, cells


def _filled_sheets(workbook: "CalamineWorkbook") -> list[str]:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    visible = [
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.visible is SheetVisibleEnum.Visible and sheet.typ is SheetTypeEnum.WorkSheet
    ]
    return [name for name in visible if workbook.get_sheet_by_name(name).height]


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


def _limit_memory() -> None:
    """Let a sheet that claims to be huge fail here instead of taking the machine's memory; POSIX only."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def _write(value: Any) -> None:
    sys.stdout.buffer.write(json.dumps(value).encode("ascii") + b"\n")


if __name__ == "__main__":
    main(sys.argv[1:])
