"""`isa-mail build [EDITION]`: the finished letter as files."""

import click

from isa_mail.cli.invocation import Invocation, edition_argument, pass_invocation


@click.command("build")
@edition_argument
@click.option(
    "--allow-clipping", is_flag=True, help="Build a letter of 100 KB and more, though Gmail will cut it off."
)
@pass_invocation
def command(invocation: Invocation, edition: str | None, allow_clipping: bool) -> None:
    """Build the letter of EDITION (default: the newest).

    Writes build/EDITION/: newsletter.html, newsletter.txt, newsletter.eml, the compiled letter that `send` hands
    over, manifest.json, and the web version in web/. What stands there is what will be sent.
    """
    from isa_mail.cli.findings import show_kinds, summary
    from isa_mail.cli.terminal import console, plain, size, table
    from isa_mail.pipeline import building
    from isa_mail.pipeline.checking import meanings
    from isa_mail.workspace.built import HTML_FILE, MESSAGE_FILE, TEXT_FILE, WEB_FOLDER

    workspace, settings = invocation.workspace(), invocation.settings()
    name = workspace.edition(edition)
    built = building.build(workspace, settings, name, allow_clipping=allow_clipping)
    checked = built.checked
    if checked.findings:
        errors = console(stderr=True)
        show_kinds(
            checked.findings, workspace.place(workspace.edition_directory(name)).file, meanings(), errors
        )
        errors.print(f"{summary(checked.findings)}. Each place: isa-mail check {name} --all", style="dim")
    columns = ("Sections", "HTML", "Text", "Pictures", "Attachments", "Message")
    sizes = table("Language", *columns, right=columns)
    for language, files in built.build.sizes.items():
        inside = (built.pictures[language], built.attachments[language])
        sizes.add_row(
            language,
            str(built.sections[language]),
            size(files[HTML_FILE]),
            size(files[TEXT_FILE]),
            *(f"{each.number} ({size(each.octets)})" if each.number else "–" for each in inside),
            size(files[MESSAGE_FILE]),
        )
    out = console()
    out.print(sizes)
    out.print(f"Edition {name}: {plain(built.title)}")
    out.print(
        f"Fingerprint {built.build.fingerprint[:12]}, written to {workspace.place(built.build.directory)}/"
    )
    if built.unchanged:
        out.print("Nothing has changed since the last build.")
    if built.upload:
        linked = settings.publication.linked_pictures
        why = "shows its pictures from there" if linked else "links to its web version"
        folder = workspace.place(built.build.directory / WEB_FOLDER)
        out.print(f"Before you send it, upload {folder}/ to {built.upload} (the letter {why}).")
    if checked.blocking:
        out.print(f"It cannot be sent like this. Next: isa-mail check {name}")
    else:
        out.print(f"Next: isa-mail preview {name}, then isa-mail send {name} --test")
