"""Blanks: T201 to T206.

    "Partner⍽nach  Hafenau,wo sie 42 km" -> "Partner nach Hafenau, wo sie 42⍽km"      (⍽ is a no-break space)

Pure. A no-break space is right where it holds together what is read as one: a number and what it counts, the parts of
an abbreviation, a dash and the word before it. Everywhere else it is what a mail program left behind.
"""

import re
from collections.abc import Iterator

from isa_mail.typography.change import Change
from isa_mail.typography.scripts import is_chinese

NO_BREAK = "\u00a0"
_BLANK = " \t\u00a0\u2007\u202f\u2000-\u2006\u2008-\u200a\u205f"
_RUN = re.compile(f"[{_BLANK}]+")
_NOT_PLAIN = re.compile("[^ \t]")
_COLUMNS = 5  # so many blanks are more likely a gap between columns than slips of a finger
_LIST_MARK = re.compile(r"[ \t>]*(?:[-+*–—]|\d{1,9}[.)]|#{1,6})")
_UNIT = re.compile(
    r"(?:[‰€$£°]|°C|[kcmd]?m[²³]?|[km]?g|[kMGT]?B|[kMG]Wh?|[kMG]?Hz|[hml]l|l|t|ha|Mio\.|Mrd\.|Mill\.)(?![\w²³])"
)
_NUMBER_END = re.compile(r"(?<![\w.,:-])[+–-]?\d+(?:[.,]\d+)*$")
# Where a no-break space may stay.
_HOLDS_NEXT = re.compile(
    r"(?:\d[.,)]?|§+|&|«|(?<!\w)(?:[A-Za-zÄÖÜ]\.|Dr\.|Prof\.|St\.|Nr\.|No\.|Mr\.?|Mrs\.?|Ms\.?|Abb\.|Bd\.|Abs\.|Art\."
    r"|Tel\.|Str\.|ca\.|vgl\.|bzw\.|Chr\.|h\.|Herr|Herrn|Frau))$"
)
_COUNTED = re.compile(r"(?<!\w)[A-ZÄÖÜ][\w-]*$")  # Speicher 4, Halle 7
_HOLDS_BEFORE = re.compile(r"[–—&»…]|\d+(?![\w.])")
_ABBREVIATION = re.compile(
    r"(?<![\w.])(?:a|z|d|u|i|o|s|v|m|h|n|e)\.[ \u00a0\u202f]?"
    r"(?:[ÄäU]\.|[a-zA-Z]\.(?:[ \u00a0\u202f]?[a-zA-Z]\.)?|Chr\.|Zt\.)(?!\w)"
)
_GERMAN = frozenset(
    "a.D. z.B. d.h. u.a. u.U. i.d.R. o.ä. u.ä. u.Ä. o.Ä. s.o. s.u. e.V. i.V. z.T. v.a. m.E. h.c. n.Chr. "
    "v.Chr. i.A. o.g. z.Zt. u.v.m. i.S. m.W. s.a. i.e.S. i.w.S. z.H. i.R. a.o. i.Allg.".split()
)
_MISSING = re.compile(r"(?<=[^\W\d_]),(?=[^\W_])|(?<=[a-zäöüß]{2})\.(?=[A-ZÄÖÜ][a-zäöüß]+(?![\w.@/]))")
_BEFORE_MARK = re.compile(
    r"(?<=[^\W_]|[*)\ue000])[ \u00a0\u202f]+(?=[,;!?.](?![\w.,;:!?/()\[-]))|(?<=[^\W\d_])[ \u00a0]+(?=:(?:\s|$))"
)
_IN_BRACKET = re.compile(r"(?<=[(\[])[ \u00a0]+(?=[^\W_])|(?<=[^\W_.])[ \u00a0]+(?=\)(?:[\s,.;:!?]|$))")


def space_changes(line: str, language: str) -> Iterator[Change]:
    """Find blanks that are too many, too few or of the wrong kind. `language` is that of the line."""
    yield from _abbreviations(line, language)
    yield from _closing_up(line, language)
    for found in _MISSING.finditer(line):
        if language != "zh":
            yield Change(found.end(), found.end(), " ", "T203")
    for found in _RUN.finditer(line):
        change = _run(line, found.start(), found.end(), language)
        if change is not None:
            yield change


def _abbreviations(line: str, language: str) -> Iterator[Change]:
    if language != "de":
        return
    for found in _ABBREVIATION.finditer(line):
        close = re.sub(r"[ \u00a0\u202f]", "", found[0])
        if close in _GERMAN:
            apart = close.replace(".", f".{NO_BREAK}").removesuffix(NO_BREAK)
            if apart != found[0].replace("\u202f", NO_BREAK):
                yield Change(found.start(), found.end(), apart, "T206")


def _closing_up(line: str, language: str) -> Iterator[Change]:
    if language == "zh":
        return
    for pattern in (_BEFORE_MARK, _IN_BRACKET):
        for found in pattern.finditer(line):
            yield Change(found.start(), found.end(), "", "T204")


def _run(line: str, start: int, end: int, language: str) -> Change | None:
    """Judge one run of blanks."""
    run, before, behind = line[start:end], line[:start], line[end:]
    pasted = bool(_NOT_PLAIN.search(run))
    if not before or not behind or not before.strip(" \t>"):
        return Change(start, end, "", "T201") if pasted and (not before or not behind) else None
    if _LIST_MARK.fullmatch(before):
        return Change(start, end, " ", "T201") if pasted else None
    if pasted and is_chinese(before[-1]) and is_chinese(behind[0]):
        return Change(start, end, "", "T201")
    number = language != "zh" and _needs_no_break(before, behind, language)
    if len(run) == 1:
        if run == " ":
            return Change(start, end, NO_BREAK, "T205") if number else None
        return (
            None
            if pasted and _may_hold(before, behind)
            else Change(start, end, " ", "T201" if pasted else "T202")
        )
    wanted = NO_BREAK if number or (pasted and _may_hold(before, behind) and len(run) < 3) else " "
    return Change(start, end, wanted, "T201" if pasted else "T202", len(run) < _COLUMNS)


def _needs_no_break(before: str, behind: str, language: str) -> bool:
    if before.endswith("§"):
        return behind[0].isdecimal()
    if not _NUMBER_END.search(before[-20:]):
        return False
    return _UNIT.match(behind) is not None or (language == "de" and re.match(r"%(?!\w)", behind) is not None)


def _may_hold(before: str, behind: str) -> bool:
    if _HOLDS_NEXT.search(before[-8:]) or re.match("[–—&»]", behind):
        return True
    return _COUNTED.search(before[-40:]) is not None and _HOLDS_BEFORE.match(behind) is not None
