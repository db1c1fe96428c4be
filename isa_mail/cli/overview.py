"""Bare `isa-mail`: where the newest edition stands, and which command comes next."""

from typing import TYPE_CHECKING

from isa_mail.cli.invocation import Invocation
from isa_mail.cli.terminal import console, count, plain

if TYPE_CHECKING:
    from isa_mail.pipeline.standing import Standing


def show_overview(invocation: Invocation) -> None:
    """Print the publication, where the newest edition stands and others worked on since, and the next commands."""
    from isa_mail.pipeline import standing
    from isa_mail.workspace.environment import read_smtp_settings

    workspace, settings = invocation.workspace(), invocation.settings()
    out = console()
    out.print(plain(settings.publication.name), style="bold")
    if not workspace.editions():
        out.print("There is no edition yet.")
        out.print(
            "Next: isa-mail import FILE takes a pasted text or a .docx apart; isa-mail new 2026-11 starts one"
        )
        return
    smtp = read_smtp_settings(workspace.root, invocation.environment) is not None
    newest = workspace.edition(None)
    others = standing.worked_on_since(workspace, settings, newest, smtp=smtp)
    for each in others:
        out.print(" ".join((plain(each.sentence), *_blocking(each), f"Next: {each.next_command}")))
    now = standing.standing(workspace, settings, newest, smtp=smtp)
    out.print(plain(now.sentence))
    check = f"isa-mail check {newest}"
    for keep in _blocking(now):
        out.print(keep if now.next_command == check else f"{keep.removesuffix('.')}: {check}")
    out.print(f"Next: {now.next_command}")


def _blocking(now: "Standing") -> tuple[str, ...]:
    """Say how much keeps an edition from being sent, if anything does."""
    if not now.blocking:
        return ()
    return (
        f"{count(now.blocking, 'finding')} {'keeps' if now.blocking == 1 else 'keep'} it from being sent.",
    )
