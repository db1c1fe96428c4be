"""All that is stored about one person: what they may ask for (Art. 15 GDPR).

    "anna@example.org" -> Stored(rows of lists, suppression, deliveries of every edition, mails in the outbox, …)

Joins recipients/, store/, delivery/ and workspace/. Reads only.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from isa_mail.addresses import mention_of
from isa_mail.errors import ListError
from isa_mail.model.findings import Finding, Place
from isa_mail.model.mail import Delivery, TransportName
from isa_mail.model.people import UNIT_SEPARATOR, RefusedRow, Suppression
from isa_mail.workspace.find import Workspace
from isa_mail.workspace.mentions import builds_that_mention, places_in_texts
from isa_mail.workspace.settings import Settings

if TYPE_CHECKING:
    from isa_mail.recipients.read import OpenList


@dataclass(frozen=True, slots=True)
class ListedRow:
    """A row of a list that names the person, in whatever cell."""

    place: Place
    cells: Mapping[str, str]  # by the column's heading; without a heading, or of a row that is refused, by ""


@dataclass(frozen=True, slots=True)
class Entered:
    """A row of the journal."""

    edition: str
    transport: TransportName
    delivery: Delivery


@dataclass(frozen=True, slots=True)
class Stored:
    """All that is stored about one person."""

    address: str
    listed: tuple[
        ListedRow, ...
    ]  # on every list in recipients/ and below, used or not, and on those of isa-mail.toml
    unread: tuple[ListError, ...]  # lists that could not be looked through
    suppression: Suppression | None
    entered: tuple[Entered, ...]  # oldest edition first
    outbox: tuple[Place, ...]
    logs: tuple[Place, ...]  # flight logs, which a later send overwrites
    texts: tuple[Place, ...]  # lines of settings, editions and templates
    builds: tuple[Place, ...]

    @property
    def is_nothing(self) -> bool:
        """Whether nothing at all is stored."""
        return not any(
            (self.listed, self.suppression, self.entered, self.outbox, self.logs, self.texts, self.builds)
        )


def stored_about(workspace: Workspace, settings: Settings | None, address: str) -> Stored:
    """Look through everything for an address that `parse_address` has checked. Raises StoreError.

    `settings` is None where isa-mail.toml cannot be read: then only lists in recipients/ are known.
    """
    from isa_mail.delivery.outbox import mails_to
    from isa_mail.store.flight import flight_logs
    from isa_mail.store.records import Records
    from isa_mail.store.suppressions import Suppressions

    key, mention = address.lower(), mention_of(address)
    suppression, digits = None, ""
    if workspace.suppressions.exists():
        with Suppressions.open(workspace.suppressions, create=False) as suppressions:
            suppression, digits = suppressions.entry(address), suppressions.hash(address)
    entered: tuple[Entered, ...] = ()
    if workspace.journal.exists():
        with Records.open(workspace.journal) as journal:
            entered = tuple(Entered(*row) for row in journal.rows_of(key, digits))
    listed, unread = look_through_lists(workspace, settings, mention, key)
    folders = sorted((workspace.root / "outbox").glob("*"))
    logs = flight_logs(workspace.state_directory)
    return Stored(
        address=address,
        listed=listed,
        unread=unread,
        suppression=suppression,
        entered=entered,
        outbox=tuple(workspace.place(mail) for folder in folders for mail in mails_to(folder, key)),
        logs=tuple(workspace.place(log) for log in logs if mention.search(_text(log))),
        texts=tuple(places_in_texts(workspace, mention)),
        builds=tuple(Place(f"build/{edition}") for edition in builds_that_mention(workspace, mention)),
    )


def look_through_lists(
    workspace: Workspace, settings: Settings | None, mention: re.Pattern[str], key: str
) -> tuple[tuple[ListedRow, ...], tuple[ListError, ...]]:
    """Find every row of every list that names an address, and the lists that could not be looked through."""
    from isa_mail.recipients.read import open_list, sheets_of

    listed: list[ListedRow] = []
    unread: list[ListError] = []
    for path in _list_files(workspace, settings):
        try:
            for sheet in sheets_of(path, root=workspace.root):
                try:
                    listed.extend(_rows(open_list(path, root=workspace.root, sheet=sheet), mention, key))
                except ListError as error:
                    unread.append(error)
        except ListError as error:
            unread.append(error)
    return tuple(listed), tuple(unread)


def _list_files(workspace: Workspace, settings: Settings | None) -> tuple[Path, ...]:
    files = dict.fromkeys(path.resolve() for path in workspace.list_files(below=True))
    for name in settings.lists if settings else ():
        for each in (name, name.rpartition("#")[0]):
            try:
                files[workspace.list_file(each)] = None
            except ListError:
                continue
    return tuple(files)


def _rows(opened: "OpenList", mention: re.Pattern[str], key: str) -> Iterator[ListedRow]:
    domain = key.rpartition("@")[2]
    for entry in opened.entries:
        if isinstance(entry, Finding):
            continue
        text = entry.text if isinstance(entry, RefusedRow) else entry.cells
        # The quick look comes first; a domain with umlauts may be spelt out.
        if ("xn--" not in domain and key not in text.lower()) or not mention.search(text):
            continue
        if isinstance(entry, RefusedRow):
            yield ListedRow(entry.place, {"": entry.text})
        else:
            cells = entry.cells.split(UNIT_SEPARATOR)
            filled = {heading: cell for heading, cell in zip(opened.headings, cells, strict=False) if cell}
            name = cells[opened.header.name]
            if not set(name.split()) <= set(" ".join(filled.values()).split()):  # it stood beside the address
                filled[""] = name
            yield ListedRow(Place(opened.understood.file, entry.line), filled)


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "replace")
