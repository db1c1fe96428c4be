"""`isa-mail suppress ADDRESS`: who left gets nothing, whatever the lists say."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from isa_mail.cli.invocation import Invocation, pass_invocation

if TYPE_CHECKING:
    from isa_mail.workspace.find import Workspace


@click.command("suppress")
@click.argument("addresses", metavar="[ADDRESS]...", nargs=-1)
@click.option("--list", "show", is_flag=True, help="Show who is suppressed, since when and why.")
@click.option(
    "--bounced",
    "edition",
    metavar="EDITION",
    is_flag=False,
    flag_value="",
    help="Suppress those of EDITION whose address does not exist, as the mail server said.",
)
@click.option(
    "--init", "create", is_flag=True, help="Make an empty file after recipients/suppressed.sqlite3 was lost."
)
@pass_invocation
def command(
    invocation: Invocation, addresses: tuple[str, ...], show: bool, edition: str | None, create: bool
) -> None:
    """Never write to ADDRESS again.

    Suppressed people get nothing, even when a list names them again later. A send that is running in another
    window leaves them out at once.
    """
    from isa_mail.addresses import parse_address
    from isa_mail.cli.terminal import console, plain, table
    from isa_mail.store.suppressions import Suppressions

    if not (addresses or show or create or edition is not None):
        raise click.UsageError("Name one or more addresses, or use --list or --bounced.")
    workspace = invocation.workspace()
    people = [(parse_address(address), "by hand", "isa-mail suppress") for address in addresses]
    if edition is not None:
        found = _bounced(workspace, edition)
        if not found:
            click.echo("No address of that edition that does not exist is left to suppress.")
        people += found
    path = workspace.suppressions
    if show and not path.exists() and not (create or people):
        click.echo("Nobody is suppressed.")
        return
    if not (people or create or show):
        return
    now = datetime.now(UTC)
    with Suppressions.open(path, create=bool(people) or create) as suppressions:
        for address, reason, source in people:
            new = suppressions.add(address, reason=reason, at=now, source=source)
            click.echo(
                f"{plain(address)} {'will get nothing from now on' if new else 'is suppressed already'}."
            )
        if create and not people:
            click.echo(f"recipients/{path.name} is ready.")
        if show:
            rows = table("Address", "Since", "Reason", "Source")
            for entry in suppressions.list():
                rows.add_row(
                    plain(entry.address), f"{entry.at:%Y-%m-%d %H:%M}", entry.reason, plain(entry.source)
                )
            console().print(rows)


def _bounced(workspace: "Workspace", edition: str) -> list[tuple[str, str, str]]:
    """Address, reason and source of each whose address does not exist; the source is what the server said."""
    from isa_mail.pipeline import standing

    name = workspace.edition(edition or None)
    return [
        (row.recipient.key, "bounced", f"{name}: {row.reply}")
        for row in standing.report(workspace, name).gone
    ]
