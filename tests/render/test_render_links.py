"""Addresses of links: encoded so that every mail program opens them, and refused where none should."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from invented import CITY, HERE, joined, link, paragraph, rendered, section

from isa_mail.errors import ContentError, Several
from isa_mail.model.newsletter import Link
from isa_mail.render.fields import Marks
from isa_mail.render.links import address


def written(*href: object) -> str:
    return address(Link(("x",), href), Marks("qzxvwkjhf"), HERE)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("https://example.org", "https://example.org"),
        ("HTTPS://Example.ORG/Über uns", "https://example.org/%C3%9Cber%20uns"),
        ("https://müller.example/a", "https://xn--mller-kva.example/a"),
        ("https://straße.example", "https://xn--strae-oqa.example"),
        (
            "https://例子.example:8080/路径?问=答#段",
            "https://xn--fsqu00a.example:8080/%E8%B7%AF%E5%BE%84?%E9%97%AE=%E7%AD%94#%E6%AE%B5",
        ),
        ("https://example.org/a%20b?x=%C3%A4&y=100%", "https://example.org/a%20b?x=%C3%A4&y=100%25"),
        ('https://example.org/"<>\\^`{|}', "https://example.org/%22%3C%3E%5C%5E%60%7B%7C%7D"),
        (
            "mailto:info@example.org?subject=Grüße aus Köln",
            "mailto:info@example.org?subject=Gr%C3%BC%C3%9Fe%20aus%20K%C3%B6ln",
        ),
        ("tel:+49 221 123", "tel:+49%20221%20123"),
        ("#20-bericht", "#20-bericht"),
        ("http://[2001:db8::1]/x", "http://[2001:db8::1]/x"),
    ],
)
def test_addresses_are_written_in_ascii(typed: str, expected: str) -> None:
    assert written(typed) == expected


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "#",
        "www.example.org",
        "Link",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "P:\\Texte\\a.docx",
        "https://",
        "https:example.org",
        "https:\\\\example.org",
        "https://exa mple.org",
        "https://example.org:x/",
        "mailto:",
        "tel:",
    ],
)
def test_addresses_that_no_reader_could_or_should_open_are_refused(typed: str) -> None:
    with pytest.raises(ContentError) as caught:
        written(typed) if typed else written()
    assert caught.value.hint
    assert caught.value.place == HERE


@pytest.mark.parametrize(
    "parts",
    [
        (CITY,),
        (CITY, "://example.org"),
        ("https://", CITY),
        ("https://www.", CITY, ".example.org/x"),
        ("https://user", CITY, "@example.org/"),
        ("mailto:", CITY),
        ("tel:", CITY),
    ],
)
def test_merge_field_in_scheme_or_host_is_refused_at_the_field(parts: tuple[object, ...]) -> None:
    with pytest.raises(ContentError) as caught:
        written(*parts)
    assert caught.value.place == CITY.place


def test_everything_wrong_with_links_and_pictures_is_reported_in_one_go(tmp_path: Path) -> None:
    with pytest.raises(Several) as caught:
        rendered(
            tmp_path,
            section("10-a", paragraph("a ", link("b", "javascript:x"))),
            section("20-b", paragraph(link("c", "Link"))),
        )
    assert [str(error.place) for error in caught.value.errors] == [
        "editions/2026-09/10-a.txt",
        "editions/2026-09/20-b.txt",
    ]


def test_link_addresses_reach_the_letter_whole(tmp_path: Path) -> None:
    letter = rendered(tmp_path, section("10-a", paragraph(link("b", "https://müller.example/ö?a=1&b=2"))))
    assert 'href="https://xn--mller-kva.example/%C3%B6?a=1&amp;b=2"' in joined(letter.html)
    assert "<https://xn--mller-kva.example/%C3%B6?a=1&b=2>" in joined(letter.text)


@settings(deadline=None, max_examples=300)
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_address_is_either_refused_or_pure_ascii_without_blanks(typed: str) -> None:
    try:
        result = written("https://example.org/" + typed)
    except ContentError:
        return
    assert result.isascii()
    assert not set(result) & set(' \t\r\n<>"\\')
