"""Password and token: never on the terminal, in the journal or in any other file, whatever goes wrong; --debug too."""

import base64
import shlex
import subprocess
import sys
from collections.abc import Sequence

import pytest
from servers import DROP, Fault, smtp_server
from token_server import TokenServer, token_server
from workplace import COMMAND, Desk, clean_environment

PASSWORD = "Straße-unterm-Birnbaum"
TOKEN = "ya29.a0AfGeheim-und_lang"
LINES = (
    ("doctor",),
    ("send", "--dry-run"),
    ("send", "--test"),
    ("send", "--confirm", "5"),
    ("status", "--all"),
    ("status", "--report"),
    ("status", "--json"),
)


def forms(user: str, secret: str) -> list[bytes]:
    """Return a secret in every form in which it travels."""
    texts = [secret, f"\0{user}\0{secret}", f"user={user}\1auth=Bearer {secret}\1\1"]
    return [secret.encode(), *(base64.b64encode(text.encode()) for text in texts)]


def run_everything(desk: Desk, secrets: Sequence[bytes]) -> str:
    """Run each command with --debug, and look at all it prints and writes; return what was printed."""
    shown = b""
    for line in LINES:
        done = subprocess.run(
            [*COMMAND, "--debug", *line],
            cwd=desk.folder,
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
            check=False,
        )
        shown += done.stdout + done.stderr
    files = {name: data for name, (_, data) in desk.files().items() if name != ".env"}
    assert files
    for secret in secrets:
        assert secret not in shown
        assert [name for name, data in files.items() if secret in data] == []
    return shown.decode()


@pytest.mark.parametrize(
    "fault",
    [
        None,
        Fault("auth", DROP),
        Fault("auth", f"535 5.7.8 {PASSWORD} is not the password of news"),
        Fault(
            "auth",
            f"535 5.7.8 {base64.b64encode(f'{chr(0)}news{chr(0)}{PASSWORD}'.encode()).decode()} is wrong",
        ),
        Fault("auth", "999 what?"),
        Fault("auth", "334 bm90IG5vdw=="),
        Fault("rcpt", "550 5.1.1 \x1b[2J no such user"),
        Fault("dot", DROP),
    ],
    ids=["all is well", "drop", "echo", "echo in base64", "no reply", "challenge", "refusal", "doubt"],
)
def test_a_password_stays_where_it_is(desk: Desk, fault: Fault | None) -> None:
    with smtp_server(users={"news": PASSWORD}, faults=[fault] if fault else []) as server:
        desk.mail_server(server, SMTP_TIMEOUT_SECONDS="0.5")
        shown = run_everything(desk, forms("news", PASSWORD))
    assert "\x1b" not in shown
    if fault is not None and fault.step == "auth":
        assert "Traceback" in shown  # else --debug was not looked at


def log_in_by_token(desk: Desk, server: TokenServer, *, status: int = 0) -> None:
    """Write .env, and beside the workspace the program that prints the token on both of its outputs."""
    program = desk.folder.parent / "token.py"
    program.write_text(f"import sys; print({TOKEN!r}); print({TOKEN!r}, file=sys.stderr); sys.exit({status})")
    (desk.folder / ".env").write_text(
        f"SMTP_HOST=127.0.0.1\nSMTP_PORT={server.port}\nSMTP_SECURITY=none\nSMTP_USER={server.user}\n"
        f"SMTP_TOKEN_COMMAND={shlex.join([sys.executable, str(program)])}\n"
    )


@pytest.mark.parametrize("known", [TOKEN, "another"], ids=["accepted", "refused"])
def test_a_token_stays_where_it_is(desk: Desk, known: str) -> None:
    with token_server("news", known) as server:
        log_in_by_token(desk, server)
        shown = run_everything(desk, forms("news", TOKEN))
    assert ("5 sent" in shown) == (known == TOKEN)
    assert ("535 5.7.8" in shown) == (known != TOKEN)


def test_a_token_command_that_fails_is_told_without_what_it_printed(desk: Desk) -> None:
    with token_server("news", TOKEN) as server:
        log_in_by_token(desk, server, status=4)
        shown = run_everything(desk, forms("news", TOKEN))
    assert "exit status 4" in shown
