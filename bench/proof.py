"""How much of what is wrong in a pasted text the import finds, and how much of what it says is wrong.

    python3 dev.py proof [--all]   ->  precision and recall of edits and guesses, text by text

Edge: reads the marked texts in bench/proof/, whose README says how they are marked, and prints. An edit is right if it
is the editor's to the character; a guess if its code stands at its line.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from bench.proof_check import show
from isa_mail.intake.read import import_bytes
from isa_mail.model.pasted import Imported

TEXTS = Path(__file__).parent / "proof"
_EDIT = re.compile(r"\{(?P<before>[^{}→]*)→(?P<after>[^{}→]*)\}")
_GUESSES = re.compile(r"(?:‹I\d{3}›)*")
_MARKED = ("I101", "I102", "I103", "I104", "I105", "I106")  # the guesses that the texts are marked with


class Spot(NamedTuple):
    """One edit or guess: where it is, and what."""

    line: int
    start: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Score:
    """How one text, or all, came out."""

    name: str
    right: tuple[Spot, ...]
    wrong: tuple[Spot, ...]  # false alarms
    missed: tuple[Spot, ...]

    @property
    def precision(self) -> float:
        """How much of what was said is right."""
        return len(self.right) / max(1, len(self.right) + len(self.wrong))

    @property
    def recall(self) -> float:
        """How much of what there is was said."""
        return len(self.right) / max(1, len(self.right) + len(self.missed))


class Marked(NamedTuple):
    """A marked text, read."""

    text: str
    edits: frozenset[Spot]
    guesses: frozenset[Spot]


def read_marked(marked: str) -> Marked:
    """Take the marks out of a text."""
    lines, edits, guesses = [], set(), set()
    for number, line in enumerate(marked.rstrip("\n").split("\n"), 1):
        codes = _GUESSES.match(line)
        assert codes is not None
        guesses |= {Spot(number, 0, "", code) for code in re.findall(r"I\d{3}", codes[0])}
        rest = line[codes.end() :].replace("⍽", "\u00a0")
        text, end = "", 0
        for found in _EDIT.finditer(rest):
            text += rest[end : found.start()]
            edits.add(_trimmed(number, len(text), found["before"], found["after"]))
            text += found["before"]
            end = found.end()
        lines.append(text + rest[end:])
    return Marked("\n".join(lines), frozenset(edits), frozenset(guesses))


def _trimmed(line: int, start: int, before: str, after: str) -> Spot:
    """Leave out what an edit keeps at its ends, so that two ways to say the same are equal."""
    while before and after and before[0] == after[0]:
        before, after, start = before[1:], after[1:], start + 1
    while before and after and before[-1] == after[-1]:
        before, after = before[:-1], after[:-1]
    return Spot(line, start, before, after)


def scores(name: str, marked: str, document: bytes | None = None) -> tuple[Score, Score]:
    """Import a marked text, or the document that was made of it, and compare edits and guesses."""
    gold = read_marked(marked)
    found = import_bytes(document or gold.text.encode(), file=name, language=None)
    edits = {_trimmed(each.place.line or 0, each.start, each.before, each.after) for each in found.edits}
    return _score(name, edits, gold.edits), _score(name, _guesses(found), gold.guesses)


def _guesses(found: Imported) -> set[Spot]:
    return {Spot(one.place.line or 0, 0, "", one.code) for one in found.guesses if one.code in _MARKED}


def _score(name: str, said: set[Spot], gold: frozenset[Spot]) -> Score:
    return Score(name, tuple(sorted(said & gold)), tuple(sorted(said - gold)), tuple(sorted(gold - said)))


def all_scores() -> Iterator[tuple[Score, Score]]:
    """Measure every text of bench/proof/."""
    for path in sorted(TEXTS.glob("*.txt")):
        yield scores(path.name, path.read_text(encoding="utf-8"))
    for path in sorted(TEXTS.glob("*.docx")):
        yield scores(path.name, path.with_suffix(".gold").read_text(encoding="utf-8"), path.read_bytes())


def total(parts: list[Score]) -> Score:
    """Add several scores up."""
    return Score(
        "all",
        tuple(spot for part in parts for spot in part.right),
        tuple(spot for part in parts for spot in part.wrong),
        tuple(spot for part in parts for spot in part.missed),
    )


def main(arguments: list[str]) -> int:
    """Print the figures; with --all, every miss and false alarm."""
    if arguments not in ([], ["--all"]):
        print("python3 dev.py proof [--all]", file=sys.stderr)
        return 2
    found = list(all_scores())
    print(f"{'':24}{'Edits':^34}{'Guesses':^34}")
    print(f"{'Text':24}" + f"{'right':>6}{'wrong':>7}{'missed':>8}{'prec.':>6}{'rec.':>7}" * 2)
    everything = (total([edits for edits, _ in found]), total([guesses for _, guesses in found]))
    for pair in (*found, everything):
        row = f"{pair[0].name:24}"
        for score in pair:
            row += f"{len(score.right):6}{len(score.wrong):7}{len(score.missed):8}"
            row += f"{score.precision:6.2f}{score.recall:7.2f}"
        print(row)
    if arguments:
        for pair in found:
            for score in pair:
                _tell(score)
    show(every_place=bool(arguments))  # the findings of `check`, on the marked editions
    return 0


def _tell(score: Score) -> None:
    for what, spots in (("wrong ", score.wrong), ("missed", score.missed)):
        for spot in spots:
            change = (
                f"[{spot.before}→{spot.after}]".replace("\u00a0", "⍽")
                if spot.start or spot.before
                else spot.after
            )
            print(f"{what} {score.name}:{spot.line}:{spot.start + 1} {change}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
