"""What the checks can find, each with a code that stays the same and the severity that it has.

    finding("H103", place, "The link „hier“ does not say …", "Write …") -> Finding("H103", WARNING, …)

Pure. The letter says what a code is about: T text, H links (hypertext), P pictures, M the mail as a whole, B both
languages, S settings. C, R and L belong to content/, render/ and recipients/. docs/findings.md explains them all.
"""

from isa_mail.model.findings import Edit, Finding, Place, Severity
from isa_mail.typography.rules import RULES

_CLEANING_WARNINGS = ("T203", "T301", "T302", "T501", "T502")  # readers see these; the others only editors
_B, _W, _H = Severity.BLOCKS, Severity.WARNING, Severity.HINT

CODES: dict[str, tuple[Severity, str]] = {
    **{code: (_W if code in _CLEANING_WARNINGS else _H, meaning) for code, meaning in RULES.items()},
    "T701": (_W, "One thing is spelt in several ways."),
    "T702": (_W, "A family name stands in capitals here, and in small letters there."),
    "T703": (_W, "The glossary knows another spelling."),
    "T704": (_H, "Large numbers are grouped in several ways."),
    "T705": (_H, "Dates are written in several ways."),
    "T706": (_H, "A date lies inside, or just outside, a span of days that was named before."),
    "T707": (_W, "The day of the week does not belong to the date."),
    "T708": (_W, "A quotation mark has no partner, across paragraphs either."),
    "T709": (_W, "A paragraph ends without an end mark."),
    "T710": (_B, "Something of the pattern for new editions is left over."),
    "T711": (_W, "A long word differs from another one by a single letter."),
    "H101": (_B, "A link goes to this computer or to the office network."),
    "H102": (_B, "A link goes to a placeholder."),
    "H103": (_W, "The words of a link do not say where it leads."),
    "H104": (_W, "A link begins with http:// and not with https://."),
    "H105": (_W, "A link tells somebody who follows it."),
    "H106": (_W, "A link's address did not answer, or says that there is nothing."),
    "H107": (_H, "A link's address has moved."),
    "P101": (_B, "A picture is missing or cannot be used."),
    "P102": (_W, "A picture's description repeats its caption."),
    "P103": (_W, "A picture's description is a file name."),
    "P104": (_H, "A picture has no credit."),
    "P105": (_H, "A picture in images/ is never used."),
    "M101": (_W, "The subject is longer than inboxes show."),
    "M102": (_W, "There is no preheader."),
    "M103": (_H, "The preheader is very short or very long."),
    "M104": (_W, "The imprint lacks something that the law asks for."),
    "M105": (_B, "The letter has no way to unsubscribe."),
    "M106": (_B, "A merge field has no value for somebody, and no fallback."),
    "M107": (_W, "The letter uses something that mail programs do not show."),
    "M108": (_H, "The web version has to be uploaded before the letter is sent."),
    "M109": (_B, "A file cannot be read or rendered as it is."),
    "B101": (_W, "A section stands in one language only."),
    "B102": (_W, "The languages link to different pages."),
    "B103": (_W, "The languages show different pictures."),
    "B104": (_W, "The languages give different numbers."),
    "B105": (_W, "The subject or the title is not translated."),
    "B106": (_W, "A text is not in the language of its edition."),
    "S101": (_W, "A setting is still that of the sample."),
    "S102": (_B, "The edition is still the sample, and the lists are your own."),
    "S103": (_B, "What stands in every mail is still that of the sample."),
    "S104": (_W, "A table of a language that languages does not name."),
}
"""Every code of this room, with its severity and its meaning, a sentence."""


def finding(code: str, place: Place, message: str, hint: str, edit: Edit | None = None) -> Finding:
    """Make a finding; its severity follows from its code."""
    return Finding(code, CODES[code][0], place, message, hint, edit)
