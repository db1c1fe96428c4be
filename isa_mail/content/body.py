"""The body of a section: Markdown with the newsletter's own rules -> Blocks.

    "> Ein Satz.\\n> — Tina Probe, Geschäftsführerin, Probewerk GmbH"
        -> Quotation((Paragraph(("Ein Satz.",)),), Attribution(("Tina Probe",), ("Geschäftsführerin, Probewerk GmbH",)))

Pure. `lines.py` has cut the lines, `markdown.py` parses, `inline.py` reads running text; here blocks are made.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from markdown_it.tree import SyntaxTreeNode

from isa_mail.content.findings import quoted
from isa_mail.content.inline import InlineReader, plain
from isa_mail.content.lines import FigureLines, TextLines, cut, take_attributions
from isa_mail.content.markdown import TooDeep, parse
from isa_mail.model.findings import Place
from isa_mail.model.newsletter import (
    Attribution,
    Block,
    BulletList,
    CallToAction,
    Event,
    EventList,
    Figure,
    Heading,
    Kind,
    Link,
    OrderedList,
    Paragraph,
    Preformatted,
    Quotation,
    RichText,
    ThematicBreak,
    Turn,
    is_placeholder,
)

_OUTSIDE = re.compile(r"/|[A-Za-z]:|[A-Za-z][A-Za-z0-9+.-]+:|.*(?:^|/)\.\.(?:/|$)")
_WRITE_PICTURE = "Put the file into images/ and write ![description](images/file.jpg)."
_COLON = re.compile(r":(?=\s|$)|:(?=[^\x00-\u2e7f])|(?<!\d)：|：(?!\d)")  # not the one in 18:30
_COMMA = re.compile(r"(?<!\d),|,(?!\d)|，")  # not the one in 10,50
_IN_TURN = (Paragraph, BulletList, OrderedList, Quotation)


class BodyReader:
    """Reads the body of one section."""

    def __init__(self, inline: InlineReader, kind: Kind) -> None:
        self._inline = inline
        self._kind = kind

    def read(self) -> tuple[Block, ...]:
        """Turn the body's lines into blocks; what cannot be meant is an error in the remarks."""
        blocks: list[Block] = []
        for piece in cut(self._inline.lines, interview=self._kind is Kind.INTERVIEW):
            if isinstance(piece, FigureLines):
                blocks.append(self._figure(piece))
            elif piece.speaker is not None:
                blocks.extend(self._turn(piece.speaker, piece))
            else:
                blocks.extend(self._text(piece))
        return _levelled(blocks)

    def _figure(self, figure: FigureLines) -> Figure:
        span = (figure.line, figure.line + 1)
        path = self._inline.refuse_field(figure.path, "a picture's path", span, braces=True)
        alt = self._inline.refuse_field(figure.alt, "a picture's description", span, braces=True)
        if not path:
            self._inline.fail(span, "The picture has no path.", _WRITE_PICTURE)
        elif _OUTSIDE.match(path):
            self._inline.fail(
                span,
                f"The picture's path {quoted(path)} does not lie in the edition's folder.",
                _WRITE_PICTURE,
            )
        if is_placeholder(path):
            self._inline.note(
                "C114",
                span,
                "",
                "The picture is still missing.",
                "Put the file into images/ and write its name for what stands between ‹ and ›.",
            )
        elif not alt:
            self._inline.note(
                "C111",
                span,
                "",
                f"The picture {quoted(path)} has no description for those who do not see it.",
                "Write in a few words between [ and ] what it shows.",
            )
        if figure.title:
            self._inline.note(
                "C110",
                span,
                figure.title,
                f"„{figure.title}“ behind a picture's path is not shown.",
                "Write it into the caption, the line below.",
            )
        caption = self._inline.source(figure.caption, figure.caption_line)
        return Figure(path, alt, caption, self._inline.place(span))

    def _turn(self, speaker: str, piece: TextLines) -> Iterator[Block]:
        blocks = list(self._text(piece))
        end = next((n for n, block in enumerate(blocks) if not isinstance(block, _IN_TURN)), len(blocks))
        span = (piece.line, piece.line + 1)
        yield Turn(self._inline.source(speaker, piece.line), tuple(blocks[:end]), self._inline.place(span))
        yield from blocks[end:]

    def _text(self, piece: TextLines) -> Iterator[Block]:
        try:
            attributed = take_attributions(piece.lines, parse("\n".join(piece.lines)))
            tree = parse("\n".join(attributed.lines))
        except TooDeep as deep:
            self._inline.fail_too_deep((piece.line + deep.line, piece.line + deep.line + 1))
            return
        for node in tree.children:
            for block in self._blocks([node], piece.line, top=True):
                if isinstance(block, Quotation) and node.map is not None:
                    yield self._attributed(block, node.map, piece.line, attributed.attributions)
                else:
                    yield block

    def _attributed(
        self, quotation: Quotation, lines: tuple[int, int], offset: int, found: dict[int, tuple[str, int]]
    ) -> Quotation:
        who = next((found[line] for line in range(*lines) if line in found), None)
        if who is None:
            return quotation
        text, line = who
        at = offset + line
        return Quotation(
            quotation.blocks, _attribution(self._inline.source(text, at), self._inline.place((at, at + 1)))
        )

    def _blocks(self, nodes: Iterable[SyntaxTreeNode], offset: int, *, top: bool = False) -> Iterator[Block]:
        for node in nodes:
            span = (offset + node.map[0], offset + node.map[1]) if node.map else (offset, offset + 1)
            match node.type:
                case "paragraph":
                    text = self._inline_of(node, span)
                    if top and len(text) == 1 and isinstance(text[0], Link):
                        yield CallToAction(text[0])
                    elif text:
                        yield Paragraph(text, self._inline.place(span))
                case "heading":
                    text = self._inline_of(node, span)
                    place = self._inline.place(span)
                    level = max(3, int(node.tag[1]))
                    yield Heading(level, text, place) if text else Paragraph((node.markup,), place)
                case "blockquote":
                    yield Quotation(tuple(self._blocks(node.children, offset)), None)
                case "bullet_list":
                    items = tuple(tuple(self._blocks(item.children, offset)) for item in node.children)
                    yield self._bullets(items, node, offset, top=top)
                case "ordered_list":
                    yield OrderedList(
                        tuple(tuple(self._blocks(item.children, offset)) for item in node.children)
                    )
                case "fence":
                    yield self._preformatted(node, span)
                case "hr":
                    yield ThematicBreak()
                case _:
                    raise AssertionError(f"Markdown gave {node.type}, which is switched off")

    def _inline_of(self, node: SyntaxTreeNode, span: tuple[int, int]) -> RichText:
        return self._inline.nodes(node.children[0].children, span) if node.children else ()

    def _preformatted(self, node: SyntaxTreeNode, span: tuple[int, int]) -> Preformatted:
        if node.info.strip():
            self._inline.note(
                "C110",
                span,
                node.info,
                f"„{node.info.strip()}“ behind a fence is not shown.",
                "Write it into the text.",
            )
        last = self._inline.lines[span[1] - 1].strip("> \t")
        if span[1] - span[0] < 2 or len(last) < len(node.markup) or last.strip(node.markup[0]):
            self._inline.note(
                "C113",
                span,
                "",
                f"The fence {node.markup} is never closed, so all below it stands in the letter as typed.",
                f"Write {node.markup} below the last line that it is meant for, or take it away.",
            )
        return Preformatted(self._inline.refuse_field(node.content, "a fence", span).removesuffix("\n"))

    def _bullets(
        self, items: tuple[tuple[Block, ...], ...], node: SyntaxTreeNode, offset: int, *, top: bool
    ) -> BulletList | EventList:
        if self._kind is not Kind.EVENTS or not top:
            return BulletList(items)
        spans = [child.map or (0, 1) for child in node.children]
        places = [self._inline.place((offset + first, offset + last)) for first, last in spans]
        events = [_event(item, place) for item, place in zip(items, places, strict=True)]
        for item, event, (first, last) in zip(items, events, spans, strict=True):
            if event is None:
                words = plain(item[0].text) if item and isinstance(item[0], Paragraph) else ""
                self._inline.note(
                    "C107",
                    (offset + first, offset + last),
                    "",
                    f"{quoted(words)} is no event, so the list stays a list.",
                    "Write: - 16.–19. Oktober 2019: title, place",
                )
        found = [event for event in events if event is not None]
        return EventList(tuple(found)) if len(found) == len(events) else BulletList(items)


def _attribution(text: RichText, place: Place) -> Attribution:
    name, comma, role = _split(text, _COMMA, last=False)
    return Attribution(name, role, place) if comma and name else Attribution(text, (), place)


def _event(item: tuple[Block, ...], line: Place) -> Event | None:
    if len(item) != 1 or not isinstance(item[0], Paragraph):
        return None
    when, colon, rest = _split(item[0].text, _COLON, last=False)
    title, comma, place = _split(rest, _COMMA, last=True)
    if not (colon and when and rest):
        return None
    return Event(when, title, place, line) if comma and title and place else Event(when, rest, (), line)


def _split(text: RichText, mark: re.Pattern[str], *, last: bool) -> tuple[RichText, bool, RichText]:
    """Split running text at the first or last mark in its literal text; blanks at the cut are dropped."""
    order = range(len(text) - 1, -1, -1) if last else range(len(text))
    for index in order:
        piece = text[index]
        places = list(mark.finditer(piece)) if isinstance(piece, str) else []
        if isinstance(piece, str) and places:
            cut_at = places[-1 if last else 0]
            before = (*text[:index], piece[: cut_at.start()])
            after = (piece[cut_at.end() :], *text[index + 1 :])
            return _trimmed(before), True, _trimmed(after)
    return text, False, ()


def _trimmed(text: RichText) -> RichText:
    pieces = list(text)
    while pieces and isinstance(pieces[0], str):
        pieces[0] = pieces[0].lstrip()
        if pieces[0]:
            break
        del pieces[0]
    while pieces and isinstance(pieces[-1], str):
        pieces[-1] = pieces[-1].rstrip()
        if pieces[-1]:
            break
        del pieces[-1]
    return tuple(pieces)


def _levelled(blocks: list[Block]) -> tuple[Block, ...]:
    """Let headings begin at 3 and never skip a level on the way down."""
    levelled: list[Block] = []
    above = 2
    for block in blocks:
        if isinstance(block, Heading):
            above = min(block.level, above + 1)
            block = replace(block, level=above)
        levelled.append(block)
    return tuple(levelled)
