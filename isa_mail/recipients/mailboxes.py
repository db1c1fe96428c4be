"""Take a pasted To: line apart, or a list that is nothing but addresses.

    An: "Müller, Jürgen" <j@example.org>; Ann Probe <ann@example.org>
        -> (1, '"Müller, Jürgen" <j@example.org>'), (1, "Ann Probe <ann@example.org>")

Pure. Mailboxes are parted by semicolons, commas or line ends; inside quotes and angle brackets these part nothing,
and a comma in front of an address is part of the name: Müller, Jürgen <j@example.org>. Source: RFC 5322 section 3.4.
"""

import re
from collections.abc import Iterable, Iterator

_FIELD_NAME = r"\s*(?i:to|cc|bcc|an|kopie|blindkopie|收件人|抄送|密送)\s*[:：]\s*"
_PIECE = r'(?:"(?:[^"\\]|\\.)*"|<[^<>]*>|[^;,"<]|["<])+|[;,]'  # a run without, or one of them


def looks_like_mailboxes(line: str) -> bool:
    """Say whether every entry of a line is an address or `Name <address>`: so is a To: line, and no row of a table."""
    entries = list(_entries(line))
    return bool(entries) and all(
        "@" in entry and (entry.endswith(">") or not set(entry) & set(",\t")) for entry in entries
    )


def mailboxes(lines: Iterable[str], first_line: int) -> Iterator[tuple[int, str]]:
    """Yield each mailbox with its line; what is no mailbox is yielded too, so that it can be refused by name."""
    for number, line in enumerate(lines, first_line):
        for entry in _entries(line):
            yield number, entry


def _entries(line: str) -> Iterator[str]:
    entry = ""
    for piece in re.findall(_PIECE, re.sub(_FIELD_NAME, "", line, count=1)):
        if piece == ";" or (piece == "," and "@" in entry):
            if entry.strip():
                yield entry.strip()
            entry = ""
        else:
            entry += piece
    if entry.strip():
        yield entry.strip()
