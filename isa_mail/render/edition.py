"""Edition -> RenderedEdition: the room's door, where its pages are joined.

    render(Edition("2026-09", ...), publication, ...) -> RenderedEdition(html=("<!DOCTYPE html>…", Hole(...), …), …)

Edge: reads pictures, attachments and templates below the folders it is given; no network, no clock, no randomness. Same
input, same bytes. `web.py` sets the same template for the web.
"""

from pathlib import Path
from urllib.parse import quote

from isa_mail.model.findings import Place
from isa_mail.model.merging import Escape
from isa_mail.model.newsletter import Edition
from isa_mail.model.publication import Publication
from isa_mail.model.rendering import RenderedEdition
from isa_mail.render.fields import Marks, new_marks
from isa_mail.render.files import attachment_findings, read_attachments
from isa_mail.render.html import set_html
from isa_mail.render.letter import Letter, letter
from isa_mail.render.material import SETTINGS, gather, picture_findings
from isa_mail.render.size import size_findings
from isa_mail.render.templates import template_findings
from isa_mail.render.text import set_text
from isa_mail.render.unfinished import show_missing
from isa_mail.render.web import PICTURES, page_address


def render(
    edition: Edition,
    publication: Publication,
    *,
    languages: tuple[str, ...] = (),
    edition_directory: Path,
    workspace: Path,
    logo_place: Place = SETTINGS,
    templates: tuple[Path, ...],
) -> RenderedEdition:
    """Render one edition in one of its `languages`.

    `edition_directory` holds images/ and attachments/; figures' paths are relative to it. `templates` are searched in
    order, file by file: the workspace's own first, the packaged ones last. The logo is relative to `workspace`;
    `logo_place` is where its name stands, for errors.

    Raises ContentError or Several for pictures, attachments and links that cannot be used, and BuildError for a
    broken template. Findings (R codes) are about what was rendered; the edition's own are not repeated.
    """
    edition = show_missing(edition)
    marks = new_marks(edition, publication)
    found = gather(
        edition,
        publication,
        directory=edition_directory,
        workspace=workspace,
        logo_place=logo_place,
        marks=marks,
    )
    folder = publication.web_folder(edition.name)
    shown = found.below(folder + PICTURES) if folder and publication.linked_pictures else found
    arranged = letter(edition, publication, web_version=page_address(publication, edition, languages))
    html = set_html(
        arranged,
        marks,
        shown,
        unsubscribe=_unsubscribe(arranged, marks),
        templates=templates,
        workspace=workspace,
    )
    text = set_text(
        arranged, marks, unsubscribe=_unsubscribe(arranged, marks), templates=templates, workspace=workspace
    )
    html_template = marks.holes(html, Escape.HTML)
    return RenderedEdition(
        edition=edition.name,
        language=edition.language,
        title=edition.title,
        date=edition.date,
        subject=edition.subject or (edition.title,),
        html=html_template,
        text=marks.holes(text, Escape.TEXT),
        # Only those that the HTML takes out of the mail: a template may leave out the logo.
        pictures=tuple(each for each in found.pictures if f"cid:{each.content_id}" in html),
        attachments=read_attachments(edition_directory, edition.place),
        findings=(
            *picture_findings(edition, found),
            *attachment_findings(edition_directory, workspace),
            *template_findings(templates, workspace),
            *size_findings(html, html_template, arranged, edition.place),
        ),
    )


def _unsubscribe(arranged: Letter, marks: Marks) -> str:
    """Write a mail that names the address to strike off: it may have been forwarded, or come from another account."""
    to = quote(arranged.publication.unsubscribe, safe="@")
    return f"mailto:{to}?subject=unsubscribe%20{marks.url(arranged.address)}"
