"""A text with real Markdown headings: taken at its word.

    "# Rundbrief Mai\\n\\nLiebe Mitglieder,\\n\\n## Neun Betriebe\\n\\n…" -> Imported(title="Rundbrief Mai", …)

Pure. The one heading of the highest level that opens the text is the edition's title, those of the next level are
sections; all else is cleaned and stays Markdown, which `content/` reads.
"""

import re
from collections.abc import Sequence
from datetime import date
from html import unescape

from isa_mail.intake import signs
from isa_mail.intake.guesses import Guesses, shown
from isa_mail.intake.kinds import slug
from isa_mail.intake.people import signatories
from isa_mail.intake.source import Line, remark_unsure
from isa_mail.intake.words import words_in
from isa_mail.model.findings import Place
from isa_mail.model.newsletter import Kind, Section, Signature
from isa_mail.model.pasted import Imported, ImportedSection
from isa_mail.typography.clean import clean

_HEADING = re.compile(r" {0,3}(?P<level>#{1,6})[ \t]+(?P<words>.*?\w.*?)[ \t]*#*[ \t]*")
_TABLE = re.compile(r" {0,3}(?=[^|]*\|)(?=[^-]*--)[ \t|:-]+")  # the line below its head: |---|:--|
_FENCE = re.compile(r" {0,3}(?:`{3,}|~{3,})")


def has_headings(text: str) -> bool:
    """Say whether a text has headings of Markdown."""
    return bool(_headings(text.split("\n")))


def read_markdown(text: str, language: str, guesses: Guesses, *, file: str) -> Imported:
    """Take a Markdown text apart."""
    cleaned = clean(text, language, file=file)
    lines = cleaned.text.split("\n")
    headings = _headings(lines)
    levels = [level for _, level, _ in headings]
    titled = levels.count(min(levels)) == 1 and levels[0] == min(levels) and len(levels) > 1
    titled = titled and not any(line.strip() for line in lines[: headings[0][0]])
    top = min(levels[1:]) if titled else min(levels)
    title = headings[0][2] if titled else ""
    if not titled:
        guesses.add("I107", 1, "no title: it was put together")
    starts = [(index, words) for index, level, words in headings[titled:] if level <= top]
    first = starts[0][0] if starts else len(lines)
    begin = headings[0][0] + 1 if titled else 0
    number, day = signs.find_number(title), signs.find_date(title)
    greeting, opening, signed = _opening(lines, begin, first, guesses)
    sections = []
    if any(line.strip() for line in lines[opening[0] : opening[1]]) or signed:
        kind = Kind.EDITORIAL if greeting or signed else Kind.ARTICLE
        sections.append(_section(10, "", kind, signed, lines, opening, file))
    for (index, words), end in zip(starts, [*(at for at, _ in starts[1:]), len(lines)], strict=True):
        number_of = (len(sections) + 1) * 10
        sections.append(_section(number_of, words, Kind.ARTICLE, (), lines, (index + 1, end), file))
    dated: date | None = day[0] if day else None
    if day and not day[1]:
        guesses.add("I107", 1, f"no day: the edition is dated {day[0].isoformat()}")
    source = dict(enumerate(text.split("\n"), 1))
    unpaired = [place.line or 1 for place in cleaned.unpaired]
    for index in range(1, len(lines)):
        if _TABLE.fullmatch(lines[index]) and "|" in lines[index - 1]:
            guesses.add("I110", index, shown(lines[index - 1].strip()))
    remark_unsure(cleaned.edits, unpaired, source, guesses)
    return Imported(
        language=language,
        title=title,
        number=number,
        date=dated,
        greeting=greeting,
        sections=tuple(sections),
        pictures=(),
        edits=cleaned.edits,
        guesses=tuple(guesses.found),
        left_out=tuple(guesses.left_out),
        words=tuple(
            (word, line) for line, typed in enumerate(lines, 1) for word in words_in(unescape(typed))
        ),
        source=source,
    )


def _headings(lines: Sequence[str]) -> list[tuple[int, int, str]]:
    """Find the headings outside fences: index, level, words."""
    found = []
    fenced = False
    for index, line in enumerate(lines):
        if _FENCE.match(line):
            fenced = not fenced
        heading = _HEADING.fullmatch(line)
        if heading and not fenced:
            found.append((index, len(heading["level"]), heading["words"].strip()))
    return found


def _opening(
    lines: Sequence[str], begin: int, end: int, guesses: Guesses
) -> tuple[str, tuple[int, int], tuple[Signature, ...]]:
    """Read greeting and signatories of the letter before the first section; return what is left of it between them."""
    filled = [index for index in range(begin, end) if lines[index].strip()]
    greeting = ""
    if filled and signs.greets(lines[filled[0]].strip()):
        greeting = lines[filled[0]].strip()
        begin = filled[0] + 1
    for index in filled:
        if index >= begin and signs.closes(lines[index].strip()):
            below = [
                Line(number + 1, lines[number].strip(), gap=not lines[number - 1].strip())
                for number in range(index + 1, end)
                if lines[number].strip()
            ]
            people, used, _ = signatories(below)
            if people and used == len(below):
                names = "; ".join(", ".join(filter(None, each)) for each in people)
                guesses.add("I104", below[0].number, names)
                signed = tuple(Signature((name,), (title,) if title else ()) for name, title in people)
                return greeting, (begin, index + 1), signed
    return greeting, (begin, end), ()


def _section(
    number: int,
    title: str,
    kind: Kind,
    signed: tuple[Signature, ...],
    lines: Sequence[str],
    span: tuple[int, int],
    file: str,
) -> ImportedSection:
    first = next((index for index in range(*span) if lines[index].strip()), span[0])
    name = f"{number}-{slug(title, kind)}"
    made = Section(name, (title,) if title else (), (), kind, signed, (), Place(file, first + 1))
    return ImportedSection(made, "\n".join(lines[first : span[1]]).rstrip(), first + 1)
