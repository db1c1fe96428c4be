"""Bare `isa-mail`: where the newest edition stands, and which command comes next."""

from isa_mail.cli.invocation import Invocation
from isa_mail.cli.terminal import console, plain


def show_overview(invocation: Invocation) -> None:
    """Print the publication, the newest edition's state and the next command."""
    from isa_mail.pipeline import standing
    from isa_mail.workspace.environment import read_smtp_settings

    workspace, settings = invocation.workspace(), invocation.settings()
    out = console()
    out.print(plain(settings.publication.name), style="bold")
    if not workspace.editions():
        out.print("There is no edition yet.\nNext: isa-mail new EDITION, for example: isa-mail new 2026-11")
        return
    smtp = read_smtp_settings(workspace.root, invocation.environment) is not None
    now = standing.standing(workspace, settings, workspace.edition(None), smtp=smtp)
    out.print(f"Edition {now.edition}: {plain(now.sentence)}")
    out.print(f"Next: {now.next_command}")
