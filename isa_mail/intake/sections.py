"""The lines of a pasted text -> sections: headings, captions, quotations, interviews, links, lists, signatories.

    (Line("Stimmen der Städte"), Line("Ruprecht Hagel: „…“"), …) -> [Section("20-stimmen", …, Kind.VOICES, …)]

Pure. A pasted text has no marks, so most of this is guessing: every guess is remarked with its line, and every line
ends up in some section. What a line can be by itself is asked in `signs.py`; here counts what stands around it.
"""

import re
from collections.abc import Callable, Sequence

from isa_mail.intake import interviews, lists, signs
from isa_mail.intake.growing import Growing
from isa_mail.intake.guesses import Guesses, shown
from isa_mail.intake.links import link
from isa_mail.intake.people import is_name, signatories
from isa_mail.intake.quotations import Quotations
from isa_mail.intake.source import Line
from isa_mail.intake.words import words_in
from isa_mail.model.findings import Place
from isa_mail.model.newsletter import (
    Block,
    CallToAction,
    Figure,
    Heading,
    Kind,
    Link,
    Paragraph,
    RichText,
    Signature,
)
from isa_mail.model.pasted import ImportedSection

_PLACEHOLDERS = {
    "de": ("‹Was ist zu sehen?›", "images/‹Bild›.jpg"),
    "en": ("‹What does it show?›", "images/‹picture›.jpg"),
    "zh": ("‹图片内容›", "images/‹图片›.jpg"),
}


class SectionReader:
    """Reads the lines below the greeting. Each reading method takes a line's index and returns that of the next."""

    def __init__(self, lines: Sequence[Line], language: str, guesses: Guesses, *, file: str) -> None:
        """`lines` are those of the whole text, so that quotations find their ends."""
        self._lines = lines
        self._language = language
        self._guesses = guesses
        self._file = file
        self._quotations = Quotations(lines, language)
        self._sections: list[Growing] = []
        self._speaker = ""  # of the last quotation: a caption below it names the same person
        self._top = min((line.level for line in lines if line.level), default=0)  # 0: no styled headings

    def read(self, start: int, *, editorial: bool) -> tuple[ImportedSection, ...]:
        """Read all lines from `start` on; with `editorial`, they begin with the letter that follows the greeting."""
        index = self._editorial(start) if editorial else start
        while index < len(self._lines):
            index = self._next(index)
        filled = [each for each in self._sections if each.blocks or each.title or each.signed]
        made = (each.finished(number * 10, self._file) for number, each in enumerate(filled, 1))
        return tuple(ImportedSection(section, line=section.place.line or 1) for section in made)

    @property
    def _here(self) -> Growing:
        """The section in hand; one without a title if none has begun."""
        if not self._sections:
            self._sections.append(Growing(self._lines[0].number if self._lines else 1))
        return self._sections[-1]

    def _below(self, index: int) -> Line | None:
        return self._lines[index + 1] if index + 1 < len(self._lines) else None

    def _add(self, block: Block, index: int, *, ends_turn: bool = False) -> None:
        if self._here.is_closed:
            self._sections.append(Growing(self._lines[index].number))
        self._here.add(block, ends_turn=ends_turn)

    # --- the letter at the beginning ----------------------------------------------------------------------

    def _editorial(self, start: int) -> int:
        line = self._lines[start].number if start < len(self._lines) else 1
        self._sections.append(Growing(line, kind=Kind.EDITORIAL))
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
            if signs.closes(line.text) or line.level:
                return index
            loose += signs.is_loose(line.text)
            if loose > 2:
                break
        for index in range(start, len(self._lines)):
            if signs.is_loose(self._lines[index].text) and not lists.is_item(self._lines[index]):
                return index
        return len(self._lines)

    def _is_signed(self, index: int) -> bool:
        """Say whether a line closes a letter: its formula says so by itself, or a name stands below."""
        text, below = self._lines[index].text, self._below(index)
        return signs.closes(text) and (len(text.split()) > 1 or (below is not None and is_name(below.text)))

    def _signed(self, index: int) -> int:
        closing = self._lines[index]
        if self._here.kind is not Kind.EDITORIAL or self._here.signed:
            self._sections.append(Growing(closing.number, kind=Kind.EDITORIAL))
        here = self._here
        here.add(Paragraph(closing.rich()))
        while (below := self._below(index)) is not None and signs.closes(below.text):
            index += 1  # 此致, and 敬礼 below it
            here.add(Paragraph(below.rich()))
        people, used, paired = signatories(self._lines[index + 1 :])
        here.signed.extend(Signature((name,), (title,) if title else ()) for name, title in people)
        if people:
            names = "; ".join(", ".join(filter(None, each)) for each in people)
            across = " (across columns)" if paired else ""
            self._guesses.add("I104", self._lines[index + 1].number, f"{names}{across}")
        return index + 1 + used

    # --- line by line -------------------------------------------------------------------------------------

    def _next(self, index: int) -> int:
        """Read what begins in a line."""
        if self._is_signed(index):
            return self._signed(index)
        if self._lines[index].level:
            return self._styled_heading(index)
        if not self._here.speakers and self._begins_interview(index):
            return self._interview(index)
        if self._is_heading(index):
            return self._heading(index)
        return self._block(index)

    def _block(self, index: int) -> int:
        """Read a block of the section in hand."""
        readers: tuple[Callable[[int], int], ...] = (
            self._picture,
            self._link,
            self._quotation,
            self._turn,
            self._list,
            self._caption,
            self._stanza,
        )
        after = next((after for reader in readers if (after := reader(index)) > index), index)
        return after if after > index else self._paragraph(index)

    def _paragraph(self, index: int) -> int:
        line = self._lines[index]
        if line.cells:
            self._guesses.add("I110", line.number, shown(line.text))
        self._add(Paragraph(line.rich()), index)
        return index + 1

    # --- headings and captions ----------------------------------------------------------------------------

    def _is_heading(self, index: int) -> bool:
        line, below, here = self._lines[index], self._below(index), self._here
        if below is None or self._top or self._is_something_else(index):
            return False  # nothing to head; and a document with styled headings has no others
        if signs.asks_or_calls(line.text) and line.gap and not here.speakers:
            return below.gap and len(below.text) > 2 * len(line.text) and not here.just_begun
        if not signs.is_loose(line.text) and not _names_a_list(line.text):
            return False
        return not self._is_caption(index) and lists.stanza_end(self._lines, index) == index

    def _is_something_else(self, index: int) -> bool:
        """Say whether a line is no heading for another reason than its looks."""
        line, title = self._lines[index], self._here.title
        if line.style or line.picture or line.cells or line.is_link or lists.is_item(line):
            return True
        if link(line.text) or self._quotations.at(index) or lists.begins_numbers(self._lines, index):
            return True
        return self._speaks(line) or (signs.is_event(line.text) and signs.is_events_title(title))

    def _is_caption(self, index: int) -> bool:
        line, here = self._lines[index], self._here
        if line.style == "caption":
            return True
        if not signs.is_loose(line.text) or lists.is_item(line) or line.style:
            return False
        if signs.is_caption(line.text) or (self._speaker and self._speaker in line.text):
            return True
        if self._top or line.is_link or signs.is_event(line.text):
            return False
        return here.just_begun and here.kind is not Kind.EDITORIAL

    def _heading(self, index: int) -> int:
        line = self._lines[index]
        self._guesses.add("I101", line.number, shown(line.text))
        return self._start(index)

    def _styled_heading(self, index: int) -> int:
        line = self._lines[index]
        if line.level <= self._top:
            return self._start(index)
        self._add(Heading(2 + line.level - self._top, line.rich()), index, ends_turn=True)
        return index + 1

    def _start(self, index: int) -> int:
        """Begin a section; a link in its heading, which is none in the letter, becomes its first block."""
        line = self._lines[index]
        title = line.text.rstrip(":：") if _names_a_list(line.text) else line.text
        self._sections.append(Growing(line.number, title))
        self._speaker = ""
        for mark in line.marks:
            if mark.kind == "link":
                self._here.add(CallToAction(Link((line.text[mark.start : mark.end],), (mark.href,))))
        return index + 1

    def _caption(self, index: int) -> int:
        if not self._is_caption(index):
            return index
        line = self._lines[index]
        alt, path = _PLACEHOLDERS[self._language]
        self._guesses.add("I102", line.number, shown(line.text))
        self._add(Figure(path, alt, line.rich(), Place(self._file, line.number)), index)
        return index + 1

    def _picture(self, index: int) -> int:
        line, below = self._lines[index], self._below(index)
        if not line.picture:
            return index
        caption: RichText = ()
        if below is not None and not below.picture and not below.level:
            speaks = signs.is_loose(below.text) and signs.is_caption(below.text)
            caption = below.rich() if speaks or below.style == "caption" else ()
        alt = line.text or _PLACEHOLDERS[self._language][0]
        self._add(Figure(line.picture, alt, caption, Place(self._file, line.number)), index)
        return index + (2 if caption else 1)

    # --- other blocks -------------------------------------------------------------------------------------

    def _link(self, index: int) -> int:
        line = self._lines[index]
        marked = [mark for mark in line.marks if mark.kind == "link"]
        found = (line.text, "") if line.is_link else link(line.text)
        if found is None or any(mark.end < len(line.text) for mark in marked):
            return index  # a link inside the words would be lost
        words, href = found[0], marked[-1].href if marked else found[1]
        self._leave_out(line, f"{words} {href}")
        if not href:
            self._guesses.add("I105", line.number, shown(words))
        self._add(CallToAction(Link((words,), (href,) if href else ())), index, ends_turn=True)
        return index + 1

    def _quotation(self, index: int) -> int:
        found = self._quotations.at(index)
        if found is None or self._here.in_turn:
            return index
        lines = self._lines[index : index + found.lines]
        self._leave_out(lines[0], found.kept, of=" ".join(line.text for line in lines))
        if found.who:
            self._guesses.add("I106", lines[0].number, shown(found.who))
            said = found.quotation.attribution
            name = said.name[0] if said and said.name else ""
            self._speaker = name if isinstance(name, str) else ""
        self._add(found.quotation, index)
        return index + found.lines

    def _list(self, index: int) -> int:
        found = lists.list_at(self._lines, index, self._here.title)
        if found is None:
            return index
        self._add(found[0], index)
        return found[1]

    def _stanza(self, index: int) -> int:
        end = lists.stanza_end(self._lines, index)
        if end > index:
            first = self._lines[index]
            self._guesses.add("I108", first.number, f"{end - index} lines from {shown(first.text)} on")
            whole = Line(first.number, "\n".join(line.text for line in self._lines[index:end]))
            self._add(Paragraph(whole.rich()), index)
        return end

    # --- interviews ---------------------------------------------------------------------------------------

    def _begins_interview(self, index: int) -> bool:
        around = (self._lines, index, self._quotations)
        return interviews.is_lead(*around) or interviews.begins_without_lead(*around)

    def _interview(self, index: int) -> int:
        """Begin an interview: in the section in hand if it has only just begun, else in one of its own."""
        line = self._lines[index]
        leads = interviews.speaker_and_words(line) is None
        self._guesses.add("I103", line.number, shown(line.text))
        if (
            leads
            and signs.is_loose(line.text)
            and signs.names_interview(line.text)
            and not self._here.just_begun
        ):
            index = self._start(index)  # its lead is its heading
            leads = False
        elif not self._here.just_begun and (leads or self._here.blocks):
            self._sections.append(Growing(line.number, interviews.title_from(line.text, self._language)))
        here = self._here
        here.kind = Kind.INTERVIEW
        here.speakers = frozenset(interviews.speakers(self._lines, index + leads, self._quotations))
        if leads:
            here.add(Paragraph(line.rich()))
            index += 1
        return index

    def _speaks(self, line: Line) -> bool:
        spoken = interviews.speaker_and_words(line)
        return spoken is not None and spoken[0] in self._here.speakers

    def _turn(self, index: int) -> int:
        spoken = interviews.speaker_and_words(self._lines[index])
        if spoken is None or spoken[0] not in self._here.speakers:
            return index
        self._here.begin_turn(spoken[0], Paragraph(spoken[1].rich()))
        return index + 1

    def _leave_out(self, line: Line, kept: str, *, of: str = "") -> None:
        """Remark the words of a line, or of the text `of`, that are not among those kept."""
        remaining = words_in(kept)
        gone = []
        for word in words_in(of or line.text):
            if word in remaining:
                remaining.remove(word)
            else:
                gone.append(word)
        self._guesses.leave_out(line.number, " ".join(gone))


def _names_a_list(text: str) -> bool:
    """Say whether a line is a heading that ends in a colon: "Termine:"."""
    return re.search("[:：]$", text) is not None and len(text.split()) <= 3 and signs.is_events_title(text)
