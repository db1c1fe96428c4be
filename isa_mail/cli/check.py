"""`isa-mail check [EDITION]`: all that a person should look at before others do."""

from typing import TYPE_CHECKING

import click

from isa_mail.cli.invocation import Invocation, edition_argument, pass_invocation

if TYPE_CHECKING:
    from isa_mail.model.findings import Finding
    from isa_mail.pipeline.checking import Checked


@click.command("check")
@edition_argument
@click.option("--all", "every_place", is_flag=True, help="Tell each place, and what to do about it.")
@click.option("--fix", is_flag=True, help="Mend what is safe to mend, show each change, then check.")
@click.option("--diff", is_flag=True, help="Show what --fix would change; change nothing.")
@click.option(
    "--accept",
    "accepted",
    metavar="CODE[:PLACE]",
    multiple=True,
    help="Remember that this is meant: the findings at a place (T709:20-report.txt:7), or the whole kind.",
)
@click.option("--online", is_flag=True, help="Also ask every linked address whether it is there.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON alone: all findings as one object.")
@pass_invocation
def command(
    invocation: Invocation,
    edition: str | None,
    every_place: bool,
    fix: bool,
    diff: bool,
    accepted: tuple[str, ...],
    online: bool,
    as_json: bool,
) -> int:
    """Look at EDITION (default: the newest): texts, links, pictures, the letter, both languages, the lists.

    One line for each kind of finding. What blocks keeps `send` from sending, and makes the exit status 1. Nothing is
    changed unless you say --fix, and nothing on the network is asked unless you say --online.
    """
    from isa_mail.cli.findings import show_kinds, show_mended, show_places, summary
    from isa_mail.cli.terminal import console
    from isa_mail.pipeline import checking, mending

    if as_json and (fix or diff or accepted):
        raise click.UsageError("--json only tells; it cannot be used with --fix, --diff or --accept.")
    if fix and diff:
        raise click.UsageError("--diff changes nothing, and --fix does: give one of the two.")
    workspace, settings = invocation.workspace(), invocation.settings()
    name = workspace.edition(edition)
    folder = workspace.place(workspace.edition_directory(name)).file
    out = console()
    if fix or diff:
        files = mending.mend(workspace, settings, name)
        if fix:
            mending.write(workspace, files)
        show_mended(files, out, done=fix)
        if not fix:
            return 0
    checked = checking.check(workspace, settings, name, online=online)
    for wanted in accepted:
        _tell_accepted(wanted, mending.accept(workspace, checked, wanted))
    if accepted:
        checked = checking.again(workspace, checked)
    if as_json:
        _print_json(checked)
        return 1 if checked.blocking else 0
    show = show_places if every_place else show_kinds
    if checked.findings:
        show(checked.findings, folder, checking.meanings(), out)
        out.print()
    out.print(f"{name}: {summary(checked.findings, len(checked.accepted))}.")
    if checked.findings and not every_place:
        out.print(_next_step(checked), style="dim")
    return 1 if checked.blocking else 0


def _tell_accepted(wanted: str, found: "tuple[Finding, ...]") -> None:
    from isa_mail.cli.terminal import count

    words = (
        count(len(found), "finding")
        if wanted.partition(":")[2].strip()
        else f"all of its kind ({len(found):,} now)"
    )
    click.echo(f"Accepted {wanted}: {words}; accepted.txt remembers it.", err=True)


def _next_step(checked: "Checked") -> str:
    safe = sum(each.edit is not None and each.edit.safe for each in checked.findings)
    mends = f"isa-mail check --fix mends {safe:,} of them; " if safe else ""
    return f"{mends}isa-mail check --all tells each place and what to do."


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
                "fixable": one.edit is not None and one.edit.safe,
            }
            for one in findings
        ]

    whole = {
        "edition": checked.edition,
        "findings": told(checked.findings),
        "accepted": told(checked.accepted),
    }
    click.echo(json.dumps(whole, ensure_ascii=False, indent=1))
