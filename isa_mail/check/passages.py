"""Edition -> its passages: every run of words that a reader sees, with its role and its place.

    Quotation((Paragraph(("Ein Satz.",)),), …) in 20-bericht.txt:4 -> Passage(QUOTED, "Ein Satz.", Place(…, 4), …)

Pure. Code and what stands between fences are left out: they are shown as typed, and nobody corrects them. A merge field
is its fallback, or its name. A line break that the author asked for is "\\n".
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from isa_mail.model.findings import Place
from isa_mail.model.merging import MergeField
from isa_mail.model.newsletter import (
    Attribution,
    Block,
    BulletList,
    CallToAction,
    Code,
    Edition,
    Emphasis,
    EventList,
    Figure,
    Heading,
    Kind,
    LineBreak,
    Link,
    OrderedList,
    Paragraph,
    Quotation,
    RichText,
    Section,
    Strong,
    Turn,
    is_placeholder,
)


class Role(StrEnum):
    """What a passage is to its reader."""

    SUBJECT = "subject"
    PREHEADER = "preheader"
    GREETING = "greeting"
    TITLE = "title"  # of the edition or of a section, short ones included
    SIGNATURE = "signature"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    QUOTED = "quoted"  # a paragraph of a quotation
    SPOKEN = "spoken"  # a paragraph of a turn
    ITEM = "item"  # of a list
    ATTRIBUTION = "attribution"
    SPEAKER = "speaker"
    CAPTION = "caption"
    DESCRIPTION = "description"  # of a picture, for those who do not see it
    ACTION = "action"  # a link that stands alone
    EVENT = "event"


RUNNING = frozenset({Role.PARAGRAPH, Role.QUOTED, Role.SPOKEN, Role.ITEM})
"""Roles whose passages read on from one to the next."""


@dataclass(frozen=True, slots=True)
class Passage:
    role: Role
    text: str
    place: Place
    section: str  # its name; "" for edition.txt
    kind: Kind | None  # of its section; None for edition.txt


def passages(edition: Edition) -> Iterator[Passage]:
    """Yield all passages of an edition in reading order; empty ones are left out."""
    heads = (
        (Role.TITLE, (edition.title,)),
        (Role.TITLE, (edition.number,)),
        (Role.SUBJECT, edition.subject if edition.subject != (edition.title,) else ()),
        (Role.PREHEADER, edition.preheader),
        (Role.GREETING, edition.greeting),
    )
    for role, text in heads:
        yield from _passage(role, text, edition.place, None)
    for section in edition.sections:
        yield from section_passages(section)


def section_passages(section: Section) -> Iterator[Passage]:
    """Yield the passages of one section."""
    yield from _passage(Role.TITLE, section.title, section.place, section)
    yield from _passage(Role.TITLE, section.short_title, section.place, section)
    yield from _blocks(section.body, Role.PARAGRAPH, section)
    for signature in section.signed:
        yield from _passage(Role.SIGNATURE, signature.name, section.place, section)
        yield from _passage(Role.SIGNATURE, signature.title, section.place, section)


def words(text: RichText) -> str:
    """Give the words of running text as a reader sees them."""
    pieces = []
    for piece in text:
        match piece:
            case str():
                pieces.append(piece)
            case MergeField(name=name, fallback=fallback):
                pieces.append(name if fallback is None else fallback)
            case Emphasis(children=children) | Strong(children=children) | Link(children=children):
                pieces.append(words(children))
            case LineBreak():
                pieces.append("\n")
            case Code():
                pieces.append(" ")
    return "".join(pieces)


def _blocks(blocks: tuple[Block, ...], role: Role, section: Section) -> Iterator[Passage]:
    for block in blocks:
        match block:
            case Paragraph(text=text, place=place):
                yield from _passage(role, text, place, section)
            case Heading(text=text, place=place):
                yield from _passage(Role.HEADING, text, place, section)
            case CallToAction(link=link):
                yield from _passage(Role.ACTION, (link,), link.place, section)
            case Figure(caption=caption, place=place):
                yield from _passage(Role.DESCRIPTION, _description(block), place, section)
                yield from _passage(Role.CAPTION, caption, _below(place), section)
            case Quotation(blocks=inner, attribution=attribution):
                yield from _blocks(inner, Role.QUOTED, section)
                yield from _attribution(attribution, section)
            case Turn(speaker=speaker, blocks=inner, place=place):
                yield from _passage(Role.SPEAKER, speaker, place, section)
                yield from _blocks(inner, Role.SPOKEN, section)
            case BulletList(items=items) | OrderedList(items=items):
                for item in items:
                    yield from _blocks(item, Role.ITEM, section)
            case EventList():
                yield from _events(block, section)
            case _:
                pass


def _events(listed: EventList, section: Section) -> Iterator[Passage]:
    for event in listed.events:
        text = (*event.when, ": ", *event.title, *((", ", *event.place) if event.place else ()))
        yield from _passage(Role.EVENT, text, event.line, section)


def _attribution(attribution: Attribution | None, section: Section) -> Iterator[Passage]:
    if attribution is None:
        return
    who = (*attribution.name, *((", ", *attribution.role) if attribution.role else ()))
    yield from _passage(Role.ATTRIBUTION, who, attribution.place, section)


def _passage(role: Role, text: RichText, place: Place, section: Section | None) -> Iterator[Passage]:
    shown = words(text)
    if shown.strip():
        name, kind = (section.name, section.kind) if section else ("", None)
        yield Passage(role, shown, place, name, kind)


def _description(figure: Figure) -> RichText:
    """What a picture shows; as long as it is missing, nobody can say."""
    return () if is_placeholder(figure.path) else (figure.alt,)


def _below(place: Place) -> Place:
    return place if place.line is None else Place(place.file, place.line + 1)
