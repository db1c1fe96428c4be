"""glossary.txt: how the publication writes its words.

    Wasser Plus Messe -> „Wasser Plus“-Messe      is written so
    ST-IR                                             is left alone by everything that corrects

Edge: reads one file, which is committed with the workspace.
"""

from pathlib import Path

from isa_mail.errors import SettingsError
from isa_mail.model.findings import Glossary, Place
from isa_mail.typography.encoding import decode

_ARROWS = ("->", "→", "=>")


def read_glossary(path: Path) -> Glossary:
    """Read glossary.txt; no file is an empty one. Raises SettingsError for a line that says nothing."""
    try:
        text = decode(path.read_bytes()).text
    except FileNotFoundError:
        return Glossary()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{path.name} cannot be read.",
            place=Place(path.name),
            hint="Save it again as plain text in UTF-8.",
        ) from error
    right: dict[str, str] = {}
    keep: list[str] = []
    for number, line in enumerate(text.split("\n"), 1):
        entry = line.strip()
        if not entry or entry.startswith("#"):
            continue
        arrow = next((mark for mark in _ARROWS if mark in entry), None)
        if arrow is None:
            keep.append(entry)
            continue
        wrong, _, good = (part.strip() for part in entry.partition(arrow))
        if not wrong or not good or wrong == good:
            raise SettingsError(
                f"The line {entry!r} names no two spellings.",
                place=Place(path.name, number),
                hint="Write: how it is not to be written -> how it is written. A name to leave alone stands by itself.",
            )
        right[wrong] = good
    return Glossary(right, tuple(keep))
