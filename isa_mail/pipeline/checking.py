"""Everything that can be found about an edition, in one list.

    Made (+ lists) -> Checked: what blocks sending, what may go wrong, what could be better; less what was accepted

Joins content/, render/, check/, message/, recipients/ and workspace/. Nothing is changed here. `build` stores what
blocks, `preview` shows it beside the letter, `isa-mail check` prints it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from itertools import islice
from typing import TYPE_CHECKING

from isa_mail.errors import BuildError, IsaMailError, PictureError
from isa_mail.model import NOWHERE, Finding, Fingerprint, Severity
from isa_mail.pipeline.lists import greeter
from isa_mail.pipeline.making import Made, sample, try_make
from isa_mail.workspace.accepted import read_accepted
from isa_mail.workspace.find import Workspace
from isa_mail.workspace.settings import Settings

if TYPE_CHECKING:
    from isa_mail.message.template import MessageTemplate

_ORDER = tuple(Severity)  # worst first
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


def check(workspace: Workspace, settings: Settings, name: str, *, lists: bool = True) -> Checked:
    """Look at an edition from its files on.

    What keeps it from being read, rendered or built is a finding, too, and the rest is looked at all the same.
    """
    made, errors = try_make(workspace, settings, name)
    found = [_of_error(error, workspace, name) for error in errors]
    found += _found(workspace, settings, made)
    templates: Mapping[str, MessageTemplate] = {}
    if not errors:
        templates = _compiled(settings, made)
        try:
            found += _weight(workspace, made, _octets(made, templates))
        except BuildError as error:
            found.append(_of_error(error, workspace, name))
    if lists:
        found += _list_findings(workspace, settings, templates)
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
        found = [replace(each, severity=Severity.WARNING) if each.code == "R101" else each for each in found]
    return _checked(workspace, made.name, found)


def meanings() -> Mapping[str, str]:
    """Give every code that isa-mail has, with what it means, a sentence."""
    from isa_mail.check.codes import CODES
    from isa_mail.content.findings import CODES as CONTENT
    from isa_mail.recipients.findings import MEANINGS as LISTS
    from isa_mail.render.codes import CODES as RENDER

    return {**CONTENT, **RENDER, **{code: meaning for code, (_, meaning) in CODES.items()}, **LISTS}


def _found(workspace: Workspace, settings: Settings, made: Made) -> Iterator[Finding]:
    yield from made.findings


def _compiled(settings: Settings, made: Made) -> Mapping[str, "MessageTemplate"]:
    from isa_mail.message.template import compile_message

    return {
        letter.language: compile_message(
            letter, settings.publication.in_language(letter.language), fingerprint=Fingerprint("")
        )
        for letter in made.rendered
    }


def _octets(made: Made, templates: Mapping[str, "MessageTemplate"]) -> Mapping[str, int]:
    """Measure the finished messages."""
    from isa_mail.message.merge import merge

    octets = {}
    for letter in made.rendered:
        date = datetime.combine(letter.date, time(), UTC)
        message = merge(templates[letter.language], sample(letter.language), date=date, brackets=True)
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

    try:
        with overview(workspace, settings, None, (), ()) as found:
            yield from found.lists.findings
            for row in islice(found.lists.refused, _REFUSED_SHOWN):
                yield refused_row(row)
            if templates:
                finish = greeter(templates, found.language_of)
                languages = tuple(templates)
                people = (
                    (finish(person) if finish else person, _letter_of(found.language_of(person), languages))
                    for person in found.people
                )
                for error in lacking_errors(templates, people, found.lists.columns):
                    yield finding("M106", error.place or NOWHERE, error.message, error.hint)
    except IsaMailError as error:
        yield unreadable(error, workspace.place(workspace.settings_file))


def _letter_of(language: str, built: tuple[str, ...]) -> str:
    return language if language in built else built[0]


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
