"""`isa-mail doctor`: whether an edition could go out from here, and what to do if not."""

import click

from isa_mail.cli.invocation import Invocation, edition_argument, pass_invocation

_LONGEST = 500  # characters; a sentence that quotes paths and what a server says


@click.command("doctor")
@edition_argument
@pass_invocation
def command(invocation: Invocation, edition: str | None) -> int:
    """Try everything that a send of EDITION (default: the newest) needs, and send nothing.

    Reads the settings, looks where password and journal lie, connects to the mail server, logs in, asks for its
    limits and hangs up. Exit status 1 if something fails.
    """
    from rich.text import Text

    from isa_mail.cli.terminal import console, count, plain, show_paragraph, writes_all_signs
    from isa_mail.model.findings import Severity
    from isa_mail.pipeline.checkup import check_up

    out, failed, warned = console(), 0, 0
    good, bad, arrow = ("✓", "✗", "→") if writes_all_signs() else ("+", "X", ">")  # a console of old Windows
    marks = {None: (good, "green"), Severity.WARNING: ("!", "yellow"), Severity.BLOCKS: (bad, "bold red")}
    workspace = invocation.workspace()
    name = workspace.edition(edition) if edition is not None or workspace.editions() else None
    for check in check_up(workspace, name, invocation.environment):
        mark, style = marks[check.severity]
        failed += check.severity is Severity.BLOCKS
        warned += check.severity is Severity.WARNING
        lead = Text.assemble((mark, style), f" {check.name:12} ")
        show_paragraph(plain(check.said, _LONGEST), lead=lead, hang=15)
        if check.hint:
            hint = Text(plain(check.hint, _LONGEST), style=style)
            show_paragraph(hint, lead=Text(f"{'':15}{arrow} ", style=style), hang=17)
    if failed:
        out.print(f"\n{count(failed, 'thing')} to mend before a send can work.", style="bold")
        return 1
    if warned:
        out.print(f"\nA send can work; {count(warned, 'thing')} to look at. Nothing was sent.", style="bold")
    else:
        out.print("\nAll is well. Nothing was sent.", style="bold")
    return 0
