"""Parsed Markdown text -> RichText.

    "Das *ganze* [Programm](https://example.org)" -> ("Das ", Emphasis(("ganze",)), " ", Link(("Programm",), …))

Pure. A soft break becomes one blank, or nothing between Chinese characters. What cannot stand in running text stays
literal, with a finding.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence

from markdown_it.tree import SyntaxTreeNode

from isa_mail.content.fields import Marked, mark_fields
from isa_mail.content.findings import finding, quoted
from isa_mail.content.markdown import cjk, parse_inline
from isa_mail.errors import ContentError
from isa_mail.model import (
    Code,
    Emphasis,
    Finding,
    Inline,
    LineBreak,
    Link,
    MergeField,
    Place,
    PlainText,
    RichText,
    Strong,
)

_SCHEME = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]*):")
_SCHEMES = ("http", "https", "mailto", "tel")
_REFUSED_LINK = re.compile(r"\]\(\s*(?:javascript|vbscript|file|data):", re.IGNORECASE)


class InlineReader:
    """Turns runs of Markdown text of one section into RichText, and collects findings on the way."""

    def __init__(self, marked: Marked, file: str, lines: Sequence[str], first_line: int) -> None:
        """`lines` are the body's lines (with marks), `first_line` the number in the file of the first of them."""
        self._marked = marked
        self._file = file
        self._lines = lines
        self._first_line = first_line
        self.findings: list[Finding] = []
        self._noted: Counter[tuple[str, tuple[int, int], str]] = Counter()

    def source(self, text: str, line: int) -> RichText:
        """Parse and read a run of text that begins in `line` (an index into the body's lines)."""
        return self.nodes(parse_inline(text), (line, line + 1 + text.count("\n")))

    def nodes(self, nodes: Sequence[SyntaxTreeNode], span: tuple[int, int]) -> RichText:
        """Read parsed nodes whose source stands in the lines `span` (from, up to but not including)."""
        self._leftovers(nodes, span)
        return _joined(self._inlines(nodes, span))

    def restore(self, text: str) -> PlainText:
        """Put merge fields back into text that is no Markdown."""
        return self._marked.restore(text)

    def place(self, span: tuple[int, int], wanted: str = "", before: int = 0) -> Place:
        """Name the line of `span` in which `wanted` stands, but for the first `before` ones; or its first line."""
        lines = [n for n in range(*span) if n < len(self._lines) and wanted and wanted in self._lines[n]]
        index = lines[min(before, len(lines) - 1)] if lines else span[0]
        return Place(self._file, self._first_line + index)

    def refuse_field(self, text: str, what: str, span: tuple[int, int], *, braces: bool = False) -> str:
        """Return text in which no merge field (with `braces`: no `{{` at all) may stand; else raise ContentError."""
        if self._marked.has_mark(text) or (braces and "{{" in text):
            raise ContentError(
                f"A merge field stands in {what}, where it cannot be filled in.",
                place=self.place(span),
                hint="Move it into the text.",
            )
        return text

    def note(self, code: str, span: tuple[int, int], wanted: str, message: str, hint: str) -> None:
        before = self._noted[code, span, wanted]  # the second one of a kind stands in the second such line
        self._noted[code, span, wanted] += 1
        place = self.place(span, wanted, before)
        self.findings.append(finding(code, place, self._marked.typed(message), hint))

    def _inlines(self, nodes: Sequence[SyntaxTreeNode], span: tuple[int, int]) -> Iterator[Inline]:
        for index, node in enumerate(nodes):
            match node.type:
                case "text" | "text_special":
                    indented = (
                        index > 0 and nodes[index - 1].type == "softbreak"
                    )  # as Chinese lines often are
                    yield from self._text(node.content.lstrip("\u3000") if indented else node.content, span)
                case "softbreak":
                    if not (cjk(_edge(nodes[:index], -1)) and cjk(_edge(nodes[index + 1 :], 0))):
                        yield " "
                case "hardbreak":
                    yield LineBreak()
                case "em":
                    yield Emphasis(_joined(self._inlines(node.children, span)))
                case "strong":
                    yield Strong(_joined(self._inlines(node.children, span)))
                case "code_inline":
                    yield Code(self.refuse_field(node.content, "code", span))
                case "link":
                    yield self._link(node, span)
                case "image":
                    yield from self._picture(node, span)
                case _:
                    raise AssertionError(f"Markdown gave {node.type}, which is switched off")

    def _text(self, text: str, span: tuple[int, int]) -> Iterator[str | MergeField]:
        control = next(
            (char for char in text if unicodedata.category(char) == "Cc" or char == "\ufffd"), None
        )
        if control == "\ufffd" and any(control in line for line in self._lines[slice(*span)]):
            control = None  # it was typed, and not made of an entity such as &#7;
        if control is not None:
            raise ContentError(
                "The text holds a control character.",
                place=self.place(span, "&#"),
                hint="Delete it.",
            )
        yield from self._marked.restore(text)

    def _link(self, node: SyntaxTreeNode, span: tuple[int, int]) -> Link:
        href = str(node.attrGet("href") or "")
        children = _joined(self._inlines(node.children, span))
        label = plain(children)
        scheme = _SCHEME.match(href)
        if not href.strip() or href.strip() == "#":
            self.note(
                "C105",
                span,
                "](",
                f"The link {quoted(label)} has no target.",
                "Write its address between ( and ).",
            )
            href = ""
        elif not self._opens(href, scheme):
            self.note(
                "C106",
                span,
                href,
                f"The link {quoted(label)} goes to {quoted(href)}, which mail programs do not open.",
                "Use an address that begins with https:// or mailto:.",
            )
        if title := node.attrGet("title"):
            self.note(
                "C110",
                span,
                str(title),
                f"{quoted(str(title))} behind a link's address is not shown.",
                "Write it into the text.",
            )
        return Link(children, self._marked.restore(href))

    def _opens(self, href: str, scheme: re.Match[str] | None) -> bool:
        """Say whether a mail program can open a link's target."""
        if scheme is not None:
            return scheme[1].casefold() in _SCHEMES
        return href.startswith("#") or self._marked.has_mark(href)

    def _picture(self, node: SyntaxTreeNode, span: tuple[int, int]) -> Iterator[str | MergeField]:
        """A picture in running text: kept as it was typed, and reported."""
        title = node.attrGet("title")
        shown_title = f' "{title}"' if title else ""
        typed = f"![{node.content}]({node.attrGet('src') or ''}{shown_title})"
        self.note(
            "C104",
            span,
            "![",
            f"The picture {quoted(typed)} stands in running text and is not shown.",
            "Put it on a line of its own; the lines below it are its caption.",
        )
        yield from self._text(typed, span)

    def _leftovers(self, nodes: Sequence[SyntaxTreeNode], span: tuple[int, int]) -> None:
        """Report bold type that did not open or close, and links that Markdown refused, in literal text."""
        run = ""
        for node in (*_flat(nodes), None):
            if node is not None and node.type == "text":
                run += node.content
                continue
            if "**" in run:
                self.note(
                    "C103",
                    span,
                    "**",
                    f"** is left over in {quoted(run.strip())}.",
                    r"Close the bold type with ** as well, or write \*\* if two asterisks are meant.",
                )
            if "![" in run:
                self.note(
                    "C104",
                    span,
                    "![",
                    f"{quoted(run.strip())} looks like a picture and is not one.",
                    "Write ![description](images/file.jpg) on a line of its own.",
                )
            if refused := _REFUSED_LINK.search(run):
                self.note(
                    "C106",
                    span,
                    refused[0],
                    f"{quoted(run[refused.start() :])} is a link that mail programs do not open.",
                    "Use an address that begins with https:// or mailto:.",
                )
            run = ""


def plain(text: RichText) -> str:
    """Return the words of running text alone, for messages."""
    pieces = []
    for piece in text:
        match piece:
            case str():
                pieces.append(piece)
            case MergeField():
                pieces.append(f"{{{{ {piece.name} }}}}")
            case Emphasis() | Strong() | Link():
                pieces.append(plain(piece.children))
            case Code():
                pieces.append(piece.text)
            case LineBreak():
                pieces.append(" ")
    return "".join(pieces)


def _joined(pieces: Iterator[Inline]) -> RichText:
    joined: list[Inline] = []
    for piece in pieces:
        if isinstance(piece, str) and joined and isinstance(joined[-1], str):
            joined[-1] += piece
        elif piece != "":
            joined.append(piece)
    return tuple(joined)


def _flat(nodes: Sequence[SyntaxTreeNode]) -> Iterator[SyntaxTreeNode]:
    for node in nodes:
        if node.type in ("em", "strong", "link"):
            yield node
            yield from _flat(node.children)
        yield node


def _edge(nodes: Sequence[SyntaxTreeNode], index: int) -> str:
    """The character that a run of nodes begins (0) or ends (-1) with; "" if it is none."""
    for node in nodes if index == 0 else reversed(nodes):
        found = _edge(node.children, index) if node.children else node.content[index : index + 1 or None]
        if found:
            return found
        if node.type in ("softbreak", "hardbreak"):
            return ""
    return ""


def read_inline(source: str) -> RichText:
    """Read one run of Markdown text for itself, as `write.py` does to try out what it wrote."""
    marked = mark_fields(source, file="", first_line=1, literal=False)
    return InlineReader(marked, "", marked.text.split("\n"), 1).source(marked.text, 0)
