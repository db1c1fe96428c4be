"""No cell that isa-mail writes is a formula, and none changes on its way there and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isa_mail.typography.spreadsheet import guarded, unguarded

FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+49 30", "'+49 30"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("'=1", "''=1"),
        ("'til Monday", "'til Monday"),
        ("anna@example.org", "anna@example.org"),
        ("", ""),
    ],
)
def test_what_would_be_a_formula_gets_an_apostrophe(cell: str, written: str) -> None:
    assert guarded(cell) == written
    assert unguarded(written) == cell


@given(st.text(st.sampled_from("'=+-@＝＠\t\ra1 "), max_size=6) | st.text())
def test_any_cell_comes_back_as_it_was_and_is_no_formula(cell: str) -> None:
    assert not guarded(cell).startswith(FORMULA)
    assert unguarded(guarded(cell)) == cell
