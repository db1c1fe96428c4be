"""Lists, events and other short lines that belong together.

    "• Boote", "• Lampen" -> BulletList(…)    "3. Mai 2027: Fest, Hafen" below "Termine" -> EventList(…)

Pure. Items are known by their marks or by Word's styles, events by a date and a colon.
"""

import re
from collections.abc import Sequence

from isa_mail.intake import signs
from isa_mail.intake.kinds import is_list_of_events
from isa_mail.intake.source import Line
from isa_mail.model.newsletter import Block, BulletList, Event, EventList, OrderedList, Paragraph, RichText

_BULLET = re.compile(r"[-•·*–▪◦●■]\s+(?=\S)")
_NUMBERED = re.compile(r"(?P<number>\d{1,2})[.)]\s+(?=\S)")
_EVENT = re.compile(
    r"(?P<when>.+?)(?:(?<!\d)[:：]|[:：](?!\d))\s*(?P<title>.+?)(?:(?:(?<!\d),|,(?!\d)|，)\s*(?P<place>[^,，]+))?"
)
_STANZA = 3  # loose lines from which they are no headings any more


def is_item(line: Line) -> bool:
    """Say whether a line is an item of a list without numbers, or of one of Word's."""
    return line.style in ("item", "number") or (not line.style and _BULLET.match(line.text) is not None)


def begins_numbers(lines: Sequence[Line], index: int) -> bool:
    """Say whether a numbered list begins: 1. and, in the next line, 2."""
    two = lines[index : index + 2]
    return len(two) == 2 and [_mark(line, number) for number, line in enumerate(two, 1)] == ["number"] * 2


def list_at(lines: Sequence[Line], index: int, title: str) -> tuple[Block, int] | None:
    """Read the list, or the events, that begin in a line; `title` is that of their section. Also: the line behind."""
    mark = _mark(lines[index])
    end = index
    while mark and end < len(lines) and _mark(lines[end], end - index + 1) == mark:
        end += 1
    if end == index or (mark == "number" and end - index < 2):
        return _events_at(lines, index, title)
    items = [_content(line) for line in lines[index:end]]
    blocks = tuple((Paragraph(item.rich()),) for item in items)
    block: Block = OrderedList(blocks) if mark == "number" else BulletList(blocks)
    if is_list_of_events(title, block):
        block = EventList(tuple(map(_event, items)))
    return block, end


def stanza_end(lines: Sequence[Line], index: int) -> int:
    """Find the end of at least three loose lines that stand right below each other: an address, a programme.

    Returns `index` if there is no such thing.
    """
    end = index
    while end < len(lines) and signs.is_loose(lines[end].text) and not is_item(lines[end]):
        line = lines[end]
        if (end > index and line.gap) or line.style or line.picture or line.has_link:
            break
        end += 1
    return end if end - index >= _STANZA else index


def _events_at(lines: Sequence[Line], index: int, title: str) -> tuple[Block, int] | None:
    end = index
    while signs.is_events_title(title) and end < len(lines) and signs.is_event(lines[end].text):
        end += 1
    return (EventList(tuple(map(_event, lines[index:end]))), end) if end > index else None


def _mark(line: Line, number: int = 1) -> str:
    """Say what marks a line as an item: "item", or "number" if it is the one that must come next; "" for none."""
    if line.style in ("item", "number"):
        return line.style
    found = _NUMBERED.match(line.text)
    if found is not None:
        return "number" if int(found["number"]) == number else ""
    return "item" if _BULLET.match(line.text) and len(line.text) > 2 else ""


def _content(line: Line) -> Line:
    """An item without its mark."""
    if line.style in ("item", "number"):
        return line
    found = _NUMBERED.match(line.text) or _BULLET.match(line.text)
    return line.part(found.end()) if found else line


def _event(line: Line) -> Event:
    found = _EVENT.fullmatch(line.text)
    if found is None:
        return Event(line.rich(), (), ())
    when, title = line.part(0, found.end("when")).rich(), line.part(*found.span("title")).rich()
    place: RichText = line.part(*found.span("place")).rich() if found["place"] else ()
    return Event(when, title, place)
