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
from datetime import datetime
from functools import lru_cache
from html import escape as escape_html
from urllib.parse import quote

from isa_mail.errors import AddressError, MergeError
from isa_mail.message.bodies import fill_base64, fill_quoted, quoted_value
from isa_mail.message.firewall import (
    headers_are_safe,
    in_ascii,
    is_addressed_to,
    is_international,
    lines_are_safe,
)
from isa_mail.message.headers import date_header, mailbox_header, one_line, text_header, unsubscribe_header
from isa_mail.message.identity import message_id as own_message_id
from isa_mail.message.template import Layout, MessageTemplate
from isa_mail.model.mail import Envelope, Message
from isa_mail.model.merging import Escape, Hole, MergeField, PlainText, Template
from isa_mail.model.people import Recipient

_WIRE_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+")
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+>")

_MARKUP = re.compile("[&<>\"']")
_PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9._~@-]*")  # RFC 3986 section 2.3, and the "@"

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
    beyond_ascii = not _WIRE_ADDRESS.fullmatch(address)
    if beyond_ascii and not is_international(address):
        raise AddressError(
            f"{address[:80]!r} cannot be written into a mail.",
            hint="Mend the address in the list.",
            place=recipient.place,
        )
    if message_id is not None and not _MESSAGE_ID.fullmatch(message_id):
        raise ValueError(f"{message_id!r} is no Message-ID")
    identifier = message_id or own_message_id(template, address)
    layout = template.layout
    texts = [_text(field, recipient, brackets=brackets) for field in template.fields]
    subject = "".join([piece if piece.__class__ is str else texts[piece] for piece in layout.subject])  # type: ignore[index]
    to = mailbox_header("To", recipient.name, address)
    headers = (
        to,
        _text_header("Subject", subject_prefix + subject),
        date_header(date),
        f"Message-ID: {identifier}\r\n".encode("ascii"),
        unsubscribe_header(template.unsubscribe, address),
    )
    content = list(layout.fixed)
    for place, header in zip(layout.headers, headers, strict=True):
        content[place] = header
    written = b"".join(headers)
    if not (
        headers_are_safe(in_ascii(written, address) if beyond_ascii else written, fields=len(headers))
        and is_addressed_to(to, address)
        and lines_are_safe(_fill_bodies(content, layout, texts))
    ):
        raise _unsafe(recipient)
    return Message(Envelope(template.sender, address), identifier, tuple(content))


def fill(part: Template | PlainText, recipient: Recipient, *, brackets: bool = False) -> str:
    """Return one rendered part with a recipient's values in place: the text that `merge` would encode.

    For what `build` writes beside the message, and for the preview. Raises MergeError as `merge` does.
    """
    holes = [Hole(piece, Escape.TEXT) if isinstance(piece, MergeField) else piece for piece in part]
    return "".join(
        [
            hole
            if isinstance(hole, str)
            else _escaped(_text(hole.field, recipient, brackets=brackets), hole.escape)
            for hole in holes
        ]
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


def _fill_bodies(content: list[bytes], layout: Layout, texts: list[str]) -> bytes:
    """Put the values into the holes of the bodies; return all that was put in."""
    values = [_escaped(texts[field], escape) for field, escape in layout.values]
    filled: list[bytes] = []
    if layout.quoted:
        encoded = {
            value: quoted_value(value) for value in dict.fromkeys(values)
        }  # escaped or not, most are alike
        for value, closing, places in layout.quoted:
            lines = fill_quoted(encoded[values[value]], closing)
            filled.append(lines)
            for place in places:
                content[place] = lines
    carry = b""
    for place, pieces, hole in layout.base64:
        octets = b"".join([piece if isinstance(piece, bytes) else values[piece].encode() for piece in pieces])
        content[place], content[place + 1], carry = fill_base64(hole, carry + octets)
        filled.append(content[place])
    return b"".join(filled)


def _text(field: MergeField, recipient: Recipient, *, brackets: bool) -> str:
    """Return what stands for a field, on one line and not yet escaped."""
    value = _value(field.name, recipient)
    if value is None:
        value = field.fallback
    if value is None:
        if not brackets:
            raise _without_value(field, recipient)
        value = f"[{field.name}]"
    return one_line(value)


def _value(name: str, recipient: Recipient) -> str | None:
    """Return the recipient's value; one of nothing but blanks is none."""
    if name == "address":
        return recipient.address
    value = recipient.name if name == "name" and recipient.name else recipient.fields.get(name)
    return value if value is not None and one_line(value).strip() else None


def _escaped(value: str, escape: Escape) -> str:
    if escape is Escape.TEXT:
        return value
    if escape is Escape.HTML:
        return escape_html(value) if _MARKUP.search(value) else value
    if _PLAIN_ADDRESS.fullmatch(value):  # nearly all that stands in links is one
        return value.replace("@", "%40")
    return quote(value, safe="")


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
