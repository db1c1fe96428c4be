"""Cleaning as a whole: what it promises whatever the text is."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isa_mail.intake.words import letters_in
from isa_mail.model.findings import Edit, Place
from isa_mail.typography.change import Change, Draft
from isa_mail.typography.clean import apply, clean
from isa_mail.typography.scripts import guess_language, language_of_line

ATOMS = [
    *" \n\t\"'„“”‚‘’-–—.,:;!?*_#>|`~[](){}\\&§%07aÄß字中，。：",
    "\u00a0",
    "\u00ad",
    "\u200b",
    "u\u0308",
    "ﬁ",
    "Wort",
    "Fertigungs-industrie",
    "a.D.",
    "42 km",
    "16.-19. Oktober",
    "https://example.org/x--y",
    '{{ x | "y" }}',
    "```",
    "...",
]
TEXTS = st.lists(st.sampled_from(ATOMS), max_size=40).map("".join) | st.text(max_size=60)
LANGUAGES = st.sampled_from(["de", "en", "zh"])


@given(TEXTS, LANGUAGES)
@settings(max_examples=400, deadline=None)
def test_cleaning_twice_changes_nothing(text: str, language: str) -> None:
    assert clean(clean(text, language).text, language).edits == ()


@given(TEXTS, LANGUAGES)
@settings(max_examples=400, deadline=None)
def test_no_letter_and_no_digit_is_lost_or_made(text: str, language: str) -> None:
    assert letters_in(clean(text, language).text) == letters_in(text)


@given(TEXTS, LANGUAGES, st.data())
@settings(max_examples=200, deadline=None)
def test_edits_name_what_stands_there_and_any_choice_of_them_can_be_applied(
    text: str, language: str, data: st.DataObject
) -> None:
    found = clean(text, language)
    lines = text.split("\n")
    assert all(lines[(e.place.line or 0) - 1][e.start : e.end] == e.before != e.after for e in found.edits)
    assert apply(text, found.edits) == found.text
    chosen = data.draw(st.lists(st.sampled_from(found.edits), unique=True)) if found.edits else []
    assert apply(text, chosen).count("\n") == text.count("\n")


@given(
    st.lists(st.tuples(st.integers(0, 8), st.integers(0, 4), st.sampled_from(["", "x", "yz"])), max_size=8)
)
def test_changes_in_turn_become_one_list_over_the_line_as_it_was(steps: list[tuple[int, int, str]]) -> None:
    draft = Draft("abcdefgh")
    expected = "abcdefgh"
    for start, length, after in steps:
        end = min(start + length, len(expected))
        start = min(start, end)
        draft.change([Change(start, end, after, "T")])
        expected = expected[:start] + after + expected[end:]
    assert draft.text == expected
    whole = "abcdefgh"
    for change in reversed(draft.changes()):
        whole = whole[: change.start] + change.after + whole[change.end :]
    assert whole == expected


def test_an_edit_has_its_rule_its_place_and_its_exact_span() -> None:
    found = clean('Er sah "Neues",\u00a0dann nichts.', "de", file="a.txt")
    assert found.edits == (
        Edit("T501", Place("a.txt", 1), 7, 8, '"', "„", True),
        Edit("T501", Place("a.txt", 1), 13, 14, '"', "“", True),
        Edit("T201", Place("a.txt", 1), 15, 16, "\u00a0", " ", True),
    )


def test_edits_of_another_text_are_refused() -> None:
    with pytest.raises(ValueError, match="does not stand there"):
        apply("something else", clean("zwei  Blanks", "de").edits)


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/a--b?q=1-2,3 und www.example.org/x-y",
        "Schreiben Sie an wolf-dieter.probe@hafen-au.example.org",
        "[Mehr](https://example.org/a  b) und ![Bild](images/am  Morgen.jpg)",
        '{{ first_name | "Freund" }} und `a  --b "c"`',
        '```\na  "b" - c\n```',
    ],
)
def test_addresses_targets_merge_fields_and_code_are_never_touched(text: str) -> None:
    assert clean(text, "de").edits == ()


def test_code_that_goes_on_in_the_next_line_is_never_touched_and_an_apostrophe_begins_none() -> None:
    text = 'Mit `zwei  Zeilen\nund - mehr  "so"` am  Ende.\n\nEr ging `so  weiter.\n\nNoch  ein` Absatz.'
    wanted = text.replace("am  Ende", "am Ende").replace("so  w", "so w").replace("Noch  ein", "Noch ein")
    assert clean(text, "de").text == wanted
    assert clean("Er hat`s  nicht\nund wir haben`s  auch nicht.", "de").text == (
        "Er hat’s nicht\nund wir haben’s auch nicht."
    )


def test_many_beginnings_of_merge_fields_take_no_time() -> None:
    assert clean("{{ " * 20_000, "de").text


def test_words_that_a_person_keeps_are_never_touched() -> None:
    assert clean("die Landes-schau und Landes-hauptstadt", "de", keep=("Landes-schau",)).text == (
        "die Landes-schau und Landeshauptstadt"
    )


def test_a_hyphen_is_safe_to_take_out_only_with_a_proof_in_the_text() -> None:
    unproved = clean("in der Landes-hauptstadt", "de").edits
    proved = clean("in der Landes-hauptstadt\n\nDie Landeshauptstadt", "de").edits
    joined_by_s = clean("die Verwaltungs-gebäude", "de").edits
    assert [edit.safe for edit in (*unproved, *proved, *joined_by_s)] == [False, True, True]


def test_a_quotation_goes_on_over_paragraphs() -> None:
    text = '"Erster Absatz.\n\nZweiter mit "innen" darin."'
    assert clean(text, "de").text == "„Erster Absatz.\n\nZweiter mit ‚innen‘ darin.“"


def test_a_mark_without_a_partner_is_named_and_nothing_behind_it_is_changed() -> None:
    found = clean('Ein "Wort", dann "nie zu und "innen" weiter.\n\n"Neuer" Absatz.', "de", file="a.txt")
    assert found.unpaired == (Place("a.txt", 1),)
    assert found.text == 'Ein „Wort“, dann "nie zu und "innen" weiter.\n\n„Neuer“ Absatz.'


def test_a_line_is_set_by_its_own_script() -> None:
    assert clean('Er sagte "ja".\n他说"你好"。', "de").text == "Er sagte „ja“.\n他说“你好”。"
    assert language_of_line("plain English", "zh") == "en"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Das ist die Stadt und der Hafen", "de"),
        ("This is the city and the harbour", "en"),
        ("这是城市", "zh"),
        ("", "de"),
    ],
)
def test_the_language_of_a_text_is_told_by_script_and_common_words(text: str, language: str) -> None:
    assert guess_language(text) == language


def test_the_sample_edition_needs_no_cleaning() -> None:
    from pathlib import Path

    for path in sorted(Path(__file__).parents[2].glob("editions/*/*/*.txt")):
        found = clean(path.read_text(encoding="utf-8"), path.parent.name, file=path.name)
        assert (found.edits, found.unpaired) == ((), ())
