"""The rules by which a pasted text is cleaned, by code.

    RULES["T301"] -> "A hyphen was left inside a word by a line break."

Pure. Codes stay what they are: the documentation lists them, and people accept findings by them.
"""

RULES = {
    "T101": "A letter is made of several characters (u and ¨) that are one in Unicode's composed form, NFC.",
    "T102": "A soft hyphen stands in the text.",
    "T103": "An invisible character stands in the text: of no width, or a mark of direction.",
    "T104": "Letters are joined in one character, as in text from a PDF: ﬁ for fi.",
    "T201": "A no-break space stands where a line may break, or where no blank belongs.",
    "T202": "Several blanks follow each other, or a tab stands between words.",
    "T203": "The blank after a full stop or a comma is missing.",
    "T204": "A blank stands before a mark, or inside a bracket.",
    "T205": "A number and its unit or sign may be parted at the end of a line.",
    "T206": "An abbreviation of several parts has no blank, or may be parted: a. D., z. B.",
    "T301": "A hyphen was left inside a word by a line break.",
    "T302": "A blank stands behind a hyphen that joins two words.",
    "T401": "A hyphen stands for a dash.",
    "T402": "A hyphen stands for the dash of a range: 16.–19. Oktober.",
    "T403": "Full stops stand for an ellipsis.",
    "T501": "A quotation mark is straight.",
    "T502": "A quotation mark is that of another language, or of another depth of quotation.",
    "T503": "An apostrophe is straight, or is another mark.",
    "T601": "A half-width mark stands between Chinese characters.",
}
