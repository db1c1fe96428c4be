r"""A letter compiled once per language: encoded bytes with holes, ready for any number of people.

    RenderedEdition, Publication -> MessageTemplate -> (build/, the journal) -> MessageTemplate

Pure. `structure.py` makes the parts, `merge.py` fills the holes for one recipient. What `to_bytes` writes is all
that `send` needs: neither Jinja2 nor premailer nor the edition's files are read again.

The headers, in this order: From, Reply-To if set, To, Subject, Date, Message-ID, List-Id, List-Unsubscribe,
Precedence, X-Auto-Response-Suppress, MIME-Version, Content-Language, Content-Type.

Against answering machines: `Precedence: bulk` and List-Id keep programs quiet that follow RFC 3834 section 2, and
`X-Auto-Response-Suppress: OOF, AutoReply` keeps Exchange and Outlook quiet; delivery failures still come back,
because they are needed. There is no Auto-Submitted: RFC 3834 section 5 keeps it for messages that a program sends
of its own accord, people wrote and sent this one, and ticket systems throw such mail away unread.

Sources: RFC 5322 section 3.6; RFC 2369; RFC 2919; RFC 3834; RFC 3282 (Content-Language).
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from isa_mail.errors import BuildError
from isa_mail.message.bodies import Base64Hole, HeaderHole, QuotedHole, Segment
from isa_mail.message.firewall import headers_are_safe, lines_are_safe
from isa_mail.message.headers import list_id_header, mailbox_header, parameter_header
from isa_mail.message.stored import (
    Json,
    field_from_json,
    field_to_json,
    plain_text_from_json,
    plain_text_to_json,
    segment_from_json,
    segment_to_json,
)
from isa_mail.message.structure import joined, letter
from isa_mail.model.findings import Place
from isa_mail.model.merging import Escape, Hole, MergeField, PlainText
from isa_mail.model.publication import Fingerprint, Publication
from isa_mail.model.rendering import RenderedEdition

_FORMAT = "isa-mail compiled letter"
_VERSION = 1
_BUILD_AGAIN = "Run `isa-mail build` to make it anew."


@dataclass(frozen=True, slots=True)
class Layout:
    """A template as `merge.py` fills it: whatever is the same for several holes, once; numbers instead of names.

    A place counts in `fixed`, a field in the template's `fields`, a value in `values`, each from 0.
    """

    fixed: tuple[bytes, ...]  # b"" where something is to be filled in
    headers: tuple[int, ...]  # the places of the header holes, in the order of HeaderHole
    subject: tuple[str | int, ...]  # a number is a field
    values: tuple[tuple[int, Escape], ...]  # what is to be escaped: a field, and how
    quoted: tuple[tuple[int, bytes, tuple[int, ...]], ...]  # a value, its closing, its places
    base64: tuple[
        tuple[int, tuple[bytes | int, ...], Base64Hole], ...
    ]  # in order; the run goes into the next place


def lay_out(segments: tuple[Segment, ...], subject: PlainText, fields: tuple[MergeField, ...]) -> Layout:
    """Put fixed segments in their places, and sort the holes. Raises KeyError for a template without all headers."""
    fixed: list[bytes] = []
    headers: dict[HeaderHole, int] = {}
    values: dict[tuple[int, Escape], int] = {}
    quoted: dict[tuple[int, bytes], list[int]] = {}
    base64: list[tuple[int, tuple[bytes | int, ...], Base64Hole]] = []
    number = {merge_field: n for n, merge_field in enumerate(fields)}

    def value(hole: Hole) -> int:
        return values.setdefault((number[hole.field], hole.escape), len(values))

    for segment in segments:
        place = len(fixed)
        if isinstance(segment, bytes):
            fixed.append(segment)
        elif isinstance(segment, HeaderHole):
            headers[segment] = place
            fixed.append(b"")
        elif isinstance(segment, QuotedHole):
            quoted.setdefault((value(segment.hole), segment.closing), []).append(place)
            fixed.append(b"")
        else:
            pieces = tuple(piece if isinstance(piece, bytes) else value(piece) for piece in segment.pieces)
            base64.append((place, pieces, segment))
            fixed += (b"", b"")
    return Layout(
        fixed=tuple(fixed),
        headers=tuple(headers[hole] for hole in HeaderHole),
        subject=tuple(piece if isinstance(piece, str) else number[piece] for piece in subject),
        values=tuple(values),
        quoted=tuple((*what, tuple(places)) for what, places in quoted.items()),
        base64=tuple(base64),
    )


@dataclass(frozen=True, slots=True)
class MessageTemplate:
    """One edition in one language as encoded bytes with holes; only `message/` looks at its segments.

    Each segment, and whatever fills a hole, begins at the start of a line and ends with CRLF.
    """

    edition: str
    language: str
    fingerprint: Fingerprint
    sender: str  # the address of From, which is also the envelope's
    unsubscribe: str  # the address that takes unsubscriptions
    list_id: str
    subject: PlainText
    fields: tuple[MergeField, ...]  # distinct, in order of first occurrence: subject, text part, HTML part
    segments: tuple[Segment, ...] = field(repr=False)
    layout: Layout = field(init=False, repr=False, compare=False)  # the segments, as `merge.py` wants them

    def __post_init__(self) -> None:
        """Lay the segments out once, so that a recipient costs what stands in the holes alone."""
        object.__setattr__(self, "layout", lay_out(self.segments, self.subject, self.fields))

    def to_bytes(self) -> bytes:
        """Write the compiled letter as JSON in ASCII, one segment a line; same template, same bytes."""
        letter_json = {
            "edition": self.edition,
            "language": self.language,
            "fingerprint": self.fingerprint,
            "sender": self.sender,
            "unsubscribe": self.unsubscribe,
            "list_id": self.list_id,
            "subject": plain_text_to_json(self.subject, self.fields),
            "fields": [field_to_json(merge_field) for merge_field in self.fields],
            "segments": [segment_to_json(segment, self.fields) for segment in self.segments],
        }
        checksum = hashlib.sha256(json.dumps(letter_json).encode("ascii")).hexdigest()
        whole = {"format": _FORMAT, "version": _VERSION, "sha256": checksum, "letter": letter_json}
        return (json.dumps(whole, indent=1) + "\n").encode("ascii")

    @classmethod
    def from_bytes(cls, data: bytes, *, place: Place) -> "MessageTemplate":
        """Read what `to_bytes` wrote. Raises BuildError if a single byte of it differs; `place` is for the error."""
        try:
            whole = json.loads(data.decode("ascii"))
            foreign = whole["format"] != _FORMAT or whole["version"] != _VERSION
            template = None if foreign else _from_json(whole["letter"])
        except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError):
            raise _damaged(place) from None
        if template is None:
            raise BuildError(
                "The compiled letter was written by another version of isa-mail.",
                hint=_BUILD_AGAIN,
                place=place,
            )
        # The checksum is part of what is compared: no change in the file, however small, goes unseen.
        if template.to_bytes() != data:
            raise _damaged(place)
        return template


def compile_message(
    rendered: RenderedEdition, publication: Publication, *, fingerprint: Fingerprint
) -> MessageTemplate:
    """Encode a rendering once for all recipients; same arguments, same template.

    The addresses in `publication` are ASCII and checked already. Raises BuildError if any fixed byte breaks a
    rule of mail, so that merging need only look at what it puts into the holes.
    """
    whole = letter(rendered, fingerprint)
    sender, reply_to = publication.sender, publication.reply_to
    head: tuple[bytes | HeaderHole, ...] = (
        mailbox_header("From", sender.name, sender.address),
        *((mailbox_header("Reply-To", reply_to.name, reply_to.address),) if reply_to else ()),
        HeaderHole.TO,
        HeaderHole.SUBJECT,
        HeaderHole.DATE,
        HeaderHole.MESSAGE_ID,
        list_id_header(publication.name, publication.list_id),
        HeaderHole.UNSUBSCRIBE,
        b"Precedence: bulk\r\n",
        b"X-Auto-Response-Suppress: OOF, AutoReply\r\n",
        b"MIME-Version: 1.0\r\n",
        parameter_header("Content-Language", rendered.language),
        whole.headers,
    )
    segments: tuple[Segment, ...] = (*head, b"\r\n", *whole.body)
    _refuse_unsafe(head, segments)
    return MessageTemplate(
        edition=rendered.edition,
        language=rendered.language,
        fingerprint=fingerprint,
        sender=sender.address,
        unsubscribe=publication.unsubscribe,
        list_id=publication.list_id,
        subject=rendered.subject,
        fields=tuple(dict.fromkeys(_fields_of(rendered))),
        segments=joined(segments),
    )


def _fields_of(rendered: RenderedEdition) -> Iterator[MergeField]:
    yield from (piece for piece in rendered.subject if isinstance(piece, MergeField))
    yield from (piece.field for piece in (*rendered.text, *rendered.html) if not isinstance(piece, str))


def _refuse_unsafe(head: tuple[bytes | HeaderHole, ...], segments: tuple[Segment, ...]) -> None:
    """Raise BuildError if a fixed stretch breaks a rule of mail; holes are looked at when they are filled."""
    for header in head:
        if isinstance(header, bytes) and not headers_are_safe(header, fields=1):
            raise BuildError(
                f"This would not be one header of the letter: {header[:80].decode('ascii', 'replace')!r}.",
                hint="Look at name, sender, reply_to and list_id in isa-mail.toml.",
            )
    for segment in segments:
        stretches: tuple[bytes, ...] = ()
        if isinstance(segment, bytes):
            stretches = (segment,)
        elif isinstance(segment, QuotedHole):
            stretches = (segment.closing,)
        elif isinstance(segment, Base64Hole) and segment.run:
            stretches = segment.run.encoded
        if not all(map(lines_are_safe, stretches)):
            raise BuildError(
                "The compiled letter has a line that mail must not have.",
                hint="This is a fault in isa-mail: please report it with the edition that shows it.",
            )


def _from_json(value: Json) -> MessageTemplate:
    fields = tuple(field_from_json(merge_field) for merge_field in value["fields"])
    return MessageTemplate(
        edition=value["edition"],
        language=value["language"],
        fingerprint=Fingerprint(value["fingerprint"]),
        sender=value["sender"],
        unsubscribe=value["unsubscribe"],
        list_id=value["list_id"],
        subject=plain_text_from_json(value["subject"], fields),
        fields=fields,
        segments=tuple(segment_from_json(segment, fields) for segment in value["segments"]),
    )


def _damaged(place: Place) -> BuildError:
    return BuildError("The compiled letter is damaged, or is none at all.", hint=_BUILD_AGAIN, place=place)
