"""Numbers: grouped in several ways in one letter, or not the same in its two languages.

    12.000 and 12 000 -> T704     "180 000 Einwohner" = "18万人口", "elf Betriebe" = "十一家企业"

Pure. A number of four digits may stand without a blank beside longer ones that are grouped: that is the rule in German.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal

from isa_mail.check.codes import finding
from isa_mail.check.passages import Passage
from isa_mail.check.texts import Texts
from isa_mail.model.findings import Finding
from isa_mail.typography.months import MONTH_NUMBERS

_FORMS = {
    "12.000": re.compile(r"(?<![\d.,:/])\d{1,3}(?:\.\d{3})+(?![\d.]\d|\d)"),
    "12,000": re.compile(r"(?<![\d.,:/])\d{1,3}(?:,\d{3})+(?![\d,]\d|\d)"),
    "12 000": re.compile(
        r"(?<![\d.,:/] )(?<![\d.,:/-])\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?![\d]|[ \u00a0\u202f]\d)"
    ),
    "12'000": re.compile(r"(?<![\d.,:/])\d{1,3}(?:['’]\d{3})+(?!\d)"),
    "12000": re.compile(r"(?<![\d.,:/+-])(?<![\d.,:/+-] )\d{5,}(?![\d-]|[.,/]\d)"),
}
_CODE_BEFORE = re.compile(r"(?:\b[A-Z]{1,4}[ -]?|Nr\.?\s?|Tel\S*\s?|PLZ\s?|§\s?|No\.?\s?)\Z")
_TOWN_BEHIND = re.compile(r"\s[A-ZÄÖÜ]\w+")
_COUNTED = re.compile(
    r"\s(?:Euro|Menschen|Einwohner|Besucher|Personen|Mitglieder|Teilnehmer|Gäste|Kilometer|Tonnen|Stück|Quadratmeter)"
)
_CHINESE_DIGITS = {char: number for number, char in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "两": 2,
    "俩": 2,
}
_CHINESE_UNITS = {"十": 10, "百": 100, "千": 1000}
_CHINESE = re.compile("[零〇一二两三四五六七八九十百千万亿]{1,20}")
_UP_TO_TWENTY = {
    "de": """null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn
        siebzehn achtzehn neunzehn zwanzig""",
    "en": """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
        seventeen eighteen nineteen twenty""",
}
_WORDS = {name: number for names in _UP_TO_TWENTY.values() for number, name in enumerate(names.split())} | {
    "eins": 1,
    "dreißig": 30,
    "vierzig": 40,
    "fünfzig": 50,
    "sechzig": 60,
    "hundert": 100,
    "tausend": 1000,
}
_DIGITS = re.compile(
    r"\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\d)|\d{1,3}(?:\.\d{3})+(?![\d])|\d{1,3}(?:,\d{3})+(?!\d)|\d+(?:[.,]\d+)?"
)
_SCALE = {"万": 10**4, "亿": 10**8, "Mio": 10**6, "Mrd": 10**9, "Millionen": 10**6, "Milliarden": 10**9} | {
    "million": 10**6, "billion": 10**9, "Million": 10**6, "Milliarde": 10**9, "千": 1000, "百": 100, "Tausend": 1000,
}  # fmt: skip
_SCALED = re.compile(rf"[ \u00a0]?({'|'.join(_SCALE)})")


def grouping_findings(passages: Sequence[Passage], language: str, texts: Texts) -> Iterator[Finding]:
    """Tell numbers that are grouped in another way than most in the same letter."""
    found = [
        (form, match[0], passage)
        for passage in passages
        for form, pattern in _FORMS.items()
        for match in pattern.finditer(passage.text)
        if not _is_code(match, form)
    ]
    counted = Counter(form for form, _, _ in found if form != "12,000" or language == "en")
    if len(counted) < 2:
        return
    usual = counted.most_common(1)[0][0]
    example = next(text for form, text, _ in found if form == usual)
    for form, text, passage in found:
        if form in counted and form != usual:
            yield finding(
                "T704",
                texts.locate(passage.place, text),
                f"The number {text} is grouped in another way than most here, like {example}.",
                "Write all large numbers of a letter in one form.",
            )


def digits(text: str) -> frozenset[Decimal]:
    """Give the numbers of a text that are written in digits, scaled by what stands behind them (18万, 3 Mio.)."""
    return frozenset(value for value, _ in _written(text))


def values(text: str) -> frozenset[Decimal]:
    """Give every number that a text names, in digits, in words or as a month."""
    found = set(digits(text)) | {plain for _, plain in _written(text)}
    for word in re.findall(r"[^\W\d_]+", text.casefold()):
        if word in MONTH_NUMBERS:
            found.add(Decimal(MONTH_NUMBERS[word]))
        found.update(Decimal(number) for number in _in_word(word))
    for run in _CHINESE.findall(text):
        found.update(map(Decimal, _chinese(run)))
    return frozenset(found)


def _written(text: str) -> Iterator[tuple[Decimal, Decimal]]:
    """Yield each number in digits: as it is meant, and as it stands there."""
    for match in _DIGITS.finditer(text):
        raw = match[0]
        if re.fullmatch(r"\d{1,3}(?:[., \u00a0\u202f]\d{3})+", raw):
            plain = Decimal(re.sub(r"\D", "", raw))
        else:
            plain = Decimal(raw.replace(",", "."))
        scaled = _SCALED.match(text, match.end())
        yield (plain * _SCALE[scaled[1]] if scaled else plain).normalize(), plain.normalize()


def _in_word(word: str) -> Iterator[int]:
    """Read a number word, and one that begins a longer word: Drittel is none, zehnjährig and zwanzigste are."""
    for name, number in _WORDS.items():
        if (
            word == name
            or (len(name) > 3 and word.startswith(name))
            or (name == "ein" and word.startswith("ein"))
        ):
            yield number
    tens = re.fullmatch(r"(\w+?)und(zwanzig|dreißig|vierzig|fünfzig|sechzig)", word)
    if tens and tens[1] in _WORDS:
        yield _WORDS[tens[1]] + _WORDS[tens[2]]


def _chinese(run: str) -> Iterator[int]:
    """Read a Chinese number as a whole; where it is none (一二月, 二〇二六), its digits one by one."""
    if all(char in _CHINESE_DIGITS for char in run):
        yield from (_CHINESE_DIGITS[char] for char in run)
        yield int("".join(str(_CHINESE_DIGITS[char]) for char in run))
        return
    total = section = number = 0
    for char in run:
        if char in _CHINESE_DIGITS:
            number = _CHINESE_DIGITS[char]
        elif char in _CHINESE_UNITS:
            section += (number or 1) * _CHINESE_UNITS[char]
            number = 0
        else:
            total = (total + section + number) * (10**4 if char == "万" else 10**8)
            section = number = 0
    yield total + section + number


def _is_code(match: re.Match[str], form: str) -> bool:
    """Whether a run of digits is no number but a postal code, a telephone or a register's number."""
    before, behind = match.string[max(0, match.start() - 8) : match.start()], match.string[match.end() :]
    if match[0].startswith("0") or _CODE_BEFORE.search(before):
        return True
    town = _TOWN_BEHIND.match(behind) is not None and not _COUNTED.match(behind)
    return form == "12000" and len(match[0]) == 5 and town
