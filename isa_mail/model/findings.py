"""Where something stands, and what a person should know about it.

    Finding("T201", WARNING, Place("editions/2026-10/10-editorial.txt", 12), "…", "…", Edit(…))

Pure: values, no behaviour beyond what a value can say about itself.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple


class Place(NamedTuple):
    """A spot in a file. `file` is relative to the workspace, with "/", as a person would type it."""

    file: str
    line: int | None = None  # counted from 1; None: the file as a whole

    def __str__(self) -> str:
        return self.file if self.line is None else f"{self.file}:{self.line}"


NOWHERE = Place("")
"""Where a value stands that was read from no file."""


class Severity(StrEnum):
    """How much a finding matters."""

    BLOCKS = "blocks"  # the edition must not be sent like this
    WARNING = "warning"
    HINT = "hint"


class Edit(NamedTuple):
    """One change that a rule of typography/ proposes: in the line of `place`, `before` becomes `after`.

    `start` and `end` count characters of that line from 0: line[start:end] == before. The edits of one text never
    overlap, so any choice of them can be applied. No edit changes a word, except that T301 takes a hyphen out.
    """

    rule: str  # stable, e.g. "T201"; `typography.rules.RULES` says what it means
    place: Place
    start: int
    end: int
    before: str
    after: str
    safe: bool  # may be applied unasked; else a person has to say yes, since the text may be meant


class Finding(NamedTuple):
    """Something a person should look at; never a reason to change a text in silence."""

    code: str  # stable, e.g. "C101"; docs/findings.md lists them all
    severity: Severity
    place: Place
    message: str  # what was found, a sentence
    hint: str  # what to do about it, a sentence
    edit: Edit | None = None  # what would mend it, if that can be said


class Check(NamedTuple):
    """One thing that `doctor` has looked at."""

    name: str  # e.g. "Login"
    said: str  # what was found
    hint: str = ""  # what to do about it; "": nothing
    severity: Severity | None = None  # BLOCKS: it fails, WARNING: it may go wrong; None: it is well


class Glossary(NamedTuple):
    """How the publication writes its words."""

    right: Mapping[str, str] = MappingProxyType({})  # by how it is not to be written
    keep: tuple[str, ...] = ()  # words and phrases that nothing corrects
