"""The targets of a letter that looks right everywhere, on the finished newsletter.eml of the sample edition.

Each language is read from the message, as a reader's program reads it. The invented edition of the other pages goes
through every block; this one goes through everything that `isa-mail build` does.
"""

import re
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from lxml import etree, html

from bench.figures import LEAST_SAME, STYLE_LIMIT, THUMB, html_limit
from bench.letter import ROOT, Letter, letters_of
from bench.measures import (
    DESKTOP,
    PHONE,
    WIDTHS,
    broken_words,
    button_heights,
    column_width,
    lowest_contrast,
    overlaps,
    sameness,
    sideways,
    texts,
    texts_at,
    violations,
    without_pictures,
    without_style,
)
from isa_mail.typography.width import LINE_WIDTH, display_width
from isa_mail.workspace.find import find_workspace
from isa_mail.workspace.settings import read_settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

LANGUAGES = [language for language, _ in find_workspace(ROOT, {}).language_folders("2026-09")]
HTML_LANGUAGE = {"de": "de", "en": "en", "zh": "zh-Hans"}
SAYS_NOTHING = {
    "link",
    "hier",
    "mehr",
    "weiter",
    "weiterlesen",
    "klicken sie hier",
    "here",
    "more",
    "read more",
}
SAYS_NOTHING |= {"click here", "链接", "这里", "点击这里", "点击此处", "更多", "阅读更多", "查看详情"}
FILLER = "\u2007\u034f\u200b\u200c\u200d\ufeff\xad"


@pytest.fixture(scope="module")
def letters() -> dict[str | None, Letter]:
    return {letter.language: letter for letter in letters_of(ROOT)}


@pytest.fixture(params=LANGUAGES)
def letter(letters: dict[str | None, Letter], request: pytest.FixtureRequest) -> Letter:
    return letters[request.param]


@pytest.fixture
def tree(letter: Letter) -> etree._Element:
    return html.document_fromstring(letter.html)


def style_of(element: etree._Element) -> dict[str, str]:
    rules = (rule.split(":", 1) for rule in (element.get("style") or "").split(";") if ":" in rule)
    return {name.strip(): value.strip() for name, value in rules}


def styled(tree: etree._Element) -> list[tuple[etree._Element, dict[str, str]]]:
    return [(element, style_of(element)) for element in tree.xpath("//*[@style]")]


def in_comments(letter: Letter) -> str:
    return "".join(re.findall(r"<!--\[if mso\]>.*?<!\[endif\]-->", letter.html, re.DOTALL))


def links(tree: etree._Element) -> list[tuple[str, str]]:
    return [(" ".join(a.text_content().split()), a.get("href")) for a in tree.xpath("//a[@href]")]


# --- what stands in the file --------------------------------------------------------------------------------


def test_1_the_head_says_what_phones_and_old_programs_have_to_know(
    letter: Letter, tree: etree._Element
) -> None:
    assert letter.html.startswith("<!DOCTYPE html>\n")
    assert '<meta charset="utf-8">' in letter.html[:1024]
    names = {meta.get("name") for meta in tree.iter("meta")}
    assert names >= {"viewport", "x-apple-disable-message-reformatting", "format-detection", "color-scheme"}


def test_2_language_and_direction_stand_on_html_and_on_an_article_in_the_body(
    letter: Letter, tree: etree._Element
) -> None:
    (article,) = tree.xpath("//body//*[@role='article']")
    for element in (tree, article):
        assert (element.get("lang"), element.get("dir")) == (HTML_LANGUAGE[letter.language], "ltr")
    assert article.get("aria-roledescription") == "email"
    assert article.get("aria-label") == tree.findtext(".//title")


def test_3_the_preheader_tells_of_the_content_and_is_hidden(tree: etree._Element) -> None:
    preheader, filler = tree.xpath("//div[contains(@style, 'display:none')]")
    assert 30 <= display_width(preheader.text) <= 130
    assert preheader.text != tree.findtext(".//title")
    assert style_of(preheader)["mso-hide"] == "all"
    assert not filler.text.strip(FILLER)


def test_4_headings_begin_with_one_h1_and_skip_no_level(tree: etree._Element) -> None:
    levels = [int(heading.tag[1]) for heading in tree.xpath("//h1|//h2|//h3|//h4|//h5|//h6")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert levels.count(2) >= 10
    assert all(below - above <= 1 for above, below in pairwise(levels))


def test_5_layout_tables_say_that_they_are_none(letter: Letter, tree: etree._Element) -> None:
    data = [table for table in tree.iter("table") if table.get("role") != "presentation"]
    assert data
    assert all(table.find("caption") is not None and table.find(".//th") is not None for table in data)
    word = re.findall("<table[^>]*>", in_comments(letter))
    assert word
    assert all('role="presentation"' in tag for tag in word)


def test_6_the_column_needs_no_style_sheet_and_word_gets_a_table_of_its_own(
    letter: Letter, tree: etree._Element
) -> None:
    column = [element for element, style in styled(tree) if style.get("max-width") == "600px"]
    assert ("table", "100%") in [(element.tag, element.get("width")) for element in column]
    assert re.search('<table[^>]*width="600"', in_comments(letter))
    beside = [element for element, style in styled(tree) if style.get("display") == "inline-block"]
    assert len(beside) >= 2  # the signatories
    assert len(re.findall("<td[^>]*width=", in_comments(letter))) >= 2


def test_6_word_gets_fonts_line_heights_room_and_anchors_in_the_way_it_knows(
    letter: Letter, tree: etree._Element
) -> None:
    (fonts,) = re.findall("<style>(.*?)</style>", in_comments(letter), re.DOTALL)
    named = {
        tag
        for tags in re.findall(r"([\w, ]+)\{font-family:[^}]*!important}", fonts)
        for tag in tags.split(",")
    }
    assert named >= {"td", "th", "p", "a", "li", "h1", "h2", "h3"}
    assert "<o:PixelsPerInch>96</o:PixelsPerInch>" in in_comments(letter)
    for cell in tree.xpath("//td[contains(@class, 'text')]"):
        assert style_of(cell)["mso-line-height-rule"] == "exactly"
    for cell in tree.xpath("//td[contains(@class, 'button')]"):
        assert style_of(cell)["mso-padding-alt"] == "11px 20px 11px 20px"
        assert style_of(cell.find("a"))["mso-border-alt"] == "none"
    for name in ("head", "band", "sides", "footer"):
        assert "32px" in style_of(tree.xpath(f"//td[contains(@class, '{name}')]")[0])["mso-padding-alt"]
    for heading in tree.xpath("//h2"):
        assert heading.find("a").get("name") == heading.get("id")


def test_7_inline_looks_are_those_that_word_and_webmail_understand(tree: etree._Element) -> None:
    dropped = r"rgba?\(|\brem\b|\bem\b|var\(|flex|grid|position|!important|margin[^;]*:-|float|url\(|radius"
    for element, style in styled(tree):
        assert not re.search(dropped, element.get("style")), element.get("style")
        for name, value in style.items():
            if name.startswith("padding") and value not in ("0", "0px"):
                assert element.tag in ("td", "th"), (element.tag, value)
        colours = re.findall("#[0-9a-zA-Z]+", element.get("style"))
        assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in colours)
        if "background-color" in style and element.tag in ("td", "table", "body"):
            assert element.get("bgcolor") == style["background-color"]


def test_8_the_style_sheet_holds_extras_only(letter: Letter) -> None:
    seen = re.sub("<!--.*?-->", "", letter.html, flags=re.DOTALL)
    blocks = re.findall("<style>(.*?)</style>", seen, re.DOTALL)
    assert letter.style_size < STYLE_LIMIT
    assert all(block.startswith((":root{color-scheme", "a:hover", "@media", "[data-ogs")) for block in blocks)
    assert not [block for block in blocks if "prefers-color-scheme" in block and "data-ogs" in block]


def test_9_the_html_is_small(letter: Letter) -> None:
    assert len(letter.html.encode()) < html_limit(letter)


def test_10_links_in_text_are_underlined(tree: etree._Element) -> None:
    inside = tree.xpath("//a[@href][not(ancestor::td[1][contains(@class, 'button')])]")
    assert len(inside) >= 10
    assert all(style_of(a)["text-decoration"] == "underline" for a in inside)


def test_11_every_link_names_its_target(tree: etree._Element) -> None:
    found = links(tree)
    assert len(found) >= 10
    for words, href in found:
        assert words.strip(" .:…»→").casefold() not in SAYS_NOTHING
        assert href not in ("", "#")
        assert re.match(r"https://|mailto:|tel:|#\w", href), href
    outside = {words: href for words, href in found if not href.startswith("#")}
    assert all(outside[words] == href for words, href in found if words in outside)


def test_12_pictures_have_size_place_and_alternative_text(letter: Letter, tree: etree._Element) -> None:
    pictures = tree.xpath("//img")
    assert len(pictures) >= 3
    for picture in pictures:
        style = style_of(picture)
        assert picture.get("width").isdecimal()
        assert picture.get("height").isdecimal()
        assert (style["display"], style["width"], style["height"]) == ("block", "100%", "auto")
        assert style["max-width"] == f"{picture.get('width')}px"
        assert {"font-size", "color", "background-color"} <= style.keys()  # how the alternative text looks
        assert picture.get("src").startswith(("cid:", "https://"))
    assert (
        sum(bool(picture.get("alt")) for picture in pictures) >= len(pictures) - 1
    )  # the logo stands by its name
    named = {picture.get("src")[4:] for picture in pictures if picture.get("src").startswith("cid:")}
    parts = {part["Content-ID"].strip("<>"): part for part in letter.message.walk() if part["Content-ID"]}
    assert named == parts.keys()
    assert {part.get_content_type() for part in parts.values()} <= {"image/jpeg", "image/png"}


def test_12_word_cuts_no_picture_to_the_height_of_a_line(tree: etree._Element) -> None:
    for picture in tree.xpath("//img"):
        around = [style_of(element) for element in (picture, *picture.iterancestors())]
        rules = (style["mso-line-height-rule"] for style in around if "mso-line-height-rule" in style)
        assert next(rules, "at-least") == "at-least", picture.get("alt")


def test_14_the_footer_says_who_writes_and_how_to_leave(letter: Letter, tree: etree._Element) -> None:
    imprint = read_settings(ROOT / "isa-mail.toml").publication.in_language(letter.language).imprint
    words = " ".join(tree.text_content().split())
    assert " ".join(imprint.split()) in words
    (unsubscribe,) = re.findall("<(.*?)>", letter.message["List-Unsubscribe"].replace(" ", ""))
    last = links(tree)[-1][1]
    assert last.replace("%40", "@") == unsubscribe
    assert (letter.message["List-Unsubscribe-Post"] is not None) is unsubscribe.startswith("https:")


def test_15_the_text_part_has_the_same_headings_and_links_and_is_easy_to_read(
    letter: Letter, tree: etree._Element
) -> None:
    text = letter.text
    assert "\n\n\n\n" not in text
    assert not set(FILLER) & set(text)
    assert not re.search(r"</?\w+>|&\w+;|\{\{|\*\*", text)
    place = 0
    for heading in tree.xpath("//h1|//h2"):
        letters_of_it = r"\n?".join(
            r"\s" if letter == " " else re.escape(letter) for letter in heading.text_content()
        )
        found = re.compile(rf"^{letters_of_it}\n(=+|-+)$", re.MULTILINE).search(text, place)
        assert found, heading.text_content()
        place = found.end()
    for words, href in links(tree):
        if not href.startswith("#"):
            assert f"<{href}>" in text or (words in text and href == f"mailto:{words}"), href


def test_15_the_lines_of_the_text_part_fit_into_a_mail_program(letter: Letter) -> None:
    assert letter.longest_line <= LINE_WIDTH


def test_16_the_message_is_what_mail_programs_and_filters_expect(letter: Letter) -> None:
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", letter.data)
    assert letter.message["Date"]
    assert re.fullmatch(r"<\S+@\S+>", letter.message["Message-ID"])
    kinds = [part.get_content_type() for part in letter.message.walk()]
    assert kinds[:5] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
    ]
    for part in letter.message.walk():
        if not part.is_multipart():
            assert part["Content-Transfer-Encoding"] in ("quoted-printable", "base64")
            if part.get_content_maintype() == "text":
                encoded = part.get_payload()
                assert max(map(len, encoded.splitlines())) <= 76
                assert len(encoded) <= 1.5 * len(part.get_content().encode())


def test_18_the_same_texts_give_the_same_bytes(letters: dict[str | None, Letter]) -> None:
    again = {letter.language: letter.data for letter in letters_of(ROOT)}
    assert again == {language: letter.data for language, letter in letters.items()}


# --- what a browser shows -----------------------------------------------------------------------------------


@pytest.mark.browser
def test_6_the_column_is_600_to_640_px_wide_on_a_desktop(browser: "Browser", letter: Letter) -> None:
    for page in (letter.page, without_style(letter.page)):
        assert 600 <= column_width(browser, page) <= 640


@pytest.mark.browser
def test_8_the_letter_is_the_same_without_its_style_sheet(browser: "Browser", letter: Letter) -> None:
    assert sameness(browser, letter.page) >= LEAST_SAME


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_10_every_text_can_be_read(browser: "Browser", letter: Letter, scheme: str) -> None:
    least = lowest_contrast(browser, letter.page, scheme)
    assert least.contrast >= 4.5, least


@pytest.mark.browser
def test_10_every_text_can_be_read_where_outlook_on_the_web_has_marked_the_letter_as_dark(
    browser: "Browser", letter: Letter
) -> None:
    marked = letter.page.replace("<body ", "<body data-ogsc data-ogsb ", 1)
    found = texts(browser, marked, DESKTOP)
    least = min((one for one in found if one.text), key=lambda one: one.contrast)
    assert least.contrast >= 4.5, least
    assert [one.ground for one in found] != [one.ground for one in texts(browser, letter.page, DESKTOP)]


@pytest.mark.browser
def test_10_calls_to_action_are_a_thumb_high(browser: "Browser", letter: Letter) -> None:
    for page in (letter.page, without_style(letter.page)):
        for heights in button_heights(browser, page, WIDTHS):
            assert len(heights) >= 5
            assert min(heights) >= THUMB


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_10_axe_finds_nothing(browser: "Browser", letter: Letter, scheme: str) -> None:
    assert violations(browser, letter.page, scheme) == []


@pytest.mark.browser
def test_13_nothing_scrolls_sideways(browser: "Browser", letter: Letter) -> None:
    assert sideways(browser, letter.page) == []


@pytest.mark.browser
def test_13_nothing_lies_over_anything_else(browser: "Browser", letter: Letter) -> None:
    for page in (letter.page, without_style(letter.page), without_pictures(letter.page)):
        assert [overlaps(seen) for seen in texts_at(browser, page, WIDTHS)] == [[]] * len(WIDTHS)


@pytest.mark.browser
def test_13_no_word_is_broken_inside_on_a_small_phone(browser: "Browser", letter: Letter) -> None:
    for page in (letter.page, without_style(letter.page)):
        assert broken_words(browser, page, 320) == []


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_print_is_dark_on_white_and_leaves_nothing_out(
    browser: "Browser", letter: Letter, scheme: str
) -> None:
    screen = texts(browser, letter.page, DESKTOP)
    printed = texts(browser, letter.page, DESKTOP, scheme, printed=True)
    assert [one.text for one in printed] == [one.text for one in screen]
    for one in printed:
        assert one.contrast >= 4.5
        assert min(int(one.ground[i : i + 2], 16) for i in (1, 3, 5)) > 200, one


@pytest.mark.browser
def test_a_phone_shows_all_that_a_desktop_shows(browser: "Browser", letter: Letter) -> None:
    desktop, phone = texts_at(browser, letter.page, (DESKTOP, PHONE))
    assert [one.text for one in phone] == [one.text for one in desktop]
    assert all(box[0] >= 0 and box[2] <= PHONE for one in phone for box in one.boxes)
