"""Cells that no spreadsheet takes for a formula.

    "=1+1" -> "'=1+1" -> "=1+1"

Pure. What isa-mail writes for spreadsheets goes through `guarded`; what it reads of that again, through `unguarded`.

Source: owasp.org/www-community/attacks/CSV_Injection.
"""

import re

_FORMULA = re.compile(r"'*[=+\-@\t\r＝＋－＠]")  # an apostrophe that was there already is told from ours
_GUARDED = re.compile(r"'+[=+\-@\t\r＝＋－＠]")


def guarded(cell: str) -> str:
    """Put an apostrophe in front of what a spreadsheet would calculate."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    """Take off what `guarded` has put there: unguarded(guarded(cell)) == cell."""
    return cell[1:] if _GUARDED.match(cell) else cell
