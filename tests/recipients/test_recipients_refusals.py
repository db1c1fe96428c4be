"""A row that cannot be used is named with its file, line and reason; what is probably wrong is pointed out."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading_lists import read

from isa_mail.model.findings import Place
from isa_mail.recipients.suspicion import lost_characters, provider_meant, repaired


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("", "missing"),
        ("anna.example.org", "no @"),
        ("anna@example", "no dot"),
        ("anna@example.org, bo@example.org", "more than one address"),
        ("anna@example.org; bo@example.org", "more than one address"),
        ("Anna <anna@example.org>, Bo <bo@example.org>", "more than one address"),
        ("anna@example.org / bo@example.org", "more than one address"),
        ("anna@example.org oder bo@example.org", "more than one address"),
        ("anna@example.org|bo@example.org", "more than one address"),
        ("anna@@example.org", "more than one @"),
        ("anna@bo@example.org", "more than one @"),
        ("Anna <anna@@example.org>", "more than one @"),
        ("@anna@example.org", "more than one @"),
        ("<anna@example.org", "Angle brackets"),
        ("Anna <anna.example.org>", "no @"),
        ("anna probe@example.org", "blank"),
        ("anna\u00a0probe@example.org", "blank"),
        ("an\u200bna@example.org", "invisible"),
        ("anna@exa\u00admple.org", "invisible"),
        ("anna＠example.org", "full-width"),
        ("ａｎｎａ@example.org", "full-width"),
        ("jür gen@example.org", "blank"),
        ("ü" * 33 + "@example.org", "longer"),
        ("anna@example..org", "two dots"),
        (".anna@example.org", "start with a dot"),
        ("anna@-example.org", "hyphen"),
        ("anna@xn--\u00fc.example", "."),
        ("anna@[127.0.0.1]", "no place after the @"),
        ('"anna"@example.org', "Quotes"),
        ("a" * 310 + "@example.org", "too long|longer"),
        ("a@" + "b." * 150 + "org", "too long|longer"),
        ("anna@example.org\x00", "control character"),
        ("anna@example.org\x0bBcc: all@example.org", "control character"),
        ("anna@example.org\r\nBcc: all@example.org", "more than one address"),
        ("mailto:", "empty"),
        ("#REF!", "no @"),
    ],
)
def test_an_address_that_cannot_be_written_to_is_refused_by_name(
    tmp_path: Path, cell: str, reason: str
) -> None:
    quoted = '"' + cell.replace('"', '""') + '"'
    lists = read(tmp_path, f"Name;E-Mail\nAnna;anna@example.org\nBo;{quoted}\nCem;cem@example.org\n")
    assert [person.name for person in lists.recipients] == ["Anna", "Cem"]
    (row,) = lists.refused
    assert row.place == Place("recipients/a.csv", 3)
    assert any(part in row.reason for part in reason.split("|")), row.reason
    report = lists.lists[0]
    assert (report.rows, report.usable, report.refused) == (3, 2, 1)


def test_an_address_beyond_ascii_is_taken_and_pointed_out_and_case_makes_no_other_person(
    tmp_path: Path,
) -> None:
    rows = ("jürgen@example.org", "JÜRGEN@example.org", "李明@example.org", "groß@a.test", "gross@a.test")
    lists = read(tmp_path, "\n".join(("E-Mail", *rows)))
    assert [person.address for person in lists.recipients] == [
        "jürgen@example.org",
        "李明@example.org",
        "groß@a.test",
        "gross@a.test",
    ]
    assert [finding.place.line for finding in lists.findings if finding.code == "L115"] == [2, 3, 4, 5]
    assert lists.refused == ()


@pytest.mark.parametrize(
    ("cell", "wire"),
    [
        (" Anna@Example.ORG ", "Anna@example.org"),
        ("\u00a0anna@example.org\u200b", "anna@example.org"),
        ("mailto:anna@example.org", "anna@example.org"),
        ("MAILTO: anna@example.org", "anna@example.org"),
        ("Anna Probe <anna@example.org>", "anna@example.org"),
        ("<anna@example.org>", "anna@example.org"),
        ("anna@example.org <anna@example.org>", "anna@example.org"),
        ("anna@grünhafen.example", "anna@xn--grnhafen-75a.example"),
        ("anna@竹湾.example", "anna@xn--s8w39x.example"),
    ],
)
def test_an_address_is_read_as_it_goes_on_the_wire(tmp_path: Path, cell: str, wire: str) -> None:
    lists = read(tmp_path, f'E-Mail;Ort\n"{cell}";Köln\n')
    assert [person.address for person in lists.recipients] == [wire]
    assert lists.recipients[0].fields["e_mail"] == wire
    assert lists.refused == ()


# --- what is only pointed out ---


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("gmial.com", "gmail.com"),
        ("gmai.com", "gmail.com"),
        ("gmaill.com", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("t-onlin.de", "t-online.de"),
        ("tonline.de", "t-online.de"),
        ("hotmial.com", "hotmail.com"),
        ("yaho.de", "yahoo.de"),
        ("freenett.de", "freenet.de"),
        ("web.dee", "web.de"),
    ],
)
def test_a_domain_with_a_slip_is_pointed_out_once_and_kept(tmp_path: Path, typed: str, meant: str) -> None:
    lists = read(tmp_path, f"E-Mail\na@{typed}\nb@{typed.upper()}\n")
    assert [person.address for person in lists.recipients] == [f"a@{typed}", f"b@{typed}"]
    (finding,) = lists.findings
    assert (finding.code, finding.place.line) == ("L109", 2)
    assert repr(meant) in finding.message


@pytest.mark.parametrize(
    "domain",
    [
        "gmail.com",
        "googlemail.com",
        "mail.com",
        "email.com",
        "ymail.com",
        "web.de",
        "gmx.net",
        "gmx.ch",
        "me.com",
        *(
            "t-online.de",
            "163.com",
            "126.com",
            "qq.com",
            "outlook.dk",
            "yahoo.co.uk",
            "example.org",
            "bahn.de",
        ),
    ],
)
def test_a_real_domain_is_not_suspected(domain: str) -> None:
    assert provider_meant(domain) is None


@pytest.mark.parametrize("provider", ["gmail.com", "t-online.de", "outlook.com", "mailbox.org"])
def test_every_slip_of_one_letter_is_noticed_and_no_slip_of_two(provider: str) -> None:
    name, _, ending = provider.rpartition(".")
    letters = "abcdefghijklmnopqrstuvwxyz0123456789-"
    cuts = [(name[:n], name[n:]) for n in range(len(name) + 1)]
    slips = {head + tail[1:] for head, tail in cuts if tail}
    slips |= {head + tail[1] + tail[0] + tail[2:] for head, tail in cuts if len(tail) > 1}
    slips |= {head + letter + tail[1:] for head, tail in cuts if tail for letter in letters}
    slips |= {head + letter + tail for head, tail in cuts for letter in letters}
    real = {"mail", "email", "ymail", name}
    for slip in slips - real:
        assert provider_meant(f"{slip}.{ending}") == provider
        assert provider_meant(f"{slip}.dk") is None
        assert provider_meant(f"zq{slip}.{ending}") is provider_meant(f"{slip}zq.{ending}") is None


@settings(deadline=None)
@given(st.text(min_size=1, max_size=20))
def test_text_that_was_read_in_the_wrong_encoding_is_recognised_and_sound_text_is_not(text: str) -> None:
    try:
        broken = text.encode("utf-8").decode("cp1252")
        text.encode("cp1252")
    except UnicodeError:
        return
    if text.isascii() or not text.isprintable():
        return
    assert repaired(broken) == text


@pytest.mark.parametrize("text", ["Müller", "Größe", "São Tomé", "Éâ", "„Ärger“", "Đà Nẵng", "北京", "Ünlü"])
def test_sound_words_are_not_suspected(text: str) -> None:
    assert repaired(text) is None
    assert not lost_characters(text)


@pytest.mark.parametrize("name", ["MÃ¼ller", "M?ller", "???", "M\ufffdller"])
def test_a_damaged_name_is_pointed_out_once_and_nothing_is_changed(tmp_path: Path, name: str) -> None:
    lists = read(tmp_path, f"E-Mail;Nachname\na@example.org;{name}\nb@example.org;{name}\n")
    assert [person.fields["last_name"] for person in lists.recipients] == [name, name]
    assert [(finding.code, finding.place.line) for finding in lists.findings] == [("L108", 2)]


def test_a_question_mark_in_a_note_is_no_damage(tmp_path: Path) -> None:
    assert read(tmp_path, "E-Mail;Notiz\na@example.org;kommt er??\n").findings == ()


def test_nobody_is_told_the_same_a_thousand_times(tmp_path: Path) -> None:
    rows = "".join(f"a{number}@gmail{chr(97 + number % 26)}.com;Wort {number}\n" for number in range(200))
    codes = [finding.code for finding in read(tmp_path, f"E-Mail;Sprache\n{rows}").findings]
    assert 1 <= codes.count("L101") <= 20
    assert 1 <= codes.count("L109") <= 20
