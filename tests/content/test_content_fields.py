"""Merge fields in texts: opaque to Markdown, never evaluated, each with its place."""

import pytest
from reading_sections import at, body, error_lines, errors, remarks, section, words

from isa_mail.model.merging import MergeField
from isa_mail.model.newsletter import (
    BulletList,
    CallToAction,
    Emphasis,
    Event,
    EventList,
    Figure,
    Heading,
    Link,
    Paragraph,
    Quotation,
    RichText,
    Strong,
    Turn,
)

CITY = MergeField("stadt", None, at(1))


def fields_of(text: RichText) -> list[MergeField]:
    return [piece for piece in text if isinstance(piece, MergeField)]


@pytest.mark.parametrize(
    ("source", "name", "fallback"),
    [
        ("{{ first_name }}", "first_name", None),
        ("{{first_name}}", "first_name", None),
        ("{{ First_Name }}", "first_name", None),
        ("{{ Vorname | Mitglied }}", "vorname", "Mitglied"),
        ("{{Vorname|Mitglied}}", "vorname", "Mitglied"),
        ("{{ Straße | }}", "strasse", ""),
        ("{{ 姓名 | 会员 }}", "姓名", "会员"),
        (
            "{{ anrede | Sehr geehrte Damen, sehr geehrte Herren }}",
            "anrede",
            "Sehr geehrte Damen, sehr geehrte Herren",
        ),
        ("{{ name | a | b }}", "name", "a | b"),
        ("{{ name | *kein* <b>Markup</b> & `nichts` }}", "name", "*kein* <b>Markup</b> & `nichts`"),
        ("{{ mitglieds-nr }}", "mitglieds_nr", None),
        ("{{ Short Name }}", "short_name", None),
    ],
)
def test_a_field_has_a_name_and_perhaps_a_fallback(source: str, name: str, fallback: str | None) -> None:
    assert words(f"Hallo {source}!") == ("Hallo ", MergeField(name, fallback, at(1)), "!")


def test_every_field_knows_its_line() -> None:
    blocks = body("Eins\n{{ a }}\n\n- zwei\n- {{ b }}\n\n> {{ c }} und\n> {{ d }}")
    assert isinstance(blocks[0], Paragraph)
    assert isinstance(blocks[1], BulletList)
    assert isinstance(blocks[2], Quotation)
    item, quoted = blocks[1].items[1][0], blocks[2].blocks[0]
    assert isinstance(item, Paragraph)
    assert isinstance(quoted, Paragraph)
    found = [*fields_of(blocks[0].text), *fields_of(item.text), *fields_of(quoted.text)]
    assert [field.place for field in found] == [at(2), at(5), at(7), at(8)]


def test_fields_stand_wherever_words_stand() -> None:
    assert words("**{{ stadt }}** und *{{ stadt }}*") == (Strong((CITY,)), " und ", Emphasis((CITY,)))
    assert body("### Für {{ stadt }}") == (Heading(3, ("Für ", CITY)),)
    assert body("![Stand](images/a.jpg)\nAus {{ stadt }}") == (
        Figure("images/a.jpg", "Stand", ("Aus ", CITY), at(1)),
    )
    assert body("**{{ stadt }}:** {{ stadt }}!", "interview") == (Turn((CITY,), (Paragraph((CITY, "!")),)),)
    (quotation,) = body("> Gut.\n> — {{ stadt }}, in {{ stadt }}")
    assert isinstance(quotation, Quotation)
    assert quotation.attribution is not None
    assert (quotation.attribution.name, quotation.attribution.role) == ((CITY,), ("in ", CITY))
    assert body("- {{ stadt }}: {{ stadt }}, {{ stadt }}", "events") == (
        EventList((Event((CITY,), (CITY,), (CITY,)),)),
    )


def test_a_field_works_inside_a_links_address() -> None:
    source = "[Abmelden](https://example.org/ab?wer={{ email }}&von={{ Stadt | x }})"
    address = (
        "https://example.org/ab?wer=",
        MergeField("email", None, at(1)),
        "&von=",
        MergeField("stadt", "x", at(1)),
    )
    assert body(source) == (CallToAction(Link(("Abmelden",), address)),)


def test_a_whole_address_may_be_a_field() -> None:
    assert words("Hier [mehr]({{ seite }}).") == (
        "Hier ",
        Link(("mehr",), (MergeField("seite", None, at(1)),)),
        ".",
    )
    assert remarks("Hier [mehr]({{ seite }}).") == []


def test_a_fallback_is_never_a_template_and_never_markup() -> None:
    assert words("{{ a | {% raw %} }}") == (MergeField("a", "{% raw %}", at(1)),)
    assert words("{{ a | [x](https://example.org) }}") == (
        MergeField("a", "[x](https://example.org)", at(1)),
    )


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"\{{ name }}", "{{ name }}"),
        (r"So: \{{", "So: {{"),
        (r"\{{ a }} und \{{ b }}", "{{ a }} und {{ b }}"),
        ("{ a } und }} und { {", "{ a } und }} und { {"),
        ("{% if x %}", "{% if x %}"),
        ("${x} %(y)s", "${x} %(y)s"),
    ],
)
def test_literal_braces(source: str, text: str) -> None:
    assert words(source) == (text,)


def test_a_backslash_before_a_backslash_does_not_make_braces_literal() -> None:
    assert words(r"\\{{ stadt }}") == ("\\", CITY)


@pytest.mark.parametrize(
    "source",
    [
        "{{ name",
        "{{ }}",
        "{{}}",
        "{{ | x }}",
        "{{ a.b }}",
        "{{ a() }}",
        "{{ 'x' }}",
        "{{ a\n}}",
        "{{{ a }}}",
        "{{ 1 + 1 }}",
        "{{ a | {{ b }} }}",
    ],
)
def test_what_is_no_field_is_an_error_at_its_line(source: str) -> None:
    (error, *_) = errors(f"Kind: report\n\nText\n\nund {source} mehr")
    assert error.place is not None
    assert error.place.line == 5
    assert r"\{{" in error.hint


@pytest.mark.parametrize(
    "source",
    ["![{{ a }}](b.jpg)", "![a](images/{{ b }}.jpg)", "`{{ a }}`", "```\n{{ a }}\n```"],
)
def test_a_field_that_cannot_be_filled_in_is_an_error(source: str) -> None:
    (line,) = error_lines(f"Kind: report\n\nText\n\n{source}")
    assert line in (5, 6)


def test_text_that_looks_like_a_mark_of_ours_stays_text() -> None:
    for look in ("Zq0000q", "Zmaaa000000z", "Zqq0000q Zq", "Zmaaaz"):
        assert words(f"{look} {{{{ stadt }}}} {look}") == (f"{look} ", CITY, f" {look}")


def test_a_field_beside_chinese_text_and_letters_adds_no_blank() -> None:
    assert words("亲爱的{{ stadt }}你好") == ("亲爱的", CITY, "你好")
    assert words("Stadt{{ stadt }}s") == ("Stadt", CITY, "s")


def test_many_fields_keep_their_order() -> None:
    source = " ".join(f"{{{{ f{number} }}}}" for number in range(1200))
    assert [field.name for field in fields_of(words(source))] == [f"f{number}" for number in range(1200)]


def test_a_field_without_a_section_header_is_read_all_the_same() -> None:
    assert section("Guten Tag {{ stadt }}!").body == (Paragraph(("Guten Tag ", CITY, "!")),)
