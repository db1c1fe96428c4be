"""The preview as its user has it: a real server on the loopback, a real HTTP client, a real Chromium."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
from base64 import b64decode
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from isa_mail.errors import ContentError, PreviewError, Several
from isa_mail.model import Picture, Place
from isa_mail.preview.server import Draft, DraftLetter, serve

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PNG = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
HTML = """<!doctype html><html lang="de"><head><meta charset="utf-8"><title>x</title></head>
<body style="margin:0;background:#ffffff;color:#222222;font-family:Arial,sans-serif">
<div style="max-width:600px;margin:auto;padding:16px"><h1>{text}</h1>
<img src="cid:dot@example.org" width="40" height="40" alt="Punkt"><img src="https://www.example.org/x.png" alt="fern">
<p><a href="https://www.example.org/">Mehr</a> <a href="#unten">nach unten</a></p>
<script>document.body.dataset.ran = "yes"</script>
<div style="height:3000px"></div><p id="unten">Ende</p></div></body></html>"""


@dataclass
class Desk:
    """A draft that is made of one file, and the preview that shows it."""

    file: Path
    address: str = ""

    def render(self) -> Draft:
        text = self.file.read_text(encoding="utf-8")
        if "**" in text:
            wrong = ContentError(
                "A ** is left over.", place=Place("editions/2026-09/10.txt", 4), hint="Close it with **."
            )
            other = ContentError("There is <no> picture.", place=Place("20.txt", 7), hint="Look into images.")
            raise Several([wrong, other])
        if text == "bug":
            raise ZeroDivisionError
        pictures = (Picture("dot@example.org", "dot.png", "image/png", PNG),)
        german = DraftLetter(
            HTML.format(text=text), f"Klartext: {text}\n", f"Betreff <b>{text}</b>", pictures
        )
        chinese = DraftLetter(HTML.format(text="你好"), "纯文本\n", "主题", pictures)
        return Draft("2026-09", {"de": german, "zh": chinese})

    def save(self, text: str) -> None:
        """Save as careful editors do: write beside the file, then take its place."""
        beside = self.file.with_name(self.file.name + "~")
        beside.write_text(text, encoding="utf-8")
        beside.replace(self.file)

    def get(
        self, path: str, *, method: str = "GET", host: str | None = None
    ) -> tuple[int, bytes, dict[str, str]]:
        parts = urlsplit(self.address)
        with closing(http.client.HTTPConnection(parts.netloc, timeout=10)) as connection:
            connection.request(method, path, headers={"Host": host or parts.netloc, "Connection": "close"})
            response = connection.getresponse()
            return response.status, response.read(), dict(response.headers)


@contextmanager
def served(desk: Desk) -> Iterator[threading.Thread]:
    ready, stop = threading.Event(), threading.Event()

    def on_ready(address: str) -> None:
        desk.address = address
        ready.set()

    watch = [desk.file.parent, desk.file.parent / "not there yet"]
    settings = {"watch": watch, "port": 0, "on_ready": on_ready, "stop": stop}
    thread = threading.Thread(target=serve, args=(desk.render,), kwargs=settings)
    thread.start()
    try:
        assert ready.wait(10)
        yield thread
    finally:
        stop.set()
        thread.join(10)
        assert not thread.is_alive()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "10-gruss.txt")
    desk.save("Hallo")
    with served(desk):
        yield desk


# --- over plain HTTP --------------------------------------------------------------------------------------


def test_letter_has_its_pictures_from_the_preview_and_nothing_else_is_changed(desk: Desk) -> None:
    status, body, headers = desk.get("/letter/1/de")
    assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert body.decode() == HTML.format(text="Hallo").replace("cid:dot@example.org", "/picture/1/de/0")
    assert desk.get("/picture/1/de/0")[1] == PNG


def test_page_escapes_what_it_shows(desk: Desk) -> None:
    page = desk.get("/")[1].decode()
    assert "Betreff &lt;b&gt;Hallo&lt;/b&gt;" in page
    assert "<b>" not in page


@pytest.mark.parametrize(
    "host", ["news.example.org", "127.0.0.1", "127.0.0.1:1", "localhost.example.org:{port}"]
)
@pytest.mark.parametrize("path", ["/", "/letter/1/de", "/picture/1/de/0", "/news/0"])
def test_foreign_host_is_refused_everywhere(desk: Desk, path: str, host: str) -> None:
    status, body, _ = desk.get(path, host=host.format(port=urlsplit(desk.address).port))
    assert status == 403
    assert b"Hallo" not in body


@pytest.mark.parametrize("host", ["localhost:{port}", "[::1]:{port}", "LOCALHOST:{port}"])
def test_own_names_of_this_machine_are_welcome(desk: Desk, host: str) -> None:
    assert desk.get("/", host=host.format(port=urlsplit(desk.address).port))[0] == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_only_looking_is_allowed(desk: Desk, method: str) -> None:
    assert desk.get("/", method=method)[0] == 405


@pytest.mark.parametrize(
    "path",
    [
        "/10-gruss.txt",
        "/static/frame.css",
        "/letter/1/fr",
        "/picture/1/de/1",
        "/picture/1/de/..%2f..%2f10-gruss.txt",
        "/..%2f10-gruss.txt",
        "/picture/1/fr/0",
    ],
)
def test_no_address_leads_to_a_file(desk: Desk, path: str) -> None:
    assert desk.get(path)[0] == 404


@pytest.mark.parametrize("path", ["/", "/letter/1/de", "/frame.js", "/nowhere"])
def test_every_answer_shuts_the_internet_out(desk: Desk, path: str) -> None:
    headers = desk.get(path)[2]
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; ")
    assert "http" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_unknown_language_and_view_fall_back(desk: Desk) -> None:
    page = desk.get("/?language=fr&view=x")[1].decode()
    assert 'src="/letter/1/de"' in page
    assert 'data-view="desktop"' in page


def test_two_saves_within_one_second_are_both_seen(desk: Desk) -> None:
    for number, text in enumerate(("Eins", "Zwei", "Drei"), start=1):
        desk.save(text)
        assert f"data: {number + 1}\n" in first_news(desk, number)
        assert text in desk.get(f"/letter/{number + 1}/de")[1].decode()


def test_a_file_that_an_editor_leaves_beside_changes_nothing(tmp_path: Path) -> None:
    rendered: list[int] = []

    class Counting(Desk):
        def render(self) -> Draft:
            rendered.append(1)
            return super().render()

    desk = Counting(tmp_path / "10-gruss.txt")
    desk.save("Hallo")
    with served(desk):
        for name in ("~$10-gruss.txt", ".10-gruss.txt.swp", "10-gruss.txt~", "#10-gruss.txt#"):
            (tmp_path / name).write_text("x")
        threading.Event().wait(0.6)
        assert len(rendered) == 1
        (tmp_path / "20-neu.txt").write_text("x")
        first_news(desk, 1)
    assert len(rendered) == 2


def test_a_folder_that_comes_later_is_watched(desk: Desk) -> None:
    (desk.file.parent / "not there yet").mkdir()
    (desk.file.parent / "not there yet" / "style.css").write_text("x")
    assert first_news(desk, 1)


def test_port_that_is_taken_is_said_and_nothing_is_left_open(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "10.txt")
    desk.save("Hallo")
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(PreviewError, match=str(port)) as caught:
            serve(desk.render, watch=[], port=port, on_ready=lambda _: None)
    assert "--port" in caught.value.hint


def test_a_bug_in_rendering_is_raised_and_not_shown_as_a_mistake_of_staff(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "10.txt")
    desk.save("Hallo")
    with pytest.raises(ZeroDivisionError):
        serve(desk.render, watch=[tmp_path], port=0, on_ready=lambda _: desk.save("bug"))


PROGRAM = """
import sys
from pathlib import Path
from isa_mail.preview.server import Draft, DraftLetter, serve
draft = Draft("2026-09", {"de": DraftLetter("<p>x", "x", "x")})
serve(lambda: draft, watch=[Path(sys.argv[1])], port=0, on_ready=lambda address: print(address, flush=True))
print("done")
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for one process alone")
def test_ctrl_c_ends_it_without_a_word_even_while_a_page_is_open(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROGRAM, str(tmp_path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, stdout=pipe, stderr=pipe, text=True, cwd=Path(__file__).parents[2]
    ) as program:
        assert program.stdout is not None
        address = urlsplit(program.stdout.readline().strip())
        with closing(http.client.HTTPConnection(address.netloc, timeout=10)) as open_page:
            open_page.request("GET", "/news/0")
            open_page.getresponse().readline()
            program.send_signal(signal.SIGINT)
            output, errors = program.communicate(timeout=10)
    assert (program.returncode, output, errors) == (0, "done\n", "")


def first_news(desk: Desk, version: int) -> str:
    """Wait as a page that shows `version` does; return the first news."""
    with closing(http.client.HTTPConnection(urlsplit(desk.address).netloc, timeout=10)) as connection:
        connection.request("GET", f"/news/{version}")
        with connection.getresponse() as response:
            return response.readline().decode()


# --- in a browser -----------------------------------------------------------------------------------------


@pytest.fixture
def page(browser: "Browser") -> "Iterator[Page]":
    with browser.new_context(viewport={"width": 1100, "height": 800}) as context:
        context.set_default_timeout(10_000)
        yield context.new_page()


def letter_heading(page: "Page") -> str:
    return page.frame_locator("iframe").locator("h1").inner_text()


@pytest.mark.browser
def test_both_parts_are_shown_in_each_language(desk: Desk, page: "Page") -> None:
    page.goto(desk.address)
    assert letter_heading(page) == "Hallo"
    assert page.locator(".subject strong").inner_text() == "Betreff <b>Hallo</b>"
    page.get_by_role("link", name="Text").click()
    assert page.locator("pre").inner_text() == "Klartext: Hallo\n"
    page.get_by_role("link", name="中文").click()
    assert page.locator("pre").inner_text() == "纯文本\n"
    page.get_by_role("link", name="Phone").click()
    assert letter_heading(page) == "你好"
    assert page.frame_locator("iframe").locator("html").evaluate("e => e.clientWidth") == 375


@pytest.mark.browser
def test_letter_shows_its_pictures_and_runs_and_loads_nothing(desk: Desk, page: "Page") -> None:
    refused: list[tuple[str, str | None]] = []
    page.on("requestfailed", lambda request: refused.append((request.url, request.failure)))
    page.goto(desk.address, wait_until="load")
    letter = page.frame_locator("iframe")
    assert letter.get_by_alt_text("Punkt").evaluate("e => e.naturalWidth") == 1
    assert letter.locator("body").get_attribute("data-ran") is None
    assert refused == [("https://www.example.org/x.png", "csp")]  # named by the letter, asked of nobody
    assert letter.get_by_text("Mehr").get_attribute("target") == "_blank"
    assert letter.get_by_text("nach unten").get_attribute("target") is None


@pytest.mark.browser
def test_page_follows_a_save_and_stays_where_the_reader_was(desk: Desk, page: "Page") -> None:
    page.goto(desk.address)
    letter = page.frame_locator("iframe")
    letter.locator("html").evaluate("e => { e.scrollTop = 700 }")
    desk.save("Guten Tag")
    letter.get_by_text("Guten Tag").wait_for()
    page.wait_for_function(
        "document.querySelector('iframe').contentDocument.scrollingElement.scrollTop === 700"
    )


@pytest.mark.browser
def test_page_shows_all_errors_and_recovers_by_the_next_save(desk: Desk, page: "Page") -> None:
    page.goto(desk.address + "?view=phone")
    assert letter_heading(page) == "Hallo"
    desk.save("**Hallo")
    page.get_by_text("2 things have to be mended first").wait_for()
    assert [text.split("\n\n") for text in page.locator(".errors li").all_inner_texts()] == [
        ["editions/2026-09/10.txt:4", "A ** is left over.", "Close it with **."],
        ["20.txt:7", "There is <no> picture.", "Look into images."],
    ]
    desk.save("Gut")
    page.frame_locator("iframe").get_by_text("Gut").wait_for()
    assert page.locator("body").get_attribute("data-view") == "phone"


@pytest.mark.browser
def test_page_says_when_the_preview_has_ended(tmp_path: Path, page: "Page") -> None:
    desk = Desk(tmp_path / "10.txt")
    desk.save("Hallo")
    with served(desk):
        page.goto(desk.address)
        assert letter_heading(page) == "Hallo"
        assert page.locator(".ended").is_hidden()
    page.get_by_text("The preview has ended").wait_for()


@pytest.mark.browser
@pytest.mark.parametrize("view", ["desktop", "phone", "text"])
def test_frame_never_scrolls_sideways(desk: Desk, page: "Page", view: str) -> None:
    page.goto(f"{desk.address}?view={view}")
    for width in (320, 375, 600, 1280):
        page.set_viewport_size({"width": width, "height": 700})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("document.querySelector('main').clientHeight") > 400


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("text", ["Hallo", "**"])
def test_frame_is_open_to_everyone(desk: Desk, page: "Page", scheme: str, text: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    desk.save(text)
    first_news(desk, 1)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(desk.address + "?view=text")
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
