"""Who left, from elsewhere and to elsewhere; and who left by mistake.

    any list file with columns for address, reason, since, source -> Suppressions -> such rows again, for a spreadsheet

Joins recipients/, store/ and workspace/; a date is read as content/ reads an edition's.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path

from isa_mail.addresses import parse_address
from isa_mail.errors import AddressError, ListError, SendRefused
from isa_mail.model.findings import Finding
from isa_mail.model.people import Reason, Recipient, RefusedRow, StagedRow, Suppression
from isa_mail.pipeline.lists import list_source
from isa_mail.typography.spreadsheet import unguarded
from isa_mail.workspace.find import Workspace

COLUMNS = ("address", "reason", "since", "source")
"""What an export holds, and an import looks for."""

_NAMES: Mapping[str, tuple[str, ...]] = {
    "reason": ("reason", "grund", "原因"),
    "since": ("since", "seit", "date", "datum", "am", "at", "日期"),
    "source": ("source", "quelle", "herkunft", "来源"),
}
_REASONS: Mapping[str, Reason] = {
    **{reason.value: reason for reason in Reason},
    **dict.fromkeys(("unsubscribe", "abgemeldet", "abmeldung", "ausgetragen", "退订"), Reason.UNSUBSCRIBED),
    **dict.fromkeys(("bounce", "hard bounce", "unzustellbar", "cleaned", "退信"), Reason.BOUNCED),
    **dict.fromkeys(("complaint", "spam", "beschwerde", "投诉"), Reason.COMPLAINED),
    **dict.fromkeys(("manual", "von hand", "手动"), Reason.BY_HAND),
}
_CLOCK = re.compile(r"(.+?),?\s+(\d{1,2}):(\d{2})(?::\d{2})?(?:\s*Uhr)?")


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import has done."""

    new: int
    known: int  # suppressed already: their first entry stands
    refused: tuple[RefusedRow, ...]
    findings: tuple[Finding, ...]


def import_suppressions(
    workspace: Workspace, lists: Collection[str], path: Path, *, reason: Reason, source: str, now: datetime
) -> Imported:
    """Suppress everybody in a file that could be a list; a workbook's sheet is named after a `#`.

    `reason`, `source` ("": file and line) and `now` are for rows that do not say. `lists` are those that `send`
    uses: none of them may be imported, or nobody on it would ever get mail again.

    Raises ListError, SendRefused, StoreError.
    """
    from isa_mail.recipients.read import open_list
    from isa_mail.store.suppressions import Suppressions

    name, _, sheet = str(path).partition("#") if not path.exists() else (str(path), "", "")
    file = Path(name).resolve()
    if any(_is(workspace, each, file, sheet) for each in lists):
        raise SendRefused(
            f"{workspace.place(file)} is a list that isa-mail send uses: nobody on it would get mail any more.",
            hint="Name the file that holds those who left. If this list is to go, take it out of lists in "
            "isa-mail.toml.",
        )
    opened = open_list(file, root=workspace.root, sheet=sheet or None)
    found: list[Suppression] = []
    refused: list[RefusedRow] = []
    findings: list[Finding] = []
    for entry in opened.entries:
        if isinstance(entry, StagedRow):
            person = opened.header.recipient(entry.cells, entry.language, entry.line)
            try:
                found.append(_suppression(person, reason, source, now))
            except AddressError as error:
                refused.append(RefusedRow(person.place, person.address, error.reason))
        elif isinstance(entry, RefusedRow):
            refused.append(entry)
        else:
            findings.append(entry)
    with Suppressions.open(workspace.suppressions, create=True) as suppressions:
        new = suppressions.add_all(found)
    return Imported(new, len(found) - new, tuple(refused), tuple(findings))


def export_rows(workspace: Workspace) -> Iterator[tuple[str, str, str, str]]:
    """Yield what `COLUMNS` names of everybody who left; those who were erased are nobody any more, and left out."""
    from isa_mail.store.suppressions import Suppressions

    with Suppressions.open(workspace.suppressions, create=False) as suppressions:
        for entry in suppressions.list():
            if entry.address is not None:
                yield entry.address, entry.reason, entry.at.isoformat(timespec="seconds"), entry.source


def take_back(workspace: Workspace, address: str, *, consent: bool) -> Suppression:
    """Undo a suppression, and return it; an erased one as well.

    Who unsubscribed, complained or was erased asked for it: that is undone only with `consent`, theirs, or if it was a
    slip of whoever typed it. Raises SendRefused if it is not given, or if nobody is suppressed under this address;
    StoreError.
    """
    from isa_mail.store.suppressions import Suppressions

    if not workspace.suppressions.exists():
        raise _not_suppressed(address)
    with Suppressions.open(workspace.suppressions, create=False) as suppressions:
        entry = suppressions.entry(address)
        if entry is None:
            raise _not_suppressed(address)
        theirs = "was erased; suppressed" if entry.address is None else _THEIR_WORDS.get(entry.reason)
        if theirs and not consent:
            raise SendRefused(
                f"{address} {theirs} on {entry.at.astimezone():%Y-%m-%d}.",
                hint="Only this person can undo that. If they have asked for the newsletter again, and you can prove "
                "it, or if it was only a slip while typing and they never asked to leave: "
                f"isa-mail suppress --undo --consent {address}",
            )
        suppressions.remove(address)
    return entry


def _not_suppressed(address: str) -> SendRefused:
    return SendRefused(
        f"{address} is not suppressed.",
        hint="isa-mail suppress --list shows who is; those who were erased stand there without an address.",
    )


_THEIR_WORDS = {Reason.UNSUBSCRIBED: "unsubscribed", Reason.COMPLAINED: "complained"}


def _is(workspace: Workspace, name: str, file: Path, sheet: str) -> bool:
    """Whether a list of isa-mail.toml is this file; another sheet of it may well hold those who left."""
    try:
        source = list_source(workspace, name)
    except ListError:
        return False
    return source.path == file and not (sheet and source.sheet and sheet != source.sheet)


def _suppression(person: Recipient, reason: Reason, source: str, now: datetime) -> Suppression:
    """Read a row; what an export has guarded is what it was. Raises AddressError if there is no address behind that."""
    said = {
        column: next((unguarded(person.fields[name]) for name in names if name in person.fields), "")
        for column, names in _NAMES.items()
    }
    why, since = _REASONS.get(said["reason"].casefold()), _time(said["since"], now)
    not_understood = (said["reason"] if why is None else "", said["since"] if since is None else "")
    told = "; ".join(filter(None, (*not_understood, said["source"]))) or source or str(person.place)
    return Suppression(
        parse_address(unguarded(person.address), international=True),
        why or reason,
        since or now,
        told,
    )


def _time(text: str, now: datetime) -> datetime | None:
    """Read a date, with or without a time of day, as isa-mail or a spreadsheet writes it; `now` if there is none."""
    from isa_mail.content.dates import parse_date

    if not text:
        return now
    try:
        return datetime.fromisoformat(text).astimezone(now.tzinfo)  # without a zone: this computer's
    except ValueError:
        pass
    clock = _CLOCK.fullmatch(text)
    day = parse_date(clock[1] if clock else text)
    try:
        at = time(int(clock[2]), int(clock[3])) if clock else time()
    except ValueError:
        return None
    return datetime.combine(day, at).astimezone(now.tzinfo) if day else None
