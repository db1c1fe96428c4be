"""The header of a section: what people type into Notepad comes back as they typed it."""

import pytest
from reading_sections import FILE, error_lines, errors, findings, section

from isa_mail.errors import ContentError
from isa_mail.model.findings import Place, Severity
from isa_mail.model.merging import MergeField
from isa_mail.model.newsletter import Kind, Paragraph, Signature


@pytest.mark.parametrize("key", ["Title", "Titel", "标题", "TITEL", "title", "tItEl"])
def test_the_title_is_known_in_three_languages_and_any_case(key: str) -> None:
    assert section(f"{key}: Neun Betriebe\n\nText").title == ("Neun Betriebe",)


@pytest.mark.parametrize("key", ["Short title", "short title", "Kurztitel", "短标题"])
def test_the_short_title_is_known_in_three_languages(key: str) -> None:
    assert section(f"{key}: Betriebe\n\nText").short_title == ("Betriebe",)


@pytest.mark.parametrize("key", ["Signed", "Gezeichnet", "署名"])
def test_the_signature_is_known_in_three_languages(key: str) -> None:
    assert section(f"{key}: Tina Probe\n\nText").signed == (Signature(("Tina Probe",), ()),)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("editorial", Kind.EDITORIAL),
        ("Grußwort", Kind.EDITORIAL),
        ("卷首语", Kind.EDITORIAL),
        ("Artikel", Kind.ARTICLE),
        ("文章", Kind.ARTICLE),
        ("Report", Kind.REPORT),
        ("BERICHT", Kind.REPORT),
        ("报道", Kind.REPORT),
        ("brief", Kind.BRIEF),
        ("Kurzmeldung", Kind.BRIEF),
        ("简讯", Kind.BRIEF),
        ("voices", Kind.VOICES),
        ("Stimmen", Kind.VOICES),
        ("声音", Kind.VOICES),
        ("Interview", Kind.INTERVIEW),
        ("访谈", Kind.INTERVIEW),
        ("notice", Kind.NOTICE),
        ("Hinweis", Kind.NOTICE),
        ("通知", Kind.NOTICE),
        ("events", Kind.EVENTS),
        ("Termine", Kind.EVENTS),
        ("活动", Kind.EVENTS),
    ],
)
@pytest.mark.parametrize("key", ["Kind", "Art", "类型"])
def test_kinds_are_known_in_three_languages(key: str, value: str, kind: Kind) -> None:
    assert section(f"{key}: {value}\n\nText").kind is kind


def test_without_a_kind_a_section_is_an_article() -> None:
    assert section("Title: Neun Betriebe\n\nText").kind is Kind.ARTICLE


def test_an_unknown_kind_is_an_error_that_names_the_nearest_and_all_others() -> None:
    (error,) = errors("Title: Stand\nKind: Berict\n\nText")
    assert error.place == Place(FILE, 2)
    assert "Berict" in error.message
    assert "bericht" in error.hint.casefold()
    assert all(kind.value in error.hint for kind in Kind)


AS_TYPED = [
    "Jahrestreffen: ISA",
    "Stand: 12:30 Uhr",
    "12:30",
    "16.10.2019",
    "2019-10-16",
    "010",
    "1.10",
    "1e3",
    "no",
    "NO",
    "ja",
    "null",
    "~",
    "#1 der Messe",
    "Platz #1",
    "[NEU] Der Stand",
    "*neu*",
    "**neu**",
    "@isa",
    "`isa`",
    "„Wasser Plus“-Messe",
    '"Wasser Plus"-Messe',
    "'kurz'",
    "{kurz}",
    "- kein Listenpunkt",
    "> kein Zitat",
    "| Tabelle",
    "& mehr",
    "&amp; mehr",
    "!wichtig",
    "%5",
    "C:\\Bilder",
    "Mitarbeiter*innen",
    "8. ISA-Plenarversammlung",
    "第八届：回顾",
    "Käse, Öl – und Ähnliches",
    "https://example.org/a?b=c#d",
]


@pytest.mark.parametrize("value", AS_TYPED)
@pytest.mark.parametrize("colon", [": ", ":", "：", " : ", ":\t"])
def test_a_value_comes_back_as_it_was_typed(value: str, colon: str) -> None:
    assert section(f"Titel{colon}{value}\n\nText").title == (value,)


def test_key_and_value_part_at_the_first_colon_of_either_kind() -> None:
    assert section("标题：展会: 回顾：二\n\n正文").title == ("展会: 回顾：二",)
    assert section("Titel: 展会：回顾\n\nText").title == ("展会：回顾",)


@pytest.mark.parametrize(
    "data",
    [
        "\ufeffTitel: Grüße\n\nText".encode(),
        "Titel:\u00a0Grüße\u00a0\n\nText".encode(),
        "Titel\u00a0: Grüße\n\nText".encode(),
        "\n\n  Titel: Grüße\n\nText".encode(),
        "Titel: Grüße  \t\n\nText".encode(),
        "Titel: Grüße\n \t \nText".encode(),
        "Titel: Grüße\r\n\r\nText\r\n".encode(),
        "Titel: Grüße\r\rText\r".encode(),
        "Titel: Grüße\n\nText".encode("utf-16"),
        "Titel: Grüße\n\nText".encode("cp1252"),
        "Titel: Gru\u0308ße\n\nText".encode(),
    ],
    ids=[
        "byte order mark",
        "no-break blanks",
        "no-break blank before the colon",
        "empty lines on top",
        "blanks at the end",
        "a line of blanks below",
        "CRLF",
        "CR",
        "UTF-16",
        "Windows-1252",
        "decomposed umlaut",
    ],
)
def test_what_offices_leave_in_a_file_does_no_harm(data: bytes) -> None:
    read = section(data)
    assert [str(piece).replace("u\u0308", "ü") for piece in read.title] == ["Grüße"]
    assert read.body == (Paragraph(("Text",)),)


def test_an_indented_line_goes_on_with_the_value_above_it() -> None:
    read = section("Titel: Neun Betriebe\n  auf einem Stand\nArt: Bericht\n\nText")
    assert (read.title, read.kind) == (("Neun Betriebe auf einem Stand",), Kind.REPORT)


@pytest.mark.parametrize("blank", ["  ", "\t", "\xa0", "\u3000\u3000"])
def test_an_indented_line_with_a_key_begins_a_value_of_its_own(blank: str) -> None:
    read = section(f"Titel: Treffen\n{blank}Art: Bericht\n{blank}Kurztitel: Ja\n{blank}um 10: 30 Uhr\n\nText")
    assert (read.title, read.kind, read.short_title) == (("Treffen",), Kind.REPORT, ("Ja um 10: 30 Uhr",))


@pytest.mark.parametrize("value", ["", "  "])
def test_an_empty_value_is_as_good_as_none(value: str) -> None:
    read = section(f"Titel:{value}\nArt:{value}\nGezeichnet:{value}\n\nText")
    assert (read.title, read.kind, read.signed) == ((), Kind.ARTICLE, ())


def test_signatories_stand_in_their_order_with_name_and_title() -> None:
    read = section(
        "Gezeichnet: Tina Probe, Staatsministerin a. D., Berlin\n署名：李明，秘书长\nSigned: Jo Muster\n\nT"
    )
    assert read.signed == (
        Signature(("Tina Probe",), ("Staatsministerin a. D., Berlin",)),
        Signature(("李明",), ("秘书长",)),
        Signature(("Jo Muster",), ()),
    )


def test_a_doubled_key_is_an_error_at_the_second_one() -> None:
    (error,) = errors("Titel: eins\nArt: Bericht\nTitle: zwei\n\nText")
    assert isinstance(error, ContentError)
    assert error.place == Place(FILE, 3)
    assert "1" in error.message


def test_an_unknown_key_further_down_names_the_nearest_and_asks_for_the_empty_line() -> None:
    (error,) = errors("Titel: eins\nKurztitle: zwei\n\nText")
    assert error.place == Place(FILE, 2)
    assert "Kurztitle" in error.message
    assert "Kurztitel" in error.hint
    assert "empty line" in error.hint


def test_a_text_that_follows_without_an_empty_line_is_an_error_that_says_so() -> None:
    (error,) = errors("Titel: eins\nDer Stand war voll.\n\nText")
    assert error.place == Place(FILE, 2)
    assert "Der Stand war voll." in error.message
    assert "empty line" in error.hint


def test_a_misspelt_first_key_is_an_error_and_not_a_text() -> None:
    (error,) = errors("Titl: eins\n\nText")
    assert error.place == Place(FILE, 1)
    assert "Titel" in error.hint or "Title" in error.hint


def test_all_errors_of_a_header_are_told_at_once() -> None:
    assert error_lines("Titel: eins\nFarbe: rot\nTitel: zwei\nArt: Bericht\n\nText") == [2, 3]


@pytest.mark.parametrize(
    "text",
    [
        "Liebe Freunde, wir laden ein.\n\nBis bald",
        "Liebe Freunde: wir laden ein.\n\nBis bald",
        "https://example.org ist neu.",
        "{{ first_name }}: ein Gruß",
        "# Überschrift",
        "![Der Stand](images/stand.jpg)",
        "> Zitat: gut",
        "正文第一行：欢迎",
        "---",
    ],
)
def test_c101_a_file_that_begins_with_no_key_is_all_text(text: str) -> None:
    (found,) = [one for one in findings(text) if one.code == "C101"]
    assert found.place == Place(FILE, 1)
    assert found.severity is Severity.WARNING
    assert section(text).title == ()
    assert section(text).body


def test_c101_names_the_first_line_with_words() -> None:
    (found,) = findings("\n\nGuten Tag!")
    assert (found.code, found.place.line) == ("C101", 3)


def test_c101_is_not_said_of_a_file_with_a_header() -> None:
    assert findings("Titel: eins\n\nText") == ()


def test_a_header_between_dashes_is_read_as_well() -> None:
    read = section("---\nTitel: eins\n\nArt: Bericht\n---\nText\n\n---\n\nmehr")
    assert (read.title, read.kind, len(read.body)) == (("eins",), Kind.REPORT, 3)
    assert findings("---\nTitel: eins\n---\nText") == ()


def test_an_error_in_a_header_between_dashes_names_its_line() -> None:
    assert error_lines("---\nTitel: eins\nFarbe: rot\n---\nText") == [3]


def test_a_merge_field_in_a_title_keeps_its_place() -> None:
    read = section("Art: Bericht\nTitel: Für {{ Stadt | alle }} heute\n\nText")
    assert read.title == ("Für ", MergeField("stadt", "alle", Place(FILE, 2)), " heute")
    assert isinstance(read.title[1], MergeField)
    assert read.title[1].place == Place(FILE, 2)


def test_a_merge_field_in_a_signature_may_hold_a_comma() -> None:
    read = section("Gezeichnet: {{ chef | Probe, Tina }}, Leiterin\n\nText")
    assert read.signed == (Signature((MergeField("chef", "Probe, Tina", Place(FILE)),), ("Leiterin",)),)


def test_literal_braces_in_a_title() -> None:
    assert section("Titel: \\{{ so }}\n\nText").title == ("{{ so }}",)


def test_a_broken_merge_field_in_a_title_is_an_error_at_its_line() -> None:
    assert error_lines("Art: Bericht\nTitel: Hallo {{ name\n\nText") == [2]


def test_all_that_is_wrong_in_one_file_is_told_at_once_by_line() -> None:
    assert error_lines(
        "Titel: {{ 1 + 1 }}\nArt: Berict\nFarbe: rot\nGezeichnet: {{ Name\n\n![A](../a.jpg)\n\n{{ b.c }} {{ d\n\n"
        "`{{ e }}`\n\na\x07b\n\n![]()\n\n" + "- " * 60 + "x"
    ) == [1, 2, 3, 4, 6, 8, 8, 10, 12, 14, 16]


def test_a_mistake_in_the_header_adds_no_error_to_the_body() -> None:
    (error,) = errors("Titel: A\nArt: Intervju\n\n**A:** Ja.\n\n![B](images/b.jpg)\n")
    assert error.place == Place(FILE, 2)
