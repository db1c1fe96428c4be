"""`isa-mail init DIR`: a workspace with settings, the sample edition and the example list."""

from pathlib import Path

import click

from isa_mail.cli.invocation import Invocation, pass_invocation


@click.command("init")
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@pass_invocation
def command(invocation: Invocation, directory: Path) -> None:
    """Make a workspace in DIR.

    It holds the settings, a sample edition and an example list, and asks nothing: `isa-mail build` works in it
    at once. Files that exist are never overwritten.
    """
    from isa_mail.workspace.skeleton import make_workspace

    target = invocation.directory / directory
    for name in make_workspace(target):
        click.echo(f"  {name}")
    click.echo(f"Your workspace is ready: {target}")
    click.echo("Next: write your sender and imprint into isa-mail.toml, then: isa-mail build")
