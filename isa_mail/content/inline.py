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
from isa_mail.content.findings import Remarks, quoted
from isa_mail.content.markdown import TooDeep, cjk, parse_inline
from isa_mail.model.findings import Place
from isa_mail.model.merging import MergeField
from isa_mail.model.newsletter import Code, Emphasis, Inline, LineBreak, Link, RichText, Strong

_SCHEME = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]*):")
_SCHEMES = ("http", "https", "mailto", "tel")
_REFUSED_LINK = re.compile(r"\]\(\s*(?:javascript|vbscript|file|data):", re.IGNORECASE)


class InlineReader:
    """Turns runs of Markdown text of one section into RichText, and collects findings on the way."""

    def __init__(self, marked: Marked, remarks: Remarks, *, first_line: int) -> None:
        """`marked` is the body, `first_line` the line of the file that it begins at."""
        self.lines = marked.text.split("\n")
        self._marked = marked
        self._remarks = remarks
        self._first_line = first_line
        self._noted: Counter[tuple[str, tuple[int, int], str]] = Counter()

    def source(self, text: str, line: int) -> RichText:
        """Parse and read a run of text that begins in `line` (an index into the body's lines)."""
        span = (line, line + 1 + text.count("\n"))
        try:
            return self.nodes(parse_inline(text), span)
        except TooDeep:
            self.fail_too_deep(span)
            return ()

    def nodes(self, nodes: Sequence[SyntaxTreeNode], span: tuple[int, int]) -> RichText:
        """Read parsed nodes whose source stands in the lines `span` (from, up to but not including)."""
        self._leftovers(nodes, span)
        return _joined(self._inlines(nodes, span))

    def place(self, span: tuple[int, int]) -> Place:
        """Name the first line of `span`."""
        return self._remarks.place(self._first_line + span[0])

    def refuse_field(self, text: str, what: str, span: tuple[int, int], *, braces: bool = False) -> str:
        """Return text in which no merge field (with `braces`: no `{{` at all) may stand; else that is an error."""
        if self._marked.has_mark(text) or (braces and "{{" in text):
            self.fail(
                span,
                f"A merge field stands in {what}, where it cannot be filled in.",
                "Move it into the text.",
            )
        return text

    def fail(self, span: tuple[int, int], message: str, hint: str, *, wanted: str = "") -> None:
        """Add an error about the line of `span` in which `wanted` stands."""
        self._remarks.fail(self._line(span, wanted), message, hint)

    def fail_too_deep(self, span: tuple[int, int]) -> None:
        """Add the error that Markdown gave up on the lines `span`."""
        self.fail(
            span,
            "Lists, quotations or emphasis are nested too deeply to be shown.",
            "Take some of the marks at the beginning of the line away, or of the asterisks in it.",
        )

    def note(self, code: str, span: tuple[int, int], wanted: str, message: str, hint: str) -> None:
        """Add a finding about the line of `span` in which `wanted` stands: for the second one of a kind, the second."""
        before = self._noted[code, span, wanted]
        self._noted[code, span, wanted] += 1
        self._remarks.note(code, self._line(span, wanted, before), self._marked.typed(message), hint)

    def _line(self, span: tuple[int, int], wanted: str, before: int = 0) -> int:
        lines = [n for n in range(*span) if n < len(self.lines) and wanted and wanted in self.lines[n]]
        return self._first_line + (lines[min(before, len(lines) - 1)] if lines else span[0])

    def _inlines(self, nodes: Sequence[SyntaxTreeNode], span: tuple[int, int]) -> Iterator[Inline]:
        for index, node in enumerate(nodes):
            match node.type:
                case "text" | "text_special":
                    begins_line = index > 0 and nodes[index - 1].type == "softbreak"
                    indent = "\u3000" if begins_line else ""  # Chinese lines often have one
                    yield from self._text(node.content.lstrip(indent), span)
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
            (
                char
                for char in text
                if (char != "\t" and unicodedata.category(char) == "Cc") or char == "\ufffd"
            ),
            None,
        )
        if control == "\ufffd" and any(control in line for line in self.lines[slice(*span)]):
            control = None  # it was typed, and not made of an entity such as &#7;
        if control is not None:
            self.fail(span, "The text holds a control character.", "Delete it.", wanted="&#")
        yield from self._marked.restore(text)

    def _link(self, node: SyntaxTreeNode, span: tuple[int, int]) -> Link:
        href = str(node.attrGet("href") or "")
        children = _joined(self._inlines(node.children, span))
        label = plain(children)
        if "\n" in href:
            self.fail(
                span,
                f"The address of the link {quoted(label)} goes over two lines.",
                "Write it on one line, without a backslash at its end.",
                wanted="](",
            )
        scheme = _SCHEME.match(href)
        if not label.strip():
            self.note(
                "C112",
                span,
                "[",
                f"The link to {quoted(href)} has no words, so that nobody sees it.",
                "Write between [ and ] what a reader finds there.",
            )
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
                f"„{title}“ behind a link's address is not shown.",
                "Write it into the text.",
            )
        return Link(children, self._marked.restore(href), self._remarks.place(self._line(span, f"]({href}")))

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
    """Join strings that stand side by side, and drop empty ones."""
    joined: list[Inline] = []
    for piece in pieces:
        if isinstance(piece, str) and joined and isinstance(joined[-1], str):
            joined[-1] += piece
        elif piece != "":
            joined.append(piece)
    return tuple(joined)


def _flat(nodes: Sequence[SyntaxTreeNode]) -> Iterator[SyntaxTreeNode]:
    """Yield all nodes in order; what has children comes before and after them, since it parts runs of text."""
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
    remarks = Remarks("")
    marked = mark_fields(source, remarks, first_line=1, literal=False)
    return InlineReader(marked, remarks, first_line=1).source(marked.text, 0)
