"""Make a person of a staged row, and one person of several rows.

    StagedRow("ann@example.org", 0, 7, "Ann@example.org\\x1fAnn"), its list's columns
        -> Recipient("Ann@example.org", name="Ann", fields={"address": …, "e_mail": …, "first_name": "Ann", …})

Pure. `rows.py` has checked the row; here its cells become merge values.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import NamedTuple

from isa_mail.model.findings import Place
from isa_mail.model.people import UNIT_SEPARATOR, Recipient, StagedRow
from isa_mail.recipients.columns import Columns
from isa_mail.typography.languages import language_code

_CHINESE = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+")
_OUTLOOK_ADDRESS = re.compile(r"\s*\([^()]*@[^()]*\)$")  # "Ann Probe (ann@example.org)"


class ListHeader(NamedTuple):
    """What a staged row needs to be understood: the list it came from."""

    file: str
    columns: Columns

    def cells_of(self, fields: Collection[str]) -> Callable[[str], bool]:
        """Return the question whether a row's cells alone give a value for each of these merge fields.

        False for a field that is no column, because it is put together or is not there at all.
        """
        columns = self.columns
        places = {**columns.known, **{field: index for index, field in columns.fields}}
        places |= {"name": columns.known["name"]} if "name" in columns.known else {}
        wanted = [places.get(field) for field in fields if field != "address"]
        if None in wanted:
            return lambda cells: False

        def all_filled(cells: str) -> bool:
            values = cells.split(UNIT_SEPARATOR)
            found = [values[place] for place in wanted if place is not None]
            # "(ann@example.org)" is no name: see recipient_of
            return all([value and not value.isspace() and value[-1] != ")" for value in found])

        return all_filled


def recipient_of(row: StagedRow, source: ListHeader) -> Recipient:
    """Make a person of one row."""
    columns, cells = source.columns, row.cells.split(UNIT_SEPARATOR)
    known = columns.known
    address = cells[known["address"]]
    values = {meaning: cells[index] for meaning, index in known.items()}
    name = values.get("name", "")
    if name.endswith(")"):
        name = _OUTLOOK_ADDRESS.sub("", name)
    if not name:
        pasted = cells[len(columns.headers)] if len(cells) > len(columns.headers) else ""
        name = full_name(values) or pasted
    said = values.get("language", "")
    language = language_code(said) if said else None
    values["name"], values["language"] = name, language or said
    # A column's own name comes first, even where its cell is empty: {{ Name }} is what stands below "Name".
    for index, field in columns.fields:
        values[field] = cells[index]
    values["address"] = address
    fields = {name: value for name, value in values.items() if value}
    return Recipient(address, name, language, fields, Place(source.file, row.line))


def fill(first: Recipient, others: Iterable[Recipient]) -> Recipient:
    """Fill the empty fields of the row that wins from the other rows of the same person, in their order."""
    person = first
    for other in others:
        fields = {**other.fields, **person.fields}
        if person.name in ("", full_name(person.fields)):  # made of its parts, of which there may be more now
            name = full_name(fields) or other.name
            if person.fields.get("name", "") == person.name and name:
                fields["name"] = name
        else:
            name = person.name
        person = person._replace(name=name, language=person.language or other.language, fields=fields)
    return person


def full_name(values: Mapping[str, str]) -> str:
    """Join the parts of a name: "Anna Probe"; in Chinese characters the surname comes first, "林晓梅"."""
    first, last = values.get("first_name", ""), values.get("last_name", "")
    if _CHINESE.fullmatch(last) and _CHINESE.fullmatch(first):
        return last + first
    return " ".join(filter(None, (first, last)))
