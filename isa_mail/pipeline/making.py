"""From section files to the letter, in memory.

    editions/2026-09/*.txt -> Edition -> RenderedEdition, WebPage -> Made

Joins content/, render/ and workspace/. `preview`, `check` and `build` all go this way, so that what is seen and looked
at is what is built (promise 1). Nothing is written here: `building.py` goes on from a Made.
"""

from dataclasses import dataclass

from isa_mail.errors import IsaMailError, Several
from isa_mail.model.findings import Finding, Place
from isa_mail.model.newsletter import Edition
from isa_mail.model.people import Recipient
from isa_mail.model.rendering import RenderedEdition, WebPage
from isa_mail.workspace import built as build_folder
from isa_mail.workspace.find import Workspace
from isa_mail.workspace.settings import Settings

_SAMPLE = "recipient@example.org"  # stands in newsletter.eml for whoever gets it


@dataclass(frozen=True, slots=True)
class Made:
    """An edition in memory: read, and rendered in each language and for the web. Nothing is written."""

    name: str
    editions: tuple[Edition, ...]
    rendered: tuple[RenderedEdition, ...]
    pages: tuple[WebPage, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found on the way; what both languages share, such as an attachment, once."""
        found = [finding for edition in self.editions for finding in edition.findings]
        found += [finding for letter in self.rendered for finding in letter.findings]
        found += [finding for page in self.pages for finding in page.findings]
        return tuple(dict.fromkeys(found))


def make(workspace: Workspace, settings: Settings, name: str) -> Made:
    """Read and render an edition. Raises ContentError, BuildError or Several."""
    made, errors = try_make(workspace, settings, name)
    raise_all(errors)
    return made


def try_make(workspace: Workspace, settings: Settings, name: str) -> tuple[Made, tuple[IsaMailError, ...]]:
    """Read and render as much of an edition as can be, and return the errors of the rest."""
    editions, errors = try_editions(workspace, settings, name)
    languages = tuple(edition.language for edition in editions)
    rendered, pages = [], []
    for edition in editions:
        try:
            letter = render_edition(workspace, settings, edition, languages)
            pages.append(render_page(workspace, settings, edition, languages))
            rendered.append(letter)
        except IsaMailError as error:
            errors += single(error)
    return Made(name, editions, tuple(rendered), tuple(pages)), errors


def read_editions(workspace: Workspace, settings: Settings, name: str) -> tuple[Edition, ...]:
    """Read an edition in all its languages. Raises ContentError or Several."""
    editions, errors = try_editions(workspace, settings, name)
    raise_all(errors)
    return editions


def try_editions(
    workspace: Workspace, settings: Settings, name: str
) -> tuple[tuple[Edition, ...], tuple[IsaMailError, ...]]:
    """Read as many languages of an edition as can be, and return the errors of the others."""
    from isa_mail.content.read import read_edition

    editions: list[Edition] = []
    errors: tuple[IsaMailError, ...] = ()
    try:
        folders = workspace.language_folders(name)
    except IsaMailError as error:
        return (), single(error)
    for language, directory in folders:
        try:
            editions.append(
                read_edition(
                    directory,
                    name=name,
                    language=language,
                    default_language=settings.publication.languages[0],
                    root=workspace.root,
                )
            )
        except IsaMailError as error:
            errors += single(error)
    return tuple(editions), errors


def single(error: IsaMailError) -> tuple[IsaMailError, ...]:
    """Take several errors apart."""
    return error.errors if isinstance(error, Several) else (error,)


def raise_all(errors: tuple[IsaMailError, ...]) -> None:
    """Raise one error, or several as one; nothing happens if there are none."""
    if errors:
        raise errors[0] if len(errors) == 1 else Several(errors)


def render_edition(
    workspace: Workspace, settings: Settings, edition: Edition, languages: tuple[str, ...]
) -> RenderedEdition:
    """Render one of an edition's `languages`: what `build` stores and `preview` shows."""
    from isa_mail.render.edition import render

    return render(
        edition,
        settings.publication.in_language(edition.language),
        languages=languages,
        edition_directory=workspace.edition_directory(edition.name),
        workspace=workspace.root,
        logo_place=settings.logo_place,
        templates=workspace.templates,
    )


def render_page(
    workspace: Workspace, settings: Settings, edition: Edition, languages: tuple[str, ...]
) -> WebPage:
    """Render the web version of one of an edition's `languages`."""
    from isa_mail.render import web

    return web.render_page(
        edition,
        settings.publication.in_language(edition.language),
        languages=languages,
        edition_directory=workspace.edition_directory(edition.name),
        workspace=workspace.root,
        logo_place=settings.logo_place,
        templates=workspace.templates,
    )


def sample_reader(language: str) -> Recipient:
    """Whoever stands in for all readers, in newsletter.eml and in a draft."""
    return Recipient(_SAMPLE, "", language, {}, Place(build_folder.MESSAGE_FILE))
