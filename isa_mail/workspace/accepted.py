"""accepted.txt: what `check` found and a person has accepted, so that it is silent next time.

    P104                                                               the whole kind, wherever it is found
    T128 editions/2026-09/de/20-reise.txt: The quotation mark „ …      this very finding, wherever its line has moved to

Edge: reads and writes one file, which belongs to the workspace and is committed with it: what one person has accepted,
the others need not look at. A finding is known by code, file and message, never by its line. What blocks sending is
accepted one by one only.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from isa_mail.errors import SettingsError
from isa_mail.model.findings import Finding, Place, Severity
from isa_mail.typography.encoding import decode

_HEAD = (
    "# What `isa-mail check` found and somebody has accepted. Delete a line, and the finding is told again.\n"
)


class Accepted(NamedTuple):
    """What the file says."""

    kinds: frozenset[str] = frozenset()  # codes
    single: frozenset[str] = frozenset()  # lines as `line` writes them

    def covers(self, finding: Finding) -> bool:
        """Say whether a finding is accepted, by itself or with its kind."""
        by_kind = finding.code in self.kinds and finding.severity is not Severity.BLOCKS
        return by_kind or line(finding) in self.single


def line(finding: Finding) -> str:
    """Write one finding as a line of the file."""
    return f"{finding.code} {finding.place.file}: {' '.join(finding.message.split())}"


def read_accepted(path: Path) -> Accepted:
    """Read accepted.txt; no file accepts nothing. Raises SettingsError if it cannot be read."""
    entries = [entry for entry in _lines(path) if entry and not entry.startswith("#")]
    return Accepted(
        frozenset(entry for entry in entries if " " not in entry),
        frozenset(entry for entry in entries if " " in entry),
    )


def add_accepted(path: Path, entries: Iterable[str]) -> None:
    """Add lines that are not there yet; the file is written as a whole or not at all."""
    there = _lines(path)
    new = [entry for entry in dict.fromkeys(entries) if entry not in there]
    if not new:
        return
    text = "".join(f"{entry}\n" for entry in there) if there else _HEAD
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(text + "".join(f"{entry}\n" for entry in new), encoding="utf-8", newline="\n")
    os.replace(fresh, path)  # noqa: PTH105 (Path.replace is the same)


def _lines(path: Path) -> list[str]:
    try:
        return [entry.strip() for entry in decode(path.read_bytes()).text.rstrip("\n").split("\n")]
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{path.name} cannot be read.",
            place=Place(path.name),
            hint="Save it again as plain text in UTF-8, or delete it: then nothing is accepted.",
        ) from error
