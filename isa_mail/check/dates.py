"""Dates: in several forms, on the wrong day of the week, inside or just outside a span that was named before.

    "vom 16. bis 19. Oktober 2019" … "Am 17. Oktober" -> T706     "16.10.2019" beside "17. Oktober" -> T705

Pure. Lists of events are left out: they name days that have nothing to do with each other.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from isa_mail.check.codes import finding
from isa_mail.check.passages import Passage, Role
from isa_mail.check.texts import Texts
from isa_mail.model.findings import Finding, Place
from isa_mail.model.newsletter import Kind
from isa_mail.typography.months import MONTH_NUMBERS

_SHORT = {"jan": 1, "feb": 2, "mär": 3, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "sept": 9} | {
    "okt": 10, "oct": 10, "nov": 11, "dez": 12, "dec": 12, "jänner": 1,
}  # fmt: skip
_NUMBER = MONTH_NUMBERS | _SHORT
_NAME = "|".join(sorted(_NUMBER, key=len, reverse=True))
_B = r"[ \u00a0\u202f]?"
_SPANS = (
    re.compile(
        rf"(?<!\d)(?P<first>\d{{1,2}})\.?{_B}(?:(?P<from>{_NAME})\.?{_B})?(?:bis(?:\szum)?|to|[-–—])\s?"
        rf"(?P<last>\d{{1,2}})\.?{_B}(?P<month>{_NAME})\b\.?(?:{_B}(?P<year>\d{{4}}))?",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?:(?P<year>\d{4})年)?(?P<month>\d{1,2})月(?P<first>\d{1,2})日?(?:至|到|[-–—~～]+)"
        r"(?:(?P<until>\d{1,2})月)?(?P<last>\d{1,2})日"
    ),
)
_FORMS = {
    "31. Oktober": re.compile(
        rf"(?<!\d)(?P<day>\d{{1,2}})\.{_B}(?P<month>{_NAME})\b\.?(?:{_B}(?P<year>\d{{4}}))?", re.IGNORECASE
    ),
    "31 October": re.compile(
        rf"(?<![\d.])(?P<day>\d{{1,2}})(?:st|nd|rd|th)?{_B}(?:of )?(?P<month>{_NAME})\b(?:,?{_B}(?P<year>\d{{4}}))?",
        re.IGNORECASE,
    ),
    "October 31": re.compile(
        rf"\b(?P<month>{_NAME}){_B}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?![\d.:])(?:,{_B}(?P<year>\d{{4}}))?",
        re.IGNORECASE,
    ),
    "31.10.2019": re.compile(
        r"(?<![\d.])(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4}|\d{2})(?![\d.]|\d)"
    ),
    "2019-10-31": re.compile(r"(?<![\d-])(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?![\d-])"),
    "10月31日": re.compile(r"(?:(?P<year>\d{4})年)?(?P<month>\d{1,2})月(?P<day>\d{1,2})日"),
}
_WEEKDAYS = {
    name: number
    for names in (
        "montag dienstag mittwoch donnerstag freitag samstag sonntag",
        "monday tuesday wednesday thursday friday saturday sunday",
        "星期一 星期二 星期三 星期四 星期五 星期六 星期日",
        "周一 周二 周三 周四 周五 周六 周日",
    )
    for number, name in enumerate(names.split())
} | {"sonnabend": 5, "星期天": 6, "周天": 6}
_WEEKDAY_BEFORE = re.compile(rf"({'|'.join(_WEEKDAYS)})s?,?\s(?:dem\s|den\s|the\s|on\s)?\Z", re.IGNORECASE)
_WEEKDAY_BEHIND = re.compile(rf"\s?[（(]({'|'.join(_WEEKDAYS)})[)）]", re.IGNORECASE)
_JUST_OUTSIDE = 3  # days
_BEFORE = 40  # characters
# Since when, until when: a day on which nothing takes place.
_BOUND_BEFORE = re.compile(
    r"\b(?:seit|ab|bis|vor|nach|since|until|till|by|before|after|from)(?:\s(?:dem|zum|the))?\s\Z",
    re.IGNORECASE,
)
_BOUND_BEHIND = re.compile(r"[起前后止]|以[前后]|截止")


@dataclass(frozen=True, slots=True)
class _Day:
    day: date
    text: str
    form: str
    passage: Passage
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Span:
    first: date
    last: date
    text: str
    passage: Passage
    start: int
    place: Place

    @property
    def shown(self) -> str:
        return " ".join(self.text.split()).rstrip(".")


def date_findings(passages: Sequence[Passage], edition_date: date, texts: Texts) -> Iterator[Finding]:
    """Look at all dates of one language's edition; `edition_date` gives the year that a date does not name."""
    prose = [
        passage for passage in passages if passage.role is not Role.EVENT and passage.kind is not Kind.EVENTS
    ]
    spans: list[_Span] = []
    days: list[_Day] = []
    told: set[tuple[str, str]] = set()
    for passage in prose:
        own = list(_spans(passage, edition_date, texts))
        free = _blanked(passage.text, own)
        for day in _days(passage, free, edition_date):
            days.append(day)
            yield from _weekday(day, texts)
            for span in (*spans, *(each for each in own if each.start < day.start)):
                key = (day.text, span.shown)
                if key not in told and (said := _relation(day, span)):
                    told.add(key)
                    yield _beside(day, span, said, texts)
        spans += own
    yield from _forms(days, texts)


def _spans(passage: Passage, edition_date: date, texts: Texts) -> Iterator[_Span]:
    for pattern in _SPANS:
        for found in pattern.finditer(passage.text):
            groups = found.groupdict()
            begins = _month(groups.get("from") or groups["month"])
            ends = _month(groups.get("until") or groups["month"])
            first = _date(found["first"], begins, found["year"], edition_date)
            last = _date(found["last"], ends, found["year"], edition_date)
            if first and last and first < last:
                place = texts.locate(passage.place, found[0])
                yield _Span(first, last, found[0], passage, found.start(), place)


def _days(passage: Passage, text: str, edition_date: date) -> Iterator[_Day]:
    taken: set[int] = set()
    for form, pattern in _FORMS.items():
        for found in pattern.finditer(text):
            if not taken.isdisjoint(range(*found.span())):
                continue
            year = found["year"]
            year = f"20{year}" if year and len(year) == 2 else year
            day = _date(found["day"], _month(found["month"]), year, edition_date)
            if day is not None:
                taken.update(range(*found.span()))
                yield _Day(day, " ".join(found[0].split()), form, passage, found.start(), found.end())


def _blanked(text: str, spans: Sequence[_Span]) -> str:
    for span in spans:
        text = text[: span.start] + " " * len(span.text) + text[span.start + len(span.text) :]
    return text


def _before(day: _Day) -> str:
    """The few characters before a date: looking at all of them takes long in a long text."""
    return day.passage.text[max(0, day.start - _BEFORE) : day.start]


def _month(text: str) -> int:
    return int(text) if text.isdecimal() else _NUMBER[text.casefold().rstrip(".")]


def _date(day: str, month: int, year: str | None, edition_date: date) -> date | None:
    """A date without a year is the one that lies nearest to the edition's own."""
    years = [int(year)] if year else [edition_date.year - 1, edition_date.year, edition_date.year + 1]
    found = []
    for each in years:
        try:
            found.append(date(each, month, int(day)))
        except ValueError:
            continue
    return min(found, key=lambda each: abs(each - edition_date), default=None)


# --- the findings -----------------------------------------------------------------------------------------


def _relation(day: _Day, span: _Span) -> str:
    """How a day lies to a span that was named before: only what may be a slip."""
    text = day.passage.text
    if _BOUND_BEFORE.search(_before(day)) or _BOUND_BEHIND.match(text[day.end :]):
        return ""
    if span.first < day.day < span.last and day.passage.section != span.passage.section:
        return "lies inside"
    same = day.passage.section == span.passage.section
    outside = min(abs((day.day - span.first).days), abs((day.day - span.last).days))
    if same and not span.first <= day.day <= span.last and outside <= _JUST_OUTSIDE:
        return "lies just outside"
    return ""


def _beside(day: _Day, span: _Span, said: str, texts: Texts) -> Finding:
    return finding(
        "T706",
        texts.locate(day.passage.place, day.passage.text[day.start : day.end]),
        f"{day.text} {said} the span {span.shown} ({span.place.file.rpartition('/')[2]}).",
        "Make sure that both are right; then accept it.",
    )


def _weekday(day: _Day, texts: Texts) -> Iterator[Finding]:
    text = day.passage.text
    found = _WEEKDAY_BEFORE.search(_before(day)) or _WEEKDAY_BEHIND.match(text[day.end :])
    if found and _WEEKDAYS[found[1].casefold()] != day.day.weekday():
        yield finding(
            "T707",
            texts.locate(day.passage.place, text[day.start : day.end]),
            f"{day.text} is no {found[1].capitalize()} in {day.day.year}.",
            "Look into a calendar, and correct the day or the date.",
        )


def _forms(days: Sequence[_Day], texts: Texts) -> Iterator[Finding]:
    """Tell the rarer forms, each once; with and without a year is the same form."""
    counted = Counter(day.form for day in days)
    if len(counted) < 2:
        return
    usual = max(counted, key=lambda form: (counted[form], list(_FORMS).index(form) * -1))
    example = next(day.text for day in days if day.form == usual)
    for day in days:
        if day.form != usual:
            yield finding(
                "T705",
                texts.locate(day.passage.place, day.passage.text[day.start : day.end]),
                f"The date {day.text} is written in another form than most here, like {example}.",
                "Write all dates of a letter in one form.",
            )
