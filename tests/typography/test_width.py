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


def test_marks_of_ambiguous_width_are_wide_in_a_chinese_letter() -> None:
    assert display_width("“港口”——…·ü") == 11
    assert display_width("“港口”——…·ü", chinese=True) == 17
    assert wrap("“港口”，“对话”", 8) == ["“港口”，", "“对话”"]
    assert wrap("“港口”，“对话”", 9, chinese=True) == ["“港", "口”，", "“对话”"]


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


def test_an_address_ends_where_chinese_text_goes_on() -> None:
    url = "https://example.org/a"
    assert wrap(f"名录<{url}>还注明了哪些企业", 27) == ["名录<https://example.org/a>", "还注明了哪些企业"]
    assert wrap(f"见{url}，另见{url}。", 25) == [f"见{url}，", "另见", f"{url}。"]
    assert wrap("来稿请发至<probe@example.org>。", 12) == ["来稿请发至", "<probe@example.org>。"]


def test_german_quotation_marks_close_at_a_lines_end_also_behind_chinese_words() -> None:
    assert wrap("Wir sagen „松渡 und 竹湾“ dazu", 23) == ["Wir sagen „松渡 und 竹", "湾“ dazu"]
    assert wrap("Auf Deutsch „so“, 中文“这样”", 22) == ["Auf Deutsch „so“, 中文", "“这样”"]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Im Rahmen der 8. Sitzung", ["Im Rahmen der", "8. Sitzung"]),
        ("Es war im Jahr 2020. Danach", ["Es war im Jahr 2020.", "Danach"]),
        ("Der Minister a. D. kam", ["Der Minister", "a. D. kam"]),
        ("Es sprach Dr. Probe", ["Es sprach", "Dr. Probe"]),
        ("Die letzten 42 km der Fahrt", ["Die letzten", "42 km der Fahrt"]),
        ("Es waren 42 kluge Leute", ["Es waren 42", "kluge Leute"]),
        ("一共来了大约116名年轻人", ["一共来了大约", "116名年轻人"]),
    ],
)
def test_numbers_and_titles_stay_with_what_follows(text: str, lines: list[str]) -> None:
    assert wrap(text, display_width(lines[0]) + 4) == lines


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
