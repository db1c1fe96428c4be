"""What the last look at the bytes lets through and what it stops."""

import time

import pytest
from mail_reading import DATE, compiled, recipient, rendered

from isa_mail.errors import MergeError
from isa_mail.message.firewall import are_addressed_to, check_message, headers_are_safe, lines_are_safe
from isa_mail.message.merge import merge
from isa_mail.model.mail import Envelope, Message


@pytest.mark.parametrize(
    "stretch",
    [b"", b"\r\n", b"a\r\n", b" a\r\n\r\nb.\r\n", b"x" * 998 + b"\r\n", b"-.\r\n", b"/\r\n", b"~\r\n"],
)
def test_whole_lines_of_ascii_are_safe(stretch: bytes) -> None:
    assert lines_are_safe(stretch)


@pytest.mark.parametrize(
    "stretch",
    [
        b"a",
        b"a\n",
        b"a\r",
        b"a\rb\r\n",
        b"a\nb\r\n",
        b".\r\n",
        b"a\r\n.b\r\n",
        b"\xc3\xbc\r\n",
        b"a\0\r\n",
        b"a\tb\r\n",
        b"\x7f\r\n",
        b"x" * 999 + b"\r\n",
        b"a\r\nb",
    ],
)
def test_a_line_that_mail_must_not_have_is_seen(stretch: bytes) -> None:
    assert not lines_are_safe(stretch)


@pytest.mark.parametrize(
    "stretch", [b"To: a\r\n", b"To: a\r\n b\r\nX-Y: \r\n", b"List-Unsubscribe:\r\n <mailto:a>\r\n"]
)
def test_whole_header_fields_are_safe(stretch: bytes) -> None:
    assert headers_are_safe(stretch)


@pytest.mark.parametrize(
    "stretch",
    [
        b"",
        b"To: a\r\n\r\n",
        b"To: a\r\nb\r\n",
        b"To: a\r\n \r\n",
        b" a\r\n",
        b"To : a\r\n",
        b"To: a",
        b"To: a\r\n\r\nX: b\r\n",
        b".To: a\r\n",
        b"To: a\nX: b\r\n",
        b"To: \xc3\xbc\r\n",
        b"To: " + b"x" * 998 + b"\r\n",
        b"To: a\r\n " + b"x" * 998 + b"\r\n",
    ],
)
def test_anything_but_header_fields_is_seen(stretch: bytes) -> None:
    assert not headers_are_safe(stretch)


def test_a_header_too_many_is_seen() -> None:
    assert headers_are_safe(b"To: a\r\n b\r\nX: c\r\n", fields=2)
    assert not headers_are_safe(b"To: a\r\nBcc: b\r\n", fields=1)


def _message() -> Message:
    return merge(compiled(rendered()), recipient(), date=DATE)


def test_a_merged_message_passes() -> None:
    check_message(_message())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Subject: ", b"Bcc: all@example.org\r\nSubject: "),
        (b"Subject: ", b"To: bob@example.org\r\nSubject: "),
        (b"Date: ", b"X-Date: "),
        (b"<ann@example.org>", b"<bob@example.org>"),
        (b"<ann@example.org>", b"<ann@example.org>, <bob@example.org>"),
        (b"List-Id: ISA", b"List-Id: =?utf-8?q?ISA?="),
        (b"Message-ID: <", b"Message-ID: <x"),
        (b"Guten", b".\r\nGuten"),
        (b"\r\n\r\nGuten", b"\r\n.Guten"),
        (b"Guten", b"Gut\nen"),
        (b"Guten", "Güten".encode()),
        (b"Guten", b"G" * 999),
    ],
)
def test_a_message_that_was_tampered_with_is_stopped(old: bytes, new: bytes) -> None:
    message = _message()
    content = b"".join(message.content)
    assert old in content
    tampered = Message(message.envelope, message.message_id, (content.replace(old, new, 1),))
    with pytest.raises(MergeError):
        check_message(tampered)


def test_a_message_for_another_envelope_is_stopped() -> None:
    message = _message()
    with pytest.raises(MergeError):
        check_message(
            Message(Envelope("news@example.org", "bob@example.org"), message.message_id, message.content)
        )


def test_megabytes_are_read_in_one_pass() -> None:
    data = (b"A" * 76 + b"\r\n") * 100_000
    started = time.process_time()
    assert lines_are_safe(data)
    assert not lines_are_safe(data + b".")
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("header", "agrees"),
    [
        (b"To: ann@example.org\r\n", True),
        (b"To: =?utf-8?q?J=C3=BCrgen?=\r\n <ann@example.org>\r\n", True),
        (b"To: Ann <bob@example.org>\r\n", False),
        (b"To: ann@example.org <bob@example.org>\r\n", False),
    ],
)
def test_a_mail_goes_out_only_if_its_to_is_who_stands_on_the_envelope(header: bytes, agrees: bool) -> None:
    assert (
        are_addressed_to([b"To: bob@example.org\r\n", header], ["bob@example.org", "ann@example.org"])
        is agrees
    )
