"""What a run needs of its neighbours, and how a session ends before its time.

    Session.receive -> Verdict(mail, DOT, Reply(250, …)), or LineLost(in_doubt="anna@…", untaken=("bob@…",))

Pure: protocols and exceptions. `session.py` is the mail server's side; journal and flight log live in `store/` and
are handed in by `pipeline/`. `run.py`, `claims.py` and `outbox.py` know no more of them than stands here.
"""

from collections.abc import Container, Sequence
from datetime import datetime
from typing import Protocol

from isa_mail.errors import TransportError
from isa_mail.model.mail import Delivery


class Unreachable(TransportError):
    """The server does not answer just now (refused, timed out, 4xx): a second try may succeed."""


class LineLost(TransportError):
    """The line broke, timed out or fell out of step; the session has closed itself.

    `in_doubt` is the key of the mail whose final dot is out: the server may have taken it, and nobody knows.
    `untaken` are those that were in hand otherwise: of these it certainly has taken nothing. `run.py` turns both
    into states; it is an IsaMailError so that a test mail, which has no journal, shows a sentence as well.
    """

    def __init__(self, reason: str, *, in_doubt: str | None = None, untaken: tuple[str, ...] = ()) -> None:
        """`reason` is a clause such as "no answer within 60 s"; it becomes the row's reply."""
        super().__init__(
            f"The connection to the mail server was lost while handing over a message: {reason}.",
            hint="Nobody can say whether this message arrived: look for it before you send it again."
            if in_doubt
            else "The message did not go out. Check the network, then run the same command again.",
        )
        self.reason = reason
        self.in_doubt = in_doubt
        self.untaken = untaken


class RunJournal(Protocol):
    """The journal of one dispatch. Every call that writes returns once it is on disk; all raise StoreError."""

    def claim(self, keys: Sequence[str], at: datetime, outcomes: Sequence[Delivery]) -> None:
        """In one transaction: store these outcomes, and mark these recipients as in hand."""

    def record(self, outcomes: Sequence[Delivery], at: datetime) -> None:
        """Store these rows as they are."""

    def deferred(self, since: datetime, until: datetime, limit: int) -> Sequence[Delivery]:
        """Read rows that were deferred at `since` or later, until `until`; the oldest first."""


class Leavers(Protocol):
    """Those who left, as they are this very moment. Both raise StoreError."""

    def among(self, keys: Sequence[str]) -> Container[str]:
        """Tell which of these have left."""

    def stamp(self) -> object:
        """Return something that is another once anybody may have left since."""


class FlightLog(Protocol):
    """What left, and what was answered; survives the death of the process once it is written. All raise StoreError."""

    def departs(self, key: str) -> None:
        """Note that a mail is about to leave; it may once `write` has returned."""

    def arrived(self, outcome: Delivery) -> None:
        """Note what became of it."""

    def returns(self, key: str) -> None:
        """Note that nothing of it was taken after all."""

    def write(self) -> None:
        """Write what was noted."""
