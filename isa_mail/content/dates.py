"""The date of an edition, as people type it.

    "31. Oktober 2019", "31.10.2019", "2019-10-31", "31 October 2019", "2019年10月31日" -> date(2019, 10, 31)

Pure. Only the header of edition.txt goes through here: dates in texts are never reinterpreted.
"""

import re
from datetime import date

from isa_mail.typography.months import MONTH_NUMBERS

ACCEPTED = "2019-10-31, 31.10.2019, 31. Oktober 2019, 31 October 2019 or 2019年10月31日"

_MONTHS = MONTH_NUMBERS | {"jänner": 1, "maerz": 3}
_PATTERNS = (
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"),
    re.compile(r"(?P<day>\d{1,2})\.\s*(?P<month>\d{1,2})\.\s*(?P<year>\d{4})"),
    re.compile(r"(?P<day>\d{1,2})\.?\s*(?P<month>[^\W\d_]+)\s+(?P<year>\d{4})"),
    re.compile(r"(?P<year>\d{4})\s*年\s*(?P<month>\d{1,2})\s*月\s*(?P<day>\d{1,2})\s*日"),
)


def parse_date(text: str) -> date | None:
    """Read a date in one of the accepted forms; None if it is in none of them, or no day of the calendar."""
    for pattern in _PATTERNS:
        found = pattern.fullmatch(text.strip())
        if found:
            month = found["month"].casefold()
            number = int(month) if month.isdecimal() else _MONTHS.get(month, 0)
            try:
                return date(int(found["year"]), number, int(found["day"]))
            except ValueError:
                return None
    return None
