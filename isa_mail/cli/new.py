"""`isa-mail new EDITION`: the files of a new edition, ready to be written in."""

import click

from isa_mail.cli.invocation import Invocation, pass_invocation


@click.command("new")
@click.argument("edition")
@pass_invocation
def command(invocation: Invocation, edition: str) -> None:
    """Start the edition EDITION, named by year and month: 2026-11.

    Title, date and language are filled in; what is still to be written stands between ‹ and ›.
    """
    from isa_mail.workspace.skeleton import make_edition

    written = make_edition(invocation.workspace(), edition, invocation.settings().publication)
    for name in written:
        click.echo(f"  {name}")
    click.echo(f"Edition {edition} is started. Write in these files, then: isa-mail preview {edition}")
