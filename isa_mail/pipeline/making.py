"""From section files to the build.

    editions/2026-09/*.txt -> Edition -> RenderedEdition -> MessageTemplate -> build/2026-09/

Joins content/, render/, message/ and workspace/. `preview` goes the same way up to RenderedEdition and writes nothing,
so that what is seen is what is built (promise 1). No clock: what is built depends on its inputs alone (promise 8).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from isa_mail import __version__
from isa_mail.errors import ContentError, IsaMailError, Several
from isa_mail.model import Edition, Finding, Place, Recipient, RenderedEdition
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


def _render(workspace: Workspace, settings: Settings, edition: Edition) -> RenderedEdition:
    """Render one language: what `build` stores and `preview` shows."""
    from isa_mail.render.edition import render

    return render(
        edition,
        settings.publication.in_language(edition.language),
        edition_directory=workspace.edition_directory(edition.name),
        workspace=workspace.root,
        templates=workspace.templates,
    )


def draft(workspace: Workspace, settings: Settings, name: str) -> "Draft":
    """Render an edition in memory, for `preview`; build/ is never written. Raises what `build` raises."""
    from isa_mail.message.merge import fill
    from isa_mail.preview.server import Draft, DraftLetter

    letters = {}
    for edition in read_editions(workspace, settings, name):
        rendered = _render(workspace, settings, edition)
        html, text, subject = (
            fill(part, _sample(edition.language), brackets=True)
            for part in (rendered.html, rendered.text, rendered.subject)
        )
        letters[edition.language] = DraftLetter(html, text, subject, rendered.pictures)
    return Draft(name, letters)


def watched(workspace: Workspace, name: str) -> tuple[Path, ...]:
    """Name what a draft is made from, for `preview` to watch."""
    paths = (workspace.edition_directory(name), workspace.settings_file, *workspace.templates)
    return tuple(path for path in paths if path.exists())


@dataclass(frozen=True, slots=True)
class Built:
    """What `build` has to tell."""

    build: Build
    title: str
    sections: Mapping[str, int]  # language -> number of sections
    findings: tuple[Finding, ...]


def build(workspace: Workspace, settings: Settings, name: str) -> Built:
    """Render an edition once, compile its message once a language, and store both in build/EDITION/."""
    from isa_mail.message.template import compile_message

    entries = build_folder.inputs(workspace, name, settings.publication)
    fingerprint = build_folder.fingerprint(entries)
    editions = read_editions(workspace, settings, name)
    rendered = tuple(_render(workspace, settings, edition) for edition in editions)
    letters = tuple(
        _built_letter(
            edition,
            compile_message(
                edition, settings.publication.in_language(edition.language), fingerprint=fingerprint
            ),
            folder,
        )
        for edition, (folder, _) in zip(rendered, workspace.language_folders(name), strict=True)
    )
    if build_folder.inputs(workspace, name, settings.publication) != entries:
        raise ContentError(
            "A file was changed while the letter was being built.",
            place=workspace.place(workspace.edition_directory(name)),
            hint=f"Run it again: isa-mail build {name}",
        )
    read = (finding for edition in editions for finding in edition.findings)
    findings = (*read, *(finding for edition in rendered for finding in edition.findings))
    stored = build_folder.write_build(workspace, name, letters, entries, __version__)
    sections = {edition.language: len(edition.sections) for edition in editions}
    return Built(stored, rendered[0].title, sections, findings)


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
