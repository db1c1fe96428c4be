"""From section files to the draft that `preview` shows, and from the lists to the people whom it shows it as.

    editions/2026-09/*.txt -> Edition -> RenderedEdition -> MessageTemplate -> Draft      recipients/*.csv -> Readers

Joins content/, render/, message/, check/, recipients/, store/ and preview/. Goes the way of `build`, by the same
functions, and writes nothing: what is seen is what is built, and what is merged is what `send` would merge (promise 1).
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from isa_mail import __version__
from isa_mail.addresses import parse_address
from isa_mail.errors import BuildError, IsaMailError, ListError
from isa_mail.model.findings import Finding
from isa_mail.model.newsletter import Edition
from isa_mail.model.people import Recipient
from isa_mail.model.publication import Fingerprint, Input
from isa_mail.model.rendering import Picture, RenderedEdition, WebPage
from isa_mail.pipeline.checking import check_lists, check_made
from isa_mail.pipeline.lists import greeter, language_chooser, mark_who_left, read_lists
from isa_mail.pipeline.making import (
    Made,
    raise_all,
    read_editions,
    render_edition,
    render_page,
    sample_reader,
    single,
)
from isa_mail.preview.draft import Draft, Limit, Reader, Source, Standing
from isa_mail.workspace import built as build_folder
from isa_mail.workspace.find import Workspace
from isa_mail.workspace.settings import Settings

if TYPE_CHECKING:
    from isa_mail.message.template import MessageTemplate
    from isa_mail.pipeline.audience import StagedLists

_HITS = 20  # people found at a time
_LONG_LISTS = 5_000_000  # octets, some fifty thousand people: a second of looking

_Stamps = tuple[tuple[str, int, int], ...]


class Previewing:
    """An edition that is being written, for `preview`."""

    def __init__(self, workspace: Workspace, settings: Callable[[], Settings], name: str) -> None:
        """`settings` reads isa-mail.toml, which may change, too."""
        self._workspace = workspace
        self._settings = settings
        self._name = name
        self._rendered: dict[str, tuple[object, RenderedEdition]] = {}
        self._lock = Lock()  # browsers ask side by side
        self._looked: tuple[object, tuple[Finding, ...]] = (None, ())

    @property
    def watched(self) -> tuple[Path, ...]:
        """What is shown is made from these, and compared with the build: what is there, and what may come."""
        workspace = self._workspace
        return (
            workspace.edition_directory(self._name),
            workspace.settings_file,
            workspace.root / "images",  # the logo's place, unless isa-mail.toml says another
            workspace.build_directory(self._name) / build_folder.MANIFEST_FILE,
            workspace.accepted_file,
            workspace.glossary_file,
            workspace.recipients,
            *workspace.templates,
        )

    def draft(self) -> Draft:
        """Render and compile in memory. Raises what reading and rendering raise; only `build` refuses by size."""
        from isa_mail.message.compile import compile_message
        from isa_mail.render.colours import palette

        workspace, settings, name = self._workspace, self._settings(), self._name
        publication = settings.publication
        entries = build_folder.inputs(workspace, name, publication)
        made = self._make(settings, entries)
        languages = tuple(edition.language for edition in made.editions)
        fingerprint = build_folder.fingerprint(entries, made.rendered, __version__)
        templates = {
            edition.language: compile_message(
                edition, publication.in_language(edition.language), fingerprint=fingerprint
            )
            for edition in made.rendered
        }
        dates = {edition.language: edition.date for edition in made.editions}
        shades = palette(publication.colours)
        return Draft(
            edition=name,
            title=made.editions[0].title,
            languages=languages,
            fingerprint=fingerprint,
            standing=_standing(workspace, name, fingerprint, entries),
            findings=_findings(workspace, settings, made, templates),
            sources={edition.language: tuple(_sources(workspace, edition)) for edition in made.editions},
            shades={"light": asdict(shades.light), "dark": asdict(shades.dark)},
            linked=_linked(settings, made),
            limits=_limits(),
            message=lambda language, person: _message(templates[language], person, dates[language]),
            list_findings=lambda: self._look_at_lists(settings, templates),
            language_of=language_chooser(languages, settings),
        )

    def _make(self, settings: Settings, entries: tuple[Input, ...]) -> Made:
        """Read and render. The web version is rendered where it is asked for: the letter shows pictures from it."""
        workspace, name = self._workspace, self._name
        editions = read_editions(workspace, settings, name)
        languages = tuple(edition.language for edition in editions)
        rendered: list[RenderedEdition] = []
        pages: list[WebPage] = []
        errors: tuple[IsaMailError, ...] = ()
        for edition in editions:
            try:
                rendered.append(self._render(settings, edition, languages, entries))
                if settings.publication.web_address:
                    pages.append(render_page(workspace, settings, edition, languages))
            except IsaMailError as error:
                errors += single(error)
        raise_all(errors)
        return Made(name, editions, tuple(rendered), tuple(pages))

    def _render(
        self, settings: Settings, edition: Edition, languages: tuple[str, ...], entries: tuple[Input, ...]
    ) -> RenderedEdition:
        """Render one language, unless nothing has changed that it is made from: a save touches one as a rule."""
        others = tuple(f"editions/{self._name}/{code}/" for code in languages if code != edition.language)
        mine = tuple(entry for entry in entries if not entry.name.startswith(others))
        made_from = (edition, edition.findings, settings.logo_place, languages, mine)
        before, rendered = self._rendered.get(edition.language, (None, None))
        if rendered is None or before != made_from:
            rendered = render_edition(self._workspace, settings, edition, languages)
            self._rendered[edition.language] = (made_from, rendered)
        return rendered

    def _look_at_lists(
        self, settings: Settings, templates: Mapping[str, "MessageTemplate"]
    ) -> tuple[Finding, ...] | None:
        """Look at the lists as `check` does, unless neither they nor the merge fields have changed since."""
        with self._lock:
            stamps = (*_list_stamps(self._workspace, settings), _stamp(self._workspace.accepted_file))
            if sum(octets for _, _, octets in stamps) > _LONG_LISTS:
                return None
            fields = [
                (code, each, each.place) for code, letter in templates.items() for each in letter.fields
            ]
            made_from = (stamps, fields)
            if self._looked[0] != made_from:
                found = check_lists(self._workspace, settings, self._name, templates).findings
                self._looked = (made_from, found)
            return self._looked[1]


class StagedReaders:
    """The people of the lists: read when they are first asked for, and anew when a list has changed."""

    def __init__(self, workspace: Workspace, settings: Callable[[], Settings]) -> None:
        self._workspace = workspace
        self._settings = settings
        self._lock = Lock()  # browsers ask side by side
        self._lists: StagedLists | None = None
        self._stamps: _Stamps = ()

    def search(self, words: str) -> tuple[Reader, ...]:
        """Find the first few in whose row all words stand, whatever their case."""
        with self._lock:
            found = self._current().search(words.split(), _HITS)
            return tuple(Reader(person, left) for person, left in found)

    def find(self, key: str) -> Reader | None:
        """Find the person of this key, if there still is one."""
        with self._lock:
            found = self._current().find(key)
            return Reader(*found) if found else None

    def named(self, address: str) -> Reader:
        """Find a person by their address. Raises AddressError, and ListError if there is none on the lists."""
        reader = self.find(parse_address(address, international=True).lower())
        if reader is None:
            raise ListError(
                f"{address} is on none of the lists that isa-mail.toml names.",
                hint="Check its spelling, or leave out --as and look for a part of the name in the preview.",
            )
        return reader

    def close(self) -> None:
        """Let go of the lists."""
        with self._lock:
            if self._lists:
                self._lists.audience.close()
                self._lists = None

    def _current(self) -> "StagedLists":
        from isa_mail.store.suppressions import Suppressions

        workspace, settings = self._workspace, self._settings()
        if not settings.lists:
            raise ListError(
                "No recipient list is named.",
                place=workspace.place(workspace.settings_file),
                hint='Write lists = ["members.csv"] into isa-mail.toml.',
            )
        stamps = _list_stamps(workspace, settings)
        if self._lists is None or stamps != self._stamps:
            lists, _ = read_lists(workspace, settings, (), ())
            if workspace.suppressions.exists():
                with Suppressions.open(workspace.suppressions, create=False) as suppressions:
                    mark_who_left(lists.audience, suppressions)
            if self._lists:
                self._lists.audience.close()
            self._lists, self._stamps = lists, stamps
        return self._lists


def _list_stamps(workspace: Workspace, settings: Settings) -> _Stamps:
    """Say what the lists are read from, in a form that differs when it has changed; lists that are missing aside."""
    files = [workspace.settings_file, workspace.suppressions]
    for name in settings.lists:
        with suppress(ListError):
            files.append(workspace.list_file(name.partition("#")[0]))
    return tuple(_stamp(path) for path in files)


def _stamp(path: Path) -> tuple[str, int, int]:
    try:
        status = path.stat()
    except OSError:
        return str(path), 0, 0
    return str(path), status.st_mtime_ns, status.st_size


def _message(template: "MessageTemplate", person: Recipient | None, day: date) -> bytes:
    """Merge as `send` does; for nobody in particular, a field without fallback shows its own name."""
    from isa_mail.message.merge import merge

    language = template.language
    then = datetime.combine(day, time(), UTC)  # whatever it is: it is set anew when a mail is sent
    if person is None:
        message = merge(template, sample_reader(language), date=then, brackets=True)
    else:
        greet = greeter({language: template}, lambda _: language)
        message = merge(template, greet(person) if greet else person, date=then)
    return b"".join(message.content)


def _findings(
    workspace: Workspace, settings: Settings, made: Made, templates: Mapping[str, "MessageTemplate"]
) -> tuple[Finding, ...]:
    """Look at what is shown as `check` does. A mail that is too heavy is shown all the same."""
    from isa_mail.check.codes import finding

    dates = {edition.language: edition.date for edition in made.editions}
    octets = {code: len(_message(template, None, dates[code])) for code, template in templates.items()}
    try:
        return check_made(workspace, settings, made, octets=octets).findings
    except BuildError as error:
        place = error.place or workspace.place(workspace.edition_directory(made.name))
        too_heavy = finding("M109", place, error.message, error.hint)
        return (too_heavy, *check_made(workspace, settings, made).findings)


def _linked(settings: Settings, made: Made) -> Mapping[str, Picture]:
    """Find the pictures that the letter shows from the web, where they are not yet."""
    from isa_mail.render.web import PICTURES

    folder = settings.publication.web_folder(made.name)
    if not (folder and settings.publication.linked_pictures):
        return {}
    return {f"{folder}{PICTURES}{each.filename}": each for page in made.pages for each in page.pictures}


def _standing(
    workspace: Workspace, name: str, fingerprint: Fingerprint, entries: tuple[Input, ...]
) -> Standing:
    """Compare the draft with the last build."""
    try:
        last = build_folder.read_build(workspace, name)
    except BuildError as error:
        return Standing(False, error.message, error.hint)
    if last.fingerprint == fingerprint:
        return Standing(True, "The last build is this draft.", f"Next: isa-mail send {name} --test")
    changed = "; ".join(build_folder.changed(last.inputs, entries)) or "isa-mail itself has changed"
    return Standing(False, f"The last build is another: {changed}.", f"Make it again: isa-mail build {name}")


def _sources(workspace: Workspace, edition: Edition) -> tuple[Source, ...]:
    """Read once more what was typed, to find it again in the letter."""
    from isa_mail.typography.encoding import decode

    places = (edition.place, *(section.place for section in edition.sections))
    files = [(place.file, workspace.root / place.file) for place in places]
    return tuple(
        Source(file, decode(path.read_bytes()).text, is_running=file != edition.place.file)
        for file, path in files
        if path.is_file()
    )


def _limits() -> Mapping[str, Limit]:
    from isa_mail.message.weight import MAX_OCTETS, WARN_OCTETS
    from isa_mail.render.size import HTML_MAX_BYTES, HTML_WARN_BYTES

    return {
        "html": Limit(HTML_WARN_BYTES, HTML_MAX_BYTES, "Gmail cuts off at 102 KB"),
        "message": Limit(WARN_OCTETS, MAX_OCTETS, "Many servers take no more than 10 MB"),
    }
