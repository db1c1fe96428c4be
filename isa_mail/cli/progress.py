"""The progress of a delivery: a bar on a terminal, nothing in a pipe.

Edge: writes to stderr.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from isa_mail.cli.terminal import console, plain, rich_console, show_paragraph
from isa_mail.model.mail import Delivery, State

_REFRESH_SECONDS = 0.1
_TOLD = (State.FAILED, State.UNKNOWN, State.SUPPRESSED)


@contextmanager
def progress(mails: int, *, retry_after: timedelta) -> Iterator[Callable[[Delivery], None]]:
    """Show how a delivery of `mails` goes on; the function given takes each new state as it comes.

    Once only deferred ones are left, it says until when the run waits: `retry_after` from the earliest deferral.
    """
    if not console(stderr=True).is_terminal:
        yield lambda delivery: None
        return

    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (BarColumn(40), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.fields[note]}"))
    with Progress(*columns, console=rich_console(stderr=True)) as bar:
        task = bar.add_task("", total=mails, note="")
        done: Counter[State] = Counter()
        deferred: dict[str, datetime] = {}  # since when, by the keys of those who are put off
        began = shown = time.monotonic()

        def waiting() -> str:
            until = (min(deferred.values()) + retry_after).astimezone()
            return f"waiting until {until:%H:%M} for {len(deferred)} deferred; Ctrl-C is safe"

        def show(delivery: Delivery) -> None:
            nonlocal shown
            if delivery.state is State.DEFERRED and delivery.at is not None:
                deferred[delivery.key] = delivery.at
            else:
                deferred.pop(delivery.key, None)
                done[delivery.state] += 1
            if delivery.state in _TOLD:
                told = f"{delivery.state.value}: {plain(delivery.recipient.address)}  {plain(delivery.reply)}"
                show_paragraph(told, stderr=True)
            total, now = done.total(), time.monotonic()
            waits = bool(deferred) and total + len(deferred) >= mails
            if waits or total >= mails or now - shown >= _REFRESH_SECONDS:
                shown = now
                note = waiting() if waits else _note(done, len(deferred), total / (now - began) * 60)
                bar.update(task, completed=total, note=note)

        yield show
        # the end of the run: nobody waits any more
        bar.update(task, note=_note(done, len(deferred), done.total() / (time.monotonic() - began) * 60))


def _note(done: Counter[State], deferred: int, a_minute: float) -> str:
    """Write what stands beside the bar: "28 a minute, 2 deferred, 1 failed"."""
    told = {"deferred": deferred} | {state.value: done[state] for state in _TOLD}
    return ", ".join(
        [f"{a_minute:,.0f} a minute", *(f"{number:,} {name}" for name, number in told.items() if number)]
    )
