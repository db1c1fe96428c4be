"""What the import can guess, each guess with a code that stays the same.

    Guesses("text.txt").add("I102", 18, "„Der Steg“") -> Guess("I102", Place("text.txt", 18), "„Der Steg“")

Pure. `CODES` is what the documentation lists, `HINTS` says what to do. Nothing is guessed in silence: whoever imports
looks at these places.
"""

from isa_mail.model.findings import Place
from isa_mail.model.pasted import Guess, LeftOut

CODES = {
    "I101": "A loose line was read as a heading.",
    "I102": "A loose line was read as the caption of a picture that is missing.",
    "I103": "A line was read as the beginning of an interview.",
    "I104": "Names and titles of signatories were paired by their position.",
    "I105": "A link has no target.",
    "I106": "A quotation and its speaker were put together.",
    "I107": "The title of the edition, or its day, was not found in the text.",
    "I108": "Short lines below each other were kept as lines.",
    "I109": "A text with lines of even length was put back into paragraphs.",
    "I110": "Cells of a table, or columns made of blanks, became running text.",
    "I111": "A picture is in a format that no mail program shows.",
    "I112": "Lines before the greeting became a section of their own.",
    "I113": "A hyphen or blank inside a word was taken out by rule, without a proof in the text.",
    "I114": "A quotation mark has no partner, so the marks behind it in its paragraph were left as they are.",
    "I115": "What stands in the header, the footer or a comment of the document was not imported.",
}
HINTS = {
    "I101": "If it is none: put it into the text of the section above.",
    "I102": "Put the picture into images/ and its name into the line above; a heading: move it to a line Title: …",
    "I103": "If it is none: change the line Kind: interview.",
    "I104": "Compare them with the lines Signed: …",
    "I105": "Write its address between ( and ).",
    "I106": "Compare the line that begins with > — with who is meant.",
    "I107": "Look at edition.txt.",
    "I108": "If it is running text: join the lines.",
    "I109": "Look whether the paragraphs are yours.",
    "I110": "Look whether everything still reads well.",
    "I111": "Save the picture as JPEG or PNG under the name in the section.",
    "I112": "Keep it, or delete the file.",
    "I113": "If it was meant: put it back.",
    "I114": "Write the missing one, or take it away.",
    "I115": "If readers should have it: put it into the text.",
}


class Guesses:
    """What was guessed and left out while one text is taken apart."""

    def __init__(self, file: str) -> None:
        """`file` is what places name."""
        self._file = file
        self.found: list[Guess] = []
        self.left_out: list[LeftOut] = []

    def add(self, code: str, line: int | None, about: str) -> None:
        """Remark a guess; None: it is about the document as a whole."""
        self.found.append(Guess(code, Place(self._file, line), about))

    def leave_out(self, line: int, words: str) -> None:
        """Remark words that are a mark now."""
        if words.strip():
            self.left_out.append(LeftOut(Place(self._file, line), words.strip()))


def shown(text: str, longest: int = 60) -> str:
    """Quote a piece of the text, cut."""
    return f"„{text if len(text) <= longest else text[: longest - 1].rstrip() + '…'}“"
