"""The progress of a delivery: a bar on a terminal, nothing in a pipe.

Edge: writes to stderr.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from isa_mail.cli.terminal import console, plain
from isa_mail.model import Delivery, State

_DONE = (State.SENT, State.WRITTEN, State.FAILED, State.UNKNOWN, State.SUPPRESSED)
_TOLD = (State.FAILED, State.UNKNOWN, State.SUPPRESSED)


@contextmanager
def progress(mails: int, *, retry_after: timedelta) -> Iterator[Callable[[Delivery], None]]:
    """Show how a delivery of `mails` goes on; the function given takes each new state as it comes.

    Once only deferred ones are left, it says until when the run waits: `retry_after` from the earliest deferral.
    """
    out = console(stderr=True)
    if not out.is_terminal:
        yield lambda delivery: None
        return

    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (BarColumn(40), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.fields[note]}"))
    with Progress(*columns, console=out) as bar:
        task = bar.add_task("", total=mails, note="")
        latest: dict[str, Delivery] = {}
        counts: Counter[State] = Counter()

        def tally() -> str:
            states = (State.DEFERRED, *_TOLD)
            return ", ".join(f"{counts[state]} {state.value}" for state in states if counts.get(state))

        def waiting() -> str:
            deferred = [row.at for row in latest.values() if row.state is State.DEFERRED and row.at]
            until = (min(deferred) + retry_after).astimezone()
            return f"waiting until {until:%H:%M} for {len(deferred)} deferred; Ctrl-C is safe, the next send goes on"

        def show(delivery: Delivery) -> None:
            before = latest.get(delivery.recipient.key)
            if before:
                counts[before.state] -= 1
            latest[delivery.recipient.key] = delivery
            counts[delivery.state] += 1
            done = sum(counts.get(state, 0) for state in _DONE)
            waits = counts[State.DEFERRED] and done + counts[State.DEFERRED] == mails
            bar.update(task, completed=done, note=waiting() if waits else tally())
            if delivery.state in _TOLD:
                bar.console.print(
                    f"{delivery.state.value}: {plain(delivery.recipient.address)}  {plain(delivery.reply)}"
                )

        yield show
        bar.update(task, note=tally())  # the end of the run: nobody waits any more
