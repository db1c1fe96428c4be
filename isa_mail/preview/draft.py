"""What the preview is given to show.

    Draft("2026-09", languages=("de", "zh"), message=..., …)   draft.message("de", None) -> b"From: …", the mail itself

Pure: values only. `pipeline/previewing.py` makes them, `current.py` keeps the newest, `site.py` and `export.py` show
it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from isa_mail.model.findings import Finding
from isa_mail.model.people import Recipient
from isa_mail.model.publication import Fingerprint
from isa_mail.model.rendering import Picture


@dataclass(frozen=True, slots=True)
class Source:
    """A file that somebody typed, as it was read for the draft."""

    file: str  # as places name it
    text: str  # lines end in "\n"
    is_running: bool  # running text; edition.txt is not, each of its lines stands for itself


@dataclass(frozen=True, slots=True)
class Limit:
    """How large something may be, in octets."""

    warn: int
    most: int
    words: str  # what happens above it


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether the last build is this draft."""

    is_current: bool
    words: str
    hint: str  # what to do next


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """One edition as it stands now, rendered and compiled, for any reader."""

    edition: str
    title: str
    languages: tuple[str, ...]  # at least one; the first is shown first
    fingerprint: Fingerprint
    standing: Standing
    findings: tuple[Finding, ...]
    sources: Mapping[str, tuple[Source, ...]]  # by language, in the letter's order
    shades: Mapping[str, Mapping[str, str]]  # "light" and "dark": the letter's colours by their names
    linked: Mapping[str, Picture]  # pictures that the letter shows from the web, by address: not there yet
    limits: Mapping[str, Limit]  # of "html" and "message"
    message: Callable[[str, Recipient | None], bytes] = field(repr=False)
    """The mail in a language for a person, or for nobody in particular. Raises MergeError."""
    list_findings: Callable[[], tuple[Finding, ...] | None] = field(repr=False)
    """What is found about the lists, which may take a while; None: they are too long to be looked at here."""
    language_of: Callable[[Recipient], str] = field(repr=False)
    """The language of the letter that a person gets."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody on the lists."""

    recipient: Recipient
    left: bool  # and gets nothing


class Readers(Protocol):
    """The people of the lists. Both raise ListError or StoreError where the lists cannot be read."""

    def search(self, words: str) -> tuple[Reader, ...]:
        """Find the first few in whose row all words stand; without words, the first few of all."""
        ...

    def find(self, key: str) -> Reader | None:
        """Find the person of this key, if there still is one."""
        ...
