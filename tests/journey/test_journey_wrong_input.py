"""Wrong input: one sentence with the place and the next step, the designed exit status, and nothing sent."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from servers import smtp_server
from workplace import COMMAND, MEMBERS, ROOT, Desk, clean_environment, the_error


def missing_picture(desk: Desk) -> None:
    desk.replace(desk.section, "images/boot.png", "images/bot.png")


def wrong_key(desk: Desk) -> None:
    desk.replace(desk.section, "Title:", "Titl:")


def unclosed_field(desk: Desk) -> None:
    desk.replace(desk.section, "{{ ort }}", "{{ ort")


def broken_settings(desk: Desk) -> None:
    desk.replace(desk.settings_file, 'name = "Uferpost"', "name = Uferpost")


def unknown_setting(desk: Desk) -> None:
    desk.setting('replyto = "a@example.org"')


def broken_template(desk: Desk) -> None:
    (desk.folder / "templates").mkdir()
    (desk.folder / "templates/section.html.j2").write_text("{% if %}", encoding="utf-8")


@pytest.mark.parametrize(
    ("spoil", "place", "said"),
    [
        (missing_picture, "editions/2026-10/10-boot.txt:5", "images/boot.png"),
        (wrong_key, "editions/2026-10/10-boot.txt:1", "Title"),
        (unclosed_field, "editions/2026-10/10-boot.txt:3", "{{"),
        (broken_settings, "isa-mail.toml:1", "TOML"),
        (unknown_setting, "isa-mail.toml:14", "reply_to"),
        (broken_template, "templates/section.html.j2:1", "template"),
    ],
)
def test_a_build_names_what_is_wrong_and_what_to_do(
    desk: Desk, spoil: Callable[[Desk], None], place: str, said: str
) -> None:
    spoil(desk)
    error = the_error(desk.run("build", expect=1))
    assert error.startswith(f"{place}: ")
    assert said in error


def test_errors_of_all_files_are_told_in_one_go(desk: Desk) -> None:
    wrong_key(desk)
    (desk.edition / "20-b.txt").write_text("Kind: letter\n\nText", encoding="utf-8")
    done = desk.run("build", expect=1)
    assert "10-boot.txt:1" in done.err
    assert "20-b.txt:1" in done.err
    assert "2 errors." in done.err


def test_a_failed_build_leaves_the_last_one_alone(desk: Desk) -> None:
    before = (desk.folder / "build/2026-10/newsletter.html").read_bytes()
    wrong_key(desk)
    desk.run("build", expect=1)
    assert (desk.folder / "build/2026-10/newsletter.html").read_bytes() == before


def test_a_merge_field_that_no_list_has_stops_the_send_and_names_the_nearest_column(desk: Desk) -> None:
    desk.replace(desk.section, "{{ ort }}", "{{ orrt }}")
    desk.run("build")
    with smtp_server() as server:
        desk.mail_server(server)
        error = the_error(desk.send(5, expect=1))
    assert error.startswith("editions/2026-10/10-boot.txt:3: ")
    assert "{{ ort }}" in error
    assert not server.commands
    assert not desk.journal.exists() or desk.states() == {}


def test_one_empty_cell_without_a_fallback_costs_no_mail_and_names_both_places(desk: Desk) -> None:
    rows = [*MEMBERS[:3], ("doerte@mitglied.test", "Dörte", "Grün", "", "", ""), MEMBERS[4]]
    desk.members(rows)
    with smtp_server() as server:
        desk.mail_server(server)
        error = the_error(desk.send(5, expect=1))
    assert "editions/2026-10/" in error
    assert "recipients/members.csv:5" in error
    assert not server.commands


def test_a_row_that_cannot_be_used_is_named_and_not_counted_and_the_others_go(desk: Desk) -> None:
    desk.members([*MEMBERS, ("kaputt", "K", "A", "Ort", "", "")])
    with smtp_server() as server:
        desk.mail_server(server)
        done = desk.send(5)
    assert "recipients/members.csv:7  kaputt" in done.out
    assert len(server.received) == 5


def test_without_settings_of_a_mail_server_nothing_is_sent_and_that_is_said(desk: Desk) -> None:
    assert "Nothing was sent" in desk.send(5).last_line


@pytest.mark.parametrize(("line", "said"), [("SMTP_PORT=viele", "SMTP_PORT"), ("kein Satz", "NAME=value")])
def test_a_broken_env_file_is_named_with_its_line(desk: Desk, line: str, said: str) -> None:
    (desk.folder / ".env").write_text(f"SMTP_HOST=smtp.example.org\n{line}\n", encoding="utf-8")
    error = the_error(desk.send(5, expect=1))
    assert error.startswith(".env:2: ")
    assert said in error


def test_a_wrong_password_stops_the_run_and_is_never_shown(desk: Desk) -> None:
    with smtp_server(security="starttls", users={"uferpost": "richtig"}) as server:
        desk.mail_server(server, SMTP_PASSWORD="ganz-falsch-7")
        done = desk.send(5, expect=1)
    assert "login" in the_error(done).lower()
    assert "ganz-falsch-7" not in done.out + done.err
    assert not server.received
    assert not desk.sent_file.exists()
    assert set(desk.states().values()) == {"pending"}


def test_a_server_that_is_down_is_named_and_everyone_stays_open(desk: Desk) -> None:
    with smtp_server() as server:
        desk.mail_server(server)
    error = the_error(desk.send(5, expect=1))
    assert str(server.port) in error
    assert not desk.sent_file.exists()
    assert set(desk.states().values()) == {"pending"}


def test_a_build_older_than_a_section_is_refused_and_the_file_named(desk: Desk) -> None:
    desk.replace(desk.section, "Das Boot liegt", "Das Boot lag")
    error = the_error(desk.send(5, expect=1))
    assert "editions/2026-10/10-boot.txt has changed" in error
    assert "isa-mail build" in error


def test_outside_of_a_workspace_and_for_an_unknown_edition_the_next_step_is_said(
    desk: Desk, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    assert "isa-mail init" in the_error(desk.run("build", cwd=tmp_path / "elsewhere", expect=1))
    assert "2026-10" in the_error(desk.run("send", "2019-01", expect=1))


@pytest.mark.parametrize("words", [("send", "--fast"), ("sned",), ("send", "--where", "ort"), ("suppress",)])
def test_wrong_use_ends_with_2(desk: Desk, words: tuple[str, ...]) -> None:
    assert "Usage:" in desk.run(*words, expect=2).err


def test_a_list_that_does_not_exist_is_refused_with_those_that_do(desk: Desk) -> None:
    assert "members.csv" in the_error(desk.run("send", "--to", "beirat", expect=1))


def test_a_disk_that_refuses_is_told_in_a_sentence(desk: Desk) -> None:
    shutil.rmtree(desk.folder / "build")
    (desk.folder / "build").write_text("in the way", encoding="utf-8")
    assert "build" in the_error(desk.run("build", expect=1))


def test_a_misspelt_workspace_never_means_the_one_around_it(desk: Desk) -> None:
    for wrong in ("newsletr", "isa-mail.toml"):
        assert wrong in desk.run("-C", wrong, "send", "--confirm", "5", expect=2).err
    assert desk.outbox() == []


def test_a_misspelt_name_of_the_mail_server_sends_nobody_to_the_outbox_in_silence(desk: Desk) -> None:
    (desk.folder / ".env").write_text("SMTP_HSOT=smtp.example.org\n", encoding="utf-8")
    error = the_error(desk.send(5, expect=1))
    assert error.startswith(".env:1: ") and "Did you mean SMTP_HOST?" in error
    assert desk.outbox() == []


def test_a_second_address_behind_test_is_explained(desk: Desk) -> None:
    done = desk.run("send", "--test", "a@ufer.example.org", "b@ufer.example.org", expect=2)
    assert "--test takes one address" in done.err
    assert desk.outbox() == []


def test_a_misspelt_command_is_told_the_nearest_one(desk: Desk) -> None:
    assert "Did you mean: isa-mail build" in desk.run("bild", expect=2).err
    assert "xyzzy" in desk.run("xyzzy", expect=2).err


def test_whoever_is_suppressed_but_on_no_list_may_be_misspelt(desk: Desk) -> None:
    doubt = "nothing from now on (on none of your lists: check the spelling)."
    assert doubt in desk.run("suppress", "anan@mitglied.test").out
    assert "lists" not in desk.run("suppress", "Anna@mitglied.test").out
    (desk.folder / "recipients" / "members.csv").unlink()
    assert "lists" not in desk.run("suppress", "emli@mitglied.test").out


def test_a_console_that_knows_few_characters_is_no_reason_to_stop(desk: Desk) -> None:
    done = desk.run("send", "--dry-run", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert "Post f?r dich" in done.out


def test_a_fault_of_the_program_is_told_in_a_sentence_and_shown_whole_with_debug(
    desk: Desk, tmp_path: Path
) -> None:
    faulty = tmp_path / "faulty"
    shutil.copytree(ROOT / "isa_mail", faulty / "isa_mail", ignore=shutil.ignore_patterns("__pycache__"))
    desk.replace(
        faulty / "isa_mail/cli/new.py",
        "    from isa_mail.workspace",
        "    1 / 0\n    from isa_mail.workspace",
    )
    told, shown = (
        subprocess.run(
            [*COMMAND, *option, "new", "2026-11"],
            cwd=desk.folder,
            env=clean_environment(PYTHONPATH=str(faulty)),
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        for option in ((), ("--debug",))
    )
    assert (told.returncode, shown.returncode) == (1, 1)
    assert "isa-mail has a bug: ZeroDivisionError" in told.stderr and "--debug" in told.stderr
    assert "Traceback" not in told.stderr
    assert "Traceback" in shown.stderr and "new.py" in shown.stderr


def test_a_logo_that_cannot_be_used_is_named_as_written_with_its_line(desk: Desk) -> None:
    (desk.folder / "images").mkdir(exist_ok=True)
    (desk.folder / "images/wappen.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg"/>', encoding="utf-8"
    )
    desk.setting('logo = "images/wappen.svg"')
    lines = desk.settings_file.read_text(encoding="utf-8").split("\n")
    line = next(number for number, text in enumerate(lines, 1) if text.startswith("logo = "))
    error = the_error(desk.run("build", expect=1))
    assert f"isa-mail.toml:{line}: The picture 'wappen.svg' is SVG" in error
