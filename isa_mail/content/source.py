r"""The bytes of a section file -> its lines.

    b"Titel: Treffen\r\n\xc2\xa0\r\nText" -> ["Titel: Treffen", "", "Text"]

Pure. A line of blanks alone, no-break and Chinese ones included, is an empty line: it looks like one.
"""

import unicodedata

from isa_mail.content.findings import Remarks
from isa_mail.errors import ContentError
from isa_mail.typography.encoding import decode

_SAVE_AGAIN = "Save the file again as plain text in UTF-8 (in Notepad: Save as, encoding UTF-8)."


def read_lines(data: bytes, remarks: Remarks) -> list[str]:
    """Return a file's lines; remark an encoding that was guessed, and control characters, which are left out.

    Raises ContentError if the bytes are no text.
    """
    try:
        decoded = decode(data)
    except UnicodeDecodeError as error:
        raise ContentError(
            "The file is in an encoding that is not known, or is no text.",
            place=remarks.place(None),
            hint=_SAVE_AGAIN,
        ) from error
    if decoded.encoding == "cp1252":
        message = "The file is not UTF-8 and was read as Windows-1252."
        remarks.note("C102", None, message, f"Look at the umlauts. {_SAVE_AGAIN}")
    lines = [_printable(line, number, remarks) for number, line in enumerate(decoded.text.split("\n"), 1)]
    return [line if line.strip() else "" for line in lines]


def _printable(line: str, number: int, remarks: Remarks) -> str:
    controls = [char for char in line if char != "\t" and unicodedata.category(char) in ("Cc", "Cs")]
    if not controls:
        return line
    remarks.fail(
        number,
        f"The line holds the control character U+{ord(controls[0]):04X}.",
        "Delete it, or type the line anew.",
    )
    return "".join(char for char in line if char not in controls)
