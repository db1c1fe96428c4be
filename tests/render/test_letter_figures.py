"""`python3 dev.py figures`, `look` and `pictures`: what is shown of a letter, and when it counts as missed."""

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hard_editions import build_hard_edition
from PIL import Image

from bench.figures import figures, html_limit, show
from bench.letter import Letter, letters_of
from bench.pictures import SHEET, look

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def letter(tmp_path_factory: pytest.TempPathFactory) -> Letter:
    return build_hard_edition(tmp_path_factory.mktemp("short"), "one section")


def test_figures_mark_what_misses_its_target_and_nothing_else(
    browser: "Browser", letter: Letter, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = replace(letter)
    faint = '</h1><p style="color:#1f5c6c">blass</p>'
    broken.__dict__["html"] = letter.html.replace("</h1>", faint)  # in place of what is read from the message
    found = list(figures(browser, broken))
    missed = {figure.name for figure in found if not figure.met}
    assert missed == {
        f"{name}, {scheme}" for name in ("least contrast", "axe") for scheme in ("light", "dark")
    }
    show({"de": found})
    printed = capsys.readouterr().out
    assert printed.count("✗") == 4
    assert printed.count("✓") == len(found) - 4 >= 9
    assert "blass" in printed


def test_html_may_grow_with_the_number_of_sections(letter: Letter, tmp_path: Path) -> None:
    assert html_limit(letter) == 35 * 1024
    assert html_limit(build_hard_edition(tmp_path, "sixty sections")) == 61 * 3584


def test_a_message_from_anywhere_is_read_as_it_is(letter: Letter, tmp_path: Path) -> None:
    (tmp_path / "some.eml").write_bytes(letter.data)
    assert letters_of(tmp_path / "some.eml") == (letter,)


def test_look_photographs_every_view_whole(browser: "Browser", letter: Letter, tmp_path: Path) -> None:
    files = list(look(browser, (letter,), tmp_path))
    views = {re.sub(r"-\d+$", "", file.stem) for file in files}
    assert {
        "de-1280-light",
        "de-320-light",
        "de-375-dark",
        "de-375-light-style-off",
        "de-1280-light-pictures-off",
    } <= views
    assert (tmp_path / "de-print.pdf").read_bytes().startswith(b"%PDF")
    for file in files:
        if file.suffix == ".png":
            with Image.open(file) as sheet:
                assert max(sheet.size) <= SHEET
    assert set(files) == set(tmp_path.iterdir())
