"""Where an edition stands, after the fact.

    journal -> Deliveries        build/ + journal -> Standing("2026-09", "partly sent: …", "isa-mail send 2026-09")

Joins store/ and workspace/. Reads only.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from isa_mail.errors import BuildError, Busy
from isa_mail.model import Delivery, State, TransportName
from isa_mail.workspace import built as build_folder
from isa_mail.workspace.find import Workspace
from isa_mail.workspace.settings import Settings


@contextmanager
def deliveries(workspace: Workspace, name: str) -> Iterator[Iterator[Delivery]]:
    """Read the journal's rows of an edition: those sent over SMTP, or, if there are none, the outbox's.

    A row in hand is shown as what it is to people: pending while a send is running, unknown after one that died.
    """
    from isa_mail.store.journal import Journal

    if not workspace.journal.exists():
        yield iter(())
        return
    with Journal.open(workspace.journal) as journal:
        transport = TransportName.SMTP
        if journal.dispatch(name, transport) is None:
            transport = TransportName.OUTBOX
        yield _without_claims(journal.deliveries(name, transport), workspace, name)


def _without_claims(rows: Iterator[Delivery], workspace: Workspace, name: str) -> Iterator[Delivery]:
    from isa_mail.store.journal import STOPPED

    for row in rows:
        if row.state is State.CLAIMED and _send_is_running(workspace, name):
            yield replace(row, state=State.PENDING)
        elif row.state is State.CLAIMED:
            yield replace(row, state=State.UNKNOWN, reply=STOPPED)
        else:
            yield row


def _send_is_running(workspace: Workspace, name: str) -> bool:
    """Try the edition's lock. Only asked when a row is in hand: then a send is running, or has died."""
    from isa_mail.store.lock import SendLock

    try:
        with SendLock(workspace.send_lock(name)):
            return False
    except Busy:
        return True


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an edition stands."""

    edition: str
    sentence: str
    next_command: str


def standing(workspace: Workspace, settings: Settings, name: str, *, smtp: bool) -> Standing:
    """Say where an edition stands and which command comes next; asks files only, renders nothing.

    `smtp` says whether a mail server is configured.
    """
    counts: dict[State, int] = {}
    with deliveries(workspace, name) as rows:
        for row in rows:
            counts[row.state] = counts.get(row.state, 0) + 1
    words = ", ".join(f"{counts[state]:,} {state.value}" for state in State if state in counts)
    is_open = State.PENDING in counts or State.DEFERRED in counts
    if counts and not is_open and State.WRITTEN not in counts:
        return Standing(name, f"sent: {words}.", f"isa-mail status {name}")
    try:
        current = build_folder.read_current_build(workspace, name, settings.publication)
    except BuildError as error:
        return Standing(name, error.message, f"isa-mail preview, then isa-mail build {name}")
    test = f"isa-mail send {name} --test"
    if not counts:
        return Standing(name, f"built ({current.fingerprint[:12]}), not sent.", test)
    if State.WRITTEN not in counts:
        return Standing(name, f"partly sent: {words}.", f"isa-mail send {name}")
    to_outbox = f"isa-mail send {name}" if is_open else "set SMTP_HOST in .env, then isa-mail send --test"
    partly = "partly " if is_open else ""
    sentence = f"{partly}written to the outbox: {words}; nothing was sent."
    return Standing(name, sentence, test if smtp else to_outbox)
