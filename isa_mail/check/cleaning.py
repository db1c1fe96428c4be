"""What cleaning and the glossary would change in a file, each with the edit that does it.

    "der  Stadt" in 20-bericht.txt:4 -> T202, "„der␣␣Stadt“: …", Edit("T202", …, "  ", " ")

Pure. The rules are those of typography/; here their edits become findings. `mended` applies the safe ones.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator

from isa_mail.check.codes import finding
from isa_mail.model.findings import Edit, Finding, Glossary, Place
from isa_mail.typography.clean import apply, clean
from isa_mail.typography.scripts import is_ideograph
from isa_mail.typography.untouched import masked

_CONTEXT = 20  # characters shown before and behind an edit
_VISIBLE = {"\u00a0": "⍽", "\u202f": "⍽", "\u00ad": "¬", "\t": "⇥"}


def cleaning_findings(text: str, language: str, file: str, glossary: Glossary) -> Iterator[Finding]:
    """Tell what would be changed in a file's text, and which quotation marks have no partner.

    What stands around a place is shown as cleaning leaves it: so the words of a finding, by which it is accepted, stay
    what they are when those beside it are mended.
    """
    found = clean(text, language, file=file, keep=glossary.keep)
    lines = found.text.split("\n")
    number, moved = 0, 0
    for edit in found.edits:
        if edit.place.line != number:
            number, moved = edit.place.line or 1, 0
        yield _of_edit(edit, lines[number - 1], edit.start + moved)
        moved += len(edit.after) - len(edit.before)
    for place in found.unpaired:
        line = lines[(place.line or 1) - 1]
        yield finding(
            "T708",
            place,
            f"A quotation mark has no partner: {_around_mark(line)}",
            "Open and close the quotation, or take the mark away.",
        )
    yield from _glossary_findings(text, file, glossary)


def glossary_edits(text: str, file: str, glossary: Glossary) -> Iterator[Edit]:
    """Find what glossary.txt writes in another way; addresses, targets and code are left alone."""
    for number, line in enumerate(text.split("\n"), 1):
        if not any(wrong in line for wrong in glossary.right):
            continue
        seen = masked(line, glossary.keep)
        taken: set[int] = set()
        for wrong in sorted(glossary.right, key=len, reverse=True):
            for start in _places(wrong, seen):
                span = range(start, start + len(wrong))
                right = glossary.right[wrong]
                if taken.isdisjoint(span) and not _stands_inside(right, wrong, line, start):
                    taken.update(span)
                    yield Edit("T703", Place(file, number), start, span.stop, wrong, right, True)


def mended(
    text: str, language: str, file: str, glossary: Glossary, wanted: Callable[[Finding], bool]
) -> tuple[str, tuple[Finding, ...]]:
    """Apply every safe edit whose finding is `wanted`; return the new text, and the findings that are mended."""
    done = [
        each
        for each in cleaning_findings(text, language, file, glossary._replace(right={}))
        if each.edit and each.edit.safe and wanted(each)
    ]
    text = apply(text, [each.edit for each in done if each.edit])
    words = [each for each in _glossary_findings(text, file, glossary) if wanted(each)]
    return apply(text, [each.edit for each in words if each.edit]), (*done, *words)


def _glossary_findings(text: str, file: str, glossary: Glossary) -> Iterator[Finding]:
    for edit in glossary_edits(text, file, glossary):
        yield finding(
            "T703",
            edit.place,
            f"{edit.before} → {edit.after}",
            "The words stand in glossary.txt; isa-mail check --fix does it.",
            edit,
        )


def _of_edit(edit: Edit, line: str, start: int) -> Finding:
    """`line` is clean, and `start` is where the edit is in it."""
    before, behind = _around(line, start, start + len(edit.after))
    was, becomes = (_shown(f"{before}{words}{behind}") for words in (edit.before, edit.after))
    hint = "isa-mail check --fix does it." if edit.safe else "Change it by hand, if it is not meant so."
    return finding(edit.rule, edit.place, f"{was} → {becomes}", hint, edit)


def _around(line: str, start: int, end: int) -> tuple[str, str]:
    """Give a little of what stands before and behind a stretch of a line: whole words, if they are not long."""
    before, behind = line[max(0, start - _CONTEXT) : start], line[end : end + _CONTEXT]
    if start > _CONTEXT and " " in before[:-1]:
        before = f"…{before.partition(' ')[2]}"
    if len(line) > end + _CONTEXT and " " in behind[1:]:
        behind = f"{behind.rpartition(' ')[0]}…"
    return before, behind


def _shown(text: str) -> str:
    """Make visible what is not."""
    return "".join(
        _VISIBLE.get(char, "·" if unicodedata.category(char) == "Cf" else char) for char in text
    ).strip(" ")


def _places(words: str, line: str) -> Iterator[int]:
    """Find whole words; Chinese has none, so there any place counts."""
    before = r"(?<!\w)" if words[:1].isalnum() and not is_ideograph(words[0]) else ""
    behind = r"(?!\w)" if words[-1:].isalnum() and not is_ideograph(words[-1]) else ""
    return (found.start() for found in re.finditer(f"{before}{re.escape(words)}{behind}", line))


def _stands_inside(right: str, wrong: str, line: str, start: int) -> bool:
    """Say whether the right spelling stands there already and holds the wrong one: „GmbH“ in „GmbH & Co. KG“."""
    return any(
        line.startswith(right, start - found.start())
        for found in re.finditer(re.escape(wrong), right)
        if found.start() <= start
    )


def _around_mark(line: str) -> str:
    """Show the stretch of a line in which its first quotation mark stands."""
    at = next((number for number, char in enumerate(line) if char in '„“”"‚‘»«'), 0)
    start = max(0, at - _CONTEXT)
    return ("…" if start else "") + line[start : at + 40] + ("…" if len(line) > at + 40 else "")
