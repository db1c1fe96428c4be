r"""The last look at the bytes: nothing that could end a header early, break a line rule or leak an address.

    b"To: ann@example.org\r\nBcc: ..."  ->  refused

Pure. `compile.py` asks about every fixed stretch when a letter is compiled, `merge.py` about what it puts into
the holes, so that a whole message need not be read again; `check_message` reads one whole message and is what
tests and a careful caller use. Each stretch begins at the start of a line and ends with CRLF: a row of good
stretches is therefore a good message.

Sources: RFC 5321 sections 2.3.8, 4.5.2 and 4.5.3.1.6; RFC 5322 sections 2.1.1 and 3.6; RFC 2047 section 5;
RFC 6532 section 3.2.
"""

import re
from collections.abc import Iterable, Sequence

from isa_mail.errors import MergeError
from isa_mail.model.mail import Message

_LONGEST_LINE = 998  # RFC 5322 section 2.1.1, CRLF not counted
_PRINTABLE = bytes(range(32, 127))
# Possessive, so that a long message is read in one pass: lines without CR, none beginning with a dot. Whatever is
# not CR takes a quarter of the time that a range of characters does.
_LINES = re.compile(rb"(?:(?:[^.\r][^\r]{0,%d}+)?+\r\n)*+" % (_LONGEST_LINE - 1))
# A field's name, what follows it, and folded lines that are not all blank; 998 octets a line at most.
_HEADERS = re.compile(
    rb"(?:[!-\-/-9;-~][!-9;-~]{0,76}+:(?: [^\r]{0,919}+)?+\r\n(?: (?= *[!-~])[^\r]{0,997}+\r\n)*+)++"
)
_HEADER = rb"([!-9;-~]+):((?:[^\r]|\r\n )*)\r\n"
_INTERNATIONAL = r"(?:[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]|[^\x00-\x7f])+@[A-Za-z0-9.-]+"
_EXACTLY_ONCE = (b"from", b"to", b"subject", b"date", b"message-id", b"mime-version", b"content-type")
_NEVER_ENCODED = (b"list-", b"message-id", b"date", b"content-", b"mime-version")
_NEVER = (b"bcc", b"cc", b"sender", b"return-path")
_HINT = "Nothing was sent to this person. This is a fault in isa-mail: please report it with the letter."


def lines_are_safe(stretch: bytes) -> bool:
    """Say whether `stretch` is whole CRLF lines of printable ASCII, none over 998 octets, none led by a dot."""
    return _number_of_lines(stretch) is not None and _LINES.fullmatch(stretch) is not None


def headers_are_safe(stretch: bytes, *, fields: int | None = None) -> bool:
    """Say whether `stretch` is whole header fields and nothing else: no empty line, no stray text.

    With `fields`, also whether it is exactly so many of them: a value that smuggles one in is one too many.
    """
    lines = _number_of_lines(stretch)
    if lines is None or (fields is not None and lines - stretch.count(b"\n ") != fields):
        return False
    return _HEADERS.fullmatch(stretch) is not None


def _number_of_lines(stretch: bytes) -> int | None:
    """Count the line ends; None unless all is printable ASCII, CR and LF, in turn.

    If in addition each CR stands right before an LF, all of them are whole line ends.
    """
    breaks = stretch.translate(None, _PRINTABLE)
    lines = len(breaks) // 2
    return lines if breaks == b"\r\n" * lines else None


def are_addressed_to(to_headers: Sequence[bytes], addresses: Sequence[str]) -> bool:
    """Say whether each To header ends in the address that stands on the envelope."""
    ends = [header.rpartition(b" ")[2].strip(b"<>\r\n") for header in to_headers]
    return ends == "\n".join(addresses).encode("utf-8", "replace").split(b"\n")


def in_ascii(octets: bytes, addresses: Iterable[str]) -> bytes:
    """Return octets with an ASCII address where one of these stands that is not: all the rest must be ASCII.

    They are such as `is_international` has let through; RFC 6532 lets each of them stand in its To as it is.
    """
    for address in addresses:
        if not address.isascii():
            octets = octets.replace(address.encode(), b"x@" + address.rpartition("@")[2].encode(), 1)
    return octets


def is_international(address: str) -> bool:
    """Say whether an address beyond ASCII can stand in a header: nothing in it breaks a line or ends an address."""
    return re.fullmatch(_INTERNATIONAL, address) is not None and address.isprintable()


def check_message(message: Message) -> None:
    """Raise MergeError unless `message` keeps all that `model.Message` promises and names one person only."""
    content, recipient = b"".join(message.content), message.envelope.recipient
    to = recipient.encode("utf-8", "replace")
    if not recipient.isascii() and is_international(recipient):
        content, to = in_ascii(content, (recipient,)), in_ascii(to, (recipient,))
    head, blank, _body = content.partition(b"\r\n\r\n")
    head += b"\r\n"
    if not blank or not lines_are_safe(content) or not headers_are_safe(head):
        raise _fault(message, "has a line that mail must not have")
    fields = [(name.lower(), value) for name, value in re.findall(_HEADER, head)]
    names = [name for name, _ in fields]
    if any(names.count(name) != 1 for name in _EXACTLY_ONCE) or any(name in names for name in _NEVER):
        raise _fault(message, "does not have each header exactly once")
    if any(name.startswith(_NEVER_ENCODED) and b"=?" in value for name, value in fields):
        raise _fault(message, "has an encoded word where none may stand")
    by_name = dict(fields)
    bare = by_name[b"to"].split()[-1].removeprefix(b"<").removesuffix(b">")
    if bare != to or by_name[b"message-id"].strip() != message.message_id.encode("ascii", "replace"):
        raise _fault(message, "does not agree with its envelope")


def _fault(message: Message, what: str) -> MergeError:
    return MergeError(f"The message to {message.envelope.recipient} {what}.", hint=_HINT)
