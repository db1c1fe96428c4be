"""What the reader of section files can remark, each with a code that stays the same.

    Remarks("20-bericht.txt").note("C105", 9, "The link „Mehr“ has no target.", …)
        -> Finding("C105", BLOCKS, Place("20-bericht.txt", 9), …)

Pure. `CODES` is what the documentation lists. Errors are collected like findings, so that staff see all that is wrong
with a file at once.
"""

from isa_mail.errors import ContentError, Several
from isa_mail.model.findings import Finding, Place, Severity

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
    "C111": "A picture has no description for those who do not see it.",
    "C112": "A link has no words, so that nobody sees it.",
    "C113": "A fence is never closed, so that all below it stands in the letter as typed.",
    "C114": "A picture is still missing: its place is kept by ‹ ›.",
}
_BLOCKING = ("C104", "C105", "C106", "C112", "C114")
_HINTS = ("C108", "C110")
_LONGEST = 80


class Remarks:
    """What is remarked while one file is read: findings, and errors with which it cannot be used."""

    def __init__(self, file: str) -> None:
        """`file` is what places name."""
        self.file = file
        self.findings: list[Finding] = []
        self.errors: list[ContentError] = []

    def place(self, line: int | None) -> Place:
        return Place(self.file, line)

    def note(self, code: str, line: int | None, message: str, hint: str) -> None:
        """Add a finding; its severity follows from its code."""
        severity = Severity.BLOCKS if code in _BLOCKING else Severity.WARNING
        severity = Severity.HINT if code in _HINTS else severity
        self.findings.append(Finding(code, severity, self.place(line), message, hint))

    def fail(self, line: int | None, message: str, hint: str) -> None:
        """Add an error; the reader goes on, with whatever value does no harm."""
        self.errors.append(ContentError(message, place=self.place(line), hint=hint))

    def raise_errors(self) -> None:
        """Raise the errors, by line: a ContentError, or Several. Nothing happens if there are none."""
        if self.errors:
            errors = sorted(self.errors, key=lambda error: (error.place and error.place.line) or 0)
            raise errors[0] if len(errors) == 1 else Several(errors)


def quoted(text: str) -> str:
    """Quote what a person typed, cut to 80 characters."""
    return f"„{text if len(text) <= _LONGEST else text[: _LONGEST - 1] + '…'}“"
