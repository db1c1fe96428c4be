"""What the measuring pages of bench/ must not miss: each measure, on a page with one fault."""

from typing import TYPE_CHECKING

import pytest

from bench.letter import without_pictures, without_style
from bench.measures import broken_words, lowest_contrast, overlaps, sameness, sideways, texts, violations

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

PAGE = """<!DOCTYPE html><html lang="de"><head><title>Probe</title>
<meta name="viewport" content="width=device-width"><style>{style}</style></head>
<body style="margin:0"><main><h1 style="color:#222222">Probe</h1>{body}</main></body></html>"""


def page(body: str, style: str = "") -> str:
    return PAGE.format(body=body, style=style)


def test_contrast_is_that_of_wcag_on_the_ground_that_is_seen(browser: "Browser") -> None:
    known = {
        '<p style="color:#777777">x</p>': 4.48,
        '<div style="background-color:#000000"><p><a href="#" style="color:#767676">x</a></p></div>': 4.62,
        '<p style="color:rgba(0,0,0,0.5)">x</p>': 4.0,
        '<div style="background-color:#000000">'
        '<p style="background-color:rgba(255,255,255,0.5);color:#ffffff">x</p></div>': 3.98,
        '<img alt="x" src="" style="color:#999999;background-color:#ffffff">': 2.85,
    }
    for body, ratio in known.items():
        assert lowest_contrast(browser, page(body), "light").contrast == pytest.approx(ratio, abs=0.06)


def test_contrast_knows_the_dark_canvas_and_what_is_hidden(browser: "Browser") -> None:
    dark = page('<p style="color:#333333">x</p>', ":root{color-scheme:light dark}")
    assert lowest_contrast(browser, dark, "dark").text == "Probe"
    assert lowest_contrast(browser, dark, "dark").contrast < 2
    hidden = page('<p style="display:none;color:#eeeeee">x</p>')
    assert lowest_contrast(browser, hidden, "light").text == "Probe"


def test_axe_names_rule_and_place(browser: "Browser") -> None:
    (line,) = violations(browser, page('<img src="" width="9" height="9">'), "light")
    assert line.startswith("image-alt: ")
    assert line.endswith("(img)")


def test_sameness_counts_texts_that_move_or_change_without_the_style_sheet(browser: "Browser") -> None:
    body = '<p class="a">eins</p><p>zwei</p><p>drei</p>'
    assert sameness(browser, page(body)) == 1
    assert sameness(browser, page(body, ".a{color:#aa0000}")) == 0.75
    assert sameness(browser, page(body, ".a{font-size:17px}")) == 0.75
    assert sameness(browser, page(body, ".a{margin-left:10px}")) == 0.75
    assert sameness(browser, page(body, ".a{margin-left:9px}")) == 1


def test_sideways_names_view_and_width(browser: "Browser") -> None:
    wide = page('<p class="a" style="width:400px">x</p>', ".a{max-width:300px}")
    assert sideways(browser, wide) == [
        f"{view} at {width} px: 400 px" for view in ("style off", "both off") for width in (320, 375)
    ]


def test_overlaps_are_between_blocks_not_between_lines(browser: "Browser") -> None:
    lines = '<p style="width:99px;line-height:16px">eins <b>zwei</b> drei vier fünf sechs</p>'
    assert overlaps(texts(browser, page(lines), 320)) == []
    over = page(f'{lines}<p style="margin-top:-24px">sieben</p>')
    assert ("drei vier fünf sechs", "sieben") in overlaps(texts(browser, over, 320))


def test_broken_words_are_those_that_no_line_can_hold(browser: "Browser") -> None:
    body = '<p style="width:{}px;overflow-wrap:break-word">Eine Vollversammlung, Co-Vorsitz, 双岸一水间双岸一水间</p>'
    assert broken_words(browser, page(body.format(90)), 320) == ["Vollversammlung"]
    assert broken_words(browser, page(body.format(260)), 320) == []


def test_print_is_measured_as_it_is_printed(browser: "Browser") -> None:
    rules = "@media print{.a{color:#000000 !important}.b{display:none}}"
    body = '<p class="a" style="color:#ffffff">eins</p><p class="b">zwei</p>'
    seen = texts(browser, page(body, rules), 800, printed=True)
    assert [(text.text, text.colour) for text in seen] == [("Probe", "#222222"), ("eins", "#000000")]


def test_less_able_programs_are_shown_as_they_are() -> None:
    source = page('<img alt="a" src="data:image/png;base64,AAAA" width="9">', "p{margin:0}")
    assert "<style" not in without_style(source)
    assert '<img alt="a" width="9">' in without_pictures(source)
