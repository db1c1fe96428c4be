"""Choose some people of the lists by what stands in their columns.

    [("Gruppe", "Beirat")], the lists' merge fields -> a question: does a recipient's cell below "Gruppe" say "Beirat"?

Pure.
"""

from collections.abc import Callable, Collection, Sequence
from difflib import get_close_matches

from isa_mail.errors import ListError
from isa_mail.model import Recipient
from isa_mail.recipients.columns import field_name
from isa_mail.typography.languages import language_code


def selector(where: Sequence[tuple[str, str]], offered: Collection[str]) -> Callable[[Recipient], bool]:
    """Return the question whether every (column, value) holds for a recipient, case aside; "" is an empty cell.

    `offered` are the merge fields of all lists. A column may be named as in the list or as its merge field is.
    Raises ListError for one that no list has.
    """
    conditions = [(_known_field(offered, column), _wanted(column, value)) for column, value in where]
    return lambda recipient: all(_value(recipient, field) == value for field, value in conditions)


def _value(recipient: Recipient, field: str) -> str:
    if field == "language" and recipient.language:  # whatever word the list has for it
        return recipient.language
    return recipient.fields.get(field, "").casefold()


def _wanted(column: str, value: str) -> str:
    value = value.strip()
    if field_name(column) == "language":
        value = language_code(value) or value
    return value.casefold()


def _known_field(offered: Collection[str], column: str) -> str:
    field = field_name(column)
    if field in offered:
        return field
    nearest = get_close_matches(field, offered, n=1)
    raise ListError(
        f"No list has a column {column!r}.",
        hint=f"Did you mean {nearest[0]!r}?" if nearest else f"The lists have: {', '.join(sorted(offered))}.",
    )
