"""`check --online`: each address is asked once, and only what is certain is told. Servers listen on loopback."""

import socket
import ssl
from pathlib import Path

import pytest
import trustme
from servers_of_the_web import Web

from editions import NAME, SETTINGS, checked, section, workspace
from isa_mail.check.online import Answer, ask


def told(folder: Path, text: str) -> list[tuple[str, str]]:
    found = checked(workspace(folder, section(text)), online=True).findings
    return [(each.code, each.message) for each in found if each.code in ("H106", "H107")]


def test_an_address_that_stands_in_several_places_is_asked_once_and_told_at_each(tmp_path: Path) -> None:
    with Web({}) as web:
        link = f"Der [Plan des Festes]({web.address}/weg#oben)."
        messages = told(tmp_path, f"{link}\n\n{link}")
    assert [code for code, _ in messages] == ["H106", "H106"]
    assert web.asked == [("HEAD", "/weg"), ("GET", "/weg")]


def test_a_server_that_does_not_know_head_is_asked_like_a_browser_asks() -> None:
    with Web({"/da": 200}, head=405) as web:
        assert ask(f"{web.address}/da") == Answer()
    with Web({"/da": 200}, head=404) as web:
        assert ask(f"{web.address}/da") == Answer()
        assert web.asked == [("HEAD", "/da"), ("GET", "/da")]


def test_what_forbids_programs_to_look_is_there_and_what_is_broken_is_told() -> None:
    with Web({"/a": 401, "/b": 403, "/c": 429, "/d": 503, "/e": 410}) as web:
        answers = [ask(f"{web.address}/{name}").trouble for name in "abcde"]
    assert answers == ["", "", "", "answers 503: the server has trouble", "answers 410: there is nothing"]


def test_only_a_move_for_good_and_to_another_place_is_told(tmp_path: Path) -> None:
    answers = {
        "/alt": (301, "/neu"),
        "/kurz": (302, "/neu"),
        "/neu": 200,
        "/ordner": (301, "/ordner/"),
        "/ordner/": 200,
    }
    with Web(answers) as web:
        text = " ".join(f"[Seite {name}]({web.address}/{name})." for name in ("alt", "kurz", "ordner"))
        messages = told(tmp_path, text)
    assert messages == [("H107", f"{web.address}/alt has moved to {web.address}/neu")]


def test_a_server_that_is_not_there_and_a_redirection_without_end_are_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert "cannot be reached" in ask(f"http://127.0.0.1:{port}/").trouble
    with Web({"/rund": (302, "/rund")}) as web:
        assert ask(f"{web.address}/rund").trouble == ""  # the server is there; a browser would tell


def test_addresses_with_a_readers_value_and_those_that_are_no_web_are_not_asked(tmp_path: Path) -> None:
    with Web({"/": 200}) as web:
        text = f"[Seite eins]({web.address}/{{{{ ort }}}}), [Seite zwei](mailto:a@b.example), [Seite drei](tel:+49)."
        assert told(tmp_path, text) == []
        assert web.asked == []
        assert told(tmp_path, f"[Seite vier]({web.address}/?o={{{{ ort | Köln & Bonn }}}}).") == [
            ("H106", f"{web.address}/?o=K%C3%B6ln%20%26%20Bonn answers 404: there is nothing.")
        ]


def test_nobody_is_reminded_of_an_upload_that_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)

    def codes(web: Web, *, online: bool) -> set[str]:
        there = workspace(tmp_path / "w", {"isa-mail.toml": f'web_address = "{web.address}/"\n{SETTINGS}'})
        return {each.code for each in checked(there, online=online).findings}

    with Web({f"/{NAME}/": 200}, tls=context) as web:
        assert "M108" in codes(web, online=False)
        assert "M108" in codes(web, online=True)  # nobody trusts the certificate
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        assert "M108" not in codes(web, online=True)


def test_a_certificate_that_nobody_trusts_is_told(tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with Web({"/": 200}, tls=context) as web:
        assert ask(f"{web.address}/") == Answer("has a certificate that browsers warn of")
