"""Characters that nobody meant to write: T101 to T104.

    "Mu\\u0308he\\u00adlos" -> "Mühelos"

Pure. What a reader sees stays the same; what programs find when they search, compare and break lines becomes right.
"""

import re
import unicodedata
from collections.abc import Iterator

from isa_mail.typography.change import Change

_COMPOSED = re.compile(r".[\u0300-\u036f\u3099\u309a]+|[\u1100-\u11ff]+", re.DOTALL)
_INVISIBLE = re.compile(r"[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u180e]+")
_JOINERS = re.compile(
    r"(?<![\u0600-\u1fff\u2190-\U0010ffff])[\u200c\u200d]+(?![\u2190-\U0010ffff])"
)  # not in emoji
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_LIGATURE = re.compile("[ﬀ-ﬆ]")


def character_changes(line: str) -> Iterator[Change]:
    """Find what only programs see."""
    for found in _COMPOSED.finditer(line):
        composed = unicodedata.normalize("NFC", found[0])
        if composed != found[0]:
            yield Change(found.start(), found.end(), composed, "T101")
    for found in re.finditer("\u00ad+", line):
        yield Change(found.start(), found.end(), "", "T102")
    for pattern in (_INVISIBLE, _JOINERS):
        for found in pattern.finditer(line):
            yield Change(found.start(), found.end(), "", "T103")
    for found in _LIGATURE.finditer(line):
        yield Change(found.start(), found.end(), _LIGATURES[found[0]], "T104")
