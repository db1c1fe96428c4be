"""The plan of a send, as a person reads it before typing the number.

Edge: prints to stdout. `pipeline/sending.py` makes the plan, this page only shows it.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from isa_mail.cli.terminal import (
    console,
    count,
    duration,
    plain,
    show_figures,
    show_findings,
    show_paragraph,
    size,
    styled,
)
from isa_mail.model.mail import State
from isa_mail.pipeline.lists import Comparison, Letters
from isa_mail.pipeline.planning import SendPlan
from isa_mail.workspace.built import MESSAGE_FILE, WEB_FOLDER
from isa_mail.workspace.find import Workspace
from isa_mail.workspace.precautions import warnings

if TYPE_CHECKING:
    from isa_mail.pipeline.audience import ListReport

_SHOWN = 20  # names listed of one group; the count is always whole


def show_plan(send: SendPlan, workspace: Workspace) -> None:
    """Print subject, transport, lists, who is left out and why, the comparison, and the number of mails."""
    out = console()
    show_warnings(workspace)
    sizes = {language: files[MESSAGE_FILE] for language, files in send.build.sizes.items()}
    for language, subject in send.build.subjects.items():
        out.print(f"Edition {send.edition} ({language}), {size(sizes[language])} a mail")
        out.print(f"  Subject: {plain(subject)}")
    out.print(f"  Build:   {send.build.fingerprint[:12]}")
    out.print(f"  Via:     {_via(send)}")
    if send.upload:
        folder = workspace.place(send.build.directory / WEB_FOLDER)
        out.print(f"  Web:     {folder}/ has to lie at {plain(send.upload)} by now", style="yellow")
    _show_lists(send)
    show_findings(send.lists.findings)
    _show_refused(send)
    _show_groups(send)
    out.print(f"Mails in this run: {len(send.plan.to_send)}", style="bold")
    languages = send.letters.languages
    if len(languages) > 1:
        out.print("  By language: " + ", ".join(f"{name} {number:,}" for name, number in languages.items()))
    show_without_letter(send.letters)
    if send.seconds:
        pace = ((send.pace.messages_per_minute, "a minute"), (send.pace.messages_per_day, "a day"))
        limits = " and ".join(f"{number:,} {unit}" for number, unit in pace if number)
        end = datetime.now().astimezone() + timedelta(seconds=send.seconds)
        out.print(f"  About {duration(send.seconds)} at {limits}: finished on {end:%Y-%m-%d} at {end:%H:%M}")


def show_warnings(workspace: Workspace) -> None:
    """Say on stderr if others can read the password, or if the journal lies where it may be damaged."""
    for check in warnings(workspace.root, workspace.journal):
        said = styled((f"{check.name}: {plain(check.said)}.", "yellow"), stderr=True)
        lead = styled(("Warning: ", "yellow"), stderr=True)
        show_paragraph(said, lead=lead, hang=9, stderr=True)
        hint = styled((plain(check.hint), "dim"), stderr=True)
        show_paragraph(hint, lead=" " * 9, hang=9, stderr=True)


def _via(send: SendPlan) -> str:
    if send.smtp is None:
        return f"the outbox, {send.outbox} (no SMTP_HOST is set: nothing will be sent)"
    return f"{plain(send.smtp.host)}:{send.smtp.port}, {send.smtp.security.value}"


def _show_lists(send: SendPlan) -> None:
    show_lists(send.lists.lists)
    if send.unused_lists:
        console().print(f"Not used: {', '.join(plain(name) for name in send.unused_lists)}", style="dim")


def show_lists(reports: "Iterable[ListReport]") -> None:
    """Set out what each list held: rows = usable + duplicates + refused."""
    rows = [
        (
            plain(report.file),
            *map("{:,}".format, (report.rows, report.usable, report.duplicates, report.refused)),
        )
        for report in reports
    ]
    show_figures(("List", "Rows", "Usable", "Duplicates", "Refused"), rows)


def _show_refused(send: SendPlan) -> None:
    number = send.lists.refused_count
    if not number:
        return
    console().print(f"{count(number, 'row')} cannot be used and will get nothing:", style="yellow")
    for row in islice(send.lists.refused, _SHOWN):
        show_paragraph(f"{plain(str(row.place))}  {plain(row.text)}: {plain(row.reason)}", lead="  ", hang=4)
    if number > _SHOWN:
        console().print(f"  … and {number - _SHOWN} more: isa-mail lists --names")


def _show_groups(send: SendPlan) -> None:
    out, people = console(), send.plan
    latest = send.suppression_changed.astimezone() if send.suppression_changed else None
    changed = f", last change {latest.day} {latest:%B %Y}" if latest else ""
    if len(people.suppressed) or changed:
        out.print(f"Suppressed: {len(people.suppressed):,}{changed}")
    for state, number in people.done.items():
        hint = " (not sent again unless you add --retry unknown)" if state is State.UNKNOWN else ""
        hint = " (again with --retry failed)" if state is State.FAILED else hint
        out.print(f"Already {state.value}: {number:,}{hint}")
    if send.outbox_anew:
        out.print("The mails of an earlier rehearsal in the outbox are replaced; nothing of it was sent.")
    if len(people.retried):
        out.print(f"Tried again: {len(people.retried):,}, with the same Message-ID")
    if len(people.open):
        out.print(f"Still open from an earlier run: {len(people.open):,}")
    if people.gone:
        out.print(f"No longer on the lists, so not sent to: {len(people.gone):,}")
        for key in people.gone[:_SHOWN]:
            out.print(f"  {plain(key)}", style="dim")
        if len(people.gone) > _SHOWN:
            out.print(f"  … and {len(people.gone) - _SHOWN} more", style="dim")
    if people.done and len(people.new):
        out.print(f"New on the lists since the first run: {len(people.new):,}")
    if send.previous:
        out.print(f"{comparison_line(send.previous)} (by name: isa-mail lists --names)")


def show_without_letter(letters: Letters) -> None:
    """Say who gets the letter in another language than their own."""
    if letters.without:
        often = sorted(letters.without.items(), key=lambda each: (-each[1], each[0]))
        words = ", ".join(f"{plain(name)} {number:,}" for name, number in often[:_SHOWN])
        more = f" and {len(often) - _SHOWN} more languages" if len(often) > _SHOWN else ""
        console().print(
            f"  No letter in their language, so they get {letters.fallback}: {words}{more}", style="yellow"
        )


def comparison_line(then: Comparison) -> str:
    """Say in one line how the lists differ from those of the edition before."""
    figures = {"new": then.new, "gone": then.gone, "suppressed": then.suppressed}
    return f"Against {then.edition}: " + ", ".join(f"{len(keys):,} {word}" for word, keys in figures.items())
