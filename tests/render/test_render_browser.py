"""What only a browser can tell: nothing scrolls sideways, and the letter is whole without its style sheet."""

import base64
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

import pytest
from invented import joined, rendered

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

pytestmark = pytest.mark.browser

# Each block of text: what it says, its look, and where it stands.
BLOCKS = """() => [...document.querySelectorAll('h1,h2,h3,p,li,td > a,caption,th,pre')].map(element => {
    const style = getComputedStyle(element), box = element.getBoundingClientRect()
    return [element.textContent.trim(), style.fontFamily, style.fontSize, style.color, box.left, box.top]
})"""


@pytest.fixture
def page_of(browser: "Browser") -> Iterator[Any]:
    """Return a function that opens HTML at a width; its pages close with the test."""
    opened: list[BrowserContext] = []

    def open_page(source: str, width: int, scheme: Literal["light", "dark"] = "light") -> Any:
        context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
        opened.append(context)
        page = context.new_page()
        page.set_content(source)
        return page

    yield open_page
    for context in opened:
        context.close()


@pytest.fixture(scope="module")
def letter(tmp_path_factory: pytest.TempPathFactory) -> str:
    result = rendered(tmp_path_factory.mktemp("workspace"))
    source = joined(result.html)
    for picture in result.pictures:
        data = base64.b64encode(picture.data).decode()
        source = source.replace(f"cid:{picture.content_id}", f"data:{picture.media_type};base64,{data}")
    return source


def without_style(source: str) -> str:
    return re.sub(r"<style.*?</style>", "", source, flags=re.DOTALL)


def without_pictures(source: str) -> str:
    return re.sub(r'src="data:[^"]*"', 'src="cid:blocked"', source)


@pytest.mark.parametrize("pictures", [True, False])
@pytest.mark.parametrize("styled", [True, False])
def test_nothing_scrolls_sideways(page_of: Any, letter: str, pictures: bool, styled: bool) -> None:
    source = letter if pictures else without_pictures(letter)
    page = page_of(source if styled else without_style(source), 320)
    for width in (320, 375, 600, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") == width
    page.close()


@pytest.mark.parametrize("width", [375, 1280])
def test_letter_is_the_same_without_its_style_sheet(page_of: Any, letter: str, width: int) -> None:
    styled = page_of(letter, width).evaluate(BLOCKS)
    bare = page_of(without_style(letter), width).evaluate(BLOCKS)
    assert len(styled) == len(bare) > 40
    for one, other in zip(styled, bare, strict=True):
        assert one[:4] == other[:4]
        assert abs(one[4] - other[4]) <= 9
        assert abs(one[5] - other[5]) <= 9


def test_signatories_stand_side_by_side_where_there_is_room(page_of: Any, letter: str) -> None:
    page = page_of(without_style(letter), 375)
    tops = "[...document.querySelectorAll('.signatory')].map(e => e.getBoundingClientRect().top)"
    for width, beside in ((375, False), (420, False), (440, True), (1280, True)):
        page.set_viewport_size({"width": width, "height": 800})
        first, second = page.evaluate(tops)
        assert (first == second) is beside, width


def test_buttons_are_a_thumb_high(page_of: Any, letter: str) -> None:
    for width in (320, 1280):
        heights = page_of(letter, width).evaluate(
            "[...document.querySelectorAll('.button a')].map(e => e.getBoundingClientRect().height)"
        )
        assert len(heights) == 4
        assert min(heights) >= 44


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(page_of: Any, letter: str, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    result = axe.Axe().run(page_of(letter, 800, scheme))
    assert result.violations_count == 0, result.generate_report()


def test_dark_letter_is_dark(page_of: Any, letter: str) -> None:
    page = page_of(letter, 800, "dark")
    ground = page.evaluate("getComputedStyle(document.querySelector('.paper.sides')).backgroundColor")
    assert max(int(channel) for channel in re.findall(r"\d+", ground)) < 64
