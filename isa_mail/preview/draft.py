"""What the preview is given to show.

    Draft("2026-09", {"de": DraftLetter("<!doctype html>...", "Guten Tag ...", "Neues aus der Allianz", (logo,))})

Pure: values only. `pipeline` makes them from a rendering, `current.py` keeps the newest, `site.py` shows it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from isa_mail.model import Picture


@dataclass(frozen=True, slots=True)
class DraftLetter:
    """The draft in one language, as a reader would get it: no merge field is left."""

    html: str = field(repr=False)  # names its pictures as cid: + content_id, as the mail will
    text: str = field(repr=False)  # lines end in "\n"
    subject: str
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """One edition as it stands now. `letters` holds at least one, by language; the first is shown first."""

    edition: str
    letters: Mapping[str, DraftLetter]
