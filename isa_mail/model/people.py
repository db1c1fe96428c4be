"""The people on the lists, and those who left.

Pure: values.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from isa_mail.model.findings import Place


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


class StagedRow(NamedTuple):
    """A usable row on its way into the audience, as compact as a million of them ask for."""

    key: str  # of the person: the address in lower case
    list: int  # which list of the run, counted from 0
    line: int | None  # where the row stands in it
    cells: str  # the row's cells, clean, the address as it goes on the wire; joined by UNIT_SEPARATOR


UNIT_SEPARATOR = "\x1f"
"""A control character, and so in no clean cell."""


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
