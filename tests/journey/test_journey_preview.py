"""`isa-mail preview`, the whole command: the draft in a browser, new after every save, and nothing is written."""

import contextlib
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from urllib.error import HTTPError

import pytest
from PIL import Image
from workplace import ROOT, Desk, wait_until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot be sent a Ctrl-C from here")


@contextlib.contextmanager
def previewed(desk: Desk, *arguments: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """A running preview and its address."""
    with desk.running("preview", "--no-browser", *arguments) as process:
        assert process.stdout is not None
        yield process, process.stdout.readline().split()[-1]


def get(address: str) -> str:
    """Fetch a page; "" for one that is not there."""
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return str(answer.read().decode("utf-8", "replace"))
    except HTTPError:
        return ""


def test_the_draft_follows_every_save_of_whatever_it_is_made_from(desk: Desk) -> None:
    desk.setting('logo = "images/logo.png"')
    logo = desk.folder / "images" / "logo.png"
    logo.parent.mkdir()
    Image.new("RGB", (40, 20), "#0f4c5c").save(logo)
    before = {name for name in desk.files() if name.startswith("build/")}
    stamps = {name: desk.files()[name] for name in before}
    with previewed(desk) as (process, address):
        letter = f"{address}letter/1/de"

        def shows(text: str, what: str) -> None:
            wait_until(lambda: text in get(letter), what)

        shows("Das Boot liegt", "the draft")
        desk.replace(desk.section, "Das Boot liegt", "Das Floß liegt")
        shows("Das Floß liegt", "a section that was saved")
        desk.replace(desk.settings_file, "Hafengasse 1", "Hafengasse 2")
        shows("Hafengasse 2", "settings that were saved")
        first = get(f"{address}picture/1/de/0"), get(f"{address}picture/1/de/1")
        Image.new("RGB", (60, 20), "#b5402a").save(logo)
        wait_until(
            lambda: (get(f"{address}picture/1/de/0"), get(f"{address}picture/1/de/1")) != first, "a new logo"
        )
        templates = desk.folder / "templates"
        templates.mkdir()
        own = (ROOT / "templates" / "newsletter.txt.j2").read_text(encoding="utf-8")
        (templates / "newsletter.txt.j2").write_text(f"VOM EIGENEN TISCH\n{own}", encoding="utf-8")
        wait_until(
            lambda: "VOM EIGENEN TISCH" in get(f"{address}?view=text"), "a first template of one's own"
        )
        desk.replace(desk.section, "Title: Ein Boot", "Tilte: Ein Boot")
        wait_until(lambda: "10-boot.txt:1" in get(address), "an error with its place")
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        assert process.stderr is not None and "Traceback" not in process.stderr.read()
    assert {name: entry for name, entry in desk.files().items() if name.startswith("build/")} == stamps


def test_a_draft_with_an_error_can_be_opened_and_mended(desk: Desk) -> None:
    text = desk.section.read_text(encoding="utf-8")
    desk.section.write_text("Tilte: Ein Boot\n\nText", encoding="utf-8")
    with previewed(desk) as (_, address):
        assert "10-boot.txt:1" in get(address)
        desk.section.write_text(text, encoding="utf-8")
        wait_until(lambda: "Das Boot liegt" in get(f"{address}letter/1/de"), "the mended draft")
