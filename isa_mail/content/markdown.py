"""CommonMark with the rules of a newsletter: the parser, configured once.

    "8. Plenarversammlung" is a paragraph, "Mitarbeiter*innen" has no emphasis, "1. a / 2. b" a list that ends at "8. c"

Pure. markdown-it-py parses; here stand the differences. Off are raw HTML, indented code, underlined headings and link
reference definitions: each would make typed words vanish or change their meaning. Link addresses stay as typed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, list_block
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode
from mdit_py_cjk_friendly import cjk_friendly, is_cjk

_OFF = ("code", "lheading", "reference", "html_block", "html_inline", "text_join")
_ORDERED = re.compile(r"(\d{1,9})([.)])(?:[ \t]|$)")
_MOST_NESTED = 50  # counts a list twice: itself and its items


class TooDeep(Exception):
    """Marks are nested so deeply that what they hold would be dropped."""

    def __init__(self, line: int) -> None:
        """`line` is counted from 0."""
        super().__init__(f"line {line} is nested too deeply")
        self.line = line


def parse(source: str) -> SyntaxTreeNode:
    """Parse Markdown; nodes carry their source lines in `map`, counted from 0. Raises TooDeep."""
    return _tree(_parser().parse(source))


def parse_inline(source: str) -> list[SyntaxTreeNode]:
    """Parse one run of text, without any block structure. Raises TooDeep."""
    if not source:
        return []
    return _tree(_parser().parseInline(source)).children[0].children


def _tree(tokens: Sequence[Token]) -> SyntaxTreeNode:
    for token in tokens:
        if any(one.level > _MOST_NESTED for one in (token, *(token.children or ()))):
            raise TooDeep(token.map[0] if token.map else 0)
    return SyntaxTreeNode(tokens)


def cjk(char: str) -> bool:
    """Say whether a character is Chinese (or Japanese, Korean), full-width punctuation included."""
    return bool(char) and is_cjk(char)


class _Markdown(MarkdownIt):
    """Leaves addresses as typed: `render/` encodes them, and findings quote what stands in the file."""

    def normalizeLink(self, url: str) -> str:  # noqa: N802 (the library's name)
        return url

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802
        return link


@cache
def _parser() -> MarkdownIt:
    parser = _Markdown("commonmark", {"html": False, "maxNesting": _MOST_NESTED + 2}).use(cjk_friendly)
    parser.disable(list(_OFF))
    parser.block.ruler.at("list", _list, {"alt": ["paragraph", "blockquote"]})
    parser.block.ruler.before("list", "list_ends", _list_ends, {"alt": ["list"]})
    parser.inline.ruler.before("emphasis", "star_in_word", _star_in_word)
    return parser


def _star_in_word(state: StateInline, silent: bool) -> bool:
    """A single `*` between two letters or digits is text: Mitarbeiter*innen, 3*4. Not beside Chinese."""
    source, position = state.src, state.pos
    if source[position] != "*" or position == 0 or position + 1 >= len(source):
        return False
    before, after = source[position - 1], source[position + 1]
    if not (before.isalnum() and after.isalnum()) or cjk(before) or cjk(after):
        return False
    if not silent:
        state.pending += "*"
    state.pos += 1
    return True


@dataclass(slots=True)
class _OpenList:
    """A list that is being read."""

    indent: int  # columns in which the lines of the block around it begin
    mark: str  # what follows its numbers: "." or ")"; "" for bullets
    following: int = 2  # the number that its next item must have

    def goes_on(self, line: str) -> bool:
        number = _ORDERED.match(line)
        return number is not None and number.groups() == (str(self.following), self.mark)


@dataclass(slots=True)
class _Lists:
    """What the list rules know of the text that is being read."""

    open: list[_OpenList] = field(default_factory=list)  # around the current line, innermost last
    none_at: set[int] = field(default_factory=set)  # offsets of numbers that were tried, and are text


def _lists(state: StateBlock) -> _Lists:
    lists: _Lists = state.env.setdefault("lists", _Lists())
    return lists


def _list(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """An ordered list starts at 1, goes on with 2 and so on in sequence, and never interrupts a paragraph."""
    lists, number = _lists(state), _ORDERED.match(_line(state, start))
    if number is None and silent:
        return list_block(state, start, end, silent)
    if silent:  # asked whether a paragraph ends here
        return _is_next_item(state, start) and list_block(state, start, end, silent)
    offset = state.bMarks[start] + state.tShift[start]
    if number and (number[1] != "1" or offset in lists.none_at):
        return False
    tokens, line = len(state.tokens), state.line
    lists.open.append(_OpenList(state.blkIndent, number[2] if number else ""))
    found = list_block(state, start, end, silent)
    read = lists.open.pop()
    if found and (number is None or read.following > 2):
        return True
    lists.none_at.add(offset)
    del state.tokens[tokens:]
    state.line = line
    return False


def _list_ends(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Asked by the list rule before each further item: an ordered list ends where its sequence does."""
    current = _lists(state).open[-1] if silent else None
    if current is None or not current.mark:
        return False
    if not current.goes_on(_line(state, start)):
        return True
    current.following += 1
    return False


def _is_next_item(state: StateBlock, line: int) -> bool:
    """Say whether a line leaves the item that is being read and is the next one of the list that it lies in."""
    indent = state.sCount[line]
    around = next((one for one in reversed(_lists(state).open) if one.indent <= indent), None)
    return indent < state.blkIndent and around is not None and around.goes_on(_line(state, line))


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]
