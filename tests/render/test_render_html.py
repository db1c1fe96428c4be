"""The HTML part: the targets of a letter that Outlook, GMX, Gmail and phones all show well."""

import os
import re
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from invented import (
    ARTICLE,
    EDITION,
    EDITORIAL,
    NOTICE,
    PUBLICATION,
    REPORT,
    joined,
    link,
    paragraph,
    rendered,
    section,
)
from lxml import etree, html

from isa_mail.model.merging import Escape, Hole
from isa_mail.model.newsletter import CallToAction, Edition, Heading, Kind, Section
from isa_mail.model.publication import Colours
from isa_mail.model.rendering import RenderedEdition
from isa_mail.render.edition import render
from isa_mail.render.inline import inline
from isa_mail.typography.contrast import contrast

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def letter(tmp_path_factory: pytest.TempPathFactory) -> RenderedEdition:
    return rendered(tmp_path_factory.mktemp("workspace"))


@pytest.fixture(scope="module")
def source(letter: RenderedEdition) -> str:
    return joined(letter.html)


@pytest.fixture(scope="module")
def tree(source: str) -> etree._Element:
    return html.document_fromstring(source)


def tables_in_comments(source: str) -> list[str]:
    return [
        tag
        for comment in re.findall(r"<!--.*?-->", source, re.DOTALL)
        for tag in re.findall("<table[^>]*>", comment)
    ]


def styles(tree: etree._Element) -> list[tuple[etree._Element, dict[str, str]]]:
    found = []
    for element in tree.iter():
        if isinstance(element.tag, str) and element.get("style"):
            pairs = (rule.split(":", 1) for rule in element.get("style").split(";") if rule)
            found.append((element, {name.strip(): value.strip() for name, value in pairs}))
    return found


def test_head_has_doctype_in_capitals_and_the_metas_that_phones_read(
    source: str, tree: etree._Element
) -> None:
    assert source.startswith("<!DOCTYPE html>\n")
    assert '<meta charset="utf-8">' in source[:1024]
    names = {meta.get("name") for meta in tree.iter("meta")}
    assert names >= {
        "viewport",
        "x-apple-disable-message-reformatting",
        "format-detection",
        "color-scheme",
        "supported-color-schemes",
    }
    assert "<o:PixelsPerInch>96</o:PixelsPerInch>" in source
    assert tree.findtext(".//title") == EDITION.title


def test_language_and_direction_stand_on_html_and_again_inside_the_body(tree: etree._Element) -> None:
    wrapper = tree.xpath("//body//div[@role='article']")
    assert len(wrapper) == 1
    for element in (tree, wrapper[0]):
        assert (element.get("lang"), element.get("dir")) == ("de", "ltr")
    assert wrapper[0].get("aria-roledescription") == "email"
    assert wrapper[0].get("aria-label") == EDITION.title


def test_preheader_is_hidden_and_followed_by_filler(tree: etree._Element) -> None:
    preheader, filler = tree.xpath("//div[contains(@style, 'display:none')]")
    assert preheader.text == EDITION.preheader[0]
    assert "mso-hide:all" in preheader.get("style")
    assert not filler.text.strip("\u2007\u034f")
    assert len(preheader.text) + len(filler.text) >= 200


def test_missing_preheader_is_taken_from_the_first_paragraph(tmp_path: Path) -> None:
    letter = rendered(tmp_path, preheader=())
    found = re.search(r"mso-hide:all[^>]*>([^<]*)<", joined(letter.html))
    assert found
    assert found[1].startswith(
        "der Herbst bringt unseren Städten neue Begegnungen, und wir freuen uns, WERT, Sie"
    )
    assert found[1].endswith("…")
    assert 30 <= len(found[1]) <= 130


def test_headings_are_one_h1_an_h2_a_section_and_no_level_skipped(tmp_path: Path) -> None:
    deep = section(
        "90-tief", Heading(5, ("Zu tief",)), Heading(3, ("Drei",)), Heading(6, ("Vier",)), title="Tief"
    )
    untitled = section("91-ohne", Heading(3, ("Ohne Titel davor",)))
    letter = rendered(tmp_path, *EDITION.sections, deep, untitled)
    tree = html.document_fromstring(joined(letter.html))
    levels = [int(element.tag[1]) for element in tree.xpath("//h1|//h2|//h3|//h4|//h5|//h6")]
    assert levels == [1, 2, 3, 2, 2, 2, 2, 2, 2, 2, 3, 3, 4, 2]


def test_every_layout_table_says_so_also_inside_comments(source: str, tree: etree._Element) -> None:
    plain = [table for table in tree.iter("table") if table.get("role") != "presentation"]
    assert [table.find("caption") is not None for table in plain] == [True]  # the events: a real table
    assert [head.get("scope") for head in plain[0].iter("th")] == ["row", "row"]
    assert tables_in_comments(source)
    assert all('role="presentation"' in tag for tag in tables_in_comments(source))


def test_column_is_hybrid_with_a_ghost_table_for_word(source: str, tree: etree._Element) -> None:
    assert any('width="600"' in tag for tag in tables_in_comments(source))
    column = [element for element, style in styles(tree) if style.get("max-width") == "600px"]
    assert [(element.tag, element.get("width")) for element in column] == [("table", "100%")]


def test_signatories_are_inline_blocks_that_need_no_style_sheet(tree: etree._Element) -> None:
    cells = [style for _, style in styles(tree) if style.get("display") == "inline-block"]
    assert len(cells) == 2
    # 390 times what the measure lacks to 390 px: far above the maximum, or far below the minimum
    assert all(style["width"] == "calc(152100px - 39000%)" for style in cells)
    assert all((style["min-width"], style["max-width"]) == ("50%", "100%") for style in cells)


def test_padding_is_on_cells_only(tree: etree._Element) -> None:
    for element, style in styles(tree):
        for name, value in style.items():
            if name.startswith("padding") and value not in ("0", "0px"):
                assert element.tag in ("td", "th"), html.tostring(element)[:200]


def test_type_and_distances_keep_to_one_scale_each(tree: etree._Element) -> None:
    sizes, distances = set(), set()
    for element, style in styles(tree):
        if "display:none" not in element.get("style"):
            sizes |= {value for name, value in style.items() if name == "font-size"}
            spaced = (value for name, value in style.items() if name.startswith(("margin", "padding")))
            distances |= {each for value in spaced for each in value.split()}
    assert sizes - {"0"} == {"14px", "16px", "18px", "24px", "32px"}
    assert distances - {"0", "auto"} == {f"{each}px" for each in (4, 8, 12, 16, 20, 24, 32, 40)}


def test_inline_styles_avoid_what_webmail_and_word_drop(source: str, tree: etree._Element) -> None:
    for element, style in styles(tree):
        written = element.get("style")
        assert not re.search(
            r"rgba?\(|\brem\b|var\(|flex|grid|position|!important|margin[^;]*:-|float|url\(", written
        )
        assert "border-radius" not in style
        for colour in re.findall(r"#[0-9a-fA-F]+", written):
            assert len(colour) == 7, written
        for name, value in style.items():
            if "color" in name:
                assert re.fullmatch(r"#[0-9a-f]{6}", value), (name, value)
        if "background-color" in style and element.tag == "td":
            assert element.get("bgcolor") == style["background-color"]
    assert "{{" not in source


def test_kept_style_is_small_and_each_risky_group_is_apart(source: str) -> None:
    outside_comments = re.sub(r"<!--.*?-->", "", source, flags=re.DOTALL)
    blocks = re.findall(r"<style>(.*?)</style>", outside_comments, re.DOTALL)
    assert sum(len(block.encode()) for block in blocks) < 2048
    assert "data-premailer" not in source
    dark = [block for block in blocks if "prefers-color-scheme" in block]
    outlook = [block for block in blocks if "data-ogsc" in block]
    assert len(dark) == len(outlook) == 1
    assert dark != outlook
    assert "!important" in dark[0]  # else the inline styles win
    assert not re.search(r"\.text\{[^}]*font-size", "".join(blocks))  # the inlined rules are gone


@pytest.mark.parametrize("colours", [("#1f4e79", "#b3261e"), ("#ffe600", "#ffffff"), ("#000000", "#808080")])
def test_text_keeps_its_contrast_whatever_the_brand_colours_are(
    tmp_path: Path, colours: tuple[str, str]
) -> None:
    letter = rendered(tmp_path, publication=PUBLICATION._replace(colours=Colours(*colours)))
    tree = html.document_fromstring(joined(letter.html))
    seen = 0
    for element in tree.xpath("//body//*[text()[normalize-space()]]"):
        colour = ground = None
        for holder in [element, *element.iterancestors()]:
            style = dict(part.split(":", 1) for part in (holder.get("style") or "").split(";") if ":" in part)
            colour = colour or style.get("color")
            ground = ground or style.get("background-color")
        if (
            isinstance(element.tag, str)
            and colour
            and ground
            and "display:none" not in (element.get("style") or "")
        ):
            assert contrast(colour, ground) >= 7, (element.tag, element.text, colour, ground)
            seen += 1
    assert seen > 40


def test_links_in_text_are_underlined_and_buttons_are_a_thumb_high(tree: etree._Element) -> None:
    links = [
        (element, style) for element, style in styles(tree) if element.tag == "a" and element.get("href")
    ]
    buttons = [style for _, style in links if style.get("display") == "block"]
    in_text = [style for _, style in links if style.get("display") != "block"]
    assert all(style["text-decoration"] == "underline" for style in in_text)
    assert len(buttons) == 4
    for style in buttons:
        assert style["border-width"] in ("11px 20px", "11px 19px")
        assert style["line-height"] == "22px"  # 11 + 22 + 11 = 44


def test_pictures_have_their_size_in_attributes_and_stay_inside_the_column(tree: etree._Element) -> None:
    pictures = {
        element.get("alt"): (element, style) for element, style in styles(tree) if element.tag == "img"
    }
    element, style = pictures["Menschen vor einem Messestand"]
    assert (element.get("width"), element.get("height")) == ("536", "302")
    assert (style["display"], style["width"], style["max-width"], style["height"]) == (
        "block",
        "100%",
        "536px",
        "auto",
    )
    assert {"font-size", "color", "background-color"} <= style.keys()  # how the alternative text looks
    assert element.get("src").startswith("cid:stand-am-morgen-")


def test_every_embedded_picture_is_named_in_the_html_and_the_other_way_round(letter: RenderedEdition) -> None:
    named = set(re.findall(r'src="cid:([^"]+)"', joined(letter.html)))
    assert named == {picture.content_id for picture in letter.pictures}
    assert all(name.endswith("@brief.example.org") for name in named)
    assert 'src="data:' not in joined(letter.html)


def test_footer_has_imprint_reason_and_a_way_out_that_names_the_address(letter: RenderedEdition) -> None:
    fixed = [part if isinstance(part, str) else "" for part in letter.html]
    assert "Probeallee 1, 12345 Musterstadt" in "".join(fixed)
    for number, part in enumerate(letter.html):
        if isinstance(part, Hole) and part.field.name == "address":
            before = letter.html[number - 1]
            assert isinstance(before, str)
            if before.endswith('href="mailto:brief@example.org?subject=unsubscribe%20'):
                assert part.escape is Escape.URL
                return
    pytest.fail("no unsubscribe link")


def test_contents_list_names_titled_sections_when_there_are_more_than_five(tmp_path: Path) -> None:
    tree = html.document_fromstring(joined(rendered(tmp_path).html))
    anchors = tree.xpath("//a[starts-with(@href, '#')]")
    assert [anchor.text for anchor in anchors][:5:4] == ["Neun Betriebe auf einem Stand", "Jahresbericht"]
    assert all(tree.xpath(f"//h2[@id='{anchor.get('href')[1:]}']") for anchor in anchors)
    assert len(anchors) == 7
    for number, shown in ((5, False), (6, True)):
        titled = [section for section in EDITION.sections if section.title][:number]
        assert len(titled) == number
        few = rendered(tmp_path, EDITORIAL, *titled)
        for part in (few.html, few.text):
            assert ("In dieser Ausgabe" in joined(part)) is shown


def test_sections_whose_names_differ_in_chinese_only_have_anchors_of_their_own(tmp_path: Path) -> None:
    names = ("10-报告", "10-2-通知", "10-通知", "公告", "启事", "30-x")
    sections = (section(name, paragraph("Text."), title=f"Titel {n}") for n, name in enumerate(names))
    page = html.fromstring(joined(rendered(tmp_path, *sections).html))
    anchors = page.xpath("//h2/@id")
    assert anchors == ["10", "10-2", "10-3", "section", "section-2", "30-x"]
    assert page.xpath("//ul/li/a/@href") == [f"#{anchor}" for anchor in anchors]


def test_greeting_and_editorial_are_one_text_and_the_contents_follow(source: str) -> None:
    order = [
        source.index(text)
        for text in ("Liebe Mitglieder", "der Herbst", "Karl Beispiel", "In dieser Ausgabe")
    ]
    assert order == sorted(order)


def test_contents_come_before_the_greeting_when_no_editorial_opens(tmp_path: Path) -> None:
    letter = rendered(tmp_path, *EDITION.sections[1:])
    for part in (joined(letter.html), joined(letter.text)):
        assert (
            part.index("In dieser Ausgabe")
            < part.index("Liebe Mitglieder")
            < part.index("Neun Betriebe stellten")
        )


def test_an_editorial_that_opens_with_a_picture_gives_it_to_the_masthead(tmp_path: Path) -> None:
    figure = REPORT.body[1]
    opening = replace(EDITORIAL, body=(figure, *EDITORIAL.body))
    letter = rendered(tmp_path, opening, REPORT)
    source = joined(letter.html)
    assert re.search(r'<img[^>]* width="600" height="338"', source)
    assert re.search(r'<img[^>]* width="536" height="302"', source)  # the same picture again, in its section
    for part in (source, joined(letter.text)):
        assert part.count("Der Stand. Foto: Probe") == 2
        order = [
            part.index(text) for text in ("Ausgabe 5", "Der Stand. Foto", "Liebe Mitglieder", "der Herbst")
        ]
        assert order == sorted(order)


def test_a_section_right_below_the_masthead_has_no_line_above_it(tmp_path: Path) -> None:
    def lines(*sections: Section, **edition: object) -> int:
        return joined(rendered(tmp_path, *sections, **edition).html).count('class="section rule')

    assert lines(REPORT, greeting=()) == lines(REPORT) == 0
    assert lines(REPORT, ARTICLE) == lines(EDITORIAL, REPORT) == 1


def test_a_notice_has_its_box_and_no_line_above_it(tmp_path: Path) -> None:
    assert 'class="section rule' not in joined(rendered(tmp_path, REPORT, NOTICE).html)


def test_an_editorial_with_a_title_keeps_its_picture_below_it(tmp_path: Path) -> None:
    opening = replace(EDITORIAL, title=("Zum Herbst",), body=(REPORT.body[1], *EDITORIAL.body))
    source = joined(rendered(tmp_path, opening).html)
    assert source.index("Zum Herbst</h2>") < source.index('width="536" height="302"')


def test_the_questions_of_an_interview_stand_out_from_the_answers(source: str) -> None:
    assert re.search(r'<p class="question brand"[^>]*><strong[^>]*>Stadtbrief:</strong> Was erwarten', source)
    assert re.search(r'<p style="[^"]*"><strong class="brand"[^>]*>Wang Fang:</strong> Vor allem', source)


def test_chinese_runs_in_a_german_letter_are_marked_and_have_fonts(tmp_path: Path) -> None:
    source = joined(rendered(tmp_path).html)
    assert '<span lang="zh-Hans">佛山市（广东）</span>' in source
    assert "Microsoft YaHei" in source
    chinese = joined(rendered(tmp_path, language="zh").html)
    assert '<html lang="zh-Hans"' in chinese
    assert '<span lang="zh-Hans"' not in chinese
    assert "2026年9月30日" in chinese


def test_the_masthead_marks_what_is_chinese_in_the_newsletters_name_and_number(tmp_path: Path) -> None:
    named = PUBLICATION._replace(name="Freunde von 佛山")
    letter = rendered(tmp_path, publication=named, title="Post", number="5 (龙年)")
    page = html.fromstring(joined(letter.html))
    assert page.xpath("//p[contains(@class, 'name')]/span[@lang='zh-Hans']/text()") == ["佛山"]
    assert page.xpath("//p[@class='issue']/span[@lang='zh-Hans']/text()") == ["龙年"]


def test_names_in_latin_letters_in_a_chinese_letter_are_marked_and_addresses_are_not(tmp_path: Path) -> None:
    text = "主席亨丽克（Dr. Henrike Sandvoß-Öhl）的PDF，见post@rat-haus.example.org或www.example.org/Rat，Köln市。"
    only_chinese = PUBLICATION._replace(languages=("zh",))
    source = joined(rendered(tmp_path, section("10-x", paragraph(text)), language="zh").html)
    marked = re.findall('<span lang="([^"]*)">([^<]*)</span>', source[source.index("主席") :])
    assert marked[:2] == [("de", "Dr. Henrike Sandvoß-Öhl"), ("de", "Köln")]
    assert "的PDF，见post@rat-haus.example.org或www.example.org/Rat，" in source
    alone = rendered(tmp_path, section("10-x", paragraph(text)), language="zh", publication=only_chinese)
    assert text in joined(alone.html)


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_gives_a_readable_letter_with_any_block(tmp_path: Path, kind: Kind) -> None:
    letter = rendered(tmp_path, replace(REPORT, kind=kind))
    for text in ("Aufbau im Juni", "Der Stand. Foto: Probe", "Zeile eins", "Mehr über die Messe", "Zweitens"):
        assert text in joined(letter.html)
        assert text in joined(letter.text)


def test_hostile_text_is_never_markup_nor_template(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script> {{ 7*7 }} {% for x in y %} {# #} \" onload='x' </title> &lt; \x00\x0b"
    hostile = replace(
        EDITION,
        title=evil,
        greeting=(evil,),
        preheader=(evil,),
        sections=(
            section(
                "10-x", paragraph(evil), CallToAction(link(evil, 'https://e.org/"><script>')), title=evil
            ),
        ),
    )
    letter = render(
        hostile,
        PUBLICATION._replace(imprint=evil, name=evil, logo=None),
        edition_directory=tmp_path,
        workspace=tmp_path,
        templates=(ROOT / "templates",),
    )
    source = joined(letter.html)
    tree = html.document_fromstring(source)
    assert not list(tree.iter("script"))
    assert not tree.xpath("//*[@onload]")
    assert tree.findtext(".//h1").replace("\ufffd", "") == evil.rstrip("\x00\x0b")
    assert "49" not in source
    assert "\x00" not in source
    assert "{{ 7*7 }} {% for x in y %} {# #}" in joined(letter.text)


def test_large_letters_are_warned_about_and_then_block(tmp_path: Path) -> None:
    def code(size: int) -> list[tuple[str, str]]:
        letter = rendered(tmp_path, section("10-lang", paragraph("wort " * (size // 5))))
        return [(finding.code, finding.severity.value) for finding in letter.findings]

    assert code(1_000) == []
    assert code(75_000) == [("R101", "warning")]
    assert code(100_000) == [("R101", "blocks")]


def test_rendering_opens_no_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class NoSocket(socket.socket):
        def __init__(self, *args: object, **kwargs: object) -> None:
            raise AssertionError("rendering opened a socket")

    monkeypatch.setattr(socket, "socket", NoSocket)
    sheet = '<link rel="stylesheet" href="https://e.invalid/a.css">'
    inline(
        f"<!DOCTYPE html>\n<html><head>{sheet}<style>@import url(https://e.invalid/b.css);</style></head><p>x</p></html>"
    )
    rendered(tmp_path)


def test_same_input_gives_the_same_bytes_in_any_process(tmp_path: Path) -> None:
    rendered(tmp_path)  # makes the workspace
    script = (
        "import sys, hashlib; from pathlib import Path; from invented import rendered\n"
        "print(hashlib.sha256(repr(rendered(Path(sys.argv[1]))).encode()).hexdigest())\n"
        "print([hashlib.sha256(p.data).hexdigest() for p in rendered(Path(sys.argv[1])).pictures])"
    )
    outputs = set()
    for seed in ("1", "2"):
        environment = os.environ | {
            "PYTHONHASHSEED": seed,
            "PYTHONPATH": f"{ROOT}{os.pathsep}{Path(__file__).parent}",
            "TZ": f"UTC{seed}",
        }
        run = subprocess.run(
            [sys.executable, "-c", script, str(tmp_path)],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        outputs.add(run.stdout)
    assert len(outputs) == 1


class TestPremailer:
    """Its faults, each of which once broke somebody's letter."""

    PAGE = "<!DOCTYPE html>\n<html><head><style>{}</style></head><body>{}</body></html>"

    def test_colours_stay_six_digits(self) -> None:
        assert "color:#112233" in inline(self.PAGE.format("p{color:#112233}", "<p>x</p>"))

    def test_width_attribute_is_kept_beside_a_width_in_css(self) -> None:
        page = inline(
            self.PAGE.format("img{width:100%;height:auto}", '<img width="576" height="300" alt="">')
        )
        assert 'width="576" height="300"' in page
        assert "width:100%" in page

    def test_small_doctype_is_refused_instead_of_lost(self) -> None:
        from isa_mail.errors import BuildError

        with pytest.raises(BuildError):
            inline(self.PAGE.format("p{margin:0}", "<p>x</p>").replace("DOCTYPE", "doctype"))

    def test_important_in_a_kept_block_survives(self) -> None:
        kept = '</style><style data-premailer="ignore">@media (x){p{color:#111111 !important}}[data-ogsc] .t{margin:0}'
        page = inline(self.PAGE.format("p{color:#222222}" + kept, "<p>x</p>"))
        assert "<style>@media (x){p{color:#111111 !important}}[data-ogsc] .t{margin:0}</style>" in page

    def test_important_in_a_media_rule_of_the_inlined_sheet_survives_too(self) -> None:
        page = inline(
            self.PAGE.format("p{color:#222222} @media (x){p{color:#111111 !important}}", "<p>x</p>")
        )
        assert re.search(r"@media \(x\)\s*{\s*p\s*{\s*color:\s*#111111 !important", page)

    def test_anchors_content_ids_and_mailto_are_left_alone(self) -> None:
        body = '<a href="#x">a</a><a href="mailto:a@b.org?subject=u%20v">b</a><img src="cid:p@b.org" alt="">'
        page = inline(self.PAGE.format("p{margin:0}", body))
        for text in ('href="#x"', 'href="mailto:a@b.org?subject=u%20v"', 'src="cid:p@b.org"'):
            assert text in page


def test_a_letter_of_one_section_without_anything_else_renders(tmp_path: Path) -> None:
    bare = Edition(
        name="2026-10",
        language="en",
        title="News",
        number="",
        date=EDITION.date,
        subject=(),
        preheader=(),
        greeting=(),
        sections=(replace(EDITORIAL, signed=(), body=()),),
        findings=(),
        place=EDITION.place,
    )
    publication = PUBLICATION._replace(logo=None)
    letter = render(
        bare, publication, edition_directory=tmp_path, workspace=tmp_path, templates=(ROOT / "templates",)
    )
    assert letter.subject == ("News",)
    assert joined(letter.text).startswith("Stadtbrief\n\nNews\n====\n30 September 2026\n")
    assert letter.pictures == ()
    assert letter.attachments == ()


def test_chinese_letter_asks_for_chinese_fonts_first(tmp_path: Path) -> None:
    chinese = joined(rendered(tmp_path, language="zh").html)
    assert "font-family:PingFang SC,Microsoft YaHei" in chinese
    assert 'font-family:"Microsoft YaHei",Arial,sans-serif !important' in chinese
    assert "font-family:Arial,PingFang SC,Microsoft YaHei" in joined(rendered(tmp_path).html)
