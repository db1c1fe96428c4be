"""What was pasted, as clean lines that still know where they stood and what was bold or a link.

    "Die  Partner\\xa0nach\\n\\xa0\\n" -> (Line(1, "Die Partner nach"),), the edits

Pure. A line is a paragraph: mail programs paste one line a paragraph. A text of lines of even length, as old mail
programs wrap it, is put back into paragraphs first. Line numbers are those of the source, whatever was joined.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from isa_mail.errors import ContentError
from isa_mail.intake.guesses import Guesses, shown
from isa_mail.intake.words import letters_in, words_in
from isa_mail.model.findings import Edit, Place
from isa_mail.model.newsletter import Emphasis, Inline, LineBreak, Link, RichText, Strong
from isa_mail.typography.clean import clean

_LINE_ENDS = re.compile("[\v\f\x1c-\x1e\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f]")
_BLANKS = " \t\u00a0\u2002\u2003\u202f\u3000"
_COLUMNS = re.compile("[ \u00a0\u2002\u2003]{5,}|[ \u00a0]*\t[ \t\u00a0]*")
_LINK = re.compile(r"(?<!\w)\[(?P<words>[^\[\]\n]+)\]\((?P<href>(?:https?:|mailto:)[^\s()<>]+)\)(?!\w)")
_WRAPPED = range(45, 100)  # columns at which mail programs wrap
_JOINS_TWO = re.compile(r"(?:und|oder|sowie|bzw|beziehungsweise|and|or)\b")  # Aus- und Weiterbildung
_SENTENCE_END = re.compile(r"[.!?…:。！？：][\"“”’)]?$")


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of a line that is "strong", "emphasis" or a "link"."""

    start: int
    end: int
    kind: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph. `style` is Word's: "title", "heading 2", "item", "number", "caption"; "" for all else."""

    number: int  # in the source, counted from 1
    text: str  # clean, no blanks at its ends
    marks: tuple[Mark, ...] = ()
    gap: bool = False  # an empty line stands above
    cells: tuple[str, ...] = ()  # if it is padded into columns
    style: str = ""
    picture: str = ""  # the path of a picture that stands here; then `text` is its description

    @property
    def level(self) -> int:
        """Which heading it is by its style: 1 to 6; 0 for none."""
        return int(self.style.removeprefix("heading ")) if self.style.startswith("heading ") else 0

    @property
    def has_link(self) -> bool:
        return any(mark.kind == "link" for mark in self.marks)

    @property
    def is_link(self) -> bool:
        """Whether it is one link and nothing else."""
        whole = (0, len(self.text))
        return any(mark.kind == "link" and (mark.start, mark.end) == whole for mark in self.marks)

    def part(self, start: int, end: int | None = None) -> "Line":
        """Cut a stretch out, without blanks at its ends; `start` and `end` count characters of the text."""
        end = len(self.text) if end is None else end
        piece = self.text[start:end]
        start += len(piece) - len(piece.lstrip())
        piece = piece.strip()
        end = start + len(piece)
        marks = (
            replace(mark, start=max(mark.start, start) - start, end=min(mark.end, end) - start)
            for mark in self.marks
            if mark.start < end and mark.end > start
        )
        return replace(self, text=piece, marks=tuple(marks), cells=())

    def with_text(self, text: str) -> "Line":
        """Give the line another text of the same length: marks stay where they are."""
        return replace(self, text=text)

    def rich(self) -> RichText:
        """Write the line as running text."""
        return _rich(self.text, 0, len(self.text), self.marks)


@dataclass(frozen=True, slots=True)
class Source:
    """A whole text. Each of its letters and digits stands in `lines`, and each word in `words` with its line."""

    lines: tuple[Line, ...]
    edits: tuple[Edit, ...]
    words: tuple[tuple[str, int], ...]
    raw: Mapping[int, str]  # the lines as they came, by number
    unpaired: tuple[int, ...]  # lines with a quotation mark that has no partner


def printable(text: str) -> str:
    """Let each line end be "\\n", and drop control characters."""
    return _CONTROLS.sub("", _LINE_ENDS.sub("\n", text))


def read_source(text: str, language: str, guesses: Guesses, *, file: str) -> Source:
    """Clean a pasted text and cut it into lines."""
    raw = printable(text).split("\n")
    joined = _unwrapped(raw, guesses)
    source = clean_source([Line(each.number, each.text) for each in joined], language, file=file)
    lines = tuple(map(_linked, source.lines))
    edits = tuple(_at_source(edit, joined) for edit in source.edits)
    return replace(source, lines=lines, edits=edits, raw=dict(enumerate(raw, 1)))


def clean_source(raw: Sequence[Line], language: str, *, file: str) -> Source:
    """Clean lines, empty ones included, and move their marks along; edits count the lines from 1, as they are here.

    Raises ContentError if cleaning changed a letter or a digit: that would be a bug, and nothing may be lost by it.
    """
    before = "\n".join(line.text for line in raw)
    cleaned = clean(before, language, file=file)
    if letters_in(before) != letters_in(cleaned.text):
        raise ContentError(
            "Cleaning would have changed a word, so nothing was imported.",
            place=Place(file),
            hint="This is a bug in isa-mail: please report it with the text.",
        )
    edits: dict[int, list[Edit]] = {}
    for edit in cleaned.edits:
        edits.setdefault(edit.place.line or 1, []).append(edit)
    lines: list[Line] = []
    words: list[tuple[str, int]] = []
    gap = False
    for number, (line, text) in enumerate(zip(raw, cleaned.text.split("\n"), strict=True), 1):
        addresses = " ".join(mark.href for mark in line.marks)
        words += ((word, line.number) for word in words_in(f"{text} {addresses}"))
        if text.strip() or line.picture:
            marks = _tidy(text, _moved_marks(line.marks, edits.get(number, [])))
            cells = line.cells or _cells(line.text, language)
            whole = replace(line, text=text, marks=marks, gap=gap).part(0)
            lines.append(replace(whole, cells=cells))
        gap = not text.strip() and not line.picture
    unpaired = tuple(raw[(place.line or 1) - 1].number for place in cleaned.unpaired)
    numbered = {line.number: line.text for line in raw}
    return Source(tuple(lines), cleaned.edits, tuple(words), numbered, unpaired)


def remark_unsure(
    edits: Sequence[Edit], unpaired: Sequence[int], source: Mapping[int, str], guesses: Guesses
) -> None:
    """Remark words that cleaning joined by its rules alone, and lines in which it left quotation marks alone."""
    for number in sorted(set(unpaired)):
        guesses.add("I114", number, shown(source.get(number, "").strip()))
    for edit in edits:
        if edit.rule not in ("T301", "T302") or edit.safe:
            continue
        line = source.get(edit.place.line or 0, "")
        left, right = re.search(r"\w*$", line[: edit.start]), re.match(r"-?\w*", line[edit.end :])
        if left and right and line[edit.start : edit.end] == edit.before:
            typed = f"{left[0]}{edit.before}{right[0]}"
            joined = f"{left[0]}{edit.after}{right[0]}"
            guesses.add("I113", edit.place.line, f"{shown(typed)} became {shown(joined)}")


def _moved_marks(marks: Sequence[Mark], edits: Sequence[Edit]) -> tuple[Mark, ...]:
    moved = (replace(mark, start=_moved(mark.start, edits), end=_moved(mark.end, edits)) for mark in marks)
    return tuple(mark for mark in moved if mark.end > mark.start)


def _tidy(text: str, marks: Sequence[Mark]) -> tuple[Mark, ...]:
    """Let marks begin and end at words, not at blanks, and join those of a kind that touch: Word parts them at will."""
    tidy: list[Mark] = []
    for mark in sorted(marks, key=lambda each: (each.kind, each.href, each.start)):
        piece = text[mark.start : mark.end]
        start, end = mark.start + len(piece) - len(piece.lstrip()), mark.start + len(piece.rstrip())
        above = tidy[-1] if tidy else None
        if (
            above
            and (above.kind, above.href) == (mark.kind, mark.href)
            and not text[above.end : start].strip()
        ):
            tidy[-1] = replace(above, end=max(above.end, end))
        elif start < end:
            tidy.append(replace(mark, start=start, end=end))
    return tuple(sorted(tidy, key=lambda each: (each.start, -each.end)))


def _moved(position: int, edits: Sequence[Edit]) -> int:
    """Say where a position of a line is after edits of it."""
    shift = 0
    for edit in edits:
        if edit.end <= position:
            shift += len(edit.after) - len(edit.before)
        elif edit.start < position:
            return edit.start + shift + min(position - edit.start, len(edit.after))
    return position + shift


# --- lines that were wrapped ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Joined:
    """Source lines that are one: where each of them begins in `text`."""

    text: str
    number: int
    begins: tuple[tuple[int, int], ...]  # (offset in text, line of the source)


def _unwrapped(lines: Sequence[str], guesses: Guesses) -> list[_Joined]:
    """Join the lines of each paragraph, if this text was wrapped at a width."""
    single = [_Joined(line, number, ((0, number),)) for number, line in enumerate(lines, 1)]
    if not _is_wrapped(lines):
        return single
    joined: list[_Joined] = []
    for each in single:
        above = joined[-1] if joined else None
        if above is not None and _goes_on(lines[above.begins[-1][1] - 1], each.text):
            text = above.text.rstrip(" ")
            broken = re.search(r"[^\W\d_]-$", text) and not _JOINS_TWO.match(each.text.lstrip())
            text += "" if broken else " "
            begins = (*above.begins, (len(text), each.number))
            joined[-1] = _Joined(text + each.text.strip(), above.number, begins)
        else:
            joined.append(each)
    guesses.add("I109", 1, "the whole text")
    return joined


def _is_wrapped(lines: Sequence[str]) -> bool:
    pairs = [(one.strip(), other.strip()) for one, other in pairwise(lines)]
    inner = [one for one, other in pairs if one and other]
    if len(inner) < 5 or max(map(len, lines)) > _WRAPPED.stop:
        return False
    whole = sum(_SENTENCE_END.search(one) is not None for one in inner)
    return sum(_goes_on(one, "x") for one in inner) > 0.6 * len(inner) and whole < 0.5 * len(inner)


def _goes_on(line: str, below: str) -> bool:
    """Say whether a line was wrapped: it is nearly full, and the next one no paragraph of its own."""
    if not below.strip() or len(line.rstrip()) not in _WRAPPED:
        return False
    return re.match(r"\s*(?:[-•*–]\s|\d+[.)]\s|>|#)", below) is None


def _at_source(edit: Edit, joined: Sequence[_Joined]) -> Edit:
    begins = joined[(edit.place.line or 1) - 1].begins
    offset, number = max(begin for begin in begins if begin[0] <= edit.start)
    return edit._replace(
        place=Place(edit.place.file, number), start=edit.start - offset, end=edit.end - offset
    )


# --- inside a line ----------------------------------------------------------------------------------------


def _cells(raw: str, language: str) -> tuple[str, ...]:
    cells = [clean(cell, language).text.strip() for cell in _COLUMNS.split(raw.strip(_BLANKS))]
    filled = tuple(cell for cell in cells if cell)
    return filled if len(filled) > 1 else ()


def _linked(line: Line) -> Line:
    """Read links that were typed as in Markdown."""
    text, marks, end = "", [], 0
    for found in _LINK.finditer(line.text):
        text += line.text[end : found.start()]
        marks.append(Mark(len(text), len(text) + len(found["words"]), "link", found["href"]))
        text += found["words"]
        end = found.end()
    return replace(line, text=text + line.text[end:], marks=tuple(marks)) if marks else line


def _rich(text: str, start: int, end: int, marks: Sequence[Mark]) -> RichText:
    """Nest the marks between `start` and `end`: the one that begins first, and then is longest, is the outer one."""
    pieces: list[Inline] = []
    position = start
    inside = sorted(
        (mark for mark in marks if mark.start < end and mark.end > start),
        key=lambda mark: (mark.start, -mark.end),
    )
    for index, mark in enumerate(inside):
        first, last = max(mark.start, position), min(mark.end, end)
        if first >= last:
            continue
        pieces += _plain(text[position:first])
        children = _rich(text, first, last, inside[index + 1 :])
        pieces += _marked(mark, children)
        position = last
    pieces += _plain(text[position:end])
    return tuple(_joined(pieces))


def _marked(mark: Mark, children: RichText) -> Iterator[Inline]:
    if mark.kind == "link":
        yield Link(children, (mark.href,) if mark.href else ())
    elif mark.kind == "strong":
        yield Strong(children)
    else:
        yield Emphasis(children)


def _plain(text: str) -> Iterator[Inline]:
    for number, piece in enumerate(text.split("\n")):
        if number:
            yield LineBreak()
        if piece:
            yield piece


def _joined(pieces: Sequence[Inline]) -> Iterator[Inline]:
    run = ""
    for piece in pieces:
        if isinstance(piece, str):
            run += piece
            continue
        if run:
            yield run
        run = ""
        yield piece
    if run:
        yield run
