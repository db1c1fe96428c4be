"""The letter's figures beside its targets.

    python -m bench.figures [WORKSPACE | LETTER.eml]   -> a table on stdout; exit status 1 if a target is missed

Edge: builds a copy of the workspace (default: this checkout), runs Chromium, prints.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.browser import Scheme, find_chromium, open_browser
from bench.letter import Letter, letters_of
from bench.measures import (
    DESKTOP,
    PHONE,
    Text,
    button_heights,
    lowest_contrast,
    overlaps,
    sameness,
    sideways,
    texts_at,
    violations,
)
from isa_mail.cli.terminal import show_error
from isa_mail.errors import IsaMailError
from isa_mail.typography.contrast import LEAST_CONTRAST
from isa_mail.typography.width import LINE_WIDTH

if TYPE_CHECKING:
    from playwright.sync_api import Browser

KB = 1024
HTML_LIMIT = 35 * KB  # an issue of TEN sections
TEN = 10
GMAIL = 102 * KB  # here it clips
GMAIL_SHARE = 80 / 102  # here `build` begins to warn
STYLE_LIMIT = 2 * KB
MESSAGE_LIMIT = 1024 * KB
LEAST_SAME = 0.95
THUMB = 44  # px


@dataclass(frozen=True)
class Figure:
    """One line of the table, for one letter."""

    name: str
    target: str
    value: str
    met: bool


def html_limit(letter: Letter) -> int:
    """Say how many octets of HTML this letter may have: 35 KB for ten sections, and as much for each more."""
    return HTML_LIMIT * max(TEN, letter.sections) // TEN


def figures(browser: "Browser", letter: Letter) -> Iterator[Figure]:
    """Measure everything that has a target."""
    page, html = letter.page, len(letter.html.encode())
    limit = html_limit(letter)
    yield Figure("HTML", f"under {_kb(limit)}", _kb(html), html < limit)
    yield Figure(
        "of Gmail's 102 KB", f"under {GMAIL_SHARE:.0%}", f"{html / GMAIL:.0%}", html / GMAIL < GMAIL_SHARE
    )
    yield Figure("<style>", "under 2 KB", _kb(letter.style_size), letter.style_size < STYLE_LIMIT)
    same = sameness(browser, page)
    yield Figure("same without <style>", f"{LEAST_SAME:.0%}", f"{same:.0%}", same >= LEAST_SAME)
    schemes: tuple[Scheme, ...] = ("light", "dark")
    for scheme in schemes:
        least = lowest_contrast(browser, page, scheme)
        met = least.contrast >= LEAST_CONTRAST
        yield Figure(f"least contrast, {scheme}", f"{LEAST_CONTRAST}", _contrast(least), met)
    for scheme in schemes:
        yield _none(f"axe, {scheme}", violations(browser, page, scheme))
    yield _none("scrolls sideways", sideways(browser, page))
    seen = texts_at(browser, page, (PHONE, DESKTOP))
    over = [f"{one} / {other}" for found in seen for one, other in overlaps(found)]
    yield _none("overlaps", over)
    heights = [height for seen in button_heights(browser, page, (PHONE, DESKTOP)) for height in seen]
    least_height = min(heights, default=THUMB)
    yield Figure("calls to action", f"{THUMB} px", f"{least_height:g} px", least_height >= THUMB)
    size = len(letter.data)
    yield Figure("message", "under 1 MB", _kb(size), size < MESSAGE_LIMIT)
    line = letter.longest_line
    yield Figure("longest line", f"{LINE_WIDTH} columns", f"{line}", line <= LINE_WIDTH)


def _none(name: str, found: list[str]) -> Figure:
    value = f"{len(found)}: {found[0]}" if found else "none"
    return Figure(name, "none", value, not found)


def _contrast(text: Text) -> str:
    shown = text.text if len(text.text) <= 12 else f"{text.text[:11]}…"
    return f"{text.contrast:.1f} ({shown})"


def _kb(octets: int) -> str:
    return f"{octets / KB:.1f} KB"


def show(columns: dict[str, list[Figure]]) -> None:
    """Print the table: a line for each figure, a column for each letter."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text as Line

    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name in ("Figure", "Target", *columns):
        table.add_column(name, overflow="fold")
    for line in zip(*columns.values(), strict=True):
        marks = (
            Line(f"{'✓' if one.met else '✗'} {one.value}", "" if one.met else "bold red") for one in line
        )
        table.add_row(line[0].name, line[0].target, *marks)
    Console().print(table)


def main(arguments: list[str]) -> int:
    """Print the table of a place; return the exit status."""
    if len(arguments) > 1 or arguments[:1] in (["-h"], ["--help"]):
        print("Usage: python3 dev.py figures [WORKSPACE | LETTER.eml]", file=sys.stderr)
        return 2
    chromium = find_chromium()
    if chromium is None:
        print("There is no Chromium here: install it, or name one in CHROME.", file=sys.stderr)
        return 1
    try:
        letters = letters_of(*map(Path, arguments))
    except IsaMailError as error:
        show_error(error)
        return 1
    with open_browser(chromium) as browser:
        columns = {letter.language: list(figures(browser, letter)) for letter in letters}
    show(columns)
    return 0 if all(figure.met for column in columns.values() for figure in column) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
