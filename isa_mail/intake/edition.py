"""A pasted text, taken apart: the room's door for texts.

    import_text("ISA-Rundbrief Mai 2026\\n\\nLiebe Mitglieder,\\n…") -> Imported(title=…, greeting=…, sections=(…), …)

Pure. What stands above the greeting is the edition's own: title, number, date. Below it `sections.py` goes on; a text
with real Markdown headings is taken at its word by `markdown.py`.
"""

import datetime
import re
from dataclasses import dataclass, replace

from isa_mail.intake import signs
from isa_mail.intake.guesses import Guesses, shown
from isa_mail.intake.markdown import has_headings, read_markdown
from isa_mail.intake.sections import SectionReader
from isa_mail.intake.source import Line, Source, printable, read_source, remark_unsure
from isa_mail.intake.words import words_in
from isa_mail.model.findings import Place
from isa_mail.model.newsletter import Kind, Paragraph, Section
from isa_mail.model.pasted import Imported, ImportedPicture, ImportedSection
from isa_mail.typography.scripts import guess_language

_NEWSLETTER = re.compile(
    r"newsletter|rundbrief|infobrief|mitteilung|nachrichten|bulletin|\bnews\b|ausgabe|通讯|简报|快讯|月报",
    re.IGNORECASE,
)
_HEAD = 12  # lines in which the greeting must come


def import_text(text: str, *, file: str, language: str | None) -> Imported:
    """Take a pasted text apart. `language`: None lets the text say it."""
    guesses = Guesses(file)
    text = printable(text)
    spoken = language or guess_language(text)
    if has_headings(text):
        return read_markdown(text, spoken, guesses, file=file)
    source = read_source(text, spoken, guesses, file=file)
    return import_lines(source, spoken, guesses, file=file, pictures=())


def import_lines(
    source: Source, language: str, guesses: Guesses, *, file: str, pictures: tuple[ImportedPicture, ...]
) -> Imported:
    """Take lines apart that come from a text or from a document of Word."""
    lines = source.lines
    remark_unsure(source.edits, source.unpaired, source.raw, guesses)
    head = read_head(lines, guesses)
    reader = SectionReader(lines, language, guesses, file=file)
    sections = reader.read(head.body, editorial=bool(head.greeting))
    if head.before:
        sections = _with_lines_before(head.before, sections, guesses, file)
    return Imported(
        language=language,
        title=head.title,
        number=head.number,
        date=head.date,
        greeting=head.greeting,
        sections=sections,
        pictures=pictures,
        edits=source.edits,
        guesses=tuple(sorted(guesses.found, key=lambda one: one.place.line or 0)),
        left_out=tuple(guesses.left_out),
        words=source.words,
        source=source.raw,
    )


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above the greeting."""

    title: str = ""
    number: str = ""
    date: datetime.date | None = None
    day_named: bool = False
    greeting: str = ""
    before: tuple[Line, ...] = ()  # lines that are nothing of it
    body: int = 0  # index of the first line below


def read_head(lines: tuple[Line, ...], guesses: Guesses) -> Head:
    """Read title, number, date and greeting of the edition from its first lines."""
    greeting = next(
        (n for n, line in enumerate(lines[:_HEAD]) if signs.greets(line.text) and not _is_more(line)), None
    )
    head = Head()
    index = 0
    if lines and _is_title(lines, greeting):
        title = lines[0].text
        head = replace(head, title=title, number=signs.find_number(title))
        index = 1
    else:
        guesses.add("I107", 1, "no title: it was put together")
    head = _dated(head, lines[0].text if index else "")
    end = greeting if greeting is not None else index
    before = []
    while index < len(lines) and (index < end or _is_number_and_date(lines[index])):
        line = lines[index]
        if _is_number_and_date(line):
            head = replace(head, number=head.number or signs.find_number(line.text))
            head = _dated(head, line.text)
            kept = f"{head.number} {head.date.isoformat() if head.date else ''}"
            guesses.leave_out(
                line.number, " ".join(w for w in words_in(line.text) if w not in words_in(kept))
            )
        else:
            before.append(line)
        index += 1
    if head.date is not None and not head.day_named:
        guesses.add("I107", 1, f"no day: the edition is dated {head.date.isoformat()}")
    if greeting is not None:
        head = replace(head, greeting=lines[greeting].text)
        index = greeting + 1
    return replace(head, before=tuple(before), body=index)


def _is_more(line: Line) -> bool:
    """Say whether a line is more than words: a heading, a picture, or with a link, which no greeting holds."""
    return line.level > 0 or line.has_link or bool(line.picture)


def _is_number_and_date(line: Line) -> bool:
    return signs.is_only_number_and_date(line.text) and not (line.has_link or line.picture)


def _is_title(lines: tuple[Line, ...], greeting: int | None) -> bool:
    first = lines[0]
    if first.has_link:
        return False
    if first.style == "title":
        return True
    if (
        greeting == 0
        or first.picture
        or not (signs.is_loose(first.text) or _NEWSLETTER.search(first.text))
        or len(first.text) > 120
    ):
        return False
    named = _NEWSLETTER.search(first.text) or signs.find_date(first.text) or signs.find_number(first.text)
    return bool(named) or greeting is not None


def _dated(head: Head, text: str) -> Head:
    found = signs.find_date(text)
    if found is None or (head.date is not None and not found[1]):
        return head
    return replace(head, date=found[0], day_named=found[1])


def _with_lines_before(
    before: tuple[Line, ...], sections: tuple[ImportedSection, ...], guesses: Guesses, file: str
) -> tuple[ImportedSection, ...]:
    """Keep what stands between title and greeting as a section of its own, the first one."""
    first = before[0]
    guesses.add("I112", first.number, shown(first.text))
    blocks = tuple(Paragraph(line.rich()) for line in before)
    section = Section("05-before", (), (), Kind.ARTICLE, (), blocks, Place(file, first.number))
    return (ImportedSection(section, line=first.number), *sections)
