"""Merge fields become holes with the right escape, and nothing but merge fields does."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from invented import (
    CITY,
    EDITION,
    FIRST_NAME,
    HERE,
    PUBLICATION,
    TEMPLATES,
    joined,
    paragraph,
    rendered,
    section,
)

from isa_mail.errors import BuildError
from isa_mail.model.merging import Escape, Hole, MergeField, Template
from isa_mail.model.newsletter import CallToAction, Link, Signature
from isa_mail.render.fields import Marks, new_marks

NAME = MergeField("name", None, HERE)


def holes(template: Template) -> list[tuple[str, str]]:
    return [(part.field.name, part.escape.value) for part in template if isinstance(part, Hole)]


def test_fields_in_text_attributes_and_addresses_get_their_escapes(tmp_path: Path) -> None:
    letter = rendered(tmp_path)
    assert holes(letter.html) == [
        ("first_name", "html"),
        ("city", "url"),
        ("address", "html"),
        ("address", "url"),
    ]
    assert holes(letter.text) == [
        ("first_name", "text"),
        ("city", "url"),
        ("address", "text"),
        ("address", "url"),
    ]
    assert FIRST_NAME in [part.field for part in letter.html if isinstance(part, Hole)]


def test_field_in_a_query_is_percent_encoded_in_both_parts(tmp_path: Path) -> None:
    link = Link(("Anmelden",), ("https://example.org/", CITY, "?name=", NAME, "#", CITY))
    letter = rendered(tmp_path, section("10-x", CallToAction(link), paragraph("Hier ", link, ".")))
    for part in (letter.html, letter.text):
        assert holes(part)[:6] == [(name, "url") for name in ("city", "name", "city")] * 2
        assert "https://example.org/WERT?name=WERT#WERT" in joined(part)


def test_fields_in_every_corner_of_a_letter_are_found_again(tmp_path: Path) -> None:
    body = section("10-x", paragraph("a"), title="T", signed=(Signature(("Von ", NAME), (NAME,)),))
    letter = rendered(
        tmp_path, body, greeting=("Liebe ", NAME, ","), preheader=(NAME, " liest"), subject=(NAME,)
    )
    assert [name for name, _ in holes(letter.html)].count("name") == 4
    assert [name for name, _ in holes(letter.text)].count("name") == 3  # a preheader is no text
    assert letter.subject == (NAME,)


def test_field_that_a_template_puts_into_an_address_is_percent_encoded(tmp_path: Path) -> None:
    own = tmp_path / "templates"
    own.mkdir()
    source = (TEMPLATES / "section.html.j2").read_text(encoding="utf-8")
    link = """<a href='https://example.org/?n={{ section.title | plain }}' title="{{ section.title | plain }}">x</a>"""
    (own / "section.html.j2").write_text(
        source.replace("{% if section.signed", link + "{% if section.signed")
    )
    named = replace(section("10-x", paragraph("y")), title=(NAME,))
    letter = rendered(tmp_path, named, templates=(own, TEMPLATES))
    assert holes(letter.html)[:3] == [("name", "html"), ("name", "url"), ("name", "html")]


def test_template_that_changes_a_mark_is_refused(tmp_path: Path) -> None:
    own = tmp_path / "templates"
    own.mkdir()
    source = (TEMPLATES / "newsletter.html.j2").read_text(encoding="utf-8")
    (own / "newsletter.html.j2").write_text(
        source.replace("edition.greeting | plain", "edition.greeting | plain | upper")
    )
    with pytest.raises(BuildError) as caught:
        rendered(tmp_path, greeting=("Liebe ", NAME, ","), templates=(own, TEMPLATES))
    assert "upper" in caught.value.hint


_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@settings(deadline=None, max_examples=200)
@given(st.lists(st.one_of(_TEXT, st.just(NAME), st.just(CITY)), max_size=8))
def test_whatever_goes_in_as_text_and_fields_comes_out_as_text_and_holes(
    parts: list[str | MergeField],
) -> None:
    marks = Marks("qzxvwkjhf")
    out = marks.holes(
        "".join(part if isinstance(part, str) else marks.text(part) for part in parts), Escape.TEXT
    )
    assert [part.field for part in out if isinstance(part, Hole)] == [
        p for p in parts if not isinstance(p, str)
    ]
    assert "".join(part for part in out if isinstance(part, str)) == "".join(
        p for p in parts if isinstance(p, str)
    )
    assert "" not in out
    assert not any(isinstance(a, str) and isinstance(b, str) for a, b in pairwise(out))


def test_nobody_can_type_a_mark(tmp_path: Path) -> None:
    first = rendered(tmp_path, section("10-x", paragraph("Text ", NAME)))
    assert len(holes(first.html)) == 3

    prefix = new_marks(EDITION, PUBLICATION).prefix
    typed = replace(EDITION, title=f"{prefix}t0x")
    assert new_marks(typed, PUBLICATION).prefix != prefix
