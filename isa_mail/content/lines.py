"""The rules of our own that look at lines, applied before CommonMark.

    ["![Der Stand](images/stand am morgen.jpg)", "Der Stand am Morgen", "", "Text"]
        -> FigureLines("images/stand am morgen.jpg", "Der Stand", "Der Stand am Morgen", 0), TextLines(…, 2)

Pure. Cuts a body into figures, turns of an interview, and text; takes the attribution out of a quotation. Line numbers
are indices into the body and stay what they are: only what stands in a line changes, never how many there are.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it.tree import SyntaxTreeNode

_FIGURE = re.compile(r"\s*!\[(?P<alt>(?:(?!\]\().)*)\]\((?P<path>(?:(?!\]\().)*)\)\s*")
_TITLED = re.compile(r"""(?P<path>.*?)\s+(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)')""")
_BLOCK_START = re.compile(
    r"(?P<mark>[-+*](?=\s)|>|#{1,6}(?=\s|$)|[`~]{3}|[-*_](?=\s*[-*_]\s*[-*_]))|\d+(?=[.)](?:\s|$))"
)
_TURN = re.compile(r"\s*\*\*(?P<speaker>[^*:：]+)(?:[:：]\*\*|\*\*[:：])(?P<text>.*)")
_FENCE = re.compile(r"[ \t]*(?:(?:[-+*]|\d{1,9}[.)])[ \t]+)*(?P<fence>`{3,}(?=[^`]*$)|~{3,})")
_ATTRIBUTION = re.compile(r"\s*(?:--|——|[-–—](?![-–—]))(?!\d)\s*(?P<who>(?![-–—\s]+$)\S.*)")
_QUOTE = re.compile(r"^[ \t]*> ?")


@dataclass(frozen=True, slots=True)
class FigureLines:
    """A figure and its caption, without their Markdown."""

    path: str
    alt: str
    title: str  # typed in quotation marks behind the path; "" if none
    caption: str  # "" if none
    line: int
    caption_line: int


@dataclass(frozen=True, slots=True)
class TextLines:
    """Lines of Markdown; with a speaker, the first of them begins a turn."""

    speaker: str | None
    lines: tuple[str, ...]
    line: int


def is_figure(line: str) -> bool:
    return _FIGURE.fullmatch(line) is not None


def is_turn(line: str) -> bool:
    return _TURN.fullmatch(line) is not None


def cut(lines: Sequence[str], *, interview: bool) -> Iterator[FigureLines | TextLines]:
    """Cut a body into figures, turns (in an interview only) and text, in order."""
    speaker: str | None = None
    text: list[str] = []
    start = index = 0
    fence = ""
    while index < len(lines):
        line = lines[index]
        fence = _fence_after(line, fence)
        figure = None if fence else _FIGURE.fullmatch(line)
        turn = _TURN.fullmatch(line) if interview and not fence else None
        if figure is None and turn is None:
            text.append(line)
            index += 1
            continue
        if text or speaker is not None:
            yield TextLines(speaker, tuple(text), start)
        speaker, text = None, []
        if turn is not None:
            speaker, text, start = turn["speaker"].strip(), [_words(turn["text"].strip())], index
            index += 1
        elif figure is not None:
            end = _caption_end(lines, index + 1, interview=interview)
            caption = "\n".join(line.strip() for line in lines[index + 1 : end])
            path, title = _path(figure["path"].strip())
            yield FigureLines(path, figure["alt"].strip(), title, caption, index, index + 1)
            start = index = end
    if text or speaker is not None:
        yield TextLines(speaker, tuple(text), start)


def _path(text: str) -> tuple[str, str]:
    """Split what stands between the brackets of a figure: the path, and a title that Markdown allows behind it."""
    titled = _TITLED.fullmatch(text)
    title = (titled["double"] or titled["single"] or "") if titled else ""
    path = titled["path"] if titled else text
    return path.removeprefix("<").removesuffix(">").strip().replace("\\", "/"), title


def _words(text: str) -> str:
    """What a speaker says on the line of the name begins with words, whatever Markdown would make of them."""
    found = _BLOCK_START.match(text)
    if found is None:
        return text
    return f"\\{text}" if found["mark"] else f"{found[0]}\\{text[found.end() :]}"


def _fence_after(line: str, fence: str) -> str:
    """Say which code fence is open after a line, "" for none."""
    found = _FENCE.match(line)
    if found is None:
        return fence
    if not fence:
        return found["fence"]
    closes = found["fence"].startswith(fence) and not line.strip().strip(fence[0])
    return "" if closes else fence


def _caption_end(lines: Sequence[str], index: int, *, interview: bool) -> int:
    while index < len(lines) and lines[index].strip():
        if is_figure(lines[index]) or (interview and is_turn(lines[index])):
            break
        index += 1
    return index


@dataclass(frozen=True, slots=True)
class Attributed:
    """Text whose quotations have lost their attributions: those stand in `attributions`, by line."""

    lines: tuple[str, ...]
    attributions: dict[int, tuple[str, int]]  # last line of a quotation -> (who, the line it stood in)


def take_attributions(lines: Sequence[str], tree: SyntaxTreeNode) -> Attributed:
    """Take the attribution out of each quotation of `tree`, which was parsed from `lines`.

    It is the quotation's last line, if that opens with a dash. One that stands alone, right below a quotation
    without one, belongs to that quotation.
    """
    changed = list(lines)
    found: dict[int, tuple[str, int]] = {}
    above: tuple[int, bool] | None = (
        None  # (last line of the quotation right above, whether it has an attribution)
    )
    for node in tree.children:
        if node.type != "blockquote" or node.map is None:
            above = None
            continue
        first, end = node.map
        last = next((n for n in range(end - 1, first - 1, -1) if _content(lines[n]).strip()), first)
        fenced = bool(node.children) and node.children[-1].type == "fence"
        match = None if fenced else _ATTRIBUTION.fullmatch(_content(lines[last]))
        alone = not any(_content(lines[n]).strip() for n in range(first, last))
        if match is None:
            above = (last, False) if _content(lines[last]).strip() else None
        elif not alone:
            changed[last] = ">"
            found[last] = (match["who"].strip(), last)
            above = (last, True)
        elif above is not None and not above[1]:
            changed[first:end] = [""] * (end - first)
            found[above[0]] = (match["who"].strip(), last)
            above = (above[0], True)
        else:
            above = None
    return Attributed(tuple(changed), found)


def _content(line: str) -> str:
    return _QUOTE.sub("", line, count=1)
