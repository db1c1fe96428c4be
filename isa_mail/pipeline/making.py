"""From section files to the build.

    editions/2026-09/*.txt -> Edition -> RenderedEdition -> MessageTemplate -> build/2026-09/

Joins content/, render/, message/ and workspace/. `preview` goes the same way up to RenderedEdition and writes nothing,
so that what is seen is what is built (promise 1). No clock: what is built depends on its inputs alone (promise 8).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from isa_mail import __version__
from isa_mail.errors import BuildError, ContentError, IsaMailError, Several
from isa_mail.model import (
    Attachment,
    Edition,
    Finding,
    Picture,
    Place,
    Publication,
    Recipient,
    RenderedEdition,
    Severity,
    WebPage,
)
from isa_mail.workspace import built as build_folder
from isa_mail.workspace.built import Build, BuiltLetter
from isa_mail.workspace.find import Workspace
from isa_mail.workspace.settings import Settings

if TYPE_CHECKING:
    from isa_mail.message.template import MessageTemplate
    from isa_mail.preview.server import Draft

_SAMPLE = "recipient@example.org"  # stands in newsletter.eml for whoever gets it


def read_editions(workspace: Workspace, settings: Settings, name: str) -> tuple[Edition, ...]:
    """Read an edition in all its languages. Raises ContentError or Several."""
    from isa_mail.content.read import read_edition

    editions: list[Edition] = []
    errors: list[IsaMailError] = []
    for language, directory in workspace.language_folders(name):
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
        except Several as error:
            errors.extend(error.errors)
        except IsaMailError as error:
            errors.append(error)
    if errors:
        raise errors[0] if len(errors) == 1 else Several(errors)
    return tuple(editions)


def _render(
    workspace: Workspace,
    publication: Publication,
    logo_place: Place,
    edition: Edition,
    languages: tuple[str, ...],
) -> RenderedEdition:
    """Render one language: what `build` stores and `preview` shows."""
    from isa_mail.render.edition import render

    return render(
        edition,
        publication.in_language(edition.language),
        languages=languages,
        edition_directory=workspace.edition_directory(edition.name),
        workspace=workspace.root,
        logo_place=logo_place,
        templates=workspace.templates,
    )


def _render_page(
    workspace: Workspace,
    publication: Publication,
    logo_place: Place,
    edition: Edition,
    languages: tuple[str, ...],
) -> WebPage:
    """Render the web version of one language."""
    from isa_mail.render.web import render_page

    return render_page(
        edition,
        publication.in_language(edition.language),
        languages=languages,
        edition_directory=workspace.edition_directory(edition.name),
        workspace=workspace.root,
        logo_place=logo_place,
        templates=workspace.templates,
    )


def draft(workspace: Workspace, settings: Settings, name: str) -> "Draft":
    """Render an edition in memory, for `preview`; build/ is never written. Raises what reading and rendering raise.

    Pictures that will be linked are not on the web yet: here they are inside the letter, like all others. Only `build`
    makes the web version and refuses what is too long or too heavy.
    """
    from isa_mail.message.merge import fill
    from isa_mail.preview.server import Draft, DraftLetter

    letters = {}
    publication = replace(settings.publication, linked_pictures=False)
    editions = read_editions(workspace, settings, name)
    languages = tuple(edition.language for edition in editions)
    for edition in editions:
        rendered = _render(workspace, publication, settings.logo_place, edition, languages)
        html, text, subject = (
            fill(part, _sample(edition.language), brackets=True)
            for part in (rendered.html, rendered.text, rendered.subject)
        )
        letters[edition.language] = DraftLetter(html, text, subject, rendered.pictures)
    return Draft(name, letters)


def watched(workspace: Workspace, name: str) -> tuple[Path, ...]:
    """Name what a draft is made from, for `preview` to watch: what is there, and what may come."""
    pictures = workspace.root / "images"  # the logo's place, unless isa-mail.toml says another
    return (workspace.edition_directory(name), workspace.settings_file, pictures, *workspace.templates)


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many files there are, and how many octets they have together."""

    number: int
    octets: int


@dataclass(frozen=True, slots=True)
class Built:
    """What `build` has to tell."""

    build: Build
    title: str
    sections: Mapping[str, int]  # language -> number of sections
    pictures: Mapping[str, Sizes]  # language -> those that the letter shows
    attachments: Mapping[str, Sizes]
    upload: str  # where its web folder has to lie before it is sent; "": nowhere
    findings: tuple[Finding, ...]


def build(workspace: Workspace, settings: Settings, name: str, *, allow_clipping: bool = False) -> Built:
    """Render an edition once, compile its message once a language, and store both in build/EDITION/.

    Raises what reading and rendering raise, and BuildError for a letter that is too long to be shown whole, unless
    `allow_clipping` is set, or too heavy to be mailed; then the last build stays.
    """
    from isa_mail.message.template import compile_message
    from isa_mail.message.weight import weight_findings
    from isa_mail.render.web import PICTURES

    publication = settings.publication
    entries = build_folder.inputs(workspace, name, publication)
    editions = read_editions(workspace, settings, name)
    languages = tuple(edition.language for edition in editions)
    rendered = tuple(
        _render(workspace, publication, settings.logo_place, edition, languages) for edition in editions
    )
    pages = tuple(
        _render_page(workspace, publication, settings.logo_place, edition, languages) for edition in editions
    )
    found = [finding for edition in editions for finding in edition.findings]
    found += [finding for edition in rendered for finding in edition.findings]
    found += [finding for page in pages for finding in page.findings]
    _refuse_clipped(found, name, allow_clipping)
    fingerprint = build_folder.fingerprint(entries, rendered, __version__)
    letters = tuple(
        _built_letter(
            edition,
            compile_message(edition, publication.in_language(edition.language), fingerprint=fingerprint),
            folder,
        )
        for edition, (folder, _) in zip(rendered, workspace.language_folders(name), strict=True)
    )
    for edition, built_letter in zip(rendered, letters, strict=True):
        octets = len(built_letter.files[build_folder.MESSAGE_FILE])
        found += weight_findings(edition, octets, workspace.place(workspace.edition_directory(name)))
    if build_folder.inputs(workspace, name, settings.publication) != entries:
        raise ContentError(
            "A file was changed while the letter was being built.",
            place=workspace.place(workspace.edition_directory(name)),
            hint=f"Run it again: isa-mail build {name}",
        )
    web = {page.path: page.html.encode() for page in pages}
    web |= {f"{PICTURES}{picture.filename}": picture.data for page in pages for picture in page.pictures}
    stored = build_folder.write_build(workspace, name, letters, web, entries, fingerprint, __version__)
    return Built(
        build=stored,
        title=rendered[0].title,
        sections={edition.language: len(edition.sections) for edition in editions},
        pictures={
            edition.language: _sizes(page.pictures if publication.linked_pictures else edition.pictures)
            for edition, page in zip(rendered, pages, strict=True)
        },
        attachments={edition.language: _sizes(edition.attachments) for edition in rendered},
        upload=publication.web_folder(name) or "",
        # What both languages share, such as an attachment, is pointed out once.
        findings=tuple(dict.fromkeys(found)),
    )


def _refuse_clipped(found: list[Finding], name: str, allowed: bool) -> None:
    """Refuse a letter that Gmail cuts off; where a person has allowed it, let the finding be a warning."""
    errors: list[IsaMailError] = []
    for number, finding in enumerate(found):
        if (finding.code, finding.severity) != ("R101", Severity.BLOCKS):
            continue
        hint = f"{finding.hint} To build it as it is: isa-mail build {name} --allow-clipping"
        errors.append(BuildError(finding.message, place=finding.place, hint=hint))
        found[number] = replace(finding, severity=Severity.WARNING)
    if errors and not allowed:
        raise errors[0] if len(errors) == 1 else Several(errors)


def _sizes(files: tuple[Picture, ...] | tuple[Attachment, ...]) -> "Sizes":
    return Sizes(len(files), sum(len(file.data) for file in files))


def _sample(language: str) -> Recipient:
    return Recipient(_SAMPLE, "", language, {}, Place(build_folder.MESSAGE_FILE))


def _built_letter(edition: RenderedEdition, template: "MessageTemplate", folder: str | None) -> BuiltLetter:
    from isa_mail.message.merge import fill, merge

    sample = _sample(edition.language)
    date = datetime.combine(edition.date, time(), UTC)  # promise 8: no clock in what is built
    message = merge(template, sample, date=date, brackets=True)
    files = {
        build_folder.HTML_FILE: fill(edition.html, sample, brackets=True).encode(),
        build_folder.TEXT_FILE: fill(edition.text, sample, brackets=True).encode(),
        build_folder.MESSAGE_FILE: b"".join(message.content),
        build_folder.LETTER_FILE: template.to_bytes(),
    }
    subject = fill(edition.subject, sample, brackets=True)
    return BuiltLetter(edition.language, folder or "", subject, files)
