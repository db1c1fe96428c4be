"""`isa-mail lists [EDITION]`: the lists as `send` would read them, before anybody thinks of sending."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from isa_mail.cli.invocation import (
    Invocation,
    edition_argument,
    list_option,
    pass_invocation,
    where_option,
)

if TYPE_CHECKING:
    from isa_mail.model.findings import Place
    from isa_mail.pipeline.audience import ListReport
    from isa_mail.pipeline.lists import Overview

_SHOWN = 10  # lines of a group; all of them with --names
_ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": "Windows-1252",
    "gb18030": "GB18030",
    "workbook": "workbook",
}
_DELIMITERS = {"\t": "tab"}


@click.command("lists")
@edition_argument
@list_option
@where_option
@click.option("--names", is_flag=True, help="Name everyone who is refused, merged, new, gone or suppressed.")
@click.option("--greetings", is_flag=True, help="Print everyone's greeting, for proof-reading.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON alone: all of it as one object.")
@pass_invocation
def command(
    invocation: Invocation,
    edition: str | None,
    lists: tuple[str, ...],
    where: tuple[tuple[str, str], ...],
    names: bool,
    greetings: bool,
    as_json: bool,
) -> None:
    """Read the lists of isa-mail.toml as `send` would, and show what was understood.

    How each file was read, who would get a mail and in which language, who is refused, merged or suppressed, and how
    that differs from the last edition sent before EDITION (default: the newest). Nothing is written or sent.
    """
    from isa_mail.pipeline.lists import letters_of, overview

    workspace, settings = invocation.workspace(), invocation.settings()
    if edition is not None or workspace.editions():
        edition = workspace.edition(edition)
    letters = letters_of(workspace, settings, edition) if edition else None
    with overview(workspace, settings, edition, lists, where, letters=letters) as found:
        if as_json:
            _print_json(found, greetings=greetings)
        elif greetings:
            _show_greetings(found)
        else:
            _show(found, None if names else _SHOWN)


# --- for people -------------------------------------------------------------------------------------------


def _show(found: "Overview", most: int | None) -> None:
    from isa_mail.cli.plan import comparison_line, show_without_letter
    from isa_mail.cli.terminal import console, count, plain, show_findings

    out = console()
    _show_files(found)
    if found.lists.findings:
        out.print()
    show_findings(found.lists.findings)
    _show_some(
        f"{count(found.lists.refused_count, 'row')} cannot be used:",
        found.lists.refused_count,
        (f"{_at(row.place)}  {plain(row.text)}: {plain(row.reason)}" for row in found.lists.refused),
        most,
        warn=True,
    )
    _show_some(
        f"{count(found.lists.duplicates, 'row')} of people who stand on the lists already:",
        found.lists.duplicates,
        _merged_lines(found),
        most,
    )
    languages = ", ".join(f"{name} {number:,}" for name, number in sorted(found.letters.languages.items()))
    out.print()
    out.print(f"{count(len(found.people), 'recipient')}{f': {languages}' if languages else ''}", style="bold")
    show_without_letter(found.letters)
    own = len(found.people) - found.greeted
    out.print(
        "Greetings: everybody alike, as in the edition (see isa-mail lists --greetings)"
        if found.alike
        else f"Greetings: {found.greeted:,} by name, {own:,} as in the edition (see isa-mail lists --greetings)"
    )
    latest = found.suppression_changed.astimezone() if found.suppression_changed else None
    changed = f", last change {latest.day} {latest:%B %Y}" if latest else ""
    suppressed = (plain(person.address) for person in found.suppressed)
    _show_some(f"Suppressed: {len(found.suppressed):,}{changed}", None, suppressed, most and 0)
    if then := found.previous:
        out.print(comparison_line(then))
        if most is None:
            for word, keys in (("new", then.new), ("gone", then.gone), ("suppressed", then.suppressed)):
                for key in keys:
                    out.print(f"  {word}: {plain(key)}")
    if found.unused_lists:
        out.print(f"Not used: {', '.join(map(plain, found.unused_lists))}", style="dim")


def _show_files(found: "Overview") -> None:
    from rich.text import Text

    from isa_mail.cli.plan import show_lists
    from isa_mail.cli.terminal import console, plain, show_paragraph

    out = console()
    show_lists(found.lists.lists)
    out.print()
    for report in found.lists.lists:
        read = report.understood
        separator = f"separator {_DELIMITERS.get(read.delimiter, read.delimiter)}, " if read.delimiter else ""
        header = f"header in line {read.header_line}" if read.header_line else "no header"
        show_paragraph(f"{plain(read.file)} ({_ENCODINGS[read.encoding]}, {separator}{header})")
        show_paragraph(Text(_columns(report), style="dim"), lead="  ")


def _columns(report: "ListReport") -> str:
    """Say what each column was read as: known ones first, the others as the merge fields that they are."""
    from isa_mail.cli.terminal import plain

    read = report.understood
    known = [f"{plain(header)} = {meaning.replace('_', ' ')}" for header, meaning in read.columns.items()]
    others = [f"{plain(header)} = {{{{ {plain(field)} }}}}" for header, field in read.merge_fields.items()]
    return ", ".join((*known, *others))


def _merged_lines(found: "Overview") -> Iterator[str]:
    from isa_mail.cli.terminal import plain

    for row in found.lists.merged():
        gave = f", which gave {', '.join(map(plain, row.filled))}" if row.filled else ""
        yield f"{plain(row.address)}  {_at(row.place)} into {_at(row.into)}{gave}"


def _show_some(
    title: str, number: int | None, lines: Iterable[str], most: int | None, *, warn: bool = False
) -> None:
    """Print a title and the first lines below it; nothing if `number` is 0, all lines if `most` is None."""
    from isa_mail.cli.terminal import console, show_paragraph

    if number == 0:
        return
    if number is not None:
        console().print()
    console().print(title, style="yellow" if warn else "")
    for line in islice(lines, most):
        show_paragraph(line, lead="  ", hang=4)
    if number is not None and most is not None and number > most:
        console().print(f"  … and {number - most:,} more: isa-mail lists --names", style="dim")


def _show_greetings(found: "Overview") -> None:
    from isa_mail.cli.terminal import console, plain, show_paragraph, table

    if found.alike:
        show_paragraph(
            "This edition greets everybody alike: its Greeting line does not ask for {{ greeting }}. To greet by name "
            "those who can be, write: Greeting: {{ greeting | Liebe Mitglieder, }}",
            hang=0,
        )
        return
    shown = table("Greeting", "Address")
    for person, words in found.greetings():
        shown.add_row(plain(words) if words else "(as in the edition)", plain(person.address))
    console().print(shown)


def _at(place: "Place") -> str:
    from isa_mail.cli.terminal import plain

    return plain(str(place))


# --- for programs -----------------------------------------------------------------------------------------


def _print_json(found: "Overview", *, greetings: bool) -> None:
    import json

    lists, then = found.lists, found.previous
    whole: dict[str, Any] = {
        "lists": [
            report.understood._asdict()
            | {name: getattr(report, name) for name in ("rows", "usable", "duplicates", "refused")}
            for report in lists.lists
        ],
        "recipients": len(found.people),
        "languages": dict(found.letters.languages),
        "without_letter": dict(found.letters.without),
        "greeted_by_name": found.greeted,
        "greets_alike": found.alike,
        "suppressed": [person.address for person in found.suppressed],
        "refused": [
            {"file": row.place.file, "line": row.place.line, "text": row.text, "reason": row.reason}
            for row in lists.refused
        ],
        "merged": [
            {"address": row.address, "row": str(row.place), "into": str(row.into), "gave": row.filled}
            for row in lists.merged()
        ],
        "findings": [
            {"code": one.code, "severity": one.severity, "message": one.message, "hint": one.hint}
            | {"file": one.place.file, "line": one.place.line}
            for one in lists.findings
        ],
        "changes": None if then is None else then._asdict(),
        "not_used": found.unused_lists,
    }
    if greetings:
        whole["greetings"] = [
            {"address": person.address, "language": found.language_of(person), "greeting": words}
            for person, words in found.greetings()
        ]
    click.echo(json.dumps(whole, ensure_ascii=False, indent=1))
