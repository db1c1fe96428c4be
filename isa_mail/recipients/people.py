"""What a list says of a person: the name among their cells, and one person of several rows.

    ("ann@example.org", "Ann", "Probe") -> "Ann Probe"
    Recipient("ann@example.org", fields={"first_name": "Ann"}), Recipient(…, fields={"city": "Ulm"}) -> one Recipient

Pure. `rows.py` asks for the name when it stages a row; from then on no cell is read in any other way than
`model.people.ListHeader` tells, so that a person is the same years later.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from isa_mail.model.people import UNIT_SEPARATOR, ListHeader, Recipient
from isa_mail.recipients.columns import Columns

_FIRST_CHINESE = "\u3400"  # nothing in Latin letters comes behind it
_OUTLOOK_ADDRESS = r"\s*\([^()]*@[^()]*\)$"  # "Ann Probe (ann@example.org)"
NO_NAME = ")"
"""A cell that ends so may hold no more than an address: "(ann@example.org)" is no name."""

GAP = f"{UNIT_SEPARATOR}{UNIT_SEPARATOR}"
"""What stands in the cells of a row, a UNIT_SEPARATOR before and after them, if one of them is empty."""


def list_header(file: str, columns: Columns) -> ListHeader:
    """Say what the cells of a list's staged rows stand for: its columns, and then the name."""
    name, known = len(columns.headers), dict(columns.known)
    said = known.pop("language", None)  # the field gives the code, where there is one
    # A column's own name comes first, even where its cell is empty: {{ Name }} is what stands below "Name".
    own = {field: index for index, field in columns.fields}
    fields = known | {"name": name} | own | {"address": known["address"]}
    return ListHeader(file, tuple(fields.items()), name, said)


def namer(columns: Columns) -> Callable[[Sequence[str]], str]:
    """Return what finds a person's name in the cells of a row: as the list has it, or put together from its parts."""
    known = columns.known
    name_at, first_at, last_at = known.get("name"), known.get("first_name"), known.get("last_name")

    def name_of(cells: Sequence[str]) -> str:
        name = "" if name_at is None else cells[name_at]
        if name.endswith(NO_NAME):
            name = re.sub(_OUTLOOK_ADDRESS, "", name)
        if name:
            return name
        return full_name(
            "" if first_at is None else cells[first_at], "" if last_at is None else cells[last_at]
        )

    return name_of


def are_filled(header: ListHeader, fields: Collection[str]) -> Callable[[str], bool] | None:
    """Return the question whether a row's cells alone give a value for each of these merge fields.

    None if one of them is no cell of the list's rows.
    """
    places = {**dict(header.fields), "name": header.name}
    wanted = [places.get(field) for field in fields if field != "address"]
    if None in wanted:
        return None

    def all_filled(cells: str) -> bool:
        values = cells.split(UNIT_SEPARATOR)
        return all([values[place] for place in wanted if place is not None])

    return all_filled


def person_header(file: str, fields: Iterable[str]) -> ListHeader:
    """Say what the cells of `person_cells` stand for: for people of whom more is known than one row says."""
    names = tuple(fields)
    return ListHeader(file, tuple(zip(names, range(len(names)), strict=True)), len(names), None)


def person_cells(person: Recipient, fields: Iterable[str]) -> str:
    """Write a person as cells, so that the `person_header` of the same fields, all of the person's, gives them back."""
    return UNIT_SEPARATOR.join([*(person.fields.get(field, "") for field in fields), person.name])


def fill(first: Recipient, others: Iterable[Recipient]) -> Recipient:
    """Fill the empty fields of the row that wins from the other rows of the same person, in their order."""
    person = first
    for other in others:
        fields = {**other.fields, **person.fields}
        if person.name in (
            "",
            _full_name(person.fields),
        ):  # made of its parts, of which there may be more now
            name = _full_name(fields) or other.name
            if person.fields.get("name", "") == person.name and name:
                fields["name"] = name
        else:
            name = person.name
        person = person._replace(name=name, language=person.language or other.language, fields=fields)
    return person


def full_name(first: str, last: str) -> str:
    """Join the parts of a name: "Anna Probe"; in Chinese characters the surname comes first, "林晓梅"."""
    if not (first and last):
        return first or last
    if first >= _FIRST_CHINESE and last >= _FIRST_CHINESE and all(map(_is_chinese, last + first)):
        return last + first
    return f"{first} {last}"


def _full_name(values: Mapping[str, str]) -> str:
    return full_name(values.get("first_name", ""), values.get("last_name", ""))


def _is_chinese(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff" or "\U00020000" <= char <= "\U0003ffff"
