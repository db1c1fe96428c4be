"""Replies and the octets of the dialogue: the pure pages of delivery that know the wire."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isa_mail.delivery.commands import FINAL_DOT, data_lines, mails_on_wire, without_size
from isa_mail.delivery.replies import parse_reply, take_reply
from isa_mail.errors import TransportError
from isa_mail.model.mail import Envelope, Message, Outcome, Reply


@pytest.mark.parametrize(
    ("code", "raw", "reply"),
    [
        (250, b"2.0.0 Ok: queued as 4711", Reply(250, "2.0.0", "Ok: queued as 4711")),
        (550, b"5.1.1 no such user\n5.1.1 try elsewhere", Reply(550, "5.1.1", "no such user try elsewhere")),
        (450, b"greylisted", Reply(450, None, "greylisted")),
        (250, b"", Reply(250, None, "")),
        (250, b"2.1.5", Reply(250, "2.1.5", "")),
        (554, b"5.7.1x is no code", Reply(554, None, "5.7.1x is no code")),
        (250, b"version 2.0.0 runs here", Reply(250, None, "version 2.0.0 runs here")),
        (550, b"Postfach gesch\xf6ssen", Reply(550, None, "Postfach gesch\ufffdssen")),
        (550, "邮箱不存在".encode(), Reply(550, None, "邮箱不存在")),
    ],
)
def test_a_reply_is_read_with_its_enhanced_code_and_all_its_lines(
    code: int, raw: bytes, reply: Reply
) -> None:
    assert parse_reply(code, raw) == reply


def test_the_first_digit_decides_even_if_text_and_enhanced_code_say_otherwise() -> None:
    assert parse_reply(250, b"5.1.1 failed").outcome is Outcome.ACCEPTED
    assert parse_reply(451, b"2.0.0 accepted").outcome is Outcome.DEFERRED
    assert parse_reply(599, b"4.2.0 later").outcome is Outcome.FAILED


@pytest.mark.parametrize("code", [-1, 0, 100, 199, 300, 354, 399, 600])
def test_what_is_no_verdict_is_refused(code: int) -> None:
    with pytest.raises(TransportError, match=str(code)):
        parse_reply(code, b"whatever")


def test_what_is_no_verdict_is_quoted_with_eighty_characters_at_most() -> None:
    with pytest.raises(TransportError) as caught:
        parse_reply(-1, b"x" * 500)
    assert "x" * 80 in caught.value.message and "x" * 81 not in caught.value.message


@given(data=st.binary(max_size=120), cut=st.integers(0, 120))
@settings(deadline=None)
def test_a_reply_is_the_same_however_the_network_cuts_it(data: bytes, cut: int) -> None:
    def taken(*pieces: bytes) -> object:
        buffer, result = bytearray(), None
        try:
            for piece in pieces:
                buffer += piece
                result = result or take_reply(buffer)
        except ValueError as error:
            return str(error)
        return result, bytes(buffer)

    text = b"250-" + data.replace(b"\n", b"") + b"\r\n250 done\r\n250 next\r\n"
    assert taken(text[:cut], text[cut:]) == taken(text)


def test_a_reply_is_taken_off_the_front_and_what_follows_stays() -> None:
    buffer = bytearray(b"250-one\r\n250 two\r\n354")
    assert take_reply(buffer) == (250, b"one\ntwo")
    assert buffer == b"354"
    assert take_reply(buffer) is None
    buffer += b"\n"
    assert take_reply(buffer) == (354, b"")


@pytest.mark.parametrize(
    "said",
    [b"HTTP/1.1 400 Bad Request\r\n", b"\r\n", b"25 ok\r\n", b"2500 ok\r\n", b"199 ok\r\n",
     b"250-a\r\n550 b\r\n", b"\x16\x03\x01\n"],
)  # fmt: skip
def test_what_cannot_be_a_reply_is_an_error(said: bytes) -> None:
    with pytest.raises(ValueError, match="said"):
        take_reply(bytearray(said))


def test_an_answer_without_end_is_an_error() -> None:
    with pytest.raises(ValueError, match="no end"):
        take_reply(bytearray(b"250-" + b"x" * 70_000))
    with pytest.raises(ValueError, match="no end"):
        take_reply(bytearray(b"250-x\r\n" * 10_000))


def message(sender: str, recipient: str) -> Message:
    return Message(Envelope(sender, recipient), "<1@example.org>", (b"Subject: x\r\n\r\n", b"Hallo\r\n"))


def test_an_envelope_is_written_with_its_size_where_the_server_wants_it() -> None:
    written = message("news@example.org", "anna+tag@xn--mnchen-3ya.test")
    (mail,) = mails_on_wire(["anna+tag@xn--mnchen-3ya.test"], [written])
    assert mail.mail_from == b"MAIL FROM:<news@example.org> SIZE=21\r\n"
    assert mail.rcpt_to == b"RCPT TO:<anna+tag@xn--mnchen-3ya.test>\r\n"
    assert b"".join(mail.content) == b"Subject: x\r\n\r\nHallo\r\n"
    assert without_size(mail).mail_from == b"MAIL FROM:<news@example.org>\r\n"


@pytest.mark.parametrize(
    "address",
    ["", "anna", "a b@example.org", "a>@example.org", "<a@example.org", "a@example.org\r\nRCPT TO:<b@example.org>",
     "a@example.org\n", "a\x00@example.org", "a\t@example.org",
     "a\x85@example.org", "ä @example.org", "ä\u2028@example.org", "ä\u200b@example.org", "ä@exämple.org",
     "a@\u2028example.org", "a\x7f@example.org"],
)  # fmt: skip
def test_an_address_that_could_end_the_command_is_refused(address: str) -> None:
    for sender, recipient in (("news@example.org", address), (address, "anna@example.org")):
        with pytest.raises(TransportError, match="cannot be written on an envelope"):
            mails_on_wire([recipient], [message(sender, recipient)])
    with pytest.raises(TransportError, match="cannot be written on an envelope"):
        mails_on_wire(["anna@example.org"], [message("jürgen@example.org", "anna@example.org")])


def test_an_address_beyond_ascii_is_said_in_utf_8_with_smtputf8() -> None:
    jürgen = "jürgen@example.org"
    (mail,) = mails_on_wire([jürgen], [message("news@example.org", jürgen)])
    assert mail.mail_from == b"MAIL FROM:<news@example.org> SIZE=21 SMTPUTF8\r\n"
    assert mail.rcpt_to == "RCPT TO:<jürgen@example.org>\r\n".encode()


def test_content_that_is_in_order_goes_out_as_it_is() -> None:
    pieces = (b"Subject: x\r\n\r\n", b"one. two.\r\n")
    assert data_lines(pieces) is pieces


def test_content_without_a_last_line_end_gets_one() -> None:
    assert b"".join(data_lines((b"x",))) == b"x\r\n"
    assert b"".join(data_lines((b"x\r", b"\n"))) == b"x\r\n"
    assert b"".join(data_lines(())) == b"\r\n"


def test_among_many_only_the_content_that_is_not_in_order_is_changed() -> None:
    keys = ["anna@example.org", "bob@example.org", "chen@example.org"]
    contents = [(b"Subject: x\r\n\r\n", b"one\r\n"), (b"two\r\n", b".two\r\n"), (b"three",)]
    messages = [
        message("news@example.org", key)._replace(content=content)
        for key, content in zip(keys, contents, strict=True)
    ]
    one, two, three = mails_on_wire(keys, messages)
    assert one.content is contents[0]
    assert (b"".join(two.content), two.size) == (b"two\r\n..two\r\n", 12)
    assert b"".join(three.content) == b"three\r\n"
    assert b" SIZE=12\r\n" in two.mail_from


def test_a_content_that_does_not_end_its_line_is_seen_though_another_of_its_pieces_ends_that_of_the_first() -> (
    None
):
    keys, piece = ["anna@example.org", "bob@example.org"], b"one\r\n"
    contents = [(piece, piece), (piece, b"open")]
    messages = [
        message("news@example.org", key)._replace(content=content)
        for key, content in zip(keys, contents, strict=True)
    ]
    _, bob = mails_on_wire(keys, messages)
    assert (b"".join(bob.content), bob.size) == (b"one\r\nopen\r\n", 11)


def test_mails_of_one_letter_declare_each_its_own_size_and_a_dot_in_one_is_doubled_there_alone() -> None:
    keys = ["anna@example.org", "bob@example.org"]
    for value, doubled in ((b"Bob B.\r\n", b"Bob B.\r\n"), (b".\r\n", b"..\r\n"), (b"\r.\r\n", b"\r..\r\n")):
        contents = [
            (b"Subject: x\r\n\r\n", b"Anna\r\n", b"Text\r\n"),
            (b"Subject: x\r\n\r\n", value, b"Text\r\n"),
        ]
        anna, bob = mails_on_wire(
            keys,
            [
                message("news@example.org", key)._replace(content=content)
                for key, content in zip(keys, contents, strict=True)
            ],
        )
        assert b"".join(anna.content) == b"".join(contents[0])
        assert b"".join(bob.content) == b"Subject: x\r\n\r\n" + doubled + b"Text\r\n"
        for mail in (anna, bob):
            assert mail.size == len(b"".join(mail.content))
            assert b" SIZE=%d\r\n" % mail.size in mail.mail_from


def test_two_messages_in_exchanged_places_are_not_sent() -> None:
    messages = [message("news@example.org", to) for to in ("bob@example.org", "anna@example.org")]
    with pytest.raises(TransportError, match=r"for anna@example\.org is addressed to bob@example\.org"):
        mails_on_wire(["anna@example.org", "bob@example.org"], messages)


@given(st.lists(st.sampled_from([b".", b"\r\n", b"\r", b"\n", b"x", b"MAIL FROM:<a@b>"]), max_size=12))
@settings(deadline=None)
def test_no_content_can_end_the_message_early(pieces: list[bytes]) -> None:
    data = b"".join(data_lines(tuple(pieces)))
    assert data.endswith(b"\r\n")
    for end in (b"\r\n", b"\n", b"\r"):  # what lax servers take for line ends
        assert end + b"." + end not in end + data
        assert end + b".\r\n" not in end + data


def test_a_doubled_dot_is_undone_by_the_server_into_the_same_content() -> None:
    content = b"Subject: x\r\n\r\n.hidden\r\n.\r\n..two\r\n"
    lines = b"".join(data_lines((content[:17], content[17:]))).split(b"\r\n")
    assert b"\r\n".join(line.removeprefix(b".") for line in lines) == content
    assert FINAL_DOT == b".\r\n"
