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
        in_hand = journal.counts(name, transport)[State.CLAIMED]
        if in_hand and _send_is_running(workspace, name):  # else a send has died
            yield _without_claims(journal.deliveries(name, transport))
        else:
            yield journal.deliveries(name, transport, stopped=True)


def _without_claims(rows: Iterator[Delivery]) -> Iterator[Delivery]:
    for row in rows:
        yield replace(row, state=State.PENDING) if row.state is State.CLAIMED else row


def _send_is_running(workspace: Workspace, name: str) -> bool:
    """Try the edition's lock."""
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


def standing(workspace: Workspace, settings: Settings, name: str) -> Standing:
    """Say where an edition stands and which command comes next; asks files only, renders nothing."""
    try:
        current = build_folder.read_current_build(workspace, name, settings.publication)
    except BuildError as error:
        return Standing(
            name,
            error.message[0].lower() + error.message[1:],
            f"isa-mail preview, then isa-mail build {name}",
        )
    states: dict[State, int] = {}
    with deliveries(workspace, name) as rows:
        for row in rows:
            states[row.state] = states.get(row.state, 0) + 1
    words = ", ".join(f"{number:,} {state.value}" for state, number in states.items())
    if not states:
        return Standing(
            name, f"built ({current.fingerprint[:12]}), not sent.", f"isa-mail send {name} --test"
        )
    if states.get(State.PENDING) or states.get(State.DEFERRED):
        return Standing(name, f"partly sent: {words}.", f"isa-mail send {name}")
    if states.get(State.WRITTEN):
        return Standing(
            name,
            f"written to the outbox: {words}; nothing was sent.",
            "set SMTP_HOST in .env, then isa-mail send --test",
        )
    return Standing(name, f"sent: {words}.", f"isa-mail status {name}")
