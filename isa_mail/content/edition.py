"""The bytes of edition.txt -> Edition, still without its sections.

    b"Titel: Rundbrief\\nDatum: 1. September 2026" -> Edition("2026-09", "de", "Rundbrief", …, sections=())

Pure. All errors of the file are raised at once.
"""

from datetime import date

from isa_mail.content.dates import ACCEPTED, parse_date
from isa_mail.content.findings import Remarks
from isa_mail.content.header import Header, read_header, read_value
from isa_mail.content.source import read_lines
from isa_mail.content.words import EDITION_KEYS
from isa_mail.model.findings import Place
from isa_mail.model.merging import MergeField
from isa_mail.model.newsletter import Edition
from isa_mail.typography.languages import LANGUAGES, language_code

EDITION_FILE = "edition.txt"


def read_edition_file(
    data: bytes, *, file: str, name: str, folder: str | None, default_language: str
) -> Edition:
    """Read edition.txt.

    `folder` is the name of its folder if that is a language's, else None. Raises ContentError, or Several.
    """
    remarks = Remarks(file)
    lines = read_lines(data, remarks)
    header = read_header(lines, remarks, keys=EDITION_KEYS)
    extra = next((number for number, line in enumerate(lines, 1) if line and number > header.body), None)
    if extra is not None:
        remarks.fail(
            extra,
            f"{EDITION_FILE} holds nothing but lines like Title: …, and this line is none.",
            "Remove the empty line above it, or move the text into a section file.",
        )
    if not remarks.errors:  # else the line that was not understood may be the one that is missing
        _demand(header, remarks)
    title = _without_fields(header, "title", remarks)
    edition = Edition(
        name=name,
        language=_language(header, folder, default_language, remarks),
        title=title,
        number=_without_fields(header, "number", remarks),
        date=_date(header, remarks),
        subject=read_value(header.one("subject"), remarks) or (title,),
        preheader=read_value(header.one("preheader"), remarks),
        greeting=read_value(header.one("greeting"), remarks),
        sections=(),
        findings=tuple(remarks.findings),
        place=Place(file),
    )
    remarks.raise_errors()
    return edition


def _demand(header: Header, remarks: Remarks) -> None:
    for key in ("Title", "Date"):
        if header.one(key.lower()) is None:
            remarks.fail(None, f"{key} is missing.", f"Add a line {key}: …")


def _without_fields(header: Header, key: str, remarks: Remarks) -> str:
    value = header.one(key)
    text = read_value(value, remarks)
    if value and any(isinstance(piece, MergeField) for piece in text):
        remarks.fail(
            value.line,
            "A merge field stands in the edition's title or number, which are the same for everyone.",
            "Move it to the subject, the greeting or a section.",
        )
    return "".join(piece for piece in text if isinstance(piece, str))


def _date(header: Header, remarks: Remarks) -> date:
    value = header.one("date")
    found = parse_date(value.text) if value else None
    if value and found is None:
        remarks.fail(value.line, f"{value.text!r} is no date.", f"Write it like {ACCEPTED}.")
    return found or date.min


def _language(header: Header, folder: str | None, default_language: str, remarks: Remarks) -> str:
    folder_code = language_code(folder) if folder else None
    if folder and folder_code is None:
        remarks.fail(
            None,
            f"{folder!r} is no language that a letter can be written in.",
            f"Name the language folders by {', '.join(LANGUAGES)}.",
        )
    value = header.one("language")
    code = language_code(value.text) if value else None
    if value and code is None:
        remarks.fail(
            value.line,
            f"{value.text!r} is no language that a letter can be written in.",
            f"Write one of {', '.join(LANGUAGES)}.",
        )
    if value and code and folder_code and code != folder_code:
        remarks.fail(
            value.line,
            f"The language is {value.text!r}, but the folder is {folder!r}.",
            "Make both the same.",
        )
    return code or folder_code or default_language
