"""Which merge fields keep an edition from going out, and for whom.

    {{ anrede }} in 10-editorial.txt:4, nobody's "anrede" in members.csv:9 -> MergeError naming both places

Pure. One error a field, however many people lack it; `merge.py` knows what a recipient lacks.
"""

from collections.abc import Collection, Iterable, Mapping

from isa_mail.errors import MergeError
from isa_mail.message.merge import missing
from isa_mail.message.template import MessageTemplate
from isa_mail.model.merging import MergeField
from isa_mail.model.people import Recipient

_PLACES = 5  # shown of those who lack a value; the count is whole


def required_fields(templates: Iterable[MessageTemplate]) -> frozenset[str]:
    """Return the names of all fields without a fallback, in whatever letter."""
    return frozenset(
        field.name for template in templates for field in template.fields if field.fallback is None
    )


def lacking_errors(
    templates: Mapping[str, MessageTemplate],
    people: Iterable[tuple[Recipient, str]],
    columns: Collection[str],
) -> tuple[MergeError, ...]:
    """Check every person against the letter of their language; empty if all can be merged.

    `people` are recipients with the language of their letter, `columns` the names that the lists offer.
    """
    lacking: dict[str, tuple[MergeField, list[Recipient]]] = {}
    for recipient, language in people:
        for field in missing(templates[language], recipient):
            lacking.setdefault(field.name, (field, []))[1].append(recipient)
    return tuple(_error(field, who, columns) for field, who in lacking.values())


def _error(field: MergeField, who: list[Recipient], columns: Collection[str]) -> MergeError:
    fallback = f"{{{{ {field.name} | … }}}}"
    if field.name not in columns:
        from difflib import get_close_matches

        near = get_close_matches(field.name, columns, 1, 0.6)
        instead = f"Did you mean {{{{ {near[0]} }}}}? " if near else ""
        return MergeError(
            f"No list has a column for the merge field {{{{ {field.name} }}}}.",
            place=field.place,
            hint=f"{instead}Columns here: {', '.join(sorted(columns))}. Or give it a fallback: {fallback}.",
        )
    places = ", ".join(str(recipient.place) for recipient in who[:_PLACES])
    more = f" and {len(who) - _PLACES} more" if len(who) > _PLACES else ""
    return MergeError(
        f"The merge field {{{{ {field.name} }}}} has no value for {places}{more}, and no fallback.",
        place=field.place,
        hint=f"Fill in the column there, or give the field a fallback: {fallback}.",
    )
