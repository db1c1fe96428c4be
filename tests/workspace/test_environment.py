"""The mail server's settings: .env, the environment above it, and what is wrong with either."""

from pathlib import Path

import pytest

from isa_mail.errors import SettingsError
from isa_mail.model.publication import Security, SmtpSettings
from isa_mail.workspace.environment import NAMES, STATE_NAME, read_smtp_settings, read_state_directory


def read(tmp_path: Path, text: str, **environment: str) -> SmtpSettings | None:
    (tmp_path / ".env").write_text(text, encoding="utf-8")
    return read_smtp_settings(tmp_path, environment)


def test_without_a_host_mail_goes_to_the_outbox(tmp_path: Path) -> None:
    assert read_smtp_settings(tmp_path, {}) is None
    assert read(tmp_path, "SMTP_HOST=\nSMTP_PORT=587\n") is None


def test_the_least_that_is_needed_is_a_host(tmp_path: Path) -> None:
    settings = read(tmp_path, "SMTP_HOST=smtp.example.org\n")
    assert settings == SmtpSettings("smtp.example.org", 587, Security.STARTTLS, None, None)


@pytest.mark.parametrize(("security", "port"), [("starttls", 587), ("TLS", 465), ("none", 25)])
def test_the_port_follows_from_the_kind_of_security(tmp_path: Path, security: str, port: int) -> None:
    settings = read(tmp_path, f"SMTP_HOST=smtp.example.org\nSMTP_SECURITY={security}\n")
    assert settings is not None
    assert settings.port == port


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    settings = read(tmp_path, "SMTP_HOST=a.example.org\nSMTP_PORT=25\n", SMTP_HOST="b.example.org")
    assert settings is not None
    assert (settings.host, settings.port) == ("b.example.org", 25)


@pytest.mark.parametrize(
    ("typed", "password"),
    [
        ("pa$s#word", "pa$s#word"),
        ("'a ${HOME} b'", "a ${HOME} b"),
        ('"grün"', "grün"),
        ("${HOME}", "${HOME}"),
    ],
)
def test_a_password_is_taken_as_typed_and_nothing_in_it_is_expanded(
    tmp_path: Path, typed: str, password: str
) -> None:
    settings = read(tmp_path, f"SMTP_HOST=h\nSMTP_USER=u\nSMTP_PASSWORD={typed}\n", HOME="/somewhere")
    assert settings is not None
    assert settings.password == password


def test_a_password_is_never_shown() -> None:
    assert "geheim" not in repr(SmtpSettings("h", 587, Security.STARTTLS, "u", "geheim"))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("SMTP_PORT=viele", "SMTP_PORT"),
        ("SMTP_PORT=70000", "SMTP_PORT"),
        ("SMTP_SECURITY=maybe", "SMTP_SECURITY"),
        ("SMTP_TIMEOUT_SECONDS=soon", "SMTP_TIMEOUT_SECONDS"),
        ("SMTP_CA_FILE=gone.pem", "gone.pem"),
        ("SMTP_CA_FILE=~nobody-of-that-name/ca.pem", "home folder"),
        ("SMTP_USER=news", "SMTP_PASSWORD"),
        ("SMTP_HOST=smtp.example.org:587", "no server's name"),
        ("SMTP_HOST=https://smtp.example.org", "no server's name"),
        ('SMTP_HOST="smtp\\n.example.org"', "no server's name"),
        ("SMTP_USER", "NAME=value"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_line(tmp_path: Path, line: str, said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, f"SMTP_HOST=smtp.example.org\n# a comment\n{line}\n")
    assert said in caught.value.message
    assert str(caught.value.place) == ".env:3"
    assert caught.value.hint


@pytest.mark.parametrize(
    "host", ["localhost", "mail.zwei-ufer.example.org", "127.0.0.1", "::1", "münchen.example.org"]
)
def test_a_server_may_be_named_by_an_address_too(tmp_path: Path, host: str) -> None:
    found = read(tmp_path, f"SMTP_HOST={host}\n")
    assert found and found.host == host


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("SMTP_HSOT", "SMTP_HOST"), ("smtp_port", "SMTP_PORT"), ("ISA_MAIL_STATE_DRI", "ISA_MAIL_STATE_DIR")],
)
def test_a_misspelt_name_is_refused_with_its_line_and_the_nearest_name(
    tmp_path: Path, typed: str, meant: str
) -> None:
    with pytest.raises(SettingsError, match=f"no setting {typed}") as caught:
        read(tmp_path, f"# the server\n{typed}=foo\n")
    assert str(caught.value.place) == ".env:2"
    assert f"Did you mean {meant}?" in caught.value.hint


def test_names_of_other_programs_in_the_file_are_none_of_our_business(tmp_path: Path) -> None:
    found = read(tmp_path, "SMTP_HOST=smtp.example.org\nDATABASE_URL=x\nEDITOR=vim\n")
    assert found and found.host == "smtp.example.org"


def test_a_value_from_the_environment_is_named_as_such(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        read_smtp_settings(tmp_path, {"SMTP_HOST": "h", "SMTP_PORT": "x"})
    assert str(caught.value.place) == "environment variable SMTP_PORT"


def test_a_place_for_the_journal_in_the_home_of_nobody_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="ISA_MAIL_STATE_DIR"):
        read_state_directory(tmp_path, {"ISA_MAIL_STATE_DIR": "~nobody-of-that-name/journal"})


def test_a_file_in_utf_16_as_powershell_writes_it_is_explained(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SMTP_HOST=h\n", encoding="utf-16")
    with pytest.raises(SettingsError, match="UTF-8"):
        read_smtp_settings(tmp_path, {})


def test_the_example_file_shows_every_setting_and_nothing_else() -> None:
    example = Path(__file__).parents[2] / ".env.example"
    shown = {
        line.removeprefix("#").strip().partition("=")[0]
        for line in example.read_text(encoding="utf-8").splitlines()
        if "=" in line and line.removeprefix("#").strip().partition("=")[0].isupper()
    }
    assert shown == {*NAMES, STATE_NAME}
