"""Letter -> the plain-text part, merge fields still as marks.

    CallToAction(Link(("Mehr über Qingling",), ("https://qingling.example",))) -> "Mehr über Qingling:\n<https://qingling.example>"

Pure but for the template file. Set from the content, never scraped from the HTML: lines of at most 72 columns, every
address whole and in angle brackets (RFC 3986 appendix C), so that no mail program cuts one or takes Chinese characters
for a part of it. What belongs to the line above is indented: a caption, a turn's further lines, an event's title.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from isa_mail.model.merging import MergeField, PlainText
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
    Strong,
    ThematicBreak,
    Turn,
)
from isa_mail.render.fields import BUILT_IN, Marks
from isa_mail.render.html import clean
from isa_mail.render.letter import Letter
from isa_mail.render.links import address
from isa_mail.render.templates import environment, run
from isa_mail.typography.width import LINE_WIDTH, display_width, wrap
from isa_mail.typography.words import Words

_INDENT = "    "


@dataclass(frozen=True, slots=True)
class _Setter:
    """How blocks become lines. `width` is what is left inside indents."""

    marks: Marks
    words: Words
    width: int = field(default=LINE_WIDTH)

    @property
    def chinese(self) -> bool:
        return self.words.colon == "："

    def inline(self, text: RichText) -> str:
        """Join running text; a line break the author asked for is a newline."""
        return "".join(self._part(part) for part in text)

    def _part(self, part: object) -> str:
        match part:
            case str():
                return clean(part)
            case MergeField():
                return self.marks.text(part)
            case Emphasis(children=children) | Strong(children=children):
                return self.inline(children)
            case Link():
                return self._link(part)
            case Code(text=text):
                return clean(text)
            case LineBreak():
                return "\n"
        raise TypeError(f"{type(part).__name__} is no inline text")

    def _link(self, link: Link) -> str:
        label, target = self.inline(link.children), address(link, self.marks, BUILT_IN)
        if target.startswith("#"):
            return label  # nothing to jump to in plain text
        if _same(label, target):
            return label if target.startswith("tel:") else f"<{target.removeprefix('mailto:')}>"
        return f"{label}{self._blank()}<{target}>"

    def lines(self, text: str, first: str = "", rest: str = "") -> list[str]:
        """Wrap, keeping the author's own line breaks."""
        result: list[str] = []
        for line in text.split("\n"):
            result += wrap(line, self.width, rest if result else first, rest, chinese=self.chinese)
        return result

    def blocks(self, blocks: Iterable[Block]) -> list[str]:
        """Set blocks with an empty line between them."""
        result: list[str] = []
        for block in blocks:
            lines = self._block(block)
            if lines:
                result += ["", *lines] if result else lines
        return result

    def _block(self, block: Block) -> list[str]:
        match block:
            case Quotation(blocks=blocks, attribution=attribution):
                return self._quotation(blocks, attribution)
            case BulletList(items=items):
                return self._list(items, lambda number: "- ")
            case OrderedList(items=items):
                return self._list(items, lambda number: f"{number}. ")
            case Turn(speaker=speaker, blocks=blocks):
                return self._turn(speaker, blocks)
            case EventList():
                return self._events(block)
            case _:
                return self._leaf(block)

    def _leaf(
        self, block: Heading | Paragraph | Figure | CallToAction | Preformatted | ThematicBreak
    ) -> list[str]:
        """Set a block that holds no other block."""
        match block:
            case Heading(text=text):
                return self.lines(self.inline(text), "» ", "  ")
            case Paragraph(text=text):
                return self.lines(self.inline(text))
            case Figure():
                return self._figure(block)
            case CallToAction(link=link):
                return self._call_to_action(link)
            case Preformatted(text=text):
                return _indent(clean(text).split("\n"), _INDENT)  # its lines are kept, however long
            case ThematicBreak():
                return ["* * *"]

    def _figure(self, figure: Figure) -> list[str]:
        """Set what a picture shows in brackets and its caption below; a decoration without a caption is left out."""
        if not (figure.alt.strip() or figure.caption):
            return []
        shown = f"{self.words.colon}{self._blank()}{clean(figure.alt)}" if figure.alt.strip() else ""
        caption = self._inside(_INDENT).lines(self.inline(figure.caption)) if figure.caption else []
        return [*self.lines(f"[{self.words.picture}{shown}]"), *_indent(caption, _INDENT)]

    def _quotation(self, blocks: tuple[Block, ...], attribution: Attribution | None) -> list[str]:
        inner = self._inside(_INDENT)
        lines = inner.blocks(blocks)
        if attribution:
            role = self.inline(attribution.role)
            comma = "，" if self.chinese else ", "
            who = self.inline(attribution.name) + (comma + role if role else "")
            dash = self.words.attribution
            lines += inner.lines(who, dash, " " * display_width(dash, chinese=self.chinese))
        return _indent(lines, _INDENT)

    def _list(self, items: tuple[tuple[Block, ...], ...], mark: Callable[[int], str]) -> list[str]:
        result: list[str] = []
        loose = any(len(item) > 1 for item in items)
        for number, item in enumerate(items, 1):
            first = mark(number)
            lines = self._inside(first).blocks(item)
            if loose and result:
                result.append("")
            result += _indent(lines, " " * len(first), first)
        return result

    def _call_to_action(self, link: Link) -> list[str]:
        label, target = self.inline(link.children), address(link, self.marks, BUILT_IN)
        if target.startswith("#"):
            return self.lines(label)
        if _same(label, target):
            return [f"<{target}>"]
        return [*self.lines(label.rstrip(" :：") + self.words.colon), f"<{target}>"]

    def _turn(self, speaker: RichText, blocks: tuple[Block, ...]) -> list[str]:
        """Let the name stand out at the margin, as in a play, and indent all else that is said."""
        said = self.inline(speaker) + self.words.colon
        if blocks and isinstance(blocks[0], Paragraph):
            said += self._blank() + self.inline(blocks[0].text)
            blocks = blocks[1:]
        following = _indent(self._inside(_INDENT).blocks(blocks), _INDENT)
        return [*self.lines(said, "", _INDENT), *(["", *following] if following else [])]

    def _events(self, block: EventList) -> list[str]:
        result: list[str] = []
        inner = self._inside(_INDENT)
        for event in block.events:
            result += ["", *self.lines(self.inline(event.when))]
            for text in (event.title, event.place):
                result += _indent(inner.lines(self.inline(text)), _INDENT) if text else []
        return result[1:]

    def _blank(self) -> str:
        """Give what follows a colon: Chinese punctuation brings its own room."""
        return "" if self.chinese else " "

    def _inside(self, indent: str) -> "_Setter":
        return _Setter(self.marks, self.words, self.width - len(indent))


def set_text(
    letter: Letter, marks: Marks, *, unsubscribe: str, templates: tuple[Path, ...], workspace: Path
) -> str:
    """Run the text template once. Lines end in a newline, none in a blank; at most two empty ones in a row.

    Raises BuildError at the file and line of a broken template.
    """
    setter = _Setter(marks, letter.words)

    def wrapped(text: PlainText | str, first: str = "", rest: str = "") -> str:
        return "\n".join(setter.lines(_joined(text, marks), first, rest))

    def underlined(text: PlainText | str, mark: str) -> str:
        """Underline a heading over its whole width; without text, draw a line across the page."""
        lines = setter.lines(_joined(text, marks))
        width = max((display_width(line, chinese=setter.chinese) for line in lines), default=LINE_WIDTH)
        return "\n".join([*lines, mark * width])

    filters: dict[str, Callable[..., object]] = {
        "wrapped": wrapped,
        "underlined": underlined,
        "blocks": lambda blocks: "\n".join(setter.blocks(blocks)),
    }
    values = {
        "letter": letter,
        "edition": letter.edition,
        "publication": letter.publication,
        "words": letter.words,
        "unsubscribe": unsubscribe,
    }
    return _tidy(run(environment(templates, filters), "newsletter.txt.j2", values, workspace))


def _joined(text: PlainText | str, marks: Marks) -> str:
    return clean(text if isinstance(text, str) else marks.plain(text))


def _same(label: str, target: str) -> bool:
    """Say whether a label is its own address, give or take the scheme and the slash at the end."""
    bare = re.sub(r"^(https?://|mailto:|tel:)", "", target).rstrip("/")
    return re.sub(r"^(https?://|mailto:|tel:)", "", label.strip()).rstrip("/") == bare


def _indent(lines: list[str], indent: str, first: str | None = None) -> list[str]:
    return [
        ((first if number == 0 and first is not None else indent) + line) if line else ""
        for number, line in enumerate(lines)
    ]


def _tidy(text: str) -> str:
    lines = "\n".join(line.rstrip() for line in text.strip("\n").split("\n"))
    return re.sub(r"\n{4,}", "\n\n\n", lines) + "\n"
