"""Which kind a section is, by its title and its blocks.

    kind_of("Stimmen der Städte", (Quotation(…), CallToAction(…))) -> Kind.VOICES

Pure. A kind decides only the layout: a wrong one still gives a readable letter.
"""

import re
from collections.abc import Sequence

from isa_mail.intake.signs import is_event, is_events_title, is_notice_title, is_voices_title
from isa_mail.model.newsletter import (
    Block,
    BulletList,
    CallToAction,
    EventList,
    Kind,
    Paragraph,
    Quotation,
    Turn,
)

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_SMALL = frozenset(
    "der die das des dem den ein eine einer eines und oder in im am an auf aus bei mit von vom zu zum "
    "zur für ist sind über "
    "the a an of and or in on at to for with from is are our unser unsere".split()
)


def kind_of(title: str, blocks: Sequence[Block]) -> Kind:
    """Choose a section's kind."""
    if any(isinstance(block, Turn) for block in blocks):
        return Kind.INTERVIEW
    if any(isinstance(block, EventList) for block in blocks):
        return Kind.EVENTS
    quotations = sum(isinstance(block, Quotation) for block in blocks)
    if quotations > 1 or (quotations and is_voices_title(title)):
        return Kind.VOICES
    paragraphs = sum(isinstance(block, Paragraph) for block in blocks)
    others = len(blocks) - paragraphs - sum(isinstance(block, CallToAction) for block in blocks)
    if is_notice_title(title) and not others and paragraphs <= 2 and len(blocks) > paragraphs:
        return Kind.NOTICE
    if paragraphs <= 1 and not others and blocks:
        return Kind.BRIEF
    return Kind.REPORT if blocks else Kind.ARTICLE


def is_list_of_events(title: str, block: Block) -> bool:
    """Say whether a list holds nothing but dates with titles, below a title that says so."""
    if not isinstance(block, BulletList) or not is_events_title(title):
        return False
    texts = [
        "".join(part for part in item[0].text if isinstance(part, str))
        for item in block.items
        if item and isinstance(item[0], Paragraph)
    ]
    return len(texts) == len(block.items) and all(map(is_event, texts))


def slug(title: str, kind: Kind) -> str:
    """Make a file's name of a title: its first words in small letters; the kind where it has none in "
    "ASCII."""
    ascii_title = title.casefold().replace("\u00a0", " ").translate(_UMLAUTS)
    words = [word for word in re.findall(r"[a-z]{2,}", ascii_title) if word not in _SMALL]
    name = ""
    for word in words[:3]:
        longer = f"{name}-{word}" if name else word[:24]
        if name and len(longer) > 24:
            break
        name = longer
    return name or kind.value
