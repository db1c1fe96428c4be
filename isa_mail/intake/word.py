"""A document of Word (.docx) -> clean lines with their marks, and its pictures.

    b"PK…" -> Source((Line(1, "Neun Betriebe", style="heading 1"), …), …), ImportedPicture("images/picture-3f….jpg", …)

Pure: mammoth reads the bytes, nh3 lets through what a letter can hold, and every word that Word stored has to arrive,
or nothing is imported. The "line" of a place is the paragraph, counted from 1.
"""

import hashlib
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree

from isa_mail.errors import ContentError
from isa_mail.intake.guesses import Guesses, shown
from isa_mail.intake.source import Line, Mark, Source, clean_source, printable
from isa_mail.intake.words import words_in
from isa_mail.model.findings import Place
from isa_mail.model.pasted import ImportedPicture
from isa_mail.typography.scripts import guess_language

_STYLES = """
p[style-name='Title'] => h1.title:fresh
p[style-name='Titel'] => h1.title:fresh
p[style-name='Subtitle'] => p:fresh
p[style-name='caption'] => p.caption:fresh
p[style-name='Caption'] => p.caption:fresh
p[style-name='Beschriftung'] => p.caption:fresh
p[style-name='Illustration'] => p.caption:fresh
p[style-name='Figure'] => p.caption:fresh
p[style-name='Abbildung'] => p.caption:fresh
p[style-name='Quote'] => p.quote:fresh
p[style-name='Quotations'] => p.quote:fresh
p[style-name='Zitat'] => p.quote:fresh
p[style-name='Intense Quote'] => p.quote:fresh
"""
_TAGS = set("p h1 h2 h3 h4 h5 h6 ul ol li a strong em br img table tr td th".split())
_ATTRIBUTES = {"p": {"class"}, "h1": {"class"}, "a": {"href"}, "img": {"src", "alt"}}
_MARKS = {"strong": "strong", "em": "emphasis", "a": "link"}
_SUFFIXES = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/bmp": "bmp",
    "image/tiff": "tif",
}
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_PARTS = re.compile(r"word/(?:document|footnotes|endnotes)\.xml")
_BESIDE = re.compile(r"word/(?:header|footer|comments)\d*\.xml")


def read_document(
    data: bytes, language: str | None, guesses: Guesses, *, file: str
) -> tuple[Source, str, tuple[ImportedPicture, ...]]:
    """Read a document: its clean lines, its language and its pictures.

    Raises ContentError if it is no document of Word, or if some of its words would not arrive.
    """
    html, pictures = _converted(data, file, guesses)
    walk = _Walk()
    walk.feed(html)
    walk.close()
    raw = walk.lines
    _refuse_lost(data, raw, file)
    _remark_beside(data, raw, guesses)
    spoken = language or guess_language("\n".join(line.text for line in raw))
    source = clean_source(raw, spoken, file=file)
    edits = tuple(
        edit._replace(place=Place(file, raw[(edit.place.line or 1) - 1].number)) for edit in source.edits
    )
    return replace(source, edits=edits), spoken, pictures


def _converted(data: bytes, file: str, guesses: Guesses) -> tuple[str, tuple[ImportedPicture, ...]]:
    import mammoth
    import nh3

    pictures: list[ImportedPicture] = []

    def kept(image: "mammoth.documents.Image") -> dict[str, str]:
        with image.open() as opened:
            content = opened.read()
        suffix = _SUFFIXES.get(image.content_type, image.content_type.rpartition("/")[2].removeprefix("x-"))
        # By content: both languages of an edition share images/, and most of their pictures.
        digest = hashlib.sha256(content).hexdigest()[:8]
        name = f"picture-{digest}.{re.sub(r'[^a-z0-9]', '', suffix) or 'bin'}"
        pictures.append(ImportedPicture(f"images/{name}", content))
        if image.content_type not in _SUFFIXES:
            guesses.add("I111", None, f"{name} ({image.content_type})")
            name = f"‹{name}›"
        return {"src": f"images/{name}"}

    try:
        converted = mammoth.convert_to_html(
            io.BytesIO(data),
            style_map=_STYLES,
            convert_image=mammoth.images.img_element(kept),
            ignore_empty_paragraphs=False,
        )
    except Exception as error:  # mammoth raises whatever zip and XML libraries raise
        raise ContentError(
            "The file cannot be read as a document of Word.",
            place=Place(file),
            hint="Open it in Word or LibreOffice and save it again as .docx, or paste its text into a .txt file.",
        ) from error
    html: str = nh3.clean(
        converted.value,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
        strip_comments=True,
    )
    return html, tuple(pictures)


class _Walk(HTMLParser):
    """Walks through clean HTML and collects a line for each paragraph, heading, list item, table row and picture."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[Line] = []
        self._number = 0
        self._style = ""
        self._text = ""
        self._marks: list[Mark] = []
        self._open: list[tuple[str, int, str]] = []  # marks that are open: kind, where it begins, address
        self._lists: list[str] = []
        self._cells: list[str] | None = None
        self._back = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag in ("ul", "ol"):
            self._end_line()
            self._lists.append("item" if tag == "ul" else "number")
        elif tag == "tr":
            self._end_line()
            self._cells = []
        elif tag in ("p", "li") or re.fullmatch("h[1-6]", tag):
            if self._cells is None:
                self._end_line()
            self._begin(tag, values.get("class", ""))
        elif tag == "br":
            self._text += " " if self._cells is not None or self._style in ("item", "number") else "\n"
        elif tag == "img":
            self._picture(values)
        elif tag == "a" and values.get("href", "").startswith("#footnote-ref"):
            self._back = True  # mammoth's own arrow from a footnote back to the text
        elif tag in _MARKS:
            self._open.append((_MARKS[tag], len(self._text), values.get("href", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("ul", "ol"):
            self._end_line()
            self._lists.pop()
        elif tag in ("td", "th") and self._cells is not None:
            self._cells.append(" ".join(self._text.split("\n")).strip())
            self._text, self._marks = "", []
        elif tag == "tr":
            self._end_row()
        elif (tag in ("p", "li") or re.fullmatch("h[1-6]", tag)) and self._cells is None:
            self._end_line(empty=tag == "p")
        elif tag in _MARKS and self._open:
            kind, start, href = self._open.pop()
            if kind != "link" or not href.startswith("#"):  # nothing in a letter to jump to
                self._marks.append(Mark(start, len(self._text), kind, href))

    def handle_data(self, data: str) -> None:
        if self._back:
            self._back = False
            return
        self._text += printable(data).replace("\n", " ")

    def close(self) -> None:
        super().close()
        self._end_line()

    def _begin(self, tag: str, name: str) -> None:
        if self._cells is not None:
            self._text += " " if self._text else ""
            return
        self._number += not (tag == "p" and self._style in ("item", "number") and not self._text)
        if tag == "li":
            self._style = self._lists[-1] if self._lists else "item"
        elif tag == "p":
            self._style = self._style if self._style in ("item", "number") else name
        else:
            self._style = "title" if name == "title" else f"heading {tag[1]}"

    def _end_line(self, *, empty: bool = False) -> None:
        """End a paragraph; a line break that was typed in it parts it into several lines."""
        start = 0
        for piece in self._text.split("\n"):
            if piece.strip() or empty:
                line = Line(max(1, self._number), self._text, tuple(self._marks), style=self._style)
                self.lines.append(_stretch(line, start, start + len(piece)))
            start += len(piece) + 1
        self._text, self._marks, self._style = "", [], ""
        self._open = [(kind, 0, href) for kind, _, href in self._open]

    def _end_row(self) -> None:
        cells = tuple(filter(None, self._cells or ()))
        self._cells = None
        self._number += 1
        if cells:
            self.lines.append(Line(self._number, " · ".join(cells), cells=cells if len(cells) > 1 else ()))
        self._text, self._marks, self._style = "", [], ""

    def _picture(self, values: dict[str, str]) -> None:
        self._number += not self._number
        alt = " ".join(printable(values.get("alt", "")).split())
        self.lines.append(Line(self._number, alt, picture=values.get("src", "")))


def _stretch(line: Line, start: int, end: int) -> Line:
    """Cut a stretch out of a line; blanks at its ends stay, since cleaning judges them."""
    marks = (
        replace(mark, start=max(mark.start, start) - start, end=min(mark.end, end) - start)
        for mark in line.marks
        if mark.start < end and mark.end > start
    )
    return replace(line, text=line.text[start:end], marks=tuple(marks))


# --- nothing may be lost on the way -----------------------------------------------------------------------


def _refuse_lost(data: bytes, lines: list[Line], file: str) -> None:
    """Compare what arrived with the words that the document stores."""
    stored = Counter(word for text in _stored(data, _PARTS) for word in words_in(text))
    arrived = Counter(word for line in lines for word in words_in(line.text))
    lost = stored - arrived
    if lost:
        words = ", ".join(list(lost)[:8]) + (" …" if len(lost) > 8 else "")
        raise ContentError(
            f"{lost.total()} words of the document would be lost ({words}), so nothing was imported.",
            place=Place(file),
            hint="They may stand in a text box: put them into the text, or paste the whole text into a .txt file.",
        )


def _remark_beside(data: bytes, lines: list[Line], guesses: Guesses) -> None:
    """Remark what stands beside the text on every page, numbers of pages aside."""
    arrived = {word for line in lines for word in words_in(line.text)}
    for text in dict.fromkeys(_stored(data, _BESIDE)):
        if any(word not in arrived and not word.isdecimal() for word in words_in(text)):
            guesses.add("I115", None, shown(printable(text).strip()))


def _stored(data: bytes, parts: re.Pattern[str]) -> Iterator[str]:
    """Give the text of each paragraph that some parts of a document store, text boxes included."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if parts.fullmatch(name):
                root = ElementTree.fromstring(archive.read(name))
                for paragraph in _outside_fallback(root, f"{_W}p"):
                    yield "".join(_texts(paragraph))


def _outside_fallback(element: ElementTree.Element, tag: str) -> Iterator[ElementTree.Element]:
    for child in element:
        if child.tag == _FALLBACK:
            continue
        if child.tag == tag:
            yield child
        yield from _outside_fallback(child, tag)


def _texts(element: ElementTree.Element) -> Iterator[str]:
    """Give the texts of a paragraph; one inside it, in a text box, speaks for itself."""
    for child in element:
        if child.tag in (f"{_W}p", _FALLBACK):
            continue
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag in (f"{_W}tab", f"{_W}br", f"{_W}cr"):
            yield " "
        elif child.tag == f"{_W}noBreakHyphen":
            yield "-"
        else:
            yield from _texts(child)
