"""Counting: no word of the source may be missing.

    words_in("Die 42 Städte, 佛山") -> ["die", "42", "städte", "佛", "山"]

Pure. A word is a run of letters and digits, in lower case; each Chinese character counts as one.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain

from isa_mail.model.merging import MergeField
from isa_mail.model.newsletter import (
    Attribution,
    Block,
    BulletList,
    CallToAction,
    Code,
    Emphasis,
    EventList,
    Figure,
    Heading,
    LineBreak,
    Link,
    OrderedList,
    Paragraph,
    Preformatted,
    Quotation,
    RichText,
    Section,
    Strong,
    Turn,
)

_WORD = re.compile(
    "[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]|[^\\W_\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+"
)
_INSIDE_WORDS = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)  # invisible: no end of a word


def words_in(text: str) -> list[str]:
    """List the words of a text, in order."""
    return _WORD.findall(unicodedata.normalize("NFKC", _INSIDE_WORDS.sub("", text)).lower())


def letters_in(text: str) -> str:
    """Give the letters and digits of a text in a row: what no cleaning may change."""
    return "".join(words_in(text))


def section_words(section: Section) -> Iterator[str]:
    """Give all texts of a section in which words can stand."""
    yield _rich(section.title)
    yield _rich(section.short_title)
    for signature in section.signed:
        yield _rich(signature.name)
        yield _rich(signature.title)
    yield from _blocks(section.body)


def _blocks(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        yield from _own_words(block)
        yield from _blocks(_inside(block))


def _own_words(block: Block) -> Iterator[str]:
    """Give the texts of a block itself."""
    match block:
        case Paragraph(text=text) | Heading(text=text) | Turn(speaker=text):
            yield _rich(text)
        case Figure():
            yield from (block.alt, block.path, _rich(block.caption))
        case Quotation(attribution=Attribution() as said):
            yield from (_rich(said.name), _rich(said.role))
        case OrderedList(items=items):
            yield from (str(number) for number, _ in enumerate(items, 1))
        case CallToAction(link=link):
            yield _rich((link,))
        case EventList(events=events):
            for event in events:
                yield from (_rich(event.when), _rich(event.title), _rich(event.place))
        case Preformatted(text=typed):
            yield typed
        case _:
            pass


def _inside(block: Block) -> Iterable[Block]:
    """Give the blocks inside a block."""
    match block:
        case Quotation(blocks=inner) | Turn(blocks=inner):
            return inner
        case BulletList(items=items) | OrderedList(items=items):
            return chain.from_iterable(items)
        case _:
            return ()


def _rich(text: RichText | tuple[str | MergeField, ...]) -> str:
    """Give the words of running text; those that bold type parts ("fett" in **fett**gedruckt) by themselves as well."""
    addresses: list[str] = []
    whole = _text(text, "", addresses)
    apart = Counter(words_in(_text(text, " ", []))) - Counter(words_in(whole))
    return " ".join((whole, *addresses, *apart.elements()))


def _text(text: RichText | tuple[str | MergeField, ...], edge: str, addresses: list[str]) -> str:
    """Join running text, `edge` at the ends of what is marked; the addresses of its links go to `addresses`."""
    pieces = []
    for piece in text:
        match piece:
            case str():
                pieces.append(piece)
            case MergeField():
                pieces.append(f" {piece.name} {piece.fallback or ''} ")
            case Emphasis() | Strong():
                pieces.append(f"{edge}{_text(piece.children, edge, addresses)}{edge}")
            case Link():
                pieces.append(f"{edge}{_text(piece.children, edge, addresses)}{edge}")
                addresses.append(_text(piece.href, "", []))
            case Code():
                pieces.append(f"{edge}{piece.text}{edge}")
            case LineBreak():
                pieces.append(" ")
    return "".join(pieces)
