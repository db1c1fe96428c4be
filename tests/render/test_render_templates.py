"""A workspace's own templates: taken file by file, and explained when they are broken."""

import re
import tomllib
from pathlib import Path

import pytest
from invented import TEMPLATES, joined, rendered

from isa_mail.errors import BuildError
from isa_mail.model.findings import Severity
from isa_mail.typography.contrast import contrast


def own(root: Path, name: str, text: str | bytes) -> tuple[Path, ...]:
    folder = root / "templates"
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(text.encode() if isinstance(text, str) else text)
    return (folder, TEMPLATES)


def original(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["newsletter.html.j2", "section.html.j2", "blocks/quotation.html.j2"])
def test_overriding_one_html_template_changes_only_that(tmp_path: Path, name: str) -> None:
    text = original(name).replace("<table role", '<table data-own="x" role', 1)
    changed = joined(rendered(tmp_path, templates=own(tmp_path, name, text)).html)
    assert 'data-own="x"' in changed
    assert changed.replace(' data-own="x"', "") == joined(rendered(tmp_path).html)


def test_overriding_the_style_sheets_and_the_text_template_works_alone(tmp_path: Path) -> None:
    css = original("style.css") + "\nh2 { color: {{ colours.accent }}; }"
    assert "color:#b3261e" in joined(rendered(tmp_path, templates=own(tmp_path, "style.css", css)).html)
    head = original("head.css") + "\n/* ---- */\n@media print { p { color: #000000; } }"
    changed = joined(rendered(tmp_path, templates=own(tmp_path, "head.css", head)).html)
    assert "<style>@media print{p{color:#000000}}</style>" in changed
    text = original("newsletter.txt.j2").replace("{{ words.imprint }}", "{{ words.imprint }} & Kontakt")
    changed = joined(rendered(tmp_path, templates=own(tmp_path, "newsletter.txt.j2", text)).text)
    assert "\nImpressum & Kontakt\n" in changed


@pytest.mark.parametrize(
    ("name", "broken", "line"),
    [
        ("blocks.html.j2", "{% for block in blocks %}\n\n{% endif %}", 3),
        ("blocks/figure.html.j2", "\n{{ block.nothing }}", 2),
        ("section.html.j2", "\n\n{{ nothing() }}", 3),
        ("newsletter.html.j2", "<!DOCTYPE html>\n{{ edition.titel }}", 2),
        ("newsletter.html.j2", "<!DOCTYPE html>\n\n{{ 1 / 0 }}", 3),
        ("newsletter.html.j2", "<!DOCTYPE html>\n{{ edition.__class__.__mro__ }}", 2),
        ("newsletter.txt.j2", "{{ edition.title | nosuchfilter }}", 1),
        ("style.css", "p { margin: 0; }\n}\nh1 { margin: 0; }", 2),
        ("head.css", "\n{{ colours.nosuch }}", 2),
    ],
)
def test_broken_template_is_named_with_its_line(tmp_path: Path, name: str, broken: str, line: int) -> None:
    with pytest.raises(BuildError) as caught:
        rendered(tmp_path, templates=own(tmp_path, name, broken))
    assert str(caught.value.place) == f"templates/{name}:{line}"
    assert caught.value.hint


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("newsletter.html.j2", "<!DOCTYPE html>\n{{ edition.date | plain }}"),
        ("newsletter.html.j2", "<!DOCTYPE html>\n{{ edition.title | placed }}"),
        ("newsletter.txt.j2", "\n{{ edition.date | blocks }}"),
    ],
)
def test_a_value_given_to_a_filter_that_does_not_take_it_is_named_with_its_line(
    tmp_path: Path, name: str, wrong: str
) -> None:
    with pytest.raises(BuildError, match="The template fails") as caught:
        rendered(tmp_path, templates=own(tmp_path, name, wrong))
    assert str(caught.value.place) == f"templates/{name}:2"


def test_unclosed_rule_and_wrong_encoding_are_explained(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="never closed"):
        rendered(tmp_path, templates=own(tmp_path, "style.css", "p { margin: 0;"))
    with pytest.raises(BuildError, match="not UTF-8") as caught:
        (tmp_path / "templates" / "style.css").unlink()
        text = original("section.html.j2").encode() + "Grüße".encode("cp1252")
        rendered(tmp_path, templates=own(tmp_path, "section.html.j2", text))
    assert str(caught.value.place) == "templates/section.html.j2"


def test_template_without_doctype_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="DOCTYPE"):
        rendered(
            tmp_path, templates=own(tmp_path, "newsletter.html.j2", "<html><body><p>x</p></body></html>")
        )


def test_template_cannot_change_what_it_is_given_nor_reach_the_program(tmp_path: Path) -> None:
    for attack in (
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ letter.contents.append(1) }}",
        "{% set x = colours.__init__.__globals__ %}{{ x }}",
    ):
        with pytest.raises(BuildError):
            rendered(tmp_path, templates=own(tmp_path, "newsletter.html.j2", "<!DOCTYPE html>\n" + attack))


def test_packaged_templates_are_small_enough_to_be_read() -> None:
    files = [path for path in TEMPLATES.rglob("*") if path.is_file()]
    assert sum(path.read_text(encoding="utf-8").count("\n") for path in files) < 450
    for path in files:
        assert len(path.read_text(encoding="utf-8").split("\n")) < 150, path.name


THEMES = TEMPLATES.parent / "docs" / "themes.md"


def example(language: str, section: int) -> str:
    """Take the block of a section of docs/themes.md, as somebody would copy it."""
    text = THEMES.read_text(encoding="utf-8").split("\n## ")[section]
    (found,) = re.findall(rf"^```{language}\n(.*?)^```", text, re.M | re.S)
    return str(found)


def test_the_rules_of_the_documented_theme_come_on_top_of_the_packaged_ones(tmp_path: Path) -> None:
    letter = joined(rendered(tmp_path, templates=own(tmp_path, "style.css", example("css", 2))).html)
    (band,) = re.findall(r'<td class="band"[^>]*style="([^"]*)"', letter)
    assert "text-align:center" in band and "padding:" in band
    assert re.search(r'<h2[^>]*style="[^"]*border-bottom:1px solid #', letter)


def test_the_quotation_of_the_documented_theme_takes_the_place_of_the_packaged_one(tmp_path: Path) -> None:
    own(tmp_path, "style.css", example("css", 3))
    templates = own(tmp_path, "blocks/quotation.html.j2", example("html", 3))
    done = rendered(tmp_path, templates=templates)
    assert [finding for finding in done.findings if finding.code == "R108"] == []
    letter = joined(done.html)
    speaker = re.search(r"<strong[^>]*>Tina Probe</strong> \(Geschäftsführerin, Probewerk GmbH\)</p>", letter)
    assert speaker
    between = letter[: speaker.start()].rpartition("<td")[2]
    assert all(f"border-{side}:1px solid #" in between for side in ("top", "bottom"))
    assert "border-left" not in between
    assert re.search(r'class="[^"]*\brule\b', between)  # dark mode knows it
    quotation = re.search(
        r"<blockquote[^>]*Georgia.*?Wir haben drei Partner gefunden\..*?</table>", letter, re.S
    )
    assert quotation and quotation.start() > speaker.end()
    assert re.search(r'<td height="24"', quotation[0])


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("blocks/zitat.html.j2", "These can be replaced: blocks.html.j2, blocks/bullet_list.html.j2, "),
        ("blocks/quotaton.html.j2", "Did you mean blocks/quotation.html.j2?"),
        ("quotation.html.j2", "Did you mean blocks/quotation.html.j2?"),
        ("blocks/quotation.html.j2.txt", "Did you mean blocks/quotation.html.j2?"),
        ("newsletter.txt", "Did you mean newsletter.txt.j2?"),
        ("Style.css", "Did you mean style.css?"),
    ],
)
def test_a_misnamed_template_is_pointed_out_with_the_nearest_name(
    tmp_path: Path, name: str, hint: str
) -> None:
    (finding,) = (
        each
        for each in rendered(tmp_path, templates=own(tmp_path, name, "x")).findings
        if each.code == "R108"
    )
    assert (str(finding.place), finding.severity) == (f"templates/{name}", Severity.WARNING)
    assert finding.hint.startswith(hint)


def test_a_template_that_ones_own_templates_include_is_not_misnamed(tmp_path: Path) -> None:
    own(tmp_path, "parts/line.html.j2", "<hr>")
    own(tmp_path, ".DS_Store", b"\0\xff")
    templates = own(tmp_path, "blocks/thematic_break.html.j2", '{% include "parts/line.html.j2" %}')
    assert [each for each in rendered(tmp_path, templates=templates).findings if each.code == "R108"] == []


def test_the_colours_of_the_documented_theme_are_accepted() -> None:
    colours = tomllib.loads(example("toml", 1))["colours"]
    assert all(contrast(colour, "#ffffff") >= 4.5 for colour in colours.values())


def test_the_theme_page_names_every_template_and_every_block() -> None:
    page = THEMES.read_text(encoding="utf-8")
    for path in (*TEMPLATES.glob("*.*"), *TEMPLATES.glob("blocks/*")):
        name = path.name if path.parent == TEMPLATES else path.name.partition(".")[0]
        assert name in page or name == "items", name


def test_edited_template_is_seen_by_the_next_rendering(tmp_path: Path) -> None:
    templates = own(tmp_path, "newsletter.txt.j2", "eins")
    assert joined(rendered(tmp_path, templates=templates).text) == "eins\n"
    own(tmp_path, "newsletter.txt.j2", "zwei")
    assert joined(rendered(tmp_path, templates=templates).text) == "zwei\n"
