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
from collections.abc import Sequence
from functools import lru_cache
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
_BEYOND_ASCII = re.compile(r"(?:[!-;=?-~]|[^\x00-\x7f])+@[!-;=?-~]+")
_DOT_AT_LINE_START = re.compile(rb"(\A|[\r\n])\.")


class Mail(NamedTuple):
    """One message as it goes on the wire; what tells it apart is `key`, the recipient's."""

    key: str
    mail_from: bytes
    rcpt_to: bytes
    content: tuple[bytes, ...]  # doubled dots and closing CRLF included, without the final dot
    size: int  # octets of the content


def mails_on_wire(keys: Sequence[str], messages: Sequence[Message]) -> list[Mail]:
    """Write messages, one for each key; each declares its size, so that the server can say no before the content.

    Raises TransportError for an address that could end a command early, and for a message to somebody else than its
    key: the last look before it leaves that nobody gets what was put together for another.
    """
    together = _are_clean([message.content for message in messages])  # sooner looked through than one by one
    mails = []
    for key, message in zip(keys, messages, strict=True):
        (sender, recipient), _, content = message
        if recipient.lower() != key.lower():
            raise _mixed_up(key, message)
        if not together or not _is_closed(content):
            content = data_lines(content)
        size = sum(map(len, content))
        mail_from, is_ascii = _safe_sender(sender), recipient.isascii()
        rcpt_to = _safe(recipient, _ADDRESS if is_ascii else _BEYOND_ASCII)
        mails.append(
            Mail(
                key,
                b"MAIL FROM:<%b> SIZE=%d%b\r\n" % (mail_from, size, b"" if is_ascii else b" SMTPUTF8"),
                b"RCPT TO:<%b>\r\n" % rcpt_to,
                content,
                size,
            )
        )
    return mails


def without_size(mail: Mail) -> Mail:
    """Take the size out of the command, for a server that did not announce SIZE."""
    return mail._replace(mail_from=mail.mail_from.replace(b" SIZE=%d" % mail.size, b"", 1))


def data_lines(content: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """Return the content with doubled dots and a closing CRLF; the final dot is not part of it.

    A `Message` needs neither by its contract, so that its pieces go out as they are, without being joined; a mistake
    there must not become a second message (SMTP smuggling), so that a dot after a bare CR or LF is doubled, too.
    """
    if not _are_clean([content]):
        content = (_DOT_AT_LINE_START.sub(rb"\1..", b"".join(content)),)
    if not _is_closed(content):
        whole = b"".join(content)
        content = (whole,) if whole.endswith(b"\r\n") else (whole, b"\r\n")
    return content


def _are_clean(contents: Sequence[tuple[bytes, ...]]) -> bool:
    """Say whether no dot stands at the start of a line, or of a piece. Long pieces are looked through once."""
    doubtful = set[bytes]().union(*contents) - _clean
    if _has_dot_at_line_start(b"\n".join(doubtful)):
        return False
    if len(_clean) < _MOST_CLEAN:
        _clean.update(piece for piece in doubtful if len(piece) >= _LONG)
    return True


def _is_closed(content: tuple[bytes, ...]) -> bool:
    return content != () and content[-1].endswith(b"\r\n")


def _has_dot_at_line_start(octets: bytes) -> bool:
    return octets[:1] == b"." or b"\n." in octets or b"\r." in octets


def _mixed_up(key: str, message: Message) -> TransportError:
    return TransportError(
        f"The message for {key} is addressed to {message.envelope.recipient}.",
        hint="It was not sent. This is a fault in isa-mail: please report it with what the same command shows with "
        "--debug after isa-mail.",
    )


@lru_cache(maxsize=16)  # one for all
def _safe_sender(address: str) -> bytes:
    return _safe(address, _ADDRESS)


def _safe(address: str, allowed: re.Pattern[str]) -> bytes:
    if allowed.fullmatch(address) is None or not address.isprintable():
        raise TransportError(
            f"The address {address!r} cannot be written on an envelope.",
            hint="Correct it in the list or in isa-mail.toml; nothing was sent to it.",
        )
    return address.encode()
