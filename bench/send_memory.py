"""How much memory the delivery needs, from few to very many recipients, whom a generator makes up.

    python -m bench.send_memory 1000 && python -m bench.send_memory 1000000

Journal, claims, sessions and flight log as in a real send, a letter of a few lines, send_sink.py as the server. Prints
the number of recipients and the peak of this process in MiB.
"""

import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.send import sink
from isa_mail.delivery.run import deliver
from isa_mail.delivery.smtp import open_session
from isa_mail.model.mail import Delivery, Dispatch, Envelope, Message, State, TransportName
from isa_mail.model.people import UNIT_SEPARATOR, JournalEntry, ListHeader
from isa_mail.model.publication import DeliverySettings, Fingerprint, Security, SmtpSettings
from isa_mail.store.journal import Journal
from isa_mail.store.suppressions import Suppressions

HEADER = ListHeader("recipients/members.csv", (("address", 0), ("name", 1)), 1, None)


def audience(number: int) -> Iterator[JournalEntry]:
    for n in range(number):
        address = f"user{n:07}@example.net"
        yield address, 0, n + 2, f"{address}{UNIT_SEPARATOR}Ann Smith {n}", "de", "de"


def messages(rows: Sequence[Delivery]) -> list[Message]:
    return [message(row.recipient.address, row.recipient.name) for row in rows]


def message(to: str, name: str) -> Message:
    content = f"To: {to}\r\nSubject: Post\r\n\r\nGuten Tag {name}\r\n".encode()
    return Message(Envelope("letters@example.org", to), f"<{to}>", (content,))


def main() -> None:
    number = int(sys.argv[1])
    with tempfile.TemporaryDirectory() as name, sink() as port:
        folder = Path(name)
        with Journal.open(folder / "journal.sqlite3") as journal:
            begun = Dispatch("2026-10", TransportName.SMTP, Fingerprint("f" * 64), datetime.now(UTC))
            dispatch = journal.begin(begun, {"de": b""})
            journal.stage(dispatch, [HEADER], audience(number))
            sent = sum(
                row.state is State.SENT
                for row in deliver(
                    journal.deliveries("2026-10", TransportName.SMTP, (State.PENDING,)),
                    connect=lambda: open_session(SmtpSettings("127.0.0.1", port, Security.NONE, None, None)),
                    journal=journal.writer(dispatch),
                    flights=journal.begin_flights(dispatch, datetime.now(UTC)),
                    merge=messages,
                    leavers=Suppressions.open(folder / "suppressed.sqlite3", create=True),
                    settings=DeliverySettings(sessions=10, messages_per_minute=0),
                    now=lambda: datetime.now(UTC),
                    sleep=time.sleep,
                    stopping=lambda: False,
                )
            )
    assert sent == number, sent
    print(f"{number:,} recipients: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
