"""What became of an edition, in words that can be forwarded to somebody who was not there.

Edge: prints to stdout. `pipeline/standing.py` counts, this page only says it.
"""

from datetime import datetime, timedelta

from isa_mail.cli.terminal import console, plain, show_paragraph
from isa_mail.model.mail import Delivery, State
from isa_mail.model.people import ERASED
from isa_mail.pipeline.standing import Report

_MEANING = {
    State.SENT: "the mail server has taken them",
    State.WRITTEN: "written to the outbox; nothing was sent",
    State.FAILED: "the mail server refused these for good",
    State.UNKNOWN: "handed over, but nobody saw the server's answer: they may or may not have arrived",
    State.DEFERRED: 'the mail server said "later", or the line broke',
    State.PENDING: "not tried yet",
    State.SUPPRESSED: "these have left and get nothing",
}


def show_report(report: Report) -> None:
    """Print how many got it and when, who did not and why, and what to do."""
    out = console()
    out.print(f"Report on edition {report.edition}{_when(report.begun, report.ended)}", style="bold")
    for state, meaning in _MEANING.items():
        number = report.counts.get(state, 0)
        if number:
            out.print()
            show_paragraph(f"{number:,} {state.value}: {meaning}.")
            listed = report.listed.get(state, ())
            for row in listed:
                reply = f": {plain(row.reply)}" if row.reply else ""
                show_paragraph(f"{_person(row)}{reply}", lead="  ", hang=4)
            if listed and number > len(listed):
                out.print(
                    f"  … and {number - len(listed):,} more; all of them: isa-mail status {report.edition} --csv"
                )
    if _next_steps(report):
        out.print("\nWhat to do", style="bold")
        show_steps(report)


def show_steps(report: Report) -> None:
    """Print what to do about those whose mail is not through, each command on a line of its own."""
    for sentence, command in _next_steps(report):
        show_paragraph(sentence, lead="  ")
        console().print(f"    {command}", style="bold")


def _next_steps(report: Report) -> list[tuple[str, str]]:
    """Say what to do, and by which command; empty if all are through."""
    counts, name = report.counts, report.edition
    steps = []
    if report.gone:
        whose = "1 address does" if len(report.gone) == 1 else f"{len(report.gone):,} addresses do"
        steps.append(
            (
                f"{whose} not exist. Correct the list, or never write there again:",
                f"isa-mail suppress --bounced {name}",
            )
        )
    if counts.get(State.FAILED, 0) > len(report.gone):
        sentence = "Look at the other refusals; once the cause is mended:"
        steps.append((sentence, f"isa-mail send {name} --retry failed"))
    if counts.get(State.UNKNOWN):
        sentence = (
            "Ask one of the unknown whether it arrived. If not (the same mail with the same Message-ID):"
        )
        steps.append((sentence, f"isa-mail send {name} --retry unknown"))
    if counts.get(State.DEFERRED) or counts.get(State.PENDING):
        steps.append(("Not all are through. Go on later:", f"isa-mail send {name}"))
    return steps


def _person(row: Delivery) -> str:
    person = row.recipient
    return f"{plain(person.address or ERASED)}{f' ({plain(person.name)})' if person.name else ''}"


def _when(begun: datetime | None, ended: datetime | None) -> str:
    if begun is None or ended is None:
        return ""
    first, last = begun.astimezone(), ended.astimezone()
    if last - first < timedelta(minutes=1):
        return f", {first:%Y-%m-%d %H:%M}"
    until = f"{last:%H:%M}" if first.date() == last.date() else f"{last:%Y-%m-%d %H:%M}"
    return f", from {first:%Y-%m-%d %H:%M} to {until}"
