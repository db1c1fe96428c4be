"""What a run needs of a transport and of a journal, and the two ways a line can fail.

    Message -> Transport.hand_over -> Reply, or LineLost(after_final_dot=True, reason="no answer in 600 s")

Pure: protocols and exceptions. `smtp.py` and `outbox.py` are the transports; the journal lives in `store/` and
is handed in by `pipeline.py`. `run.py` knows nothing but this page.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from isa_mail.errors import TransportError
from isa_mail.model import Delivery, Message, Reply


class Unreachable(TransportError):
    """The server does not answer just now (refused, timed out, 4xx): a second try may succeed."""


class LineLost(TransportError):
    """The line broke, timed out or fell out of step during a hand-over; the transport has closed itself.

    `after_final_dot`: the server may have taken the message, and nobody knows. Otherwise it certainly has not.
    `run.py` turns both into states; it is an IsaMailError so that a test mail, which has no journal, shows a
    sentence as well.
    """

    def __init__(self, *, after_final_dot: bool, reason: str) -> None:
        """`reason` is a clause such as "no answer within 60 s"; it becomes the row's reply."""
        super().__init__(
            f"The connection to the mail server was lost while handing over a message: {reason}.",
            hint="Nobody can say whether this message arrived: look for it before you send it again."
            if after_final_dot
            else "The message did not go out. Check the network, then run the same command again.",
        )
        self.after_final_dot = after_final_dot
        self.reason = reason


class Transport(Protocol):
    """One session with whoever takes messages; lockstep, one message at a time."""

    def is_ready(self) -> bool:
        """Say whether a hand-over can begin; False: close this transport and connect anew."""

    def hand_over(self, message: Message) -> Reply:
        """Hand over one message and return the verdict.

        Raises LineLost if there is none; any other TransportError if nothing of the message was taken and
        nothing was learned about its recipient.
        """

    def close(self) -> None:
        """End the session; never raises, never hangs, may be called twice."""


class RunJournal(Protocol):
    """The journal of one dispatch. Both calls return once everything is on disk; both raise StoreError."""

    def claim(self, keys: Sequence[str], at: datetime, outcomes: Sequence[Delivery]) -> None:
        """In one transaction: store these outcomes, and mark these recipients as in hand."""

    def record(self, outcomes: Sequence[Delivery], at: datetime) -> None:
        """Store these rows as they are."""
