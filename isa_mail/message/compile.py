"""Compile a letter, once per language: its headers and its parts, as encoded bytes with holes.

    RenderedEdition, Publication -> MessageTemplate

Pure. `structure.py` makes the parts, `template.py` is what comes out. `build`, `check` and the preview compile;
a send loads nothing of it.

The headers, in this order: From, Reply-To if set, To, Subject, Date, Message-ID, List-Id, List-Unsubscribe,
Precedence, X-Auto-Response-Suppress, MIME-Version, Content-Language, Content-Type.

Against answering machines: `Precedence: bulk` and List-Id keep programs quiet that follow RFC 3834 section 2, and
`X-Auto-Response-Suppress: OOF, AutoReply` keeps Exchange and Outlook quiet; delivery failures still come back,
because they are needed. There is no Auto-Submitted: RFC 3834 section 5 keeps it for messages that a program sends
of its own accord, people wrote and sent this one, and ticket systems throw such mail away unread.

Sources: RFC 5322 section 3.6; RFC 2369; RFC 2919; RFC 3834; RFC 3282 (Content-Language).
"""

from collections.abc import Iterator

from isa_mail.errors import BuildError
from isa_mail.message.bodies import Base64Hole, HeaderHole, QuotedHole, Segment
from isa_mail.message.firewall import headers_are_safe, lines_are_safe
from isa_mail.message.headers import list_id_header, mailbox_header, parameter_header
from isa_mail.message.structure import joined, letter
from isa_mail.message.template import MessageTemplate
from isa_mail.model.merging import MergeField
from isa_mail.model.publication import Fingerprint, Publication
from isa_mail.model.rendering import RenderedEdition


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
