"""Walks through what was read: every link and every figure of a section, in reading order.

    Section(body=(Paragraph((Link(…),)), Figure(…))) -> links: Link(…)    figures: Figure(…)

Pure. Rendering and checking both have to see all of them, however deep they lie in quotations, turns and lists; so has
whoever asks which merge fields an edition has.
"""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from isa_mail.model.merging import MergeField
from isa_mail.model.newsletter import (
    Attribution,
    Block,
    BulletList,
    CallToAction,
    Emphasis,
    EventList,
    Figure,
    Heading,
    Link,
    OrderedList,
    Paragraph,
    Quotation,
    RichText,
    Section,
    Strong,
    Turn,
)


def links(section: Section) -> Iterator[Link]:
    """Yield every link of a section."""
    for block in section.body:
        yield from _block_links(block)


def _block_links(block: Block) -> Iterator[Link]:
    match block:
        case Heading(text=text) | Paragraph(text=text) | Figure(caption=text):
            yield from _rich_links(text)
        case CallToAction(link=link):
            yield link
        case Quotation(blocks=blocks, attribution=attribution):
            yield from _all(blocks)
            if isinstance(attribution, Attribution):
                yield from _rich_links(attribution.name + attribution.role)
        case Turn(speaker=speaker, blocks=blocks):
            yield from _rich_links(speaker)
            yield from _all(blocks)
        case BulletList(items=items) | OrderedList(items=items):
            for item in items:
                yield from _all(item)
        case EventList(events=events):
            for event in events:
                yield from _rich_links(event.when + event.title + event.place)
        case _:
            pass


def _all(blocks: tuple[Block, ...]) -> Iterator[Link]:
    for block in blocks:
        yield from _block_links(block)


def _rich_links(text: RichText) -> Iterator[Link]:
    for part in text:
        if isinstance(part, Link):
            yield part
        elif isinstance(part, Emphasis | Strong):
            yield from _rich_links(part.children)


def figures(blocks: tuple[Block, ...]) -> Iterator[Figure]:
    """Yield every figure among some blocks."""
    for block in blocks:
        match block:
            case Figure():
                yield block
            case Quotation(blocks=inner) | Turn(blocks=inner):
                yield from figures(inner)
            case BulletList(items=items) | OrderedList(items=items):
                for item in items:
                    yield from figures(item)
            case _:
                pass


def merge_fields(part: object) -> Iterator[MergeField]:
    """Yield every merge field of an edition or of a part of one, wherever it stands."""
    if isinstance(part, MergeField):
        yield part
    elif isinstance(part, tuple):
        for each in part:
            yield from merge_fields(each)
    elif is_dataclass(part):
        for each in fields(part):
            yield from merge_fields(getattr(part, each.name))
