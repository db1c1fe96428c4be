"""Quotation marks that open and never close, or close and never opened.

    "„In Guiyang haben sich … lösen" -> T128 at the line of „

Pure. A quotation may run over several paragraphs of a section, so the count is carried over their ends; titles,
captions and attributions stand for themselves. Only double marks are counted: a single one may be an apostrophe.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from isa_mail.check.codes import finding
from isa_mail.check.passages import RUNNING, Passage, Texts
from isa_mail.model import Finding

_PAIRS = {
    "de": {"„": "“”\"", "»": "«", "«": "»"},
    "en": {"“": "”\"", "«": "»"},
    "zh": {"“": "”\"", "《": "》", "「": "」", "『": "』", "〈": "〉"},
}
_CLOSERS = frozenset("“”«»》」』〉")
_SHOWN = 30  # characters of the text behind a mark


@dataclass(frozen=True, slots=True)
class _Open:
    mark: str
    passage: Passage
    at: int


def quote_findings(passages: Iterable[Passage], language: str, texts: Texts) -> Iterator[Finding]:
    """Find marks without their partner in one section's passages (or in those of edition.txt)."""
    running: list[_Open] = []
    first_of_running = True
    for passage in passages:
        if passage.role in RUNNING:
            begins_again = _begins_again(passage, running, language) and not first_of_running
            yield from _read(passage, running, language, texts, skip_first=begins_again)
            first_of_running = False
        else:
            alone: list[_Open] = []
            yield from _read(passage, alone, language, texts)
            yield from (_unclosed(one, texts) for one in alone)
    yield from (_unclosed(one, texts) for one in running)


def _begins_again(passage: Passage, running: list[_Open], language: str) -> bool:
    """In English, each paragraph of a long quotation opens with a mark again, and only the last one closes."""
    return language == "en" and bool(running) and passage.text.lstrip()[:1] == running[-1].mark


def _read(
    passage: Passage, opened: list[_Open], language: str, texts: Texts, *, skip_first: bool = False
) -> Iterator[Finding]:
    pairs, text = _PAIRS[language], passage.text
    for at, char in enumerate(text):
        if skip_first and not text[:at].strip() and char in pairs:
            continue
        before, after = text[at - 1 : at], text[at + 1 : at + 2]
        if char == '"':
            if before.isdecimal() and not (opened and opened[-1].mark in pairs):
                continue  # inches
            if opened and '"' in (opened[-1].mark, *pairs.get(opened[-1].mark, "")):
                opened.pop()
            else:
                opened.append(_Open(char, passage, at))
        elif opened and (char in pairs.get(opened[-1].mark, "") or (opened[-1].mark == '"' and char in _CLOSERS)):
            opened.pop()
        elif char in pairs or (char in "“" and _opens(before, after)):
            opened.append(_Open(char, passage, at))
        elif char in _CLOSERS:
            yield _unopened(char, passage, at, texts)


def _opens(before: str, after: str) -> bool:
    return (not before or before.isspace() or before in "([–—") and bool(after) and not after.isspace()


def _unclosed(one: _Open, texts: Texts) -> Finding:
    shown = one.passage.text[one.at : one.at + _SHOWN].replace("\n", " ")
    place = texts.locate(one.passage.place, shown[:12])
    return finding(
        "T128",
        place,
        f"The quotation mark {one.mark} is never closed: {shown}…",
        "Close it where the quotation ends, or take it away.",
    )


def _unopened(mark: str, passage: Passage, at: int, texts: Texts) -> Finding:
    shown = passage.text[max(0, at - _SHOWN) : at + 1].replace("\n", " ")
    return finding(
        "T128",
        texts.locate(passage.place, shown[-12:]),
        f"The quotation mark {mark} closes what was never opened: …{shown}",
        "Open the quotation where it begins, or take the mark away.",
    )
