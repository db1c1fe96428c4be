"""`isa-mail send [EDITION]`: the plan, the typed number, the delivery, the report."""

import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Self

import click

from isa_mail.cli.invocation import Invocation, edition_argument, pass_invocation

if TYPE_CHECKING:
    from isa_mail.model.publication import SmtpSettings
    from isa_mail.pipeline.planning import SendOptions, SendPlan
    from isa_mail.pipeline.sending import Sending
    from isa_mail.workspace.find import Workspace
    from isa_mail.workspace.settings import Settings


@click.command("send")
@edition_argument
@click.option("--dry-run", is_flag=True, help="Do everything but connect; write nothing.")
@click.option(
    "--test",
    "test_to",
    metavar="ADDRESS",
    is_flag=False,
    flag_value="",
    help="Send one mail a language to ADDRESS (default: test_to of isa-mail.toml), marked [TEST].",
)
@click.option(
    "--to", "lists", metavar="LIST", multiple=True, help="Send to this list instead; may be repeated."
)
@click.option(
    "--where",
    metavar="COLUMN=VALUE",
    multiple=True,
    help="Only rows with this value; repeated: all must hold.",
)
@click.option(
    "--limit", type=click.IntRange(1), metavar="N", help="Hand over N mails at the most in this run."
)
@click.option(
    "--confirm", type=click.IntRange(0), metavar="N", help="The number of mails, instead of typing it."
)
@click.option(
    "--retry",
    type=click.Choice(["unknown", "failed"]),
    help="Also try again those whose outcome is unknown, or that failed.",
)
@click.option("--changed", is_flag=True, help="Give the rest a version built after the first send.")
@pass_invocation
def command(
    invocation: Invocation,
    edition: str | None,
    dry_run: bool,
    test_to: str | None,
    lists: tuple[str, ...],
    where: tuple[str, ...],
    limit: int | None,
    confirm: int | None,
    retry: str | None,
    changed: bool,
) -> int:
    """Send EDITION (default: the newest) to the lists of isa-mail.toml.

    First the plan: who gets it, who does not and why. Then you type the number of mails. A send that was
    interrupted goes on where it stopped: nobody gets it twice. Without SMTP_HOST in .env the mails are written
    to outbox/EDITION/ and nothing is sent.
    """
    from isa_mail.model.mail import State
    from isa_mail.pipeline.planning import SendOptions
    from isa_mail.pipeline.sending import sending
    from isa_mail.workspace.environment import read_smtp_settings

    workspace, settings = invocation.workspace(), invocation.settings()
    if test_to is not None and "@" in (edition or ""):
        raise click.UsageError("--test takes one address. Run it again for each of the others.")
    name = workspace.edition(edition)
    smtp = read_smtp_settings(workspace.root, invocation.environment)
    if test_to is not None:
        _refuse_beside_test(
            {
                "--dry-run": dry_run,
                "--to": lists,
                "--where": where,
                "--limit": limit,
                "--confirm": confirm is not None,
                "--retry": retry,
                "--changed": changed,
            }
        )
        return _test(workspace, settings, name, test_to, smtp)
    options = SendOptions(
        lists=lists,
        where=tuple(_condition(text) for text in where),
        limit=limit,
        retry=State(retry) if retry else None,
        changed=changed,
        dry_run=dry_run,
    )
    with sending(workspace, settings, name, options, smtp, now=datetime.now(UTC)) as prepared:
        return _send(prepared, workspace, options, confirm)


def _condition(text: str) -> tuple[str, str]:
    column, equals, value = text.partition("=")
    if not equals or not column.strip():
        raise click.BadParameter(
            f"{text!r} is not COLUMN=VALUE, for example language=zh.", param_hint="--where"
        )
    return column.strip(), value.strip()


def _refuse_beside_test(options: Mapping[str, object]) -> None:
    """Refuse what a test mail would not obey: whoever writes --dry-run expects that nothing leaves."""
    for option, given in options.items():
        if given:
            raise click.UsageError(f"--test sends its mail at once and cannot be used with {option}.")


def _test(
    workspace: "Workspace", settings: "Settings", name: str, address: str, smtp: "SmtpSettings | None"
) -> int:
    from isa_mail.addresses import parse_mailbox
    from isa_mail.cli.plan import show_warnings
    from isa_mail.cli.terminal import plain
    from isa_mail.pipeline.sending import send_test

    mailbox = parse_mailbox(address, international=True) if address else settings.test_to
    if mailbox is None:
        raise click.UsageError("Name an address: --test ADDRESS, or set test_to in isa-mail.toml.")
    show_warnings(workspace)
    accepted = True
    for language, reply in send_test(workspace, settings, name, mailbox, smtp, now=datetime.now(UTC)):
        click.echo(f"[TEST] {language} to {mailbox.address}: {plain(str(reply))}")
        accepted = accepted and reply.code < 300
    if smtp is None:
        click.echo("Nothing was sent: no SMTP_HOST is set. The test mail lies in the outbox.")
    return 0 if accepted else 1


def _send(prepared: "Sending", workspace: "Workspace", options: "SendOptions", confirm: int | None) -> int:
    from isa_mail.cli.plan import show_plan
    from isa_mail.errors import IsaMailError
    from isa_mail.model.mail import State

    plan = prepared.plan
    show_plan(plan, workspace)
    mails = len(plan.plan.to_send)
    if options.dry_run:
        prepared.rehearse(now=datetime.now(UTC))
        click.echo("Dry run: every mail was put together; nothing was sent or written.")
        return 0
    if mails == 0:
        prepared.settle(now=datetime.now(UTC))
        click.echo("There is nothing to send.")
        return 3 if any(plan.plan.done.get(state) for state in (State.FAILED, State.UNKNOWN)) else 0
    _confirm(mails, confirm, plan)
    try:
        stopped = _deliver(prepared, mails)
    except (IsaMailError, KeyboardInterrupt):  # what had gone out by then, before the error that says why
        with suppress(IsaMailError):
            _show_counts(prepared)
        raise
    status = _report(prepared, workspace)
    return 1 if stopped else status


def _confirm(mails: int, confirm: int | None, plan: "SendPlan") -> None:
    """Have a person type the number of mails; raises SendRefused or click.Abort if it is not the same."""
    from isa_mail.errors import SendRefused

    again = "Look at the plan above, then run the same command again"
    if confirm is None and not sys.stdin.isatty():
        raise SendRefused("Nobody is here to confirm.", hint=f"Without a terminal, add: --confirm {mails}")
    if confirm is None:
        confirm = _typed_number("write" if plan.smtp is None else "send")
    else:
        again += f" with --confirm {mails}"
    if confirm != mails:
        raise SendRefused(
            f"This run would hand over {mails} mails, and that is not the number given.", hint=f"{again}."
        )


def _typed_number(verb: str) -> int | None:
    """Ask for the number of mails, three times at the most; None if no number was typed."""
    for _ in range(3):
        answer = click.prompt(
            f"Type the number of mails to {verb} them", default="", show_default=False
        ).strip()
        if answer.isdecimal():
            return int(answer)
        click.echo(
            'That is no number. It stands in the plan above, at "Mails in this run"; Ctrl-C stops.', err=True
        )
    return None


def _deliver(prepared: "Sending", mails: int) -> bool:
    """Hand over the mails behind a progress bar; say whether a person stopped it."""
    import platform
    import time

    from isa_mail.cli.progress import progress

    retry_after = timedelta(seconds=prepared.plan.pace.retry_after_seconds)
    with _StopSwitch() as switch, progress(mails, retry_after=retry_after) as show:
        for delivery in prepared.deliver(
            now=lambda: datetime.now(UTC),
            sleep=time.sleep,
            stopping=switch.stopping,
            at_once=switch.at_once,
            machine=platform.node(),
        ):
            show(delivery)
        return switch.stopping()


def _report(prepared: "Sending", workspace: "Workspace") -> int:
    """Say how the edition stands after the run; the exit status is 3 if anyone is deferred, failed or unknown."""
    from isa_mail.model.mail import State

    counts = prepared.counts()
    plan = prepared.plan
    _show_counts(prepared)
    if plan.smtp is None:
        click.echo(f"Nothing was sent: no SMTP_HOST is set. The mails lie in {plan.outbox}.")
    unfinished = (State.DEFERRED, State.FAILED, State.UNKNOWN)  # pending: a --limit did what it was asked to
    if plan.smtp and any(counts.get(state) for state in (*unfinished, State.PENDING)):
        from isa_mail.cli.report import show_report
        from isa_mail.pipeline import standing

        click.echo()
        show_report(standing.report(workspace, plan.edition))
        click.echo(f"\nTo read this again: isa-mail status {plan.edition} --report", err=True)
    return 3 if any(counts.get(state) for state in unfinished) else 0


def _show_counts(prepared: "Sending") -> None:
    from isa_mail.model.mail import State

    counts = prepared.counts()
    groups = [f"{counts[state]:,} {state.value}" for state in State if counts.get(state)]
    if groups:
        click.echo(f"{prepared.plan.edition}: {', '.join(groups)}.")


class _StopSwitch:
    """Ctrl-C and SIGTERM: the first stops a run between two mails, the second does not wait for answers either.

    Neither breaks in where the run happens to be: between a mail that leaves and the note that it did, it would
    make someone get it twice. Only a third Ctrl-C does, should nothing else help.
    """

    def __init__(self) -> None:
        self._pressed = 0

    def __enter__(self) -> Self:
        signals = (signal.SIGINT, signal.SIGTERM)
        self._previous = {number: signal.signal(number, self._press) for number in signals}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)

    def stopping(self) -> bool:
        """Whether no new mail may begin."""
        return self._pressed > 0

    def at_once(self) -> bool:
        """Whether answers are not to be waited for."""
        return self._pressed > 1

    def _press(self, number: int, frame: object) -> None:
        self._pressed += 1
        if self._pressed == 1:
            click.echo("\nStopping after the mail in hand. Ctrl-C again stops at once.", err=True)
        else:
            signal.signal(signal.SIGINT, signal.default_int_handler)
