"""The whole way through Debian's Postfix as a submission server: TLS, each login, refusals, several sessions."""

import shlex
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import pytest
from postfix import MISSING, Postfix, postfix
from servers import Server, smtp_server
from workplace import Desk, crowd, wait_until

from isa_mail.delivery.smtp import open_session
from isa_mail.errors import TransportError
from isa_mail.model.mail import Envelope, Message
from isa_mail.model.publication import SmtpSettings

pytestmark = pytest.mark.skipif(bool(MISSING), reason=MISSING)

USER, PASSWORD, TOKEN_USER, TOKEN = "news", "Straße unterm Birnbaum", "token@example.org", "ya29.geheim_lang"
BODY = b"Hallo\r\n\r\n From here on\r\nbis bald.\r\n" + b"x" * 990 + b"\r\n"
NOBODY = "emil@mitglied.test"


@dataclass(frozen=True)
class Way:
    """A Postfix, and the server behind it at which its mail arrives."""

    postfix: Postfix
    sink: Server

    @property
    def settings(self) -> SmtpSettings:
        return self.postfix.settings


@pytest.fixture(scope="module")
def way() -> Iterator[Way]:
    users = {USER: PASSWORD, TOKEN_USER: TOKEN}
    with (
        smtp_server() as sink,
        postfix(users=users, next_hop=sink.port, recipients={NOBODY: "550 5.1.1 no such user"}) as running,
    ):
        yield Way(running, sink)


def write_env(desk: Desk, settings: SmtpSettings) -> None:
    (desk.folder / ".env").write_text(
        f"SMTP_HOST={settings.host}\nSMTP_PORT={settings.port}\nSMTP_USER={settings.user}\n"
        f"SMTP_PASSWORD='{settings.password}'\nSMTP_CA_FILE={settings.ca_file}\n"
    )
    (desk.folder / ".env").chmod(0o600)


def test_doctor_finds_a_real_server_well(desk: Desk, way: Way) -> None:
    write_env(desk, way.settings)
    shown = desk.run("doctor").out
    assert "✓ Encryption   TLSv1.3" in shown
    assert "✓ Login        as news, by PLAIN (the server offers PLAIN LOGIN XOAUTH2)" in shown
    assert "PIPELINING, 8BITMIME, SMTPUTF8" in shown and "the server takes 2.0 MB" in shown


def test_everyone_gets_the_letter_but_whom_the_server_does_not_know(desk: Desk, way: Way) -> None:
    write_env(desk, way.settings)
    before = len(way.sink.received)
    assert "1 address does not exist" in desk.send(5, expect=3).out
    assert desk.states()[NOBODY] == "failed"
    wait_until(lambda: len(way.sink.received) == before + 4, "mail through Postfix")
    assert {got.sender for got in way.sink.received[before:]} == {"uferpost@ufer.example.org"}


def test_several_sessions_side_by_side_reach_everyone_once(desk: Desk, way: Way) -> None:
    write_env(desk, way.settings)
    desk.members(crowd(60))
    desk.pace(sessions=5)
    before = len(way.sink.received)
    desk.send(60)
    wait_until(lambda: len(way.sink.received) == before + 60, "mail through Postfix")
    people = [got.recipients for got in way.sink.received[before:]]
    assert len(set(people)) == 60
    # Postfix itself says of each message which session brought it.
    log = way.postfix.log.read_text()
    assert log.count("sasl_username=news") >= 60 and "improper command pipelining" not in log


def test_the_bytes_that_postfix_passes_on_are_those_that_were_handed_over(way: Way) -> None:
    before = len(way.sink.received)
    with closing(open_session(way.settings)) as session:
        message = Message(
            Envelope("news@example.org", "anna@example.org"), "<1@x>", (b"Subject: x\r\n\r\n", BODY)
        )
        assert session.hand_over(message).code == 250
    wait_until(lambda: len(way.sink.received) == before + 1, "mail through Postfix")
    assert way.sink.received[-1].content.endswith(b"\r\n\r\n" + BODY)  # below the header, to which it adds


@pytest.mark.parametrize(
    "command", [f"import sys; print({TOKEN!r})", "print('another')"], ids=["accepted", "refused"]
)
def test_a_token_is_accepted_or_refused_in_a_sentence(way: Way, command: str) -> None:
    program = shlex.join([sys.executable, "-c", command])
    settings = way.settings._replace(user=TOKEN_USER, password=None, token_command=program)
    if TOKEN in command:
        open_session(settings).close()
        return
    with pytest.raises(TransportError, match=r"refused the login of token@example\.org: 535") as caught:
        open_session(settings)
    assert "token" in caught.value.hint


def test_a_wrong_password_stops_the_run_and_costs_nobody_a_mail(desk: Desk, way: Way) -> None:
    write_env(desk, way.settings._replace(password="falsch"))
    began = time.monotonic()
    done = desk.send(5, expect=1)
    assert "535" in done.err and "SMTP_PASSWORD" in done.err
    assert set(desk.states().values()) == {"pending"}
    assert time.monotonic() - began < 20
