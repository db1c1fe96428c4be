"""The letter as a whole: what inboxes show of it, its imprint, the way to unsubscribe, what mail programs cannot show.

    Subject of 94 columns -> M101     imprint without an e-mail address -> M104     display:flex in a template -> M107

Pure. Sources: § 5 DDG (imprint; it took the place of § 5 TMG in 2024), RFC 8058 and § 7 UWG (unsubscribing); what mail
programs do not show: caniemail.com, Microsoft's list for Outlook on Windows.
"""

import re
from collections.abc import Iterator, Mapping

from isa_mail.check.codes import finding
from isa_mail.check.passages import words
from isa_mail.check.texts import SETTINGS, Texts
from isa_mail.model.findings import Finding, Place
from isa_mail.model.merging import PlainText, Template
from isa_mail.model.newsletter import Edition
from isa_mail.model.publication import Publication
from isa_mail.model.rendering import RenderedEdition
from isa_mail.typography.width import display_width

SUBJECT_COLUMNS = 70  # desktop programs show 60 to 80, phones 35
PREHEADER_COLUMNS = (30, 130)  # inboxes fill up what is short with the letter's first words
_IMPRINT = {
    "an e-mail address": re.compile(r"[\w.+-]+@[\w-]+\.\w+"),
    "a telephone number or a link to a contact form": re.compile(
        r"(?:tel|fon|phone|电话|mobil)\D{0,12}[+\d(]|\+\d\d[\d /()-]{6,}|https?://|www\.", re.IGNORECASE
    ),
    "a postal address": re.compile(r"\b(?:D-)?\d{5}\b\s+\w|\b\d{4}\s+[A-ZÄÖÜ]\w+|\d{6}"),
    "who represents you": re.compile(
        r"vertret|vorstand|geschäftsführ|vorsitz|represent|director|chair|managing|president|präsident|代表|理事|负责人|oberbürgermeister|intendant",
        re.IGNORECASE,
    ),
    "the register and your number in it": re.compile(
        r"regist|amtsgericht|\bVR\s?\d|\bHRB?\s?\d|stiftung|körperschaft|anstalt|登记|注册", re.IGNORECASE
    ),
}
_UNSUPPORTED: Mapping[str, re.Pattern[str]] = {
    "display: flex or grid (Outlook)": re.compile(r"display\s*:\s*(?:inline-)?(?:flex|grid)"),
    "position (Outlook, Gmail)": re.compile(r"(?<![-\w])position\s*:\s*(?:absolute|fixed|relative|sticky)"),
    "var() (Gmail, Outlook)": re.compile(r"(?<![-\w])var\("),
    "negative margins (Outlook, Gmail)": re.compile(r"margin[-\w]*\s*:[^;\"]*(?<![\w])-\d"),
    "background-image (Outlook)": re.compile(r"background(?:-image)?\s*:[^;\"]*url\("),
    "rgba() (Outlook, GMX)": re.compile(r"(?:rgba|hsla?)\("),
}
_TAGS = re.compile(
    r"<(script|form|input|button|select|textarea|video|audio|iframe|object|embed|svg|canvas|link|base)\b",
    re.IGNORECASE,
)
_DATA_PICTURE = re.compile(r"""<img\b[^>]*\bsrc=["']data:""", re.IGNORECASE)
_STYLE = re.compile(r"""\bstyle=(?:"([^"]*)"|'([^']*)')""")
_MSO = re.compile(r"<!--\[if.*?<!\[endif\]-->", re.DOTALL)
_HEAD_STYLES = re.compile(r"<style\b.*?</style>", re.DOTALL | re.IGNORECASE)
_GMAIL_STYLE_BYTES = 16_384


def edition_findings(edition: Edition, texts: Texts) -> Iterator[Finding]:
    """Look at what stands in edition.txt."""
    subject = _text(edition.subject)
    columns = display_width(subject)
    if columns > SUBJECT_COLUMNS:
        yield finding(
            "M101",
            texts.locate(edition.place, subject[:20]),
            f"The subject is {columns} columns long: {subject}",
            f"Shorten it to {SUBJECT_COLUMNS}, and put what matters first: phones show 35.",
        )
    preheader = _text(edition.preheader)
    if not preheader:
        yield finding(
            "M102",
            edition.place,
            "There is no preheader, so inboxes show the first words of the letter beside the subject.",
            "Add a line Preheader: with 40 to 90 characters that make people open it.",
        )
        return
    columns = display_width(preheader)
    least, most = PREHEADER_COLUMNS
    if not least <= columns <= most:
        yield finding(
            "M103",
            texts.locate(edition.place, preheader[:20]),
            f"The preheader is {columns} columns long; inboxes show 40 to 130.",
            "Write 40 to 90 characters that go on where the subject ends.",
        )


def imprint_findings(publication: Publication, texts: Texts) -> Iterator[Finding]:
    """Say what each imprint lacks of what § 5 DDG asks for, if the newsletter is written in German at all."""
    if "de" not in publication.languages:
        return
    imprints = {"": publication.imprint} | {
        each.language: each.imprint for each in publication.translations if each.imprint
    }
    for language, imprint in imprints.items():
        lacking = [what for what, pattern in _IMPRINT.items() if not pattern.search(imprint)]
        if lacking:
            of = f" of [{language}]" if language else ""
            yield finding(
                "M104",
                texts.setting("imprint", language),
                f"The imprint{of} seems to lack {', '.join(lacking)}.",
                "§ 5 DDG asks associations and companies for it; add it in isa-mail.toml, or accept this.",
            )


def rendering_findings(
    rendered: RenderedEdition, publication: Publication, place: Place
) -> Iterator[Finding]:
    """Look at both parts of the finished letter; `place` is its edition.txt."""
    html, text = _fixed(rendered.html), _fixed(rendered.text)
    lacking = [
        part
        for part, shown in (("the HTML", html), ("the plain text", text))
        if f"mailto:{publication.unsubscribe}".casefold() not in shown.casefold()
    ]
    if lacking:
        yield finding(
            "M105",
            place,
            f"There is no way to unsubscribe in {' and '.join(lacking)}.",
            "Put {{ unsubscribe }} back into your templates/newsletter.html.j2 and newsletter.txt.j2.",
        )
    used = sorted(_unsupported(html))
    if used:
        yield finding(
            "M107",
            place,
            f"The letter uses what mail programs do not show: {', '.join(used)}.",
            "Change it in templates/; docs/themes.md says what works everywhere.",
        )


def upload_findings(publication: Publication, edition: str) -> Iterator[Finding]:
    """Remind of the folder that has to lie on the web before anybody opens the letter."""
    folder = publication.web_folder(edition)
    if folder:
        why = "shows its pictures from there" if publication.linked_pictures else "links to its web version"
        yield finding(
            "M108",
            Place(SETTINGS),
            f"The letter {why}: build/{edition}/web/ has to lie at {folder}",
            "Upload it before you send; isa-mail check --online asks whether it is there.",
        )


def _unsupported(html: str) -> Iterator[str]:
    styles = "".join(_HEAD_STYLES.findall(html))
    if len(styles.encode()) > _GMAIL_STYLE_BYTES:
        yield f"{len(styles.encode()) / 1000:.0f} KB in <style> (Gmail drops it from 16 KB on)"
    body = _HEAD_STYLES.sub("", _MSO.sub("", html))
    for found in set(map(str.lower, _TAGS.findall(body))):
        yield f"<{found}>"
    if _DATA_PICTURE.search(body):
        yield "data: pictures (Gmail, Outlook)"
    inline = " ; ".join(one or other for one, other in _STYLE.findall(body))
    for what, pattern in _UNSUPPORTED.items():
        if pattern.search(inline):
            yield what


def _fixed(template: Template) -> str:
    return "".join(part if isinstance(part, str) else "\ufffc" for part in template)


def _text(text: PlainText) -> str:
    return words(text).strip()
