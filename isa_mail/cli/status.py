"""`isa-mail status [EDITION]`: who got it, who did not and why, who is unknown."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from isa_mail.cli.invocation import Invocation, edition_argument, pass_invocation

if TYPE_CHECKING:
    from isa_mail.model import Delivery


@click.command("status")
@edition_argument
@click.option(
    "--json", "as_json", is_flag=True, help="Print JSON alone: an array with an object a recipient."
)
@pass_invocation
def command(invocation: Invocation, edition: str | None, as_json: bool) -> None:
    """Show how the delivery of EDITION (default: the newest) stands.

    Without --json: the counts, and by name everyone whose mail is not through. With --json: all recipients with
    address, state, reply and time.
    """
    from isa_mail.cli.terminal import console, plain, table
    from isa_mail.model import State
    from isa_mail.pipeline import standing

    workspace = invocation.workspace()
    name = workspace.edition(edition)
    with standing.deliveries(workspace, name) as rows:
        if as_json:
            _print_json(rows)
            return
        through = (State.SENT, State.WRITTEN)
        counts: dict[State, int] = {}
        open_rows = table("Address", "State", "When", "Reply")
        for row in rows:
            counts[row.state] = counts.get(row.state, 0) + 1
            if row.state not in through:
                when = f"{row.at.astimezone():%Y-%m-%d %H:%M}" if row.at else ""
                open_rows.add_row(plain(row.recipient.address), row.state.value, when, plain(row.reply))
    out = console()
    if not counts:
        out.print(f"Nothing of {name} has been sent or written yet.")
        return
    out.print(
        f"{name}: " + ", ".join(f"{counts[state]:,} {state.value}" for state in State if state in counts)
    )
    if open_rows.row_count:
        out.print(open_rows)
    if counts.get(State.WRITTEN):
        out.print("Nothing was sent: these mails were written to the outbox.")


def _print_json(rows: "Iterable[Delivery]") -> None:
    """Write one array, an object a recipient, row by row."""
    import json

    first = True
    click.echo("[", nl=False)
    for row in rows:
        entry = {
            "address": row.recipient.address,
            "state": row.state.value,
            "reply": row.reply,
            "at": row.at.isoformat() if row.at else None,
        }
        click.echo(("\n" if first else ",\n") + json.dumps(entry, ensure_ascii=False), nl=False)
        first = False
    click.echo("]" if first else "\n]")
