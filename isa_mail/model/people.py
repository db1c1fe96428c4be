"""The people on the lists, and those who left.

Pure: values.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from isa_mail.model.findings import NOWHERE, Place


class Recipient(NamedTuple):
    """One person on the lists. Equal addresses but for case are one person: compare `key`."""

    address: str  # domain ASCII, in lower case; "" in the journal's row of someone erased
    name: str  # display name, "" if unknown
    language: str | None  # "de", "zh", "en" ...; None: the list does not say
    fields: Mapping[str, str]  # merge values by case-folded name; an empty cell is no entry
    place: Place

    @property
    def key(self) -> str:
        """What tells people apart: the address in lower case. Full case folding would make one of groß@ and gross@."""
        return self.address.lower()


ERASED = "(erased)"
"""What stands, to be read, where an address stood that was erased."""


class RefusedRow(NamedTuple):
    """A row of a list that cannot be used: named in the plan, never dropped in silence."""

    place: Place
    text: str  # what stood in the address cell
    reason: str


UNIT_SEPARATOR = "\x1f"
"""A control character, and so in no clean cell."""


class StagedRow(NamedTuple):
    """A usable row on its way through the audience into the journal, as compact as a million of them ask for."""

    key: str  # of the person: the address in lower case
    list: int  # which list of the run, counted from 0
    line: int | None  # where the row stands in it
    cells: str  # clean, as its ListHeader tells: what stands in the list, then the name; joined by UNIT_SEPARATOR
    language: str | None  # the person's: a code, None if the list does not say


JournalEntry: TypeAlias = tuple[str, int, int | None, str, str | None, str]
"""A person as the journal enters them: key, which header, line, cells, own language, language of the letter. A plain
tuple, since there may be a million."""


class ListHeader(NamedTuple):
    """What the cells of a list's rows stand for; cells are counted from 0."""

    file: str  # relative to the workspace; of a workbook with several, the sheet follows after a #
    fields: tuple[tuple[str, int], ...]  # a merge field, and the cell with its value; "address" is among them
    name: int  # the last cell: the display name, "" if unknown
    language: int | None  # the cell with the language in the list's own words, if there is one

    @property
    def unasked(self) -> tuple[int, ...]:
        """The cells that no merge field gives: below a column without a name, or of a name that another has."""
        asked = {cell for _, cell in self.fields} | {self.name, self.language}
        return tuple(cell for cell in range(self.name) if cell not in asked)

    def addresses(self, cells: Iterable[str]) -> list[str]:
        """Return the address in each row's cells. Raises ValueError for cells that are not of this list."""
        place, width = dict(self.fields)["address"], self.name + 1
        rows = [joined.split(UNIT_SEPARATOR) for joined in cells]
        if any([len(row) != width for row in rows]):
            raise ValueError("another number of cells than the list has")
        return [row[place] for row in rows]

    def recipients(
        self, cells: Sequence[str], languages: Iterable[str | None], lines: Iterable[int | None]
    ) -> list[Recipient]:
        """Make people of the cells, languages and lines of their rows.

        Raises LookupError for cells that are not of this list.
        """
        file, fields, name, said = self
        places = dict(fields)
        address = places["address"]
        if "language" in places:
            said = None  # a column of that very name stands for itself
        people = []
        for joined, language, line in zip(cells, languages, lines, strict=True):
            row = joined.split(UNIT_SEPARATOR)
            values = {field: value for field, place in fields if (value := row[place])}
            if said is not None and row[said]:
                values["language"] = language or row[said]
            people.append(Recipient(row[address], row[name], language, values, Place(file, line)))
        return people

    def recipient(self, cells: str, language: str | None, line: int | None) -> Recipient:
        """Make a person of one row."""
        return self.recipients((cells,), (language,), (line,))[0]


class Entered(NamedTuple):
    """A person as the journal has entered them: a Recipient is made when one is asked for."""

    id: int  # of the row, which no other of the journal has
    key: str  # of someone erased, the keyed hash of it
    header: ListHeader | None  # None: erased
    line: int | None
    cells: str
    language: str | None

    @property
    def recipient(self) -> Recipient:
        """Who it is; of someone erased nothing is known."""
        if self.header is None:
            return Recipient("", "", None, {}, NOWHERE)
        return self.header.recipient(self.cells, self.language, self.line)


class Group(NamedTuple):
    """People who are merged together, seen column by column."""

    addresses: list[str]
    names: list[str]
    values: Callable[[str], list[str]]  # of a merge field; "" for whoever has none
    recipient: Callable[[int], Recipient]  # each of them, counted from 0


def together(recipients: Sequence[Recipient]) -> Group:
    """See people as a group."""
    return Group(
        [recipient.address for recipient in recipients],
        [recipient.name for recipient in recipients],
        lambda field: [recipient.fields.get(field, "") for recipient in recipients],
        recipients.__getitem__,
    )


def entered_together(entered: Sequence[Entered]) -> Group:
    """See people of the journal as a group, without making Recipients of them; all under one header."""
    header = entered[0].header
    assert header is not None
    columns = [
        list(column) for column in zip(*[each.cells.split(UNIT_SEPARATOR) for each in entered], strict=True)
    ]
    places = dict(header.fields)

    def values(field: str) -> list[str]:
        if field in places:
            return columns[places[field]]
        return [each.recipient.fields.get(field, "") for each in entered]

    return Group(
        columns[places["address"]], columns[header.name], values, lambda number: entered[number].recipient
    )


class Reason(StrEnum):
    """Why somebody gets nothing any more; the values are stored."""

    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    BY_HAND = "by hand"


class Suppression(NamedTuple):
    """Someone who left."""

    address: str | None  # the key; None: erased, and only its keyed hash is kept
    reason: Reason
    at: datetime  # aware
    source: str  # who or what said so; "" once erased
