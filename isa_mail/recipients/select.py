"""Choose some people of the lists by what stands in their columns.

    lists, [("Gruppe", "Beirat")] -> the recipients whose cell below "Gruppe" is "Beirat"

Pure.
"""

from collections.abc import Sequence
from difflib import get_close_matches

from isa_mail.errors import ListError
from isa_mail.model import Recipient
from isa_mail.recipients.columns import field_name
from isa_mail.recipients.read import RecipientLists
from isa_mail.typography.languages import language_code


def select(lists: RecipientLists, where: Sequence[tuple[str, str]]) -> tuple[Recipient, ...]:
    """Keep the recipients for whom every (column, value) holds, case aside; "" is an empty cell.

    A column may be named as in the list or as its merge field is. Raises ListError for one that no list has.
    """
    conditions = [(_known_field(lists, column), _wanted(column, value)) for column, value in where]
    return tuple(
        recipient
        for recipient in lists.recipients
        if all(_value(recipient, field) == value for field, value in conditions)
    )


def _value(recipient: Recipient, field: str) -> str:
    if field == "language" and recipient.language:  # whatever word the list has for it
        return recipient.language
    return recipient.fields.get(field, "").casefold()


def _wanted(column: str, value: str) -> str:
    value = value.strip()
    if field_name(column) == "language":
        value = language_code(value) or value
    return value.casefold()


def _known_field(lists: RecipientLists, column: str) -> str:
    field = field_name(column)
    if field in lists.columns:
        return field
    nearest = get_close_matches(field, lists.columns, n=1)
    raise ListError(
        f"No list has a column {column!r}.",
        hint=f"Did you mean {nearest[0]!r}?" if nearest else f"The lists have: {', '.join(lists.columns)}.",
    )
