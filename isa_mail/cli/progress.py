"""The progress of a delivery: a bar on a terminal, nothing in a pipe.

Edge: writes to stderr.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from isa_mail.cli.terminal import console, plain
from isa_mail.model import Delivery, State

_DONE = (State.SENT, State.WRITTEN, State.FAILED, State.UNKNOWN, State.SUPPRESSED)
_TOLD = (State.FAILED, State.UNKNOWN, State.SUPPRESSED)


@contextmanager
def progress(mails: int) -> Iterator[Callable[[Delivery], None]]:
    """Show how a delivery of `mails` goes on; the function given takes each new state as it comes."""
    out = console(stderr=True)
    if not out.is_terminal:
        yield lambda delivery: None
        return

    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (BarColumn(40), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.fields[note]}"))
    with Progress(*columns, console=out) as bar:
        task = bar.add_task("", total=mails, note="")
        latest: dict[str, State] = {}
        counts: Counter[State] = Counter()

        def show(delivery: Delivery) -> None:
            before = latest.get(delivery.recipient.key)
            if before:
                counts[before] -= 1
            latest[delivery.recipient.key] = delivery.state
            counts[delivery.state] += 1
            note = ", ".join(
                f"{counts[state]} {state.value}" for state in (State.DEFERRED, *_TOLD) if counts.get(state)
            )
            bar.update(task, completed=sum(counts.get(state, 0) for state in _DONE), note=note)
            if delivery.state in _TOLD:
                bar.console.print(
                    f"{delivery.state.value}: {plain(delivery.recipient.address)}  {plain(delivery.reply)}"
                )

        yield show
