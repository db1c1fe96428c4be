"""`isa-mail suppress ADDRESS`: who left gets nothing, whatever the lists say."""

from datetime import UTC, datetime

import click

from isa_mail.cli.invocation import Invocation, pass_invocation


@click.command("suppress")
@click.argument("addresses", metavar="[ADDRESS]...", nargs=-1)
@click.option("--list", "show", is_flag=True, help="Show who is suppressed, since when and why.")
@click.option(
    "--init", "create", is_flag=True, help="Make an empty file after recipients/suppressed.sqlite3 was lost."
)
@pass_invocation
def command(invocation: Invocation, addresses: tuple[str, ...], show: bool, create: bool) -> None:
    """Never write to ADDRESS again.

    Suppressed people get nothing, even when a list names them again later. A send that is running in another
    window leaves them out at once.
    """
    from isa_mail.addresses import parse_address
    from isa_mail.cli.terminal import console, plain, table
    from isa_mail.pipeline.planning import check_suppressions_present
    from isa_mail.store.suppressions import Suppressions

    if not (addresses or show or create):
        raise click.UsageError("Name one or more addresses, or use --list.")
    parsed = tuple(parse_address(address) for address in addresses)
    workspace = invocation.workspace()
    path = workspace.suppressions
    if not create:
        check_suppressions_present(workspace)
    if show and not path.exists() and not create:
        click.echo("Nobody is suppressed.")
        return
    now = datetime.now(UTC)
    with Suppressions.open(path, create=bool(addresses) or create) as suppressions:
        for address in parsed:
            new = suppressions.add(address, reason="by hand", at=now, source="isa-mail suppress")
            click.echo(
                f"{plain(address)} {'will get nothing from now on' if new else 'is suppressed already'}."
            )
        if create and not addresses:
            click.echo(f"recipients/{path.name} is ready.")
        if show:
            rows = table("Address", "Since", "Reason", "Source")
            for entry in suppressions.list():
                since = f"{entry.at.astimezone():%Y-%m-%d %H:%M}"
                rows.add_row(plain(entry.address), since, plain(entry.reason), plain(entry.source))
            console().print(rows)
