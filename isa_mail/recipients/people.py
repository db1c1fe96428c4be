"""Make a person of a staged row, and one person of several rows.

    StagedRow("ann@example.org", 0, 7, "Ann@example.org\\x1fAnn"), its list's columns
        -> Recipient("Ann@example.org", name="Ann", fields={"address": …, "e_mail": …, "first_name": "Ann", …})

Pure. `rows.py` has checked the row; here its cells become merge values.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cached_property

from isa_mail.model.findings import Place
from isa_mail.model.people import UNIT_SEPARATOR, Recipient, StagedRow
from isa_mail.recipients.columns import Columns
from isa_mail.typography.languages import language_code

_FIRST_CHINESE = "\u3400"  # nothing in Latin letters comes behind it
_NO_NAME = ")"  # "(ann@example.org)" is no name: see `recipient`
GAPS = (f"{UNIT_SEPARATOR}{UNIT_SEPARATOR}", f"{_NO_NAME}{UNIT_SEPARATOR}")
"""What stands in the cells of a row, a UNIT_SEPARATOR before and after each, if one gives no value, or perhaps none."""

_MADE = ("name", "language")  # not simply what stands in the cell
_PARTS = ("first_name", "last_name")
_OUTLOOK_ADDRESS = re.compile(r"\s*\([^()]*@[^()]*\)$")  # "Ann Probe (ann@example.org)"


class ListHeader:
    """What a staged row needs to be understood: the list it came from."""

    def __init__(self, file: str, columns: Columns) -> None:
        self.file = file
        self.columns = columns

    @cached_property
    def recipient(self) -> Callable[[StagedRow], Recipient]:
        """What makes a person of a row; whatever is the same for all rows of the list is found out once."""
        file, known, width = self.file, self.columns.known, len(self.columns.headers)
        at, name_at, language_at = known["address"], known.get("name"), known.get("language")
        # A column's own name comes first, even where its cell is empty: {{ Name }} is what stands below "Name".
        own = {field: index for index, field in self.columns.fields}
        read = {
            field: index for field, index in {**known, **own}.items() if field in own or field not in _MADE
        }
        as_they_are = tuple(read.items())

        def recipient(row: StagedRow) -> Recipient:
            cells = row.cells.split(UNIT_SEPARATOR)
            fields = {field: value for field, index in as_they_are if (value := cells[index])}
            name = cells[name_at] if name_at is not None else ""
            if name[-1:] == _NO_NAME:
                name = _OUTLOOK_ADDRESS.sub("", name)
            if not name:
                pasted = cells[width] if len(cells) > width else ""
                name = full_name({part: cells[known[part]] for part in _PARTS if part in known}) or pasted
            said = cells[language_at] if language_at is not None else ""
            language = language_code(said) if said else None
            if name and "name" not in read:
                fields["name"] = name
            if said and "language" not in read:
                fields["language"] = language or said
            fields["address"] = address = cells[at]
            return Recipient(address, name, language, fields, Place(file, row.line))

        return recipient

    def are_filled(self, fields: Collection[str]) -> Callable[[str], bool] | None:
        """Return the question whether a row's cells alone give a value for each of these merge fields.

        None if one of them is no column, because it is put together or is not there at all.
        """
        columns = self.columns
        places = {**columns.known, **{field: index for index, field in columns.fields}}
        places |= {"name": columns.known["name"]} if "name" in columns.known else {}
        wanted = [places.get(field) for field in fields if field != "address"]
        if None in wanted:
            return None

        def all_filled(cells: str) -> bool:
            values = cells.split(UNIT_SEPARATOR)
            found = [values[place] for place in wanted if place is not None]
            return all([value and value[-1] != _NO_NAME for value in found])

        return all_filled


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
    if last >= _FIRST_CHINESE and first >= _FIRST_CHINESE and all(map(_is_chinese, last + first)):
        return last + first
    return " ".join(filter(None, (first, last)))


def _is_chinese(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff" or "\U00020000" <= char <= "\U0003ffff"
