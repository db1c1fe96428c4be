"""Columns and line breaks of plain text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isa_mail.typography.width import display_width, wrap


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("", 0),
        ("Grüße", 5),
        ("佛山", 4),
        ("（A）", 5),
        ("e\u0301", 1),
        ("a\u200bb", 2),
        ("„So“ –", 6),
        ("ｶﾅ", 2),
    ],
)
def test_width_counts_columns(text: str, columns: int) -> None:
    assert display_width(text) == columns


def test_lines_break_at_blanks_and_between_chinese_characters() -> None:
    assert wrap("Grüße aus 佛山", 8) == ["Grüße", "aus 佛山"]
    assert wrap("九家企业参加展会", 6) == ["九家企", "业参加", "展会"]
    assert wrap("Besuch in 佛山市广东省", 14) == ["Besuch in 佛山", "市广东省"]


def test_no_line_begins_with_closing_or_ends_with_opening_punctuation() -> None:
    assert wrap("九家企业，参加展会。", 8) == ["九家企", "业，参加", "展会。"]
    assert wrap("他们参加（展会）", 10) == ["他们参加", "（展会）"]
    assert wrap("他说：“你好”。", 8) == ["他说：", "“你好”。"]


def test_words_and_addresses_are_never_cut() -> None:
    url = "https://example.org/" + "lang/" * 20
    assert wrap(f"Mehr unter {url}, sagt er", 20) == ["Mehr unter", f"{url},", "sagt er"]
    assert wrap("<https://example.org/路径/很长/的/地址>", 10) == ["<https://example.org/路径/很长/的/地址>"]
    assert wrap("Industriestädteallianz", 10) == ["Industriestädteallianz"]


def test_no_break_spaces_hold_and_line_breaks_are_blanks() -> None:
    assert wrap("zehn\u00a0Prozent mehr", 8) == ["zehn\u00a0Prozent", "mehr"]
    assert wrap("eins\nzwei\t drei") == ["eins zwei drei"]


def test_indents_count_and_stand_on_their_lines() -> None:
    assert wrap("eins zwei drei", 8, "- ", "  ") == ["- eins", "  zwei", "  drei"]
    assert wrap("", first="- ") == ["-"]
    assert wrap("  ") == []


_WORDS = st.text(st.sampled_from("ab ä-„“佛山，。（）“”x1"), max_size=80)


@settings(deadline=None, max_examples=300)
@given(_WORDS, st.integers(4, 30))
def test_wrapping_loses_nothing_and_keeps_lines_short(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    for line in lines:
        assert line == line.strip(" ")
        assert line[0] not in "，。）" or text.strip()[0] == line[0] or f" {line[0]}" in text
        # Too wide is only one piece without a place to break. Whether “ closes depends on a „ in the same word.
        if display_width(line) > width and "„" not in text:
            assert wrap(line, 1) == [line]
