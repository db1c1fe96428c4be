"""A message taken apart again, as a mail program does: what is shown is what is in the mail, and nothing else.

    b"From: …" -> Letter(html=b"<!DOCTYPE html>…", text="…", snippet="Neun Betriebe …", pictures={"cid:…": …}, …)

Pure: the standard library's parser. `site.py` serves the HTML part with its pictures' addresses exchanged; nothing else
of it is touched.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any, cast

from isa_mail.preview.blocks import body_text

_SNIPPET = 140  # characters; inboxes show 40 to 130 of them
_UNSEEN = re.compile(
    "[\u00ad\u034f\u2007\u200b-\u200f\u2060\ufeff]+"
)  # what keeps the text below out of the inbox


@dataclass(frozen=True, slots=True)
class File:
    """A picture or an attachment, decoded."""

    name: str
    media_type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Letter:
    """One message, decoded."""

    html: bytes = field(repr=False)  # the HTML part; names its pictures as cid: + Content-ID (RFC 2392)
    text: str = field(repr=False)  # lines end in "\n"
    headers: tuple[tuple[str, str], ...]  # in their order, encoded words read
    sender: str  # what an inbox shows: the name, else the address
    subject: str
    snippet: str  # what an inbox shows beside the subject
    pictures: Mapping[str, File]  # by "cid:…"
    attachments: tuple[File, ...]
    octets: int  # of the whole message


def take_apart(message: bytes) -> Letter:
    """Read a message that `message/` wrote."""
    parsed = cast(EmailMessage, message_from_bytes(message, policy=cast(Any, policy.default)))
    html, text = _body(parsed, "html"), _body(parsed, "plain")
    name, address = parseaddr(str(parsed["From"]))
    files = [(part, _file(part)) for part in parsed.walk() if part.get_filename()]
    return Letter(
        html=html,
        text=text.decode().replace("\r\n", "\n"),
        headers=tuple((key, " ".join(str(value).split())) for key, value in parsed.items()),
        sender=name or address,
        subject=str(parsed["Subject"]),
        snippet=" ".join(_UNSEEN.sub(" ", body_text(html.decode())[:_SNIPPET]).split()),
        pictures={f"cid:{_content_id(part)}": file for part, file in files if part["Content-ID"]},
        attachments=tuple(file for part, file in files if not part["Content-ID"]),
        octets=len(message),
    )


def with_addresses(html: bytes, addresses: Mapping[str, str]) -> bytes:
    """Exchange pictures' addresses, and change nothing else; those that nobody knows stay, broken."""
    if not addresses:
        return html
    known = b"|".join(re.escape(address.encode()) for address in sorted(addresses, key=len, reverse=True))
    return re.sub(
        rb'(?<=")(?:' + known + rb')(?=")', lambda found: addresses[found[0].decode()].encode(), html
    )


def _body(message: EmailMessage, kind: str) -> bytes:
    part = message.get_body((kind,))
    assert part is not None, "every letter has both parts"
    return cast(bytes, part.get_payload(decode=True))


def _file(part: EmailMessage) -> File:
    return File(
        part.get_filename() or "", part.get_content_type(), cast(bytes, part.get_payload(decode=True))
    )


def _content_id(part: EmailMessage) -> str:
    return str(part["Content-ID"]).strip("<> ")
