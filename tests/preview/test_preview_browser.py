"""The preview as staff see it: the sample edition in a real Chromium."""

import re
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from invented_draft import YU, Desk, served, violations
from PIL import Image, ImageStat

from isa_mail.model.findings import Finding, Place, Severity
from isa_mail.pipeline.building import build
from isa_mail.pipeline.previewing import Previewing, StagedReaders
from isa_mail.preview.server import serve
from isa_mail.workspace.find import Workspace, find_workspace
from isa_mail.workspace.settings import Settings, read_settings
from isa_mail.workspace.skeleton import make_workspace

if TYPE_CHECKING:
    from playwright.sync_api import Browser, FrameLocator, Locator, Page

pytestmark = pytest.mark.browser

EDITION = "2026-09"
LEFT_OVER = "Hier bleibt **etwas stehen."


@dataclass
class Office:
    """A workspace with the sample edition, and its running preview."""

    workspace: Workspace
    address: str = ""

    @property
    def folder(self) -> Path:
        return self.workspace.edition_directory(EDITION)

    def settings(self) -> Settings:
        return read_settings(self.workspace.settings_file)

    @contextmanager
    def changed(self, name: str, before: str, after: str) -> Iterator[None]:
        """Change a file of the edition for the length of a block."""
        file = self.folder / name
        text = file.read_text(encoding="utf-8")
        assert before in text
        file.write_text(text.replace(before, after, 1), encoding="utf-8")
        try:
            yield
        finally:
            file.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    root = tmp_path_factory.mktemp("office")
    make_workspace(root)
    office = Office(find_workspace(root, {}))
    for name, greeting in (("de", "Liebe Mitglieder,"), ("zh", "尊敬的各位会员：")):
        file = office.folder / name / "edition.txt"
        text = re.sub(
            r"(?m)^(Greeting|问候语|称呼)[:：].*$",
            f"Greeting: {{{{ greeting | {greeting} }}}}",
            file.read_text("utf-8"),
        )
        assert "{{ greeting" in text
        file.write_text(text, encoding="utf-8")
    section = office.folder / "de" / "50-neues-mitglied.txt"
    section.write_text(f"{section.read_text('utf-8').rstrip()}\n\n{LEFT_OVER}\n", encoding="utf-8")
    previewing = Previewing(office.workspace, office.settings, EDITION)
    ready, stop = threading.Event(), threading.Event()

    def on_ready(address: str) -> None:
        office.address = address
        ready.set()

    with closing(StagedReaders(office.workspace, office.settings)) as readers:
        settings = {"watch": previewing.watched, "port": 0, "key": "k3y", "on_ready": on_ready, "stop": stop}
        thread = threading.Thread(target=serve, args=(previewing.draft, readers), kwargs=settings)
        thread.start()
        assert ready.wait(30)
        yield office
        stop.set()
        thread.join(10)


@pytest.fixture
def page(browser: "Browser") -> "Iterator[Page]":
    with browser.new_context(viewport={"width": 1280, "height": 800}) as context:
        context.set_default_timeout(20_000)
        page = context.new_page()
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        yield page
        assert wrong == []


@pytest.fixture
def preview(office: Office, page: "Page") -> "Page":
    page.goto(office.address)
    drawn(page)
    return page


def drawn(page: "Page", letters: int = 1) -> None:
    """Wait until so many letters are there, and nothing of an older version any more."""
    page.wait_for_function(
        "n => document.querySelectorAll('.letter[data-drawn]').length === n && "
        "document.querySelectorAll('iframe').length === n",
        arg=letters,
    )


def letter(page: "Page", language: str = "de") -> "FrameLocator":
    return page.frame_locator(f".letter[lang={language}] iframe").last


def width(page: "Page") -> int:
    return int(page.locator("iframe").evaluate("frame => frame.contentWindow.innerWidth"))


def photograph(where: "Locator") -> Image.Image:
    return Image.open(BytesIO(where.screenshot())).convert("L")


def brightness(image: Image.Image) -> float:
    return float(ImageStat.Stat(image).mean[0])


# --- the switches -----------------------------------------------------------------------------------------


def test_each_width_is_what_it_says_and_looks_different(preview: "Page") -> None:
    pictures = {}
    for name, pixels in (("Desktop", 950), ("Phone", 375), ("Narrow", 320)):
        preview.get_by_role("button", name=name, exact=True).click()
        assert width(preview) == pixels
        pictures[name] = photograph(preview.locator("iframe"))
    assert len({picture.size for picture in pictures.values()}) == 3
    assert all(letter(preview).locator("html").evaluate("e => e.scrollWidth <= innerWidth") for _ in "x")


def test_a_narrow_window_shows_the_desktop_letter_smaller_and_not_the_phones(preview: "Page") -> None:
    preview.set_viewport_size({"width": 500, "height": 800})
    preview.wait_for_function("() => document.querySelector('iframe').style.transform")
    assert width(preview) == 640
    assert preview.locator("iframe").bounding_box()["width"] <= 500  # type: ignore[index]


def test_dark_is_dark_and_light_is_light_whatever_this_machine_prefers(
    office: Office, preview: "Page"
) -> None:
    light = photograph(preview.locator("iframe"))
    preview.keyboard.press("d")
    dark = photograph(preview.locator("iframe"))
    assert brightness(dark) < 100 < 150 < brightness(light)
    assert brightness(photograph(preview.locator("header"))) < 100
    preview.emulate_media(color_scheme="dark")
    preview.keyboard.press("d")
    assert abs(brightness(photograph(preview.locator("iframe"))) - brightness(light)) < 1
    preview.emulate_media(color_scheme="light")
    preview.keyboard.press("d")
    assert abs(brightness(photograph(preview.locator("iframe"))) - brightness(dark)) < 1


def test_without_pictures_their_descriptions_are_shown_and_they_come_back(preview: "Page") -> None:
    shown = "[...document.images].filter(each => each.naturalWidth).length"
    assert letter(preview).locator("html").evaluate(shown) == 5
    preview.get_by_role("button", name="No pictures").click()
    assert letter(preview).locator("html").evaluate(shown) == 0
    assert letter(preview).locator("img").nth(1).evaluate("e => e.clientHeight") > 100
    preview.get_by_role("button", name="No pictures").click()
    preview.wait_for_function(
        "() => [...document.querySelector('iframe').contentDocument.images].every(each => each.naturalWidth)"
    )


def test_without_its_style_sheet_nothing_dark_is_left(preview: "Page") -> None:
    light = photograph(preview.locator("iframe"))
    preview.keyboard.press("d")
    preview.get_by_role("button", name="No styles").click()
    active = "[...document.styleSheets].filter(each => !each.disabled).length"
    assert letter(preview).locator("html").evaluate(active) == 0
    assert abs(brightness(photograph(preview.locator("iframe"))) - brightness(light)) < 1
    preview.get_by_role("button", name="No styles").click()
    assert brightness(photograph(preview.locator("iframe"))) < 100


def test_the_plain_text_stands_in_columns_of_one_width(preview: "Page") -> None:
    preview.keyboard.press("4")
    text = preview.locator("pre")
    assert text.inner_text().startswith("Städtebund Zwei Ufer\n\nZwei Ufer – Herbst 2026\n=====")
    wide = """(e, letters) => { const canvas = document.createElement("canvas").getContext("2d");
      canvas.font = getComputedStyle(e).font; return canvas.measureText(letters).width }"""
    assert text.evaluate(wide, "iiii") == text.evaluate(wide, "WWWW")
    assert text.evaluate("e => getComputedStyle(e).whiteSpace") == "pre"


def test_the_inbox_shows_sender_subject_and_preheader_and_no_word_of_the_letter(preview: "Page") -> None:
    row = preview.locator(".inbox")
    assert row.locator(".sender").inner_text() == "Städtebund Zwei Ufer"
    assert row.locator(".subject").inner_text() == "Zwei Ufer im Herbst: Willkommen, Qingling!"
    snippet = row.locator(".snippet").inner_text()
    assert snippet.startswith("Elf Betriebe in Songdu")
    assert snippet.endswith("Grünhafen")


def test_headers_and_sizes_are_those_of_the_mail(preview: "Page") -> None:
    preview.locator("#headers summary").click()
    said = preview.locator("#headers dl").inner_text()
    for words in ("List-Unsubscribe", "recipient@example.org", "the moment when it is sent"):
        assert words in said
    meters = preview.locator("meter")
    assert meters.count() == 2
    assert 0 < float(meters.first.evaluate("e => e.value / e.max")) < 1
    assert "Gmail cuts off at 102 KB" in preview.locator("#sizes").inner_text()
    assert "Programm Herbsttagung Grünhafen.pdf" in preview.locator("#sizes").inner_text()


def test_the_page_says_whether_the_last_build_is_this_draft(office: Office, preview: "Page") -> None:
    assert preview.locator("#standing").inner_text() == "2026-09 has not been built yet."
    built = build(office.workspace, office.settings(), EDITION)
    preview.get_by_text("The last build is this draft.").wait_for()
    assert preview.locator("#fingerprint").inner_text() == built.build.fingerprint[:12]
    with office.changed("de/20-reise.txt", "Acht Tage", "Neun Tage"):
        preview.get_by_text("de/20-reise.txt has changed").wait_for()
    preview.get_by_text("The last build is this draft.").wait_for()


# --- as a person ------------------------------------------------------------------------------------------


def test_anyone_on_the_lists_is_found_by_typing_and_their_letter_shown(preview: "Page") -> None:
    letter(preview).get_by_text("Liebe Mitglieder,").wait_for()
    preview.keyboard.press("r")
    assert preview.get_by_role("option").first.inner_text() == "Nobody in particular"
    preview.keyboard.type("SANDVOß grünh")
    preview.wait_for_function("() => document.querySelectorAll('[role=option]').length === 2")
    preview.keyboard.press("Enter")
    letter(preview).get_by_text("Sehr geehrte Frau Dr. Sandvoß,").wait_for()
    assert "h.sandvoss@gruenhafen.example.org" in letter(preview).locator("body").inner_text()
    assert preview.locator("#search").input_value() == "Henrike Sandvoß"
    assert "recipients/example.csv:2" in preview.locator("#person").inner_text()
    preview.keyboard.press("r")
    preview.get_by_role("option", name="Nobody in particular").click()
    letter(preview).get_by_text("Liebe Mitglieder,").wait_for()


def test_a_person_gets_the_letter_in_their_language(preview: "Page") -> None:
    preview.locator("#search").fill("wu.jing")
    preview.get_by_role("option", name="Jing Wu").click()
    letter(preview, "zh").get_by_text("尊敬的").first.wait_for()
    assert "Jing" in letter(preview, "zh").locator("body").inner_text()
    assert preview.get_by_role("button", name="中文").get_attribute("aria-pressed") == "true"
    assert "gets the letter in 中文" in preview.locator("#person").inner_text()


def test_the_search_can_be_used_with_arrows_and_left_with_escape(preview: "Page") -> None:
    preview.keyboard.press("r")
    field = preview.get_by_role("combobox")
    preview.wait_for_function("() => document.querySelectorAll('[role=option]').length === 17")
    preview.keyboard.press("ArrowDown")
    preview.keyboard.press("ArrowDown")
    assert field.get_attribute("aria-activedescendant") == "person-1"
    assert preview.locator("#person-1").get_attribute("aria-selected") == "true"
    preview.keyboard.press("Escape")
    assert preview.get_by_role("option").count() == 0
    assert field.input_value() == ""
    field.fill("niemand von hier")
    preview.get_by_text("Nobody on the lists has these words").wait_for()


def test_two_languages_stand_side_by_side(preview: "Page") -> None:
    preview.get_by_role("button", name="Both").click()
    drawn(preview, 2)
    assert letter(preview, "de").locator("h1").inner_text() == "Zwei Ufer – Herbst 2026"
    assert letter(preview, "zh").locator("h1").inner_text() == "双岸通讯·2026年秋"
    boxes = [preview.locator(f".letter[lang={code}]").bounding_box() for code in ("de", "zh")]
    assert boxes[0] and boxes[1]
    assert boxes[0]["x"] + boxes[0]["width"] <= boxes[1]["x"]
    assert [row.inner_text() for row in preview.locator(".sender").all()] == [
        "Städtebund Zwei Ufer",
        "双岸城市联盟",
    ]


# --- findings, saves, errors ------------------------------------------------------------------------------


def test_a_finding_shows_its_place_in_the_letter_and_names_file_and_line(preview: "Page") -> None:
    preview.keyboard.press("4")  # also from the plain text
    preview.locator(".finding", has_text="is left over").click()
    marked = letter(preview).get_by_text(LEFT_OVER)
    preview.wait_for_function(
        "() => [...document.querySelectorAll('iframe')].some("
        "each => [...each.contentDocument.querySelectorAll('p')].some(p => p.style.outline))"
    )
    assert "solid" in (marked.get_attribute("style") or "")
    assert marked.evaluate(
        "e => { const box = e.getBoundingClientRect(); return box.top > 0 && box.bottom < innerHeight }"
    )
    assert preview.locator("#where code").inner_text() == "editions/2026-09/de/50-neues-mitglied.txt:9"
    preview.keyboard.press("Escape")
    assert preview.locator("#where").is_hidden()
    assert "solid" not in (marked.get_attribute("style") or "")


def test_a_finding_about_the_subject_shows_the_inbox(tmp_path: Path, page: "Page") -> None:
    desk = Desk(tmp_path / "10.txt")
    desk.save("Hallo")
    with served(desk):
        page.goto(desk.address)
        drawn(page)
        page.locator(".finding", has_text="M101").click()
        page.wait_for_function("() => document.querySelector('.inbox').style.outline")
        assert page.locator("#where code").inner_text() == "edition.txt:2"
        page.locator(".finding", has_text="C105").click()  # is about no letter: only its place is named
        page.wait_for_function("() => !document.querySelector('.inbox').style.outline")
        assert page.locator("#where code").inner_text() == "elsewhere.txt:1"


def test_what_is_found_about_the_lists_joins_the_rest_and_long_lists_are_left_to_check(
    tmp_path: Path, page: "Page"
) -> None:
    row = Finding(
        "L102", Severity.WARNING, Place("recipients/members.csv", 7), "A row is refused.", "Mend it."
    )
    desk = Desk(tmp_path / "10.txt", found=(row,))
    desk.save("Hallo")
    with served(desk):
        page.goto(desk.address)
        page.locator(".finding", has_text="A row is refused.").click()
        assert page.locator("#where code").inner_text() == "recipients/members.csv:7"
        codes = page.locator(".finding small").all_inner_texts()
        assert codes == ["C105", "C103", "L102", "M101"]
        assert page.locator("#more-findings").is_hidden()
        desk.found = None
        desk.save("Hallo wieder")
        page.get_by_text("The lists are long").wait_for()
        assert "L102" not in page.locator(".finding small").all_inner_texts()
        desk.lists_trouble = KeyError("zh")
        desk.people.there.append(YU._replace(address="eve@mitglied.test", name="Eve", language="en"))
        desk.save("Hallo zum dritten")
        page.get_by_text("The lists could not be looked at here; try isa-mail check.").wait_for()
        assert page.locator("#more-findings").is_hidden()
        page.locator("#search").fill("eve")
        page.get_by_role("option", name="wants en").click()
        page.get_by_text("wants en, in which there is no letter").wait_for()


def test_many_findings_of_one_kind_are_folded_until_one_of_them_is_wanted(
    tmp_path: Path, page: "Page"
) -> None:
    desk = Desk(tmp_path / "10.txt")
    desk.save("viele")
    with served(desk):
        page.goto(desk.address)
        drawn(page)
        assert page.locator("#count").inner_text() == "8"
        assert page.locator("#findings h3").all_inner_texts() == [
            "To be mended: 1",
            "To be looked at: 1",
            "Good to know: 6",
        ]
        assert "5 × Blank 0." in page.locator("#findings summary").inner_text()
        assert page.locator(".finding", has_text="Blank 3.").is_hidden()
        for _ in range(7):
            page.keyboard.press("n")
        page.locator(".finding[aria-pressed=true]", has_text="Blank 3.").wait_for()
        page.keyboard.press("b")
        page.locator(".finding[aria-pressed=true]", has_text="Blank 2.").wait_for()


def test_a_click_into_the_letter_names_the_line_that_was_typed(preview: "Page") -> None:
    letter(preview).get_by_text("Qingling ist die 24. Stadt im Bund").click()
    assert preview.locator("#where code").inner_text() == "editions/2026-09/de/50-neues-mitglied.txt:1"


def test_a_save_is_shown_at_the_spot_where_the_reader_was(office: Office, preview: "Page") -> None:
    preview.evaluate("window.kept = 'the page was not loaded again'")
    preview.keyboard.press("2")
    letter(preview).locator("html").evaluate("e => { e.scrollTop = 700 }")
    with office.changed("de/20-reise.txt", "Acht Tage, drei", "Zehn Tage, drei"):
        letter(preview).get_by_role("heading", name="Zehn Tage, drei").wait_for()
        drawn(preview)
        assert letter(preview).locator("html").evaluate("e => e.scrollTop") == 700
        assert preview.evaluate("window.kept")
        assert width(preview) == 375
    letter(preview).get_by_role("heading", name="Acht Tage, drei").wait_for()


def test_errors_stand_over_the_last_good_letter_until_they_are_mended(
    office: Office, preview: "Page"
) -> None:
    with office.changed("de/20-reise.txt", "Title: ", "Tilte: "):
        preview.get_by_text("Something has to be mended first").wait_for()
        card = preview.locator("#errors")
        assert card.locator("code").inner_text() == "editions/2026-09/de/20-reise.txt:1"
        assert "Did you mean Title" in card.locator(".next").inner_text()
        assert letter(preview).locator("h1").inner_text() == "Zwei Ufer – Herbst 2026"
        assert preview.title().startswith("To be mended")
    card.wait_for(state="hidden")
    assert preview.title().startswith("Zwei Ufer – Herbst 2026")
    letter(preview).get_by_role("heading", name="Acht Tage").wait_for()


def test_a_draft_that_was_never_whole_appears_as_soon_as_it_is(tmp_path: Path, page: "Page") -> None:
    desk = Desk(tmp_path / "10.txt")
    desk.save("**")
    with served(desk):
        page.goto(desk.address)
        page.get_by_text("2 things have to be mended first").wait_for()
        assert "There is <no> picture." in page.locator("#errors").inner_text()
        desk.save("Gut")
        letter(page).get_by_role("heading", name="Gut").wait_for()
    page.get_by_text("The preview has ended").wait_for()


def test_a_letter_that_cannot_be_merged_for_a_person_says_why(tmp_path: Path, page: "Page") -> None:
    desk = Desk(tmp_path / "10.txt")
    desk.save("leer")
    with served(desk):
        page.goto(desk.address)
        drawn(page)
        page.locator("#search").fill("ann")
        page.get_by_role("option", name="Ann <b>Probe</b>").click()
        page.get_by_text("No town for Ann.").wait_for()
        page.locator("#search").fill("yu")
        page.get_by_role("option", name="Yu").click()
        page.get_by_text("has left, and so gets nothing").wait_for()


def test_the_letter_runs_nothing_and_loads_nothing_from_outside(tmp_path: Path, page: "Page") -> None:
    refused: list[tuple[str, str | None]] = []
    page.on("requestfailed", lambda request: refused.append((request.url, request.failure)))
    desk = Desk(tmp_path / "10.txt")
    desk.save("Hallo")
    with served(desk):
        page.goto(desk.address)
        drawn(page)
        shown = letter(page)
        assert shown.get_by_alt_text("Punkt").evaluate("e => e.naturalWidth") == 1
        assert shown.locator("body").get_attribute("data-ran") is None
        assert refused == [("https://www.example.org/x.png", "csp")]  # named by the letter, asked of nobody
        assert shown.get_by_text("Mehr").get_attribute("target") == "_blank"
        assert shown.get_by_text("nach unten").get_attribute("target") is None
        assert page.locator(".finding").nth(1).locator("span").first.inner_text() == "<i>Some</i> word."


# --- for everyone -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_page_whatever_is_open(office: Office, preview: "Page", scheme: str) -> None:
    if scheme == "dark":
        preview.keyboard.press("d")
    preview.locator("#headers summary").click()
    assert violations(preview) == []
    preview.keyboard.press("4")
    preview.keyboard.press("n")
    preview.keyboard.press("r")
    preview.get_by_role("option", name="Jing Wu").wait_for()
    assert violations(preview) == []
    preview.keyboard.press("Escape")
    preview.keyboard.press("?")
    assert violations(preview) == []
    preview.keyboard.press("Escape")
    with office.changed("de/20-reise.txt", "Title: ", "Tilte: "):
        preview.get_by_text("Something has to be mended first").wait_for()
        assert violations(preview) == []


def test_nothing_scrolls_sideways_on_a_phone_or_at_200_percent(preview: "Page") -> None:
    for key in "1234":
        preview.keyboard.press(key)
        for size in ((320, 640), (390, 780), (640, 400), (1280, 800)):
            preview.set_viewport_size({"width": size[0], "height": size[1]})
            assert preview.evaluate("document.documentElement.scrollWidth") <= size[0]
            if preview.locator("main").is_visible():
                assert preview.evaluate("document.querySelector('#stage').clientHeight") > 300


def test_on_a_phone_the_details_take_the_place_of_the_letter(office: Office, page: "Page") -> None:
    page.set_viewport_size({"width": 390, "height": 780})
    page.goto(office.address)
    drawn(page)
    assert width(page) == 375
    page.get_by_role("button", name="Details").click()
    assert page.locator("iframe").is_hidden()
    page.locator(".finding", has_text="is left over").click()
    page.locator("iframe").wait_for(state="visible")
    assert page.locator("#where code").inner_text() == "editions/2026-09/de/50-neues-mitglied.txt:9"


def test_all_keys_of_the_help_do_something(preview: "Page") -> None:
    preview.get_by_role("button", name="Help").click()
    keys = preview.locator("#help kbd").all_inner_texts()
    preview.get_by_role("button", name="Close", exact=True).click()
    known = preview.evaluate("Object.keys(KEYS)")
    assert sorted([*keys, "?"]) == sorted("Esc" if key == "Escape" else key for key in known)
    preview.keyboard.press("l")
    letter(preview, "zh").locator("h1").wait_for()
    preview.keyboard.press("i")
    assert preview.locator("aside").is_hidden()


def test_keys_can_be_turned_off_for_those_whom_they_disturb(preview: "Page") -> None:
    preview.keyboard.press("?")
    preview.get_by_label("Keys are on").uncheck()
    preview.get_by_role("button", name="Close", exact=True).click()
    preview.keyboard.press("2")
    assert width(preview) == 950
    preview.reload()
    drawn(preview)
    preview.keyboard.press("2")
    assert width(preview) == 950
