"""The preview as a folder: it opens from a disk, shows what the page shows, and nothing that is personal."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from invented_draft import ANN, Desk, violations

from isa_mail.errors import MergeError, PreviewError
from isa_mail.preview.draft import Reader
from isa_mail.preview.export import export

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path / "10.txt")
    desk.save("Hallo<script>alert(1)</script>")
    return desk


def test_nothing_personal_is_in_it_unless_a_person_is_named(desk: Desk, tmp_path: Path) -> None:
    page = export(desk.render(), tmp_path / "entwurf", None)
    assert page == tmp_path / "entwurf" / "index.html"
    text = page.read_text(encoding="utf-8")
    assert "mitglied.test" not in text
    assert "members.csv" not in text
    assert "elsewhere.txt" not in text  # a finding about no text of the edition might be about people
    assert str(tmp_path) not in text
    named = export(desk.render(), tmp_path / "entwurf", Reader(ANN, left=False)).read_text(encoding="utf-8")
    assert "ann@mitglied.test" in named
    assert "yu@mitglied.test" not in named


def test_a_page_of_somebody_else_is_not_written_over(desk: Desk, tmp_path: Path) -> None:
    other = tmp_path / "web" / "index.html"
    other.parent.mkdir()
    other.write_text("<p>Unsere Seite</p>", encoding="utf-8")
    with pytest.raises(PreviewError, match=r"another index\.html"):
        export(desk.render(), other.parent, None)
    assert other.read_text(encoding="utf-8") == "<p>Unsere Seite</p>"


def test_a_folder_that_cannot_be_made_is_said(desk: Desk) -> None:
    with pytest.raises(PreviewError, match="cannot be written"):
        export(desk.render(), desk.file / "entwurf", None)


def test_a_letter_that_cannot_be_merged_is_not_exported(desk: Desk, tmp_path: Path) -> None:
    desk.save("leer")
    with pytest.raises(MergeError):
        export(desk.render(), tmp_path / "entwurf", Reader(ANN, left=False))
    assert not (tmp_path / "entwurf").exists()


@pytest.fixture
def page(browser: "Browser") -> "Iterator[Page]":
    with browser.new_context(viewport={"width": 1280, "height": 800}) as context:
        context.set_default_timeout(20_000)
        page = context.new_page()
        wrong: list[str] = []
        asked: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: wrong.append(dialog.message))
        page.on("request", lambda request: asked.append(request.url.partition(":")[0]))
        yield page
        assert wrong == []
        assert set(asked) <= {"file", "data"} | {
            "https"
        }  # https: what the letter names is asked for, and refused


@pytest.mark.browser
def test_it_opens_from_a_disk_and_every_switch_works(desk: Desk, tmp_path: Path, page: "Page") -> None:
    refused: list[tuple[str, str | None]] = []
    page.on("requestfailed", lambda request: refused.append((request.url, request.failure)))
    page.goto(export(desk.render(), tmp_path / "Entwurf für Ümit", Reader(ANN, left=False)).as_uri())
    letter = page.frame_locator("iframe").last
    assert letter.locator("h1").inner_text() == "Hallo ann@mitglied.test"
    assert letter.get_by_alt_text("Punkt").evaluate("e => e.naturalWidth") == 1
    assert refused == [("https://www.example.org/x.png", "csp")]
    page.get_by_role("button", name="Phone").click()
    assert letter.locator("html").evaluate("e => innerWidth") == 375
    letter.get_by_text("nach unten").click()
    page.wait_for_function("() => document.querySelector('iframe').contentWindow.scrollY > 1000")
    page.keyboard.press("d")
    assert letter.locator("html").evaluate("e => e.style.colorScheme") == "dark"
    page.locator(".finding", has_text="10.txt:1").click()
    page.wait_for_function(
        "() => document.querySelector('iframe').contentDocument.querySelector('h1').style.outline"
    )
    page.get_by_role("button", name="Both").click()
    page.frame_locator(".letter[lang=zh] iframe").get_by_role("heading", name="你好").wait_for()
    page.keyboard.press("4")
    assert page.locator("pre").first.inner_text().startswith("Klartext: Hallo")
    page.keyboard.press("1")
    page.get_by_role("button", name="Deutsch").click()
    page.locator("#search").click()
    page.get_by_role("option", name="Nobody in particular").click()
    page.wait_for_function(
        "() => !document.querySelector('iframe').contentDocument.body.innerText.includes('ann@')"
    )
    page.locator("#search").click()
    page.get_by_role("option", name="Ann <b>Probe</b>").click()
    page.wait_for_function(
        "() => document.querySelector('iframe').contentDocument.body.innerText.includes('ann@')"
    )


@pytest.mark.browser
def test_without_a_person_there_is_nobody_to_choose(desk: Desk, tmp_path: Path, page: "Page") -> None:
    page.goto(export(desk.render(), tmp_path / "entwurf", None).as_uri())
    page.locator(".letter[data-drawn]").wait_for()
    assert violations(page) == []
    assert page.locator("#search").is_hidden()
    assert page.locator("#ended").is_hidden()
