"""`isa-mail status [EDITION]`: who got it, who did not and why, who is unknown."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING

import click

from isa_mail.cli.invocation import Invocation, edition_argument, pass_invocation

if TYPE_CHECKING:
    import io

    from isa_mail.cli.long_table import Row
    from isa_mail.model.mail import Delivery
    from isa_mail.pipeline.standing import Report

_DATE = "2026-10-01 12:00"
_BESIDE_ADDRESS = 72  # columns: state, time, and a reply that can be read
_STYLES = {"failed": "red", "unknown": "yellow", "deferred": "cyan"}


@click.command("status")
@edition_argument
@click.option("--all", "everyone", is_flag=True, help="List those whose mail is through, too.")
@click.option("--report", "as_report", is_flag=True, help="Say it in sentences that can be forwarded.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV alone, a line a recipient, for a spreadsheet.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print JSON alone: an array with an object a recipient."
)
@pass_invocation
def command(
    invocation: Invocation, edition: str | None, everyone: bool, as_report: bool, as_csv: bool, as_json: bool
) -> None:
    """Show how the delivery of EDITION (default: the newest) stands.

    The counts, and by name everyone whose mail is not through. CSV and JSON hold all recipients, with address,
    name, state, reply and time.
    """
    from isa_mail.pipeline import standing

    if as_report + as_csv + as_json > 1:
        raise click.UsageError("Choose one of --report, --csv and --json.")
    workspace = invocation.workspace()
    name = workspace.edition(edition)
    if as_csv or as_json:
        with standing.deliveries(workspace, name) as rows:
            (_print_csv if as_csv else _print_json)(rows)
        return
    report = standing.report(workspace, name, shown=None if everyone else standing.SHOWN, everyone=everyone)
    if not report.counts:
        click.echo(f"Nothing of {name} has been sent or written yet.")
    elif as_report:
        from isa_mail.cli.report import show_report

        show_report(report)
    else:
        _show(report)


def _show(report: "Report") -> None:
    from isa_mail.cli.report import show_steps
    from isa_mail.cli.terminal import console
    from isa_mail.model.mail import State

    out, counts = console(), report.counts
    out.print(
        f"{report.edition}: "
        + ", ".join(f"{counts[state]:,} {state.value}" for state in State if state in counts)
    )
    if report.listed:
        _show_listed(report, out.width)
        out.print()
    show_steps(report)
    if counts.get(State.WRITTEN):
        out.print("Nothing was sent: these mails were written to the outbox.")


def _show_listed(report: "Report", width: int) -> None:
    """Set out who is not through: a line each where there is room for the replies, else a few."""
    from rich.cells import cell_len

    from isa_mail.cli.long_table import show_long_table
    from isa_mail.cli.terminal import plain
    from isa_mail.model.people import ERASED

    everyone = chain.from_iterable(report.listed.values())
    longest = max(cell_len(plain(row.recipient.address or ERASED)) for row in everyone)
    if longest + _BESIDE_ADDRESS <= width:
        show_long_table(("Who", "State", "When", "Reply"), lambda: _wide_rows(report), first=longest)
    else:
        show_long_table(("When", "Who"), lambda: _narrow_rows(report), first=len(_DATE))


def _wide_rows(report: "Report") -> "Iterator[Row]":
    for state, rows, rest in _by_state(report):
        style = _STYLES.get(state, "")
        for who, when, reply in map(_told, rows):
            yield [(text, "") for text in who], [(state, style)], [(when, "")], [(reply, "")]
        if rest:
            yield [(rest, "")], [(state, "")], [], []


def _narrow_rows(report: "Report") -> "Iterator[Row]":
    for state, rows, rest in _by_state(report):
        how = (state, _STYLES.get(state, ""))
        for who, when, reply in map(_told, rows):
            yield [(when, ""), how] if when else [how], [(text, "") for text in (*who, reply)]
        if rest:
            yield [(state, "")], [(rest, "")]


def _by_state(report: "Report") -> "Iterator[tuple[str, Iterable[Delivery], str]]":
    """Yield state, rows, and a line about those who are not among the rows, if there are such."""
    from isa_mail.model.mail import State

    for state in State:
        listed = report.listed.get(state, ())
        more = report.counts.get(state, 0) - len(listed) if listed else 0
        rest = f"… and {more:,} more: isa-mail status {report.edition} --csv" if more else ""
        yield state.value, listed, rest


def _told(row: "Delivery") -> tuple[list[str], str, str]:
    """Say who, when, and the reply; harmless to print."""
    from isa_mail.cli.terminal import plain
    from isa_mail.model.people import ERASED

    person = row.recipient
    who = [text for text in (plain(person.address or ERASED), plain(person.name)) if text]
    return who, f"{row.at.astimezone():%Y-%m-%d %H:%M}" if row.at else "", plain(row.reply)


def _entry(row: "Delivery") -> dict[str, str | None]:
    from isa_mail.model.people import ERASED

    person = row.recipient
    return {
        "address": person.address or ERASED,
        "name": person.name,
        "state": row.state.value,
        "reply": row.reply,
        "at": row.at.isoformat() if row.at else None,
    }


def _print_csv(rows: "Iterable[Delivery]") -> None:
    """Write RFC 4180, row by row. Control characters are shown, and no cell is a formula."""
    import csv
    import io

    from isa_mail.cli.terminal import visible
    from isa_mail.typography.spreadsheet import guarded

    line = io.StringIO()
    writer = csv.writer(line)
    writer.writerow(("address", "name", "state", "reply", "at"))
    for row in rows:
        cells = (visible(cell or "") for cell in _entry(row).values())
        writer.writerow(map(guarded, cells))
        _flush(line)
    _flush(line)


def _flush(line: "io.StringIO") -> None:
    click.echo(line.getvalue().encode("utf-8"), nl=False)  # UTF-8 also where the console is not
    line.seek(0)
    line.truncate()


def _print_json(rows: "Iterable[Delivery]") -> None:
    """Write one array, an object a recipient, row by row. Control characters are escaped, as JSON does it."""
    import json

    from isa_mail.cli.terminal import visible

    first = True
    click.echo("[", nl=False)
    for row in rows:
        entry = visible(json.dumps(_entry(row), ensure_ascii=False), escape=_json_escape)
        click.echo(("\n" if first else ",\n") + entry, nl=False)
        first = False
    click.echo("]" if first else "\n]")


def _json_escape(char: str) -> str:
    import json

    return json.dumps(char)[1:-1]
