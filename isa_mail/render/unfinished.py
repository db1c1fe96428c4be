"""What is still missing in an edition, shown as such.

    Figure("images/‹Bild›.jpg", caption=("Der Stand",)) -> Paragraph(("‹Bild fehlt›", LineBreak(), "Der Stand"))

Pure. An edition can be built and looked at before its last link and picture are there: readers of the draft see what is
missing where. Both are findings that block sending (C105, C114), so that no recipient ever sees it.
"""

from dataclasses import replace

from isa_mail.model.newsletter import (
    Attribution,
    Block,
    BulletList,
    CallToAction,
    Edition,
    Emphasis,
    Event,
    EventList,
    Figure,
    Heading,
    Inline,
    LineBreak,
    Link,
    OrderedList,
    Paragraph,
    Quotation,
    RichText,
    Strong,
    Turn,
    is_placeholder,
)
from isa_mail.typography.words import Words, words


def show_missing(edition: Edition) -> Edition:
    """Put a remark in the place of every link without a target and of every picture that is still missing."""
    shown = _Shown(words(edition.language))
    sections = tuple(replace(section, body=shown.blocks(section.body)) for section in edition.sections)
    return replace(edition, sections=sections)


class _Shown:
    def __init__(self, own: Words) -> None:
        self._own = own

    def blocks(self, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
        return tuple(self._block(block) for block in blocks)

    def _block(self, block: Block) -> Block:
        match block:
            case Paragraph(text=text) | Heading(text=text):
                return replace(block, text=self._rich(text))
            case CallToAction(link=link) if not link.href:
                return Paragraph(self._rich((link,)))
            case Figure(path=path, caption=caption) if is_placeholder(path):
                below = (LineBreak(), *self._rich(caption)) if caption else ()
                return Paragraph((self._own.picture_missing, *below))
            case Figure(caption=caption):
                return replace(block, caption=self._rich(caption))
            case Quotation(blocks=inner, attribution=said):
                return Quotation(self.blocks(inner), self._said(said) if said else None)
            case Turn(speaker=speaker, blocks=inner):
                return Turn(self._rich(speaker), self.blocks(inner))
            case BulletList(items=items) | OrderedList(items=items):
                return replace(block, items=tuple(self.blocks(item) for item in items))
            case EventList(events=events):
                return EventList(tuple(self._event(event) for event in events))
            case _:
                return block

    def _said(self, said: Attribution) -> Attribution:
        return Attribution(self._rich(said.name), self._rich(said.role))

    def _event(self, event: Event) -> Event:
        return Event(self._rich(event.when), self._rich(event.title), self._rich(event.place))

    def _rich(self, text: RichText) -> RichText:
        shown: list[Inline] = []
        for part in text:
            match part:
                case Link(children=children, href=()):
                    shown += [*self._rich(children), f" {self._own.link_missing}"]
                case Emphasis(children=children) | Strong(children=children):
                    shown.append(replace(part, children=self._rich(children)))
                case _:
                    shown.append(part)
        return _joined(shown)


def _joined(parts: list[Inline]) -> RichText:
    """Join strings that stand side by side, as RichText wants it."""
    joined: list[Inline] = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        else:
            joined.append(part)
    return tuple(joined)
