"""Which refusals say that there is no such address, and which are about something else."""

import pytest

from isa_mail.delivery.bounces import is_no_such_address


@pytest.mark.parametrize(
    "reply",
    [
        "550 5.1.1 no such user",
        "550 5.1.1 <emil@example.org>: Recipient address rejected: User unknown in virtual mailbox table",
        "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
        "556 5.1.10 Recipient address has null MX",
        "550 5.1.2 Domain not found",
        "551 5.1.6 has moved",
        "550 5.1.0 Address rejected: user unknown",
        "550 No such user here",
        "550 User unknown",
        "550 Unknown user",
        "550 Mailbox not found",
        "550 Empfänger unbekannt",
        "550 Postfach existiert nicht",
        "550 That account doesn't exist",
        "553 invalid recipient emil@example.org",
    ],
)
def test_a_hard_bounce_is_told(reply: str) -> None:
    assert is_no_such_address(reply)


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "250 2.0.0 Ok",
        "450 4.1.1 user unknown",  # says "later"
        "550 5.7.1 user unknown to our policy, rejected as spam",  # the code decides, not the words
        "552 5.2.2 mailbox full",
        "550 5.2.1 account disabled",
        "550 5.7.515 Access denied, sending domain does not meet the required authentication level",
        "550 mailbox unavailable",  # RFC 5321's own words for everything from spam to a typo
        "554 unknown address of client",
        "550 Sender address rejected",
        "552 message size exceeds limit",
        "554 5.4.0 too many hops",
        "isa-mail was stopped while this message was in hand; user unknown",
    ],
)
def test_everything_else_is_no_reason_to_drop_somebody(reply: str) -> None:
    assert not is_no_such_address(reply)
