"""Logging in with a token that a command prints: XOAUTH2, and what can go wrong before and during it."""

import base64
import shlex
import sys
import traceback
from contextlib import closing
from pathlib import Path

import pytest
from servers import refuse, smtp_server
from token_server import token_server

from isa_mail.delivery.smtp import open_session
from isa_mail.errors import TransportError
from isa_mail.model.mail import Envelope, Message
from isa_mail.model.publication import SmtpSettings

USER, TOKEN = "news@example.org", "ya29.a0Af-geheim_und~lang/=="


def printing(text: str, status: int = 0) -> str:
    """Return a command that prints a text, on both of its outputs."""
    program = f"import sys; print({text!r}); print({text!r}, file=sys.stderr); sys.exit({status})"
    return shlex.join([sys.executable, "-c", program])


def refusal(settings: SmtpSettings) -> TransportError:
    """Open a session, which must fail without giving anything away."""
    with pytest.raises(TransportError) as caught:
        open_session(settings).close()
    shown = "".join(traceback.format_exception(caught.value)) + caught.value.hint
    bearer = f"user={USER}\1auth=Bearer {TOKEN}\1\1"
    for secret in (
        TOKEN,
        base64.b64encode(TOKEN.encode()).decode(),
        base64.b64encode(bearer.encode()).decode(),
    ):
        assert secret not in shown
    return caught.value


def test_a_token_from_the_command_logs_in_and_mail_goes_out() -> None:
    with (
        token_server(USER, TOKEN) as server,
        closing(open_session(server.settings(printing(TOKEN)))) as session,
    ):
        message = Message(
            Envelope(USER, "anna@example.org"), "<1@example.org>", (b"Subject: x\r\n\r\nHallo\r\n",)
        )
        assert session.hand_over(message).code == 250
    assert server.logins == ["good"]
    assert len(server.received) == 1


def test_a_refused_token_is_explained_after_the_challenge_was_answered_with_an_empty_line() -> None:
    with token_server(USER, "another") as server:
        error = refusal(server.settings(printing(TOKEN)))
    assert server.logins == ["\r\n"]
    assert "refused the login of news@example.org: 535" in error.message
    assert "token" in error.hint and "SMTP.Send" in error.hint


def test_a_token_is_never_tried_as_a_password() -> None:
    with smtp_server(users={USER: TOKEN}) as server:
        settings = server.settings(password=None, token_command=printing(TOKEN))
        error = refusal(settings)
    assert "only offers" in error.message and "XOAUTH2" in error.message
    assert not any(command.startswith("AUTH") for command in server.commands)


def test_a_password_is_never_tried_as_a_token_and_the_way_out_is_named() -> None:
    with token_server(USER, TOKEN) as server:
        settings = SmtpSettings("127.0.0.1", server.port, server.settings("x").security, USER, TOKEN)
        error = refusal(settings)
    assert "only offers XOAUTH2" in error.message and "SMTP_TOKEN_COMMAND" in error.hint
    assert server.logins == []


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (printing(TOKEN, status=3), "exit status 3"),
        (printing(""), "printed nothing"),
        (printing(f"your token is {TOKEN}"), "something else than one token"),
        (printing("Grüße"), "something else than one token"),
        ("/nowhere/fetch-token", "cannot be run"),
    ],
)
def test_a_command_that_gives_no_token_is_explained_and_what_it_printed_stays_secret(
    command: str, said: str
) -> None:
    with token_server(USER, TOKEN) as server:
        error = refusal(server.settings(command))
    assert said in error.message and "SMTP_TOKEN_COMMAND" in error.message
    assert "Run it by hand" in error.hint
    assert server.logins == []


def test_the_command_is_no_shell_line(tmp_path: Path) -> None:
    made = tmp_path / "made-by-a-shell"
    with token_server(USER, TOKEN) as server:
        refusal(server.settings(f"{printing(TOKEN, 1)} ; touch {shlex.quote(str(made))}"))
    assert not made.exists()


def test_without_encryption_to_another_machine_the_command_is_not_even_run(tmp_path: Path) -> None:
    made = tmp_path / "was-run"
    command = shlex.join([sys.executable, "-c", f"open({str(made)!r}, 'w')"])
    with token_server(USER, TOKEN) as server:
        elsewhere = server.settings(command)
    error = refusal(
        SmtpSettings(
            "192.0.2.1", 25, elsewhere.security, USER, None, timeout_seconds=0.1, token_command=command
        )
    )
    assert "without encryption" in error.message
    assert not made.exists()


@pytest.mark.parametrize("code", ["5.7.30", "5.7.139"])
def test_a_provider_that_has_switched_passwords_off_is_told_from_a_wrong_password(code: str) -> None:
    no = refuse(
        reply=f"535 {code} Authentication unsuccessful, SmtpClientAuthentication is disabled", step="auth"
    )
    with smtp_server(users={"news": "geheim"}, faults=[no]) as server:
        error = refusal(server.settings())
    assert code in error.message
    assert "SMTP_TOKEN_COMMAND" in error.hint
