"""What reaches the terminal: whole sentences, and nothing in them that acts."""

from contextlib import redirect_stdout
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.text import Text

from isa_mail.cli.long_table import show_long_table
from isa_mail.cli.terminal import (
    console,
    plain,
    rich_console,
    show_error,
    show_figures,
    show_paragraph,
    table,
)
from isa_mail.errors import ContentError
from isa_mail.model.findings import Place


def test_a_long_sentence_is_told_whole(capsys: pytest.CaptureFixture[str]) -> None:
    message = "The list names people twice: " + ", ".join(
        f"person{number}@example.org" for number in range(20)
    )
    show_error(
        ContentError(message, place=Place("a.txt", 3), hint="Look at them, one after the other. " * 10)
    )
    told = capsys.readouterr().err
    assert f"a.txt:3: {message}" in told
    assert "…" not in told


def test_text_from_outside_is_cut_and_its_control_characters_are_seen() -> None:
    assert plain("Mei\x1b[31mer\u202e") == "Mei\\x1b[31mer\\u202e"
    assert plain("x" * 300) == "x" * 199 + "…"


def test_markup_of_the_terminal_library_in_a_text_is_text(capsys: pytest.CaptureFixture[str]) -> None:
    show_error(ContentError("The town [red]Rotenburg[/red] :tada: is unknown.", place=None, hint="Look."))
    assert "[red]Rotenburg[/red] :tada:" in capsys.readouterr().err


# --- in a pipe --------------------------------------------------------------------------------------------


@given(
    name=st.text(alphabet=["a", "ö", "中", "/", "."], min_size=1, max_size=40),
    figures=st.lists(st.tuples(*[st.integers(0, 10**9)] * 3), min_size=1, max_size=4),
)
def test_a_table_of_figures_looks_in_a_pipe_as_on_a_wide_terminal(
    name: str, figures: list[tuple[int, int, int]]
) -> None:
    columns = ("List", "Rows", "Usable", "Refused")
    rows = [(name, *(f"{number:,}" for number in row)) for row in figures]
    wide = table(*columns, right=columns[1:])
    for row in rows:
        wide.add_row(*row)
    with rich_console().capture() as expected:
        rich_console().print(wide)
    with redirect_stdout(StringIO()) as pipe:
        show_figures(columns, rows)
    assert lines_of(pipe.getvalue()) == lines_of(expected.get())


@given(
    st.lists(st.lists(st.sampled_from(["a", "ö", "中", "[b]", " ", "\n", ":tada:"])).map("".join), max_size=3)
)
def test_words_are_the_same_in_a_pipe_with_and_without_the_terminal_library(texts: list[str]) -> None:
    with redirect_stdout(StringIO()) as pipe:
        console().print(*texts, style="bold")
    with rich_console().capture() as expected:
        rich_console().print(*texts, style="bold")
    assert pipe.getvalue() == expected.get()


def test_a_paragraph_in_a_pipe_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    show_paragraph(Text("word " * 60, style="bold"), lead=Text("Error: "), hang=7)
    assert capsys.readouterr().out == "Error: " + "word " * 60 + "\n"


# --- long tables ------------------------------------------------------------------------------------------

words = st.text(alphabet=["a", "b", "-", "ö", "中", " "], max_size=60)
told = st.tuples(words.map(lambda name: f"x@{name.strip()}"), words, words)  # an address, a name, a reply


@given(people=st.lists(told, min_size=1, max_size=6), spare=st.integers(0, 120))
def test_a_table_of_many_rows_looks_like_one_of_few(people: list[tuple[str, str, str]], spare: int) -> None:
    out, before = rich_console(), rich_console().width
    columns, first = ("Who", "State", "Reply"), max(cell_len(address) for address, _, _ in people)
    few = table(*columns, first=[address for address, _, _ in people])
    rows = []
    for address, name, reply in people:
        rows.append([[(address, ""), (name, "")], [("failed", "red")], [(reply, "")]])
        few.add_row(f"{address}\n{name}", "failed", reply)
    try:
        out.width = first + 30 + spare
        with out.capture() as expected:
            out.print(few)
        with out.capture() as shown:
            show_long_table(columns, lambda: rows, first=first)
    finally:
        out.width = before
    assert lines_of(shown.get()) == lines_of(expected.get())
    assert max(map(cell_len, shown.get().splitlines())) <= first + 30 + spare


def lines_of(shown: str) -> list[str]:
    return [line.rstrip() for line in shown.splitlines()]
