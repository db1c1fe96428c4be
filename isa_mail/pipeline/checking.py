"""Everything that can be found about an edition, in one list.

    Made (+ lists) -> Checked: what blocks sending, what may go wrong, what could be better; less what was accepted

Joins content/, render/, check/, message/, recipients/ and workspace/. Nothing is changed here. `build` stores what
blocks, `preview` shows it beside the letter, `isa-mail check` prints it; `mending.py` acts on it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from isa_mail.errors import BuildError, IsaMailError, PictureError
from isa_mail.model.findings import NOWHERE, Finding, Severity
from isa_mail.model.publication import Fingerprint
from isa_mail.pipeline.lists import greeter
from isa_mail.pipeline.making import Made, sample_reader, try_make
from isa_mail.pipeline.sample import sample, sample_findings
from isa_mail.typography.encoding import decode
from isa_mail.typography.languages import language_code
from isa_mail.workspace.accepted import read_accepted
from isa_mail.workspace.built import is_litter
from isa_mail.workspace.find import SETTINGS_FILE, Workspace
from isa_mail.workspace.glossary import read_glossary
from isa_mail.workspace.settings import Settings

if TYPE_CHECKING:
    from isa_mail.message.template import MessageTemplate

_ORDER = tuple(Severity)  # worst first
_LINKS = ("C105", "C106")
_REFUSED_SHOWN = 200  # rows of the lists that are told one by one; `isa-mail lists` tells all


@dataclass(frozen=True, slots=True)
class Checked:
    """All findings of an edition: worst first, then by code, file and line."""

    edition: str
    findings: tuple[Finding, ...]  # those that somebody has to look at
    accepted: tuple[Finding, ...]  # found as well, and accepted by somebody

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """Those that keep the edition from being sent."""
        return tuple(each for each in self.findings if each.severity is Severity.BLOCKS)


def check(
    workspace: Workspace, settings: Settings, name: str, *, lists: bool = True, online: bool = False
) -> Checked:
    """Look at an edition from its files on.

    What keeps it from being read, rendered or built is a finding, too, and the rest is looked at all the same.
    `online` asks every address on the web; without it, nothing on the network is spoken to.
    """
    made, errors = try_make(workspace, settings, name)
    found = list(_found(workspace, settings, made))
    told = {each.place for each in found if each.code in _LINKS}  # rendering refuses those links once more
    found += [_of_error(error, workspace, name) for error in errors if error.place not in told]
    templates: Mapping[str, MessageTemplate] = {}
    if not errors:
        templates = _compiled(settings, made)
        try:
            found += _weight(workspace, made, _octets(made, templates))
        except BuildError as error:
            found.append(_of_error(error, workspace, name))
    if lists:
        found += _list_findings(workspace, settings, templates)
    if online:
        found = _asked(settings, made, found)
    return _checked(workspace, name, found)


def check_made(
    workspace: Workspace,
    settings: Settings,
    made: Made,
    *,
    octets: Mapping[str, int] | None = None,
    clipping_allowed: bool = False,
) -> Checked:
    """Look at what has been read and rendered already; no list is read.

    `octets` are the sizes of the finished messages by language, where they are known. `clipping_allowed`: a person
    wants a letter that Gmail cuts off. Raises BuildError for a message that is too heavy.
    """
    found = [*_found(workspace, settings, made), *_weight(workspace, made, octets or {})]
    if clipping_allowed:
        found = [each._replace(severity=Severity.WARNING) if each.code == "R101" else each for each in found]
    return _checked(workspace, made.name, found)


def check_lists(
    workspace: Workspace, settings: Settings, name: str, templates: Mapping[str, "MessageTemplate"]
) -> Checked:
    """Look at the lists alone, and whether everybody on them can be given these letters, by language."""
    return _checked(workspace, name, _list_findings(workspace, settings, templates))


def again(workspace: Workspace, checked: Checked) -> Checked:
    """Part what was found anew, after somebody has accepted something."""
    return _checked(workspace, checked.edition, (*checked.findings, *checked.accepted))


def meanings() -> Mapping[str, str]:
    """Give every code that isa-mail has, with what it means, a sentence."""
    from isa_mail.check.codes import CODES
    from isa_mail.content.findings import CODES as CONTENT
    from isa_mail.recipients.findings import MEANINGS as LISTS
    from isa_mail.render.codes import CODES as RENDER

    lists = {code: f"{meaning[0].upper()}{meaning[1:]}." for code, meaning in LISTS.items()}
    return {**CONTENT, **RENDER, **{code: meaning for code, (_, meaning) in CODES.items()}, **lists}


def read_texts(
    workspace: Workspace, settings: Settings, made: Made
) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Read all texts of an edition by the names of their files, and say in which language each of them is."""
    from isa_mail.content.read import read_texts as of_folder

    texts: dict[str, str] = {}
    languages: dict[str, str] = {}
    try:
        folders = workspace.language_folders(made.name)
    except IsaMailError:  # told by whoever made the letter of it
        folders = ()
    for folder, directory in folders:
        found = of_folder(directory, workspace.root)
        texts |= found
        language = language_code(folder) if folder else None
        languages |= dict.fromkeys(found, language or settings.publication.languages[0])
    for edition in made.editions:  # an edition.txt may name a language that its folder does not
        parent = edition.place.file.rpartition("/")[0]
        languages |= {file: edition.language for file in languages if file.rpartition("/")[0] == parent}
    return texts, languages


def _found(workspace: Workspace, settings: Settings, made: Made) -> Iterator[Finding]:
    """What reading, rendering and the checks find."""
    from isa_mail.check.edition import Subject, Texts, check

    yield from made.findings
    yield from sample_findings(workspace, made.name, settings.lists)
    texts, languages = read_texts(workspace, settings, made)
    own = decode(workspace.settings_file.read_bytes()).text
    directory = workspace.edition_directory(made.name)
    yield from check(
        Subject(
            name=made.name,
            directory=workspace.place(directory).file,
            editions=made.editions,
            rendered=made.rendered,
            publication=settings.publication,
            lists=settings.lists,
            test_to=settings.test_to,
            sample=sample(workspace, settings, made.name),
            texts=Texts(
                {file: tuple(text.split("\n")) for file, text in (*texts.items(), (SETTINGS_FILE, own))}
            ),
            languages=languages,
            pictures=_pictures(directory),
            glossary=read_glossary(workspace.glossary_file),
        )
    )


def _pictures(directory: Path) -> frozenset[str]:
    """Name the files in an edition's images/, as figures name them."""
    folder = directory / "images"
    found = folder.rglob("*") if folder.is_dir() else ()
    return frozenset(
        path.relative_to(directory).as_posix()
        for path in found
        if path.is_file() and not is_litter(path.name)
    )


def _compiled(settings: Settings, made: Made) -> Mapping[str, "MessageTemplate"]:
    from isa_mail.message.compile import compile_message

    publication = settings.publication
    return {
        letter.language: compile_message(
            letter, publication.in_language(letter.language), fingerprint=Fingerprint("")
        )
        for letter in made.rendered
    }


def _octets(made: Made, templates: Mapping[str, "MessageTemplate"]) -> Mapping[str, int]:
    """Measure the finished messages."""
    from isa_mail.message.merge import merge

    octets = {}
    for letter in made.rendered:
        date = datetime.combine(letter.date, time(), UTC)
        message = merge(templates[letter.language], sample_reader(letter.language), date=date, brackets=True)
        octets[letter.language] = sum(map(len, message.content))
    return octets


def _weight(workspace: Workspace, made: Made, octets: Mapping[str, int]) -> Iterator[Finding]:
    from isa_mail.message.weight import weight_findings

    place = workspace.place(workspace.edition_directory(made.name))
    for rendered in made.rendered:
        if rendered.language in octets:
            yield from weight_findings(rendered, octets[rendered.language], place)


def _list_findings(
    workspace: Workspace, settings: Settings, templates: Mapping[str, "MessageTemplate"]
) -> Iterator[Finding]:
    """Read the lists as `send` would; try every merge field of the letters on everyone who would get one."""
    from isa_mail.check.codes import finding
    from isa_mail.message.lacking import lacking_errors
    from isa_mail.pipeline.lists import overview
    from isa_mail.recipients.findings import refused_row, unreadable

    letters = {language: template.fields for language, template in templates.items()}
    try:
        with overview(workspace, settings, None, (), (), letters=letters) as found:
            yield from found.lists.findings
            for row in islice(found.lists.refused, _REFUSED_SHOWN):
                yield refused_row(row)
            if templates:
                finish = greeter(templates, found.language_of)
                people = (
                    (finish(person) if finish else person, found.language_of(person))
                    for person in found.people
                )
                for error in lacking_errors(templates, people, found.lists.columns):
                    yield finding("M106", error.place or NOWHERE, error.message, error.hint)
    except IsaMailError as error:
        yield unreadable(error, workspace.place(workspace.settings_file))


def _asked(settings: Settings, made: Made, found: list[Finding]) -> list[Finding]:
    """Ask for every address; when the web folder answers, nobody need be reminded of it."""
    from isa_mail.check.online import ask, online_findings
    from isa_mail.walk import links

    sections = [section for edition in made.editions for section in edition.sections]
    found = [*found, *online_findings([link for section in sections for link in links(section)])]
    folder = settings.publication.web_folder(made.name)
    if folder and not ask(folder).trouble:
        found = [each for each in found if each.code != "M108"]
    return found


def _of_error(error: IsaMailError, workspace: Workspace, name: str) -> Finding:
    """Tell an error as a finding: `check` lists all that is wrong, and stops at nothing."""
    from isa_mail.check.codes import finding

    place = error.place or workspace.place(workspace.edition_directory(name))
    return finding("P101" if isinstance(error, PictureError) else "M109", place, error.message, error.hint)


def _checked(workspace: Workspace, name: str, found: Iterable[Finding]) -> Checked:
    accepted = read_accepted(workspace.accepted_file)
    ordered = sorted(dict.fromkeys(found), key=_order)
    return Checked(
        name,
        tuple(each for each in ordered if not accepted.covers(each)),
        tuple(each for each in ordered if accepted.covers(each)),
    )


def _order(finding: Finding) -> tuple[int, str, str, int]:
    place = finding.place
    return _ORDER.index(finding.severity), finding.code, place.file, place.line or 0
