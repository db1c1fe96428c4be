"""A letter compiled once per language: encoded bytes with holes, ready for any number of people.

    MessageTemplate -> build/, the journal -> MessageTemplate

Pure. `compile.py` makes it, `merge.py` fills the holes for one recipient. What `to_bytes` writes is all that `send`
needs: neither Jinja2 nor premailer nor the edition's files are read again.
"""

import hashlib
import json
from dataclasses import dataclass, field
from typing import NamedTuple

from isa_mail.errors import BuildError
from isa_mail.message.bodies import Base64Hole, HeaderHole, QuotedHole, Segment
from isa_mail.message.stored import (
    Json,
    field_from_json,
    field_to_json,
    plain_text_from_json,
    plain_text_to_json,
    segment_from_json,
    segment_to_json,
)
from isa_mail.model.findings import Place
from isa_mail.model.merging import Escape, Hole, MergeField, PlainText
from isa_mail.model.publication import Fingerprint

_FORMAT = "isa-mail compiled letter"
_VERSION = 1
_BUILD_AGAIN = "Run `isa-mail build` to make it anew."


class Layout(NamedTuple):
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
