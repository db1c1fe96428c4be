"""Open a list that is a sheet of a workbook: .xlsx, .xls or .ods.

    recipients/lists.xlsx, "Press" -> OpenSheet("Press", rows: (1, ["E-Mail", "Name"]), (2, ["ann@example.org", "Ann"]))

Edge: runs `workbook_process.py`, which reads the file, as a process of its own: on some damaged files the library that
knows these formats ends its whole process, and a stray cell in the last row and column of a sheet asks for more memory
than there is. Row numbers are those that Excel shows. A formula counts with the value that was last saved; colours and
hidden rows are not known, so what they mean must stand in a column.
"""

import json
import os
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from isa_mail.errors import ListError
from isa_mail.model.findings import Place
from isa_mail.recipients.table import Row


class OpenSheet(NamedTuple):
    """One sheet; `rows` can be run through once, rows without content left out."""

    name: str
    alone: bool  # whether it is the only one with content, so that nobody has to name it
    rows: Iterator[Row]


def open_sheet(path: Path, name: str | None, file: str) -> OpenSheet:
    """Open the sheet of that name, or the only one that has content. `file` is for the places in errors.

    Raises ListError if the file is no workbook, if there is no such sheet, or if several could be meant; also while
    `rows` are read.
    """
    lines = _lines(path, name, file)
    head: dict[str, Any] = next(lines)
    if head["name"] is None:
        raise _which_sheet(name, head["filled"], file)
    return OpenSheet(head["name"], head["filled"] == [head["name"]], ((line, cells) for line, cells in lines))


def filled_sheets(path: Path, file: str) -> tuple[str, ...]:
    """Name the sheets that have content. Raises ListError if the file is no workbook."""
    with closing(_lines(path, None, file)) as lines:
        return tuple(next(lines)["filled"])


def _lines(path: Path, name: str | None, file: str) -> Generator[Any, None, None]:
    """Yield what the process says: the sheets, then the rows of one."""
    words = [
        sys.executable,
        "-m",
        "isa_mail.recipients.workbook_process",
        str(path),
        *([name] if name else []),
    ]
    environment = os.environ | {"RUST_BACKTRACE": "0"}
    with subprocess.Popen(
        words, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        ended = False
        try:
            for line in process.stdout:
                value = json.loads(line)
                if isinstance(value, dict) and "error" in value:
                    raise _error(value["error"], file)
                ended = value is None
                if not ended:
                    yield value
        finally:
            process.kill()
    if not ended:
        raise _error("damaged", file)


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


def _error(kind: str, file: str) -> ListError:
    if kind == "password":
        return ListError(
            f"{file} is protected by a password.",
            place=Place(file),
            hint="Open it in Excel, take the password off (Datei, Informationen) and save it again.",
        )
    if kind == "damaged":
        return ListError(
            f"{file} is damaged, or no workbook that Excel or LibreOffice wrote.",
            place=Place(file),
            hint="Open it in Excel, delete what may stand far outside the list, and save it again, as workbook "
            '(.xlsx) or as "CSV UTF-8".',
        )
    return ListError(
        f"The list {file} cannot be read: {kind}.",
        place=Place(file),
        hint="See that the file exists, that you may read it, and that Excel does not have it open.",
    )
