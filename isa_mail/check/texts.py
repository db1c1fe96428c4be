"""The texts that were checked, to find in them the line that something stands in.

    Texts({"isa-mail.toml": (…)}).setting("sender") -> Place("isa-mail.toml", 3)

Pure.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from isa_mail.model.findings import Place

SETTINGS = "isa-mail.toml"


class Texts(NamedTuple):
    """The files that an edition was read from, to find lines in: by name, as places name them."""

    lines: Mapping[str, tuple[str, ...]]

    def setting(self, name: str, table: str = "") -> Place:
        """Find the line of a setting in isa-mail.toml, in one of its tables or above them; else the file."""
        lines = self.lines.get(SETTINGS, ())
        head = re.compile(rf"\s*\[\s*{table}\s*\]")
        start = next((n for n, line in enumerate(lines) if head.match(line)), 0) if table else 0
        for number in range(start, len(lines)):
            if re.match(rf"\s*{name}\s*=", lines[number]):
                return Place(SETTINGS, number + 1)
        return Place(SETTINGS)

    def locate(self, place: Place, wanted: str) -> Place:
        """Find the line in which something stands: from `place` on, as far as the paragraph goes; else `place`.

        Without a line, the whole file is looked through.
        """
        lines = self.lines.get(place.file, ())
        start = (place.line or 1) - 1
        for number in range(start, len(lines)):
            if wanted in lines[number]:
                return place._replace(line=number + 1)
            if place.line is not None and not lines[number].strip(" >\t"):
                break
        return place
