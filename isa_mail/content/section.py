"""The bytes of a section file -> Section.

    b"Title: Neun Betriebe\\nKind: report\\n\\nText" -> Section("10-bericht", ("Neun Betriebe",), …), its findings

Pure. All errors of a file, in its header and in its body, are raised at once.
"""

import difflib
import re

from isa_mail.content.body import BodyReader
from isa_mail.content.fields import mark_fields
from isa_mail.content.findings import Remarks
from isa_mail.content.header import Header, read_header, read_value
from isa_mail.content.inline import InlineReader
from isa_mail.content.source import read_lines
from isa_mail.content.words import KINDS, SECTION_KEYS
from isa_mail.model.findings import Finding, Place
from isa_mail.model.merging import PlainText
from isa_mail.model.newsletter import Kind, Section, Signature

_COMMA = re.compile("[,，]")


def read_section(data: bytes, *, name: str, file: str) -> tuple[Section, tuple[Finding, ...]]:
    """Read one section file, and what is to be said about it.

    `name` is the file's name without .txt, `file` is what places name. Raises ContentError, or Several.
    """
    remarks = Remarks(file)
    lines = read_lines(data, remarks)
    header = read_header(lines, remarks, keys=SECTION_KEYS, repeatable=frozenset({"signed"}))
    first_text = next((number for number, line in enumerate(lines, 1) if line), None)
    if not header.values and first_text is not None:
        remarks.note(
            "C101",
            first_text,
            "The file has no header, so all of it was read as text.",
            "Begin it with lines like Title: … and Kind: report, then an empty line.",
        )
    kind = _kind(header, remarks)
    title = read_value(header.one("title"), remarks)
    short_title = read_value(header.one("short_title"), remarks)
    signed = tuple(_signature(read_value(value, remarks)) for value in header.all("signed"))
    first_line = header.body + 1
    marked = mark_fields("\n".join(lines[header.body :]), remarks, first_line=first_line, literal=False)
    body = BodyReader(InlineReader(marked, remarks, first_line=first_line), kind).read()
    if not body:
        remarks.note("C109", None, "The section has no text.", "Write it below the header's empty line.")
    remarks.raise_errors()
    section = Section(name, title, short_title, kind, signed, body, Place(file))
    return section, tuple(remarks.findings)


def _kind(header: Header, remarks: Remarks) -> Kind:
    value = header.one("kind")
    if value is None:
        return Kind.ARTICLE
    kind = KINDS.get(value.text.casefold())
    if kind is None:
        near = difflib.get_close_matches(value.text.casefold(), KINDS, 1, 0.6)
        instead = f"Did you mean {near[0]}? " if near else ""
        remarks.fail(
            value.line,
            f"{value.text!r} is no kind of section.",
            f"{instead}Kinds: {', '.join(kind.value for kind in Kind)}.",
        )
    return kind or Kind.ARTICLE


def _signature(text: PlainText) -> Signature:
    """Split `name, title` at the first comma."""
    for index, piece in enumerate(text):
        comma = _COMMA.search(piece) if isinstance(piece, str) else None
        if isinstance(piece, str) and comma:
            name = (*text[:index], piece[: comma.start()].rstrip())
            title = (piece[comma.end() :].lstrip(), *text[index + 1 :])
            return Signature(tuple(filter(None, name)), tuple(filter(None, title)))
    return Signature(text, ())
