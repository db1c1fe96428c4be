r"""Section -> the text of its file; the only writer of section files.

    Section("10-bericht", ("Neun Betriebe",), …) -> "Title: Neun Betriebe\nKind: report\n\n…"

Pure. Reading what was written gives an equal Section. Literal text is escaped no more than it must be, so that people
can go on editing: Mitarbeiter*innen stays Mitarbeiter*innen.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import product

from isa_mail.content.fields import write_field
from isa_mail.content.inline import read_inline
from isa_mail.content.lines import is_figure, is_turn
from isa_mail.content.markdown import cjk
from isa_mail.content.section import read_section
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
    Kind,
    LineBreak,
    Link,
    OrderedList,
    Paragraph,
    Preformatted,
    Quotation,
    RichText,
    Section,
    Strong,
    ThematicBreak,
    Turn,
)

_ENTITY = re.compile(r"&(?=#?\w+;)")
_BRACES = re.compile(r"\{\{")
_HEADER_BRACES = re.compile(r"(\\*)\{\{")
_LINE_START = re.compile(r"(?P<number>\d{1,9})(?P<dot>[.)])|(?P<mark>[#>+=~-])|(?P<dash>[–—])")
_ESCAPED_NUMBER = re.compile(
    r"^([^\w\n]*\d{1,9})\\([.)])", re.MULTILINE
)  # needed only where it would go on a list
_TRAILING_HASHES = re.compile(r"(?<![^ \t])#+$")
_DASHES = {"–": "&ndash;", "—": "&mdash;"}
_FULL_WIDTH = {", ": "，", ": ": "："}
_ALWAYS = frozenset("\\`<")
# How emphasis and strong emphasis may be marked, by depth; the first that reads back equal is taken.
_DELIMITERS = (("*", "*"), ("_", "*"), ("*", "_"), ("*_", "*_"), ("_*", "_*"), ("*_", "_*"), ("_*", "*_"))


def write_section(section: Section) -> str:
    """Write a section as its file's text, lines ending in "\n"; keys in English."""
    lines = []
    if section.title:
        lines.append(f"Title: {plain_value(section.title)}")
    if section.short_title:
        lines.append(f"Short title: {plain_value(section.short_title)}")
    lines.append(f"Kind: {section.kind.value}")
    for signature in section.signed:
        parts = (plain_value(signature.name), plain_value(signature.title))
        lines.append(f"Signed: {_with_mark(parts[0], ', ', parts[1]) if parts[1] else parts[0]}")
    body = _Writer(section.kind).blocks(section.body)
    written = "\n".join((*lines, "", *body)).rstrip("\n") + "\n"
    plain = _ESCAPED_NUMBER.sub(r"\1\2", written)
    read, _ = read_section(plain.encode(), name=section.name, file=section.place.file)
    return plain if read == section else written


def plain_value(text: PlainText) -> str:
    r"""Write a header's value. No Markdown is read in it: only `{{` needs a backslash, and backslashes before it."""
    written = ""
    for piece in text:
        if isinstance(piece, MergeField):
            backslashes = len(written) - len(written.rstrip("\\"))
            written += "\\" * backslashes + write_field(piece)
        else:
            written += _HEADER_BRACES.sub(lambda found: found[1] * 2 + "\\{{", piece)
    return written


class _Writer:
    """Writes blocks as lines; each method returns lines without their line ends."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind

    def blocks(self, blocks: Sequence[Block], *, top: bool = True, quoted: bool = False) -> list[str]:
        lines: list[str] = []
        above: Block | None = None
        marker = ""
        for block in blocks:
            if above is not None:
                lines.append("")
            marker = self._marker(block, above, marker, quoted=quoted)
            lines.extend(self._block(block, marker, top=top))
            above = block
        return lines

    def _marker(self, block: Block, above: Block | None, previous: str, *, quoted: bool) -> str:
        """Choose a list's marker: another one than that of the list right above, no dash in a quotation.

        With an empty item it is a plus: three dashes or asterisks in a line would be a thematic break.
        """
        match block:
            case BulletList(items) if () in items:
                first, second = "+", "*"
            case BulletList() | EventList():
                first, second = ("*", "+") if quoted else ("-", "*")
            case OrderedList():
                first, second = ".", ")"
            case _:
                return ""
        return second if previous == first and above is not None else first

    def _block(self, block: Block, marker: str, *, top: bool) -> list[str]:
        match block:
            case Paragraph(text):
                return self._guarded(_inline(text), top=top)
            case CallToAction(link):
                return _inline((link,)).split("\n")
            case Heading(level, text):
                return [f"{'#' * level} {_TRAILING_HASHES.sub(_escaped, _inline(text))}"]
            case Figure(path, alt, caption):
                written = f"![{alt}]({path})"
                return [written, *(_inline(caption).split("\n") if caption else ())]
            case Quotation(inner, attribution):
                return self._quotation(inner, attribution)
            case BulletList(items):
                return self._list((f"{marker} " for _ in items), items)
            case OrderedList(items):
                return self._list((f"{number}{marker} " for number, _ in enumerate(items, 1)), items)
            case EventList(events):
                return [f"{marker} {self._event(event.when, event.title, event.place)}" for event in events]
            case Turn(speaker, inner):
                return self._turn(speaker, inner)
            case Preformatted(text):
                runs = [len(run) for run in re.findall(r"`+", text)]
                fence = "`" * max(3, *(length + 1 for length in (*runs, 2)))
                return [fence, *(text.split("\n") if text else ()), fence]
            case ThematicBreak():
                return ["___"]
        raise AssertionError(f"{block!r} is no block")

    def _guarded(self, text: str, *, top: bool) -> list[str]:
        """Write lines so that none of them is taken for a figure or for the beginning of a turn."""
        lines = text.split("\n")
        if top:
            lines = [line.replace("!", "&#33;", 1) if is_figure(line) else line for line in lines]
        if top and self._kind is Kind.INTERVIEW:
            lines = [re.sub("[:：]", _as_entity, line, count=1) if is_turn(line) else line for line in lines]
        return lines

    def _quotation(self, inner: Sequence[Block], attribution: Attribution | None) -> list[str]:
        lines = self.blocks(inner, top=False, quoted=True)
        if attribution is not None:
            role = _ESCAPED_NUMBER.sub(r"\1\2", _inline(attribution.role))  # it does not begin a line
            name = _inline(attribution.name)
            lines += ["", f"— {_with_mark(name, ', ', role) if role else name}"]
        return [f"> {line}" if line else ">" for line in lines] or [">"]

    def _turn(self, speaker: RichText, inner: Sequence[Block]) -> list[str]:
        name = _inline(speaker)
        first = f"**{name}{'：' if cjk(name[-1:]) else ':'}**"
        lines = self.blocks(inner)
        if inner and isinstance(inner[0], Paragraph):
            return [f"{first} {lines[0]}".rstrip(), *lines[1:]]
        return [first, "", *lines] if lines else [first]

    def _list(self, markers: Iterable[str], items: Sequence[Sequence[Block]]) -> list[str]:
        lines: list[str] = []
        for marker, item in zip(markers, items, strict=True):
            inner = self.blocks(item, top=False)
            lines.append(f"{marker}{inner[0] if inner else ''}".rstrip())
            lines.extend(" " * len(marker) + line if line else "" for line in inner[1:])
        return lines

    def _event(self, when: RichText, title: RichText, place: RichText) -> str:
        written = _with_mark(_inline(when), ": ", _inline(title))
        return _with_mark(written, ", ", _inline(place)) if place else written


def _with_mark(before: str, mark: str, behind: str) -> str:
    """Join two texts by a comma or a colon, by the full-width one between Chinese characters."""
    wide = cjk(before[-1:]) and cjk(behind[:1])
    return f"{before}{_FULL_WIDTH[mark] if wide else mark}{behind}"


def _inline(text: RichText) -> str:
    """Write running text; tried out by reading it back, since emphasis depends on its neighbours."""
    for guarded in (False, True):
        for (emphasis, strong), alternate in product(_DELIMITERS, (False, True)):
            written = _InlineWriter(emphasis, strong, guarded=guarded, alternate=alternate).write(text)
            if read_inline(written) == text:
                return written
    raise AssertionError(f"this text cannot be written as Markdown: {text!r}")


class _InlineWriter:
    def __init__(self, emphasis: str, strong: str, *, guarded: bool, alternate: bool) -> None:
        """`emphasis` and `strong` are the characters for each depth, `alternate` changes them among siblings, too.

        `guarded` writes the letters beside emphasis as entities, which makes any delimiter open and close.
        """
        self._emphasis = emphasis
        self._strong = strong
        self._guarded = guarded
        self._alternate = alternate
        self._depth = 0

    def write(self, text: RichText) -> str:
        lines = self._pieces(text, in_link=False).split("\n")
        return "\n".join(_line_start(_edges(line)) for line in lines)

    def _pieces(self, text: RichText, *, in_link: bool) -> str:
        written = ""
        for index, piece in enumerate(text):
            match piece:
                case str():
                    before, after = text[index - 1] if index else None, next(iter(text[index + 1 :]), None)
                    written += self._text(piece, before, after, in_link=in_link)
                case MergeField():
                    written += write_field(piece)
                case Emphasis(children) | Strong(children):
                    strong = isinstance(piece, Strong)
                    written += self._wrapped(self._delimiter(index, strong=strong), children, in_link=in_link)
                case Link(children, href):
                    written += f"[{self._pieces(children, in_link=True)}]({_href(href)})"
                case Code(code):
                    written += _code(code)
                case LineBreak():
                    written += "\\\n"
        return written

    def _delimiter(self, index: int, *, strong: bool) -> str:
        characters = self._strong if strong else self._emphasis
        character = characters[(self._depth + (index if self._alternate else 0)) % len(characters)]
        return character * (1 + strong)

    def _wrapped(self, delimiter: str, children: RichText, *, in_link: bool) -> str:
        self._depth += 1
        inner = self._pieces(children, in_link=in_link)
        self._depth -= 1
        if self._guarded and inner[:1].isspace():
            inner = _as_entity(inner[0]) + inner[1:]
        if self._guarded and inner[-1:].isspace():
            inner = inner[:-1] + _as_entity(inner[-1])
        return f"{delimiter}{inner}{delimiter}"

    def _text(self, text: str, before: object, after: object, *, in_link: bool) -> str:
        pieces = [_character(text, index, after, in_link=in_link) for index in range(len(text))]
        if self._guarded and isinstance(before, Emphasis | Strong):
            pieces[0] = _as_entity(text[0])
        if self._guarded and isinstance(after, Emphasis | Strong):
            pieces[-1] = _as_entity(text[-1])
        return _BRACES.sub(
            r"\\{{", _ENTITY.sub("&amp;", "".join(pieces)) if not self._guarded else "".join(pieces)
        )


def _character(text: str, index: int, after: object, *, in_link: bool) -> str:
    """Write one character of literal text: with a backslash where Markdown would read something into it."""
    char = text[index]
    previous, following = text[index - 1 : index] if index else "", text[index + 1 : index + 2]
    last = index == len(text) - 1
    inside_word = previous.isalnum() and following.isalnum()
    escape = char in _ALWAYS
    if char == "*":
        escape = not inside_word or cjk(previous) or cjk(following)
    elif char == "_":
        escape = not inside_word
    elif char in "[]":
        escape = in_link or last or (char == "]" and following == "(")
    elif char == "!":
        escape = following == "[" or (last and isinstance(after, Link))
    elif char == "{" and last and isinstance(after, MergeField):
        return _as_entity(char)
    elif char == "&" and _ENTITY.match(text, index):
        return "&amp;"
    elif char in "\n\r":
        return _as_entity(char)
    return f"\\{char}" if escape else char


def _edges(line: str) -> str:
    """Blanks at the ends of a line would be lost."""
    while line[:1].isspace():
        stripped = line.lstrip()
        blanks = line[: len(line) - len(stripped)]
        line = "".join(_as_entity(char) for char in blanks) + stripped
    end = line.rstrip()
    return end + "".join(_as_entity(char) for char in line[len(end) :])


def _line_start(line: str) -> str:
    found = _LINE_START.match(line)
    if found is None:
        return line
    if found["number"]:
        return f"{found['number']}\\{line[found.end('number') :]}"
    start = _DASHES[found["dash"]] if found["dash"] else f"\\{found['mark']}"
    return start + line[1:]


def _href(href: PlainText) -> str:
    written = "".join(
        write_field(piece)
        if isinstance(piece, MergeField)
        else _ENTITY.sub("&amp;", piece.replace("\\", "\\\\"))
        for piece in href
    )
    if (
        written
        and not re.search(r"[\s()<>\[\]]", written)
        and not any(isinstance(p, MergeField) for p in href)
    ):
        return written
    return "<" + re.sub(r"([<>])", r"\\\1", written) + ">" if written else ""


def _code(code: str) -> str:
    runs = {len(run) for run in re.findall(r"`+", code)}
    ticks = "`" * next(length for length in range(1, len(runs) + 2) if length not in runs)
    pad = " " if code[:1] in ("`", " ") or code[-1:] in ("`", " ") else ""
    pad = pad if code.strip() else ""
    return f"{ticks}{pad}{code}{pad}{ticks}"


def _escaped(found: re.Match[str]) -> str:
    return f"\\{found[0]}"


def _as_entity(char: str | re.Match[str]) -> str:
    return f"&#{ord(char if isinstance(char, str) else char[0])};"
