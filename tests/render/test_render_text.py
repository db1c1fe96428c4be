"""The plain-text part: the same words in the same order, on short lines, every address whole."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from invented import EDITION, HERE, joined, link, paragraph, rendered, section
from lxml import html

from isa_mail.model.newsletter import (
    Attribution,
    BulletList,
    CallToAction,
    Event,
    EventList,
    Figure,
    Kind,
    Paragraph,
    Quotation,
    Turn,
)
from isa_mail.model.rendering import RenderedEdition
from isa_mail.typography.width import display_width

LONG = "Die Zusammenarbeit der Mitgliedsstädte im Maschinenbau wird im kommenden Jahr ausgebaut. " * 4


@pytest.fixture(scope="module")
def letter(tmp_path_factory: pytest.TempPathFactory) -> RenderedEdition:
    return rendered(tmp_path_factory.mktemp("workspace"))


def body(tmp_path: Path, *blocks: object, kind: Kind = Kind.ARTICLE, language: str = "de") -> str:
    """Set some blocks and give only what they became."""
    text = joined(
        rendered(tmp_path, section("10-x", *blocks, title="Titel", kind=kind), language=language).text
    )
    return text.split("Titel\n-----\n\n")[-1].split("\n\n\n----")[0].rstrip("\n")


def words(text: str) -> list[str]:
    return re.findall(r"[\u4e00-\u9fff]|[^\W\u4e00-\u9fff]+", re.sub(r"<(?:https?|mailto):[^>]*>", " ", text))


def test_both_parts_have_the_same_words_in_the_same_order(letter: RenderedEdition) -> None:
    tree = html.document_fromstring(joined(letter.html))
    # A table has a caption for those who hear it read; in the text part a date with its event below needs none.
    for hidden in tree.xpath("//head|//div[contains(@style, 'display:none')]|//comment()|//caption"):
        hidden.drop_tree()
    for picture in tree.xpath("//img"):
        label = "Bild: " if "picture" in picture.get("class") else ""
        picture.tail = f" {label}{picture.get('alt')} {picture.tail or ''}"
    for element in tree.iter():
        if element.tag in ("p", "h1", "h2", "h3", "li", "td", "th", "br", "caption", "pre"):
            element.tail = f" {element.tail or ''}"
    for number, item in enumerate(tree.xpath("//ol/li"), 1):
        item.text = f"{number} {item.text}"
    in_html = words(tree.text_content())
    in_text = words(joined(letter.text))
    assert in_html[0] == "Stadtbrief"  # the logo's alternative text: no title of its own in the text part
    assert in_text == in_html[1:]


def test_lines_fit_and_empty_ones_are_few(tmp_path: Path) -> None:
    item = (paragraph(LONG), BulletList(((paragraph(LONG),),)))
    chinese = "本次展会上，来自九个城市的企业共同展示了最新的工业技术，并与合作伙伴进行了深入交流。" * 3
    text = body(
        tmp_path,
        paragraph(LONG),
        Quotation((paragraph(LONG),), Attribution((LONG,), (LONG,))),
        BulletList((item, item)),
        Figure("images/stand am morgen.jpg", LONG, (LONG,), HERE),
        Turn((LONG,), (paragraph(LONG),)),
        paragraph(chinese),
        CallToAction(link(LONG, "https://example.org/" + "lang" * 40)),
    )
    for line in text.split("\n"):
        if not line.startswith("<https"):
            assert display_width(line) <= 72, line
        assert line == line.rstrip()
    assert "\n\n\n\n" not in joined(rendered(tmp_path).text)
    assert words(text).count("Maschinenbau") == 13 * words(LONG).count("Maschinenbau")


def test_title_is_underlined_and_section_headings_are_marked(letter: RenderedEdition) -> None:
    text = joined(letter.text)
    assert text.startswith(
        "Stadtbrief September 2026\n=========================\nAusgabe 5 · 30. September 2026\n"
    )
    assert "\n\n\nStimmen der Betriebe\n--------------------\n\n" in text
    assert "\n» Wie es weitergeht\n" in text


def test_headings_of_two_lines_are_underlined_as_wide_as_the_wider(tmp_path: Path) -> None:
    line = "Bericht über die Zusammenarbeit der Mitgliedsstädte im Maschinenbau"
    heading = section("10-x", paragraph("Gut."), title=f"{line} sowie in der Pflege")
    text = joined(rendered(tmp_path, heading).text)
    assert f"\n{line}\nsowie in der Pflege\n{'-' * len(line)}\n\nGut." in text


def test_chinese_headings_are_underlined_over_their_whole_width(tmp_path: Path) -> None:
    text = joined(
        rendered(tmp_path, section("10-x", paragraph("好。"), title="九家企业"), language="zh").text
    )
    assert "\n九家企业\n--------\n" in text
    text = joined(rendered(tmp_path, section("10-x", paragraph("好。"), title="“好”"), language="zh").text)
    assert "\n“好”\n------\n" in text


def test_every_link_is_there_and_in_one_piece(letter: RenderedEdition) -> None:
    text = joined(letter.text)
    for target in set(re.findall(r'href="((?:https|mailto)[^"]*)"', joined(letter.html))):
        assert f"<{target.replace('&amp;', '&')}>" in text


def test_figure_says_what_it_shows_with_its_caption_indented_below_and_decoration_says_nothing(
    tmp_path: Path,
) -> None:
    path = "images/stand am morgen.jpg"
    figure = Figure(path, "Ein Stand", ("Foto: Probe",), HERE)
    assert body(tmp_path, figure) == "[Bild: Ein Stand]\n    Foto: Probe"
    assert body(tmp_path, figure, language="zh") == "[图片：Ein Stand]\n    Foto: Probe"
    assert body(tmp_path, replace(figure, alt="")) == "[Bild]\n    Foto: Probe"
    assert body(tmp_path, paragraph("a"), Figure(path, "", (), HERE), paragraph("b")) == "a\n\nb"


@pytest.mark.parametrize(
    ("language", "last"),
    [
        ("de", "    – Tina Probe, Leiterin, Werk"),
        ("en", "    — Tina Probe, Leiterin, Werk"),
        ("zh", "    ——Tina Probe，Leiterin, Werk"),
    ],
)
def test_quotation_is_indented_and_says_who_after_the_dash_of_its_language(
    tmp_path: Path, language: str, last: str
) -> None:
    quotation = Quotation(
        (paragraph("Eins."), paragraph("Zwei.")), Attribution(("Tina Probe",), ("Leiterin, Werk",))
    )
    assert body(tmp_path, quotation, language=language) == f"    Eins.\n\n    Zwei.\n{last}"


def test_speakers_stand_out_at_the_margin_and_all_that_they_say_is_indented(tmp_path: Path) -> None:
    turns = (
        Turn(("PKS",), (paragraph("Was nun? " * 10), paragraph("Und dann?"))),
        Turn(("Wang Fang",), (BulletList(((paragraph("Geduld"),),)),)),
    )
    assert body(tmp_path, *turns, kind=Kind.INTERVIEW) == (
        f"PKS: {'Was nun? ' * 7}Was\n    nun? Was nun? Was nun?\n\n    Und dann?\n\nWang Fang:\n\n    - Geduld"
    )
    assert body(tmp_path, turns[0], language="zh").startswith("PKS：Was nun?")


def test_events_are_dates_with_title_and_place_below(tmp_path: Path) -> None:
    events = EventList(
        (
            Event(("16. Oktober",), ("Treffen",), ("Köln",)),
            Event(("17. Oktober",), ("Messe",), ()),
        )
    )
    assert body(tmp_path, events) == "16. Oktober\n    Treffen\n    Köln\n\n17. Oktober\n    Messe"


def test_link_whose_words_are_its_address_is_written_once(tmp_path: Path) -> None:
    text = body(
        tmp_path,
        paragraph(
            "Siehe ",
            link("www.example.org", "https://www.example.org/"),
            " oder ",
            link("a@b.org", "mailto:a@b.org"),
        ),
        CallToAction(link("https://example.org", "https://example.org")),
    )
    assert text == "Siehe <https://www.example.org/> oder <a@b.org>\n\n<https://example.org>"


def test_an_address_in_a_chinese_sentence_has_no_blanks_around_it(tmp_path: Path) -> None:
    text = body(tmp_path, paragraph("见", link("名录", "https://a.org/b"), "一文。"), language="zh")
    assert text == "见名录<https://a.org/b>一文。"


def test_call_to_action_has_one_colon_and_its_address_below(tmp_path: Path) -> None:
    assert body(tmp_path, CallToAction(link("Mehr:", "https://a.org"))) == "Mehr:\n<https://a.org>"
    assert (
        body(tmp_path, CallToAction(link("更多", "https://a.org")), language="zh")
        == "更多：\n<https://a.org>"
    )


def test_authors_line_break_is_kept(tmp_path: Path) -> None:
    from isa_mail.model.newsletter import LineBreak

    assert body(tmp_path, Paragraph(("Zeile eins", LineBreak(), "Zeile zwei"))) == "Zeile eins\nZeile zwei"


def test_letter_ends_with_imprint_and_the_way_out(letter: RenderedEdition) -> None:
    end = joined(letter.text).split("-" * 72)[-1]
    assert end == (
        "\nImpressum\nBund der Musterstädte e. V.\nProbeallee 1, 12345 Musterstadt\nVertreten durch Tina Probe\n\n"
        "Sie erhalten diesen Newsletter, weil\nWERT in unserem Verteiler steht.\n\n"
        "Newsletter abbestellen:\n<mailto:brief@example.org?subject=unsubscribe%20WERT>\n"
    )


def test_nothing_of_the_html_leaks_into_the_text(letter: RenderedEdition) -> None:
    text = joined(letter.text)
    assert EDITION.preheader[0] not in text
    assert "\u034f" not in text
    assert not re.search(r"&[a-z]+;|</|style=", text)
