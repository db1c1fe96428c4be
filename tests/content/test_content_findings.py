"""What the reader remarks: each code with the line it is about, and a text that earns no remark."""

import pytest
from reading_sections import FILE, body, findings, remarks, words

from isa_mail.content.findings import CODES
from isa_mail.model.findings import Place, Severity
from isa_mail.model.newsletter import Link


def test_c102_names_a_file_in_windows_1252() -> None:
    (found,) = findings("Titel: Grüße\n\nText – „so“".encode("cp1252"))
    assert (found.code, found.severity, found.place) == ("C102", Severity.WARNING, Place(FILE))
    assert "UTF-8" in found.hint


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_c102_is_not_said_of_unicode(encoding: str) -> None:
    assert findings("Titel: Grüße\n\nText – „so“".encode(encoding)) == ()


@pytest.mark.parametrize(
    "source", ["Das **ist so", "ein ** Stern", "die**„Messe“**hier", "** fett **", "eins\nzwei ** drei"]
)
def test_c103_names_the_line_of_leftover_asterisks(source: str) -> None:
    assert remarks(f"Text\n\n{source}") == [("C103", 3 + source.count("\n"))]


@pytest.mark.parametrize(
    "source", ["**fett**", r"\*\*gemeint\*\*", "`**`", "5*3", "```\n**\n```", "“**很好**”"]
)
def test_c103_is_not_said_of_bold_type_nor_of_asterisks_meant(source: str) -> None:
    assert remarks(source) == []


def test_c103_names_each_line_of_several() -> None:
    assert remarks("ein ** Stern\nist gut\nnoch ** einer") == [("C103", 1), ("C103", 3)]


@pytest.mark.parametrize(
    "source",
    [
        "Hier ![Stand](images/a.jpg) ist er",
        "- ![Stand](images/a.jpg)",
        "> ![Stand](images/a.jpg)",
        "![Stand](a.jpg) ![Stand](b.jpg)",
        "![Stand] (a.jpg)",
        "![Stand](a.jpg",
        "Hier ![Stand](images/a b.jpg) ist er",
    ],
)
def test_c104_names_a_picture_in_running_text_and_keeps_what_was_typed(source: str) -> None:
    found = remarks(f"Text\n\n{source}")
    assert found
    assert set(found) == {("C104", 3)}
    assert "Stand" in repr(body(source))


@pytest.mark.parametrize(
    "source", ["![Stand](images/a.jpg)", r"Wow\![Stand]", "`![`", "Hurra! [Mehr](https://example.org)"]
)
def test_c104_is_not_said_of_figures_nor_of_exclamation_marks(source: str) -> None:
    assert remarks(source) == []


@pytest.mark.parametrize("target", ["", "#", "<>", " "])
def test_c105_names_a_link_without_a_target_and_blocks(target: str) -> None:
    (found,) = findings(f"Kind: brief\n\nText\n\nund [Mehr]({target})")
    assert (found.code, found.severity, found.place) == ("C105", Severity.BLOCKS, Place(FILE, 5))
    assert "Mehr" in found.message
    assert words(f"und [Mehr]({target})") == ("und ", Link(("Mehr",), ()))


@pytest.mark.parametrize(
    "target",
    [
        "ftp://example.org",
        "javascript:x",
        "file:///C:/a",
        "data:text/html,x",
        "vbscript:x",
        "C:/Ordner/a.pdf",
        "www.example.org",
        "images/a.jpg",
    ],
)
def test_c106_names_a_target_that_mail_programs_do_not_open(target: str) -> None:
    (found,) = findings(f"Kind: brief\n\nText\n\nund [Mehr]({target}) so")
    assert (found.code, found.severity, found.place) == ("C106", Severity.BLOCKS, Place(FILE, 5))
    assert "https://" in found.hint


@pytest.mark.parametrize(
    "target", ["https://example.org", "http://example.org", "mailto:a@example.org", "tel:+49", "{{ seite }}"]
)
def test_c106_is_not_said_of_web_mail_and_telephone(target: str) -> None:
    assert remarks(f"und [Mehr]({target}) so") == []


def test_c109_names_a_section_without_text() -> None:
    (found,) = findings("Titel: Nichts\n\n  \n")
    assert (found.code, found.place) == ("C109", Place(FILE))
    assert findings("Titel: Nichts\n\nText") == ()


@pytest.mark.parametrize(
    "source", ['[Mehr](https://example.org "Titel")', "```python\nx\n```", '![B](b.jpg "Titel")']
)
def test_c110_names_what_is_typed_and_not_shown(source: str) -> None:
    (found,) = findings(f"Kind: brief\n\nText\n\n{source}")
    assert (found.code, found.severity, found.place) == ("C110", Severity.HINT, Place(FILE, 5))


@pytest.mark.parametrize("source", ["[Mehr](https://example.org)", "```\nx\n```", "![B](b.jpg)"])
def test_c110_is_not_said_when_all_is_shown(source: str) -> None:
    assert remarks(source) == []


def test_c110_quotes_all_that_is_not_shown() -> None:
    title = "Ein langer Titel, der niemandem gezeigt wird " * 5
    (found,) = findings(f"Kind: brief\n\nText\n\n[Mehr](https://example.org '{title}')")
    assert title in found.message


@pytest.mark.parametrize("source", ["![](b.jpg)", "![ ](b.jpg)", "![](b.jpg)\nMit Bildunterschrift"])
def test_c111_names_a_picture_without_a_description(source: str) -> None:
    (found,) = findings(f"Kind: brief\n\nText\n\n{source}")
    assert (found.code, found.severity, found.place) == ("C111", Severity.WARNING, Place(FILE, 5))
    assert "b.jpg" in found.message


def test_c111_is_not_said_of_a_picture_with_a_description() -> None:
    assert remarks("![Der Stand](b.jpg)") == []


@pytest.mark.parametrize(
    "source", ["[](https://example.org)", "[ ](https://example.org)", "so [](https://a.org)"]
)
def test_c112_names_a_link_without_words_and_blocks(source: str) -> None:
    (found,) = findings(f"Kind: brief\n\nText\n\n{source}")
    assert (found.code, found.severity, found.place) == ("C112", Severity.BLOCKS, Place(FILE, 5))
    assert "https://" in found.message


@pytest.mark.parametrize("source", ["[Mehr](https://a.org)", "<https://a.org>", "[{{ a }}](https://a.org)"])
def test_c112_is_not_said_of_a_link_with_words(source: str) -> None:
    assert remarks(f"und {source}") == []


@pytest.mark.parametrize(
    "source", ["```\na", "~~~", "> ```\n> a\n\nb", "- ~~~~\n  a\n  ~~~", "```\na\n``` b"]
)
def test_c113_names_a_fence_that_is_never_closed(source: str) -> None:
    (found,) = findings(f"Kind: brief\n\nText\n\n{source}")
    assert (found.code, found.severity, found.place) == ("C113", Severity.WARNING, Place(FILE, 5))


@pytest.mark.parametrize(
    "source", ["```\na\n```", "~~~\n~~~~", "> ```\n> a\n> ```", "- ```\n  a\n  ```", "```\n```\n\nText"]
)
def test_c113_is_not_said_of_a_closed_fence(source: str) -> None:
    assert remarks(source) == []


def test_a_finding_names_the_line_in_the_file_whatever_stands_above() -> None:
    (found,) = findings("\n---\nTitel: a\n\nArt: Bericht\n---\n\nText\n\n![B](b.jpg)\nBild\nund ** Stern")
    assert found.place == Place(FILE, 12)


def test_a_finding_shows_merge_fields_as_they_were_typed() -> None:
    (found,) = findings("Kind: brief\n\nHallo ** {{ name }}, [hier]({{ a }}) geht es")
    assert "{{ name }}" in found.message
    (found,) = findings("Kind: brief\n\n[Mehr](ftp://example.org/{{ name }})")
    assert "{{ name }}" in found.message


def test_every_code_is_documented() -> None:
    assert list(CODES) == [f"C{number}" for number in range(101, 101 + len(CODES))]


@pytest.mark.parametrize("path", ["images/‹Bild›.jpg", "‹picture.png›"])
def test_c114_names_a_picture_that_is_still_missing_and_blocks(path: str) -> None:
    (found,) = findings(f"Kind: brief\n\n![‹Was?›]({path})\nDer Steg")
    assert (found.code, found.severity, found.place) == ("C114", Severity.BLOCKS, Place(FILE, 3))


def test_c114_is_not_said_of_a_picture_that_has_a_name() -> None:
    assert remarks("![Der Steg](images/steg.jpg)\nDer ‹Steg›") == []
