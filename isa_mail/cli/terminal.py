"""How isa-mail looks on a terminal: errors, findings, tables, numbers.

Edge. Text that comes from files, lists and servers goes through `plain`, so that no escape sequence and no rich
markup in it does anything. Results go to stdout, messages to stderr.
"""

import os
import sys
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING, TextIO

from isa_mail.errors import IsaMailError, Several
from isa_mail.model.findings import Finding, Severity
from isa_mail.typography.width import display_width

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

_PIPE_WIDTH = 250  # columns; a table in a file or pipe need not fold as on a terminal
_AS_A_TERMINAL = ("FORCE_COLOR", "TTY_COMPATIBLE")  # what rich looks at, beside the stream itself
GAP = 3  # columns between two of a table
_LONGEST = 200  # characters of untrusted text on one line
_LONGEST_SENTENCE = 1000  # a sentence of ours that quotes some of it
SEVERITY_STYLES = {Severity.BLOCKS: "bold red", Severity.WARNING: "yellow", Severity.HINT: "cyan"}


class Pipe:
    """What is printed to where there is no terminal: the words that rich would print, and rich is not loaded for them.

    To load it takes a fifth of a short command.
    """

    is_terminal = False
    width = _PIPE_WIDTH

    def __init__(self, *, stderr: bool) -> None:
        self._stderr = stderr

    def print(self, *objects: object, style: str = "", end: str = "\n") -> None:
        """Print as a Console does; without a terminal `style` does nothing."""
        if not all(isinstance(each, str) for each in objects):
            rich_console(stderr=self._stderr).print(*objects, end=end)
            return
        stream: TextIO | None = sys.stderr if self._stderr else sys.stdout
        if stream is not None:  # None: it was closed
            stream.write(" ".join(map(str, objects)) + end)
            stream.flush()


@cache
def console(*, stderr: bool = False) -> "Console | Pipe":
    """Open the terminal, or the pipe."""
    stream: TextIO | None = sys.stderr if stderr else sys.stdout  # None: it was closed
    is_terminal = stream is not None and stream.isatty()
    if is_terminal or any(os.environ.get(name) for name in _AS_A_TERMINAL):
        return rich_console(stderr=stderr)
    return Pipe(stderr=stderr)


@cache
def rich_console(*, stderr: bool = False) -> "Console":
    """Open the terminal by rich: colour only where there is one, NO_COLOR honoured, never markup from data."""
    from rich.console import Console

    opened = Console(stderr=stderr, markup=False, highlight=False, emoji=False, soft_wrap=True)
    if not opened.is_terminal:
        opened.width = _PIPE_WIDTH
    return opened


def plain(text: str, longest: int = _LONGEST) -> str:
    """Make text from outside harmless to print: control characters become visible, and it is cut at `longest`.

    >>> plain("Mei\\x1b[31mer")
    'Mei\\\\x1b[31mer'
    """
    shown = visible(text)
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"


def _escaped(char: str) -> str:
    return char.encode("unicode_escape", "surrogatepass").decode("ascii")


def visible(text: str, escape: Callable[[str], str] = _escaped) -> str:
    """Make control and bidirectional characters visible, so that a terminal obeys none of them."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        char if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Zl", "Zp") else escape(char)
        for char in text
    )


def show_traceback() -> None:
    """Print the error in hand with its traceback on stderr, for --debug; control characters visible there, too."""
    import traceback

    for line in traceback.format_exc().splitlines():
        console(stderr=True).print(visible(line))


def show_error(error: IsaMailError) -> None:
    """Print an error, or several, on stderr: the place, what happened, what to do next."""
    errors = error.errors if isinstance(error, Several) else (error,)
    for one in errors:
        where = f"{plain(str(one.place))}: " if one.place else ""
        lead = styled(("Error: ", "bold red"), stderr=True)
        for text, style in ((f"{where}{one.message}", ""), (one.hint, "dim")):
            for line in text.split("\n"):
                said = styled((plain(line, _LONGEST_SENTENCE), style), stderr=True)
                show_paragraph(said, lead=lead, hang=7, stderr=True)
                lead = " " * 7
    if len(errors) > 1:
        console(stderr=True).print(f"{len(errors)} errors.")


def show_findings(findings: Iterable[Finding]) -> None:
    """Print findings on stderr, one below the other: severity, place, what, what to do."""
    for finding in findings:
        what = f"{plain(str(finding.place))}  {plain(finding.message, _LONGEST_SENTENCE)}  "
        lead = styled((f"{finding.severity.value:8}", SEVERITY_STYLES[finding.severity]), stderr=True)
        show_paragraph(styled((what, ""), (finding.code, "dim"), stderr=True), lead=lead, hang=8, stderr=True)
        hint = styled((plain(finding.hint, _LONGEST_SENTENCE), "dim"), stderr=True)
        show_paragraph(hint, lead=" " * 8, hang=8, stderr=True)


def show_paragraph(
    text: "str | Text", *, lead: "str | Text" = "", hang: int = 2, stderr: bool = False
) -> None:
    """Print a paragraph behind `lead`. A terminal gets it broken between words, further lines set in by `hang`."""
    out = console(stderr=stderr)
    if isinstance(out, Pipe):
        out.print(f"{lead}{text}")
        return
    from rich.text import Text

    whole = Text(text) if isinstance(text, str) else text
    begin = Text(lead) if isinstance(lead, str) else lead
    for line in whole.wrap(out, max(out.width - hang, 20)):
        line.rstrip()
        out.print(begin + line)
        begin = Text(" " * hang)


def styled(*pieces: tuple[str, str], stderr: bool = False) -> "str | Text":
    """Put texts and their styles together for a terminal; for a pipe, the texts."""
    if isinstance(console(stderr=stderr), Pipe):
        return "".join(text for text, _ in pieces)
    from rich.text import Text

    return Text.assemble(*pieces)


def show_figures(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table of names and figures, whose header is `columns`; in a pipe nothing of it is folded."""
    out = console()
    if not isinstance(out, Pipe):
        shown = table(*columns, right=tuple(columns[1:]))
        for row in rows:
            shown.add_row(*row)
        out.print(shown)
        return
    widths = [max(map(display_width, column)) for column in zip(columns, *rows, strict=True)]
    rule = ("─" if writes_all_signs() else "-") * (sum(widths) + GAP * (len(widths) - 1))
    lines = [_figures(row, widths) for row in (columns, *rows)]
    out.print("\n".join([lines[0], rule, *lines[1:]]))


def writes_all_signs() -> bool:
    """Say whether stdout takes more than the signs of one language; a console of old Windows does not."""
    return "utf" in (getattr(sys.stdout, "encoding", None) or "utf-8").lower()


def _figures(row: Sequence[str], widths: Sequence[int]) -> str:
    (name, *figures), (width, *others) = row, widths
    right = (text.rjust(room) for text, room in zip(figures, others, strict=True))
    return (" " * GAP).join([name + " " * (width - display_width(name)), *right])


def table(*columns: str, right: tuple[str, ...] = (), first: Iterable[str] = ()) -> "Table":
    """Make an empty table in the house's look; columns named in `right` are set flush right.

    `first`: what is never broken in the first column, such as addresses; the other columns make room.
    """
    from rich.box import SIMPLE_HEAD
    from rich.cells import cell_len
    from rich.table import Table

    made = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold", show_edge=False)
    for name in columns:
        made.add_column(name, justify="right" if name in right else "left", overflow="fold")
    widths = [cell_len(text) for text in first]
    if widths:
        made.columns[0].width = max(*widths, cell_len(columns[0]))
    return made


def size(octets: int) -> str:
    """Write a size for people. 1 KB is 1,000 octets here, as in all limits: that errs on the safe side."""
    return f"{octets / 1000:.0f} KB" if octets < 999_500 else f"{octets / 1e6:.1f} MB"


def count(number: int, noun: str, nouns: str = "") -> str:
    """Write "1 recipient", "2 recipients"; `nouns` where more is said than by an s."""
    return f"{number:,} {noun if number == 1 else nouns or f'{noun}s'}"


def duration(seconds: float) -> str:
    """Write a duration for people: "40 seconds", "13 minutes", "2 hours 5 minutes"."""
    if seconds < 90:
        return count(max(1, round(seconds)), "second")
    minutes = round(seconds / 60)
    if minutes < 60:
        return count(minutes, "minute")
    rest = f" {count(minutes % 60, 'minute')}" if minutes % 60 else ""
    return count(minutes // 60, "hour") + rest
