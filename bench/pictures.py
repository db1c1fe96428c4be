"""Photographs of a letter: all of it to look at, and the few that the README shows.

    python -m bench.pictures look FOLDER [WORKSPACE | LETTER.eml]   -> FOLDER/de-375-dark-1.png, …
    python -m bench.pictures readme                                 -> docs/pictures/desktop.png, …

Edge: reads a workspace or a message, runs Chromium, writes PNG files.
"""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from PIL import Image, ImageOps

from bench.browser import Scheme, find_chromium, open_browser, open_page
from bench.letter import ROOT, Letter, letters_of, without_pictures, without_style
from isa_mail.cli.terminal import show_error
from isa_mail.errors import IsaMailError
from isa_mail.workspace.find import Workspace, find_workspace
from isa_mail.workspace.skeleton import make_workspace

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PICTURES = ROOT / "docs" / "pictures"
SHEET = 1600  # px; how wide and how high a sheet is at most
_GAP = 24  # px between two columns of a sheet
_DESKTOP = 776  # px; what is kept of a wide window: the letter and some of the ground on either side
_VIEWS: tuple[tuple[str, int, Scheme], ...] = (
    ("", 1280, "light"),
    ("", 375, "light"),
    ("", 320, "light"),
    ("", 1280, "dark"),
    ("", 375, "dark"),
    ("pictures-off", 1280, "light"),
    ("pictures-off", 375, "dark"),
    ("style-off", 1280, "light"),
    ("style-off", 375, "light"),
)
_CHANGES: dict[str, Callable[[str], str]] = {
    "": str,
    "pictures-off": without_pictures,
    "style-off": without_style,
}


@dataclass(frozen=True)
class Shot:
    """One picture of the README."""

    name: str
    language: str
    width: int  # px, of the window; no more than `cut` of it is kept, from the middle
    cut: tuple[int, int]  # px, width and height
    scheme: Scheme = "light"
    start: str = "body"  # a selector; the picture begins a little above the first element


_SHOTS = (
    Shot("desktop", "de", 1280, (800, 1000)),
    Shot("phone", "zh", 375, (375, 936)),
    Shot("dark", "de", 375, (375, 936), "dark", start="h2"),
)
_ABOVE = 32  # px
_SCALE = 1.5  # pixels of a picture for each px of CSS
_FRAME = "#d0d7de"  # round a picture, because a README is white like a letter


def main(arguments: list[str]) -> int:
    """Run one verb and return the exit status."""
    chromium = find_chromium()
    if chromium is None:
        print("There is no Chromium here: install it, or name one in CHROME.", file=sys.stderr)
        return 1
    try:
        match arguments:
            case ["look", folder, *rest] if len(rest) <= 1:
                letters = letters_of(*map(Path, rest))
                with open_browser(chromium) as browser:
                    for file in look(browser, letters, Path(folder)):
                        print(file)
            case ["readme"]:
                letters = letters_of()
                with open_browser(chromium) as browser:
                    for file in photograph(browser, letters):
                        print(f"{file.relative_to(ROOT)}, {file.stat().st_size // 1024} KB")
            case _:
                print("Usage: python3 dev.py look FOLDER [WORKSPACE | LETTER.eml]", file=sys.stderr)
                return 2
    except IsaMailError as error:
        show_error(error)
        return 1
    return 0


def photograph(browser: "Browser", letters: tuple[Letter, ...]) -> Iterator[Path]:
    """Take the README's pictures; yield the files."""
    PICTURES.mkdir(exist_ok=True)
    for shot in _SHOTS:
        (letter,) = (letter for letter in letters if letter.language == shot.language)
        width, height = shot.cut
        with open_page(browser, letter.page, shot.width, shot.scheme, scale=_SCALE) as page:
            top = page.evaluate(f"document.querySelector({shot.start!r}).getBoundingClientRect().top")
            left, top = (shot.width - width) / 2, max(0, top - _ABOVE)
            taken = page.screenshot(
                full_page=True, clip={"x": left, "y": top, "width": width, "height": height}
            )
        yield _save(Image.open(BytesIO(taken)), shot.name)
    yield from photograph_preview(browser)


def photograph_preview(browser: "Browser") -> Iterator[Path]:
    """Take the preview of the sample edition: a finding that is looked at, and both languages on dark phones."""
    with TemporaryDirectory() as temporary:
        make_workspace(Path(temporary))
        workspace = find_workspace(Path(temporary), {})
        section = workspace.edition_directory("2026-09") / "de" / "50-neues-mitglied.txt"
        text = section.read_text(encoding="utf-8")
        section.write_text(text.replace("Die Stadt liegt", "Die **Stadt liegt"), encoding="utf-8")
        with _preview_of(workspace) as address:
            page = browser.new_page(viewport={"width": 1280, "height": 800}, color_scheme="light")
            page.goto(address)
            page.locator(".letter[data-drawn]").wait_for()
            page.locator("#search").fill("sandvoß")
            page.get_by_role("option", name="Henrike Sandvoß").click()
            page.locator(".letter[data-drawn]").wait_for()
            page.locator(".finding", has_text="is left over").click()
            page.locator("#where").wait_for()
            yield _save(Image.open(BytesIO(page.screenshot())), "preview")
            page.keyboard.press("d")
            page.keyboard.press("2")
            page.get_by_role("button", name="Both").click()
            page.wait_for_function("() => document.querySelectorAll('.letter[data-drawn]').length === 2")
            yield _save(Image.open(BytesIO(page.screenshot())), "preview-phones")
            page.close()


@contextmanager
def _preview_of(workspace: Workspace) -> Iterator[str]:
    """Run `isa-mail preview` and yield its address."""
    words = [sys.executable, "-m", "isa_mail.cli", "-C", str(workspace.root), "preview", "--no-browser"]
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8"
    ) as program:
        assert program.stdout is not None
        try:
            yield program.stdout.readline().split()[-1]
        finally:
            program.terminate()


def _save(taken: Image.Image, name: str) -> Path:
    """Frame a picture of the README, and write it with few colours."""
    framed = ImageOps.expand(taken.convert("RGB"), border=2, fill=_FRAME)
    file = PICTURES / f"{name}.png"
    framed.quantize(256, dither=Image.Dither.NONE).save(file, optimize=True)
    return file


def look(browser: "Browser", letters: tuple[Letter, ...], folder: Path) -> Iterator[Path]:
    """Photograph each letter in every view; yield the files."""
    folder.mkdir(parents=True, exist_ok=True)
    for letter in letters:
        for change, width, scheme in _VIEWS:
            with open_page(browser, _CHANGES[change](letter.page), width, scheme) as page:
                whole = Image.open(BytesIO(page.screenshot(full_page=True)))
            name = "-".join(filter(None, (letter.language, str(width), scheme, change)))
            yield from _save_sheets(_columns(whole), folder, name)
        yield from _print(browser, letter, folder)


def _print(browser: "Browser", letter: Letter, folder: Path) -> Iterator[Path]:
    """Print on A4: a PDF, and its pages as sheets where pdftoppm is installed."""
    pdf = folder / f"{letter.language}-print.pdf"
    with open_page(browser, letter.page, 800) as page:
        page.pdf(path=pdf, format="A4", margin={"top": "15mm", "bottom": "15mm"})
    yield pdf
    if shutil.which("pdftoppm"):
        with TemporaryDirectory() as temporary:
            subprocess.run(["pdftoppm", "-png", "-r", "92", pdf, f"{temporary}/page"], check=True)
            pages = [Image.open(BytesIO(file.read_bytes())) for file in sorted(Path(temporary).iterdir())]
        yield from _save_sheets(pages, folder, pdf.stem)


def _columns(whole: Image.Image) -> list[Image.Image]:
    """Cut a long picture into columns that fit on a sheet."""
    left = max(0, whole.width - _DESKTOP) // 2
    right = whole.width - left
    return [
        whole.crop((left, top, right, min(top + SHEET, whole.height)))
        for top in range(0, whole.height, SHEET)
    ]


def _save_sheets(columns: Sequence[Image.Image], folder: Path, name: str) -> Iterator[Path]:
    """Lay columns side by side, as many on a sheet as there is room for; yield the sheets."""
    for old in folder.glob(f"{name}-[0-9]*.png"):
        old.unlink()
    step = columns[0].width + _GAP
    beside = max(1, (SHEET + _GAP) // step)
    for number, start in enumerate(range(0, len(columns), beside), 1):
        group = columns[start : start + beside]
        sheet = Image.new("RGB", (len(group) * step - _GAP, group[0].height), "#808080")
        for index, column in enumerate(group):
            sheet.paste(column, (index * step, 0))
        file = folder / f"{name}-{number}.png"
        sheet.save(file)
        yield file


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
