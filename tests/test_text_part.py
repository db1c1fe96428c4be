"""The text part of the sample edition, in both languages: what its readers see, who never see the HTML."""

import re

import pytest
from lxml import html

from isa_mail.pipeline.previewing import Previewing
from isa_mail.preview.letter import Letter, take_apart
from isa_mail.typography.width import LINE_WIDTH, display_width
from isa_mail.workspace.find import find_workspace
from isa_mail.workspace.settings import read_settings
from isa_mail.workspace.skeleton import make_workspace

CHINESE = "\u3000-\u303f\u4e00-\u9fff\uff00-\uffef"


@pytest.fixture(scope="module")
def letters(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Letter]:
    """Set the sample edition; a web version has an address, so that both parts have all links there can be."""
    root = tmp_path_factory.mktemp("sample")
    make_workspace(root)
    workspace = find_workspace(root, {})
    settings = workspace.settings_file.read_text(encoding="utf-8")
    workspace.settings_file.write_text(settings.replace("# web_address", "web_address"), encoding="utf-8")
    draft = Previewing(workspace, lambda: read_settings(workspace.settings_file), "2026-09").draft()
    letters = {language: take_apart(draft.message(language, None)) for language in draft.languages}
    assert b"example.org/newsletter/" in letters["de"].html
    return letters


@pytest.fixture(params=["de", "zh"])
def letter(letters: dict[str, Letter], request: pytest.FixtureRequest) -> Letter:
    return letters[request.param]


def test_every_link_of_the_html_stands_in_the_text_in_the_same_order(letter: Letter) -> None:
    targets = html.document_fromstring(letter.html.decode()).xpath("//body//a/@href")
    wanted = [target for target in targets if not target.startswith("#")]
    assert len(wanted) > 12
    addresses = re.findall(r"<([^<>\s]*)>", letter.text)
    assert addresses == [_as_written(target) for target in wanted]


def _as_written(target: str) -> str:
    """Write a mail address alone without its scheme, as people do."""
    return target if "?" in target else target.removeprefix("mailto:")


def test_lines_fit_and_never_more_than_two_are_empty(letter: Letter) -> None:
    chinese = "本期内容" in letter.text
    for line in letter.text.split("\n"):
        assert line == line.rstrip()
        assert display_width(line, chinese=chinese) <= LINE_WIDTH or re.fullmatch("<[^<> ]+>", line), line
    assert "\n\n\n" in letter.text
    assert "\n\n\n\n" not in letter.text


def test_no_chinese_line_begins_or_ends_with_the_wrong_mark_or_holds_a_stray_blank(
    letters: dict[str, Letter],
) -> None:
    lines = letters["zh"].text.split("\n")
    assert len(lines) > 200
    for line in lines:
        words = line.strip()
        assert not words.startswith(tuple("，。、；：？！）》”’…·%")), line
        assert not words.endswith(tuple("（《“‘")), line
        if not re.match(r"周.  ", words):  # the columns of a timetable
            assert not re.search(f"[{CHINESE}] +[{CHINESE}]", words), line


def test_numbers_stay_with_what_they_count_at_the_end_of_a_chinese_line(
    letters: dict[str, Letter],
) -> None:
    newsletter, _, imprint = letters["zh"].text.partition("出版信息")
    assert imprint  # its lines are the author's own
    assert re.findall(r"\d\n *[\u4e00-\u9fff]", newsletter) == []


def test_headings_captions_attributions_and_turns_can_be_told_apart(letters: dict[str, Letter]) -> None:
    """As readers know them from the one language, they find them in the other."""
    marks = {
        "title": r"^.+\n={10,}$",
        "heading": r"^.+\n-{7,71}$",
        "subheading": r"^» ",
        "picture": r"^\[(?:Bild: |图片：)",
        "caption": r"\]\n {4}\S",
        "attribution": r"^ {4}(?:– |——)\S",
        "turn": r"^(?:Zwei Ufer: |Li Ming: |本刊：|李明：)",
        "call to action": r"^.+[:：]\n<\S+>$",
    }
    found = {
        language: {name: len(re.findall(mark, letter.text, re.MULTILINE)) for name, mark in marks.items()}
        for language, letter in letters.items()
    }
    assert found["de"] == found["zh"]
    assert found["de"] == {
        "title": 1,
        "heading": 10,
        "subheading": 2,
        "picture": 4,
        "caption": 4,
        "attribution": 4,
        "turn": 6,
        "call to action": 12,
    }
