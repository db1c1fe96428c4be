"""How wide text is in a fixed-width font, and where its lines may break.

    wrap("Grüße aus 佛山", width=8) -> ["Grüße", "aus 佛山"]

Pure. `render/text.py` sets the plain-text part with it. The rules are the few of Unicode Annex 14 (line breaking)
and Annex 11 (East Asian width) that German, English and Chinese letters need. Marks of ambiguous width ("—", "…")
count one column, and two in a Chinese letter: as wide as the fonts of their readers draw them.
"""

import re
import unicodedata
from collections.abc import Iterator

LINE_WIDTH = 72  # columns: 78 is the limit of RFC 5322 section 2.1.1; a reply's "> " must still fit
_OPENING = frozenset("（〔［｛《〈「『【〖“‘([{<„‚«")
_CLOSING = frozenset("、。，．：；？！）〕］｝》〉」』】〗”’…—–·%％‰℃,.:;?!)]}>»/-~～")
_WIDE_IN_CHINESE = frozenset("“”‘’…—·")
_GERMAN_QUOTES = {"“": "„", "‘": "‚"}  # German text closes with what opens in Chinese text
_URL = r"<(?i:https?://|mailto:|tel:)[^\s>]*>|\b(?i:https?://|mailto:|tel:)[^\s>，。、；：！？）》”’]+"
# What a blank does not part at a line's end (DIN 5008): 8. Sitzung, a. D., Dr. Probe, and 42 km.
_HOLDS_NEXT = r"(?:(?<!\d)\d{1,2}|\b[A-Za-z]|\b(?:Dr|Prof|Nr|No|Mr|Mrs|Ms|St))\.\Z"
_UNIT = r"(?:%|‰|€|°C|km|m|kg|t|Uhr|Euro|Mio\.|Mrd\.)(?!\w)"
_BLANKS = " \t\n\r"


def display_width(text: str, *, chinese: bool = False) -> int:
    """Count columns: wide and fullwidth characters take two, combining and invisible ones none.

    In a `chinese` letter, quotation marks, dashes and dots are as wide as its characters.
    """
    if text.isascii():
        return len(text)
    return sum(
        2 if chinese and character in _WIDE_IN_CHINESE else _character_width(character) for character in text
    )


def wrap(
    text: str, width: int = LINE_WIDTH, first: str = "", rest: str = "", *, chinese: bool = False
) -> list[str]:
    """Break running text into lines of at most `width` columns, indents included.

    Lines break at blanks and between Chinese characters, never inside a word or a URL: one that is wider than the
    line gets a line of its own. No line begins with a closing or ends with an opening mark of Chinese text, and
    numbers stay with what they count. The first line begins with `first`, all others with `rest`. Line breaks in
    `text` count as blanks; no-break spaces hold. No text gives no line, unless there is a `first`.
    """
    lines: list[str] = []
    line, columns = first, display_width(first, chinese=chinese)
    empty = True
    for blank, piece in _pieces(text):
        gap = "" if empty else blank
        needed = len(gap) + display_width(piece, chinese=chinese)
        if not empty and columns + needed > width:
            lines.append(line.rstrip(" "))
            line, columns, gap = rest, display_width(rest, chinese=chinese), ""
            needed = display_width(piece, chinese=chinese)
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
    text = " ".join(re.split(f"[{_BLANKS}]+", text)).strip(" ")
    if not text:
        return
    breaks = _blank_breaks(text) if text.isascii() else _breaks(text)
    start = 0
    for place in (*breaks, len(text)):
        piece = text[start:place]
        yield ("" if start == 0 or not piece.startswith(" ") else " "), piece.removeprefix(" ")
        start = place


def _blank_breaks(text: str) -> list[int]:
    return [place for place, character in enumerate(text) if character == " " and not _holds(text, place)]


def _breaks(text: str) -> list[int]:
    """Find where a line may end: before these characters of text whose blanks are single."""
    kept = [
        range(found.start() + 1, found.end()) for found in re.finditer(_URL, text)
    ]  # nothing in a URL is cut
    german = _german_closings(text)
    return [
        place
        for place in range(1, len(text))
        if (not _holds(text, place) if text[place] == " " else _may_break(text, place, german))
        and not any(place in url for url in kept)
    ]


def _holds(text: str, blank: int) -> bool:
    """Say whether a line must not end at a blank."""
    if re.compile(_HOLDS_NEXT).search(text, max(0, blank - 5), blank):
        return True
    return text[blank - 1].isdecimal() and re.compile(_UNIT).match(text, blank + 1) is not None


def _may_break(text: str, place: int, german: frozenset[int]) -> bool:
    """`german`: where the marks stand that close, though in Chinese text they open."""
    before, after = text[place - 1], text[place]
    if before == " " or _character_width(after) == 0 or after in _CLOSING or place in german:
        return False
    if before in _OPENING and place - 1 not in german:
        return False
    if before.isdecimal() and _character_width(after) == 2 and after not in _OPENING:
        return False  # a number and what it counts: 16名
    return _character_width(before) == 2 or _character_width(after) == 2


def _german_closings(text: str) -> frozenset[int]:
    """Find the marks that close a German quotation, opened before by „ or ‚."""
    found, opened = [], {"„": 0, "‚": 0}
    for place, character in enumerate(text):
        if character in opened:
            opened[character] += 1
        elif (opening := _GERMAN_QUOTES.get(character)) and opened[opening]:
            opened[opening] -= 1
            found.append(place)
    return frozenset(found)
