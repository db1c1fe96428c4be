"""Links, pictures and settings: what is told, and what is not."""

from pathlib import Path

import pytest

from editions import SETTINGS, codes, findings, picture, section


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("hier", True),
        ("Link", True),
        ("Mehr", True),
        ("klicken Sie hier", True),
        ("mehr lesen", True),
        ("click here", True),
        ("Read more", True),
        ("点击这里", True),
        ("更多", True),
        ("weitere Informationen", True),
        ("Mehr über Qingling", False),
        ("Zum Bericht", False),
        ("die Seite der Stadt", False),
        ("www.ufer.example.org", False),
        ("redaktion@ufer.example.org", False),
        ("Programm (PDF)", False),
        ("会议资料全文下载", False),
    ],
)
def test_words_that_could_lead_anywhere_are_told(tmp_path: Path, words: str, expected: bool) -> None:
    files = section(f"Hier gibt es etwas: [{words}](https://ufer.example.org/x).")
    assert ("H103" in codes(tmp_path, files)) is expected


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("http://localhost/x", "H101"),
        ("https://127.0.0.1:8000/x", "H101"),
        ("http://192.168.178.20/x", "H101"),
        ("https://intranet/x", "H101"),
        ("https://server.local/x", "H101"),
        ("https://www.example.com/", "H102"),
        ("https://xxx", "H102"),
        ("https://ufer.example.org/‹Ziel›", "H102"),
        ("http://ufer.example.org/x", "H104"),
        ("https://bit.ly/3x", "H105"),
        ("https://nam02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fufer.example.org", "H105"),
        ("https://ufer.example.org/?fbclid=1", "H105"),
        ("https://ufer.example.org/?mc_cid=1&seite=2", "H105"),
    ],
)
def test_an_address_that_leads_nowhere_or_tells_too_much_is_told(
    tmp_path: Path, address: str, code: str
) -> None:
    assert codes(tmp_path, section(f"Es gibt [den Plan des Festes]({address}).")) == {code}


@pytest.mark.parametrize(
    "address",
    [
        "https://ufer.example.org/link/url?todo=1&id=xyz",
        "https://www.example.org/beispiel",
        "https://xn--mller-kva.example/x",
        "https://93.184.216.34/x",
        "mailto:redaktion@ufer.example.org",
        "tel:+493999815",
        "#fest",
        "https://ufer.example.org/?stadt={{ stadt | offen }}",
    ],
)
def test_an_address_that_is_what_it_seems_is_not_told(tmp_path: Path, address: str) -> None:
    assert codes(tmp_path, section(f"Es gibt [den Plan des Festes]({address}).")) == set()


def test_a_finding_about_a_link_names_its_line_inside_a_paragraph(tmp_path: Path) -> None:
    text = "Das Fest war schön.\nMehr steht\nauf [dieser Seite](http://ufer.example.org/x) im Netz."
    (found,) = (each for each in findings(tmp_path, section(text)) if each.code == "H104")
    assert found.place.line == 5


def test_a_picture_that_is_shown_by_a_composed_name_is_used(tmp_path: Path) -> None:
    files = {
        "images/bru\u0308cke.jpg": picture(),
        **section("![Die Brücke](images/br\u00fccke.jpg)\nAm Abend. Foto: Ada Probe"),
    }
    assert codes(tmp_path, files) == set()


@pytest.mark.parametrize(
    "caption",
    [
        "Am Abend. Foto: Ada Probe",
        "Bild: Ada Probe",
        "© Ada Probe",
        "Photo by Ada Probe",
        "图：阿达",
        "摄影：阿达",
        "Von Ada Probe fotografiert",
    ],
)
def test_a_credit_is_understood_in_three_languages(tmp_path: Path, caption: str) -> None:
    assert (
        codes(tmp_path, {"images/kran.jpg": picture(), **section(f"![Ein Kran](images/kran.jpg)\n{caption}")})
        == set()
    )


def test_german_law_is_asked_for_newsletters_in_german_only(tmp_path: Path) -> None:
    bare = SETTINGS.replace("Vertreten durch den Vorstand: Ada Probe; Amtsgericht Grünhafen, VR 4711\n", "")
    (found,) = (each for each in findings(tmp_path / "de", {"isa-mail.toml": bare}) if each.code == "M104")
    assert (
        found.message == "The imprint seems to lack who represents you, the register and your number in it."
    )
    assert (found.place.file, found.place.line) == ("isa-mail.toml", 4)
    abroad = bare.replace('["de", "zh"]', '["en"]')
    assert "M104" not in codes(tmp_path / "en", {"isa-mail.toml": abroad})
