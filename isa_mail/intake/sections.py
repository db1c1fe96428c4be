"""The lines of a pasted text -> sections: headings, captions, quotations, interviews, links, lists, signatories.

    (Line("Stimmen der Städte"), Line("Ruprecht Hagel: „…“"), …) -> [Section("20-stimmen", …, Kind.VOICES, …)]

Pure. A pasted text has no marks, so most of this is guessing: every guess is remarked with its line, and every line
ends up in some section. What a line can be by itself is asked in `signs.py`; here counts what stands around it.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from isa_mail.intake import signs
from isa_mail.intake.findings import Guesses, shown
from isa_mail.intake.kinds import is_list_of_events, kind_of, slug
from isa_mail.intake.people import is_name, signatories
from isa_mail.intake.quotations import Quotations
from isa_mail.intake.source import Line
from isa_mail.intake.words import words_in
from isa_mail.model import (
    Block,
    BulletList,
    CallToAction,
    Event,
    EventList,
    Figure,
    Heading,
    ImportedSection,
    Kind,
    Link,
    OrderedList,
    Paragraph,
    Place,
    RichText,
    Section,
    Signature,
    Turn,
)

_BULLET = re.compile(r"[-•·*–▪◦●■]\s+(?=\S)")
_NUMBERED = re.compile(r"(?P<number>\d{1,2})[.)]\s+(?=\S)")
_EVENT = re.compile(
    r"(?P<when>.+?)(?:(?<!\d)[:：]|[:：](?!\d))\s*(?P<title>.+?)(?:(?:(?<!\d),|,(?!\d)|，)\s*(?P<place>[^,，]+))?"
)
_WITH = re.compile(r"\b(?:mit|with)\s+(?P<who>[^,，.]{3,60})")
_PLACEHOLDERS = {
    "de": ("‹Was ist zu sehen?›", "images/‹Bild›.jpg"),
    "en": ("‹What does it show?›", "images/‹picture›.jpg"),
    "zh": ("‹图片内容›", "images/‹图片›.jpg"),
}
_INTERVIEW = {"de": "Interview", "en": "Interview", "zh": "访谈"}
_INTERVIEW_WITH = {"de": "Interview mit {}", "en": "Interview with {}", "zh": "访谈：{}"}
_AHEAD = 12  # lines in which an interview must show its turns


@dataclass(slots=True)
class _Started:
    """A section that is being read."""

    line: int
    title: str = ""
    blocks: list[Block] = field(default_factory=list)
    signed: list[Signature] = field(default_factory=list)
    kind: Kind | None = None  # None: its blocks decide
    speakers: frozenset[str] = frozenset()  # of an interview
    turn: list[Block] | None = None  # what the speaker says whose turn it is

    @property
    def just_begun(self) -> bool:
        return bool(self.title) and not self.blocks


class SectionReader:
    """Reads the lines below the greeting."""

    def __init__(self, lines: Sequence[Line], language: str, guesses: Guesses, *, file: str) -> None:
        """`lines` are those of the whole text, so that quotations find their ends."""
        self._lines = lines
        self._language = language
        self._guesses = guesses
        self._file = file
        self._quotations = Quotations(lines, language)
        self._sections: list[_Started] = []
        self._speaker = ""  # of the last quotation: a caption below it names the same person
        levels = sorted({_level(line) for line in lines if _level(line)})
        self._top = levels[0] if levels else 0

    def read(self, start: int, *, editorial: bool) -> tuple[ImportedSection, ...]:
        """Read all lines from `start` on; with `editorial`, they begin with the letter that follows the greeting."""
        index = start
        if editorial:
            index = self._editorial(start)
        while index < len(self._lines):
            index = self._next(index)
        return self._finished()

    # --- the letter at the beginning ----------------------------------------------------------------------

    def _editorial(self, start: int) -> int:
        line = self._lines[start].number if start < len(self._lines) else 1
        self._sections.append(_Started(line, kind=Kind.EDITORIAL))
        end = self._closing(start)
        index = start
        while index < end:
            index = self._block(index)
        return index

    def _closing(self, start: int) -> int:
        """Find the line of the closing formula; without one, the first line that is a heading."""
        loose = 0
        for index in range(start, min(len(self._lines), start + 40)):
            line = self._lines[index]
            if signs.closes(line.text):
                return index
            if _level(line):
                return index
            loose += signs.is_loose(line.text)
            if loose > 2:
                break
        for index in range(start, len(self._lines)):
            if signs.is_loose(self._lines[index].text) and not _is_item(self._lines[index]):
                return index
        return len(self._lines)

    # --- line by line -------------------------------------------------------------------------------------

    def _next(self, index: int) -> int:
        """Read what begins in a line; return the line that follows it."""
        line = self._lines[index]
        if self._is_signed(index):
            return self._signed(index)
        if _level(line):
            return self._styled_heading(index)
        if self._begins_interview(index):
            return self._interview(index)
        if self._is_heading(index):
            return self._heading(index)
        return self._block(index)

    def _is_signed(self, index: int) -> bool:
        """Say whether a line closes a letter: its formula says so by itself, or a name stands below."""
        text = self._lines[index].text
        if not signs.closes(text):
            return False
        below = self._lines[index + 1].text if index + 1 < len(self._lines) else ""
        return len(text.split()) > 1 or is_name(below)

    def _block(self, index: int) -> int:
        """Read a block of the section in hand."""
        line = self._lines[index]
        readers: tuple[Callable[[int], int], ...] = (
            self._picture,
            self._link,
            self._quotation,
            self._turn,
            self._list,
            self._caption,
            self._stanza,
        )
        for reader in readers:
            after = reader(index)
            if after > index:
                return after
        if line.cells:
            self._guesses.add("I110", line.number, f"The columns of {shown(line.text)} became running text.")
        self._add(Paragraph(line.rich()), index)
        return index + 1

    # --- headings and captions ----------------------------------------------------------------------------

    def _is_heading(self, index: int) -> bool:
        line = self._lines[index]
        if self._top or _is_link(line):
            return False  # a document with styled headings has no others
        if (
            line.style
            or line.picture
            or line.cells
            or _is_item(line)
            or signs.link(line.text)
            or self._quotations.at(index)
        ):
            return False
        if self._begins_numbers(index) or (self._here.speakers and self._speaks(line.text)):
            return False
        if signs.is_event(line.text) and signs.is_events_title(self._here.title):
            return False
        body_follows = index + 1 < len(self._lines)
        if signs.asks_or_calls(line.text) and line.gap and body_follows and not self._here.speakers:
            below = self._lines[index + 1]
            return below.gap and len(below.text) > 2 * len(line.text) and not self._here.just_begun
        if not signs.is_loose(line.text) and not _names_a_list(line.text):
            return False
        return body_follows and not self._is_caption(index) and not self._is_stanza(index)

    def _begins_numbers(self, index: int) -> bool:
        """Say whether a numbered list begins: 1. and, in the next line, 2."""
        two = self._lines[index : index + 2]
        return len(two) == 2 and [_mark(line, number) for number, line in enumerate(two, 1)] == ["number"] * 2

    def _is_caption(self, index: int) -> bool:
        line = self._lines[index]
        if line.style == "caption":
            return True
        if not signs.is_loose(line.text) or _is_item(line) or line.style:
            return False
        if signs.is_caption(line.text) or (self._speaker and self._speaker in line.text):
            return True
        if self._top or _is_link(line) or signs.is_event(line.text):
            return False
        return self._here.just_begun and self._here.kind is not Kind.EDITORIAL

    def _heading(self, index: int) -> int:
        line = self._lines[index]
        self._guesses.add("I101", line.number, f"{shown(line.text)} was read as a heading.")
        self._start(line)
        return index + 1

    def _styled_heading(self, index: int) -> int:
        line = self._lines[index]
        if _level(line) <= self._top:
            self._start(line)
        else:
            self._here.turn = None
            self._here.blocks.append(Heading(3 + _level(line) - self._top - 1, line.rich()))
        return index + 1

    def _start(self, line: Line) -> None:
        self._sections.append(
            _Started(line.number, line.text.rstrip(":：") if _names_a_list(line.text) else line.text)
        )
        self._speaker = ""
        for mark in line.marks:
            if mark.kind == "link":  # a heading is no link in the letter
                link = Link(
                    line.part(mark.start, mark.end).rich()[:0] or (line.text[mark.start : mark.end],),
                    (mark.href,),
                )
                self._here.blocks.append(CallToAction(link))

    def _caption(self, index: int) -> int:
        if not self._is_caption(index):
            return index
        line = self._lines[index]
        alt, path = _PLACEHOLDERS[self._language]
        self._guesses.add(
            "I102", line.number, f"{shown(line.text)} was read as the caption of a picture that is missing."
        )
        self._add(Figure(path, alt, line.rich(), Place(self._file, line.number)), index)
        return index + 1

    def _picture(self, index: int) -> int:
        line = self._lines[index]
        if not line.picture:
            return index
        below = self._lines[index + 1] if index + 1 < len(self._lines) else None
        caption: RichText = ()
        if below is not None and not below.picture and not _level(below):
            is_caption = below.style == "caption" or (
                signs.is_loose(below.text) and signs.is_caption(below.text)
            )
            caption = below.rich() if is_caption else ()
        alt = line.text or _PLACEHOLDERS[self._language][0]
        self._add(Figure(line.picture, alt, caption, Place(self._file, line.number)), index)
        return index + (2 if caption else 1)

    # --- other blocks -------------------------------------------------------------------------------------

    def _link(self, index: int) -> int:
        line = self._lines[index]
        marked = [mark for mark in line.marks if mark.kind == "link"]
        if _is_link(line):
            self._call(index, line.text, marked[0].href)
            return index + 1
        found = signs.link(line.text)
        if found is None or (marked and len(marked) > 1):
            return index
        words, href = found
        self._call(index, words, marked[0].href if marked else href)
        return index + 1

    def _call(self, index: int, words: str, href: str) -> None:
        line = self._lines[index]
        self._leave_out(line, f"{words} {href}")
        if not href:
            self._guesses.add("I105", line.number, f"The link {shown(words)} has no target.")
        self._add(CallToAction(Link((words,), (href,) if href else ())), index, ends_turn=True)

    def _quotation(self, index: int) -> int:
        found = self._quotations.at(index)
        if found is None or self._here.turn is not None:
            return index
        lines = self._lines[index : index + found.lines]
        said = " ".join(line.text for line in lines)
        self._leave_out(lines[0], found.kept, of=said)
        if found.who:
            self._guesses.add("I106", lines[0].number, f"A quotation is by {shown(found.who)}.")
            attribution = found.quotation.attribution
            name = attribution.name[0] if attribution and attribution.name else ""
            self._speaker = name if isinstance(name, str) else ""
        self._add(found.quotation, index)
        return index + found.lines

    def _list(self, index: int) -> int:
        end = index
        items: list[Line] = []
        mark = _mark(self._lines[index])
        while mark and end < len(self._lines) and _mark(self._lines[end], len(items) + 1) == mark:
            items.append(_content(self._lines[end]))
            end += 1
        if not items or (mark == "number" and len(items) < 2):
            return self._event_lines(index)
        blocks = tuple((Paragraph(item.rich()),) for item in items)
        block: Block = OrderedList(blocks) if mark == "number" else BulletList(blocks)
        if is_list_of_events(self._here.title, block):
            block = EventList(tuple(_event(item) for item in items))
        self._add(block, index)
        return end

    def _event_lines(self, index: int) -> int:
        """Read lines that each are an event, below a title that says so."""
        if not signs.is_events_title(self._here.title):
            return index
        end = index
        while end < len(self._lines) and signs.is_event(self._lines[end].text):
            end += 1
        if end > index:
            self._add(EventList(tuple(_event(line) for line in self._lines[index:end])), index)
        return end

    def _is_stanza(self, index: int) -> bool:
        return self._stanza_end(index) - index >= 3

    def _stanza_end(self, index: int) -> int:
        """Find the end of loose lines that stand right below each other: an address, a programme."""
        end = index
        while (
            end < len(self._lines)
            and signs.is_loose(self._lines[end].text)
            and not _is_item(self._lines[end])
        ):
            if (end > index and self._lines[end].gap) or self._lines[end].style or self._lines[end].picture:
                break
            end += 1
        return end

    def _stanza(self, index: int) -> int:
        end = self._stanza_end(index)
        if end - index < 3:
            return index
        first = self._lines[index]
        self._guesses.add(
            "I108", first.number, f"{end - index} short lines from {shown(first.text)} on were kept as lines."
        )
        text = Line(first.number, "\n".join(line.text for line in self._lines[index:end]))
        self._add(Paragraph(text.rich()), index)
        return end

    # --- interviews ---------------------------------------------------------------------------------------

    def _speaks(self, text: str) -> bool:
        found = signs.turn(text)
        return found is not None and _speaker_name(found["speaker"]) in self._here.speakers

    def _speakers(self, start: int) -> list[str]:
        """Name who has a turn in the lines from `start` on, turn by turn."""
        found = []
        for index in range(start, min(len(self._lines), start + _AHEAD)):
            if _level(self._lines[index]):
                break
            match = signs.turn(self._lines[index].text)
            text = self._lines[index].text
            if match is not None and self._quotations.at(index) is None and signs.link(text) is None:
                found.append(_speaker_name(match["speaker"]))
        return found

    def _begins_interview(self, index: int) -> bool:
        if self._here.speakers:
            return False
        line = self._lines[index]
        if signs.announces_interview(line.text) and not signs.turn(line.text) and not signs.link(line.text):
            below = index + 1 < len(self._lines) and signs.turn(self._lines[index + 1].text) is not None
            return below and len(set(self._speakers(index + 1))) >= 2
        if signs.turn(line.text) is None or self._quotations.at(index) is not None:
            return False
        speakers = self._speakers(index)
        return len(speakers) >= 3 and 2 <= len(set(speakers)) < len(speakers)

    def _interview(self, index: int) -> int:
        """Begin an interview: in the section in hand if it has only just begun, else in one of its own."""
        line = self._lines[index]
        is_lead = signs.turn(line.text) is None
        self._guesses.add(
            "I103", line.number, f"{shown(line.text)} was read as the beginning of an interview."
        )
        if (
            is_lead
            and signs.is_loose(line.text)
            and signs.names_interview(line.text)
            and not self._here.just_begun
        ):
            self._start(line)  # its lead is its heading
            is_lead = False
            index += 1
        elif not self._here.just_begun and (is_lead or self._here.blocks):
            self._sections.append(_Started(line.number, self._interview_title(line.text)))
        here = self._here
        here.kind = Kind.INTERVIEW
        here.speakers = frozenset(self._speakers(index + is_lead))
        if is_lead:
            here.blocks.append(Paragraph(line.rich()))
            index += 1
        return index

    def _interview_title(self, lead: str) -> str:
        found = _WITH.search(lead)
        if found is not None and is_name(found["who"].strip()):
            return _INTERVIEW_WITH[self._language].format(found["who"].strip())
        return _INTERVIEW[self._language]

    def _turn(self, index: int) -> int:
        line = self._lines[index]
        found = signs.turn(line.text)
        if (
            not self._here.speakers
            or found is None
            or _speaker_name(found["speaker"]) not in self._here.speakers
        ):
            return index
        here = self._here
        here.turn = [Paragraph(line.part(found.start("words")).rich())]
        here.blocks.append(Turn((_speaker_name(found["speaker"]),), tuple(here.turn)))
        return index + 1

    # --- signatories --------------------------------------------------------------------------------------

    def _signed(self, index: int) -> int:
        closing = self._lines[index]
        here = self._here
        if here.kind is not Kind.EDITORIAL or here.signed:
            self._sections.append(_Started(closing.number, kind=Kind.EDITORIAL))
            here = self._here
        here.blocks.append(Paragraph(closing.rich()))
        while index + 1 < len(self._lines) and signs.closes(self._lines[index + 1].text):
            index += 1  # 此致, and 敬礼 below it
            here.blocks.append(Paragraph(self._lines[index].rich()))
        people, used, paired = signatories(self._lines[index + 1 :])
        here.signed.extend(Signature((name,), (title,) if title else ()) for name, title in people)
        if people:
            first = self._lines[index + 1]
            how = "were paired across columns" if paired else "were read as signatories"
            names = "; ".join(", ".join(filter(None, each)) for each in people)
            self._guesses.add("I104", first.number, f"Names and titles {how}: {names}")
        return index + 1 + used

    # --- putting together ---------------------------------------------------------------------------------

    @property
    def _here(self) -> _Started:
        """The section in hand; one without a title if none has begun."""
        if not self._sections:
            self._sections.append(_Started(self._lines[0].number if self._lines else 1))
        return self._sections[-1]

    def _add(self, block: Block, index: int, *, ends_turn: bool = False) -> None:
        """Add a block to whoever speaks, or to the section; a section without a title begins where there is none."""
        here = self._here
        if (
            here.kind is Kind.EDITORIAL and here.signed
        ):  # what follows a letter without a heading is none of it
            self._sections.append(_Started(self._lines[index].number))
            here = self._here
        if ends_turn or isinstance(block, Figure | EventList):
            here.turn = None
        if here.turn is None:
            here.blocks.append(block)
            return
        here.turn.append(block)
        last = here.blocks[-1]
        assert isinstance(last, Turn)
        here.blocks[-1] = Turn(last.speaker, tuple(here.turn))

    def _leave_out(self, line: Line, kept: str, *, of: str = "") -> None:
        """Remark the words of a line that are not among those kept."""
        remaining = words_in(kept)
        gone = []
        for word in words_in(of or line.text):
            if word in remaining:
                remaining.remove(word)
            else:
                gone.append(word)
        self._guesses.leave_out(line.number, " ".join(gone))

    def _finished(self) -> tuple[ImportedSection, ...]:
        finished: list[ImportedSection] = []
        for section in self._sections:
            if not (section.blocks or section.title or section.signed):
                continue
            blocks = tuple(section.blocks)
            kind = section.kind or kind_of(section.title, blocks)
            name = f"{(len(finished) + 1) * 10}-{slug(section.title, kind)}"
            title = (section.title,) if section.title else ()
            made = Section(
                name, title, (), kind, tuple(section.signed), blocks, Place(self._file, section.line)
            )
            finished.append(ImportedSection(made, line=section.line))
        return tuple(finished)


def _level(line: Line) -> int:
    """Say which heading a line is by its style: 1 to 6; 0 for none."""
    return int(line.style.removeprefix("heading ")) if line.style.startswith("heading ") else 0


def _is_link(line: Line) -> bool:
    """Say whether a line is one link and nothing else."""
    return any(mark.kind == "link" and (mark.start, mark.end) == (0, len(line.text)) for mark in line.marks)


def _names_a_list(text: str) -> bool:
    """Say whether a line is a heading that ends in a colon: "Termine:"."""
    return re.search("[:：]$", text) is not None and len(text.split()) <= 3 and signs.is_events_title(text)


def _mark(line: Line, number: int = 1) -> str:
    """Say what marks a line as an item: "item", or "number" if it is the one that must come next; "" for none."""
    if line.style in ("item", "number"):
        return line.style
    found = _NUMBERED.match(line.text)
    if found is not None:
        return "number" if int(found["number"]) == number else ""
    return "item" if _BULLET.match(line.text) and len(line.text) > 2 else ""


def _is_item(line: Line) -> bool:
    return line.style in ("item", "number") or (not line.style and _BULLET.match(line.text) is not None)


def _content(line: Line) -> Line:
    """An item without its mark."""
    if line.style in ("item", "number"):
        return line
    found = _NUMBERED.match(line.text) or _BULLET.match(line.text)
    return line.part(found.end()) if found else line


def _event(line: Line) -> Event:
    found = _EVENT.fullmatch(line.text)
    if found is None:
        return Event((line.text,), (), ())
    place: RichText = (found["place"].strip(),) if found["place"] else ()
    return Event((found["when"].strip(),), (found["title"].strip(),), place)


def _speaker_name(text: str) -> str:
    return text.strip().replace("*", "")
