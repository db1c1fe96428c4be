r"""One recipient's finished message: the compiled letter with this person's values in its holes.

    MessageTemplate, Recipient(address="ann@example.org", fields={"first_name": "Ann"}) -> Message

Pure. `template.py` did the MIME work once; here a person costs microseconds. This page alone knows which merge
fields a recipient lacks: checking and sending ask `missing`.

Every recipient has the field `address`, and `name` when the list gives a display name; all others are the
list's columns. A value is data: line breaks and control characters in it become one blank, and it is escaped
for the spot where it stands.

Sources: RFC 5322 section 3.6; RFC 3986 section 2.3; RFC 5321 section 2.3.1.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from html import escape as escape_html
from urllib.parse import quote

from isa_mail.errors import AddressError, MergeError
from isa_mail.message.bodies import HeaderHole, fill_base64, fill_quoted
from isa_mail.message.firewall import headers_are_safe, is_addressed_to, lines_are_safe
from isa_mail.message.headers import date_header, mailbox_header, one_line, text_header, unsubscribe_header
from isa_mail.message.identity import message_id as own_message_id
from isa_mail.message.template import MessageTemplate
from isa_mail.model import Envelope, Escape, Hole, MergeField, Message, PlainText, Recipient, Template

_WIRE_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+")
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+>")

_text_header = lru_cache(maxsize=64)(text_header)  # most subjects are the same for everybody


def merge(
    template: MessageTemplate,
    recipient: Recipient,
    *,
    date: datetime,
    subject_prefix: str = "",
    message_id: str | None = None,
    brackets: bool = False,
) -> Message:
    """Return the message for one person; same arguments, same bytes.

    `date` must be aware. `message_id` (with angle brackets) takes the place of the one that belongs to this
    edition and person. A field without value gets its fallback. Without either MergeError is raised, naming
    file and line of both; with `brackets`, for test mails, `[field_name]` is written instead. AddressError if
    the recipient's address was never checked. The message keeps all that `Message` promises.
    """
    address = recipient.address
    if not _WIRE_ADDRESS.fullmatch(address):
        raise AddressError(
            f"{address[:80]!r} cannot be written into a mail.",
            hint="Mend the address in the list.",
            place=recipient.place,
        )
    if message_id is not None and not _MESSAGE_ID.fullmatch(message_id):
        raise ValueError(f"{message_id!r} is no Message-ID")
    identifier = message_id or own_message_id(template, address)
    values = _values(template.fields, recipient, brackets=brackets)
    headers = {
        HeaderHole.TO: mailbox_header("To", recipient.name, address),
        HeaderHole.SUBJECT: _text_header("Subject", subject_prefix + _filled(template.subject, values)),
        HeaderHole.DATE: date_header(date),
        HeaderHole.MESSAGE_ID: f"Message-ID: {identifier}\r\n".encode("ascii"),
        HeaderHole.UNSUBSCRIBE: unsubscribe_header(template.unsubscribe, address),
    }
    envelope = Envelope(template.sender, address)
    if not (
        headers_are_safe(b"".join(headers.values()), fields=len(headers))
        and is_addressed_to(headers[HeaderHole.TO], envelope.recipient)
    ):
        raise _unsafe(recipient)
    return Message(envelope, identifier, _content(template, headers, values, recipient))


def fill(part: Template | PlainText, recipient: Recipient, *, brackets: bool = False) -> str:
    """Return one rendered part with a recipient's values in place: the text that `merge` would encode.

    For what `build` writes beside the message, and for the preview. Raises MergeError as `merge` does.
    """
    holes = [Hole(piece, Escape.TEXT) if isinstance(piece, MergeField) else piece for piece in part]
    fields = (hole.field for hole in holes if not isinstance(hole, str))
    values = _values(fields, recipient, brackets=brackets)
    return "".join(
        [hole if isinstance(hole, str) else _escaped(values[hole.field], hole.escape) for hole in holes]
    )


def missing(template: MessageTemplate, recipient: Recipient) -> tuple[MergeField, ...]:
    """Return the fields that have neither a value for this recipient nor a fallback, in the letter's order."""
    return tuple(
        [
            field
            for field in template.fields
            if field.fallback is None and _value(field.name, recipient) is None
        ]
    )


def _content(
    template: MessageTemplate,
    headers: dict[HeaderHole, bytes],
    values: dict[MergeField, str],
    recipient: Recipient,
) -> tuple[bytes, ...]:
    layout = template.layout
    content = list(layout.fixed)
    filled: list[bytes] = []
    for place, header in layout.headers:
        content[place] = headers[header]
    for quoted, places in layout.quoted:
        hole = quoted.hole
        lines = fill_quoted(quoted, _escaped(values[hole.field], hole.escape))
        filled.append(lines)
        for place in places:
            content[place] = lines
    carry = b""
    for place, segment in layout.base64:
        pieces = [
            piece if isinstance(piece, bytes) else _escaped(values[piece.field], piece.escape).encode()
            for piece in segment.pieces
        ]
        content[place], content[place + 1], carry = fill_base64(segment, carry + b"".join(pieces))
        filled.append(content[place])
    if not lines_are_safe(b"".join(filled)):
        raise _unsafe(recipient)
    return tuple(content)


def _values(fields: Iterable[MergeField], recipient: Recipient, *, brackets: bool) -> dict[MergeField, str]:
    """Return what stands for each field, on one line and not yet escaped."""
    values: dict[MergeField, str] = {}
    for field in fields:
        value = _value(field.name, recipient)
        if value is None:
            value = field.fallback
        if value is None:
            if not brackets:
                raise _without_value(field, recipient)
            value = f"[{field.name}]"
        values[field] = one_line(value)
    return values


def _value(name: str, recipient: Recipient) -> str | None:
    """Return the recipient's value; one of nothing but blanks is none."""
    if name == "address":
        return recipient.address
    value = recipient.name if name == "name" and recipient.name else recipient.fields.get(name)
    return value if value is not None and one_line(value).strip() else None


def _filled(text: PlainText, values: dict[MergeField, str]) -> str:
    return "".join([piece if isinstance(piece, str) else values[piece] for piece in text])


def _escaped(value: str, escape: Escape) -> str:
    if escape is Escape.TEXT or (value.isalnum() and value.isascii()):
        return value
    return escape_html(value) if escape is Escape.HTML else quote(value, safe="")


def _without_value(field: MergeField, recipient: Recipient) -> MergeError:
    return MergeError(
        f"{recipient.address} ({recipient.place}) has no value for the field {field.name} ({field.place}), "
        "and the field has no fallback.",
        hint=f"Fill in {field.name} in {recipient.place}, or write a fallback at {field.place}: "
        f"{{{{ {field.name} | … }}}}.",
        place=recipient.place,
    )


def _unsafe(recipient: Recipient) -> MergeError:
    return MergeError(
        f"The message to {recipient.address} would have a line that mail must not have.",
        hint="Nothing was sent to this person. This is a fault in isa-mail: please report it with the letter.",
        place=recipient.place,
    )
