"""What write.py writes, the reader reads back; and no text whatever makes the reader fail in another way."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isa_mail.content.section import read_section
from isa_mail.content.write import write_section
from isa_mail.errors import IsaMailError
from isa_mail.model.findings import Place
from isa_mail.model.newsletter import Kind, Paragraph, Section, Signature

_MARKUP = [
    *"*_`[]()<>!#-–—+>=&;:：,，.\\|~{}\"' \n",
    "**",
    "\n\n",
    "\n> ",
    "\n- ",
    "\n1. ",
    "\n2. ",
    "{{ stadt }}",
    "{{ stadt | Ort }}",
    r"\{{",
    "![Bild](images/a b.jpg)",
    "[Link](https://example.org/ä?a=1&amp;b)",
    "\n**Name:** ",
    "\n> — Tina Probe, Leiterin",
    "\n```\n",
    "\n  ",
    "&auml;",
    "&#32;",
    "Wort",
    "M*innen",
    "über",
    "中文",
    "，",
    "。",
    "12",
]
sources = st.lists(st.sampled_from(_MARKUP), max_size=25).map("".join)
kinds = st.sampled_from([kind.value for kind in Kind])
lines = st.text(
    st.characters(blacklist_categories=("Cc", "Cs", "Zl", "Zp"))
    | st.sampled_from("*_`[]<>!#-–—&\\{}()1.) 中，"),
    min_size=1,
    max_size=40,
)


def read(text: str) -> Section:
    return read_section(text.encode(), name="10-text", file="10-text.txt")[0]


@settings(deadline=None, max_examples=400)
@given(kinds, sources)
def test_reading_what_was_written_gives_the_same_section(kind: str, source: str) -> None:
    try:
        section = read(f"Title: T\nKind: {kind}\n\n{source}")
    except IsaMailError:
        return
    assert read(write_section(section)) == section


@settings(deadline=None, max_examples=300)
@given(st.lists(lines, min_size=1, max_size=4))
def test_any_literal_text_can_be_written(texts: list[str]) -> None:
    section = Section(
        name="10-text",
        title=(),
        short_title=(),
        kind=Kind.INTERVIEW,
        signed=(),
        body=tuple(Paragraph((text,)) for text in texts),
        place=Place("10-text.txt"),
    )
    assert read(write_section(section)) == section


@settings(deadline=None, max_examples=200)
@given(st.text(st.characters(blacklist_categories=("Cc", "Cs", "Zl", "Zp", "Zs")), min_size=1, max_size=30))
def test_any_header_value_can_be_written(text: str) -> None:
    signature = Signature((text.replace(",", ".").replace("，", "."),), ("Ämter, viele",))
    section = Section("10-text", (text,), (), Kind.ARTICLE, (signature,), (Paragraph(("Text",)),), Place("x"))
    assert read(write_section(section)) == section


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=200) | sources.map(str.encode))
def test_any_bytes_give_a_section_or_an_error_for_staff(data: bytes) -> None:
    try:
        read_section(data, name="10-text", file="10-text.txt")
    except IsaMailError as error:
        assert error.hint


@pytest.mark.parametrize(
    "text",
    [
        "Kind: report\n\n8. ISA-Plenarversammlung\n",
        "Kind: report\n\nText\n\n1. FC Köln\n",
        "Kind: report\n\n- 16. bis 19. Oktober\n",
        "Kind: report\n\n1. a\n2. b\n\n8. Sitzung\n",
        "Kind: report\n\n1. a\n2. b\n\n3\\. Liga\n",
        "Kind: report\n\n1\\. a\n\n2\\. b\n",
        "Kind: report\n\n```\n1\\. a\n```\n",
        "Kind: report\n\n### Die #1 \\#\n",
        "Kind: report\n\n> ```\n> a  \n> ```\n",
        "Kind: report\n\n- - +\n",
    ],
)
def test_what_people_typed_is_written_as_they_typed_it(text: str) -> None:
    assert write_section(read(text)) == text
