r"""The Message-ID of one edition for one person.

    MessageTemplate, "ann@example.org" -> "<2f1c...@newsletter.example.org>"

Pure. It is a hash and not a random number, so that a mail whose outcome nobody saw can be sent again under the
same id: mailboxes then show it once. The language is no part of it: a person gets one letter of an edition.

Sources: RFC 5322 section 3.6.4.
"""

from collections.abc import Sequence
from hashlib import sha256

from isa_mail.message.template import MessageTemplate


def message_id(template: MessageTemplate, address: str, *, purpose: str = "") -> str:
    """Return the Message-ID, with angle brackets: the same in every run and every build of the edition.

    A `purpose` such as "test 2019-10-07T09:00" gives an id of its own. The right side is the sender's domain;
    the left side says nothing about the person.
    """
    return message_ids(template, [address], purpose=purpose)[0]


def message_ids(template: MessageTemplate, addresses: Sequence[str], *, purpose: str = "") -> list[str]:
    """Return the Message-IDs for many people, in their order: what `message_id` returns for each."""
    before, after = f"{template.list_id}\n{template.edition}\n", f"\n{purpose}"
    right = template.sender.rpartition("@")[2]
    return [
        f"<{sha256(f'{before}{address.lower()}{after}'.encode('utf-8', 'replace')).hexdigest()[:32]}@{right}>"
        for address in addresses
    ]
