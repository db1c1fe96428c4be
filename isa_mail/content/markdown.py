"""CommonMark with the rules of a newsletter: the parser, configured once.

    "8. Plenarversammlung" is a paragraph, "Mitarbeiter*innen" has no emphasis, "1. a / 2. b" is a list

Pure. markdown-it-py parses; here stand the differences. Off are raw HTML, indented code, underlined headings and link
reference definitions: each would make typed words vanish or change their meaning. Link addresses stay as typed.
"""

import re
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, list_block
from markdown_it.rules_inline import StateInline
from markdown_it.tree import SyntaxTreeNode
from mdit_py_cjk_friendly import cjk_friendly, is_cjk

_OFF = ("code", "lheading", "reference", "html_block", "html_inline", "text_join")
_ORDERED = re.compile(r"(\d{1,9})([.)])(?:[ \t]|$)")
_MOST_NESTED = 50


def parse(source: str) -> SyntaxTreeNode:
    """Parse Markdown; nodes carry their source lines in `map`, counted from 0."""
    return SyntaxTreeNode(_parser().parse(source))


def parse_inline(source: str) -> list[SyntaxTreeNode]:
    """Parse one run of text, without any block structure."""
    if not source:
        return []
    return SyntaxTreeNode(_parser().parseInline(source)).children[0].children


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
    parser = _Markdown("commonmark", {"html": False, "maxNesting": _MOST_NESTED}).use(cjk_friendly)
    parser.disable(list(_OFF))
    parser.block.ruler.at("list", _list, {"alt": ["paragraph", "blockquote"]})
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


def _list(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """An ordered list starts at 1, has a second item 2, and never interrupts a paragraph."""
    found = _ORDERED.match(_line(state, start))
    if found is None:
        return list_block(state, start, end, silent)
    if silent:  # asked whether a paragraph ends here: only where the next item of an outer list begins
        return state.sCount[start] < state.blkIndent and list_block(state, start, end, silent)
    if found[1] != "1" or not _has_second_item(state, start, end, found[2]):
        return False
    tokens, line = len(state.tokens), state.line
    if not list_block(state, start, end, silent):
        return False
    level = state.tokens[tokens].level + 1
    items = [
        token for token in state.tokens[tokens:] if token.type == "list_item_open" and token.level == level
    ]
    if len(items) >= 2 and items[1].info == "2":
        return True
    del state.tokens[tokens:]
    state.line = line
    return False


def _has_second_item(state: StateBlock, start: int, end: int, mark: str) -> bool:
    """Look ahead cheaply, so that nested numbers that are no lists are not parsed over and over."""
    return any(_line(state, line).startswith(f"2{mark}") for line in range(start + 1, end))


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]
