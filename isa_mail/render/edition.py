"""Edition -> RenderedEdition: the room's door, where its pages are joined.

    render(Edition("2026-09", ...), publication, ...) -> RenderedEdition(html=("<!DOCTYPE html>…", Hole(...), …), …)

Edge: reads pictures, attachments and templates below the folders it is given; no network, no clock, no randomness. Same
input, same bytes. Every mistake in links and pictures is found before the first template runs, and all come at once.
"""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from isa_mail.errors import ContentError, IsaMailError, Several
from isa_mail.model import (
    Block,
    BulletList,
    Edition,
    Escape,
    Figure,
    Finding,
    OrderedList,
    Picture,
    Place,
    Publication,
    Quotation,
    RenderedEdition,
    Severity,
    Template,
    Turn,
)
from isa_mail.render.fields import Marks, new_marks
from isa_mail.render.files import read_attachments, read_picture
from isa_mail.render.html import set_html
from isa_mail.render.letter import Letter, lead_figure, letter
from isa_mail.render.links import address, links
from isa_mail.render.pictures import FIGURE, LEAD, LOGO, Frame, Placed, place_picture
from isa_mail.render.text import set_text

HTML_WARN_BYTES = 80_000
HTML_MAX_BYTES = 100_000  # Gmail cuts a letter off at 102 KB, and with it the way to unsubscribe
_SETTINGS = Place("isa-mail.toml")


def render(
    edition: Edition,
    publication: Publication,
    *,
    edition_directory: Path,
    workspace: Path,
    templates: tuple[Path, ...],
) -> RenderedEdition:
    """Render one edition in one language.

    `edition_directory` holds images/ and attachments/; figures' paths are relative to it. `templates` are searched in
    order, file by file: the workspace's own first, the packaged ones last. The logo is relative to `workspace`.

    Raises ContentError or Several for pictures, attachments and links that cannot be used, and BuildError for a
    broken template. Findings (R codes) are about what was rendered; the edition's own are not repeated.
    """
    marks = new_marks(edition, publication)
    figures, logo = _checked(edition, publication, edition_directory, workspace, marks)
    arranged = letter(edition, publication)
    html = set_html(
        arranged,
        marks,
        figures,
        logo,
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
        pictures=_pictures(figures, logo, html),
        attachments=read_attachments(edition_directory, edition.place),
        findings=(*_picture_findings(edition, figures), *_size_findings(html_template, edition.place)),
    )


def _checked(
    edition: Edition, publication: Publication, directory: Path, workspace: Path, marks: Marks
) -> tuple[dict[tuple[str, Frame], Placed], Placed | None]:
    """Read all pictures and try all links, so that everything wrong with them is reported in one go."""
    errors: list[IsaMailError] = []
    placed: dict[tuple[str, Frame], Placed] = {}
    logo = None
    for section in edition.sections:
        for link in links(section):
            try:
                address(link, marks, section.place)
            except ContentError as error:
                errors.append(error)
    for figure, frame in _framed(edition):
        if (figure.path, frame) in placed:
            continue
        try:
            data = read_picture(figure.path, directory, figure.place)
            name = figure.path.replace("\\", "/").rpartition("/")[2]
            placed[figure.path, frame] = place_picture(
                data, name, frame, domain=publication.list_id, place=figure.place
            )
        except ContentError as error:
            errors.append(error)
    if publication.logo:
        try:
            data = read_picture(publication.logo, workspace, _SETTINGS)
            logo = place_picture(data, "logo.png", LOGO, domain=publication.list_id, place=_SETTINGS)
        except ContentError as error:
            errors.append(error)
    if errors:
        raise errors[0] if len(errors) == 1 else Several(errors)
    return placed, logo


def _framed(edition: Edition) -> Iterator[tuple[Figure, Frame]]:
    """Give every figure with its room, in order: the picture below the masthead is as wide as the column."""
    figures = [figure for section in edition.sections for figure in _figures(section.body)]
    first = LEAD if lead_figure(edition) else FIGURE
    for number, figure in enumerate(figures):
        yield figure, FIGURE if number else first


def _figures(blocks: tuple[Block, ...]) -> Iterator[Figure]:
    for block in blocks:
        match block:
            case Figure():
                yield block
            case Quotation(blocks=inner) | Turn(blocks=inner):
                yield from _figures(inner)
            case BulletList(items=items) | OrderedList(items=items):
                for item in items:
                    yield from _figures(item)
            case _:
                pass


def _pictures(
    figures: dict[tuple[str, Frame], Placed], logo: Placed | None, html: str
) -> tuple[Picture, ...]:
    """Give each picture once, and only those that the HTML shows: a template may leave out the logo."""
    placed = ([logo] if logo else []) + list(figures.values())
    by_id = {each.picture.content_id: each.picture for each in placed}
    return tuple(picture for content_id, picture in by_id.items() if f"cid:{content_id}" in html)


def _unsubscribe(arranged: Letter, marks: Marks) -> str:
    """Write a mail that names the address to strike off: it may have been forwarded, or come from another account."""
    to = quote(arranged.publication.unsubscribe, safe="@")
    return f"mailto:{to}?subject=unsubscribe%20{marks.url(arranged.address)}"


def _picture_findings(edition: Edition, figures: dict[tuple[str, Frame], Placed]) -> Iterator[Finding]:
    for figure, frame in _framed(edition):
        placed = figures[figure.path, frame]
        if placed.animated:
            yield Finding(
                "R102",
                Severity.WARNING,
                figure.place,
                f"The picture {figure.path!r} is animated or has several pages; only the first one is used.",
                "Use a still picture, so that you decide what is seen.",
            )
        if placed.source_width < frame.width // 2 and placed.height < frame.height:
            yield Finding(
                "R103",
                Severity.WARNING,
                figure.place,
                f"The picture {figure.path!r} has only {placed.source_width} pixels in width and stays small.",
                f"Use one with at least {frame.width * 2} pixels in width.",
            )


def _size_findings(html: Template, place: Place) -> Iterator[Finding]:
    size = sum(len(part.encode()) for part in html if isinstance(part, str))
    if size < HTML_WARN_BYTES:
        return
    blocks = size >= HTML_MAX_BYTES
    yield Finding(
        "R101",
        Severity.BLOCKS if blocks else Severity.WARNING,
        place,
        f"The letter's HTML has {size / 1000:.0f} KB; Gmail cuts it off at 102 KB.",
        "Shorten long sections and link to the full text.",
    )
