"""What a person does about findings: let the safe ones be mended, accept those that are meant.

    edition -> Mended(20-bericht.txt, before, after, (T202, T501)), written or only shown
    "T128:20-bericht.txt:7" -> a line in accepted.txt

Joins check/, content/ and workspace/.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from isa_mail.errors import SettingsError
from isa_mail.model.findings import Finding, Place, Severity
from isa_mail.pipeline.checking import Checked, meanings, read_texts
from isa_mail.pipeline.making import try_make
from isa_mail.workspace.accepted import add_accepted, line, read_accepted
from isa_mail.workspace.find import Workspace
from isa_mail.workspace.glossary import read_glossary
from isa_mail.workspace.settings import Settings


@dataclass(frozen=True, slots=True)
class Mended:
    """One file with what could be mended in it."""

    place: Place
    before: str
    after: str
    findings: tuple[Finding, ...]  # those that are gone by it, in the order in which they are mended


def mend(workspace: Workspace, settings: Settings, name: str) -> tuple[Mended, ...]:
    """Work out what is safe to change in the texts of an edition, less what was accepted; nothing is written."""
    from isa_mail.check.cleaning import mended

    accepted, glossary = read_accepted(workspace.accepted_file), read_glossary(workspace.glossary_file)
    made, _ = try_make(workspace, settings, name)
    texts, languages = read_texts(workspace, settings, made)
    found = []
    for file, language in languages.items():
        after, done = mended(texts[file], language, file, glossary, lambda each: not accepted.covers(each))
        if done:
            found.append(Mended(Place(file), texts[file], after, done))
    return tuple(found)


def write(workspace: Workspace, files: Iterable[Mended]) -> None:
    """Write what `mend` has worked out. Raises ContentError for a file that was changed meanwhile."""
    from isa_mail.content.amend import amend

    for file in files:
        amend(workspace.root / file.place.file, file.before, file.after, file.place)


def accept(workspace: Workspace, checked: Checked, wanted: str) -> tuple[Finding, ...]:
    """Remember that a kind (`P104`) or the findings at a place (`T128:20-reise.txt:7`) are accepted; return them.

    The place may leave out the folders before its file, and its line. Raises SettingsError if there is nothing to
    accept, or if a whole kind would be accepted that blocks sending.
    """
    code, _, place = wanted.partition(":")
    code, place = code.strip().upper(), place.strip().replace("\\", "/")
    if code not in meanings():
        near = get_close_matches(code, meanings(), 1, 0.5)
        raise SettingsError(
            f"There is no finding with the code {code!r}.",
            hint=f"{f'Did you mean {near[0]}? ' if near else ''}isa-mail check --all tells those of this edition.",
        )
    found = tuple(
        each for each in checked.findings if each.code == code and (not place or _is_at(each, place))
    )
    if place and not found:
        raise SettingsError(
            f"There is no finding {code} at {place} in {checked.edition}.",
            hint="isa-mail check --all tells the places. What is accepted already stands in accepted.txt.",
        )
    if not place and any(each.severity is Severity.BLOCKS for each in found):
        raise SettingsError(
            f"{code} keeps an edition from being sent, so it is accepted place by place only.",
            hint=f"For example: isa-mail check --accept {code}:{found[0].place}",
        )
    add_accepted(workspace.accepted_file, map(line, found) if place else [code])
    return found


def _is_at(finding: Finding, place: str) -> bool:
    """Whether a person's words name the place of a finding."""
    file, _, number = place.rpartition(":")
    if not number.isdecimal():
        file, number = place, ""
    whole = finding.place.file
    return (whole == file or whole.endswith(f"/{file}")) and (not number or finding.place.line == int(number))
