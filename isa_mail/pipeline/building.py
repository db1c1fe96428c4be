"""From the letter in memory to the build.

    Made -> MessageTemplate -> build/2026-09/

Joins message/ and workspace/ to what `making.py` has made and `checking.py` has looked at. No clock: what is built
depends on its inputs alone (promise 8).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from isa_mail import __version__
from isa_mail.errors import BuildError, ContentError, IsaMailError, Several
from isa_mail.model.findings import Severity
from isa_mail.model.rendering import Attachment, Picture, RenderedEdition
from isa_mail.pipeline.checking import Checked, check_made
from isa_mail.pipeline.making import Made, make, sample_reader
from isa_mail.workspace import built as build_folder
from isa_mail.workspace.built import Build, BuiltLetter
from isa_mail.workspace.find import Workspace
from isa_mail.workspace.settings import Settings

if TYPE_CHECKING:
    from isa_mail.message.template import MessageTemplate


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
    checked: Checked
    unchanged: bool  # whether the last build was the same


def build(workspace: Workspace, settings: Settings, name: str, *, allow_clipping: bool = False) -> Built:
    """Render an edition once, compile its message once a language, and store both in build/EDITION/.

    Raises what reading and rendering raise, and BuildError for a letter that is too long to be shown whole, unless
    `allow_clipping` is set, or too heavy to be mailed; then the last build stays.
    """
    from isa_mail.message.compile import compile_message
    from isa_mail.render.web import PICTURES

    publication = settings.publication
    entries = build_folder.inputs(workspace, name, publication)
    made = make(workspace, settings, name)
    _refuse_clipped(made, allow_clipping)
    fingerprint = build_folder.fingerprint(entries, made.rendered, __version__)
    letters = tuple(
        _built_letter(
            edition,
            compile_message(edition, publication.in_language(edition.language), fingerprint=fingerprint),
            folder,
        )
        for edition, (folder, _) in zip(made.rendered, workspace.language_folders(name), strict=True)
    )
    checked = check_made(
        workspace,
        settings,
        made,
        octets={letter.language: len(letter.files[build_folder.MESSAGE_FILE]) for letter in letters},
        clipping_allowed=allow_clipping,
    )
    if build_folder.inputs(workspace, name, publication) != entries:
        raise ContentError(
            "A file was changed while the letter was being built.",
            place=workspace.place(workspace.edition_directory(name)),
            hint=f"Run it again: isa-mail build {name}",
        )
    last = _last_fingerprint(workspace, name)
    web = {page.path: page.html.encode() for page in made.pages}
    web |= {f"{PICTURES}{picture.filename}": picture.data for page in made.pages for picture in page.pictures}
    stored = build_folder.write_build(
        workspace, name, letters, web, entries, fingerprint, __version__, checked.blocking
    )
    return Built(
        build=stored,
        title=made.rendered[0].title,
        sections={edition.language: len(edition.sections) for edition in made.editions},
        pictures={
            edition.language: _sizes(page.pictures if publication.linked_pictures else edition.pictures)
            for edition, page in zip(made.rendered, made.pages, strict=True)
        },
        attachments={edition.language: _sizes(edition.attachments) for edition in made.rendered},
        upload=publication.web_folder(name) or "",
        checked=checked,
        unchanged=stored.fingerprint == last,
    )


def _last_fingerprint(workspace: Workspace, name: str) -> str | None:
    try:
        return build_folder.read_build(workspace, name).fingerprint
    except BuildError:  # none yet, or none that can be read
        return None


def _refuse_clipped(made: Made, allowed: bool) -> None:
    """Refuse a letter that Gmail cuts off, unless a person has allowed it."""
    errors: list[IsaMailError] = []
    for finding in made.findings:
        if (finding.code, finding.severity) == ("R101", Severity.BLOCKS) and not allowed:
            hint = f"{finding.hint} To build it as it is: isa-mail build {made.name} --allow-clipping"
            errors.append(BuildError(finding.message, place=finding.place, hint=hint))
    if errors:
        raise errors[0] if len(errors) == 1 else Several(errors)


def _sizes(files: tuple[Picture, ...] | tuple[Attachment, ...]) -> "Sizes":
    return Sizes(len(files), sum(len(file.data) for file in files))


def _built_letter(edition: RenderedEdition, template: "MessageTemplate", folder: str | None) -> BuiltLetter:
    from isa_mail.message.merge import fill, merge

    reader = sample_reader(edition.language)
    date = datetime.combine(edition.date, time(), UTC)  # promise 8: no clock in what is built
    message = merge(template, reader, date=date, brackets=True)
    files = {
        build_folder.HTML_FILE: fill(edition.html, reader, brackets=True).encode(),
        build_folder.TEXT_FILE: fill(edition.text, reader, brackets=True).encode(),
        build_folder.MESSAGE_FILE: b"".join(message.content),
        build_folder.LETTER_FILE: template.to_bytes(),
    }
    subject = fill(edition.subject, reader, brackets=True)
    return BuiltLetter(edition.language, folder or "", subject, files)
