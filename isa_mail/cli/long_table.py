"""A table of as many rows as there are people: it looks as rich would set it, in a seventh of the time.

    show_long_table(("Who", "State"), rows, first=20)        rows() yields ([("ann@example.org", "")], [("sent", "")])

Edge: prints to stdout. rich makes a few dozen objects of each cell and prints when it has all of them; here rows are
printed as they come. A cell is lines, each with its style; text from outside has gone through `plain`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, groupby, islice
from operator import itemgetter
from typing import TypeAlias

from isa_mail.cli.terminal import GAP, rich_console, table

Line: TypeAlias = tuple[str, str]  # text, style
Cell: TypeAlias = Sequence[Line]
Row: TypeAlias = Sequence[Cell]

_PIECES = 5000  # printed at a time


def show_long_table(columns: Sequence[str], rows: Callable[[], Iterable[Row]], *, first: int) -> None:
    """Print a table in the house's look. `rows` is asked twice: how wide they are, and what they are.

    The first column is as wide as `first`, the last one at most what is left; what is longer is folded.
    """
    from rich.segment import Segment, Segments

    out = rich_console()
    widths = _widths(columns, rows())
    widths[0] = max(first, len(columns[0]))
    room = out.width - sum(widths[:-1]) - GAP * (len(widths) - 1)
    widths[-1] = max(1, min(widths[-1], room))
    header = table(*columns)
    for column, width in zip(header.columns, widths, strict=True):
        column.width = width
    out.print(header)
    pieces = chain.from_iterable(_set(row, widths) for row in rows())
    while page := list(islice(pieces, _PIECES)):
        runs = ((style, "".join(text for text, _ in run)) for style, run in groupby(page, itemgetter(1)))
        out.print(Segments(Segment(text, out.get_style(style)) for style, text in runs), end="")


def _widths(columns: Sequence[str], rows: Iterable[Row]) -> list[int]:
    widths = [len(name) for name in columns]
    for row in rows:
        for number, cell in enumerate(row):
            for text, _ in cell:
                if (width := _width(text)) > widths[number]:
                    widths[number] = width
    return widths


def _width(text: str) -> int:
    from rich.cells import cell_len

    return len(text) if text.isascii() else cell_len(text)


def _set(row: Row, widths: Sequence[int]) -> Iterator[Line]:
    """Set out a row: pieces that fill line after line of the terminal."""
    gaps = [GAP] * (len(widths) - 1) + [0]
    cells = [list(_padded(cell, width, gap)) for cell, width, gap in zip(row, widths, gaps, strict=True)]
    for number in range(max(map(len, cells))):
        for cell, width, gap in zip(cells, widths, gaps, strict=True):
            yield cell[number] if number < len(cell) else (" " * (width + gap), "")
        yield "\n", ""


def _padded(cell: Cell, width: int, gap: int) -> Iterator[Line]:
    """Fill lines up; break those that are too wide between words, or within one that is too wide itself."""
    for text, style in cell:
        free = width - _width(text)
        if free >= 0:
            yield text + " " * (free + gap), style
        else:
            from rich.text import Text

            for line in Text(text).wrap(rich_console(), width, overflow="fold"):
                yield line.plain + " " * (width - _width(line.plain) + gap), style
