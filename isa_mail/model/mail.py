"""Messages and what becomes of them, in the terms of RFC 5321 and RFC 5322.

    Message(Envelope(sender, recipient), "<4711@…>", content)
        -> Reply(250, "2.0.0", "Ok: queued") -> Delivery(…, SENT, …)

Pure: values. They are made for every recipient anew, so they are named tuples: those cost half of what a frozen
dataclass does.
"""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from isa_mail.model.people import Entered, Recipient
from isa_mail.model.publication import Fingerprint


class Envelope(NamedTuple):
    """RFC 5321 section 2.3.1: reverse-path and forward-path, without angle brackets."""

    sender: str  # ASCII
    recipient: str  # ASCII, or a server is needed that offers SMTPUTF8 (RFC 6531)


class Message(NamedTuple):
    """One recipient's finished message.

    `content` is joined by nothing: header, empty line, body; all lines end in CRLF, none is longer than 998
    octets, none begins with a dot, every octet is ASCII and none is NUL. Only in To a recipient's address that is not
    ASCII stands in UTF-8 (RFC 6532 section 3.2).
    """

    envelope: Envelope
    message_id: str  # with angle brackets
    content: tuple[bytes, ...]

    def __repr__(self) -> str:
        return f"Message({self.envelope}, {self.message_id}, {sum(map(len, self.content))} octets)"


class Outcome(StrEnum):
    """The verdict of one hand-over, by the reply's first digit (RFC 5321 section 4.2.1)."""

    ACCEPTED = "accepted"  # the server has taken responsibility, RFC 5321 section 6.1
    DEFERRED = "deferred"  # 4xx: the same message again later
    FAILED = "failed"  # 5xx: final for this recipient


class Reply(NamedTuple):
    """One final SMTP reply: 200 <= code <= 299 or 400 <= code <= 599, its lines joined with blanks."""

    code: int
    enhanced: str | None  # "5.1.1" (RFC 3463), or None: many servers send none
    text: str  # for people; decides nothing

    @property
    def outcome(self) -> Outcome:
        """Decide by the first digit alone: text and enhanced code may lie."""
        if self.code < 300:
            return Outcome.ACCEPTED
        return Outcome.DEFERRED if self.code < 500 else Outcome.FAILED

    def __str__(self) -> str:
        return " ".join(filter(None, (str(self.code), self.enhanced, self.text)))


class State(StrEnum):
    """The states of a delivery; the values are stored in the journal. The list is closed."""

    PENDING = "pending"  # not tried yet
    CLAIMED = "claimed"  # internal: in hand right now; after a crash it becomes UNKNOWN
    DEFERRED = "deferred"  # the server said "later" (4xx), or the line broke before the final dot
    SENT = "sent"  # the server has taken responsibility
    WRITTEN = "written"  # written to the outbox; never the same as sent
    FAILED = "failed"  # the server said no (5xx)
    UNKNOWN = "unknown"  # handed over, but nobody saw the answer
    SUPPRESSED = "suppressed"  # left; gets nothing


class TransportName(StrEnum):
    """Journal rows are keyed by edition and transport."""

    SMTP = "smtp"
    OUTBOX = "outbox"


class Dispatch(NamedTuple):
    """One edition over one transport: what the journal's rows belong to."""

    edition: str
    transport: TransportName
    fingerprint: Fingerprint  # of the build that rows still open will get
    date: datetime  # aware; the Date header of all its messages


class Delivery(NamedTuple):
    """One recipient's row in the journal of a dispatch."""

    entered: Entered
    language: str  # the letter this person gets
    state: State
    fingerprint: Fingerprint  # of the build whose letter was, or will be, handed over
    date: datetime  # aware; this message's Date header
    reply: str = ""  # what the server said, or why the outcome is not known
    at: datetime | None = None  # aware; when the state was entered
    attempts: int = 0
    left: bool = False  # of an outcome: whether the content had left, so that the provider counts it

    @property
    def key(self) -> str:
        """The recipient's; of someone erased, the keyed hash of it."""
        return self.entered.key

    @property
    def recipient(self) -> Recipient:
        """Who it is for; made anew each time, so ask for `key` where that is enough."""
        return self.entered.recipient
