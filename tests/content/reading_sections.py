"""What the tests of this room share: reading a text as a section, and asking for findings and errors."""

from isa_mail.content.section import read_section
from isa_mail.content.write import write_section
from isa_mail.errors import IsaMailError, Several
from isa_mail.model.findings import Finding, Place
from isa_mail.model.newsletter import Block, Paragraph, RichText, Section

FILE = "editions/2026-09/10-text.txt"
HEADER_LINES = 2  # what `body` and `remarks` put above the text


def section(text: str | bytes) -> Section:
    """Read a whole file; and prove on the way that it can be written and read back."""
    data = text if isinstance(text, bytes) else text.encode()
    read, _ = read_section(data, name="10-text", file=FILE)
    assert read_section(write_section(read).encode(), name="10-text", file=FILE)[0] == read
    return read


def body(text: str, kind: str = "article") -> tuple[Block, ...]:
    """Read the text of a section."""
    return section(f"Kind: {kind}\n\n{text}").body


def words(text: str, kind: str = "article") -> RichText:
    """Read a text that is one paragraph."""
    (block,) = body(text, kind)
    assert isinstance(block, Paragraph)
    return block.text


def findings(text: str | bytes) -> tuple[Finding, ...]:
    """Read a whole file and return what was remarked."""
    return read_section(text if isinstance(text, bytes) else text.encode(), name="10-text", file=FILE)[1]


def remarks(text: str, kind: str = "article") -> list[tuple[str, int | None]]:
    """Codes and lines (of the text alone, from 1) of what was remarked about a section's text."""
    found = findings(f"Kind: {kind}\n\n{text}")
    assert all(one.place.file == FILE and one.message and one.hint for one in found)
    return [(one.code, one.place.line and one.place.line - HEADER_LINES) for one in found]


def errors(text: str | bytes) -> list[IsaMailError]:
    """Read a whole file that cannot be used, and return its errors."""
    try:
        read_section(text if isinstance(text, bytes) else text.encode(), name="10-text", file=FILE)
    except Several as several:
        found = list(several.errors)
    except IsaMailError as error:
        found = [error]
    else:
        raise AssertionError("it was read without an error")
    assert all(error.hint and error.place and error.place.file == FILE for error in found)
    return found


def error_lines(text: str | bytes) -> list[int | None]:
    """Return the lines that the errors name."""
    return [error.place.line for error in errors(text) if error.place]


def at(line: int) -> Place:
    """Name a line of the file that `body` reads, counted in the text alone."""
    return Place(FILE, line + HEADER_LINES)
