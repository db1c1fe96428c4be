"""Bare `isa-mail`: where the newest edition stands, and which command comes next."""

from isa_mail.cli.invocation import Invocation
from isa_mail.cli.terminal import console, plain


def show_overview(invocation: Invocation) -> None:
    """Print the publication, the newest edition's state and the next command."""
    from isa_mail.pipeline import standing

    workspace, settings = invocation.workspace(), invocation.settings()
    out = console()
    out.print(plain(settings.publication.name), style="bold")
    if not workspace.editions():
        out.print("There is no edition yet.\nNext: isa-mail new EDITION, for example: isa-mail new 2026-11")
        return
    now = standing.standing(workspace, settings, workspace.edition(None))
    out.print(f"Edition {now.edition}: {plain(now.sentence)}")
    out.print(f"Next: {now.next_command}")
