"""People, editions and shortcuts that the tests of the journal share."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone

from isa_mail.model.findings import Place
from isa_mail.model.mail import Delivery, Dispatch, State, TransportName
from isa_mail.model.people import JournalEntry, ListHeader, Recipient
from isa_mail.model.publication import Fingerprint
from isa_mail.recipients.people import person_cells, person_header
from isa_mail.store.journal import Journal

SMTP, OUTBOX = TransportName.SMTP, TransportName.OUTBOX
EDITION = "2026-09"
NOON = datetime(2026, 9, 1, 12, 0, 0, 123456, tzinfo=UTC)
DATE = datetime(2026, 9, 1, 14, 0, tzinfo=timezone(timedelta(hours=2)))
FIRST_BUILD, SECOND_BUILD = Fingerprint("a" * 64), Fingerprint("b" * 64)
ANNA, BERND, CHEN = "anna@example.org", "bernd@example.org", "chen@example.org"


def dispatch(edition: str = EDITION, transport: TransportName = SMTP) -> Dispatch:
    return Dispatch(edition, transport, FIRST_BUILD, DATE)


def person(address: str, name: str = "", line: int = 2, **fields: str) -> Recipient:
    return Recipient(
        address, name, "de", {"address": address, **fields}, Place("recipients/members.csv", line)
    )


def begun(journal: Journal, *addresses: str) -> Dispatch:
    """Begin the first build and stage people by address."""
    now = journal.begin(dispatch(), {"de": b"erster Brief"})
    journal.stage(now, *staged(*map(person, addresses)))
    return now


def row(journal: Journal, address: str, transport: TransportName = SMTP) -> Delivery:
    (found,) = [row for row in journal.deliveries(EDITION, transport) if row.recipient.address == address]
    return found


def states(journal: Journal) -> dict[str, State]:
    return {row.recipient.address: row.state for row in journal.deliveries(EDITION, SMTP)}


def outcome(journal: Journal, address: str, state: State, reply: str = "") -> Delivery:
    """What a run makes of a row that it has handed over."""
    now = row(journal, address)
    return now._replace(state=state, reply=reply, at=NOON, attempts=now.attempts + 1)


def through(journal: Journal, now: Dispatch, address: str, state: State, reply: str = "") -> None:
    """Claim a row and record its outcome."""
    journal.claim(now, [address], NOON)
    journal.record(now, [outcome(journal, address, state, reply)], NOON)


def staged(*people: Recipient, language: str = "de") -> tuple[Sequence[ListHeader], Sequence[JournalEntry]]:
    headers = [person_header(each.place.file, each.fields) for each in people]
    return headers, [
        (each.key, number, each.place.line, person_cells(each, each.fields), each.language, language)
        for number, each in enumerate(people)
    ]
