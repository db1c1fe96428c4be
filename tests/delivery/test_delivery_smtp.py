"""Sessions with real servers: opening them, handing over, and every way in which that can go wrong."""

import re
import select
import socket
import ssl
import struct
import tempfile
import time
import traceback
import warnings
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from itertools import product
from pathlib import Path

import pytest
from servers import (
    DROP,
    HANG,
    Fault,
    Server,
    certificate_authority,
    encoded,
    greylist,
    refuse,
    server_context,
    smtp_server,
    trusted_certificate,
)

from isa_mail.delivery.commands import Mail, mails_on_wire
from isa_mail.delivery.dialogue import GoAhead, Verdict
from isa_mail.delivery.session import SmtpSession
from isa_mail.delivery.smtp import open_session
from isa_mail.delivery.transport import LineLost, Unreachable
from isa_mail.delivery.trouble import Server as Address
from isa_mail.errors import TransportError
from isa_mail.model.mail import Envelope, Message, Outcome, Reply
from isa_mail.model.publication import Security, SmtpSettings

PASSWORD = "Straße-unterm-Birnbaum"
SECURITIES = pytest.mark.parametrize("security", ["none", "starttls", "tls"])
CONTENT = (b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n", b"\r\n", b"Hallo\r\n", b"", b"bis bald.\r\n")


ANNA = "anna@example.org"
RECORD = 16_384  # octets that TLS sends as one


def message(recipient: str = ANNA, content: tuple[bytes, ...] = CONTENT) -> Message:
    return Message(Envelope("news@example.org", recipient), f"<{recipient}>", content)


@contextmanager
def session_with(server: Server, **changes: object) -> Iterator[SmtpSession]:
    with closing(open_session(server.settings(**changes))) as session:
        yield session


def refusal_to_open(settings: SmtpSettings) -> TransportError:
    with pytest.raises(TransportError) as caught:
        open_session(settings).close()
    assert caught.value.hint
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + caught.value.hint
    for secret in (PASSWORD, encoded(PASSWORD), encoded(f"\0news\0{PASSWORD}")):
        assert secret not in shown
    return caught.value


# --- opening ----------------------------------------------------------------------------------------------


@SECURITIES
def test_what_is_handed_over_arrives_octet_by_octet(security: str) -> None:
    with smtp_server(security=security, users={"news": PASSWORD}) as server:
        with session_with(server) as session:
            first = session.hand_over(message())
            second = session.hand_over(message("bob@example.org"))
        assert first == Reply(250, "2.0.0", "Ok: queued as 1")
        assert second.text == "Ok: queued as 2"
        assert [got.content for got in server.received] == [b"".join(CONTENT)] * 2
        assert [got.recipients for got in server.received] == [("anna@example.org",), ("bob@example.org",)]
        assert {got.sender for got in server.received} == {"news@example.org"}
        assert server.sessions == 1
        assert server.commands[-1] == "QUIT"


def test_the_greeting_names_no_computer_unless_told_to() -> None:
    with smtp_server() as server:
        session_of_ours = open_session(server.settings())
        session_of_ours.close()
        open_session(server.settings(), hostname="mail.example.org").close()
    assert [line for line in server.commands if line != "QUIT"] == [
        "EHLO [127.0.0.1]",
        "EHLO mail.example.org",
    ]


def test_the_password_goes_out_after_encryption_only() -> None:
    with smtp_server(security="starttls", users={"news": PASSWORD}) as server, session_with(server):
        pass
    assert [line.split()[0] for line in server.commands] == ["EHLO", "STARTTLS", "EHLO", "AUTH", "QUIT"]


def test_a_server_that_only_knows_the_login_mechanism_is_logged_in_to() -> None:
    faults = [Fault("auth", "504 5.5.4 unrecognized mechanism", times=1)]
    with smtp_server(users={"news": PASSWORD}, faults=faults) as server, session_with(server) as session:
        assert session.hand_over(message()).outcome is Outcome.ACCEPTED
    assert [line for line in server.commands if "AUTH" in line] == ["AUTH PLAIN", "AUTH LOGIN"]


def test_no_login_is_tried_without_a_user() -> None:
    with smtp_server() as server, session_with(server) as session:
        assert session.hand_over(message()).code == 250
    assert not [line for line in server.commands if "AUTH" in line]


def test_what_the_server_announces_is_known() -> None:
    with smtp_server(announce=["PIPELINING"], size_limit=1000) as server, session_with(server) as session:
        assert "pipelining" in session.extensions
        assert session.size_limit == 1000
    with smtp_server(conceal=["SIZE"]) as server, session_with(server) as session:
        assert session.size_limit is None


# --- certificates -----------------------------------------------------------------------------------------

ENCRYPTED = pytest.mark.parametrize("security", ["starttls", "tls"])


@ENCRYPTED
@pytest.mark.parametrize(
    ("certificate", "words"),
    [
        ("unknown CA", "is not trusted"),
        ("wrong name", "another name than localhost"),
        ("expired", "has expired"),
    ],
)
def test_a_certificate_that_proves_nothing_ends_the_session(
    security: str, certificate: str, words: str
) -> None:
    with smtp_server(security=security, certificate=certificate, users={"news": PASSWORD}) as server:
        assert words in refusal_to_open(server.settings()).message
        assert not [line for line in server.commands if "AUTH" in line]


@ENCRYPTED
def test_a_certificate_of_an_own_ca_is_not_trusted_without_its_file(security: str) -> None:
    with smtp_server(security=security) as server:
        error = refusal_to_open(server.settings(ca_file=None))
    assert "is not trusted" in error.message
    assert "SMTP_CA_FILE" in error.hint


@ENCRYPTED
def test_an_address_in_numbers_is_verified_like_a_name(security: str) -> None:
    with smtp_server(security=security) as server, session_with(server, host="127.0.0.1") as session:
        assert session.hand_over(message()).code == 250


@pytest.mark.parametrize("content", [None, b"", b"no certificate\n"])
def test_a_ca_file_that_holds_no_certificate_is_named(content: bytes | None, tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_bytes(content)
    with smtp_server(security="starttls") as server:
        error = refusal_to_open(server.settings(ca_file=str(file)))
    assert str(file) in error.message
    assert "SMTP_CA_FILE" in error.hint


def test_a_server_without_starttls_gets_nothing() -> None:
    with smtp_server(users={"news": PASSWORD}) as server:
        error = refusal_to_open(server.settings(security=Security.STARTTLS))
        assert "STARTTLS" in error.message
        assert server.commands == ["EHLO [127.0.0.1]"]


@pytest.mark.parametrize("answer", ["454 4.7.0 TLS not available", "502 5.5.1 not implemented", "250 sure"])
def test_a_server_that_takes_starttls_back_gets_nothing(answer: str) -> None:
    faults = [Fault("starttls", answer)]
    with smtp_server(security="starttls", users={"news": PASSWORD}, faults=faults) as server:
        refusal_to_open(server.settings())
        assert server.commands == ["EHLO [127.0.0.1]", "STARTTLS"]


def test_encryption_from_the_start_with_a_plain_server_is_explained() -> None:
    with smtp_server() as server:
        error = refusal_to_open(server.settings(security=Security.TLS))
    assert "encrypted" in error.message and "SMTP_SECURITY" in error.hint


def test_a_plain_start_with_an_encrypting_server_is_explained() -> None:
    with smtp_server(security="tls") as server:
        error = refusal_to_open(server.settings(security=Security.STARTTLS, timeout_seconds=0.2))
    assert "within 0.2 seconds" in error.message and "SMTP_SECURITY" in error.hint


# --- logging in -------------------------------------------------------------------------------------------


@SECURITIES
def test_a_wrong_password_is_tried_once_and_never_shown(security: str) -> None:
    with smtp_server(security=security, users={"news": "another one"}) as server:
        error = refusal_to_open(server.settings(password=PASSWORD))
        assert "refused the login of news: 535" in error.message
        assert "SMTP_PASSWORD" in error.hint
        assert not isinstance(error, Unreachable)
        assert [line for line in server.commands if "AUTH" in line] == ["AUTH PLAIN"]


@pytest.mark.parametrize("secret", [PASSWORD, encoded(PASSWORD), encoded(f"\0news\0{PASSWORD}")])
def test_a_server_that_repeats_the_password_is_not_quoted_with_it(secret: str) -> None:
    faults = [Fault("auth", f"535 5.7.8 bad password {secret}")]
    with smtp_server(users={"news": PASSWORD}, faults=faults) as server:
        assert "bad password …" in refusal_to_open(server.settings()).message


def test_a_login_that_fails_for_the_moment_may_be_tried_again() -> None:
    with smtp_server(users={"news": PASSWORD}, faults=[Fault("auth", "454 4.7.0 try later")]) as server:
        assert isinstance(refusal_to_open(server.settings()), Unreachable)


@pytest.mark.parametrize(
    ("announce", "words"), [((), "offers no login"), (("AUTH GSSAPI",), "only offers GSSAPI")]
)
def test_a_server_without_a_usable_login_is_named(announce: tuple[str, ...], words: str) -> None:
    with smtp_server(announce=announce) as server:
        assert words in refusal_to_open(server.settings(user="news", password=PASSWORD)).message


def test_a_password_never_travels_in_the_clear_to_another_computer() -> None:
    settings = SmtpSettings("192.0.2.1", 25, Security.NONE, "news", PASSWORD, timeout_seconds=0.1)
    error = refusal_to_open(settings)
    assert "without encryption" in error.message  # and not: did not answer
    assert "SMTP_SECURITY" in error.hint


@pytest.mark.parametrize("step", ["mail", "rcpt", "data"])
def test_mail_that_is_refused_for_want_of_a_login_says_nothing_about_the_recipient(step: str) -> None:
    faults = [Fault(step, "530 5.7.0 Authentication required")]
    with smtp_server(faults=faults) as server, session_with(server) as session:
        with pytest.raises(TransportError, match="530 Authentication required") as caught:
            session.hand_over(message())
        assert not isinstance(caught.value, LineLost)
        assert not session.is_ready()
    assert "SMTP_USER" in caught.value.hint


# --- no server, no mail server ----------------------------------------------------------------------------


def closed_port() -> int:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return int(unused.getsockname()[1])


def test_a_server_that_does_not_run_is_unreachable() -> None:
    settings = SmtpSettings("127.0.0.1", closed_port(), Security.NONE, None, None, timeout_seconds=2)
    error = refusal_to_open(settings)
    assert isinstance(error, Unreachable)
    assert str(settings.port) in error.message and "SMTP_PORT" in error.hint


@pytest.mark.parametrize("host", ["mail.invalid", "mail..invalid", "x" * 70 + ".invalid"])
def test_a_name_without_an_address_is_said_to_be_not_found(host: str) -> None:
    error = refusal_to_open(SmtpSettings(host, 587, Security.STARTTLS, "news", PASSWORD))
    assert f"{host} was not found" in error.message
    assert "SMTP_HOST" in error.hint


@pytest.mark.parametrize("step", ["greeting", "ehlo", "starttls", "auth"])
def test_a_server_that_says_nothing_is_given_up_in_time(step: str) -> None:
    with smtp_server(security="starttls", users={"news": PASSWORD}, faults=[Fault(step, HANG)]) as server:
        began = time.monotonic()
        error = refusal_to_open(server.settings(timeout_seconds=0.2))
        assert time.monotonic() - began < 2
    assert isinstance(error, Unreachable)
    assert "did not answer within 0.2 seconds" in error.message


@pytest.mark.parametrize("step", ["greeting", "ehlo", "starttls", "auth"])
def test_a_server_that_hangs_up_while_the_session_is_opened_is_unreachable(step: str) -> None:
    with smtp_server(security="starttls", users={"news": PASSWORD}, faults=[Fault(step, DROP)]) as server:
        assert re.search("closed the connection|came about", refusal_to_open(server.settings()).message)


@pytest.mark.parametrize(
    "said",
    ["HTTP/1.1 400 Bad Request", "SSH-2.0-OpenSSH_9.6", "+OK POP3 ready", "* OK IMAP4rev1", "\0\0\0\1"],
)
def test_what_is_no_mail_server_is_told_apart(said: str) -> None:
    with smtp_server(faults=[Fault("greeting", said)]) as server:
        assert "is no mail server" in refusal_to_open(server.settings()).message


@pytest.mark.parametrize(("code", "again"), [(421, True), (450, True), (554, False)])
@pytest.mark.parametrize("step", ["greeting", "ehlo"])
def test_a_server_that_turns_us_away_is_quoted(step: str, code: int, again: bool) -> None:
    with smtp_server(faults=[Fault(step, f"{code} no service for you {'x' * 200}")]) as server:
        error = refusal_to_open(server.settings())
    assert f"{code} no service for you xxx" in error.message
    assert len(error.message) < 200
    assert isinstance(error, Unreachable) is again


def test_a_server_that_talks_on_after_the_login_is_not_trusted_with_mail() -> None:
    faults = [Fault("auth", "235 2.7.0 welcome\r\n250 unasked")]
    with smtp_server(users={"news": PASSWORD}, faults=faults) as server:
        assert "is no mail server" in refusal_to_open(server.settings()).message


def test_answers_slipped_in_before_the_encryption_are_not_taken_for_answers_within() -> None:
    slipped_in = "220 go ahead\r\n250-mail.test\r\n250 AUTH PLAIN"
    with smtp_server(security="starttls", faults=[Fault("starttls", slipped_in)]) as server:
        refusal_to_open(server.settings(user="news", password=PASSWORD, timeout_seconds=0.5))
        assert not [line for line in server.commands if "AUTH" in line]


def test_what_the_server_offers_before_the_encryption_is_not_what_it_offers_within() -> None:
    before = Fault(
        "ehlo", "250-mail.test\r\n250-STARTTLS\r\n250-PIPELINING\r\n250-SIZE 1\r\n250 AUTH PLAIN", times=1
    )
    with smtp_server(security="starttls", faults=[before]) as server, session_with(server) as session:
        assert "pipelining" not in session.extensions and session.size_limit != 1
        assert session.hand_over(message()).code == 250
    with smtp_server(security="starttls", faults=[before]) as server:
        refused = refusal_to_open(server.settings(user="news", password=PASSWORD))
        assert "offers no login" in refused.message and "AUTH PLAIN" not in server.commands


def test_tls_before_1_2_is_not_spoken() -> None:
    authority = certificate_authority("trusted")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    with (
        tempfile.TemporaryDirectory() as folder,
        socket.create_server(("127.0.0.1", 0)) as listener,
        ThreadPoolExecutor() as threads,
    ):
        ca_file = Path(folder) / "ca.pem"
        authority.cert_pem.write_to_path(str(ca_file))
        seen = threads.submit(shake_hands, listener, context)
        settings = SmtpSettings(
            "localhost", listener.getsockname()[1], Security.TLS, None, None, str(ca_file)
        )
        assert "TLS 1.2 is the oldest" in refusal_to_open(settings).hint
        assert isinstance(seen.result(), ssl.SSLError)


def shake_hands(listener: socket.socket, context: ssl.SSLContext) -> Exception | None:
    peer, _ = listener.accept()
    with peer:
        try:
            context.wrap_socket(peer, server_side=True).close()
        except OSError as error:
            return error
    return None


# --- refusals of one message ------------------------------------------------------------------------------


@SECURITIES
@pytest.mark.parametrize(
    ("step", "code"), [("mail", 450), ("rcpt", 450), ("rcpt", 550), ("data", 450), ("data", 550)]
)
def test_a_refusal_before_the_content_is_the_verdict_and_the_session_goes_on(
    security: str, step: str, code: int
) -> None:
    faults = [Fault(step, f"{code}-5.7.1 not\r\n{code} 5.7.1 like this", times=1)]
    with smtp_server(security=security, faults=faults) as server:
        with session_with(server) as session:
            assert session.hand_over(message()) == Reply(code, "5.7.1", "not like this")
            assert session.is_ready()
            assert session.hand_over(message("bob@example.org")).code == 250
        assert [got.recipients for got in server.received] == [("bob@example.org",)]
        assert "RSET" in server.commands
        assert server.sessions == 1


def test_a_refused_recipient_is_never_followed_by_content() -> None:
    with smtp_server(faults=[refuse()]) as server, session_with(server) as session:
        assert session.hand_over(message()).outcome is Outcome.FAILED
    assert "DATA" not in server.commands


@pytest.mark.parametrize("code", [451, 554])
def test_a_refusal_after_the_final_dot_is_the_verdict_and_the_session_goes_on(code: int) -> None:
    with smtp_server(faults=[Fault("dot", f"{code} spam?", times=1)]) as server:
        with session_with(server) as session:
            assert session.hand_over(message()) == Reply(code, None, "spam?")
            assert session.is_ready()
            assert session.hand_over(message()).code == 250
        assert [got.accepted for got in server.received] == [False, True]


def test_greylisting_is_over_at_the_second_try() -> None:
    with smtp_server(faults=[greylist("anna@example.org")]) as server, session_with(server) as session:
        assert session.hand_over(message()).outcome is Outcome.DEFERRED
        assert session.hand_over(message()).outcome is Outcome.ACCEPTED


@pytest.mark.parametrize("step", ["mail", "rcpt", "data", "dot"])
def test_421_is_an_answer_and_the_end_of_the_session(step: str) -> None:
    with (
        smtp_server(faults=[Fault(step, "421 4.3.2 shutting down")]) as server,
        session_with(server) as session,
    ):
        assert session.hand_over(message()) == Reply(421, "4.3.2", "shutting down")
        assert not session.is_ready()


def test_a_message_above_the_announced_size_is_not_even_begun() -> None:
    too_large = message(content=(b"x" * 80 + b"\r\n",) * 20)
    with smtp_server(size_limit=1024) as server, session_with(server) as session:
        with pytest.raises(TransportError, match="up to 1 KB, and this one has 2 KB") as caught:
            session.hand_over(too_large)
        assert session.hand_over(message()).code == 250
    assert "pictures" in caught.value.hint
    assert len(server.received) == 1 and server.commands.count("DATA") == 1


def test_a_server_that_finds_a_message_too_large_without_a_limit_of_its_own_is_quoted() -> None:
    with (
        smtp_server(faults=[Fault("mail", "552 5.3.4 too large for this account")]) as server,
        session_with(server) as session,
        pytest.raises(TransportError, match=r"552 5\.3\.4 too large for this account"),
    ):
        session.hand_over(message())
    assert "DATA" not in server.commands


def test_a_sender_who_is_refused_says_nothing_about_the_recipient() -> None:
    faults = [Fault("mail", "553 5.7.1 not your address")]
    with smtp_server(faults=faults) as server, session_with(server) as session:
        with pytest.raises(TransportError, match="not your address") as caught:
            session.hand_over(message())
        assert not isinstance(caught.value, LineLost)
        assert not session.is_ready()
    assert "sender" in caught.value.hint


@contextmanager
def content_due(mail: Mail) -> Iterator[tuple[SmtpSession, socket.socket, socket.socket]]:
    """Offer a mail on a line of our own, and give its content to the session, not yet to the line; both its ends."""
    with socket.create_server(("127.0.0.1", 0)) as server, ExitStack() as stack:
        line = stack.enter_context(socket.create_connection(server.getsockname()))
        other, _ = server.accept()
        stack.enter_context(other)
        settings = SmtpSettings("127.0.0.1", 25, Security.NONE, None, None)
        session = SmtpSession(line, Address("127.0.0.1", 25), settings, {"pipelining": "", "size": "0"})
        session.offer(mail)
        session.flush()
        other.sendall(b"250 ok\r\n250 ok\r\n354 go on\r\n")
        select.select([line], [], [], 10)
        assert session.receive() == [GoAhead()]
        session.transmit()
        yield session, line, other


def test_an_envelope_that_waits_for_the_line_does_not_shorten_the_wait_for_the_verdict_before_it() -> None:
    anna, bob = mails_on_wire(["anna@x.test", "bob@x.test"], [message("anna@x.test"), message("bob@x.test")])
    with content_due(anna) as (session, line, _):
        session.flush()
        assert not session.has_unsent
        with suppress(BlockingIOError):
            while True:
                line.send(bytes(65_536))  # the line takes no more
        session.offer(bob)
        session.flush()
        assert session.has_unsent
        assert session._deadline - time.monotonic() > 500


def test_a_large_mail_is_joined_once_however_little_the_line_takes_at_a_time() -> None:
    (anna,) = mails_on_wire(
        ["anna@x.test"], [message("anna@x.test", content=(b"a line of text\r\n",) * 200_000)]
    )
    with content_due(anna) as (session, _, other):
        wanted, joined = len(anna.mail_from + anna.rcpt_to) + len("DATA\r\n.\r\n") + anna.size, set()
        while wanted:
            if session.flush():
                (rest,) = session._unsent
                joined.add(id(rest.obj))
            wanted -= len(other.recv(65_536))
    assert len(joined) == 1


def test_no_size_is_declared_to_a_server_that_announced_none() -> None:
    with smtp_server(conceal=["SIZE"]) as server, session_with(server) as session:
        session.hand_over(message())
    assert "MAIL FROM:<news@example.org>" in server.commands


@pytest.mark.parametrize("action", [DROP, "502 5.5.1 never heard of it", "421 4.3.2 enough"])
def test_a_server_that_will_not_clear_up_after_a_refusal_gets_no_further_mail(action: str) -> None:
    with smtp_server(faults=[refuse(ANNA), Fault("rset", action)]) as server, session_with(server) as session:
        assert session.hand_over(message()).code == 550
        with pytest.raises(LineLost) as caught:
            session.hand_over(message("bob@example.org"))
        assert caught.value.untaken == ("bob@example.org",) and caught.value.in_doubt is None
        assert not session.is_ready()
    assert server.received == []


def test_an_address_that_is_none_is_refused_before_anything_goes_out() -> None:
    with smtp_server() as server, session_with(server) as session:
        before = list(server.commands)
        with pytest.raises(TransportError) as caught:
            session.hand_over(message("anna@example.org>\r\nRCPT TO:<bob@example.org"))
        assert not isinstance(caught.value, LineLost)
        assert session.is_ready()
        assert server.commands == before


def test_content_with_dots_at_line_starts_arrives_as_it_was() -> None:
    content = (b"Subject: x\r\n\r\n.", b"hidden\r\n.\r\n", b"..\r\nend\r\n")
    with smtp_server() as server, session_with(server) as session:
        assert session.hand_over(message(content=content)).code == 250
    assert server.received[0].content == b"".join(content)


# --- broken lines -----------------------------------------------------------------------------------------

PATIENCE = {HANG: 0.5}  # seconds; what breaks off has all the time it needs, however busy the machine


def lost(session: SmtpSession, content: tuple[bytes, ...] = CONTENT) -> LineLost:
    with pytest.raises(LineLost) as caught:
        session.hand_over(message(content=content))
    assert not session.is_ready()
    return caught.value


@SECURITIES
@pytest.mark.parametrize("action", [DROP, HANG])
@pytest.mark.parametrize("step", ["mail", "rcpt", "data"])
def test_a_line_that_breaks_before_the_content_has_certainly_sent_nothing(
    security: str, step: str, action: str
) -> None:
    with smtp_server(security=security, faults=[Fault(step, action)]) as server:
        with session_with(server, timeout_seconds=PATIENCE.get(action, 20)) as session:
            assert not lost(session).in_doubt
        assert server.received == []


@SECURITIES
@pytest.mark.parametrize("action", [DROP, HANG])
def test_a_line_that_breaks_within_the_content_has_certainly_sent_nothing(security: str, action: str) -> None:
    large = (b"Subject: x\r\n\r\n", *((b"x" * 76 + b"\r\n") * 1000,) * 300)  # more than any buffer on the way
    with smtp_server(security=security, faults=[Fault("content", action)]) as server:
        with session_with(server, timeout_seconds=PATIENCE.get(action, 20)) as session:
            assert not lost(session, large).in_doubt
        assert server.received == []


def test_a_server_that_hangs_up_during_the_content_never_sees_the_final_dot() -> None:
    large = (b"Subject: x\r\n\r\n", (b"x" * 76 + b"\r\n") * 250_000)  # 20 MB: no buffer holds it
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor() as threads:
        seen = threads.submit(take_content_but_say_good_bye, listener)
        settings = SmtpSettings("127.0.0.1", listener.getsockname()[1], Security.NONE, None, None)
        with closing(open_session(settings)) as session:
            assert not lost(session, large).in_doubt
        assert not seen.result().endswith(b"\n.\r\n")


def take_content_but_say_good_bye(listener: socket.socket) -> bytes:
    """Serve up to 354, end our half of the connection, and read on; return the last octets that came."""
    peer, _ = listener.accept()
    with peer:
        for answer in (b"220 hello", b"250 mail.test", b"250 ok", b"250 ok", b"354 go ahead"):
            if answer != b"220 hello":
                peer.recv(1000)
            peer.sendall(answer + b"\r\n")
        peer.shutdown(socket.SHUT_WR)
        last = b""
        while data := peer.recv(1_000_000):
            last = (last + data)[-100:]
        return last


@SECURITIES
@pytest.mark.parametrize(
    ("action", "reason"),
    [(DROP, "closed|reset"), (HANG, "no answer within 1 s"),
     ("354 go on", "354"), ("+OK", r"\+OK"), ("2500 x", "2500")],
)  # fmt: skip
def test_a_line_that_breaks_after_the_final_dot_leaves_the_outcome_open(
    security: str, action: str, reason: str
) -> None:
    with smtp_server(security=security, faults=[Fault("dot", action)]) as server:
        with session_with(server, timeout_seconds=1.0) as session:
            error = lost(session)
        assert error.in_doubt == ANNA
        assert re.search(reason, error.reason)
        assert len(server.received) == 1
        assert isinstance(error, TransportError) and error.hint


# --- a line that fills ------------------------------------------------------------------------------------

BOB = "bob@example.org"
THEIR_ROOM = 24_000  # octets that the server's end of the line shall hold; systems round up
OUR_ROOMS = (8_192, 16_384, 24_000)  # and ours; on Linux, each lets a mail fill it right behind its dot
RECORDS = range(1, 7)  # one finds room, six do not
READ_ON, BREAK_OFF = True, False
PLAIN_AND_TLS = pytest.mark.parametrize("security", [Security.NONE, Security.TLS])


def whole_records(number: int) -> tuple[bytes, bytes]:
    """Content so long that its final dot closes a record of TLS, and the next envelope begins another."""
    start = b"Subject: x\r\n\r\n"
    return start, b"x" * (number * RECORD - len(start) - len(b"\r\n.\r\n")) + b"\r\n"


def stall_after_354(listener: socket.socket, context: ssl.SSLContext | None, told: Future[bool]) -> bytes:
    """Serve up to 354, read nothing until told to, then all; return the octets that came after DATA."""
    peer, _ = listener.accept()
    with context.wrap_socket(peer, server_side=True) if context else peer as line:
        line.recv(1000)
        line.sendall(b"250 ok\r\n250 ok\r\n354 go on\r\n")
        if told.result(timeout=60) is BREAK_OFF:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # RST, not FIN
            return b""
        came, answered = b"", False
        while data := line.recv(100_000):
            came += data
            if b"\r\n.\r\n" in came and not answered:
                answered = True
                with suppress(OSError):  # who hung up
                    line.sendall(b"250 2.0.0 queued\r\n")
        return came


@contextmanager
def full_line(
    security: Security, content: tuple[bytes, ...], room: int = OUR_ROOMS[-1]
) -> Iterator[tuple[SmtpSession, Future[bool], Future[bytes]]]:
    """Hand Anna's mail and Bob's envelope to a line whose server has stopped reading, until it is full."""
    is_tls = security is Security.TLS
    with socket.socket() as listener, ThreadPoolExecutor() as threads:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, THEIR_ROOM)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        told: Future[bool] = Future()
        came = threads.submit(stall_after_354, listener, server_context() if is_tls else None, told)
        connected = socket.create_connection(listener.getsockname())
        if is_tls:
            trusted = ssl.create_default_context(cadata=trusted_certificate())
            connected = trusted.wrap_socket(connected, server_hostname="localhost")
        settings = SmtpSettings("localhost", 0, security, None, None)
        session = SmtpSession(connected, Address("localhost", 0), settings, {"pipelining": ""})
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, room)
        try:
            session.offer(*mails_on_wire([ANNA], [message(content=content)]))
            session.flush()
            assert what_comes(session) == GoAhead()
            session.transmit()
            session.offer(*mails_on_wire([BOB], [message(BOB)]))
            session.flush()
            while session.has_unsent and select.select([], [session], [], 0.05)[1]:
                session.flush()
            yield session, told, came
        finally:
            session.abandon()
            if not told.done():
                told.set_result(BREAK_OFF)


def what_comes(session: SmtpSession) -> GoAhead | Verdict:
    """Send and receive until something is heard."""
    while True:
        select.select([session], [session] if session.has_unsent else [], [], 20)
        session.flush()
        for heard in session.receive():
            if isinstance(heard, LineLost):
                raise heard
            return heard
        session.check_deadline()


@PLAIN_AND_TLS
def test_a_mail_is_in_doubt_if_its_final_dot_left_and_only_then_however_full_the_line(
    security: Security,
) -> None:
    dots = set()
    for number, room in product(RECORDS, OUR_ROOMS):
        with full_line(security, whole_records(number), room) as (session, told, came):
            left = session.abandon()
            told.set_result(READ_ON)
        dot_left = came.result().endswith(b"x\r\n.\r\n") or b"x\r\n.\r\nMAIL" in came.result()
        assert (left.in_doubt, left.untaken) == ((ANNA, (BOB,)) if dot_left else (None, (ANNA, BOB)))
        dots.add(dot_left)
    assert dots == {True, False}


@PLAIN_AND_TLS
@pytest.mark.parametrize("number", RECORDS)
def test_a_line_that_was_full_brings_each_octet_once(security: Security, number: int) -> None:
    content = whole_records(number)
    envelope = b"MAIL FROM:<news@example.org>\r\nRCPT TO:<bob@example.org>\r\nDATA\r\n"
    with full_line(security, content) as (session, told, came):
        told.set_result(READ_ON)
        heard = what_comes(session)
        assert isinstance(heard, Verdict) and heard.mail.key == ANNA and heard.reply.code == 250
        while session.has_unsent:
            session.flush()
        assert session.abandon().untaken == (BOB,)
    assert came.result() == b"".join(content) + b".\r\n" + envelope


@PLAIN_AND_TLS
@pytest.mark.parametrize(("number", "dot_left"), [(RECORDS[0], True), (RECORDS[-1], False)])
def test_a_server_that_resets_a_full_line_leaves_in_doubt_only_whose_final_dot_left(
    security: Security, number: int, dot_left: bool
) -> None:
    with full_line(security, whole_records(number)) as (session, told, _):
        assert session.has_unsent is not dot_left
        told.set_result(BREAK_OFF)
        with pytest.raises(LineLost) as caught:
            what_comes(session)
    assert caught.value.in_doubt == (ANNA if dot_left else None)
    assert caught.value.untaken == ((BOB,) if dot_left else (ANNA, BOB))


# --- servers that say what nobody asked -------------------------------------------------------------------


@pytest.mark.parametrize("said", ["250 ok\r\n250 ok", "354 go on", "hello", "250-a\r\n550 b"])
@pytest.mark.parametrize("step", ["mail", "rcpt"])
def test_a_server_that_falls_out_of_step_loses_the_line(step: str, said: str) -> None:
    with smtp_server(faults=[Fault(step, said)]) as server:
        with session_with(server) as session:
            assert not lost(session).in_doubt
        assert server.received == []


def test_a_server_that_is_done_before_the_content_is_out_of_step() -> None:
    with (
        smtp_server(faults=[Fault("data", "250 fine, thank you")]) as server,
        session_with(server) as session,
    ):
        assert "fine, thank you" in lost(session).reason


def test_a_late_answer_is_never_taken_for_the_next_one() -> None:
    late = Fault("rcpt", "550 5.1.1 no such user", "anna@example.org", delay=0.4)
    with smtp_server(faults=[late]) as server:
        with session_with(server, timeout_seconds=0.2) as session:
            assert not lost(session).in_doubt
            time.sleep(0.4)
            assert not session.is_ready()
        with session_with(server) as session:
            assert session.hand_over(message("bob@example.org")).code == 250


def test_a_time_out_holds_for_the_whole_answer_not_for_each_octet() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings = SmtpSettings("localhost", 0, Security.NONE, None, None, timeout_seconds=0.15)
        connected = socket.create_connection(listener.getsockname())
        session = SmtpSession(connected, Address("localhost", 0), settings, {})
        peer, _ = listener.accept()
        with peer, ThreadPoolExecutor() as threads:
            threads.submit(trickle, peer, b"250-one octet at a time\r\n")
            began = time.monotonic()
            assert "no answer within 0.15 s" in lost(session).reason
            assert time.monotonic() - began < 1  # all octets take longer


def trickle(peer: socket.socket, data: bytes) -> None:
    for octet in data[:24]:
        peer.sendall(bytes([octet]))
        time.sleep(0.05)


def test_a_server_that_hung_up_in_between_is_noticed_before_the_next_message() -> None:
    with smtp_server() as server:
        session = open_session(server.settings())
        assert session.is_ready()
        assert session.hand_over(message()).code == 250
        assert session.is_ready()
    for _ in range(50):  # the good-bye of the stopped server is on its way
        if not session.is_ready():
            break
        time.sleep(0.02)
    assert not session.is_ready()
    session.close()


def test_closing_is_polite_never_hangs_and_may_be_done_twice() -> None:
    with smtp_server(faults=[Fault("quit", HANG)]) as server:
        session = open_session(server.settings(timeout_seconds=0.2))
        began = time.monotonic()
        session.close()
        session.close()
        assert time.monotonic() - began < 5  # the server would never answer
        assert server.commands[-1] == "QUIT"
        assert not session.is_ready()


def test_a_session_shows_no_password() -> None:
    with smtp_server(users={"news": PASSWORD}) as server, session_with(server) as session:
        assert PASSWORD not in repr(session) + repr(vars(session)) + repr(server.settings())
