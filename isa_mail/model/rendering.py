"""What a reader will see: an edition in one language, rendered for all recipients at once.

    Edition -> RenderedEdition -> (MessageTemplate) -> Message

Pure: values. `message/` keeps its MessageTemplate to itself; nobody else looks inside it.
"""

from dataclasses import dataclass, field
from datetime import date

from isa_mail.model.findings import Finding
from isa_mail.model.merging import PlainText, Template


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
