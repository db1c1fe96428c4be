"""Findings, so that a person reads them: a line a kind with a count, or each place with what to do about it.

Edge: prints. `pipeline/checking.py` finds, this page only shows. Places are named from the edition's folder on, as
long as they lie in it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from isa_mail.cli.terminal import SEVERITY_STYLES, Pipe, count, plain, show_paragraph
from isa_mail.model.findings import Finding, Severity

if TYPE_CHECKING:
    from rich.console import Console

    from isa_mail.pipeline.mending import Mended

_WIDE = 100  # columns from which on places stand in a column of their own
_LONGEST = 1000  # characters of a sentence that quotes text


def show_kinds(
    findings: Sequence[Finding], folder: str, meanings: Mapping[str, str], out: "Console | Pipe"
) -> None:
    """Print a line a kind: severity, code, how often, what, and the first place; below what blocks, what to do.

    `folder` is the edition's: places in it are named from there on.
    """
    from rich.table import Table
    from rich.text import Text

    wide = out.width >= _WIDE
    shown = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for _ in ("severity", "code"):
        shown.add_column(no_wrap=True)
    shown.add_column(no_wrap=True, justify="right")  # how many
    shown.add_column(overflow="fold", ratio=1)  # what
    if wide:
        shown.add_column(overflow="fold", max_width=out.width * 3 // 8)  # where
    for kind in _kinds(findings):
        first, places = kind[0], list(dict.fromkeys(_at(each, folder) for each in kind))
        where = places[0] + (f" and {len(places) - 1} more" if len(places) > 1 else "")
        what = Text(plain(first.message if len(kind) == 1 else meanings[first.code].rstrip("."), _LONGEST))
        if not wide:
            what.append(f"\n{where}", style="dim")
        if first.severity is Severity.BLOCKS:
            what.append(f"\n→ {plain(first.hint, _LONGEST)}", style="dim")
        shown.add_row(
            Text(first.severity.value, style=SEVERITY_STYLES[first.severity]),
            Text(first.code),
            str(len(kind)) if len(kind) > 1 else "",
            what,
            *((Text(where, style="dim"),) if wide else ()),
        )
    out.print(shown)


def show_places(
    findings: Sequence[Finding], folder: str, meanings: Mapping[str, str], out: "Console | Pipe"
) -> None:
    """Print each kind with all its places, and what to do: once, if it is the same for all."""
    from rich.text import Text

    def hanging(text: str, style: str = "", lead: str = "  ") -> None:
        show_paragraph(Text(text, style=style), lead=lead, hang=4)

    for number, kind in enumerate(_kinds(findings)):
        first = kind[0]
        if number:
            out.print()
        head = Text(first.severity.value, style=SEVERITY_STYLES[first.severity])
        head.append(f"  {first.code}  ").append(plain(meanings[first.code]), style="bold")
        show_paragraph(head)
        usual = Counter(each.hint for each in kind).most_common(1)[0][0]
        for each in kind:
            hanging(f"{_at(each, folder)}  {plain(each.message, _LONGEST)}")
            if each.hint != usual:
                hanging(f"→ {plain(each.hint, _LONGEST)}", "dim", lead="    ")
        hanging(f"→ {plain(usual, _LONGEST)}", "dim")


def show_mended(files: "Sequence[Mended]", out: "Console | Pipe", *, done: bool) -> None:
    """Print each change: where, what stood there, what stands there now, and by which rule."""
    from rich.text import Text

    for file in files:
        out.print(plain(file.place.file), style="bold")
        for each in file.findings:
            was, _, becomes = plain(each.message, _LONGEST).partition(" → ")
            line = Text(f"{each.place.line:5}  {each.code}  ", style="dim")
            line.append(was, style="red").append(" → ").append(becomes, style="green")
            out.print(line)
    number = sum(len(file.findings) for file in files)
    if not number:
        out.print("There is nothing that is safe to mend.")
        return
    where = f"{count(number, 'change')} in {count(len(files), 'file')}"
    out.print(f"{where}.\n" if done else f"{where}; nothing is written yet. Write it: isa-mail check --fix")


def summary(findings: Iterable[Finding], accepted: int = 0) -> str:
    """Count: "2 block sending, 5 warnings, 1 hint; 3 accepted"."""
    numbers = {severity: 0 for severity in Severity}
    for finding in findings:
        numbers[finding.severity] += 1
    blocks = numbers[Severity.BLOCKS]
    words = [f"{blocks} {'blocks' if blocks == 1 else 'block'} sending"] if blocks else []
    words += [
        count(numbers[severity], severity.value)
        for severity in (Severity.WARNING, Severity.HINT)
        if numbers[severity]
    ]
    told = ", ".join(words) or "Nothing found"
    return f"{told}; {accepted} accepted" if accepted else told


def _kinds(findings: Sequence[Finding]) -> list[list[Finding]]:
    """Put what has the same severity and code together; findings come in that order. Each setting is its own."""

    def kind(each: Finding) -> tuple[Severity, str, str]:
        return each.severity, each.code, each.message if each.code.startswith("S") else ""

    return [list(same) for _, same in groupby(findings, key=kind)]


def _at(finding: Finding, folder: str) -> str:
    return plain(str(finding.place).removeprefix(f"{folder}/"))
