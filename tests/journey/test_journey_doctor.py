"""`isa-mail doctor` against real servers: every failure a sentence with a next step, and nothing is ever sent."""

import os
import shutil
import subprocess

import pytest
from servers import DROP, HANG, Fault, Server, smtp_server
from workplace import Desk, the_error

PASSWORD = "Straße-unterm-Birnbaum"
POSIX = pytest.mark.skipif(os.name == "nt", reason="modes of files mean little on Windows")


def close_env(desk: Desk) -> None:
    (desk.folder / ".env").chmod(0o600)


def examine(desk: Desk, server: Server | None, *, expect: int, **changes: str) -> str:
    desk.mail_server(server, **changes)
    close_env(desk)
    done = desk.run("doctor", expect=expect)
    assert done.err == ""
    assert PASSWORD not in done.out
    if server is not None:
        assert not server.received
        assert not [command for command in server.commands if command.startswith(("MAIL", "RCPT", "DATA"))]
    return done.out


def line(shown: str, name: str) -> str:
    """Return what stands behind a name, with the mark before it and the hint below it."""
    lines = shown.splitlines()
    at = next(n for n, text in enumerate(lines) if text[2:].startswith(name))
    hint = lines[at + 1].strip() if lines[at + 1].lstrip().startswith("→") else ""
    return f"{lines[at]} {hint}"


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_all_is_well_step_by_step_and_the_good_bye_is_said(desk: Desk, security: str) -> None:
    with smtp_server(security=security, users={"news": PASSWORD}, announce=["PIPELINING"]) as server:  # type: ignore[arg-type]
        shown = examine(desk, server, expect=0)
        assert server.commands[-1] == "QUIT"
    assert "✗" not in shown and "!" not in shown
    assert "answers after" in line(shown, "Connection")
    assert "TLSv1." in line(shown, "Encryption") and "valid until 20" in line(shown, "Encryption")
    assert "as news, by PLAIN (the server offers" in line(shown, "Login")
    assert "PIPELINING, 8BITMIME" in line(shown, "Abilities")
    assert "the server takes 33.6 MB; a mail has " in line(shown, "Size")
    assert shown.rstrip().endswith("All is well. Nothing was sent.")


def test_it_leaves_no_trace_in_the_workspace(desk: Desk) -> None:
    with smtp_server() as server:
        desk.mail_server(server)
        close_env(desk)
        before = desk.files()
        desk.run("doctor")
    assert desk.files() == before


@pytest.mark.parametrize(
    ("certificate", "said"),
    [("wrong name", "another name"), ("expired", "has expired"), ("unknown CA", "not trusted")],
)
def test_a_certificate_that_proves_nothing_fails_the_encryption(
    desk: Desk, certificate: str, said: str
) -> None:
    with smtp_server(security="tls", users={"news": PASSWORD}, certificate=certificate) as server:  # type: ignore[arg-type]
        shown = examine(desk, server, expect=1)
        assert not any(command.startswith("AUTH") for command in server.commands)
    assert line(shown, "Encryption").startswith("✗") and said in line(shown, "Encryption")
    assert "→" in line(shown, "Encryption")
    assert "Login" not in shown


def test_a_server_without_starttls_fails_the_encryption_before_any_password(desk: Desk) -> None:
    with smtp_server(security="starttls", users={"news": PASSWORD}, conceal=["STARTTLS"]) as server:
        shown = examine(desk, server, expect=1)
        assert not any(command.startswith("AUTH") for command in server.commands)
    assert line(shown, "Connection").startswith("✓")
    assert "offers no encryption (STARTTLS)" in line(shown, "Encryption")


def test_a_wrong_password_is_one_try_and_a_sentence(desk: Desk) -> None:
    with smtp_server(security="starttls", users={"news": PASSWORD}) as server:
        desk.mail_server(server, SMTP_PASSWORD="falsch")
        close_env(desk)
        shown = desk.run("doctor", expect=1).out
        assert sum(command.startswith("AUTH") for command in server.commands) == 1
    assert line(shown, "Encryption").startswith("✓")
    assert line(shown, "Login").startswith("✗") and "535" in line(shown, "Login")
    assert "app password" in line(shown, "Login")


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault("greeting", DROP), "closed the connection"),
        (Fault("greeting", HANG), "did not answer within 0.3 seconds"),
        (Fault("greeting", "554 5.7.1 go away"), "554"),
        (Fault("greeting", "SSH-2.0-OpenSSH_9.2"), "no mail server"),
    ],
)
def test_a_connection_that_comes_to_nothing_is_explained(desk: Desk, fault: Fault, said: str) -> None:
    with smtp_server(faults=[fault]) as server:
        shown = examine(desk, server, expect=1, SMTP_TIMEOUT_SECONDS="0.3")
    assert line(shown, "Connection").startswith("✗") and said in line(shown, "Connection")
    assert "1 thing to mend" in shown


def test_an_edition_that_is_larger_than_the_server_takes_is_found_before_the_send(desk: Desk) -> None:
    with smtp_server(size_limit=1000) as server:
        shown = examine(desk, server, expect=1)
    assert line(shown, "Size").startswith("✗") and "smaller" in line(shown, "Size")


def test_without_a_mail_server_it_says_where_to_write_it(desk: Desk) -> None:
    shown = examine(desk, None, expect=1)
    assert "SMTP_HOST is not set" in line(shown, "Mail server") and ".env.example" in line(
        shown, "Mail server"
    )


def test_settings_that_cannot_be_meant_do_not_keep_the_rest_from_being_looked_at(desk: Desk) -> None:
    desk.replace(desk.settings_file, "languages =", "langages =")
    with smtp_server() as server:
        shown = examine(desk, server, expect=1)
    assert "isa-mail.toml:10" in line(shown, "Settings") and "languages" in line(shown, "Settings")
    assert line(shown, "Login").startswith("✓")


def test_what_the_server_says_cannot_play_with_the_terminal(desk: Desk) -> None:
    with smtp_server(faults=[Fault("greeting", "554 \x1b[2J\x1b[31mall is well\x9b1m")]) as server:
        shown = examine(desk, server, expect=1)
    assert "\x1b" not in shown and "\x9b" not in shown and r"\x1b[2J" in shown


def test_the_list_of_those_who_left_is_missed_once_mail_was_sent(desk: Desk) -> None:
    with smtp_server() as server:
        desk.mail_server(server)
        desk.send(5)
        assert "0 in recipients/suppressed.sqlite3" in line(desk.run("doctor").out, "Who left")
        desk.suppressed.unlink()
        shown = desk.run("doctor", expect=1).out
        desk.journal.unlink()  # as in a fresh checkout: only sent.txt tells
        assert line(desk.run("doctor", expect=1).out, "Who left").startswith("✗")
    assert line(shown, "Who left").startswith("✗") and "backup" in line(shown, "Who left")


@POSIX
def test_a_password_that_others_can_read_is_a_warning_in_doctor_and_before_a_send(desk: Desk) -> None:
    with smtp_server() as server:
        desk.mail_server(server)
        (desk.folder / ".env").chmod(0o644)
        done = desk.run("doctor")
        assert line(done.out, ".env").startswith("!") and "chmod 600 .env" in line(done.out, ".env")
        assert "chmod 600 .env" in desk.run("send", "--dry-run").err
        assert "chmod 600 .env" in desk.run("send", "--test").err
        close_env(desk)
        assert line(desk.run("doctor").out, ".env").startswith("✓")
        assert "chmod" not in desk.run("send", "--dry-run").err


@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git here")
def test_a_password_that_git_keeps_is_a_warning(desk: Desk) -> None:
    with smtp_server() as server:
        desk.mail_server(server)
        close_env(desk)
        subprocess.run(["git", "init", "-q"], cwd=desk.folder, check=True)
        assert "git keeps it" not in desk.run("doctor").out
        subprocess.run(["git", "add", "-f", ".env"], cwd=desk.folder, check=True)
        assert "git keeps it" in line(desk.run("doctor").out, ".env")
        assert "git rm --cached .env" in desk.run("send", "--dry-run").err


def test_a_journal_in_a_synchronised_folder_is_a_warning(desk: Desk) -> None:
    elsewhere = desk.folder / "OneDrive - Verein der Ufer" / "state"
    with smtp_server() as server:
        desk.mail_server(server, ISA_MAIL_STATE_DIR=str(elsewhere))
        close_env(desk)
        elsewhere.parent.mkdir()
        shown = desk.run("doctor").out
    assert line(shown, "Journal").startswith("!") and "OneDrive" in line(shown, "Journal")
    assert "ISA_MAIL_STATE_DIR" in line(shown, "Journal")


def test_an_edition_that_is_not_the_newest_can_be_named(desk: Desk) -> None:
    shutil.copytree(desk.edition, desk.edition.with_name("2026-08"))
    with smtp_server() as server:
        desk.mail_server(server)
        close_env(desk)
        assert "2026-08 has not been built yet" in line(desk.run("doctor", "2026-08").out, "Edition")
        assert "2026-10" in line(desk.run("doctor").out, "Edition")
    assert "There is no edition '2026-07'" in the_error(desk.run("doctor", "2026-07", expect=1))
