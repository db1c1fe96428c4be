"""`isa-mail preview [EDITION]`: the draft in the browser, new after every save; or as a folder to pass on."""

from pathlib import Path

import click

from isa_mail.cli.invocation import Invocation, edition_argument, pass_invocation


@click.command("preview")
@edition_argument
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="Serve on this port (default: any free one)."
)
@click.option("--no-browser", is_flag=True, help="Only print the address; open no browser.")
@click.option("--as", "address", metavar="ADDRESS", help="Begin with the letter of this person on the lists.")
@click.option(
    "--export",
    "folder",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write the preview into a folder that opens without isa-mail; nothing personal in it but --as.",
)
@pass_invocation
def command(
    invocation: Invocation,
    edition: str | None,
    port: int,
    no_browser: bool,
    address: str | None,
    folder: Path | None,
) -> None:
    """Show the draft of EDITION in the browser.

    The page shows the mail as its readers will see it, and follows every save. Nothing is written to build/, and
    only this machine can open the page. Ctrl-C ends it.
    """
    import secrets
    import webbrowser
    from contextlib import closing

    from isa_mail.pipeline.previewing import Previewing, StagedReaders

    workspace = invocation.workspace()
    name = workspace.edition(edition)
    previewing = Previewing(workspace, invocation.settings, name)
    with closing(StagedReaders(workspace, invocation.settings)) as readers:
        shown = readers.named(address) if address else None
        if folder:
            from isa_mail.preview.export import export

            page = export(previewing.draft(), folder, shown)
            click.echo(f"The draft of {name} is in {page}: pass on the folder, or that file alone.")
            return

        def ready(address: str) -> None:
            click.echo(f"The draft of {name} is at {address}")
            click.echo("It follows every save. Ctrl-C ends it.", err=True)
            if not no_browser:
                webbrowser.open(address)

        from isa_mail.preview.server import serve

        serve(
            previewing.draft,
            readers,
            watch=previewing.watched,
            port=port,
            key=secrets.token_urlsafe(12),
            shown=shown.recipient if shown else None,
            on_ready=ready,
        )
