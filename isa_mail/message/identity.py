r"""The Message-ID of one edition for one person.

    MessageTemplate, "ann@example.org" -> "<2f1c...@newsletter.example.org>"

Pure. It is a hash and not a random number, so that a mail whose outcome nobody saw can be sent again under the
same id: mailboxes then show it once. The language is no part of it: a person gets one letter of an edition.

Sources: RFC 5322 section 3.6.4.
"""

import hashlib

from isa_mail.message.template import MessageTemplate


def message_id(template: MessageTemplate, address: str, *, purpose: str = "") -> str:
    """Return the Message-ID, with angle brackets: the same in every run and every build of the edition.

    A `purpose` such as "test 2019-10-07T09:00" gives an id of its own. The right side is the sender's domain;
    the left side says nothing about the person.
    """
    parts = (template.list_id, template.edition, address.lower(), purpose)
    left = hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()[:32]
    return f"<{left}@{template.sender.rpartition('@')[2]}>"
