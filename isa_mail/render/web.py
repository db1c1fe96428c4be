"""Edition -> WebPage: the letter for nobody in particular, for the association's own web site.

    render_page(Edition("2026-09", …), …) -> WebPage("de", "de/index.html", "<!DOCTYPE html>…", (Picture(…), …))

Edge: reads pictures and templates, as `edition.py` does, and sets the same template once more. What belongs to one
person is not there: merge fields show their fallbacks or nothing, and there is no address to unsubscribe. Pictures
are files in pictures/ beside the page, named relative to it, so the folder works on every web site, and from a disk.

`web_address` in isa-mail.toml says where the folder of each edition will lie; one upload serves the page and, with
pictures = "linked", the letter.
"""

from collections.abc import Iterator
from dataclasses import replace
from html import escape
from pathlib import Path
from urllib.parse import quote

from isa_mail.errors import BuildError
from isa_mail.model.findings import Finding, Place, Severity
from isa_mail.model.merging import Escape, Hole, MergeField, Template
from isa_mail.model.newsletter import Edition
from isa_mail.model.publication import Publication
from isa_mail.model.rendering import WebPage
from isa_mail.render.fields import BUILT_IN, new_marks
from isa_mail.render.html import OtherLanguage, Web, html_lang, set_html
from isa_mail.render.letter import letter
from isa_mail.render.material import SETTINGS, gather
from isa_mail.render.unfinished import show_missing
from isa_mail.typography.languages import OWN_NAMES

PICTURES = "pictures/"
_PAGE = "index.html"


def page_address(publication: Publication, edition: Edition, languages: tuple[str, ...]) -> str:
    """Say where the web version in the edition's language will be; "": nowhere that we know of."""
    folder = publication.web_folder(edition.name)
    return f"{folder}{_folder(edition.language, languages)}" if folder else ""


def render_page(
    edition: Edition,
    publication: Publication,
    *,
    languages: tuple[str, ...],
    edition_directory: Path,
    workspace: Path,
    logo_place: Place = SETTINGS,
    templates: tuple[Path, ...],
) -> WebPage:
    """Render the web version of one edition in one of its `languages`.

    Raises what `render` raises, and BuildError for a template that names a person or leaves a picture in the mail.
    """
    impersonal = _without_personal_greeting(show_missing(edition))
    marks = new_marks(impersonal, publication)
    found = gather(
        impersonal,
        publication,
        directory=edition_directory,
        workspace=workspace,
        logo_place=logo_place,
        marks=marks,
    )
    arranged = letter(impersonal, publication)
    folder = _folder(edition.language, languages)
    up = "../" if folder else ""
    html = set_html(
        arranged,
        marks,
        found.below(up + PICTURES),
        unsubscribe="",
        web=Web(
            address=page_address(publication, edition, languages),
            description=marks.plain(arranged.preheader),
            others=tuple(
                OtherLanguage(html_lang(code), OWN_NAMES[code], f"{up}{_folder(code, languages)}{_PAGE}")
                for code in languages
                if code != edition.language
            ),
        ),
        templates=templates,
        workspace=workspace,
    )
    if 'src="cid:' in html:
        raise _own_template(
            "A template takes a picture out of the mail, and the web version has none.", "src"
        )
    page = marks.holes(html, Escape.HTML)
    return WebPage(
        language=edition.language,
        path=f"{folder}{_PAGE}",
        html="".join(part if isinstance(part, str) else _impersonal(part) for part in page),
        pictures=found.pictures,
        findings=tuple(_findings(page)) if publication.web_address else (),
    )


def _folder(language: str, languages: tuple[str, ...]) -> str:
    return f"{language}/" if len(languages) > 1 else ""


def _without_personal_greeting(edition: Edition) -> Edition:
    """Leave out a greeting that needs a name: "Dear ," greets nobody."""
    needs = any(isinstance(part, MergeField) and part.fallback is None for part in edition.greeting)
    return replace(edition, greeting=()) if needs else edition


def _impersonal(hole: Hole) -> str:
    """Write what stands in a hole for nobody in particular."""
    if hole.field.place == BUILT_IN:
        raise _own_template("A template shows the reader's address in the web version.", "web")
    value = hole.field.fallback or ""
    return quote(value, safe="") if hole.escape is Escape.URL else escape(value)


def _own_template(message: str, name: str) -> BuildError:
    hints = {
        "src": 'In your own templates, write src="{{ placed.src }}" and src="{{ logo.src }}" for pictures.',
        "web": "In your own newsletter.html.j2, put {% if not web %} … {% endif %} around it.",
    }
    return BuildError(message, place=Place("templates/newsletter.html.j2"), hint=hints[name])


def _findings(page: Template) -> Iterator[Finding]:
    fields = {part.field.name: part.field for part in page if isinstance(part, Hole)}
    for field in fields.values():
        if field.fallback is None:
            yield Finding(
                "R104",
                Severity.WARNING,
                field.place,
                f"The web version has nothing to show for {{{{ {field.name} }}}}.",
                f"Give it a fallback: {{{{ {field.name} | … }}}}.",
            )
