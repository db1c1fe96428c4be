"""What reaches the terminal: whole sentences, and nothing in them that acts."""

import pytest

from isa_mail.cli.terminal import plain, show_error
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
