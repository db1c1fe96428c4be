"""All rules of typography/ in their order, until none finds anything more.

    clean("der⍽8.  Sitzung", "de") -> Cleaned("der 8. Sitzung", (Edit("T201", …), Edit("T202", …)), unpaired=())

Pure. Text may be Markdown: what stands in a fence, in code, in a link's target and in a merge field is never touched,
nor are indents and the blanks at a line's end, which mean something there. Lines are never joined or parted.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from isa_mail.model.findings import Edit, Place
from isa_mail.typography.change import Change, Draft
from isa_mail.typography.characters import character_changes
from isa_mail.typography.chinese import chinese_changes
from isa_mail.typography.dashes import dash_changes
from isa_mail.typography.hyphens import hyphen_changes, vocabulary
from isa_mail.typography.quotes import read_quotes
from isa_mail.typography.scripts import language_of_line
from isa_mail.typography.spaces import space_changes
from isa_mail.typography.untouched import MASK, masked, masked_lines

_MOST_ROUNDS = 8  # two are needed; the rest is for texts that nobody wrote
_FENCE = re.compile(r"[ \t]*(?:[-+*>][ \t]+)*(`{3,}|~{3,})")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A clean text, how it came about, and what is left to a person."""

    text: str
    edits: tuple[Edit, ...]  # by line and column of the text as it was
    unpaired: tuple[Place, ...]  # quotation marks without a partner; nothing behind them was changed


def clean(text: str, language: str, *, file: str = "", keep: Collection[str] = ()) -> Cleaned:
    """Clean a text whose lines end in "\\n"; cleaning it again changes nothing.

    `language` is "de", "en" or "zh"; Chinese lines in a German text, and others in a Chinese one, are set by their own
    rules. `keep` names words and phrases that are never changed, as they are written. `file` is what places name.
    """
    lines = text.split("\n")
    drafts = [Draft(line) for line in lines]
    fenced = _fenced(lines)
    unpaired: Sequence[tuple[int, int]] = ()
    for _ in range(_MOST_ROUNDS):
        before = [draft.text for draft in drafts]
        unpaired = _round(drafts, fenced, language, keep)
        if [draft.text for draft in drafts] == before:
            break
    edits = tuple(_edits(lines, drafts, file))
    places = tuple(Place(file, line + 1) for line, _ in unpaired)
    return Cleaned("\n".join(draft.text for draft in drafts), edits, places)


def apply(text: str, edits: Iterable[Edit]) -> str:
    """Apply any choice of the edits of one text to it."""
    lines = text.split("\n")
    for edit in sorted(edits, key=lambda each: (each.place.line or 0, each.start, each.end), reverse=True):
        number = (edit.place.line or 1) - 1
        line = lines[number]
        if line[edit.start : edit.end] != edit.before:
            raise ValueError(f"{edit.place}: {edit.before!r} does not stand there any more")
        lines[number] = line[: edit.start] + edit.after + line[edit.end :]
    return "\n".join(lines)


def _round(
    drafts: Sequence[Draft], fenced: Collection[int], language: str, keep: Collection[str]
) -> Sequence[tuple[int, int]]:
    """Let each family of rules look at the text once, in order."""
    _change(drafts, fenced, keep, lambda line, _: character_changes(line))
    seen = _seen(drafts, fenced, keep)
    languages = [language_of_line(line, language) for line in seen]
    _change(drafts, fenced, keep, lambda line, number: space_changes(line, languages[number]))
    _change(drafts, fenced, keep, lambda line, number: dash_changes(line, languages[number]))
    _change(drafts, fenced, keep, lambda line, number: chinese_changes(line, languages[number]))
    known = vocabulary(_seen(drafts, fenced, keep))
    _change(drafts, fenced, keep, lambda line, number: hyphen_changes(line, languages[number], known))
    quotes = read_quotes(_seen(drafts, fenced, keep), languages)
    _change(drafts, fenced, keep, lambda _, number: quotes.changes.get(number, ()))
    return quotes.unpaired


def _change(
    drafts: Sequence[Draft],
    fenced: Collection[int],
    keep: Collection[str],
    rule: Callable[[str, int], Iterable[Change]],
) -> None:
    for number, (draft, seen) in enumerate(zip(drafts, _seen(drafts, fenced, keep), strict=True)):
        draft.change(change for change in rule(seen, number) if MASK not in seen[change.start : change.end])


def _seen(drafts: Sequence[Draft], fenced: Collection[int], keep: Collection[str]) -> list[str]:
    """Show the rules what they may look at."""
    return masked_lines(
        [
            MASK * len(draft.text) if number in fenced else masked(draft.text, keep)
            for number, draft in enumerate(drafts)
        ]
    )


def _fenced(lines: Sequence[str]) -> frozenset[int]:
    """Name the lines of fences, which stand in the letter as typed."""
    found: set[int] = set()
    fence = ""
    for number, line in enumerate(lines):
        mark = _FENCE.match(line)
        if fence or mark:
            found.add(number)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence) and not line.strip(" \t`~>"):
            fence = ""
    return frozenset(found) if not fence else frozenset()


def _edits(lines: Sequence[str], drafts: Sequence[Draft], file: str) -> Iterator[Edit]:
    for number, (line, draft) in enumerate(zip(lines, drafts, strict=True), 1):
        for change in draft.changes():
            before = line[change.start : change.end]
            yield Edit(
                change.rule, Place(file, number), change.start, change.end, before, change.after, change.safe
            )
