"""From the lists to the audience of one run: staged, one person a key, nobody dropped in silence.

    recipients/members.csv, press.xlsx#Press -> StagedLists(reports, findings, refused, people one by one)

Joins recipients/ and store/. The first list wins, its empty fields are filled from the others. Memory stays flat
however long the lists are; what is staged is gone when the audience is let go of.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import chain, groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from isa_mail.model.findings import Finding, Place
from isa_mail.model.people import UNIT_SEPARATOR, JournalEntry, ListHeader, Recipient, RefusedRow, StagedRow

if TYPE_CHECKING:
    from isa_mail.recipients.read import OpenList, Understood
    from isa_mail.store.audience import Audience, Kind, Person, PersonsRow

_BATCH = 500  # rows in memory at a time


class ListSource(NamedTuple):
    """A list to be read: its file and, if it is a workbook, perhaps its sheet."""

    path: Path
    sheet: str | None = None


class ListReport(NamedTuple):
    """What one list held. rows = usable + duplicates + refused."""

    understood: "Understood"
    rows: int
    usable: int
    duplicates: int  # rows of people who stand on this list, or one before it, already
    refused: int

    @property
    def file(self) -> str:
        return self.understood.file


class Merged(NamedTuple):
    """A row that is no person of its own."""

    address: str
    into: Place  # the row that stands for the person
    place: Place
    filled: tuple[str, ...]  # the merge fields that this row gave


class StagedLists(NamedTuple):
    """All lists of a run, read and settled. `audience` must be closed by whoever asked for them."""

    audience: "Audience"
    headers: tuple[ListHeader, ...]  # by the number of the list
    lists: tuple[ListReport, ...]
    findings: tuple[Finding, ...]
    columns: tuple[str, ...]  # every merge field that the lists offer, sorted

    @property
    def recipients(self) -> "People":
        """All people, those who left included."""
        counts = self.audience.counts()
        return People(self, (tuple(counts),), sum(counts.values()))

    @property
    def refused(self) -> Iterator[RefusedRow]:
        return self.audience.refused()

    @property
    def refused_count(self) -> int:
        return sum(report.refused for report in self.lists)

    @property
    def duplicates(self) -> int:
        return sum(report.duplicates for report in self.lists)

    def merged(self) -> Iterator[Merged]:
        """Yield every row that is no person of its own, and what it gave to the one that stands for it."""
        for first, row in self.audience.duplicates():
            into, other = self._recipient(first), self._recipient(row)
            filled = tuple(sorted(set(other.fields) - set(into.fields)))
            yield Merged(into.address, into.place, other.place, filled)

    def people(self, kinds: "Iterable[Kind]") -> Iterator[tuple[int, Recipient]]:
        """Yield the people of some kinds in list order, each with the number that the audience knows them by."""
        for page in self.audience.pages(kinds):
            for (identity, *_), person in zip(page, self._people_of(page), strict=True):
                yield identity, person

    def search(self, words: Sequence[str], most: int) -> Iterator[tuple[Recipient, bool]]:
        """Yield the first people in whose row all `words` stand, and whether each has left."""
        for person, left in self.audience.search(words, most):
            yield self._whole(person), left

    def find(self, key: str) -> tuple[Recipient, bool] | None:
        """Return the person of this key, and whether they have left; None if there is no such person."""
        found = self.audience.find(key)
        return (self._whole(found[0]), found[1]) if found else None

    def keys(self, kinds: "Iterable[Kind]") -> Iterator[str]:
        """Yield the keys of the people of some kinds in list order, without making people of them."""
        return (row[2] for page in self.audience.pages(kinds) for row in page)

    def languages(self, kinds: "Iterable[Kind]") -> Iterator[str]:
        """Yield the language of the people of some kinds: its code, or the list's word for it; "" if it does not say.

        It stands in their rows, and people are made only of those who have several.
        """
        for page in self.audience.pages(kinds):
            for row in page:
                _, role, _, number, _, cells, language = row
                said = self.headers[number].language
                if role:
                    (person,) = self._people_of([row])
                    yield person.language or person.fields.get("language", "")
                else:
                    yield language or ("" if said is None else cells.split(UNIT_SEPARATOR)[said])

    def perhaps_without(self, fields: Collection[str], kinds: "Iterable[Kind]") -> Iterator[Recipient]:
        """Yield at least those people of some kinds who lack one of these merge fields.

        It is looked up in their rows, so that only those few need to be made whose row does not say; and where each
        list has these columns, only in rows that have a gap.
        """
        from isa_mail.recipients.people import GAP, are_filled

        filled = [are_filled(header, fields) for header in self.headers]

        def may_lack(row: "PersonsRow") -> bool:
            is_filled = filled[row[3]]
            return is_filled is None or not is_filled(row[5])

        for page in self.audience.pages(kinds, "" if None in filled else GAP):
            yield from self._people_of(list(filter(may_lack, page)))

    def entries(
        self,
        kinds: "Iterable[Kind]",
        letter: Callable[[str | None], str],
        finish: Callable[[Recipient], Recipient] | None,
    ) -> Iterator[JournalEntry]:
        """Yield the people of some kinds as the journal enters them, in list order; `journal_headers` tells how.

        `letter` chooses a letter by the person's language. A row goes as it is, unless more is known of the person.
        """
        from isa_mail.recipients.people import person_cells

        fields, further = self._fields_of_a_person, len(self.headers)
        letters: dict[str | None, str] = {}
        unasked = [header.unasked for header in self.headers]
        for page in self.audience.pages(kinds):
            for row in page:
                _, role, key, number, line, cells, language = row
                if role or finish:
                    (person,) = self._people_of([row])
                    person = finish(person) if finish else person
                    number, cells, language = further + number, person_cells(person, fields), person.language
                elif unasked[number]:
                    cells = _without(cells, unasked[number])
                if language not in letters:
                    letters[language] = letter(language)
                yield key, number, line, cells, language, letters[language]

    @property
    def journal_headers(self) -> tuple[ListHeader, ...]:
        """What the cells of `entries` stand for: those of each list, and then of people of whom more is known."""
        from isa_mail.recipients.people import person_header

        further = (person_header(header.file, self._fields_of_a_person) for header in self.headers)
        return (*self.headers, *further)

    @property
    def _fields_of_a_person(self) -> tuple[str, ...]:
        """All merge fields that anybody may have: those of every list, and what a run adds."""
        named = (field for header in self.headers for field, _ in header.fields)
        return tuple(dict.fromkeys((*named, *self.columns, "language", "greeting")))

    def _people_of(self, rows: "Sequence[PersonsRow]") -> list[Recipient]:
        """Make people of the rows that stand for them; the gaps of a row are filled from the person's others."""
        people: list[Recipient] = []
        for number, group in groupby(rows, key=itemgetter(3)):
            _, _, _, _, lines, cells, languages = zip(*group, strict=True)
            people += self.headers[number].recipients(cells, languages, lines)
        for place, (identity, role, *_) in enumerate(rows):
            if role:
                people[place] = self._filled(people[place], identity)
        return people

    def _recipient(self, row: StagedRow) -> Recipient:
        return self.headers[row.list].recipient(row.cells, row.language, row.line)

    def _whole(self, person: "Person") -> Recipient:
        first = self._recipient(person.row)
        return self._filled(first, person.id) if person.others else first

    def _filled(self, first: Recipient, identity: int) -> Recipient:
        """Fill the gaps of the row that stands for a person from the others."""
        from isa_mail.recipients.people import fill

        return fill(first, map(self._recipient, self.audience.others(identity)))


def _without(cells: str, places: Iterable[int]) -> str:
    """Empty some cells: what no letter can ask for is not kept."""
    values = cells.split(UNIT_SEPARATOR)
    for place in places:
        values[place] = ""
    return UNIT_SEPARATOR.join(values)


class People:
    """Some people of the audience: counted already, made one by one, each time they are gone through anew."""

    def __init__(
        self,
        lists: StagedLists,
        groups: "tuple[tuple[Kind, ...], ...]",
        number: int,
        limit: int | None = None,
        finish: Callable[[Recipient], Recipient] | None = None,
    ) -> None:
        """Take groups one after the other, each in list order; `number` is how many they are, whatever the limit.

        `finish` adds what only the run knows of a person.
        """
        self.lists = lists
        self.groups = groups
        self.number = number
        self.limit = limit
        self.finish = finish

    def __len__(self) -> int:
        return self.number if self.limit is None else min(self.number, self.limit)

    def __iter__(self) -> Iterator[Recipient]:
        everyone = (person for group in self.groups for _, person in self.lists.people(group))
        chosen = islice(everyone, self.limit)
        return chosen if self.finish is None else map(self.finish, chosen)

    def keys(self) -> Iterator[str]:
        """Yield their keys, in the same order."""
        return islice((key for group in self.groups for key in self.lists.keys(group)), self.limit)

    def languages(self) -> Counter[str]:
        """Count them by their language."""
        if all(header.language is None for header in self.lists.headers):
            return Counter({"": len(self)} if len(self) else {})
        return Counter(
            islice((each for group in self.groups for each in self.lists.languages(group)), self.limit)
        )

    def entries(self, letter: Callable[[str | None], str]) -> Iterator[JournalEntry]:
        """Yield all of them, whatever the limit, as the journal enters them; see `StagedLists.entries`."""
        return chain.from_iterable(self.lists.entries(group, letter, self.finish) for group in self.groups)

    def perhaps_without(self, fields: Collection[str]) -> Iterator[Recipient]:
        """Yield at least those who lack one of these merge fields, whatever the limit."""
        found = (person for group in self.groups for person in self.lists.perhaps_without(fields, group))
        return found if self.finish is None else map(self.finish, found)

    def __add__(self, other: "People") -> "People":
        groups, number = self.groups + other.groups, self.number + other.number
        return People(self.lists, groups, number, self.limit, self.finish)

    def up_to(self, limit: int | None) -> "People":
        """Give the first so many of them; None: all."""
        return People(self.lists, self.groups, self.number, limit, self.finish)


def stage_lists(sources: Sequence[ListSource], audience: "Audience", *, root: Path) -> StagedLists:
    """Read lists in this order into an empty audience; `root` is the workspace, which places are relative to.

    Raises ListError if one of them cannot be read at all.
    """
    from isa_mail.recipients.read import open_list

    opened: list[OpenList] = []
    findings: list[Finding] = []
    figures: list[tuple[int, int]] = []
    for number, source in enumerate(sources):
        one = open_list(source.path, root=root, sheet=source.sheet, number=number)
        figures.append(_stage(one, audience, findings))
        opened.append(one)
    audience.settle()
    duplicates = audience.duplicates_by_list()
    reports = (
        ListReport(
            one.understood,
            rows + refused,
            rows - duplicates.get(number, 0),
            duplicates.get(number, 0),
            refused,
        )
        for number, (one, (rows, refused)) in enumerate(zip(opened, figures, strict=True))
    )
    offered = frozenset[str]().union(*(one.offered for one in opened))
    headers = tuple(one.header for one in opened)
    return StagedLists(audience, headers, tuple(reports), tuple(findings), tuple(sorted(offered)))


def _stage(opened: "OpenList", audience: "Audience", findings: list[Finding]) -> tuple[int, int]:
    """Stage one list; return how many rows were taken, and how many refused."""
    taken = refused = 0
    while batch := list(islice(opened.entries, _BATCH)):
        rows = [entry for entry in batch if isinstance(entry, StagedRow)]
        audience.stage(rows)
        taken += len(rows)
        if len(rows) < len(batch):
            rejected = [entry for entry in batch if isinstance(entry, RefusedRow)]
            audience.refuse(rejected)
            refused += len(rejected)
            findings.extend(entry for entry in batch if isinstance(entry, Finding))
    return taken, refused
