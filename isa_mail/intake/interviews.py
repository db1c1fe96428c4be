"""Interviews in a pasted text: where one begins, and who speaks.

    "Am Rande sprach Jan Muster mit LIN Mei", "JM: Wie geht es?", "Lin Mei: Gut." -> begins, with JM and Lin Mei

Pure. A line announces an interview only if speakers follow; speakers alone are one if they take turns.
"""

import re
from collections.abc import Sequence

from isa_mail.intake import signs
from isa_mail.intake.links import link
from isa_mail.intake.people import is_name
from isa_mail.intake.quotations import Quotations
from isa_mail.intake.source import Line

_AHEAD = 12  # lines in which an interview must show its turns
_WITH = re.compile(r"\b(?:mit|with)\s+(?P<who>[^,，.]{3,60})")
_TITLE = {"de": "Interview", "en": "Interview", "zh": "访谈"}
_TITLE_WITH = {"de": "Interview mit {}", "en": "Interview with {}", "zh": "访谈：{}"}


def speaker_and_words(line: Line) -> tuple[str, Line] | None:
    """Split a line into who speaks and what is said; None if it opens with no speaker."""
    found = signs.turn(line.text)
    if found is None or link(line.text) is not None:
        return None
    if any(mark.kind == "link" and mark.start < found.end("speaker") for mark in line.marks):
        return None  # a speaker's name is no link in the letter
    return found["speaker"].strip().replace("*", ""), line.part(found.start("words"))


def speakers(lines: Sequence[Line], start: int, quotations: Quotations) -> list[str]:
    """Name who has a turn in the next lines from `start` on, turn by turn; a heading ends them."""
    found = []
    for index in range(start, min(len(lines), start + _AHEAD)):
        if lines[index].level:
            break
        spoken = speaker_and_words(lines[index])
        if spoken is not None and quotations.at(index) is None:
            found.append(spoken[0])
    return found


def is_lead(lines: Sequence[Line], index: int, quotations: Quotations) -> bool:
    """Say whether a line leads to an interview, and its first turn stands right below."""
    line = lines[index]
    if not signs.announces_interview(line.text) or signs.turn(line.text) or link(line.text):
        return False
    if index + 1 >= len(lines) or speaker_and_words(lines[index + 1]) is None:
        return False
    return len(set(speakers(lines, index + 1, quotations))) >= 2


def begins_without_lead(lines: Sequence[Line], index: int, quotations: Quotations) -> bool:
    """Say whether several people take turns from a line on, somebody more than once."""
    if speaker_and_words(lines[index]) is None or quotations.at(index) is not None:
        return False
    found = speakers(lines, index, quotations)
    return len(found) >= 3 and 2 <= len(set(found)) < len(found)


def title_from(lead: str, language: str) -> str:
    """Put a title together from the sentence that leads to an interview."""
    found = _WITH.search(lead)
    if found is not None and is_name(found["who"].strip()):
        return _TITLE_WITH[language].format(found["who"].strip())
    return _TITLE[language]
