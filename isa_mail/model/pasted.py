"""What was made out in a pasted text, and what was not.

Pure: values.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from isa_mail.model.findings import Edit, Place
from isa_mail.model.newsletter import Section


@dataclass(frozen=True, slots=True)
class ImportedSection:
    """A section as it was made out in a pasted text. One that was written in Markdown brings its body as `markdown`."""

    section: Section  # with `markdown`, its body is empty
    markdown: str = ""
    line: int = 1  # of the source, where the body begins


@dataclass(frozen=True, slots=True)
class ImportedPicture:
    """A picture that a document of Word brought along. `path` is relative to the edition's folder."""

    path: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Guess:
    """What the import made of a line that does not say what it is. `about` quotes it, or says what became of it."""

    code: str  # stable, e.g. "I101"; `intake.guesses.CODES` says what was guessed
    place: Place
    about: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Words of the source that became a mark: "Lesen Sie hier … Link" is a button, "so" the dash before a name."""

    place: Place
    words: str


@dataclass(frozen=True, slots=True)
class Imported:
    """A pasted text, taken apart. Every word of `words` is in it, or in `left_out`."""

    language: str  # "de", "zh" or "en"
    title: str  # "" if none was found
    number: str
    date: date | None
    greeting: str
    sections: tuple[ImportedSection, ...]
    pictures: tuple[ImportedPicture, ...]
    edits: tuple[Edit, ...]  # what cleaning changed, by line and column of the source
    guesses: tuple[Guess, ...]  # all of them, by line
    left_out: tuple[LeftOut, ...]
    words: tuple[tuple[str, int], ...]  # each word of the source in lower case, and its line
    source: Mapping[int, str] = field(repr=False)  # its lines as they came, by number
