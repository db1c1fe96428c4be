"""How the tests of intake/ take a text apart, and what they look at."""

from isa_mail.content.write import write_section
from isa_mail.intake.edition import import_text
from isa_mail.model.newsletter import Section
from isa_mail.model.pasted import Imported

FILE = "text.txt"
HEAD = "Rundbrief Mai 2027\n\nLiebe Mitglieder,\n\nder Mai ist da.\n\nHerzliche Grüße\n\nTina Probe\nVorsitzende\n\n"


def taken(text: str, language: str | None = "de") -> Imported:
    return import_text(text, file=FILE, language=language)


def sections(text: str, language: str | None = "de") -> list[Section]:
    """The sections below a greeting and an editorial, which are put above the text."""
    return [each.section for each in taken(HEAD + text, language).sections][1:]


def written(text: str, language: str | None = "de") -> str:
    """The only section of a text, as its file."""
    (section,) = sections(text, language)
    return write_section(section)


def guessed(text: str, language: str | None = "de") -> list[tuple[str, int | None]]:
    return [(one.code, one.place.line) for one in taken(text, language).guesses]


def codes(text: str, language: str | None = "de") -> set[str]:
    return {code for code, _ in guessed(text, language)}
