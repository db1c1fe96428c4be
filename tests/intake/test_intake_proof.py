"""How much the import finds on the marked texts of bench/proof/, and how little of it is wrong."""

from pathlib import Path

import pytest

from bench.proof import TEXTS, Spot, all_scores, read_marked, scores, total
from isa_mail.content.write import write_section
from isa_mail.intake.read import import_bytes
from isa_mail.typography.clean import clean


def test_marks_are_taken_out_of_a_text() -> None:
    marked = read_marked("‹I101›Der{⍽→ }Steg\nist {42→zwei} m{→⍽}lang")
    assert marked.text == "Der\u00a0Steg\nist 42 mlang"
    assert marked.guesses == {Spot(1, 0, "", "I101")}
    assert marked.edits == {Spot(1, 3, "\u00a0", " "), Spot(2, 4, "42", "zwei"), Spot(2, 8, "", "\u00a0")}


def test_what_is_said_too_much_and_what_is_missed_both_count() -> None:
    edits, _ = scores("a", "Zwei  Blanks{ ,→,}\n\nund ein{-→}Fehler")
    assert (len(edits.right), len(edits.wrong), len(edits.missed)) == (1, 1, 1)
    assert edits.precision == edits.recall == 0.5


@pytest.mark.parametrize("path", sorted(TEXTS.glob("*.txt")), ids=lambda path: path.stem)
def test_what_was_imported_needs_no_cleaning_any_more(path: Path) -> None:
    text = read_marked(path.read_text(encoding="utf-8")).text
    found = import_bytes(text.encode(), file=path.name, language=None)
    for each in found.sections:
        written = each.markdown or write_section(each.section)
        assert clean(written, found.language, file=each.section.name).edits == ()


def test_nearly_all_is_found_and_nearly_nothing_is_wrong() -> None:
    found = list(all_scores())
    edits, guesses = total([each for each, _ in found]), total([each for _, each in found])
    assert len(found) == 8
    assert len(edits.right) >= 160
    assert edits.precision >= 0.98 and edits.recall >= 0.97, (edits.wrong, edits.missed)
    assert guesses.precision >= 0.98 and guesses.recall >= 0.97, (guesses.wrong, guesses.missed)
