"""`isa-mail build [EDITION]`: the finished letter as files."""

import click

from isa_mail.cli.invocation import Invocation, edition_argument, pass_invocation


@click.command("build")
@edition_argument
@pass_invocation
def command(invocation: Invocation, edition: str | None) -> None:
    """Build the letter of EDITION (default: the newest).

    Writes build/EDITION/: newsletter.html, newsletter.txt, newsletter.eml, the compiled letter that `send` hands
    over, and manifest.json. What stands there is what will be sent.
    """
    from isa_mail.cli.terminal import console, plain, show_findings, size, table
    from isa_mail.pipeline import making
    from isa_mail.workspace.built import HTML_FILE, MESSAGE_FILE, TEXT_FILE

    workspace, settings = invocation.workspace(), invocation.settings()
    name = workspace.edition(edition)
    built = making.build(workspace, settings, name)
    show_findings(built.findings)
    sizes = table(
        "Language", "Sections", "HTML", "Text", "Message", right=("Sections", "HTML", "Text", "Message")
    )
    for language, files in built.build.sizes.items():
        figures = (size(files[HTML_FILE]), size(files[TEXT_FILE]), size(files[MESSAGE_FILE]))
        sizes.add_row(language, str(built.sections[language]), *figures)
    out = console()
    out.print(sizes)
    out.print(f"Edition {name}: {plain(built.title)}")
    out.print(
        f"Fingerprint {built.build.fingerprint[:12]}, written to {workspace.place(built.build.directory)}/"
    )
    out.print(f"Next: isa-mail preview {name}, then isa-mail send {name} --test")
