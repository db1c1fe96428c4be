"""What the reader of section files can remark, each with a code that stays the same.

    C105, Place("20-bericht.txt", 9) -> Finding("C105", BLOCKS, …, "The link „Mehr“ has no target.", …)

Pure. `CODES` is what the documentation lists.
"""

from isa_mail.model import Finding, Place, Severity

CODES = {
    "C101": "A section has no header, so all of the file was read as text.",
    "C102": "A file is not UTF-8 and was read as Windows-1252.",
    "C103": "Two asterisks were left over: bold type that did not open or close.",
    "C104": "A picture stands in running text instead of on a line of its own.",
    "C105": "A link has no target.",
    "C106": "A link's target is of a kind that mail programs do not open.",
    "C107": "A list in a section of events has a line that is no event.",
    "C108": "A file beside the sections is not read.",
    "C109": "A section has no text.",
    "C110": "Something typed in a link or fence is not shown in the letter.",
}
_BLOCKING = ("C104", "C105", "C106")
_HINTS = ("C108", "C110")
_LONGEST = 80


def finding(code: str, place: Place, message: str, hint: str) -> Finding:
    """Make a finding; its severity follows from its code."""
    severity = Severity.BLOCKS if code in _BLOCKING else Severity.WARNING
    return Finding(code, Severity.HINT if code in _HINTS else severity, place, message, hint)


def quoted(text: str) -> str:
    """Quote what a person typed, cut to 80 characters."""
    return f"„{text if len(text) <= _LONGEST else text[: _LONGEST - 1] + '…'}“"
