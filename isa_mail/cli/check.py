"""`isa-mail check [EDITION]`: all that a person should look at before others do."""

from typing import TYPE_CHECKING

import click

from isa_mail.cli.invocation import Invocation, edition_argument, pass_invocation

if TYPE_CHECKING:
    from isa_mail.model import Finding
    from isa_mail.pipeline.checking import Checked


@click.command("check")
@edition_argument
@click.option("--all", "every_place", is_flag=True, help="Tell each place, and what to do about it.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON alone: all findings as one object.")
@pass_invocation
def command(invocation: Invocation, edition: str | None, every_place: bool, as_json: bool) -> int:
    """Look at EDITION (default: the newest): its texts, links, pictures, the letter, both languages, the lists.

    One line for each kind of finding. What blocks keeps `send` from sending, and makes the exit status 1. Nothing is
    changed or sent, and nothing is asked on the network.
    """
    from isa_mail.cli.findings import show_kinds, show_places, summary
    from isa_mail.cli.terminal import console
    from isa_mail.pipeline import checking

    workspace, settings = invocation.workspace(), invocation.settings()
    name = workspace.edition(edition)
    checked = checking.check(workspace, settings, name)
    if as_json:
        _print_json(checked)
    else:
        folder = workspace.place(workspace.edition_directory(name)).file
        show = show_places if every_place else show_kinds
        out = console()
        if checked.findings:
            show(checked.findings, folder, checking.meanings(), out)
            out.print()
        out.print(f"{name}: {summary(checked.findings, len(checked.accepted))}.")
    return 1 if checked.blocking else 0


def _print_json(checked: "Checked") -> None:
    import json

    def told(findings: "tuple[Finding, ...]") -> list[dict[str, object]]:
        return [
            {
                "code": one.code,
                "severity": one.severity,
                "file": one.place.file,
                "line": one.place.line,
                "message": one.message,
                "hint": one.hint,
            }
            for one in findings
        ]

    whole = {
        "edition": checked.edition,
        "findings": told(checked.findings),
        "accepted": told(checked.accepted),
    }
    click.echo(json.dumps(whole, ensure_ascii=False, indent=1))
