"""`isa-mail preview [EDITION]`: the draft in the browser, new after every save."""

import click

from isa_mail.cli.invocation import Invocation, edition_argument, pass_invocation


@click.command("preview")
@edition_argument
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="Serve on this port (default: any free one)."
)
@click.option("--no-browser", is_flag=True, help="Only print the address; open no browser.")
@pass_invocation
def command(invocation: Invocation, edition: str | None, port: int, no_browser: bool) -> None:
    """Show the draft of EDITION in the browser.

    The page shows the HTML and the plain-text part and follows every save. Nothing is written to build/, and
    only this machine can open the page. Ctrl-C ends it.
    """
    import webbrowser

    from isa_mail.pipeline import making
    from isa_mail.preview.server import Draft, serve

    workspace = invocation.workspace()
    name = workspace.edition(edition)

    def ready(address: str) -> None:
        click.echo(f"The draft of {name} is at {address}")
        click.echo("It follows every save. Ctrl-C ends it.", err=True)
        if not no_browser:
            webbrowser.open(address)

    def draft() -> Draft:
        return making.draft(workspace, invocation.settings(), name)

    serve(draft, watch=making.watched(workspace, name), port=port, on_ready=ready)
