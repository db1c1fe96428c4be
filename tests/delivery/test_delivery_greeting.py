"""The first words with a mail server, octet by octet: servers that follow a script, and what must not be believed."""

import base64
import os
import socket
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isa_mail.delivery.greeting import extensions, size_limit
from isa_mail.delivery.session import SmtpSession
from isa_mail.delivery.smtp import open_session
from isa_mail.delivery.transport import Unreachable
from isa_mail.errors import TransportError
from isa_mail.model.publication import Security, SmtpSettings

GREETING = b"220 mail.test ESMTP\r\n"
HELLO = b"250-mail.test\r\n250-PIPELINING\r\n250 AUTH PLAIN LOGIN\r\n"
STARTTLS = b"250-mail.test\r\n250 STARTTLS\r\n"
SLOWLY = 0.05  # seconds between two packets


class Scripted:
    """A server that says what it is told: one list of packets for the greeting, and one after each line it hears."""

    def __init__(self, script: Sequence[Sequence[bytes]], hangs: bool) -> None:
        self.heard: list[str] = []
        self._script = script
        self._hangs = hangs
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])

    def serve(self) -> None:
        peer, _ = self._listener.accept()
        with peer, peer.makefile("rb") as lines:
            for number, packets in enumerate(self._script):
                if number:
                    self.heard.append(_text(lines.readline()))
                for packet in packets:
                    peer.sendall(packet)
                    time.sleep(SLOWLY if len(packets) > 1 else 0)
            if self._hangs:
                self.heard += map(_text, lines)

    def settings(
        self,
        security: str = "none",
        user: str | None = None,
        password: str | None = None,
        seconds: float = 10,
    ) -> SmtpSettings:
        return SmtpSettings(
            "127.0.0.1", self.port, Security(security), user, password, timeout_seconds=seconds
        )

    def close(self) -> None:
        self._listener.close()


def _text(line: bytes) -> str:
    return line.decode("utf-8", "replace").rstrip("\r\n")


@contextmanager
def server_that_says(*script: bytes | Sequence[bytes], hangs: bool = True) -> Iterator[Scripted]:
    """After its script it waits until we hang up; not so with `hangs=False`."""
    server = Scripted([[packets] if isinstance(packets, bytes) else packets for packets in script], hangs)
    with ThreadPoolExecutor() as threads:
        served = threads.submit(server.serve)
        try:
            yield server
        finally:
            served.cancel()
            with socket.socket() as last:  # nobody came: do not wait for ever
                last.connect_ex(("127.0.0.1", server.port))
            server.close()


def opened(server: Scripted, **settings: Any) -> SmtpSession:
    session = open_session(server.settings(**settings))
    session.close(patience=0)
    return session


def refusal(server: Scripted, **settings: Any) -> TransportError:
    with pytest.raises(TransportError) as caught:
        opened(server, **settings)
    assert caught.value.hint
    return caught.value


# --- what is understood -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("greeting", "hello"),
    [
        (GREETING, HELLO),
        ([b"2", b"20 mail", b".test\r", b"\n"], [HELLO[:20], HELLO[20:21], HELLO[21:-1], HELLO[-1:]]),
        (b"220-mail.test\r\n220-no spam\r\n220 please\r\n", HELLO),
        (b"220\r\n", HELLO),
        ("220 Grüß Gott, 欢迎\r\n".encode(), HELLO),
        ("220 Grüß Gott\r\n".encode("latin-1"), HELLO),
        (b"220 mail.test\n", HELLO.replace(b"\r", b"")),
        (GREETING, b"250-mail.test\r\n" + b"250-X" + b"x" * 9000 + b"\r\n" + HELLO),
    ],
    ids=["usual", "in pieces", "many lines", "no words", "UTF-8", "Latin-1", "bare LF", "long line"],
)
def test_a_greeting_may_come_in_many_ways(
    greeting: bytes | Sequence[bytes], hello: bytes | Sequence[bytes]
) -> None:
    with server_that_says(greeting, hello) as server:
        assert opened(server).extensions["pipelining"] == ""
    assert server.heard == ["EHLO [127.0.0.1]", "QUIT"]


@pytest.mark.parametrize("refused", [b"500 what?\r\n", b"502 5.5.1 not implemented\r\n"])
def test_a_server_that_knows_no_ehlo_is_greeted_the_old_way_and_offers_nothing(refused: bytes) -> None:
    with server_that_says(GREETING, refused, b"250-mail.test\r\n250 PIPELINING\r\n") as server:
        assert opened(server).extensions == {}
    assert server.heard == ["EHLO [127.0.0.1]", "HELO [127.0.0.1]", "QUIT"]


def test_no_password_is_said_to_a_server_that_knows_no_ehlo() -> None:
    with server_that_says(GREETING, b"502 no\r\n", b"250 mail.test\r\n") as server:
        assert "offers no login" in refusal(server, user="news", password="geheim").message
    assert server.heard == ["EHLO [127.0.0.1]", "HELO [127.0.0.1]"]


def test_a_server_that_knows_no_ehlo_is_no_way_around_encryption() -> None:
    with server_that_says(GREETING, b"500 no\r\n", b"250 mail.test\r\n") as server:
        assert "offers no encryption" in refusal(server, security="starttls").message
    assert "STARTTLS" not in server.heard


@pytest.mark.parametrize(
    ("said", "offered"),
    [
        (b"mail.test", {}),
        (b"mail.test\nPIPELINING", {"pipelining": ""}),
        (b"mail.test\nsize 1000\nAuth plain  LOGIN", {"size": "1000", "auth": "plain LOGIN"}),
        (b"mail.test\nAUTH=LOGIN\nAUTH PLAIN XOAUTH2", {"auth": "LOGIN PLAIN XOAUTH2"}),
        (b"mail.test\n\nX-\xfc", {"": "", "x-\ufffd": ""}),
    ],
)
def test_what_a_server_offers_is_read_from_its_second_line_on(said: bytes, offered: dict[str, str]) -> None:
    assert extensions(said) == offered


@given(st.binary())
def test_any_answer_to_ehlo_can_be_read(said: bytes) -> None:
    assert all(name == name.lower() for name in extensions(said))


# --- what is refused --------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [421, 454, 554])
def test_a_greeting_that_is_a_refusal_is_quoted_with_all_its_lines(code: int) -> None:
    said = b"%d-4.3.2 not\r\n%d 4.3.2 today\r\n" % (code, code)
    with server_that_says(said, hangs=False) as server:
        error = refusal(server)
    assert f"refused the connection: {code} 4.3.2 not 4.3.2 today" in error.message
    assert isinstance(error, Unreachable) is (code < 500)
    assert server.heard == []


@pytest.mark.parametrize(
    "said",
    [b"220-one\r\n221 another\r\n", b"220\tready\r\n", b"2200 ready\r\n", b"354 go on\r\n", b"\r\n", b"150 wait\r\n"],
)  # fmt: skip
def test_what_is_no_greeting_ends_it(said: bytes) -> None:
    with server_that_says(said) as server:
        assert "is no mail server" in refusal(server).message
    assert server.heard == []


@pytest.mark.parametrize("endless", [b"220 " + b"x" * 100_000, b"220-x\r\n" * 20_000], ids=["line", "lines"])
def test_an_answer_without_end_is_not_waited_for(endless: bytes) -> None:
    with server_that_says(endless, hangs=True) as server:
        error = refusal(server)
    assert "is no mail server" in error.message and len(error.message) < 250


@pytest.mark.parametrize(
    "script",
    [[GREETING + HELLO], [GREETING, HELLO + b"235 2.7.0 welcome\r\n"]],
    ids=["before EHLO", "before the login"],
)
def test_a_server_that_says_more_than_it_was_asked_is_asked_nothing_more(script: Sequence[bytes]) -> None:
    with server_that_says(*script) as server:
        assert "is no mail server" in refusal(server, user="news", password="geheim").message
    assert len(server.heard) == len(script) - 1


@pytest.mark.parametrize("late", [b"250 unasked\r\n", b"2"])
def test_a_server_that_speaks_unasked_after_the_login_gets_no_mail(late: bytes) -> None:
    with server_that_says(GREETING, HELLO, b"235 2.7.0 welcome\r\n" + late) as server:
        assert "is no mail server" in refusal(server, user="news", password="geheim").message
    assert len(server.heard) == 2


@pytest.mark.parametrize(
    ("script", "step"),
    [
        ([b""], "before its greeting"),
        ([b"220 mail.te"], "before its greeting"),
        ([GREETING, b"250-mail.test\r\n"], "during the greeting"),
        ([GREETING, HELLO, b""], "during the login"),
    ],
)
def test_a_server_that_hangs_up_is_said_to_have_and_when(script: Sequence[bytes], step: str) -> None:
    with server_that_says(*script, hangs=False) as server:
        error = refusal(server, user="news", password="geheim")
    assert f"closed the connection {step}" in error.message and isinstance(error, Unreachable)


@pytest.mark.parametrize("step", range(5))
def test_a_server_that_trickles_is_as_late_as_one_that_hangs(step: int) -> None:
    login = (b"250-mail.test\r\n250 AUTH LOGIN\r\n", b"334 VXNlcm5hbWU6\r\n", b"334 UGFzc3dvcmQ6\r\n")
    script: list[Sequence[bytes] | bytes] = [GREETING, *login, b"235 2.7.0 welcome\r\n"]
    script[step:] = [[b"2", b"5", b"0", *[b"-"] * 40]]
    with server_that_says(*script) as server:
        began = time.monotonic()
        error = refusal(server, user="news", password="geheim", seconds=0.4)
        assert time.monotonic() - began < 1.5
    assert "did not answer within 0.4 seconds" in error.message


# --- the encryption ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [b"220 go ahead\r\n250 mail.test\r\n", b"220 go ahead\r\n2", [b"220 go ahead\r\n", b"250 mail.test\r\n"]],
    ids=["an answer", "an octet", "in a packet of its own"],
)
def test_what_is_slipped_in_before_the_handshake_ends_the_session(answer: bytes | Sequence[bytes]) -> None:
    with server_that_says(GREETING, STARTTLS, answer, hangs=False) as server:
        error = refusal(server, security="starttls", user="news", password="geheim")
    assert "No encrypted connection to the mail server" in error.message
    assert server.heard[:2] == ["EHLO [127.0.0.1]", "STARTTLS"]


def test_a_handshake_that_hangs_is_given_up_in_time() -> None:
    with server_that_says(GREETING, STARTTLS, b"220 go ahead\r\n") as server:
        began = time.monotonic()
        assert "within 0.4 seconds" in refusal(server, security="starttls", seconds=0.4).message
        assert time.monotonic() - began < 1.5


# --- the login --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said", [b"AG5ld3MAZ2VoZWlt is wrong\r\n", b"geheim\r\n"], ids=["as it was said", "in plain"]
)
def test_what_is_no_answer_to_a_login_is_not_quoted_with_the_password(said: bytes) -> None:
    with server_that_says(GREETING, HELLO, said) as server:
        error = refusal(server, user="news", password="geheim")
    assert "refused the login of news" in error.message
    assert "geheim" not in error.message and "AG5ld3MAZ2VoZWlt" not in error.message


@pytest.mark.parametrize(
    "said",
    [
        (b"235 ok\r\n235 password geheim ok\r\n",),
        (b"235 ok\r\nAUTH PLAIN AG5ld3MAZ2VoZWlt\r\n",),
        (b"504 unknown\r\nAUTH PLAIN AG5ld3MAZ2VoZWlt\r\n",),
    ],
    ids=["a second yes", "the command behind a yes", "the command behind a no"],
)
def test_what_a_server_says_unasked_after_a_password_is_not_quoted(said: Sequence[bytes]) -> None:
    with server_that_says(GREETING, HELLO, said) as server:
        error = refusal(server, user="news", password="geheim")
    assert "geheim" not in error.message and "AG5ld3MAZ2VoZWlt" not in error.message


def test_a_password_that_is_not_utf8_goes_out_octet_by_octet() -> None:
    with server_that_says(GREETING, HELLO, b"235 2.7.0 welcome\r\n") as server:
        opened(server, user="news", password=os.fsdecode(b"geheim\xfc"))
    assert base64.b64decode(server.heard[1].split()[-1]) == b"\0news\0geheim\xfc"


@pytest.mark.parametrize(
    ("said", "limit"), [("35882577", 35882577), ("0", 0), ("", 0), ("9" * 5000, 0), ("²", 0), ("-1", 0)]
)
def test_only_a_number_of_octets_is_a_limit(said: str, limit: int) -> None:
    assert size_limit({"size": said}) == limit
    assert size_limit({}) == 0


def test_a_password_goes_out_once_as_plain_or_in_two_answers() -> None:
    with server_that_says(GREETING, HELLO, b"235 2.7.0 welcome\r\n") as server:
        opened(server, user="news", password="geheim")
    assert server.heard[1:] == ["AUTH PLAIN AG5ld3MAZ2VoZWlt", "QUIT"]
    asked = (b"334 VXNlcm5hbWU6\r\n", b"334 UGFzc3dvcmQ6\r\n", b"235 2.7.0 welcome\r\n")
    with server_that_says(GREETING, HELLO.replace(b"PLAIN ", b""), *asked) as server:
        opened(server, user="news", password="geheim")
    assert server.heard[1:] == ["AUTH LOGIN", "bmV3cw==", "Z2VoZWlt", "QUIT"]
