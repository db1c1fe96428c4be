"""`isa-mail preview`, the whole command: the mail itself, new after every save, for anyone, and nothing is written."""

import contextlib
import email
import email.policy
import json
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote

import pytest
from PIL import Image
from servers import smtp_server
from workplace import FIVE, ROOT, Desk, the_error, wait_until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot be sent a Ctrl-C from here")


@contextlib.contextmanager
def previewed(desk: Desk, *arguments: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """A running preview and its address."""
    with desk.running("preview", "--no-browser", *arguments) as process:
        assert process.stdout is not None
        yield process, process.stdout.readline().split()[-1]


def fetch(address: str) -> bytes:
    """Fetch a page; nothing for one that is not there."""
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return bytes(answer.read())
    except HTTPError:
        return b""


def get(address: str) -> str:
    return fetch(address).decode("utf-8", "replace")


def told(address: str) -> Any:
    return json.loads(fetch(address))


def number_of(address: str, person: str) -> int:
    """Look a person up as the page does."""
    (found,) = told(f"{address}people?words={quote(person)}")["people"]
    assert found["address"] == person
    return int(found["number"])


def html_part(content: bytes) -> bytes:
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    part = message.get_body(("html",))
    assert part is not None
    data = part.get_payload(decode=True)
    assert isinstance(data, bytes)
    return data


def test_the_draft_follows_every_save_of_whatever_it_is_made_from(desk: Desk) -> None:
    desk.setting('logo = "images/logo.png"')
    logo = desk.folder / "images" / "logo.png"
    logo.parent.mkdir()
    Image.new("RGB", (40, 20), "#0f4c5c").save(logo)
    before = {name: entry for name, entry in desk.files().items() if name.startswith("build/")}
    with previewed(desk) as (process, address):
        letter = f"{address}letter/1/de/0"

        def shows(text: str, what: str) -> None:
            wait_until(lambda: text in get(letter), what)

        shows("Das Boot liegt", "the draft")
        desk.replace(desk.section, "Das Boot liegt", "Das Floß liegt")
        shows("Das Floß liegt", "a section that was saved")
        desk.replace(desk.settings_file, "Hafengasse 1", "Hafengasse 2")
        shows("Hafengasse 2", "settings that were saved")
        first = fetch(f"{address}picture/1/de/0"), fetch(f"{address}picture/1/de/1")
        Image.new("RGB", (60, 20), "#b5402a").save(logo)
        wait_until(
            lambda: (fetch(f"{address}picture/1/de/0"), fetch(f"{address}picture/1/de/1")) != first,
            "a new logo",
        )
        templates = desk.folder / "templates"
        templates.mkdir()
        own = (ROOT / "templates" / "newsletter.txt.j2").read_text(encoding="utf-8")
        (templates / "newsletter.txt.j2").write_text(f"VOM EIGENEN TISCH\n{own}", encoding="utf-8")
        wait_until(
            lambda: "VOM EIGENEN TISCH" in told(f"{address}facts/1/de/0")["text"],
            "a first template of one's own",
        )
        desk.replace(desk.section, "Title: Ein Boot", "Tilte: Ein Boot")
        wait_until(
            lambda: (
                [each["place"].endswith("10-boot.txt:1") for each in told(f"{address}draft")["errors"]]
                == [True]
            ),
            "an error with its place",
        )
        shows("Hafengasse 2", "the last draft that was whole")
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        assert process.stderr is not None and "Traceback" not in process.stderr.read()
    assert {name: entry for name, entry in desk.files().items() if name.startswith("build/")} == before


def test_a_draft_with_an_error_can_be_opened_and_mended(desk: Desk) -> None:
    text = desk.section.read_text(encoding="utf-8")
    desk.section.write_text("Tilte: Ein Boot\n\nText", encoding="utf-8")
    with previewed(desk) as (_, address):
        assert "10-boot.txt:1" in told(f"{address}draft")["errors"][0]["place"]
        desk.section.write_text(text, encoding="utf-8")
        wait_until(lambda: "Das Boot liegt" in get(f"{address}letter/1/de/0"), "the mended draft")


def two_languages(desk: Desk) -> None:
    """Give the edition a Chinese letter, which is encoded in another way, and a personal greeting to both."""
    desk.replace(desk.settings_file, 'languages = ["de"]', 'languages = ["de", "zh"]')
    for language in ("de", "zh"):
        folder = desk.edition / language
        folder.mkdir()
        for file in (desk.edition / "edition.txt", desk.section):
            (folder / file.name).write_bytes(file.read_bytes())
        greeting = "Greeting: {{ greeting | Guten Tag, }}"
        text = (folder / "edition.txt").read_text(encoding="utf-8")
        text = re.sub("(?m)^Greeting:.*$", greeting, text).replace("Language: de", f"Language: {language}")
        (folder / "edition.txt").write_text(text, encoding="utf-8")
    for file in (desk.edition / "edition.txt", desk.section):
        file.unlink()
    chinese = (
        "标题：一条船\n\n这条船停在{{ ort }}，尊敬的会员{{ nachname | }}，欢迎上船。"
        + "河水很静，船很稳。" * 60
    )
    (desk.edition / "zh" / "10-boot.txt").write_text(
        f"{chinese}\n\n![船](images/boot.png)\n", encoding="utf-8"
    )


@pytest.mark.parametrize("linked", [False, True])
def test_what_is_shown_for_a_person_is_what_the_mail_server_gets_byte_for_byte(
    desk: Desk, linked: bool
) -> None:
    two_languages(desk)
    if linked:
        desk.setting('web_address = "https://www.ufer.example.org/post/"\npictures = "linked"')
    shown: dict[str, bytes] = {}
    with previewed(desk) as (_, address):
        languages = {"chen@mitglied.test": "zh"}
        for person in sorted(FIVE):
            language = languages.get(person, "de")
            path = f"{language}/{number_of(address, person)}"
            shown[person] = fetch(f"{address}letter/1/{path}")
            facts = told(f"{address}facts/1/{path}")
            assert person in {each["name"]: each["value"] for each in facts["headers"]}["To"]
        fingerprint = told(f"{address}draft")["fingerprint"]
        picture = fetch(f"{address}picture/1/de/0")
    assert "Guten Tag Anna Möller,".encode() in shown["anna@mitglied.test"]
    with smtp_server() as server:
        desk.mail_server(server)
        assert fingerprint in desk.run("build").out
        desk.send(5)
        received = {got.recipients[0]: got.content for got in server.accepted}
    assert received.keys() == shown.keys()
    exchanged = rb'src="(?:cid:[^"]*|https://www\.ufer\.example\.org/post/[^"]*/pictures/[^"]*)"'
    for person, content in received.items():
        html = html_part(content)
        (there,) = re.findall(exchanged, html)
        assert (b"https:" in there) is linked
        language = "zh" if person == "chen@mitglied.test" else "de"
        here = f'src="../../../picture/1/{language}/0"'.encode()
        assert shown[person].count(here) == 1
        assert shown[person].replace(here, there) == html, person
    assert picture.startswith(b"\x89PNG")


def test_the_people_follow_their_list_and_those_who_left_are_marked(desk: Desk) -> None:
    with previewed(desk) as (_, address):
        number = number_of(address, "anna@mitglied.test")
        assert "Grünhafen" in get(f"{address}letter/1/de/{number}")
        members = desk.folder / "recipients" / "members.csv"
        members.write_bytes(members.read_bytes().replace("Grünhafen".encode("cp1252"), b"Neustadt"))
        assert "Neustadt" in get(f"{address}letter/1/de/{number}")
        wait_until(lambda: told(f"{address}draft")["version"] > 1, "news for the page that shows her letter")
        desk.run("suppress", "anna@mitglied.test")
        (anna,) = told(f"{address}people?words=anna")["people"]
        assert anna["left"] is True
        desk.replace(desk.settings_file, 'lists = ["members.csv"]', 'lists = ["nowhere.csv"]')
        answer = told(f"{address}people?words=anna")
        assert answer["people"] == [] and "nowhere.csv" in answer["error"]["message"]


def test_the_lists_are_looked_at_beside_the_letter_as_check_does(desk: Desk) -> None:
    desk.members([("ann@mitglied.test", "Ann", "", "", "", ""), ("kein Mensch", "", "", "", "", "")])
    listed = json.loads(desk.run("check", "--json", expect=1).out)["findings"]
    with previewed(desk) as (_, address):
        shown = told(f"{address}draft")["findings"] + told(f"{address}lists/1")["findings"]
    assert {(each["code"], each["place"]) for each in shown} >= {("M106", "editions/2026-10/edition.txt:4")}
    assert sorted((each["code"], each["message"]) for each in shown) == sorted(
        (each["code"], each["message"]) for each in listed
    )


def test_it_can_begin_with_a_person_or_be_written_into_a_folder(desk: Desk) -> None:
    with previewed(desk, "--as", "Anna@Mitglied.test") as (_, address):
        assert told(f"{address}draft")["reader"]["address"] == "anna@mitglied.test"
    done = desk.run("preview", "--export", "entwurf")
    assert "entwurf/index.html" in done.out
    page = desk.folder / "entwurf" / "index.html"
    assert "@mitglied.test" not in page.read_text(encoding="utf-8")
    desk.run("preview", "--export", "entwurf", "--as", "anna@mitglied.test")
    assert "anna@mitglied.test" in page.read_text(encoding="utf-8")
    nobody = desk.run("preview", "--export", "entwurf", "--as", "ana@mitglied.test", expect=1)
    assert "ana@mitglied.test is on none of the lists" in the_error(nobody)
    desk.members([("stadt@grünhafen.test", "Poststelle", "", "Ort", "", "")])
    desk.run("preview", "--export", "entwurf", "--as", "Stadt@Grünhafen.test")
    assert "stadt@xn--grnhafen-75a.test" in page.read_text(encoding="utf-8")
    desk.replace(desk.section, "Title: Ein Boot", "Tilte: Ein Boot")
    assert "10-boot.txt:1" in the_error(desk.run("preview", "--export", "entwurf", expect=1))
