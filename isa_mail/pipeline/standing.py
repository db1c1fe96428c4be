"""Where an edition stands, after the fact.

    journal -> Deliveries -> Report(counts, who is not through and why, whose address does not exist)
    build/ + journal -> Standing("2026-09", "Edition 2026-09: partly sent: …", …)

Joins store/, delivery/ and workspace/. Reads only.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from isa_mail.delivery.bounces import is_no_such_address
from isa_mail.errors import BuildError
from isa_mail.model.mail import Delivery, State, TransportName
from isa_mail.pipeline.sample import keeps_from_sending
from isa_mail.workspace import built as build_folder
from isa_mail.workspace.find import Workspace
from isa_mail.workspace.settings import Settings


@contextmanager
def deliveries(workspace: Workspace, name: str) -> Iterator[Iterator[Delivery]]:
    """Read the journal's rows of an edition: those sent over SMTP, or, if there are none, the outbox's.

    A row in hand is shown as what it is to people: pending while a send is running, unknown after one that died.
    """
    from isa_mail.store.lock import is_held
    from isa_mail.store.records import Records

    if not workspace.journal.exists():
        yield iter(())
        return
    with Records.open(workspace.journal) as journal:
        transport = TransportName.SMTP
        if journal.dispatch(name, transport) is None:
            transport = TransportName.OUTBOX
        in_hand = journal.counts(name, transport)[State.CLAIMED]
        if in_hand and is_held(workspace.send_lock(name)):  # else a send has died
            yield _without_claims(journal.deliveries(name, transport))
        else:
            yield journal.deliveries(name, transport, stopped=True)


def _without_claims(rows: Iterator[Delivery]) -> Iterator[Delivery]:
    for row in rows:
        yield row._replace(state=State.PENDING) if row.state is State.CLAIMED else row


_OTHERS_SHOWN = 3  # editions beside the newest
SHOWN = 200  # people of one state whom a report names; the counts are always whole


class Report(NamedTuple):
    """What became of an edition."""

    edition: str
    counts: Mapping[State, int]  # states that occur
    listed: Mapping[State, tuple[Delivery, ...]]  # of a state that is not through, the first few
    gone: tuple[Delivery, ...]  # refused since there is no such address, and not suppressed yet
    begun: datetime | None  # the first and the last time at which anything became of a mail
    ended: datetime | None


def report(workspace: Workspace, name: str, *, shown: int | None = SHOWN, everyone: bool = False) -> Report:
    """Sum up an edition; `shown`: how many of a state are listed at most, `everyone`: those who are through, too."""
    counts: dict[State, int] = {}
    listed: dict[State, list[Delivery]] = {}
    gone: list[Delivery] = []
    times: list[datetime] = []
    through = () if everyone else (State.SENT, State.WRITTEN)
    with deliveries(workspace, name) as rows:
        for row in rows:
            counts[row.state] = counts.get(row.state, 0) + 1
            if row.at and row.state is not State.PENDING:
                times = [min(*times, row.at), max(*times, row.at)] if times else [row.at, row.at]
            if row.state not in through and (shown is None or counts[row.state] <= shown):
                listed.setdefault(row.state, []).append(row)
            if row.state is State.FAILED and row.entered.header and is_no_such_address(row.reply):
                gone.append(row)
    begun, ended = times or (None, None)
    lists = {state: tuple(found) for state, found in listed.items()}
    return Report(name, counts, lists, _not_suppressed(workspace, gone), begun, ended)


def _not_suppressed(workspace: Workspace, rows: list[Delivery]) -> tuple[Delivery, ...]:
    from isa_mail.store.suppressions import Suppressions

    if not rows or not workspace.suppressions.exists():
        return tuple(rows)
    with Suppressions.open(workspace.suppressions, create=False) as suppressions:
        return tuple(row for row in rows if not suppressions.contains(row.key))


class Standing(NamedTuple):
    """Where an edition stands."""

    edition: str
    sentence: str  # "Edition 2026-09 has not been built yet."
    next_command: str
    blocking: int = 0  # findings that keep it from being sent, as far as reading tells them
    finished: bool = False  # whether nobody has to do anything for it


def standing(workspace: Workspace, settings: Settings, name: str, *, smtp: bool) -> Standing:
    """Say where an edition stands and which command comes next; reads files only, renders nothing.

    `smtp` says whether a mail server is configured.
    """
    counts: dict[State, int] = {}
    with deliveries(workspace, name) as rows:
        for row in rows:
            counts[row.state] = counts.get(row.state, 0) + 1
    words = ", ".join(f"{counts[state]:,} {state.value}" for state in State if state in counts)
    is_open = State.PENDING in counts or State.DEFERRED in counts
    if counts and not is_open and State.WRITTEN not in counts:
        return Standing(name, f"Edition {name}: sent: {words}.", f"isa-mail status {name}", finished=True)
    elsewhere = not counts and workspace.sent_file(name).exists()  # sent from another computer
    try:
        current = build_folder.read_current_build(workspace, name, settings.publication)
    except BuildError as error:
        joint = " " if error.message.startswith(f"{name} ") else f" {name}: "
        command = f"isa-mail preview {name}, then isa-mail build {name}"
        return Standing(
            name, f"Edition{joint}{error.message}", command, _blocking(workspace, settings, name), elsewhere
        )
    fingerprint = current.fingerprint[:12]
    blocking = len(keeps_from_sending(workspace, current, settings.lists))
    if blocking:
        sentence = f"Edition {name}: built ({fingerprint})."
        return Standing(name, sentence, f"isa-mail check {name}", blocking, elsewhere)
    test, send = f"isa-mail send {name} --test", f"isa-mail send {name}"
    if not counts:
        sentence = f"Edition {name}: built ({fingerprint}), not sent."
        return Standing(name, sentence, test, finished=elsewhere)
    if State.WRITTEN not in counts:
        return Standing(name, f"Edition {name}: partly sent: {words}.", send)
    if _rehearsed(workspace, name) != current.fingerprint:
        sentence = f"Edition {name}: built ({fingerprint}), not sent. The outbox holds an earlier build."
        return Standing(name, sentence, test if smtp else send)
    to_outbox = send if is_open else "set SMTP_HOST in .env, then isa-mail send --test"
    partly = "partly " if is_open else ""
    sentence = f"Edition {name}: {partly}written to the outbox: {words}; nothing was sent."
    return Standing(name, sentence, test if smtp else to_outbox)


def worked_on_since(
    workspace: Workspace, settings: Settings, newest: str, *, smtp: bool
) -> tuple[Standing, ...]:
    """Say where the other editions stand that somebody has changed or built since the newest was built.

    If that was never built, since it was changed. Latest first, a few at most.
    """
    since = build_folder.built_at(workspace, newest) or build_folder.changed_at(workspace, newest)
    times = {
        name: max(build_folder.built_at(workspace, name) or 0.0, build_folder.changed_at(workspace, name))
        for name in workspace.editions()
        if name != newest and name.isprintable()
    }
    later = sorted((name for name, at in times.items() if at > since), key=lambda name: -times[name])
    found = (standing(workspace, settings, name, smtp=smtp) for name in later)
    return tuple(islice((each for each in found if not each.finished), _OTHERS_SHOWN))


def _rehearsed(workspace: Workspace, name: str) -> str | None:
    """Say of which build the mails in the outbox are."""
    from isa_mail.store.records import Records

    with Records.open(workspace.journal) as journal:
        known = journal.dispatch(name, TransportName.OUTBOX)
    return known.fingerprint if known else None


def _blocking(workspace: Workspace, settings: Settings, name: str) -> int:
    """Count what keeps texts that are not built yet from being sent; nothing is rendered for it."""
    from isa_mail.pipeline.checking import check_made
    from isa_mail.pipeline.making import Made, try_editions

    editions, errors = try_editions(workspace, settings, name)
    return len(check_made(workspace, settings, Made(name, editions, (), ())).blocking) + len(errors)
