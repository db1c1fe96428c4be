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
    from isa_mail.pipeline.planning import check_suppressions_present
    from isa_mail.store.suppressions import Suppressions

    if not (addresses or show or create or edition is not None):
        raise click.UsageError("Name one or more addresses, or use --list or --bounced.")
    people = [(parse_address(address), "by hand", "isa-mail suppress") for address in addresses]
    workspace = invocation.workspace()
    path = workspace.suppressions
    if not create:
        check_suppressions_present(workspace)
    if edition is not None:
        found = _bounced(workspace, edition)
        if not found:
            click.echo("No address of that edition that does not exist is left to suppress.")
        people += found
    if show and not path.exists() and not (create or people):
        click.echo("Nobody is suppressed.")
        return
    if not (people or create or show):
        return
    now = datetime.now(UTC)
    listed = _on_lists(invocation) if addresses else None
    with Suppressions.open(path, create=bool(people) or create) as suppressions:
        for address, reason, source in people:
            new = suppressions.add(address, reason=reason, at=now, source=source)
            said = "will get nothing from now on" if new else "is suppressed already"
            unknown = listed is not None and address.casefold() not in listed
            doubt = " (on none of your lists: check the spelling)" if new and unknown else ""
            click.echo(f"{plain(address)} {said}{doubt}.")
        if create and not people:
            click.echo(f"recipients/{path.name} is ready.")
        if show:
            entries = list(suppressions.list())
            rows = table(
                "Address", "Since", "Reason", "Source", first=[plain(each.address) for each in entries]
            )
            for entry in entries:
                since = f"{entry.at.astimezone():%Y-%m-%d %H:%M}"
                rows.add_row(plain(entry.address), since, plain(entry.reason), plain(entry.source))
            console().print(rows)


def _on_lists(invocation: Invocation) -> frozenset[str] | None:
    """Read who is on the lists that `send` uses, by key; None if they cannot be read."""
    from isa_mail.errors import IsaMailError
    from isa_mail.pipeline.planning import SendOptions, read_send_lists

    try:
        lists, _ = read_send_lists(invocation.workspace(), invocation.settings(), SendOptions())
    except IsaMailError:
        return None
    return frozenset(recipient.key for recipient in lists.recipients)


def _bounced(workspace: "Workspace", edition: str) -> list[tuple[str, str, str]]:
    """Address, reason and source of each whose address does not exist; the source is what the server said."""
    from isa_mail.pipeline import standing

    name = workspace.edition(edition or None)
    return [
        (row.recipient.key, "bounced", f"{name}: {row.reply}")
        for row in standing.report(workspace, name).gone
    ]
