"""Which line of which file became which block of the letter.

    "20-reise.txt", line 7: "Am *zweiten* Tag …"  +  <p>Am <em>zweiten</em> Tag …</p>  ->  {("20-reise.txt", 7): 41}

Pure. Lines and blocks are matched by their words: what was typed and what is read are the same words in the same order,
whatever a template does with them. A block is known by its number among the elements of BLOCKS, counted by start tags,
so the browser's page counts the same (`frame.js` has the same list), and the letter itself needs no mark.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from html.parser import HTMLParser

from isa_mail.preview.draft import Source

BLOCKS = frozenset(
    ("h1", "h2", "h3", "h4", "h5", "h6", "p", "li", "td", "th", "caption", "blockquote", "pre", "img", "div")
)
_UNREAD = frozenset(("title", "style", "script"))
_WORD = re.compile(r"[\u2e80-\u9fff\U00020000-\U0003ffff]|[^\W_\u2e80-\u9fff]+")  # Chinese: each character
_TARGET = re.compile(r"(?<=\])\([^)]*\)")
_FIELD = re.compile(r"\{\{[^{}|]*(?:\|([^{}]*))?\}\}")
_KIND = re.compile(r"\s*(?:kind|art|类型|language|sprache|语言|date|datum|日期)\s*[:：]", re.IGNORECASE)


def body_text(html: str) -> str:
    """Return all text below <body> as mail programs read it for their inbox, blanks as they stand."""
    return "".join(text if block else " " for block, text in _texts(html)).strip()


def locate(sources: Iterable[Source], html: str) -> Mapping[tuple[str, int], int]:
    """Give each typed line the block that it became.

    In running text a line that nobody sees goes with the nearest one above it, or with the first one that is seen.
    """
    sources = tuple(sources)
    typed = [
        (word, source.file, number)
        for source in sources
        for number, line in enumerate(source.text.split("\n"), 1)
        for word in _words(_read(line))
    ]
    read = [(word, block) for block, text in _texts(html) for word in _words(text)]
    matcher = SequenceMatcher(None, [word for word, *_ in typed], [word for word, _ in read], autojunk=False)
    votes: dict[tuple[str, int], Counter[int]] = {}
    for match in matcher.get_matching_blocks():
        for step in range(match.size):
            _, file, line = typed[match.a + step]
            votes.setdefault((file, line), Counter())[read[match.b + step][1]] += 1
    found = {place: max(counts.items(), key=lambda each: each[1])[0] for place, counts in votes.items()}
    return found | {
        (source.file, line): found[source.file, near]
        for source in sources
        if source.is_running
        for line, near in _unseen(source, found)
    }


def _unseen(source: Source, found: Mapping[tuple[str, int], int]) -> Iterator[tuple[int, int]]:
    """Yield each line that nobody sees with the one that it goes with."""
    lines = range(1, source.text.count("\n") + 2)
    seen = [line for line in lines if (source.file, line) in found]
    for line in lines if seen else ():
        if (source.file, line) not in found:
            yield line, max((each for each in seen if each < line), default=seen[0])


def _read(line: str) -> str:
    """Leave out of a typed line what no reader sees."""
    if _KIND.match(line):
        return ""
    return _FIELD.sub(lambda field: field[1] or "", _TARGET.sub("", line))


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold().replace("\u00ad", ""))


def _texts(html: str) -> list[tuple[int, str]]:
    parser = _Texts()
    parser.feed(html)
    parser.close()
    return parser.texts


class _Texts(HTMLParser):
    """Collects (number of the innermost block, text); 0 is the body itself. Descriptions of pictures are text."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[tuple[int, str]] = []
        self._open: list[tuple[str, int]] = []
        self._number = 0
        self._unread = True  # until the body begins

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "body":
            self._unread = False
        if tag in _UNREAD:
            self._unread = True
        if tag not in BLOCKS:
            return
        self._number += 1
        self._add(0, " ")
        if tag == "img":
            self._add(self._number, dict(attrs).get("alt") or "")
        else:
            self._open.append((tag, self._number))

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNREAD and self._number:
            self._unread = False
        if tag in BLOCKS and any(tag == opened for opened, _ in self._open):
            while self._open.pop()[0] != tag:
                pass
            self._add(0, " ")

    def handle_data(self, data: str) -> None:
        self._add(self._open[-1][1] if self._open else 0, data)

    def _add(self, block: int, text: str) -> None:
        if not self._unread and text:
            self.texts.append((block, text))
