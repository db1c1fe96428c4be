"""What a browser tells about a letter: its texts and their contrast, axe's findings, room, sameness without style.

Each function takes a running browser and a page (HTML with its pictures in place, see bench/letter.py) and returns
plain values. The tests of the letter and `python3 dev.py figures` both measure with these. Edge: runs Chromium.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from bench.browser import HEIGHT, Scheme, open_page
from bench.letter import without_pictures, without_style
from isa_mail.typography.contrast import contrast, hexadecimal

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PHONE, DESKTOP = 375, 1280  # px
WIDTHS = (320, PHONE, 600, DESKTOP)
NEAR = 9  # px; how far a text may stand elsewhere without <style>
AXE = {"resultTypes": ["violations"]}  # all of axe's rules: WCAG 2.1 A and AA, and its best practices

# Every text that is seen, and every picture. A ground is what lies below a text: the grounds of its ancestors up to
# the first opaque one, at last the canvas. Boxes are as high as the letters, not as the line.
_TEXTS = """() => {
  const numbers = colour => (colour.match(/[\\d.]+/g) || []).map(Number)
  const over = (upper, lower) => {
    const alpha = upper[3] ?? 1
    return [0, 1, 2].map(channel => upper[channel] * alpha + lower[channel] * (1 - alpha))
  }
  const probe = document.createElement('i')
  probe.style.color = 'Canvas'
  document.body.append(probe)
  const canvas = numbers(getComputedStyle(probe).color)
  probe.remove()
  const ground = element => {
    if (!element) return canvas
    const own = numbers(getComputedStyle(element).backgroundColor)
    return (own[3] ?? 1) === 1 ? own : over(own, ground(element.parentElement))
  }
  const block = element => getComputedStyle(element).display.startsWith('inline') && element.parentElement
    ? block(element.parentElement) : element
  const blocks = [], texts = []
  const add = (text, element, boxes, isPicture) => {
    const style = getComputedStyle(element), below = ground(element), holder = block(element)
    if (!blocks.includes(holder)) blocks.push(holder)
    const size = parseFloat(style.fontSize)
    texts.push({
      text: text.trim().replace(/\\s+/g, ' '),
      is_picture: isPicture,
      font: [style.fontFamily, style.fontSize, style.fontWeight, style.fontStyle],
      colour: over(numbers(style.color), below),
      ground: below,
      block: blocks.indexOf(holder),
      boxes: boxes.map(box => {
        const slack = isPicture ? 0 : Math.max(0, box.height - size) / 2
        return [box.left, box.top + slack, box.right, box.bottom - slack].map((edge, index) =>
          edge + (index % 2 ? scrollY : scrollX))
      }),
    })
  }
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT)
  while (walker.nextNode()) {
    const node = walker.currentNode
    if (node.nodeName === 'IMG' && node.checkVisibility()) {
      add(node.alt, node, [node.getBoundingClientRect()], true)
    } else if (node.nodeType === Node.TEXT_NODE && node.data.trim() && node.parentElement.checkVisibility()) {
      const range = document.createRange()
      range.selectNodeContents(node)
      const boxes = [...range.getClientRects()].filter(box => box.width * box.height)
      if (boxes.length) add(node.data, node.parentElement, boxes, false)
    }
  }
  return texts
}"""

_BROKEN_WORDS = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), broken = []
  while (walker.nextNode()) {
    const node = walker.currentNode
    for (const word of node.data.matchAll(/[\\p{Script=Latin}\\d]+/gu)) {
      const range = document.createRange()
      range.setStart(node, word.index)
      range.setEnd(node, word.index + word[0].length)
      if (new Set([...range.getClientRects()].map(box => box.top)).size > 1) broken.push(word[0])
    }
  }
  return broken
}"""
_BOX = "element => element.getBoundingClientRect()"


@dataclass(frozen=True)
class Text:
    """One run of text as it is seen, or a picture with what its alternative text says."""

    text: str
    is_picture: bool
    font: tuple[str, ...]  # family, size, weight, style
    colour: str  # "#rrggbb", as it is seen on its ground
    ground: str
    block: int  # runs of one number stand in the same paragraph, cell …
    boxes: tuple[tuple[float, float, float, float], ...]  # left, top, right, bottom of each line, px

    @property
    def contrast(self) -> float:
        """The contrast ratio of WCAG 2.1, 1 to 21."""
        return contrast(self.colour, self.ground)


def texts(
    browser: "Browser", page: str, width: int, scheme: Scheme = "light", *, printed: bool = False
) -> list[Text]:
    """List all texts and pictures that are seen, in order; pictures with an empty alternative text as well."""
    (seen,) = texts_at(browser, page, (width,), scheme, printed=printed)
    return seen


def texts_at(
    browser: "Browser", page: str, widths: Sequence[int], scheme: Scheme = "light", *, printed: bool = False
) -> list[list[Text]]:
    """List them for each width; the page is opened once for all, which takes longer than to look at it."""
    with open_page(browser, page, widths[0], scheme) as tab:
        if printed:
            tab.emulate_media(media="print")
        return [[_text(found) for found in tab.evaluate(_TEXTS)] for _ in _in_turn(tab, widths)]


def lowest_contrast(browser: "Browser", page: str, scheme: Scheme) -> Text:
    """Find the text that is hardest to read."""
    found = texts(browser, page, DESKTOP, scheme)
    return min((text for text in found if text.text), key=lambda text: text.contrast)


def violations(browser: "Browser", page: str, scheme: Scheme) -> list[str]:
    """Ask axe; a line for each rule that is broken, with the place."""
    from axe_playwright_python.sync_playwright import Axe

    with open_page(browser, page, DESKTOP, scheme) as tab:
        broken = Axe().run(tab, options=AXE).response["violations"]
    return [f"{rule['id']}: {rule['help']} ({rule['nodes'][0]['target'][0]})" for rule in broken]


def sameness(browser: "Browser", page: str) -> float:
    """Tell what share of the texts has the same font, colour and place (within NEAR) without any <style>.

    0 to 1; the lower one of phone and desktop.
    """
    styled, plain = (texts_at(browser, each, (PHONE, DESKTOP)) for each in (page, without_style(page)))
    return min(map(_sameness, styled, plain))


def _sameness(styled: Sequence[Text], plain: Sequence[Text]) -> float:
    pairs = list(zip(styled, plain, strict=True))
    return sum(_is_same(one, other) for one, other in pairs) / len(pairs)


def _is_same(one: Text, other: Text) -> bool:
    near = all(abs(a - b) <= NEAR for a, b in zip(one.boxes[0][:2], other.boxes[0][:2], strict=True))
    return near and (one.text, one.font, one.colour) == (other.text, other.font, other.colour)


def sideways(browser: "Browser", page: str) -> list[str]:
    """Name each view that scrolls sideways: at WIDTHS, with and without pictures, with and without <style>."""
    return [
        f"{name} at {width} px: {wide} px"
        for name, changed in (
            ("as built", page),
            ("pictures off", without_pictures(page)),
            ("style off", without_style(page)),
            ("both off", without_style(without_pictures(page))),
        )
        for width, wide in _widths(browser, changed)
        if wide > width
    ]


def _widths(browser: "Browser", page: str) -> Iterator[tuple[int, int]]:
    with open_page(browser, page, WIDTHS[0]) as tab:
        for width in _in_turn(tab, WIDTHS):
            yield width, tab.evaluate("document.documentElement.scrollWidth")


def _in_turn(tab: "Page", widths: Sequence[int]) -> Iterator[int]:
    """Make the viewport as wide as each of these."""
    for width in widths:
        tab.set_viewport_size({"width": width, "height": HEIGHT})
        yield width


def overlaps(found: Sequence[Text]) -> list[tuple[str, str]]:
    """Name texts and pictures of different blocks that lie over each other by more than a pixel."""
    seen = sorted(((box, text) for text in found for box in text.boxes), key=lambda pair: pair[0][1])
    pairs = []
    for index, (upper, one) in enumerate(seen):
        for lower, other in islice(seen, index + 1, None):
            if lower[1] >= upper[3] - 1:
                break  # so do all that follow
            beside = min(upper[2], lower[2]) - max(upper[0], lower[0]) <= 1
            if one.block != other.block and not beside and lower[3] - lower[1] > 1:
                pairs.append((one.text or "a picture", other.text or "a picture"))
    return pairs


def broken_words(browser: "Browser", page: str, width: int) -> list[str]:
    """List the words that are broken inside because no line is wide enough; Chinese may break anywhere."""
    with open_page(browser, page, width) as tab:
        return list(tab.evaluate(_BROKEN_WORDS))


def button_heights(browser: "Browser", page: str, widths: Sequence[int]) -> list[list[float]]:
    """Measure each call to action for each width, px."""
    with open_page(browser, page, widths[0]) as tab:
        script = f"[...document.querySelectorAll('.button a')].map({_BOX}.height)"
        return [tab.evaluate(script) for _ in _in_turn(tab, widths)]


def column_width(browser: "Browser", page: str, width: int = DESKTOP) -> float:
    """Measure the column that all texts stand in, px."""
    with open_page(browser, page, width) as tab:
        return float(tab.evaluate(f"({_BOX}.width)(document.querySelector('.column'))"))


def _text(found: dict[str, Any]) -> Text:
    return Text(
        found["text"],
        found["is_picture"],
        tuple(found["font"]),
        hexadecimal(tuple(channel / 255 for channel in found["colour"])),
        hexadecimal(tuple(channel / 255 for channel in found["ground"])),
        found["block"],
        tuple(tuple(box) for box in found["boxes"]),
    )
