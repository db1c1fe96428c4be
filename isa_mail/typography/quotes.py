"""Quotation marks and apostrophes: T501 to T503.

    ['Die "Messe" sei', '„Die "Messe“ wächst“'] -> „Messe“ in the first line, ‚Messe‘ inside in the second

Pure. Marks are paired by what stands beside them, then set by language and depth: „ “ and ‚ ‘ in German, “ ” and ‘ ’
in English and Chinese. A quotation may go on over several paragraphs. Where a mark has no partner nothing behind it is
changed, and it is reported. Angled marks (» «), corner brackets and book titles (《》) are a choice of their own.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from isa_mail.typography.change import Change
from isa_mail.typography.scripts import is_ideograph

APOSTROPHE = "’"
_MARKS = {
    "de": {"double": ("„", "“"), "single": ("‚", "‘")},
    "en": {"double": ("“", "”"), "single": ("‘", "’")},
    "zh": {"double": ("“", "”"), "single": ("‘", "’")},
}
_OTHER = {"double": "single", "single": "double"}
_DOUBLE = '"„“”‟'
_SINGLE = "'‚‘’‛`´"
_TOKEN = re.compile(f"[{_DOUBLE}{_SINGLE}]|,,(?=[^\\W_])")
_ONLY_OPEN = ("„", "‚", ",,")
_EMPHASIS = "*_"
_OPENS_BEHIND = "([{<–—/-…>»«:（，。：；、！？《…"
_LONGEST = 12  # lines that one quotation may go over


@dataclass(frozen=True, slots=True)
class Pair:
    """Two marks that belong together: (line, column) of each; `depth` 0 is the outermost."""

    opens: tuple[int, int]
    closes: tuple[int, int]
    family: str  # "double" or "single": what the pair should be
    depth: int


@dataclass(slots=True)
class _Mark:
    """One mark of a line, and what it was taken for."""

    line: int
    start: int
    text: str
    family: str
    can_open: bool
    can_close: bool
    in_word: bool  # between two letters or digits
    measure: bool  # straight behind a digit: 27" may be inches


@dataclass(frozen=True, slots=True)
class _Open:
    """A mark that waits for its partner."""

    mark: _Mark
    family: str  # what the pair will be set as


@dataclass(slots=True)
class _Reading:
    """What was made of some lines."""

    pairs: list[Pair] = field(default_factory=list)
    apostrophes: list[_Mark] = field(default_factory=list)
    stray: list[_Mark] = field(default_factory=list)
    waiting: list[_Open] = field(default_factory=list)
    marks: dict[tuple[int, int], _Mark] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Quotes:
    """What is to be said of the marks of a text."""

    changes: Mapping[int, tuple[Change, ...]]  # by line, counted from 0
    unpaired: tuple[tuple[int, int], ...]  # (line, column) of marks without a partner
    pairs: tuple[Pair, ...]


def read_quotes(lines: Sequence[str], languages: Sequence[str], *, outer: str = "") -> Quotes:
    """Pair all marks of a text and say how they should be written.

    `languages` holds that of each line. `outer`: the family of outermost pairs ("double" or "single"); "": as typed.
    """
    whole = _Reading()
    number = 0
    while number < len(lines):
        reading, end = _quotation(lines, languages, number, outer)
        whole.pairs += reading.pairs
        whole.apostrophes += reading.apostrophes
        whole.stray += reading.stray
        whole.marks |= reading.marks
        number = end
    changes: dict[int, list[Change]] = {}
    for pair in whole.pairs:
        for where, side in ((pair.opens, 0), (pair.closes, 1)):
            mark = whole.marks[where]
            _add(changes, mark, _MARKS[languages[pair.opens[0]]][pair.family][side])
    for mark in whole.apostrophes:
        if mark.text in "'‘‛`´" and (mark.text in "'’" or mark.in_word):
            _add(changes, mark, APOSTROPHE, rule="T503")
    unpaired = tuple(sorted((mark.line, mark.start) for mark in whole.stray))
    return Quotes({line: tuple(found) for line, found in changes.items()}, unpaired, tuple(whole.pairs))


def _add(changes: dict[int, list[Change]], mark: _Mark, wanted: str, rule: str = "") -> None:
    if mark.text == wanted:
        return
    straight = mark.text in "\"'`´"
    found = Change(mark.start, mark.start + len(mark.text), wanted, rule or ("T501" if straight else "T502"))
    changes.setdefault(mark.line, []).append(found)


def _quotation(
    lines: Sequence[str], languages: Sequence[str], start: int, outer: str
) -> tuple[_Reading, int]:
    """Read one line, and those after it that its quotation goes on in; return what was read and the next line."""
    reading = _Reading()
    _read(reading, lines[start], start, languages[start], outer)
    if not reading.waiting:
        return reading, start + 1
    longer = _Reading()
    for end in range(start, min(len(lines), start + _LONGEST)):
        _read(longer, lines[end], end, languages[end], outer)
        if longer.stray:
            break
        if not longer.waiting:
            return longer, end + 1
    return _given_up(reading), start + 1


def _given_up(reading: _Reading) -> _Reading:
    """Keep what stands before the first mark without a partner; that one is reported."""
    first = reading.waiting[0].mark
    reading.pairs = [pair for pair in reading.pairs if pair.closes < (first.line, first.start)]
    reading.stray += [each.mark for each in reading.waiting]
    reading.waiting = []
    return reading


def _read(reading: _Reading, line: str, number: int, language: str, outer: str) -> None:
    """Read one more line into `reading`."""
    marks = list(_marks(line, number, language))
    by_turns = language == "zh" and not _balanced(marks)
    around = by_turns and _one_around_others(line, marks)
    previous: tuple[int, bool] | None = None  # where the mark before ends, and whether it opens
    for index, mark in enumerate(marks):
        if previous is not None and previous[0] == mark.start:  # right behind another mark: goes the same way
            opening = previous[1]
            if mark.text not in _ONLY_OPEN:
                mark.can_open, mark.can_close = opening, not opening
        if by_turns and not (mark.in_word or mark.measure):
            inside = any(each.mark.family == mark.family for each in reading.waiting)
            opens = index % 2 == 1 if around and 0 < index < len(marks) - 1 else not inside
            mark.can_open, mark.can_close = opens, not opens
        opened = _take(reading, mark, marks[index + 1 :], outer)
        if opened is not None:
            previous = (mark.start + len(mark.text), opened)


def _take(reading: _Reading, mark: _Mark, behind: Sequence[_Mark], outer: str) -> bool | None:
    """Let a mark open or close; return which (True: opens), None for an apostrophe or a mark that is nothing."""
    reading.marks[mark.line, mark.start] = mark
    waiting = reading.waiting
    if mark.family == "single":
        if mark.in_word or (mark.text in "`´" and not mark.can_open and not mark.can_close):
            reading.apostrophes.append(mark)
            return None
        if mark.can_close and waiting and waiting[-1].mark.family == "single":
            return _close(reading, mark)
        if mark.can_open and (mark.text == "‚" or any(each.can_close and _closes(each) for each in behind)):
            return _open(reading, mark, outer)
        if not mark.measure:
            reading.apostrophes.append(mark)
        return None
    inside = any(each.mark.family == "double" for each in waiting)
    if mark.can_close and inside:
        while waiting[-1].mark.family == "single":  # it was an apostrophe after all
            reading.apostrophes.append(waiting.pop().mark)
        return _close(reading, mark)
    if mark.can_open:
        return _open(reading, mark, outer)
    if not (mark.in_word or mark.measure):
        reading.stray.append(mark)
    return None


def _closes(mark: _Mark) -> bool:
    return mark.family == "single" and not mark.in_word


def _open(reading: _Reading, mark: _Mark, outer: str) -> bool:
    above = reading.waiting[-1].family if reading.waiting else ""
    family = _OTHER[above] if above else (outer or mark.family)
    reading.waiting.append(_Open(mark, family))
    return True


def _close(reading: _Reading, mark: _Mark) -> bool:
    opened = reading.waiting.pop()
    opens = (opened.mark.line, opened.mark.start)
    reading.pairs.append(Pair(opens, (mark.line, mark.start), opened.family, len(reading.waiting)))
    return False


def _one_around_others(line: str, marks: Sequence[_Mark]) -> bool:
    """Say whether the first and the last mark of a Chinese line hold the others: ："……。"短途"不是……。\""""
    if len(marks) < 4 or len(marks) % 2 or any(mark.family != "double" or mark.in_word for mark in marks):
        return False
    first, second, last = marks[0], marks[1], marks[-1]
    said = line[: first.start].endswith(("：", ":")) and not line[last.start + 1 :].strip("。！？ ")
    return said and re.search("[。！？]", line[first.start : second.start]) is not None


def _balanced(marks: Sequence[_Mark]) -> bool:
    """Say whether the marks of a Chinese line are paired by their shapes alone."""
    depth = 0
    for mark in marks:
        if mark.text in "\"'":
            return mark.in_word
        depth += 1 if mark.text in "“‘„‚" else -1
        if depth < 0:
            return False
    return depth == 0


def _marks(line: str, number: int, language: str) -> Iterator[_Mark]:
    for found in _TOKEN.finditer(line):
        text = found[0]
        before = line[: found.start()].rstrip(_EMPHASIS)[-1:]
        behind = line[found.end() :].lstrip(_EMPHASIS)[:1]
        opens = (
            (not before or before.isspace() or before in _OPENS_BEHIND)
            and bool(behind)
            and not behind.isspace()
        )
        closes = bool(before) and not before.isspace() and before not in "([{<（《"
        family = "double" if text in _DOUBLE or text == ",," else "single"
        in_word = before.isalnum() and behind.isalnum() and not is_ideograph(before)
        if text == ",," and (before.isalnum() or not opens):
            continue
        measure = text in "\"'" and before.isdecimal() and not opens and not in_word
        if text in _ONLY_OPEN or (language == "zh" and text in "“‘"):
            opens, closes = True, False
        elif text in "”":
            opens, closes = opens and not _ends(behind), True
        elif not opens and not closes:
            closes = True  # blanks on both sides
        elif opens and closes and before not in "-–—/…":
            closes = closes and _ends(behind)
        yield _Mark(number, found.start(), text, family, opens, closes, in_word, measure)


def _ends(behind: str) -> bool:
    return not behind or behind.isspace() or behind in ".,;:!?)]}>–—-/…“”’‘»«\"'，。：；、！？）》"
