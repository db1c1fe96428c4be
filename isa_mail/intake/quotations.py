"""Quotations in a pasted text: where they begin and end, and who said them.

    "Ruprecht Hagel, Hafenau: „Danke.“" -> Quotation((Paragraph(("Danke.",)),), Attribution(("Ruprecht Hagel",), …))

Pure. A quotation is one only if it fills its paragraphs: one inside a sentence stays in its sentence. The marks around
it go, since the letter sets it apart; those inside move out by one depth.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from isa_mail.intake.people import attribution, is_name, said_by
from isa_mail.intake.signs import is_loose, mostly_chinese
from isa_mail.intake.source import Line
from isa_mail.model.newsletter import Attribution, Paragraph, Quotation, RichText
from isa_mail.typography.quotes import Pair, read_quotes
from isa_mail.typography.scripts import language_of_line

_SPEAKER = re.compile(r"(?P<who>[^„“”‚‘:：。]{2,200})[:：]\s*(?=[„“‚‘])")
_CHINESE_SAYS = re.compile(r"(?<=[\u4e00-\u9fff]{2})(?:说道?|表示|指出|强调)\Z")
_TAIL = re.compile(r"[.,;!?。，；！？…]?")
_DASHED = re.compile(r"(?:--|——|[-–—])\s*(?P<who>[^\W\d].{1,200})")
_SHORTEST = 60  # characters from which a paragraph in quotation marks is no heading


class Found(NamedTuple):
    """A quotation, and how many lines it takes."""

    quotation: Quotation
    lines: int
    who: str  # "" if nobody is named
    kept: str  # the words of it that are in the quotation


class Quotations:
    """The quotations of one text."""

    def __init__(self, lines: Sequence[Line], language: str) -> None:
        """`lines` are those of the whole text."""
        self._lines = lines
        self._languages = [language_of_line(line.text, language) for line in lines]
        pairs = read_quotes([line.text for line in lines], self._languages).pairs
        self._pairs = {pair.opens: pair for pair in pairs if pair.depth == 0}

    def at(self, index: int) -> Found | None:
        """Read the quotation that fills the lines from `index` on; None if none does."""
        line = self._lines[index]
        speaker = _SPEAKER.match(line.text)
        if speaker is not None:
            return self._spoken(index, index, speaker.end(), line.part(0, speaker.end("who")), 0)
        if re.search("[:：]$", line.text) and len(line.text) <= 200 and index + 1 < len(self._lines):
            return self._spoken(index, index + 1, 0, line.part(0, len(line.text) - 1), 1)
        return self._whole(index)

    def _spoken(self, index: int, start: int, column: int, who: Line, before: int) -> Found | None:
        pair = self._pairs.get((start, column))
        if pair is None or not _TAIL.fullmatch(self._behind(pair)):
            return None
        if said := _CHINESE_SAYS.search(who.text):
            who = who.part(0, said.start())
        name, role = attribution(who.text)
        if not (is_name(name) or mostly_chinese(name)) or (len(name) > 30 and not is_name(name)):
            return None
        speaker = _said(who, name, role)
        return self._found(index, pair, speaker, who.text) if speaker else None

    def _whole(self, index: int) -> Found | None:
        pair = self._pairs.get((index, 0))
        if pair is None:
            return None
        behind = self._behind(pair)
        last = pair.closes[0]
        length = sum(len(line.text) for line in self._lines[index : last + 1]) - len(behind)
        if not _TAIL.fullmatch(behind):
            linked = any(
                mark.kind == "link" and mark.end > pair.closes[1] for mark in self._lines[last].marks
            )
            who = "" if linked else said_by(behind)
            name, role = attribution(who)
            return (
                self._found(index, pair, _plain(name, role), who, cut=True)
                if who and length > _SHORTEST
                else None
            )
        if length < _SHORTEST and is_loose(self._lines[index].text):
            return None
        below = self._lines[last + 1] if last + 1 < len(self._lines) else None
        if below is not None and (dashed := _DASHED.fullmatch(below.text)):
            return self._below(index, pair, below.part(dashed.start("who")))
        if below is not None and not below.gap and not below.style and is_name(attribution(below.text)[0]):
            return self._below(index, pair, below)
        return self._found(index, pair, None, "")

    def _below(self, index: int, pair: Pair, who: Line) -> Found | None:
        said = _said(who, *attribution(who.text))
        if said is None:
            return None
        found = self._found(index, pair, said, who.text)
        return found._replace(lines=found.lines + 1)

    def _behind(self, pair: Pair) -> str:
        line, column = pair.closes
        return self._lines[line].text[column + 1 :]

    def _found(
        self, index: int, pair: Pair, said: Attribution | None, who: str, *, cut: bool = False
    ) -> Found:
        (first, start), (last, end) = pair.opens, pair.closes
        parts = []
        for number in range(first, last + 1):
            line = self._lines[number]
            begin = start + 1 if number == first else 0
            stop = end if number == last else len(line.text)
            part = line.part(begin, stop)
            mark = "" if cut or number != last else self._behind(pair).rstrip(",，")
            if mark and not part.text.endswith(tuple(".!?…。！？")):
                part = Line(part.number, part.text + mark, part.marks)
            if part.text:
                parts.append(_moved_out(part, self._languages[number]))
        kept = " ".join((*(part.text for part in parts), who))
        quotation = Quotation(tuple(Paragraph(part.rich()) for part in parts), said)
        return Found(quotation, last - index + 1, who, kept)


def _moved_out(part: Line, language: str) -> Line:
    """Set the marks inside a quotation as outermost ones: those around it are gone."""
    quotes = read_quotes([part.text], [language], outer="double")
    text = list(part.text)
    for change in quotes.changes.get(0, ()):
        if change.end - change.start == len(change.after) == 1:
            text[change.start] = change.after
    return part.with_text("".join(text))


def _plain(name: str, role: str) -> Attribution:
    return Attribution((name,), (role,) if role else ())


def _said(who: Line, name: str, role: str) -> Attribution | None:
    """Keep links in the speaker's line; None if one would be lost."""
    if not any(mark.kind == "link" for mark in who.marks):
        return _plain(name, role)
    start = who.text.find(role) if role else -1
    if role and start < 0:
        return None
    rich: RichText = who.part(start, start + len(role)).rich() if role else ()
    name_start = who.text.find(name)
    return Attribution(who.part(name_start, name_start + len(name)).rich(), rich)
