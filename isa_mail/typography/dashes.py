"""Dashes and ellipses: T401 to T403.

    "vom 16.-19. Oktober - wie immer ..." -> "vom 16.–19. Oktober – wie immer …"

Pure. A hyphen between numbers is a range only where the text says so: by a month, a unit, two years, a page. Telephone
numbers, dates like 2026-09-30 and part numbers keep theirs.
"""

import re
from collections.abc import Iterator

from isa_mail.typography.change import Change
from isa_mail.typography.scripts import is_ideograph

_MONTH = r"(?:Jan|Feb|März|Mär|Mar|Apr|Mai|May|Jun|Jul|Aug|Sep|Okt|Oct|Nov|Dez|Dec)[a-zä]*\b"
_COUNTED = (
    r"(?:%|‰|€|°|km|m|cm|mm|kg|t|ha|Uhr|Tage|Wochen|Monate|Jahre|Stunden|Minuten|Personen|Teilnehm|Prozent|Euro|Seiten|"
    r"Mio|Mrd|days|weeks|months|years|hours|minutes|people|per cent|percent|euros|pages|participants|am|pm|a\.m|p\.m)"
)
_GAP = r"[ \u00a0]?"
_HYPHEN = rf"(?P<hyphen>{_GAP}--?{_GAP})"
_TIME = r"(?:[01]?\d|2[0-4])(?:[:.][0-5]\d)?"
_RANGES = (
    re.compile(rf"(?<![\w.,:/-])[0-3]?\d\.{_HYPHEN}(?=[0-3]?\d\.{_GAP}(?:{_MONTH}|(?:1[0-2]|0?[1-9])\.))"),
    re.compile(rf"(?<![\w.,:/-])[0-3]?\d\.?[01]?\d?\.?{_HYPHEN}(?=[0-3]?\d\.?{_GAP}{_MONTH})"),
    re.compile(rf"{_MONTH}{_GAP}[0-3]?\d{_HYPHEN}(?=[0-3]?\d(?![\w.:-]\d|\w|-))"),
    re.compile(rf"(?<![\w.,:/-]){_TIME}{_HYPHEN}(?={_TIME}{_GAP}(?:Uhr|h|am|pm|a\.m|p\.m)\b)"),
    re.compile(rf"(?<![\w.,:/-])(?:[01]?\d|2[0-4]):[0-5]\d{_HYPHEN}(?=(?:[01]?\d|2[0-4]):[0-5]\d(?![\w:-]))"),
    re.compile(
        rf"(?<![\w.,:/-])(?P<from>(?:1[5-9]|20)\d\d){_HYPHEN}(?=(?P<to>(?:1[5-9]|20)\d\d)(?![\w-]|[.,]\d))"
    ),
    re.compile(
        rf"(?:\b(?:S|Nr|Abb|pp|p|Nos|No)\.|§§?|\b(?:Seiten?|pages?)){_GAP}\d+{_HYPHEN}(?=\d+(?![\w-]))"
    ),
    re.compile(
        rf"(?<![\w.,:/-])(?P<from>[1-9]\d*(?:,\d+)?){_HYPHEN}(?=(?P<to>[1-9]\d*(?:,\d+)?){_GAP}{_COUNTED}(?!-))"
    ),
)
_SOME = re.compile(  # 3-5 Messpunkte: nobody writes a part number between a word and a noun
    rf"(?<=[a-zäöüß] )(?P<from>[1-9]\d{{0,2}}){_HYPHEN}(?=(?P<to>[1-9]\d{{0,2}}) [A-ZÄÖÜ][a-zäöüß]{{2,}})"
)
_CHINESE_RANGE = re.compile(
    r"(?<![A-Za-z0-9.,:/-])(?:\d+[年月日号时点]?)(?P<hyphen>[ ]?[-–][ ]?)"
    r"(?=\d+(?:[年月日号时点名人家个页万亿岁届]|[%％]))"
    r"|(?<=[年月日号时点])(?P<between>[ ]?[-–][ ]?)(?=\d+[年月日号时点])"
)
_DASH = re.compile(
    r"(?<=[^\s\d>|+=*/-])(?P<dash>[ \u00a0]--?[ \u00a0])(?=[^\s|>+=*/-])"
    r"|(?<=\d)(?P<behind>[ \u00a0]--?[ \u00a0])(?=[^\W\d_])"
)
_CLOSE_DASH = re.compile(r"(?<=[^\W\d_])--(?=[^\W\d_])")
_CHINESE_DASH = re.compile(r"(?<![-—–])(?:--|—)(?![-—–])")
_DOTS = re.compile(r"(?<!\.)\.\.\.(?!\.)")
_CHINESE_DOTS = re.compile(r"(?<![.。…])(?:\.{3,6}|。{3,6}|…)(?![.。…])")


def dash_changes(line: str, language: str) -> Iterator[Change]:
    """Find hyphens and full stops that stand for other marks. `language` is that of the line."""
    if language == "zh":
        yield from _chinese(line)
        return
    for pattern in _RANGES:
        for found in pattern.finditer(line):
            if _rises(found):
                yield Change(found.start("hyphen"), found.end("hyphen"), "–", "T402")
    for found in _SOME.finditer(line):
        if language == "de" and _rises(found):
            yield Change(found.start("hyphen"), found.end("hyphen"), "–", "T402", safe=False)
    for found in _DASH.finditer(line):
        group = "dash" if found["dash"] else "behind"
        yield Change(found.start(group) + 1, found.end(group) - 1, "–", "T401")
    for found in _CLOSE_DASH.finditer(line):
        if language == "en":
            yield Change(found.start(), found.end(), "—", "T401")
    for found in _DOTS.finditer(line):
        yield Change(found.start(), found.end(), "…", "T403")


def _rises(found: re.Match[str]) -> bool:
    groups = found.groupdict()
    if not groups.get("from") or not groups.get("to"):
        return True
    return float(groups["from"].replace(",", ".")) < float(groups["to"].replace(",", "."))


def _chinese(line: str) -> Iterator[Change]:
    for found in _CHINESE_RANGE.finditer(line):
        group = "hyphen" if found["hyphen"] else "between"
        yield Change(found.start(group), found.end(group), "—", "T402")
    for pattern, rule, right in ((_CHINESE_DASH, "T401", "——"), (_CHINESE_DOTS, "T403", "……")):
        for found in pattern.finditer(line):
            beside = line[max(0, found.start() - 1) : found.start()] + line[found.end() : found.end() + 1]
            if any(map(is_ideograph, beside)):
                yield Change(found.start(), found.end(), right, rule)
