"""Edition -> Letter: what both parts say, and in which order.

    Edition(ten sections, ...) -> Letter(issue="Ausgabe 5 · 31. Oktober 2019", opening=(editorial,), contents=…, …)

Pure. `html.py` and `text.py` both set this one value, so they cannot differ in words or order. Decided here: where the
contents list stands, the anchors, the preheader when nobody wrote one, and heading levels without gaps.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import chain, count

from isa_mail.model.merging import MergeField, PlainText
from isa_mail.model.newsletter import (
    Block,
    BulletList,
    Edition,
    Emphasis,
    Figure,
    Heading,
    Kind,
    Link,
    OrderedList,
    Paragraph,
    Quotation,
    RichText,
    Section,
    Strong,
    Turn,
)
from isa_mail.model.publication import Publication
from isa_mail.render.fields import BUILT_IN
from isa_mail.typography.words import Words, long_date, words

CONTENTS_FROM = 6  # titled sections: below that the reader sees them all by scrolling once
_PREHEADER_LENGTH = 110  # characters; inboxes show 40 to 130


@dataclass(frozen=True, slots=True)
class Piece:
    """A section with its address inside the letter."""

    section: Section
    anchor: str

    @property
    def questioner(self) -> RichText | None:
        """Who asks in an interview: whoever speaks first. None: nobody does."""
        if self.section.kind is not Kind.INTERVIEW:
            return None
        return next((block.speaker for block in self.section.body if isinstance(block, Turn)), None)


@dataclass(frozen=True, slots=True)
class Letter:
    """All that a reader will see, in the order of its fields."""

    edition: Edition
    publication: Publication
    words: Words
    publication_name: str  # "" if the title says it already
    issue: str  # number and date, as one line
    preheader: PlainText
    lead: Figure | None  # the picture below the masthead: an editorial that opens with one gives it away
    opening: tuple[Piece, ...]  # editorials at the top: greeting and they are one text
    contents: tuple[Piece, ...]  # after the opening; without one, before the greeting
    pieces: tuple[Piece, ...]
    because: PlainText
    address: MergeField
    web_version: str  # its address; "": none


def letter(edition: Edition, publication: Publication, *, web_version: str = "") -> Letter:
    """Arrange an edition. `web_version` is where it can be read on the web."""
    own = words(edition.language)
    pieces = _pieces(edition.sections)
    opened = next(
        (n for n, piece in enumerate(pieces) if piece.section.kind is not Kind.EDITORIAL), len(pieces)
    )
    opening = pieces[:opened]
    lead = lead_figure(edition)
    if lead:
        first = opening[0]
        opening = (replace(first, section=replace(first.section, body=first.section.body[1:])), *opening[1:])
    titled = tuple(piece for piece in pieces if piece.section.title)
    address = MergeField("address", None, BUILT_IN)
    before, _, after = own.because.partition("%s")
    name = publication.name
    return Letter(
        edition=edition,
        publication=publication,
        words=own,
        publication_name="" if name.casefold() in edition.title.casefold() else name,
        issue=_issue(edition, own),
        preheader=edition.preheader or _first_words(edition.sections),
        lead=lead,
        opening=opening,
        contents=titled if len(titled) >= CONTENTS_FROM else (),
        pieces=pieces[opened:],
        because=(before, address, after),
        address=address,
        web_version=web_version,
    )


def lead_figure(edition: Edition) -> Figure | None:
    """Find the picture that goes below the masthead: the first block of an editorial that opens the edition.

    An editorial with a title of its own keeps its picture below that title.
    """
    first = edition.sections[0] if edition.sections else None
    if first is None or first.kind is not Kind.EDITORIAL or first.title or not first.body:
        return None
    return first.body[0] if isinstance(first.body[0], Figure) else None


def _issue(edition: Edition, own: Words) -> str:
    day = long_date(edition.date, edition.language)
    return f"{own.issue % edition.number} · {day}" if edition.number else day


def _pieces(sections: Iterable[Section]) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    taken: set[str] = set()
    for section in sections:
        base = re.sub(r"[^a-z0-9]+", "-", section.name.lower()).strip("-") or "section"
        spares = (f"{base}-{number}" for number in count(2))
        anchor = next(each for each in chain((base,), spares) if each not in taken)
        taken.add(anchor)
        pieces.append(Piece(_without_gaps(section), anchor))
    return tuple(pieces)


def _without_gaps(section: Section) -> Section:
    """Move headings up so that no level is skipped: h1 title, h2 section, h3 and so on."""
    top = 2 if section.title else 1
    moved, _ = _level(section.body, top)
    return replace(section, body=moved)


def _level(blocks: tuple[Block, ...], above: int) -> tuple[tuple[Block, ...], int]:
    """Give the blocks with new levels, and the level that the last heading has."""
    result: list[Block] = []
    for block in blocks:
        match block:
            case Heading(level=level, text=text):
                above = min(level, above + 1)
                block = Heading(above, text)
            case Quotation(blocks=inner):
                inner, above = _level(inner, above)
                block = replace(block, blocks=inner)
            case Turn(blocks=inner):
                inner, above = _level(inner, above)
                block = replace(block, blocks=inner)
            case BulletList(items=items) | OrderedList(items=items):
                moved: list[tuple[Block, ...]] = []
                for item in items:
                    inner, above = _level(item, above)
                    moved.append(inner)
                block = replace(block, items=tuple(moved))
            case _:
                pass
        result.append(block)
    return tuple(result), above


def _first_words(sections: Iterable[Section]) -> PlainText:
    """Make a preheader from the first paragraph, cut at a word."""
    for section in sections:
        for block in section.body:
            if isinstance(block, Paragraph):
                return _cut(_flat(block.text))
    return ()


def _flat(text: RichText) -> PlainText:
    parts: list[str | MergeField] = []
    for part in text:
        if isinstance(part, Emphasis | Strong | Link):
            parts.extend(_flat(part.children))
        elif isinstance(part, str | MergeField):
            parts.append(part)
        else:
            parts.append(getattr(part, "text", " "))
    return tuple(parts)


def _cut(text: PlainText) -> PlainText:
    kept: list[str | MergeField] = []
    room = _PREHEADER_LENGTH
    for part in text:
        if isinstance(part, str):
            words_of_part = re.sub(r"\s+", " ", part if kept else part.lstrip())
            if len(words_of_part) > room:
                head = words_of_part[:room]
                kept.append((head.rpartition(" ")[0] or head).rstrip(" ,;:") + "…")
                break
            kept.append(words_of_part)
            room -= len(words_of_part)
        else:
            kept.append(part)
            room -= 12  # about a name
    return tuple(kept)
