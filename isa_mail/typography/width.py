"""How wide text is in a fixed-width font, and where its lines may break.

    wrap("Grüße aus 佛山", width=8) -> ["Grüße", "aus 佛山"]

Pure. `render/text.py` sets the plain-text part with it. The rules are the few of Unicode Annex 14 (line breaking)
and Annex 11 (East Asian width) that German, English and Chinese letters need. Ambiguous widths ("„", "—") count
as one column, as they do in the mail programs of German readers.
"""

import re
import unicodedata
from collections.abc import Iterator

LINE_WIDTH = 72  # columns: 78 is the limit of RFC 5322 section 2.1.1; a reply's "> " must still fit
_OPENING = frozenset("（〔［｛《〈「『【〖“‘([{<„‚«")
_CLOSING = frozenset("、。，．：；？！）〕］｝》〉」』】〗”’…—–·%％‰℃,.:;?!)]}>»/-~～")
_GERMAN_QUOTES = (("„", "“"), ("‚", "‘"))  # their closing marks are the opening ones of Chinese text
_URL = re.compile(r"<?\b(?:https?://|mailto:|tel:)\S+", re.IGNORECASE)


def display_width(text: str) -> int:
    """Count columns: wide and fullwidth characters take two, combining and invisible ones none."""
    if text.isascii():
        return len(text)
    return sum(_character_width(character) for character in text)


def wrap(text: str, width: int = LINE_WIDTH, first: str = "", rest: str = "") -> list[str]:
    """Break running text into lines of at most `width` columns, indents included.

    Lines break at blanks and between Chinese characters, never inside a word or a URL: one that is wider than the
    line gets a line of its own. No line begins with a closing or ends with an opening mark of Chinese text. The
    first line begins with `first`, all others with `rest`. Line breaks in `text` count as blanks; no-break
    spaces hold. No text gives no line, unless there is a `first`.
    """
    lines: list[str] = []
    line, columns = first, display_width(first)
    empty = True
    for blank, piece in _pieces(text):
        gap = "" if empty else blank
        needed = len(gap) + display_width(piece)
        if not empty and columns + needed > width:
            lines.append(line.rstrip(" "))
            line, columns, gap, needed = rest, display_width(rest), "", display_width(piece)
        line, columns, empty = line + gap + piece, columns + needed, False
    if line.strip(" ") and (not empty or first):
        lines.append(line.rstrip(" "))
    return lines


def _character_width(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """Yield what must stay together, each with the blank before it ("" between Chinese characters)."""
    for word in re.split(r"[ \t\n\r]+", text):
        blank = " "
        for piece in _break_word(word):
            yield blank, piece
            blank = ""


def _break_word(word: str) -> Iterator[str]:
    """Cut a word without blanks where Chinese text may break; most words come out whole."""
    if not word or word.isascii():
        if word:
            yield word
        return
    url = _URL.search(word)
    fixed = url.span() if url else (0, 0)  # nothing inside a URL is cut
    german = {closing for opening, closing in _GERMAN_QUOTES if opening in word}
    start = 0
    for place in range(1, len(word)):
        inside = fixed[0] < place < fixed[1]
        if not inside and _may_break(word[place - 1], word[place], german):
            yield word[start:place]
            start = place
    yield word[start:]


def _may_break(before: str, after: str, german: set[str]) -> bool:
    """`german`: the marks that close in this word, though in Chinese text they open."""
    if _character_width(after) == 0 or after in _CLOSING or after in german:
        return False
    if before in _OPENING and before not in german:
        return False
    return _character_width(before) == 2 or _character_width(after) == 2
