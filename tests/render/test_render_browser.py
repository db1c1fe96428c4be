"""What only a browser can tell, on editions that strain the layout: every block, words that do not fit, one, sixty."""

import re
from typing import TYPE_CHECKING

import pytest
from hard_editions import COMPOUND, EDITIONS, NAME, build_hard_edition

from bench.browser import open_page
from bench.letter import Letter, without_pictures, without_style
from bench.measures import (
    DESKTOP,
    PHONE,
    WIDTHS,
    button_heights,
    lowest_contrast,
    overlaps,
    sameness,
    sideways,
    texts,
    texts_at,
    violations,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module", params=EDITIONS)
def letter(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Letter:
    return build_hard_edition(tmp_path_factory.mktemp("hard"), request.param)


@pytest.fixture(scope="module")
def every_block(tmp_path_factory: pytest.TempPathFactory) -> Letter:
    return build_hard_edition(tmp_path_factory.mktemp("every"), "every block in every kind")


def test_nothing_scrolls_sideways(browser: "Browser", letter: Letter) -> None:
    assert sideways(browser, letter.page) == []


def test_nothing_is_cut_off_or_lies_over_anything_else(browser: "Browser", letter: Letter) -> None:
    for page in (letter.page, without_style(without_pictures(letter.page))):
        for width, seen in zip(WIDTHS, texts_at(browser, page, WIDTHS), strict=True):
            assert overlaps(seen) == []
            assert all(box[0] >= 0 and box[2] <= width for text in seen for box in text.boxes)


def test_letter_is_the_same_without_its_style_sheet(browser: "Browser", letter: Letter) -> None:
    assert sameness(browser, letter.page) == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read(browser: "Browser", letter: Letter, scheme: str) -> None:
    least = lowest_contrast(browser, letter.page, scheme)
    assert least.contrast >= 4.5, least


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: "Browser", letter: Letter, scheme: str) -> None:
    assert violations(browser, letter.page, scheme) == []


def test_words_that_do_not_fit_are_broken_on_a_phone(
    browser: "Browser", tmp_path_factory: pytest.TempPathFactory
) -> None:
    letter = build_hard_edition(tmp_path_factory.mktemp("long"), "words that do not fit")
    for page in (letter.page, without_style(letter.page)):
        seen = [text for text in texts(browser, page, 320) if not text.is_picture]
        for word in (COMPOUND, NAME, "https://"):
            found = [text for text in seen if word in text.text]
            assert len(found) > 10
            assert all(len(text.boxes) > 1 for text in found)


def test_signatories_stand_side_by_side_where_there_is_room(browser: "Browser", every_block: Letter) -> None:
    tops = "[...document.querySelectorAll('.signatory')].map(e => e.getBoundingClientRect().top)"
    for page in (every_block.page, without_style(every_block.page)):
        for width, beside in ((320, False), (375, False), (440, True), (DESKTOP, True)):
            with open_page(browser, page, width) as tab:
                first, second, *_ = tab.evaluate(tops)
            assert (first == second) is beside, width


def test_calls_to_action_are_a_thumb_high(browser: "Browser", every_block: Letter) -> None:
    for heights in button_heights(browser, every_block.page, (320, PHONE, DESKTOP)):
        assert len(heights) == 16
        assert min(heights) >= 44


def test_dark_letter_is_dark(browser: "Browser", every_block: Letter) -> None:
    grounds = [text.ground for text in texts(browser, every_block.page, DESKTOP, "dark")]
    dark = [
        ground for ground in grounds if max(int(channel, 16) for channel in re.findall("..", ground[1:])) < 80
    ]
    assert len(dark) > 0.9 * len(grounds)
