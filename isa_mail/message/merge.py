r"""One recipient's finished message: the compiled letter with this person's values in its holes.

    MessageTemplate, Recipient(address="ann@example.org", fields={"first_name": "Ann"}) -> Message
    MessageTemplate, [ann, bernd, chen, …] -> [Message, Message, Message, …]

Pure. `compile.py` did the MIME work once; here a person costs microseconds. Many are merged column by column: all
values of a field together, all To headers, all lines for one hole, and at the end the columns become rows again. So
what can be done for a whole column at once (escaping, quoting, the firewall's look) is. One person is a column of one.

This page alone knows which merge fields a recipient lacks: checking and sending ask `missing`.

Every recipient has the field `address`, and `name` when the list gives a display name; all others are the
list's columns. A value is data: line breaks and control characters in it become one blank, and it is escaped
for the spot where it stands.

Sources: RFC 5322 section 3.6; RFC 3986 section 2.3; RFC 5321 section 2.3.1.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from itertools import repeat
from typing import TypeAlias
from urllib.parse import quote

from isa_mail.errors import AddressError, MergeError
from isa_mail.message.bodies import fill_base64, fill_quoted, quoted_values
from isa_mail.message.firewall import (
    are_addressed_to,
    headers_are_safe,
    in_ascii,
    is_international,
    lines_are_safe,
)
from isa_mail.message.headers import date_header, mailbox_headers, one_line, text_header, unsubscribe_headers
from isa_mail.message.identity import message_ids
from isa_mail.message.template import Layout, MessageTemplate
from isa_mail.model.mail import Envelope, Message
from isa_mail.model.merging import Escape, Hole, MergeField, PlainText, Template
from isa_mail.model.people import Group, Recipient, together

_WIRE_ADDRESSES = re.compile(
    r"(?:[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+(?:\n(?=.)|\Z))++", re.DOTALL
)
_MESSAGE_ID = r"<[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+>"

_MARKUP = re.compile("[&<>\"']")
_PLAIN_ADDRESSES = re.compile(r"[A-Za-z0-9._~@\n-]*")  # RFC 3986 section 2.3, and the "@"

# Named tuples from tuples of their values, without a call of Python for each.
_envelope, _message = partial(tuple.__new__, Envelope), partial(tuple.__new__, Message)

Column: TypeAlias = list[str]
"""A value for each person, in their order."""


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
    if message_id is not None and not re.fullmatch(_MESSAGE_ID, message_id):
        raise ValueError(f"{message_id!r} is no Message-ID")
    identifiers = [message_id] if message_id else message_ids(template, [recipient.address])
    alone = together((recipient,))
    texts = [_column(field, alone, brackets=brackets) for field in template.fields]
    (message,) = _merged(template, alone, texts, identifiers, date, subject_prefix)
    return message


def merge_all(template: MessageTemplate, people: Group, *, date: datetime) -> list[Message]:
    """Return the messages for many people, in their order: what `merge` returns for each, in a third of the time.

    Raises what `merge` raises: then for nobody.
    """
    if not people.addresses:
        return []
    texts = [_column(field, people) for field in template.fields]
    return _merged(template, people, texts, message_ids(template, people.addresses), date)


def fill(part: Template | PlainText, recipient: Recipient, *, brackets: bool = False) -> str:
    """Return one rendered part with a recipient's values in place: the text that `merge` would encode.

    For what `build` writes beside the message, and for the preview. Raises MergeError as `merge` does.
    """
    holes = [Hole(piece, Escape.TEXT) if isinstance(piece, MergeField) else piece for piece in part]
    return "".join(
        [
            hole
            if isinstance(hole, str)
            else _escaped([_text(hole.field, recipient, brackets=brackets)], hole.escape)[0]
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


def _merged(
    template: MessageTemplate,
    people: Group,
    texts: list[Column],
    identifiers: Sequence[str],
    date: datetime,
    subject_prefix: str = "",
) -> list[Message]:
    """Put the columns together; `texts` are those of the template's fields, each value on one line."""
    addresses = people.addresses
    beyond_ascii = _refuse_unwritable(people)
    layout = template.layout
    pieces = [texts[piece] if isinstance(piece, int) else repeat(piece) for piece in layout.subject]
    subjects = ["".join(row) for row in zip([subject_prefix] * len(addresses), *pieces, strict=False)]
    written = {subject: text_header("Subject", subject) for subject in set(subjects)}  # most are alike
    to = mailbox_headers("To", people.names, addresses)
    headers = (
        to,
        [written[subject] for subject in subjects],
        [date_header(date)] * len(to),
        [f"Message-ID: {identifier}\r\n".encode("ascii") for identifier in identifiers],
        unsubscribe_headers(template.unsubscribe, addresses),
    )
    content: list[Iterable[bytes]] = [repeat(piece) for piece in layout.fixed]
    for place, header in zip(layout.headers, headers, strict=True):
        content[place] = header
    filled = _fill_bodies(content, layout, texts)
    lines = b"".join(map(b"".join, headers))
    if not (
        headers_are_safe(in_ascii(lines, addresses) if beyond_ascii else lines, fields=len(headers) * len(to))
        and are_addressed_to(to, addresses)
        and lines_are_safe(b"".join(map(b"".join, filled)))
    ):
        if len(addresses) == 1:
            raise _unsafe(people.recipient(0))
        recipients = map(people.recipient, range(len(addresses)))
        return [
            message
            for recipient in recipients
            for message in merge_all(template, together((recipient,)), date=date)
        ]
    body = max(layout.headers) + 1
    heads = [b"".join(row) for row in zip(*content[:body], strict=False)]  # fewer pieces, as they are short
    envelopes = map(_envelope, zip(repeat(template.sender), addresses, strict=False))
    contents = zip(heads, *content[body:], strict=False)
    return list(map(_message, zip(envelopes, identifiers, contents, strict=True)))


def _refuse_unwritable(people: Group) -> bool:
    """Raise AddressError for an address that was never checked; say whether any is beyond ASCII."""
    joined = "\n".join(people.addresses)
    if _WIRE_ADDRESSES.fullmatch(joined) and joined.count("\n") == len(people.addresses) - 1:
        return False
    for number, address in enumerate(people.addresses):
        if "\n" in address or not (_WIRE_ADDRESSES.fullmatch(address) or is_international(address)):
            raise AddressError(
                f"{address[:80]!r} cannot be written into a mail.",
                hint="Mend the address in the list.",
                place=people.recipient(number).place,
            )
    return True


def _fill_bodies(
    content: list[Iterable[bytes]], layout: Layout, texts: list[Column]
) -> list[Sequence[bytes]]:
    """Put columns into the holes of the bodies; return them."""
    values = [_escaped(texts[field], escape) for field, escape in layout.values]
    filled: list[Sequence[bytes]] = []
    quoted: dict[tuple[object, ...], list[bytes]] = {}  # escaped or not, most values are alike
    for value, closing, places in layout.quoted:
        key = (closing, *values[value])
        if key not in quoted:
            quoted[key] = fill_quoted(quoted_values(values[value]), closing)
            filled.append(quoted[key])
        for place in places:
            content[place] = quoted[key]
    carried: Sequence[bytes] = ()
    for place, pieces, hole in layout.base64:
        columns = [
            repeat(piece) if isinstance(piece, bytes) else [value.encode() for value in values[piece]]
            for piece in pieces
        ]
        carried = carried or [b""] * len(texts[0])
        chunks = [
            fill_base64(hole, carry + b"".join(row)) for carry, *row in zip(carried, *columns, strict=False)
        ]
        content[place], content[place + 1], carried = zip(*chunks, strict=True)
        filled.append([lines for lines, _, _ in chunks])
    return filled


def _column(field: MergeField, people: Group, *, brackets: bool = False) -> Column:
    """Return what stands for a field, person by person: on one line and not yet escaped."""
    values = _values(field.name, people)
    if "".join(values).isprintable() and min(values)[:1] > " ":  # nearly always: none begins with a blank
        return values
    recipients = map(people.recipient, range(len(values)))
    return [_text(field, recipient, brackets=brackets) for recipient in recipients]


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
    (value,) = _values(name, together((recipient,)))
    return value if one_line(value).strip() else None


def _values(name: str, people: Group) -> Column:
    """Return what the lists say, "" where they say nothing."""
    if name == "address":
        return people.addresses
    values = people.values(name)
    return (
        [own or value for own, value in zip(people.names, values, strict=True)] if name == "name" else values
    )


def _escaped(values: Column, escape: Escape) -> Column:
    """Escape a column at once; no value has a line break."""
    if escape is Escape.TEXT:
        return values
    lines = "\n".join(values)
    if escape is Escape.HTML:
        if not _MARKUP.search(lines):
            return values
        from html import escape as escape_html  # late: it brings a table of 2,000 entities along

        return escape_html(lines).split("\n")
    if _PLAIN_ADDRESSES.fullmatch(lines):  # nearly all that stands in links is one
        return lines.replace("@", "%40").split("\n")
    return quote(lines, safe="\n").split("\n")


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
