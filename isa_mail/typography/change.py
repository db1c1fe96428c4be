"""Changes to a line of text, and how those of several rules become one list over the line as it was.

    Draft("a  b").change([Change(1, 3, " ", "T202")]) -> text "a b", changes [Change(1, 3, " ", "T202")]

Pure. Each rule sees what the rules before it made of the line. What two rules change in the same spot becomes one
change that bears the first one's code. Linear in the length of the line.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Change(NamedTuple):
    """`after` takes the place of line[start:end]."""

    start: int
    end: int
    after: str
    rule: str
    safe: bool = True


class _Piece(NamedTuple):
    """A stretch of the line as it was, and what stands there now."""

    start: int
    end: int
    text: str
    rule: str = ""  # "": unchanged
    safe: bool = True


class Draft:
    """A line that rules work on."""

    def __init__(self, line: str) -> None:
        """`line` is what all changes count from in the end."""
        self._line = line
        self._pieces = [_Piece(0, len(line), line)]

    @property
    def text(self) -> str:
        """The line as it reads now."""
        return "".join(piece.text for piece in self._pieces)

    def change(self, changes: Iterable[Change]) -> None:
        """Apply changes that count from `text`; one that overlaps another is left out."""
        done: list[_Piece] = []
        waiting = deque(self._pieces)
        position = 0  # in `text`, where the first waiting piece begins
        for change in sorted(changes):
            if change.start < position:
                continue
            while waiting and position + len(waiting[0].text) <= change.start:
                position += len(waiting[0].text)
                done.append(waiting.popleft())
            covered = []
            begin = position
            while waiting and position < max(change.end, change.start + (begin < change.start)):
                position += len(waiting[0].text)
                covered.append(waiting.popleft())
            done.extend(_changed(covered, change, begin, done[-1].end if done else 0))
            if covered and not covered[-1].rule and position > change.end:
                rest = position - change.end
                last = covered[-1]
                waiting.appendleft(_Piece(last.end - rest, last.end, last.text[len(last.text) - rest :]))
                position = change.end
        self._pieces = [*done, *waiting]

    def changes(self) -> list[Change]:
        """All that became of the line, as changes of the line as it was."""
        return [
            Change(piece.start, piece.end, piece.text, piece.rule, piece.safe)
            for piece in self._pieces
            if piece.rule and self._line[piece.start : piece.end] != piece.text
        ]


def _changed(covered: list[_Piece], change: Change, begin: int, here: int) -> Iterator[_Piece]:
    """Make one piece of what a change covers; what was unchanged before it stays a piece of its own.

    `begin` is where the first covered piece begins in the text, `here` where the line continues if none is covered.
    """
    if not covered:
        yield _Piece(here, here, change.after, change.rule, change.safe)
        return
    first, last = covered[0], covered[-1]
    text = "".join(piece.text for piece in covered)
    before, behind = text[: change.start - begin], text[change.end - begin :]
    start = first.start if first.rule else first.start + len(before)
    end = last.end if last.rule else last.end - len(behind)
    if before and not first.rule:
        yield _Piece(first.start, start, before)
    yield _Piece(
        start,
        end,
        (before if first.rule else "") + change.after + (behind if last.rule else ""),
        next((piece.rule for piece in covered if piece.rule), change.rule),
        change.safe and all(piece.safe for piece in covered),
    )
