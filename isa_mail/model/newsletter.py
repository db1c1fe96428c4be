"""What staff wrote: an edition, its sections, and what stands in them.

Pure: values. No two kinds of them are ever equal, whatever they hold.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from isa_mail.model.findings import NOWHERE, Finding, Place
from isa_mail.model.merging import MergeField, PlainText


@dataclass(frozen=True, slots=True)
class Emphasis:
    children: "RichText"


@dataclass(frozen=True, slots=True)
class Strong:
    children: "RichText"


@dataclass(frozen=True, slots=True)
class Code:
    text: str


@dataclass(frozen=True, slots=True)
class LineBreak:
    """A line break that the author asked for (two blanks or a backslash at the end of a line)."""


@dataclass(frozen=True, slots=True)
class Link:
    """`href` as typed, percent-encoding included; merge fields may stand in it."""

    children: "RichText"
    href: "PlainText"
    place: Place = field(default=NOWHERE, compare=False)


Inline: TypeAlias = str | MergeField | Emphasis | Strong | Link | Code | LineBreak
RichText: TypeAlias = tuple[Inline, ...]
"""Running text. A `str` is literal text, never markup. No empty string, no two strings side by side."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a section: level 3 to 6 (the edition's title is 1, section titles are 2)."""

    level: int
    text: RichText
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: RichText
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture on a line of its own. `path` is relative to the edition's folder, as typed."""

    path: str
    alt: str
    caption: RichText  # empty: none
    place: Place = field(compare=False)


def is_placeholder(text: str) -> bool:
    """Say whether a text keeps a place for what is still to be written: it stands between ‹ and ›."""
    return "‹" in text and "›" in text


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who said it. `name` ends before the first comma; `role` is all the rest, never split further."""

    name: RichText
    role: RichText  # empty: none
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Quotation:
    blocks: "tuple[Block, ...]"
    attribution: Attribution | None


@dataclass(frozen=True, slots=True)
class BulletList:
    items: "tuple[tuple[Block, ...], ...]"


@dataclass(frozen=True, slots=True)
class OrderedList:
    """Numbered from 1, with two items at least."""

    items: "tuple[tuple[Block, ...], ...]"


@dataclass(frozen=True, slots=True)
class CallToAction:
    """A link that stands alone in its paragraph."""

    link: Link


@dataclass(frozen=True, slots=True)
class Turn:
    """One speaker's turn in an interview. `speaker` has no colon."""

    speaker: RichText
    blocks: "tuple[Block, ...]"
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Event:
    """One line of `events`: `- 16.–19. Oktober 2019: Title, Place`."""

    when: RichText  # before the first colon, as typed: dates are never reinterpreted
    title: RichText
    place: RichText  # after the last comma; empty: none
    line: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class EventList:
    """Only in sections of kind events."""

    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Preformatted:
    """A fenced block: kept line by line."""

    text: str


@dataclass(frozen=True, slots=True)
class ThematicBreak:
    pass


Block: TypeAlias = (
    Heading
    | Paragraph
    | Figure
    | Quotation
    | BulletList
    | OrderedList
    | CallToAction
    | Turn
    | EventList
    | Preformatted
    | ThematicBreak
)


class Kind(StrEnum):
    """The kind of a section decides its layout and nothing else."""

    EDITORIAL = "editorial"
    ARTICLE = "article"
    REPORT = "report"
    BRIEF = "brief"
    VOICES = "voices"
    INTERVIEW = "interview"
    NOTICE = "notice"
    EVENTS = "events"


@dataclass(frozen=True, slots=True)
class Signature:
    """One signatory: `Signed: name, title`."""

    name: PlainText
    title: PlainText  # empty: none


@dataclass(frozen=True, slots=True)
class Section:
    """One section file, read."""

    name: str  # its file name without .txt, e.g. "10-editorial"
    title: PlainText  # empty: no heading, no contents entry
    short_title: PlainText  # for the contents list; empty: the title serves
    kind: Kind
    signed: tuple[Signature, ...]
    body: tuple[Block, ...]
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition in one language, read and without errors."""

    name: str  # its folder, e.g. "2019-10"
    language: str  # "de", "zh" or "en"
    title: str
    number: str  # "" if none
    date: date
    subject: PlainText  # the title if none was given
    preheader: PlainText
    greeting: PlainText
    sections: tuple[Section, ...]  # in the natural order of their file names
    findings: tuple[Finding, ...] = field(compare=False)
    place: Place = field(compare=False)  # its edition.txt
