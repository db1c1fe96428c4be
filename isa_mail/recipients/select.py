"""Choose some people of the lists by what stands in their columns.

    [("Gruppe", "Beirat")], the lists' merge fields -> a question: does a recipient's cell below "Gruppe" say "Beirat"?

Pure.
"""

from collections.abc import Callable, Collection, Sequence

from isa_mail.errors import ListError
from isa_mail.model.people import Recipient
from isa_mail.recipients.columns import field_name, meaning_of
from isa_mail.typography.languages import language_code


def selector(where: Sequence[tuple[str, str]], offered: Collection[str]) -> Callable[[Recipient], bool]:
    """Return the question whether every (column, value) holds for a recipient, case aside; "" is an empty cell.

    `offered` are the merge fields of all lists. A column may be named as in the list or as its merge field is.
    Raises ListError for one that no list has.
    """
    conditions = [_condition(_known_field(offered, column), value.strip()) for column, value in where]
    return lambda recipient: all(holds(recipient) for holds in conditions)


def _condition(field: str, value: str) -> Callable[[Recipient], bool]:
    if field == "language" and (code := language_code(value)):  # whatever word the list has for it
        return lambda recipient: recipient.language == code
    wanted = value.casefold()
    return lambda recipient: recipient.fields.get(field, "").casefold() == wanted


def _known_field(offered: Collection[str], column: str) -> str:
    field = "language" if meaning_of(column) == "language" else field_name(column)
    if field in offered:
        return field
    from difflib import get_close_matches

    nearest = get_close_matches(field, offered, n=1)
    raise ListError(
        f"No list has a column {column!r}.",
        hint=f"Did you mean {nearest[0]!r}?" if nearest else f"The lists have: {', '.join(sorted(offered))}.",
    )
