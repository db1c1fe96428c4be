"""One thing under several names: the fair in four spellings, a family name in capitals here and not there, a slip.

    „Wasser Plus“-Messe (3), Wasser Plus Messe (1)      LIN Xiaomei, Lin Xiaomei      Wirtchafts…, Wirtschafts…

Pure. A false alarm is worse than a miss here, so only what can hardly be meant is told: the same letters with other
hyphens, blanks or quotation marks, where every part begins with a capital; the same two names in two casings; two long
words of which one lacks, doubles or swaps a single letter in its middle. For German and English; Chinese has neither
blanks nor capitals.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from isa_mail.check.codes import finding
from isa_mail.check.passages import Passage, Role
from isa_mail.check.texts import Texts
from isa_mail.model.findings import Finding, Glossary, Place

_QUOTES = '„“”"»«'
_PART = r"[^\W\d_][^\W_]*"  # a word or a part of a compound; figures inside are fine: 5G, B2B
_TERM = re.compile(
    rf"[{_QUOTES}]?\b{_PART}(?:[{_QUOTES}]?(?:-[ \u00a0]?|[ \u00a0])[{_QUOTES}]?{_PART})*[{_QUOTES}]?"
)
_PIECE = re.compile(rf"(?P<gap>[-\s{_QUOTES}]*)(?P<part>{_PART})")
_MOST_PARTS = 4
_LEAST_LETTERS = 7  # of a term; shorter ones meet by chance
_CAPITALS = re.compile(r"(?<![\w-])([A-ZÄÖÜ]{2,})[ \u00a0]([A-ZÄÖÜ][a-zäöüß]+(?:-?[a-z]+)?)(?![\w-])")
_ADJECTIVE = re.compile(
    r"(?<![\w-])(?P<adjective>[A-ZÄÖÜa-zäöüß][a-zäöüß]{3,}(?:-[A-ZÄÖÜa-zäöüß][a-zäöüß]+)*(?:e|en|em|er|es))"
    r"[ \u00a0](?P<noun>[A-ZÄÖÜ][a-zäöüß]{3,}(?:-?[A-Za-zäöüß]+)*)"
)
_ENDING = re.compile(r"(?:e|en|em|er|es)\Z")
_BEFORE = 12  # characters in which the beginning of a sentence is looked for
_POINTING = frozenset(
    "dies jed jen kein all ihr unser mein dein sein euer welch manch solch ander viel wenig beid einig mehrer".split()
)  # never part of a name
_BEGINS = re.compile(r"(?:\A|[.!?:…–—])[\s„“”\"»«‚‘(]*\Z|[„“”\"»«‚‘(]\Z")
_CAMEL = re.compile(r"[a-zäöüß][A-ZÄÖÜ]")
_LONG_WORD = re.compile(r"(?<![\w-])[^\W\d_]{10,60}(?![\w-])")
_EDGE = 3  # letters at either end in which words may differ: endings, prefixes
_NOT_PROSE = frozenset({Role.DESCRIPTION})


@dataclass(frozen=True, slots=True)
class _Spelling:
    text: str
    place: Place


def name_findings(
    passages: Sequence[Passage], language: str, texts: Texts, glossary: Glossary
) -> Iterator[Finding]:
    """Compare all passages of one language's edition with each other."""
    if language == "zh":
        return
    prose = [passage for passage in passages if passage.role not in _NOT_PROSE]
    kept = {_letters(words) for words in (*glossary.keep, *glossary.right.values())}
    yield from _spellings(prose, texts, kept)
    if language == "de":
        yield from _adjectives(prose, texts)
    yield from _capitals(prose, texts)
    yield from _slips(prose, texts, kept)


# --- hyphens, blanks and quotation marks ------------------------------------------------------------------


def _spellings(prose: Iterable[Passage], texts: Texts, kept: set[str]) -> Iterator[Finding]:
    found: defaultdict[str, list[_Spelling]] = defaultdict(list)
    for passage in prose:
        for text in _terms(passage.text):
            found[_letters(text)].append(_Spelling(text, passage.place))
    told: set[str] = set()
    for letters, spellings in sorted(found.items(), key=lambda each: -len(each[0])):
        counted = Counter(_form(each.text) for each in spellings)
        if len(counted) < 2 or letters in kept or any(letters in longer for longer in told):
            continue
        if not _differ_in_earnest(counted):
            continue
        told.add(letters)
        yield _several(spellings, counted, texts)


def _several(spellings: list[_Spelling], counted: Counter[str], texts: Texts) -> Finding:
    usual = counted.most_common(1)[0][0]
    others = [each for each in spellings if _form(each.text) != usual]
    examples = {_form(each.text): each.text.strip() for each in reversed(spellings)}
    usual_one, *rare = (f"{examples[form]} ({number})" for form, number in counted.most_common())
    first = others[0]
    return finding(
        "T701",
        texts.locate(first.place, first.text.strip(_QUOTES)),
        f"{usual_one} is also spelt {', '.join(rare)}.",
        f"Choose one: „{examples[_form(first.text)]} -> …“ in glossary.txt, then isa-mail check --fix.",
    )


def _terms(text: str) -> Iterator[str]:
    """Yield every run of up to four parts that begin with capitals, and single words of several parts."""
    for run in _TERM.finditer(text):
        pieces = list(_PIECE.finditer(run[0]))
        for first in range(len(pieces)):
            for last in range(first, min(len(pieces), first + _MOST_PARTS)):
                term = pieces[first : last + 1]
                if _is_term(term):
                    yield _cut(run[0], term)


def _is_term(pieces: Sequence[re.Match[str]]) -> bool:
    parts = [piece["part"] for piece in pieces]
    if sum(map(len, parts)) < _LEAST_LETTERS or not parts[0][0].isupper() or all(map(str.isupper, parts)):
        return False  # what stands in capitals as a whole is a banner, and no other spelling
    blanks = any(" " in piece["gap"] or "\u00a0" in piece["gap"] for piece in pieces[1:])
    if len(parts) == 1:
        return True
    return all(part[0].isupper() for part in parts) if blanks else True


def _cut(run: str, pieces: Sequence[re.Match[str]]) -> str:
    """Cut the term out, with the quotation marks that open or close inside it."""
    start, end = pieces[0].start("part"), pieces[-1].end("part")
    inner = run[start:end]
    if start and run[start - 1] in _QUOTES and any(mark in inner for mark in _QUOTES):
        start -= 1
    return run[start:end]


def _letters(text: str) -> str:
    return "".join(char for char in text if char.isalnum()).casefold()


def _form(text: str) -> str:
    """What tells spellings apart: capitals of the first letter aside, all quotation marks alike."""
    text = text.replace("\u00a0", " ")
    text = "".join('"' if char in _QUOTES else char for char in text)
    return text[:1].casefold() + text[1:]


def _differ_in_earnest(counted: Counter[str]) -> bool:
    """A compound may be written in one word or with a hyphen, and a noun may follow a noun: that is no difference.

    Told are forms with a blank beside forms with a hyphen or without any; capitals inside a word beside none; and
    quotation marks beside none.
    """
    skeletons = {re.sub(r"[^\W_]+", "x", form) for form in counted}
    blank = any(" " in each for each in skeletons)
    hyphen = any("-" in each for each in skeletons)
    solid = [form for form in counted if not re.search(r'[- "]', form)]
    camel = any(_CAMEL.search(form) for form in solid)
    if blank and hyphen:
        return len(skeletons) > 1
    if any('"' in each for each in skeletons) and any('"' not in each for each in skeletons):
        return any(len(re.findall("x", each)) > 1 for each in skeletons)
    return camel and (blank or hyphen or len(solid) > 1)


# --- an adjective that is part of a name ------------------------------------------------------------------


def _adjectives(prose: Iterable[Passage], texts: Texts) -> Iterator[Finding]:
    """Chinesisch-Deutsche Allianz and chinesisch-deutsche Allianz; where a sentence begins, a capital says nothing."""
    found: defaultdict[tuple[str, str], dict[bool, list[_Spelling]]] = defaultdict(
        lambda: {True: [], False: []}
    )
    for passage in prose:
        for match in _ADJECTIVE.finditer(passage.text):
            capital = match["adjective"][0].isupper()
            if capital and _BEGINS.search(passage.text[max(0, match.start() - _BEFORE) : match.start()]):
                continue
            stem = _ENDING.sub("", match["adjective"].casefold())
            if stem in _POINTING:
                continue
            key = (stem, match["noun"].casefold())
            found[key][capital].append(_Spelling(match[0], passage.place))
    for spellings in found.values():
        if spellings[True] and spellings[False]:
            rare, usual = sorted(spellings.values(), key=len)
            yield finding(
                "T701",
                texts.locate(rare[0].place, rare[0].text),
                f"{usual[0].text} ({len(usual)}) is also spelt {rare[0].text} ({len(rare)}).",
                "A capital makes it a name: choose one of the two for all places.",
            )


# --- family names in capitals -----------------------------------------------------------------------------


def _capitals(prose: Iterable[Passage], texts: Texts) -> Iterator[Finding]:
    prose = list(prose)
    seen: set[tuple[str, str]] = set()
    for passage in prose:
        for found in _CAPITALS.finditer(passage.text):
            family, given = found[1], found[2]
            if (family, given) in seen:
                continue
            seen.add((family, given))
            plain = family.capitalize()
            other = re.compile(rf"(?<![\w-])(?:{plain}[ \u00a0]{given}|{given}[ \u00a0]{plain})(?![\w-])")
            for elsewhere in prose:
                if where := other.search(elsewhere.text):
                    yield finding(
                        "T702",
                        texts.locate(elsewhere.place, where[0]),
                        f"{where[0]} is {found[0]} elsewhere.",
                        "Write the family name in capitals everywhere, or nowhere.",
                    )


# --- slips ------------------------------------------------------------------------------------------------


def _slips(prose: Iterable[Passage], texts: Texts, kept: set[str]) -> Iterator[Finding]:
    where: defaultdict[str, list[_Spelling]] = defaultdict(list)
    for passage in prose:
        for found in _LONG_WORD.finditer(passage.text):
            where[found[0].casefold()].append(_Spelling(found[0], passage.place))
    by_hole: defaultdict[str, set[str]] = defaultdict(set)
    for word in where:
        for hole in _holes(word):
            by_hole[hole].add(word)
    told: set[frozenset[str]] = set()
    for words in by_hole.values():
        for one in words:
            for other in words:
                pair = frozenset((one, other))
                if len(pair) == 2 and pair not in told and _is_slip(one, other):
                    told.add(pair)
                    rare, usual = sorted((one, other), key=lambda each: (len(where[each]), len(each)))
                    if not {rare, usual} & kept:
                        yield _slip(where[rare][0], where[usual][0].text, texts)


def _slip(rare: _Spelling, usual: str, texts: Texts) -> Finding:
    return finding(
        "T711",
        texts.locate(rare.place, rare.text),
        f"„{rare.text}“ stands here, and „{usual}“ elsewhere: is one of them a slip?",
        "Correct it; if both are meant, write them into glossary.txt, a line each.",
    )


def _holes(word: str) -> Iterator[str]:
    """The word itself, and the word without one letter of its middle."""
    yield word
    for at in range(_EDGE, len(word) - _EDGE):
        yield word[:at] + word[at + 1 :]


def _is_slip(one: str, other: str) -> bool:
    """Whether one word is the other without a letter of its middle, or with two neighbours swapped there.

    An e may go, and i and e change places, without any slip: andernfalls, verglichen, beschrieben.
    """
    shorter, longer = sorted((one, other), key=len)
    middle = range(_EDGE, len(longer) - _EDGE)
    if len(longer) == len(shorter) + 1:
        return any(longer[at] != "e" and longer[:at] + longer[at + 1 :] == shorter for at in middle)
    return len(longer) == len(shorter) and any(
        {longer[at], longer[at + 1]} != {"i", "e"}
        and longer[:at] + longer[at + 1] + longer[at] + longer[at + 2 :] == shorter
        for at in middle[:-1]
    )
