"""What a letter keeps open for each recipient.

    ("Guten Tag ", MergeField("name", "zusammen", place), ",")        as staff wrote it
    ("<p>Guten Tag ", Hole(MergeField(…), Escape.HTML), ",</p>")      as it was rendered

Pure: values.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from isa_mail.model.findings import Place


@dataclass(frozen=True, slots=True)
class MergeField:
    """`{{ name | fallback }}`. `name` is case-folded; a fallback of None means that a value is required."""

    name: str
    fallback: str | None
    place: Place = field(compare=False)


PlainText: TypeAlias = tuple[str | MergeField, ...]
"""Text in which merge fields may stand. No empty string, no two strings side by side."""


class Escape(StrEnum):
    """How a merged value is written at its spot."""

    TEXT = "text"  # as it is: plain-text part, subject
    HTML = "html"  # & < > " ' as character references, in text and in attributes
    URL = "url"  # percent-encoded UTF-8, only unreserved characters left (RFC 3986 section 2.3)


class Hole(NamedTuple):
    """A spot that each recipient's value goes into."""

    field: MergeField
    escape: Escape


Template: TypeAlias = tuple[str | Hole, ...]
"""A rendered part: fixed text and holes. No empty string, no two strings side by side."""
