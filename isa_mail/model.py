"""The nouns of isa-mail: every value that one room hands to another.

    section files -> Edition -> RenderedEdition -> (MessageTemplate) -> Message -> Reply -> Delivery

Pure: frozen values, no behaviour beyond what a value can say about itself. One type per stage, so that a
half-finished object cannot exist. Time and ids arrive from outside. Terms are those of RFC 5321, RFC 5322 and
of publishing. `message/` keeps its MessageTemplate to itself; nobody else looks inside it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple, NewType, TypeAlias
from urllib.parse import quote

# --- where something stands -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Place:
    """A spot in a file. `file` is relative to the workspace, with "/", as a person would type it."""

    file: str
    line: int | None = None  # counted from 1; None: the file as a whole

    def __str__(self) -> str:
        return self.file if self.line is None else f"{self.file}:{self.line}"


NOWHERE = Place("")
"""Where a value stands that was read from no file."""


class Severity(StrEnum):
    """How much a finding matters."""

    BLOCKS = "blocks"  # the edition must not be sent like this
    WARNING = "warning"
    HINT = "hint"


@dataclass(frozen=True, slots=True)
class Edit:
    """One change that a rule of typography/ proposes: in the line of `place`, `before` becomes `after`.

    `start` and `end` count characters of that line from 0: line[start:end] == before. The edits of one text never
    overlap, so any choice of them can be applied. No edit changes a word, except that T301 takes a hyphen out.
    """

    rule: str  # stable, e.g. "T201"; `typography.rules.RULES` says what it means
    place: Place
    start: int
    end: int
    before: str
    after: str
    safe: bool  # may be applied unasked; else a person has to say yes, since the text may be meant


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person should look at; never a reason to change a text in silence."""

    code: str  # stable, e.g. "C101"; docs/findings.md lists them all
    severity: Severity
    place: Place
    message: str  # what was found, a sentence
    hint: str  # what to do about it, a sentence
    edit: Edit | None = None  # what would mend it, if that can be said


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that `doctor` has looked at."""

    name: str  # e.g. "Login"
    said: str  # what was found
    hint: str = ""  # what to do about it; "": nothing
    severity: Severity | None = None  # BLOCKS: it fails, WARNING: it may go wrong; None: it is well


@dataclass(frozen=True, slots=True)
class Glossary:
    """How the publication writes its words."""

    right: Mapping[str, str] = field(default_factory=dict)  # by how it is not to be written
    keep: tuple[str, ...] = ()  # words and phrases that nothing corrects


# --- content: what staff wrote ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MergeField:
    """`{{ name | fallback }}`. `name` is case-folded; a fallback of None means that a value is required."""

    name: str
    fallback: str | None
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class Emphasis:
    children: "RichText"


@dataclass(frozen=True, slots=True)
class Strong:
    children: "RichText"


@dataclass(frozen=True, slots=True)
class Code:
    text: str


@dataclass(frozen=True, slots=True)
class LineBreak:
    """A line break that the author asked for (two blanks or a backslash at the end of a line)."""


@dataclass(frozen=True, slots=True)
class Link:
    """`href` as typed, percent-encoding included; merge fields may stand in it."""

    children: "RichText"
    href: "PlainText"
    place: Place = field(default=NOWHERE, compare=False)


PlainText: TypeAlias = tuple[str | MergeField, ...]
"""Text in which merge fields may stand. No empty string, no two strings side by side."""

Inline: TypeAlias = str | MergeField | Emphasis | Strong | Link | Code | LineBreak
RichText: TypeAlias = tuple[Inline, ...]
"""Running text. A `str` is literal text, never markup. No empty string, no two strings side by side."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a section: level 3 to 6 (the edition's title is 1, section titles are 2)."""

    level: int
    text: RichText
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: RichText
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture on a line of its own. `path` is relative to the edition's folder, as typed."""

    path: str
    alt: str
    caption: RichText  # empty: none
    place: Place = field(compare=False)


def is_placeholder(text: str) -> bool:
    """Say whether a text keeps a place for what is still to be written: it stands between ‹ and ›."""
    return "‹" in text and "›" in text


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who said it. `name` ends before the first comma; `role` is all the rest, never split further."""

    name: RichText
    role: RichText  # empty: none
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Quotation:
    blocks: "tuple[Block, ...]"
    attribution: Attribution | None


@dataclass(frozen=True, slots=True)
class BulletList:
    items: "tuple[tuple[Block, ...], ...]"


@dataclass(frozen=True, slots=True)
class OrderedList:
    """Numbered from 1, with two items at least."""

    items: "tuple[tuple[Block, ...], ...]"


@dataclass(frozen=True, slots=True)
class CallToAction:
    """A link that stands alone in its paragraph."""

    link: Link


@dataclass(frozen=True, slots=True)
class Turn:
    """One speaker's turn in an interview. `speaker` has no colon."""

    speaker: RichText
    blocks: "tuple[Block, ...]"
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Event:
    """One line of `events`: `- 16.–19. Oktober 2019: Title, Place`."""

    when: RichText  # before the first colon, as typed: dates are never reinterpreted
    title: RichText
    place: RichText  # after the last comma; empty: none
    line: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class EventList:
    """Only in sections of kind events."""

    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Preformatted:
    """A fenced block: kept line by line."""

    text: str


@dataclass(frozen=True, slots=True)
class ThematicBreak:
    pass


Block: TypeAlias = (
    Heading
    | Paragraph
    | Figure
    | Quotation
    | BulletList
    | OrderedList
    | CallToAction
    | Turn
    | EventList
    | Preformatted
    | ThematicBreak
)


class Kind(StrEnum):
    """The kind of a section decides its layout and nothing else."""

    EDITORIAL = "editorial"
    ARTICLE = "article"
    REPORT = "report"
    BRIEF = "brief"
    VOICES = "voices"
    INTERVIEW = "interview"
    NOTICE = "notice"
    EVENTS = "events"


@dataclass(frozen=True, slots=True)
class Signature:
    """One signatory: `Signed: name, title`."""

    name: PlainText
    title: PlainText  # empty: none


@dataclass(frozen=True, slots=True)
class Section:
    """One section file, read."""

    name: str  # its file name without .txt, e.g. "10-editorial"
    title: PlainText  # empty: no heading, no contents entry
    short_title: PlainText  # for the contents list; empty: the title serves
    kind: Kind
    signed: tuple[Signature, ...]
    body: tuple[Block, ...]
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition in one language, read and without errors."""

    name: str  # its folder, e.g. "2019-10"
    language: str  # "de", "zh" or "en"
    title: str
    number: str  # "" if none
    date: date
    subject: PlainText  # the title if none was given
    preheader: PlainText
    greeting: PlainText
    sections: tuple[Section, ...]  # in the natural order of their file names
    findings: tuple[Finding, ...] = field(compare=False)
    place: Place = field(compare=False)  # its edition.txt


# --- intake: what was pasted ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ImportedSection:
    """A section as it was made out in a pasted text. One that was written in Markdown brings its body as `markdown`."""

    section: Section  # with `markdown`, its body is empty
    markdown: str = ""
    line: int = 1  # of the source, where the body begins


@dataclass(frozen=True, slots=True)
class ImportedPicture:
    """A picture that a document of Word brought along. `path` is relative to the edition's folder."""

    path: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Guess:
    """What the import made of a line that does not say what it is. `about` quotes it, or says what became of it."""

    code: str  # stable, e.g. "I101"; `intake.guesses.CODES` says what was guessed
    place: Place
    about: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Words of the source that became a mark: "Lesen Sie hier … Link" is a button, "so" the dash before a name."""

    place: Place
    words: str


@dataclass(frozen=True, slots=True)
class Imported:
    """A pasted text, taken apart. Every word of `words` is in it, or in `left_out`."""

    language: str  # "de", "zh" or "en"
    title: str  # "" if none was found
    number: str
    date: date | None
    greeting: str
    sections: tuple[ImportedSection, ...]
    pictures: tuple[ImportedPicture, ...]
    edits: tuple[Edit, ...]  # what cleaning changed, by line and column of the source
    guesses: tuple[Guess, ...]  # all of them, by line
    left_out: tuple[LeftOut, ...]
    words: tuple[tuple[str, int], ...]  # each word of the source in lower case, and its line
    source: Mapping[int, str] = field(repr=False)  # its lines as they came, by number


# --- rendering: what a reader will see --------------------------------------------------------------------


class Escape(StrEnum):
    """How a merged value is written at its spot."""

    TEXT = "text"  # as it is: plain-text part, subject
    HTML = "html"  # & < > " ' as character references, in text and in attributes
    URL = "url"  # percent-encoded UTF-8, only unreserved characters left (RFC 3986 section 2.3)


@dataclass(frozen=True, slots=True)
class Hole:
    """A spot that each recipient's value goes into."""

    field: MergeField
    escape: Escape


Template: TypeAlias = tuple[str | Hole, ...]
"""A rendered part: fixed text and holes. No empty string, no two strings side by side."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that travels with the message. `media_type` like "application/pdf"."""

    filename: str
    media_type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is shown. The mail names it as `cid:` + `content_id` (RFC 2392), a web page by `filename`."""

    content_id: str  # without angle brackets, e.g. "messestand-3f2a@newsletter.example.org"
    filename: str  # "messestand-3f2a.jpg": ASCII, with a hash of the content, so no two pictures share one
    media_type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class RenderedEdition:
    """One edition in one language, ready to be compiled into a message."""

    edition: str
    language: str
    title: str
    date: date
    subject: PlainText
    html: Template
    text: Template  # lines end in "\n"
    pictures: tuple[Picture, ...]  # those that travel inside the message
    attachments: tuple[Attachment, ...]
    findings: tuple[Finding, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class WebPage:
    """The web version in one language: for nobody in particular, so there is no hole in it."""

    language: str
    path: str  # below build/EDITION/web/: "index.html", or "de/index.html" in an edition of several languages
    html: str
    pictures: tuple[Picture, ...]  # the page finds them in pictures/, which lies in the web folder itself
    findings: tuple[Finding, ...] = field(default=(), compare=False)


Fingerprint = NewType("Fingerprint", str)
"""SHA-256 in hexadecimal over everything that went into a build. People see the first 12 digits."""


@dataclass(frozen=True, slots=True)
class Input:
    """One thing that went into a build: a file, or the publication's settings."""

    name: str  # relative to the workspace, with "/"
    sha256: str


# --- the publication and its settings ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A display name and an address (RFC 5322 section 3.4). `address` is ASCII, as it goes on the wire."""

    name: str  # "" if none
    address: str


@dataclass(frozen=True, slots=True)
class Colours:
    """The two brand colours, six-digit hexadecimal with "#"."""

    primary: str
    accent: str


@dataclass(frozen=True, slots=True)
class Translation:
    """What the publication is called in one of its languages; None: as in all others."""

    language: str
    name: str | None
    sender: Mailbox | None
    reply_to: Mailbox | None
    imprint: str | None


@dataclass(frozen=True, slots=True)
class Publication:
    """What isa-mail.toml says of the newsletter itself; all of it enters the fingerprint."""

    name: str
    sender: Mailbox
    reply_to: Mailbox | None
    list_id: str  # "newsletter.example.org", RFC 2919, without angle brackets
    imprint: str  # lines separated by "\n"
    colours: Colours
    logo: str | None  # path of a picture, relative to the workspace
    languages: tuple[str, ...]  # the first one is the fallback
    translations: tuple[Translation, ...] = ()
    web_address: str | None = None  # "https://www.example.org/newsletter/"; editions lie below it
    linked_pictures: bool = False  # the letter shows them from web_address instead of carrying them

    def web_folder(self, edition: str) -> str | None:
        """Say where the web folder of an edition will lie; None: nowhere that we know of."""
        return f"{self.web_address}{quote(edition)}/" if self.web_address else None

    def in_language(self, language: str) -> "Publication":
        """Give the publication as a reader of `language` knows it."""
        own = next((each for each in self.translations if each.language == language), None)
        if own is None:
            return self
        return replace(
            self,
            name=own.name or self.name,
            sender=own.sender or self.sender,
            reply_to=own.reply_to or self.reply_to,
            imprint=own.imprint or self.imprint,
        )

    @property
    def unsubscribe(self) -> str:
        """The address that takes unsubscriptions: whoever reads the replies."""
        return (self.reply_to or self.sender).address


@dataclass(frozen=True, slots=True)
class DeliverySettings:
    """[delivery] in isa-mail.toml."""

    provider: str = ""  # whose limits the others are, unless they are given themselves; "": nobody's
    sessions: int = 1
    messages_per_minute: int = 30
    messages_per_day: int = 0  # 0: no limit
    retry_after_seconds: int = 900
    retry_for_seconds: int = 7200


class Security(StrEnum):
    """SMTP_SECURITY. There is no "opportunistic": what is asked for must be had."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """The mail server, from .env and the environment."""

    host: str
    port: int
    security: Security
    user: str | None
    password: str | None = field(repr=False)
    ca_file: str | None = None
    timeout_seconds: float | None = None  # None: 60 s a step, 600 s after the final dot
    token_command: str | None = field(
        default=None, repr=False
    )  # prints an OAuth token; instead of a password


# --- recipients -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Recipient:
    """One person on the lists. Equal addresses but for case are one person: compare `key`."""

    address: str  # domain ASCII, in lower case; "" in the journal's row of someone erased
    name: str  # display name, "" if unknown
    language: str | None  # "de", "zh", "en" ...; None: the list does not say
    fields: Mapping[str, str]  # merge values by case-folded name; an empty cell is no entry
    place: Place

    @property
    def key(self) -> str:
        """What tells people apart: the address in lower case. Full case folding would make one of groß@ and gross@."""
        return self.address.lower()


ERASED = "(erased)"
"""What stands, to be read, where an address stood that was erased."""


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row of a list that cannot be used: named in the plan, never dropped in silence."""

    place: Place
    text: str  # what stood in the address cell
    reason: str


class StagedRow(NamedTuple):
    """A usable row on its way into the audience, as compact as a million of them ask for."""

    key: str  # of the person: the address in lower case
    list: int  # which list of the run, counted from 0
    line: int | None  # where the row stands in it
    cells: str  # the row's cells, clean, the address as it goes on the wire; joined by UNIT_SEPARATOR


UNIT_SEPARATOR = "\x1f"
"""A control character, and so in no clean cell."""


class Reason(StrEnum):
    """Why somebody gets nothing any more; the values are stored."""

    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    BY_HAND = "by hand"


@dataclass(frozen=True, slots=True)
class Suppression:
    """Someone who left."""

    address: str | None  # the key; None: erased, and only its keyed hash is kept
    reason: Reason
    at: datetime  # aware
    source: str  # who or what said so; "" once erased


# --- messages and their delivery --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Envelope:
    """RFC 5321 section 2.3.1: reverse-path and forward-path, without angle brackets."""

    sender: str  # ASCII
    recipient: str  # ASCII, or a server is needed that offers SMTPUTF8 (RFC 6531)


@dataclass(frozen=True, slots=True)
class Message:
    """One recipient's finished message.

    `content` is joined by nothing: header, empty line, body; all lines end in CRLF, none is longer than 998
    octets, none begins with a dot, every octet is ASCII and none is NUL. Only in To a recipient's address that is not
    ASCII stands in UTF-8 (RFC 6532 section 3.2).
    """

    envelope: Envelope
    message_id: str  # with angle brackets
    content: tuple[bytes, ...] = field(repr=False)


class Outcome(StrEnum):
    """The verdict of one hand-over, by the reply's first digit (RFC 5321 section 4.2.1)."""

    ACCEPTED = "accepted"  # the server has taken responsibility, RFC 5321 section 6.1
    DEFERRED = "deferred"  # 4xx: the same message again later
    FAILED = "failed"  # 5xx: final for this recipient


@dataclass(frozen=True, slots=True)
class Reply:
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


@dataclass(frozen=True, slots=True)
class Dispatch:
    """One edition over one transport: what the journal's rows belong to."""

    edition: str
    transport: TransportName
    fingerprint: Fingerprint  # of the build that rows still open will get
    date: datetime  # aware; the Date header of all its messages


@dataclass(frozen=True, slots=True)
class Delivery:
    """One recipient's row in the journal of a dispatch."""

    recipient: Recipient
    language: str  # the letter this person gets
    state: State
    fingerprint: Fingerprint  # of the build whose letter was, or will be, handed over
    date: datetime  # aware; this message's Date header
    reply: str = ""  # what the server said, or why the outcome is not known
    at: datetime | None = None  # aware; when the state was entered
    attempts: int = 0
    left: bool = False  # of an outcome: whether the content had left, so that the provider counts it
