"""Make and build a workspace whose letter has a given size, to measure how fast it is sent.

    python bench/send_workspace.py DIR --kilobytes 60 --sessions 10

The name stands in the subject, and three times in each part, the address in a link of both, as newsletters have them.
Prints the size of the built message in octets.
"""

import argparse
import random
import subprocess
import sys
from pathlib import Path

SETTINGS = """\
name = "Uferpost"
sender = "Uferpost <letters@example.org>"
list_id = "uferpost.example.org"
imprint = "Verein der Ufer e. V., Hafengasse 1, 00815 Grünhafen"
languages = ["de"]
lists = ["members.csv"]

[delivery]
sessions = {sessions}
messages_per_minute = 0
"""
EDITION = """\
Title: Uferpost im Oktober
Preheader: Neues vom Ufer, aus Stadt und Land
Date: 2026-10-05
Language: de
Subject: Post für {{ name }}
"""
FIRST = """\
Title: Guten Tag

Guten Tag {{ name }}, hier ist die Post vom Ufer.
"""
MIDDLE = """\
Title: Ein Angebot

Für Sie, {{ name }}: ein Angebot für unsere Leserinnen.
"""
LAST = """\
Title: Abmelden

Dieser Brief ging an {{ name }}. [Abmelden](https://example.org/u?e={{ address }})
"""
WORDS = (
    *(
        "Markt",
        "Garten",
        "Brief",
        "Rat",
        "Wetter",
        "Winter",
        "Bahnhof",
        "Museum",
        "Leserin",
        "Fluss",
        "Abend",
    ),
    *(
        "Kultur",
        "Fenster",
        "Ernte",
        "Schule",
        "Theater",
        "Sommer",
        "Straße",
        "Fähre",
        "Konzert",
        "Küche",
        "Brot",
    ),
    *("Geschichte", "Brücke", "Börse", "Messe", "Ufer", "Hafen", "Stadt", "Verein"),
)


def main() -> None:
    """Make the workspace."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kilobytes", type=int, default=60)
    parser.add_argument("--sessions", type=int, default=1)
    wanted = parser.parse_args()
    print(make_workspace(wanted.folder, wanted.kilobytes * 1024, wanted.sessions))


def make_workspace(folder: Path, octets: int, sessions: int) -> int:
    """Write texts, build, and come nearer to the size by adding words; return the size reached."""
    edition = folder / "editions" / "2026-10"
    edition.mkdir(parents=True)
    (folder / "recipients").mkdir()
    _write(folder / "isa-mail.toml", SETTINGS.format(sessions=sessions))
    _write(edition / "edition.txt", EDITION)
    for name, text in (("10-first", FIRST), ("50-middle", MIDDLE), ("90-last", LAST)):
        _write(edition / f"{name}.txt", text)
    sections, size = 0, _build(folder)
    smallest = size
    for _ in range(3):
        added = (size - smallest) / sections if sections else 1500.0
        sections = max(0, round((octets - smallest) / added))
        for old in edition.glob("3*.txt"):
            old.unlink()
        for number in range(sections):
            _write(edition / f"3{number:03}.txt", _section(number))
        size = _build(folder)
    return size


def _section(number: int) -> str:
    chance = random.Random(number)
    sentences = [" ".join(chance.choices(WORDS, k=12)) + "." for _ in range(5)]
    return f"Title: {' '.join(chance.choices(WORDS, k=2))}\n\n{' '.join(sentences)}\n"


def _build(folder: Path) -> int:
    command = [sys.executable, "-m", "isa_mail.cli", "-C", str(folder), "build"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return (folder / "build" / "2026-10" / "newsletter.eml").stat().st_size


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
