"""What the preview is given to show.

    Draft("2019-10", {"de": Letter("Guten Tag, Frau Probe", "<!doctype html>...", "Guten Tag ...", (logo,))})

Pure: values only. `pipeline` makes them from a rendering; `site.py` shows them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from isa_mail.model import Picture


@dataclass(frozen=True, slots=True)
class Letter:
    """The draft in one language, as one reader would get it: no merge field is left."""

    subject: str
    html: str = field(repr=False)  # names its pictures as cid: + content_id, as the mail will
    text: str = field(repr=False)  # lines end in "\n"
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """One edition as it stands now. `letters` holds at least one, by language; the first is shown first."""

    edition: str
    letters: Mapping[str, Letter]
