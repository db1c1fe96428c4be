"""Photographs of a letter: all of it to look at, and the few that the README shows.

    python -m bench.pictures look FOLDER [WORKSPACE | LETTER.eml]   -> FOLDER/de-375-dark.png, …

Edge: reads a workspace or a message, runs Chromium, writes PNG files.
"""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from bench.browser import Scheme, find_chromium, open_browser, open_page
from bench.letter import Letter, build_letters, read_letter, without_pictures, without_style

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parent.parent
SHEET = (
    1200,
    1500,
    1_200_000,
)  # px, px, px²: a sheet's limits, so that it can be looked at without being reduced
_GAP = 24  # px between two columns of a sheet
_VIEWS: tuple[tuple[str, int, Scheme], ...] = (
    ("", 1280, "light"),
    ("", 800, "light"),
    ("", 375, "light"),
    ("", 320, "light"),
    ("", 1280, "dark"),
    ("", 375, "dark"),
    ("pictures-off", 800, "light"),
    ("pictures-off", 375, "dark"),
    ("style-off", 1280, "light"),
    ("style-off", 375, "light"),
)
_CHANGES: dict[str, Callable[[str], str]] = {
    "": str,
    "pictures-off": without_pictures,
    "style-off": without_style,
}


def main(arguments: list[str]) -> int:
    """Run one verb and return the exit status."""
    chromium = find_chromium()
    if chromium is None:
        print("There is no Chromium here: install it, or name one in CHROME.", file=sys.stderr)
        return 1
    match arguments:
        case ["look", folder, *rest] if len(rest) <= 1:
            place = Path(rest[0]) if rest else ROOT
            letters = (read_letter(place),) if place.is_file() else build_letters(place)
            with open_browser(chromium) as browser:
                for file in look(browser, letters, Path(folder)):
                    print(file)
            return 0
    print("Usage: look FOLDER [WORKSPACE | LETTER.eml]", file=sys.stderr)
    return 2


def look(browser: "Browser", letters: tuple[Letter, ...], folder: Path) -> Iterator[Path]:
    """Photograph each letter in every view; yield the files."""
    folder.mkdir(parents=True, exist_ok=True)
    for letter in letters:
        for change, width, scheme in _VIEWS:
            with open_page(browser, _CHANGES[change](letter.page), width, scheme) as page:
                whole = Image.open(BytesIO(page.screenshot(full_page=True)))
            name = "-".join(filter(None, (letter.language, str(width), scheme, change)))
            yield from _save_sheets(whole, folder, name)
        yield from _print(browser, letter, folder)


def _print(browser: "Browser", letter: Letter, folder: Path) -> Iterator[Path]:
    """Print on A4; a picture a page where pdftoppm is installed, else the PDF alone."""
    pdf = folder / f"{letter.language}-print.pdf"
    with open_page(browser, letter.page, 800) as page:
        page.pdf(path=pdf, format="A4", margin={"top": "15mm", "bottom": "15mm"})
    yield pdf
    if shutil.which("pdftoppm"):
        for old in folder.glob(f"{letter.language}-print-*.png"):
            old.unlink()
        subprocess.run(["pdftoppm", "-png", "-r", "100", pdf, pdf.with_suffix("")], check=True)
        yield from sorted(folder.glob(f"{letter.language}-print-*.png"))


def _save_sheets(whole: Image.Image, folder: Path, name: str) -> Iterator[Path]:
    """Cut a long picture into columns, as many on a sheet as fit side by side."""
    width, height, area = SHEET
    beside = max(1, (width + _GAP) // (whole.width + _GAP))
    height = min(height, area // (beside * (whole.width + _GAP) - _GAP))
    columns = [
        whole.crop((0, top, whole.width, min(top + height, whole.height)))
        for top in range(0, whole.height, height)
    ]
    for old in folder.glob(f"{name}-[0-9]*.png"):
        old.unlink()
    for number, start in enumerate(range(0, len(columns), beside), 1):
        group = columns[start : start + beside]
        size = (len(group) * (whole.width + _GAP) - _GAP, group[0].height)
        sheet = Image.new("RGB", size, "#808080")
        for index, column in enumerate(group):
            sheet.paste(column, (index * (whole.width + _GAP), 0))
        file = folder / f"{name}-{number}.png"
        sheet.save(file)
        yield file


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
