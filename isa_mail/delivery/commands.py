"""The octets of one hand-over: commands and content as they go on the wire.

    Message(Envelope("news@example.org", "anna@example.org"), …)
        -> Mail(b"MAIL FROM:<news@example.org> SIZE=4711\\r\\n", b"RCPT TO:<anna@example.org>\\r\\n", …)

Pure. `dialogue.py` says when which of them is due.

A message is seven-bit (model.Message), so that no server ever has to be asked for 8BITMIME. Only where a recipient's
address is not ASCII, its To line is not, and SMTPUTF8 is said.

Sources: RFC 5321 sections 4.1.1 (commands) and 4.5.2 (transparency), RFC 1870 section 3 (SIZE), RFC 6531 section 3.4
(SMTPUTF8) and 3.3 (what an address may hold).
"""

import re
from collections.abc import Iterable, Sequence
from functools import partial
from typing import NamedTuple

from isa_mail.errors import TransportError
from isa_mail.model.mail import Message

DATA = b"DATA\r\n"
FINAL_DOT = b".\r\n"
RSET = b"RSET\r\n"
QUIT = b"QUIT\r\n"

_LONG = 200  # octets; such pieces are the same for everybody, and looking through them takes longest
_MOST_CLEAN = 512
_clean: set[bytes] = set()  # long pieces that were looked through
_ADDRESS = re.compile(r"[!-;=?-~]+@[!-;=?-~]+")  # printable ASCII without blank, < and >
_ADDRESSES = re.compile(rf"{_ADDRESS.pattern}(?:\n{_ADDRESS.pattern})*")
_BEYOND_ASCII = re.compile(r"(?:[!-;=?-~]|[^\x00-\x7f])+@[!-;=?-~]+")
_DOT_AT_LINE_START = re.compile(rb"(\A|[\r\n])\.")


class Mail(NamedTuple):
    """One message as it goes on the wire; what tells it apart is `key`, the recipient's."""

    key: str
    mail_from: bytes
    rcpt_to: bytes
    content: tuple[bytes, ...]  # doubled dots and closing CRLF included, without the final dot
    size: int  # octets of the content


_mail = partial(tuple.__new__, Mail)  # without a call of Python for each


def mails_on_wire(keys: Sequence[str], messages: Sequence[Message]) -> list[Mail]:
    """Write messages, one for each key; each declares its size, so that the server can say no before the content.

    Raises TransportError for an address that could end a command early, and for a message to somebody else than its
    key: the last look before it leaves that nobody gets what was put together for another.
    """
    senders = [message.envelope.sender for message in messages]
    recipients = [message.envelope.recipient for message in messages]
    _refuse_unsafe(senders, recipients)
    _refuse_mixed_up(keys, recipients)
    contents = [message.content for message in messages]
    sizes = _sizes_in_order(contents)
    if sizes is None:
        contents = [data_lines(content) for content in contents]
        sizes = [sum(map(len, content)) for content in contents]
    mail_from = [
        f"MAIL FROM:<{sender}> SIZE={size}{'' if recipient.isascii() else ' SMTPUTF8'}\r\n".encode()
        for sender, recipient, size in zip(senders, recipients, sizes, strict=True)
    ]
    rcpt_to = [f"RCPT TO:<{recipient}>\r\n".encode() for recipient in recipients]
    return list(map(_mail, zip(keys, mail_from, rcpt_to, contents, sizes, strict=True)))


def without_size(mail: Mail) -> Mail:
    """Take the size out of the command, for a server that did not announce SIZE."""
    return mail._replace(mail_from=mail.mail_from.replace(b" SIZE=%d" % mail.size, b"", 1))


def data_lines(content: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """Return the content with doubled dots and a closing CRLF; the final dot is not part of it.

    A `Message` needs neither by its contract, so that its pieces go out as they are; a mistake there must not become
    a second message (SMTP smuggling), so that a dot after a bare CR or LF is doubled, too.
    """
    if not _are_clean(content):
        content = (_DOT_AT_LINE_START.sub(rb"\1..", b"".join(content)),)
    if not content or not content[-1].endswith(b"\r\n"):
        whole = b"".join(content)
        content = (whole,) if whole.endswith(b"\r\n") else (whole, b"\r\n")
    return content


def _sizes_in_order(contents: Sequence[tuple[bytes, ...]]) -> list[int] | None:
    """Return the sizes of contents of one letter; None if one is of another letter, or has to be changed.

    What is the same in all of them is measured and looked through once.
    """
    if len(set(map(len, contents))) != 1:
        return None
    same: list[bytes] = []
    differing: list[tuple[bytes, ...]] = []
    for column in zip(*contents, strict=True):
        if column.count(column[0]) == len(column):
            same.append(column[0])
        else:
            differing.append(column)
    if not (same and _are_clean(same) and all([content[-1].endswith(b"\r\n") for content in contents])):
        return None
    size = sum(map(len, same))
    if not differing:
        return [size] * len(contents)
    rows = [b"\n".join(row) for row in zip(*differing, strict=True)]
    if _has_dot_at_line_start(b"\n".join(rows)):
        return None
    size -= len(differing) - 1  # what stands between the pieces in a row
    return [size + len(row) for row in rows]


def _are_clean(pieces: Iterable[bytes]) -> bool:
    """Say whether no dot stands at the start of a line, or of a piece. Long pieces are looked through once."""
    doubtful = set(pieces) - _clean
    if _has_dot_at_line_start(b"\n".join(doubtful)):
        return False
    if len(_clean) < _MOST_CLEAN:
        _clean.update(piece for piece in doubtful if len(piece) >= _LONG)
    return True


def _has_dot_at_line_start(octets: bytes) -> bool:
    return octets.startswith(b".") or b"\n." in octets.replace(b"\r", b"\n")


def _refuse_unsafe(senders: Sequence[str], recipients: Sequence[str]) -> None:
    """Raise TransportError for an address that could end a command early."""
    for sender in set(senders):
        if not _is_safe(sender, _ADDRESS):
            raise _unsafe(sender)
    together = "\n".join(recipients)
    if _ADDRESSES.fullmatch(together) and together.count("\n") == len(recipients) - 1:
        return
    for recipient in recipients:
        if not _is_safe(recipient, _ADDRESS if recipient.isascii() else _BEYOND_ASCII):
            raise _unsafe(recipient)


def _is_safe(address: str, allowed: re.Pattern[str]) -> bool:
    return allowed.fullmatch(address) is not None and address.isprintable()


def _unsafe(address: str) -> TransportError:
    return TransportError(
        f"The address {address!r} cannot be written on an envelope.",
        hint="Correct it in the list or in isa-mail.toml; nothing was sent to it.",
    )


def _refuse_mixed_up(keys: Sequence[str], recipients: Sequence[str]) -> None:
    """Raise TransportError for a message to somebody else than its key; no safe address has a line break."""
    if len(keys) == len(recipients) and "\n".join(keys).lower() == "\n".join(recipients).lower():
        return
    for key, recipient in zip(keys, recipients, strict=True):
        if key.lower() != recipient.lower():
            raise TransportError(
                f"The message for {key} is addressed to {recipient}.",
                hint="It was not sent. This is a fault in isa-mail: please report it with what the same command shows "
                "with --debug after isa-mail.",
            )
