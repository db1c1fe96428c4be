"""Findings, so that a person reads them: a line a kind with a count, or each place with what to do about it.

Edge: prints. `pipeline/checking.py` finds, this page only shows. Places are named from the edition's folder on, as
long as they lie in it.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from isa_mail.cli.terminal import SEVERITY_STYLES, count, plain
from isa_mail.model import Finding, Severity

if TYPE_CHECKING:
    from rich.console import Console

_LONGEST = 1000  # characters of a sentence that quotes text


def show_kinds(findings: Sequence[Finding], folder: str, meanings: Mapping[str, str], out: "Console") -> None:
    """Print a line a kind: severity, code, how often, what, and the first place; below what blocks, what to do.

    `folder` is the edition's: places in it are named from there on.
    """
    from rich.table import Table
    from rich.text import Text

    shown = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    shown.add_column(no_wrap=True)
    shown.add_column(no_wrap=True)
    shown.add_column(no_wrap=True, justify="right")
    shown.add_column(overflow="fold", ratio=1)
    shown.add_column(overflow="fold", max_width=32)
    for kind in _kinds(findings):
        first, places = kind[0], list(dict.fromkeys(_at(each, folder) for each in kind))
        what = Text(plain(first.message if len(kind) == 1 else meanings[first.code].rstrip("."), _LONGEST))
        if first.severity is Severity.BLOCKS:
            what.append(f"\n→ {plain(first.hint, _LONGEST)}", style="dim")
        where = places[0] + (f" and {len(places) - 1} more" if len(places) > 1 else "")
        shown.add_row(
            Text(first.severity.value, style=SEVERITY_STYLES[first.severity]),
            Text(first.code),
            str(len(kind)) if len(kind) > 1 else "",
            what,
            Text(where, style="dim"),
        )
    out.print(shown)


def show_places(
    findings: Sequence[Finding], folder: str, meanings: Mapping[str, str], out: "Console"
) -> None:
    """Print each kind with all its places, and what to do: once, if it is the same for all."""
    from rich.padding import Padding
    from rich.text import Text

    for number, kind in enumerate(_kinds(findings)):
        first = kind[0]
        head = Text("\n" if number else "")
        head.append(first.severity.value, style=SEVERITY_STYLES[first.severity])
        head.append(f"  {first.code}  ").append(plain(meanings[first.code]), style="bold")
        out.print(head, soft_wrap=False)
        hints = {each.hint for each in kind}
        for each in kind:
            line = Text(f"{_at(each, folder)}  ", style="dim").append(
                plain(each.message, _LONGEST), style="not dim"
            )
            if len(hints) > 1:
                line.append(f"\n→ {plain(each.hint, _LONGEST)}", style="dim")
            out.print(Padding(line, (0, 0, 0, 2)), soft_wrap=False)
        if len(hints) == 1:
            out.print(
                Padding(Text(f"→ {plain(first.hint, _LONGEST)}", style="dim"), (0, 0, 0, 2)), soft_wrap=False
            )


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
    """Put what has the same severity and code together; findings come in that order."""
    return [list(kind) for _, kind in groupby(findings, key=lambda each: (each.severity, each.code))]


def _at(finding: Finding, folder: str) -> str:
    return plain(str(finding.place).removeprefix(f"{folder}/"))
