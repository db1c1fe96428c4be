"""The bytes of a file -> Imported: pasted text or a document of Word.

    b"PK…" -> the document; b"ISA-Rundbrief …" -> the text

Pure. Formats that cannot be read are known by their first bytes and named, with what to do.
"""

from isa_mail.errors import ContentError
from isa_mail.intake.edition import import_lines, import_text
from isa_mail.intake.guesses import Guesses
from isa_mail.intake.word import read_document
from isa_mail.model.findings import Place
from isa_mail.model.pasted import Imported
from isa_mail.typography.encoding import decode_any

_SAVE_AS = "Open it and save it as .docx, or paste its text into a .txt file."
_OTHERS = (
    (b"\xd0\xcf\x11\xe0", "a document of an old Word (.doc)"),
    (b"%PDF", "a PDF"),
    (b"{\\rtf", "in Rich Text Format"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
)


def import_bytes(data: bytes, *, file: str, language: str | None) -> Imported:
    """Take a file apart. `file` is what places name, `language` None lets the text say it.

    Raises ContentError for what is neither text nor a document of Word, or holds no word.
    """
    for start, what in _OTHERS:
        if data.startswith(start):
            raise ContentError(
                f"The file is {what}, which cannot be imported.", place=Place(file), hint=_SAVE_AS
            )
    if data.startswith(b"PK"):
        guesses = Guesses(file)
        source, spoken, pictures = read_document(data, language, guesses, file=file)
        found = import_lines(source, spoken, guesses, file=file, pictures=pictures)
    else:
        found = import_text(_decoded(data, file), file=file, language=language)
    if not found.words:
        raise ContentError(
            "There is no text in it.", place=Place(file), hint="Paste the newsletter's text into the file."
        )
    return found


def _decoded(data: bytes, file: str) -> str:
    try:
        text = decode_any(data).text
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise ContentError(
            "The file is in an encoding that is not known, or is no text.",
            place=Place(file),
            hint="Save it as plain text in UTF-8 (in Notepad: Save as, encoding UTF-8).",
        )
    return text
