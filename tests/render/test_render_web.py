"""The web version: the same letter for nobody in particular, as a page with its pictures beside it."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from invented import (
    EDITION,
    HERE,
    PUBLICATION,
    TEMPLATES,
    joined,
    link,
    make_workspace,
    paragraph,
    rendered,
    section,
)
from lxml import html

from isa_mail.errors import BuildError
from isa_mail.model.findings import Place, Severity
from isa_mail.model.merging import MergeField
from isa_mail.model.newsletter import CallToAction, Edition, Section
from isa_mail.model.publication import Publication
from isa_mail.model.rendering import WebPage
from isa_mail.render.web import render_page

ADDRESS = "https://www.example.org/brief/"
ON_THE_WEB = PUBLICATION._replace(web_address=ADDRESS)
LINKED = ON_THE_WEB._replace(linked_pictures=True)
NO_FALLBACK = MergeField("ort", None, Place("editions/2026-09/20-bericht.txt", 9))
WITH_FALLBACK = MergeField("ort", "Ihre Stadt & mehr", Place("editions/2026-09/20-bericht.txt", 9))


def page(
    root: Path,
    *sections: Section,
    publication: Publication = ON_THE_WEB,
    languages: tuple[str, ...] = ("de",),
    templates: tuple[Path, ...] = (TEMPLATES,),
    edition: Edition = EDITION,
) -> WebPage:
    folder = root / "editions" / "2026-09"
    if not folder.exists():
        make_workspace(root)
    given = replace(edition, sections=sections) if sections else edition
    return render_page(
        given,
        publication,
        languages=languages,
        edition_directory=folder,
        workspace=root,
        templates=templates,
    )


def words(text: str) -> list[str]:
    """What a reader sees of a page, word by word."""
    tree = html.fromstring(text)
    for hidden in tree.xpath('//style|//*[contains(@style, "display:none")]|//title'):
        hidden.drop_tree()
    return tree.text_content().split()


def test_the_page_says_what_the_letter_says_without_what_belongs_to_one_person(tmp_path: Path) -> None:
    letter = words(joined(rendered(tmp_path, publication=ON_THE_WEB).html, "WERT"))
    shown = words(page(tmp_path).html)
    mine = "Sie erhalten diesen Newsletter, weil WERT in unserem Verteiler steht. Im Browser ansehen"
    gone = [*mine.split(), "Newsletter", "abbestellen"]
    assert letter[-len(gone) :] == gone
    assert shown == [word.replace("WERT", "Mitglied") for word in letter[: -len(gone)]]


def test_the_page_has_a_title_a_language_a_description_and_its_own_address(tmp_path: Path) -> None:
    tree = html.fromstring(page(tmp_path).html)
    assert tree.get("lang") == "de"
    assert tree.findtext(".//title") == EDITION.title
    assert tree.xpath('//meta[@name="description"]/@content') == ["".join(map(str, EDITION.preheader))]
    assert tree.xpath('//link[@rel="canonical"]/@href') == [f"{ADDRESS}2026-09/"]
    assert tree.xpath("//h1")[0].text_content() == EDITION.title
    without = page(tmp_path, publication=PUBLICATION).html
    assert "canonical" not in without


def test_the_page_loads_nothing_from_elsewhere_and_tells_nobody_who_reads_it(tmp_path: Path) -> None:
    tree = html.fromstring(page(tmp_path).html)
    assert tree.xpath("//script|//iframe|//object|//form|//link[not(@rel='canonical')]") == []
    assert all(re.fullmatch(r"pictures/[a-z0-9-]+\.(jpg|png)", src) for src in tree.xpath("//@src"))
    assert "url(" not in page(tmp_path).html and "@import" not in page(tmp_path).html
    for trace in (
        "mailto:brief@example.org?subject=unsubscribe",
        "unsubscribe",
        'aria-roledescription="email"',
        "\u034f",
    ):
        assert trace not in page(tmp_path).html


def test_every_picture_of_the_page_lies_beside_it_under_the_name_that_the_page_calls_it(
    tmp_path: Path,
) -> None:
    made = page(tmp_path)
    named = {src.removeprefix("pictures/") for src in html.fromstring(made.html).xpath("//img/@src")}
    assert named == {picture.filename for picture in made.pictures}
    assert {picture.filename.partition("-")[0] for picture in made.pictures} == {"logo", "stand"}


def test_merge_fields_show_their_fallbacks_escaped_for_their_place(tmp_path: Path) -> None:
    button = CallToAction(replace(link("Anfahrt", ""), href=("https://www.example.org/?q=", WITH_FALLBACK)))
    text = page(tmp_path, section("20-bericht", paragraph("Neues aus ", WITH_FALLBACK, "."), button)).html
    assert "Neues aus Ihre Stadt &amp; mehr." in text
    assert 'href="https://www.example.org/?q=Ihre%20Stadt%20%26%20mehr"' in text


def test_a_field_without_fallback_is_left_out_and_pointed_out_once_where_the_page_is_used(
    tmp_path: Path,
) -> None:
    with_field = section("20-bericht", paragraph("Neues aus ", NO_FALLBACK, "."), paragraph(NO_FALLBACK))
    made = page(tmp_path, with_field)
    assert "Neues aus ." in made.html
    (finding,) = made.findings
    assert (finding.code, finding.severity, finding.place) == ("R104", Severity.WARNING, NO_FALLBACK.place)
    assert "{{ ort }}" in finding.message and "{{ ort | … }}" in finding.hint
    assert page(tmp_path, with_field, publication=PUBLICATION).findings == ()
    assert page(tmp_path, section("20-bericht", paragraph(WITH_FALLBACK))).findings == ()


def test_a_greeting_that_needs_a_name_is_left_out_and_one_with_a_fallback_stays(tmp_path: Path) -> None:
    for field, said in (
        (MergeField("anrede", None, HERE), False),
        (MergeField("anrede", "Freunde", HERE), True),
    ):
        made = page(tmp_path, edition=replace(EDITION, greeting=("Liebe ", field, ",")))
        assert ("Liebe" in words(made.html)[:20]) is said
        assert not any("anrede" in finding.message for finding in made.findings)


def test_pages_of_two_languages_lie_in_folders_share_their_pictures_and_link_to_each_other(
    tmp_path: Path,
) -> None:
    german = page(tmp_path, languages=("de", "zh"))
    chinese = page(tmp_path, languages=("de", "zh"), edition=replace(EDITION, language="zh"))
    assert (german.path, chinese.path) == ("de/index.html", "zh/index.html")
    assert german.pictures == chinese.pictures
    tree = html.fromstring(german.html)
    assert all(src.startswith("../pictures/") for src in tree.xpath("//img/@src"))
    assert tree.xpath('//link[@rel="canonical"]/@href') == [f"{ADDRESS}2026-09/de/"]
    (other,) = tree.xpath("//a[@hreflang]")
    assert (other.text, other.get("href"), other.get("lang")) == ("中文", "../zh/index.html", "zh-Hans")
    assert html.fromstring(page(tmp_path).html).xpath("//a[@hreflang]") == []


def test_the_letter_links_to_its_page_in_both_parts_where_an_address_is_set(tmp_path: Path) -> None:
    alone = rendered(tmp_path, publication=ON_THE_WEB)
    assert f'<a href="{ADDRESS}2026-09/"' in joined(alone.html)
    assert f"\nIm Browser ansehen:\n<{ADDRESS}2026-09/>\n" in joined(alone.text)
    nowhere = rendered(tmp_path)
    assert "Im Browser" not in joined(nowhere.html) + joined(nowhere.text)
    one_of_two = rendered(tmp_path, publication=ON_THE_WEB, languages=("de", "zh"))
    assert f"<{ADDRESS}2026-09/de/>" in joined(one_of_two.text)


def test_the_name_of_an_edition_is_written_as_an_address_wants_it() -> None:
    assert ON_THE_WEB.web_folder("2026-09 Größe") == f"{ADDRESS}2026-09%20Gr%C3%B6%C3%9Fe/"
    assert PUBLICATION.web_folder("2026-09") is None


def test_linked_pictures_are_named_by_https_and_the_message_carries_none(tmp_path: Path) -> None:
    letter = rendered(tmp_path, publication=LINKED)
    assert letter.pictures == ()
    sources = html.fromstring(joined(letter.html)).xpath("//img/@src")
    assert len(sources) == 2
    names = {src.removeprefix(f"{ADDRESS}2026-09/pictures/") for src in sources}
    assert names == {picture.filename for picture in page(tmp_path, publication=LINKED).pictures}
    embedded = rendered(tmp_path, publication=ON_THE_WEB)
    there = re.sub(r'src="[^"]*"', "", joined(letter.html))
    assert there == re.sub(r'src="[^"]*"', "", joined(embedded.html))


def test_names_of_pictures_come_from_their_content_so_a_changed_one_is_never_an_old_one(
    tmp_path: Path,
) -> None:
    from invented import picture_bytes

    before = {picture.filename for picture in page(tmp_path).pictures}
    assert before == {picture.filename for picture in page(tmp_path).pictures}
    picture = tmp_path / "editions/2026-09/images/stand am morgen.jpg"
    picture.write_bytes(picture_bytes(colour="#112233"))
    after = {picture.filename for picture in page(tmp_path).pictures}
    assert len(before & after) == 1  # the logo


@pytest.mark.parametrize(
    ("typed", "instead", "said"),
    [
        ("{{ logo.src }}", "cid:{{ logo.picture.content_id }}", "takes a picture out of the mail"),
        ("{{ letter.issue | plain }}", "{{ letter.because | plain }}", "shows the reader's address"),
    ],
)
def test_a_template_of_ones_own_that_leaves_the_mail_in_the_page_is_explained(
    tmp_path: Path, typed: str, instead: str, said: str
) -> None:
    own = tmp_path / "templates"
    own.mkdir()
    text = (TEMPLATES / "newsletter.html.j2").read_text(encoding="utf-8")
    assert typed in text
    (own / "newsletter.html.j2").write_text(text.replace(typed, instead), encoding="utf-8")
    with pytest.raises(BuildError, match=said) as caught:
        page(tmp_path, templates=(own, TEMPLATES))
    assert "newsletter.html.j2" in str(caught.value.place) + caught.value.hint
    assert rendered(tmp_path, templates=(own, TEMPLATES)).pictures  # the letter itself is as it was
