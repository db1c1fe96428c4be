r"""The parts of a letter and how they are nested: alternative, related for pictures, mixed for attachments.

    RenderedEdition with a picture and a PDF
        -> mixed( alternative( text/plain, related( text/html, image/jpeg ) ), application/pdf )

Pure. `bodies.py` encodes the leaves, `compile.py` puts the headers of the message in front. Levels that would
hold one part only are left out.

A boundary is a hash of the fingerprint, so that the same build gives the same bytes. It begins with "=_", which
neither quoted-printable nor base64 can hold; that it occurs in no part is checked all the same.

Sources: RFC 2046 sections 5.1.1, 5.1.3 and 5.1.4; RFC 2387; RFC 2392; RFC 2183.
"""

import hashlib
from dataclasses import dataclass

from isa_mail.errors import BuildError
from isa_mail.message.bodies import Segment, encode_file, encode_text
from isa_mail.message.headers import ascii_filenames, file_headers, parameter_header
from isa_mail.model.merging import Template
from isa_mail.model.publication import Fingerprint
from isa_mail.model.rendering import Attachment, Picture, RenderedEdition


@dataclass(frozen=True, slots=True)
class Entity:
    """A MIME part: its content headers, and its body with the CRLF that belongs to the boundary below it."""

    headers: bytes
    body: tuple[Segment, ...]


def letter(rendered: RenderedEdition, fingerprint: Fingerprint) -> Entity:
    """Nest all parts of a rendering: text first, since readers show the last alternative that they can."""
    seed = f"{fingerprint}/{rendered.language}"
    html = _text("html", rendered.html)
    if rendered.pictures:
        names = ascii_filenames([picture.filename for picture in rendered.pictures])
        pictures = tuple(map(_picture, rendered.pictures, names))
        html = _multipart("related", seed, (html, *pictures), 'type="text/html"')
    whole = _multipart("alternative", seed, (_text("plain", rendered.text), html))
    if rendered.attachments:
        names = ascii_filenames([attachment.filename for attachment in rendered.attachments])
        attachments = tuple(map(_attachment, rendered.attachments, names))
        whole = _multipart("mixed", seed, (whole, *attachments))
    return whole


def joined(segments: tuple[Segment, ...]) -> tuple[Segment, ...]:
    """Join fixed segments that stand side by side, so that merging has few pieces to hand on."""
    found: list[Segment] = []
    fixed: list[bytes] = []
    for segment in segments:
        if isinstance(segment, bytes):
            fixed.append(segment)
            continue
        if fixed:
            found.append(b"".join(fixed))
            fixed.clear()
        found.append(segment)
    return (*found, b"".join(fixed)) if fixed else tuple(found)


def _multipart(subtype: str, seed: str, parts: tuple[Entity, ...], *parameters: str) -> Entity:
    boundary = "=_" + hashlib.sha256(f"{seed}/{subtype}".encode()).hexdigest()[:32]
    delimiter = f"--{boundary}".encode("ascii")
    segments: list[Segment] = []
    for part in parts:
        if any(isinstance(segment, bytes) and delimiter in segment for segment in part.body):
            raise BuildError(
                f"A part of the letter holds the line that would end it ({boundary}).",
                hint="Change any word of the edition and build again; and please report this letter.",
            )
        segments += (delimiter + b"\r\n" + part.headers + b"\r\n", *part.body)
    segments.append(delimiter + b"--\r\n")
    headers = parameter_header(
        "Content-Type", f"multipart/{subtype}", (*parameters, f'boundary="{boundary}"')
    )
    return Entity(headers, tuple(segments))


def _text(subtype: str, text: Template) -> Entity:
    body = encode_text(text)
    headers = parameter_header("Content-Type", f'text/{subtype}; charset="utf-8"')
    return Entity(headers + parameter_header("Content-Transfer-Encoding", body.encoding), body.segments)


def _picture(picture: Picture, substitute: str) -> Entity:
    headers = file_headers(picture.filename, picture.media_type, "inline", substitute)
    return Entity(
        headers + parameter_header("Content-ID", f"<{picture.content_id}>"), (encode_file(picture.data),)
    )


def _attachment(attachment: Attachment, substitute: str) -> Entity:
    headers = file_headers(attachment.filename, attachment.media_type, "attachment", substitute)
    return Entity(headers, (encode_file(attachment.data),))
