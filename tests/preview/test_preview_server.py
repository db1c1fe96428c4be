"""The preview as a browser asks for it: a real server on the loopback, a real HTTP client."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from invented_draft import HTML, KEY, PNG, YU, Desk, first_news, served

from isa_mail.errors import ListError, PreviewError
from isa_mail.preview.server import serve

PATHS = (
    "/",
    "/draft",
    "/people?words=ann",
    "/facts/1/de/0",
    "/letter/1/de/0",
    "/picture/1/de/0",
    "/lists/1",
    "/news/0",
)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "10-gruss.txt")
    desk.save("Hallo")
    with served(desk):
        yield desk


def told(desk: Desk, path: str) -> Any:
    status, body, headers = desk.get(path)
    assert (status, headers["Content-Type"]) == (200, "application/json")
    return json.loads(body)


def test_letter_has_its_pictures_from_the_preview_and_nothing_else_is_changed(desk: Desk) -> None:
    status, body, headers = desk.get("/letter/1/de/0")
    assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    wanted = HTML.format(text="Hallo").replace("cid:dot@example.org", "../../../picture/1/de/0")
    assert body.decode() == wanted.replace("\n", "\r\n")
    assert desk.get("/picture/1/de/0")[1] == PNG


def test_the_draft_is_told_with_its_findings_the_gravest_first(desk: Desk) -> None:
    draft = told(desk, "/draft")
    assert (draft["edition"], draft["title"], draft["fingerprint"]) == ("2026-09", "Herbst", "0123456789ab")
    assert [language["code"] for language in draft["languages"]] == ["de", "zh"]
    assert [(each["code"], each["severity"]) for each in draft["findings"]] == [
        ("C105", "blocks"),
        ("C103", "warning"),
        ("M101", "hint"),
    ]
    assert [each["language"] for each in draft["findings"]] == [None, "de", "de"]
    assert draft["standing"]["current"] is False


def test_a_letter_is_told_with_headers_sizes_and_the_line_that_each_block_comes_from(desk: Desk) -> None:
    facts = told(desk, "/facts/1/de/0")
    assert (facts["sender"], facts["subject"], facts["text"]) == (
        "Uferpost",
        "Betreff Hallo",
        "Klartext: Hallo\n",
    )
    assert {"name": "To", "value": "recipient@example.org"} in facts["headers"]
    assert {"name": "Date", "value": "(the moment when it is sent)"} in facts["headers"]
    assert facts["sizes"][0] == {
        "name": "HTML",
        "octets": len(HTML.format(text="Hallo").replace("\n", "\r\n")),
        "warn": 80_000,
        "most": 100_000,
        "words": "cut off",
    }
    assert facts["lines"] == {"10.txt:1": 2}


def test_people_are_looked_for_and_known_by_numbers_that_say_nothing(desk: Desk) -> None:
    (ann,) = told(desk, "/people?words=ann")["people"]
    assert (ann["number"], ann["address"], ann["left"]) == (1, "ann@mitglied.test", False)
    assert [each["number"] for each in told(desk, "/people?words=")["people"]] == [1, 2]
    assert b"Hallo ann@mitglied.test" in desk.get("/letter/1/de/1")[1]
    assert told(desk, "/facts/1/zh/2")["headers"][1]["value"] == "yu@mitglied.test"


def test_somebody_who_is_no_longer_on_the_lists_is_not_shown(desk: Desk) -> None:
    told(desk, "/people?words=")
    desk.people.there.remove(YU)
    assert desk.get("/letter/1/zh/2")[0] == 404
    assert told(desk, "/facts/1/zh/2")["error"]["message"] == "yu@mitglied.test is on the lists no more."
    assert desk.get("/letter/1/zh/9")[0] == desk.get("/facts/1/zh/9")[0] == 404


def test_somebody_in_whose_language_there_is_no_letter_is_marked(desk: Desk) -> None:
    english = YU._replace(address="eve@mitglied.test", language="en")
    desk.people.there.append(english)
    wants = {each["address"]: each["wants"] for each in told(desk, "/people")["people"]}
    assert wants == {"ann@mitglied.test": None, "yu@mitglied.test": None, "eve@mitglied.test": "en"}


def test_lists_that_cannot_be_looked_at_are_told_in_a_sentence(desk: Desk) -> None:
    assert told(desk, "/lists/1")["error"] is None
    for trouble in (ListError("No list is there.", hint="Make one."), KeyError("zh")):
        desk.lists_trouble = trouble
        answer = told(desk, "/lists/1")
        assert answer["findings"] is None and "isa-mail check" in answer["error"]
    desk.lists_trouble = ListError("No list is there.", hint="Make one.")
    assert "No list is there." in told(desk, "/lists/1")["error"]


def test_a_merge_field_without_value_is_told_with_its_place(desk: Desk) -> None:
    desk.save("leer")
    first_news(desk, 1)
    told(desk, "/people?words=ann")
    assert told(desk, "/facts/2/de/1")["error"] == {
        "place": "recipients/members.csv:2",
        "message": "No town for Ann.",
        "hint": "Fill in the column.",
    }
    assert desk.get("/letter/2/de/1")[0] == 404


def test_errors_are_told_beside_the_last_draft_that_was_whole(desk: Desk) -> None:
    desk.save("**Hallo")
    first_news(desk, 1)
    draft = told(desk, "/draft")
    assert [error["place"] for error in draft["errors"]] == ["editions/2026-09/10.txt:4", "20.txt:7"]
    assert (draft["version"], draft["drawn"], draft["title"]) == (2, 1, "Herbst")
    assert b"<h1>Hallo</h1>" in desk.get("/letter/1/de/0")[1]


@pytest.mark.parametrize(
    "host", ["news.example.org", "127.0.0.1", "127.0.0.1:1", "localhost.example.org:{port}"]
)
@pytest.mark.parametrize("path", PATHS)
def test_foreign_host_is_refused_everywhere(desk: Desk, path: str, host: str) -> None:
    status, body, _ = desk.get(path, Host=host.format(port=urlsplit(desk.address).port))
    assert status == 403
    assert b"Hallo" not in body and b"ann@" not in body


@pytest.mark.parametrize("path", PATHS)
def test_foreign_pages_are_refused_everywhere(desk: Desk, path: str) -> None:
    for headers in (
        {"Origin": "https://www.example.org"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "no-cors"},
    ):
        status, body, _ = desk.get(path, **headers)
        assert status == 403
        assert b"Hallo" not in body and b"ann@" not in body


@pytest.mark.parametrize("path", PATHS)
def test_without_the_key_nothing_is_there(desk: Desk, path: str) -> None:
    assert desk.get(f"!{path}")[0] == 404
    assert desk.get(f"!/{KEY}x{path}")[0] == 404


@pytest.mark.parametrize("host", ["localhost:{port}", "[::1]:{port}", "LOCALHOST:{port}"])
def test_own_names_of_this_machine_are_welcome(desk: Desk, host: str) -> None:
    own = host.format(port=urlsplit(desk.address).port)
    assert desk.get("/", Host=own)[0] == 200
    assert desk.get("/draft", Host=own, Origin=f"http://{own}")[0] == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_only_looking_is_allowed(desk: Desk, method: str) -> None:
    assert desk.get("/draft", method=method)[0] == 405


@pytest.mark.parametrize(
    "path",
    [
        "/10-gruss.txt",
        "/static/frame.css",
        "/letter/1/fr/0",
        "/picture/1/de/1",
        "/picture/1/de/..%2f..%2f10-gruss.txt",
        "/..%2f10-gruss.txt",
        "/picture/1/fr/0",
        "/facts/1/fr/0",
    ],
)
def test_no_address_leads_to_a_file(desk: Desk, path: str) -> None:
    assert desk.get(path)[0] == 404


@pytest.mark.parametrize("path", [*PATHS[:-1], "/frame.js", "/nowhere"])
def test_every_answer_shuts_the_internet_out(desk: Desk, path: str) -> None:
    headers = desk.get(path)[2]
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; ")
    assert "http" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"


def test_two_saves_within_one_second_are_both_seen(desk: Desk) -> None:
    for number, text in enumerate(("Eins", "Zwei", "Drei"), start=1):
        desk.save(text)
        assert f"data: {number + 1}\n" in first_news(desk, number)
        assert text in desk.get(f"/letter/{number + 1}/de/0")[1].decode()


def test_a_file_that_an_editor_leaves_beside_changes_nothing(tmp_path: Path) -> None:
    rendered: list[int] = []

    class Counting(Desk):
        def render(self) -> Any:
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
            serve(desk.render, desk.people, watch=[], port=port, key=KEY, on_ready=lambda _: None)
    assert "--port" in caught.value.hint


def test_a_bug_in_rendering_is_raised_and_not_shown_as_a_mistake_of_staff(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "10.txt")
    desk.save("Hallo")
    with pytest.raises(ZeroDivisionError):
        serve(
            desk.render,
            desk.people,
            watch=[tmp_path],
            port=0,
            key=KEY,
            on_ready=lambda _: desk.save("bug"),
        )


PROGRAM = """
import sys
from pathlib import Path
from invented_draft import Desk
from isa_mail.preview.server import serve
desk = Desk(Path(sys.argv[1]))
told = lambda address: print(address, flush=True)
serve(desk.render, desk.people, watch=[desk.file], port=0, key="k3y", on_ready=told)
print("done")
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for one process alone")
def test_ctrl_c_ends_it_without_a_word_even_while_a_page_is_open(tmp_path: Path) -> None:
    (tmp_path / "10.txt").write_text("Hallo")
    command = [sys.executable, "-c", PROGRAM, str(tmp_path / "10.txt")]
    here = Path(__file__).parent
    path = os.pathsep.join((str(here.parents[1]), str(here)))
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, stdout=pipe, stderr=pipe, text=True, env=os.environ | {"PYTHONPATH": path}
    ) as program:
        assert program.stdout is not None
        address = urlsplit(program.stdout.readline().strip())
        with closing(http.client.HTTPConnection(address.netloc, timeout=10)) as open_page:
            open_page.request("GET", f"{address.path}news/0")
            open_page.getresponse().readline()
            program.send_signal(signal.SIGINT)
            output, errors = program.communicate(timeout=10)
    assert (program.returncode, output, errors) == (0, "done\n", "")
