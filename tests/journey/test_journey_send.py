"""What `send` does, exactly: rehearsals, tests, selections, refusals, and who is left out."""

import re
import sys

import pytest
from servers import Fault, smtp_server
from workplace import (
    EDITION,
    FIVE,
    MEMBERS,
    Desk,
    clean_environment,
    copy_of,
    letter,
    make_desk,
    people,
    the_error,
    wait_until,
)


def test_a_dry_run_writes_nothing_and_connects_nowhere(desk: Desk) -> None:
    with smtp_server() as server:
        desk.mail_server(server)
        before = desk.files()
        done = desk.run("send", "--dry-run")
        assert desk.files() == before
    assert "Mails in this run: 5" in done.out
    assert not server.commands


def test_a_test_mail_is_marked_has_an_id_of_its_own_and_leaves_no_trace(desk: Desk) -> None:
    with smtp_server() as server:
        desk.mail_server(server)
        desk.run("send", "--test", "anna@mitglied.test")
        desk.run("send", "--test")
        assert not desk.journal.exists()
        assert not desk.sent_file.exists()
        desk.send(5)
    own, other, *real = (letter(got.content) for got in server.received)
    assert own.subject == "[TEST] Post für Anna aus Grünhafen"
    assert other.subject == "[TEST] Post für dich aus [ort]"
    assert len({mail.message_id for mail in (own, other, *real)}) == 7


@pytest.mark.parametrize(
    ("options", "reached"),
    [
        (("--where", "gruppe=beirat"), {"anna@mitglied.test", "boerge@mitglied.test"}),
        (("--where", "Gruppe=Vorstand", "--where", "ort=Grünhafen"), {"emil@mitglied.test"}),
        (("--limit", "2"), {"anna@mitglied.test", "boerge@mitglied.test"}),
        (("--to", "press"), {"press@zeitung.test"}),
    ],
)
def test_a_selection_reaches_those_selected_and_the_next_send_the_others(
    desk: Desk, options: tuple[str, ...], reached: set[str]
) -> None:
    desk.members([("press@zeitung.test", "Presse", "", "Ort", "", "")], file="press.csv")
    with smtp_server() as server:
        desk.mail_server(server)
        desk.send(len(reached), *options)
        assert set(people(server)) == reached
        desk.send(len(FIVE - reached))
    assert sorted(people(server)) == sorted(FIVE | reached)


def test_the_number_must_be_right_and_must_be_given(desk: Desk) -> None:
    error = the_error(desk.send(4, expect=1))
    assert "number" in error and "with --confirm 5." in error
    assert "--confirm 5" in the_error(desk.run("send", expect=1))
    assert desk.outbox() == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
@pytest.mark.parametrize(
    ("typed", "status", "mails"), [("5", 0, 5), ("6", 1, 0), ("ja\n5", 0, 5), ("ja\nja\nja", 1, 0)]
)
def test_on_a_terminal_the_number_is_typed(desk: Desk, typed: str, status: int, mails: int) -> None:
    import os
    import pty
    import subprocess

    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "isa_mail.cli", "send"]
    with subprocess.Popen(
        command,
        cwd=desk.folder,
        env=clean_environment(),
        stdin=follower,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        os.write(leader, f"{typed}\n".encode())
        assert process.wait(30) == status
    os.close(leader)
    os.close(follower)
    assert len(desk.outbox()) == mails


def test_who_left_gets_nothing_also_when_leaving_during_the_send(desk: Desk) -> None:
    desk.run("suppress", "Anna@Mitglied.test")
    slow = Fault("dot", "", "boerge@mitglied.test", delay=2.0)
    with smtp_server(faults=[slow], timeout_seconds=20) as server:
        desk.mail_server(server)
        with desk.running("send", "--confirm", "4") as process:
            wait_until(lambda: "DATA" in server.commands, "the first mail is on its way")
            desk.run("suppress", "emil@mitglied.test")
            assert process.wait(30) == 0
    assert set(people(server)) == FIVE - {"anna@mitglied.test", "emil@mitglied.test"}
    assert desk.states()["emil@mitglied.test"] == "suppressed"
    assert "emil@mitglied.test" in desk.run("suppress", "--list").out


def test_if_the_list_of_those_who_left_is_lost_nothing_is_sent_until_a_person_says_so(desk: Desk) -> None:
    with smtp_server() as server:
        desk.mail_server(server)
        desk.send(1, "--limit", "1")
        desk.suppressed.unlink()
        assert "suppress --init" in the_error(desk.send(4, expect=1))
        desk.run("suppress", "--init")
        desk.send(4)
    assert len(server.received) == 5


def test_a_second_send_of_the_edition_ends_with_4_while_one_is_running(desk: Desk) -> None:
    slow = Fault("dot", "", delay=2.0, times=1)
    with smtp_server(faults=[slow], timeout_seconds=20) as server:
        desk.mail_server(server)
        with desk.running("send", "--confirm", "5") as process:
            wait_until(lambda: "DATA" in server.commands, "the first mail is on its way")
            the_error(desk.send(5, expect=4))
            assert process.wait(30) == 0
    assert sorted(people(server)) == sorted(FIVE)


def test_another_machine_that_finds_the_note_of_a_send_refuses(desk: Desk) -> None:
    with smtp_server() as server:
        desk.mail_server(server)
        desk.send(5)
        assert "Mails in that run: 5" in desk.sent_file.read_text(encoding="utf-8")
        other = copy_of(desk, desk.folder.with_name("laptop"))
        for path in other.journal.parent.iterdir():
            path.unlink()
        assert "sent already" in the_error(other.send(5, expect=1))
    assert len(server.received) == 5


def test_a_build_changed_after_the_first_send_needs_a_word_and_then_reaches_the_rest(desk: Desk) -> None:
    with smtp_server() as server:
        desk.mail_server(server)
        desk.send(2, "--limit", "2")
        desk.replace(desk.section, "Das Boot liegt", "Der Kahn liegt")
        desk.run("build")
        error = the_error(desk.send(3, expect=1))
        assert "10-boot.txt has changed" in error
        assert "--changed" in error
        desk.send(3, "--changed")
    texts = [letter(got.content).text for got in server.received]
    assert ["Kahn" in text for text in texts] == [False, False, True, True, True]


def test_who_is_gone_from_the_list_gets_nothing_and_who_is_new_gets_the_mail(desk: Desk) -> None:
    with smtp_server() as server:
        desk.mail_server(server)
        desk.send(1, "--limit", "1")
        desk.members([*MEMBERS[:4], ("frieda@mitglied.test", "Frieda", "Neu", "Ort", "", "")])
        done = desk.send(4)
    assert "emil@mitglied.test" in done.out
    assert sorted(people(server)) == sorted({*FIVE, "frieda@mitglied.test"} - {"emil@mitglied.test"})


def test_a_copy_goes_out_once_and_is_counted(desk: Desk) -> None:
    desk.setting('copy_to = "archiv@ufer.example.org"')
    with smtp_server() as server:
        desk.mail_server(server)
        desk.send(6)
        desk.run("send")
    assert people(server).count("archiv@ufer.example.org") == 1


def test_an_address_on_two_lists_gets_one_mail(desk: Desk) -> None:
    desk.members([("ANNA@mitglied.test", "A", "", "Ort", "", "")], file="press.csv")
    desk.replace(desk.settings_file, '["members.csv"]', '["members.csv", "press.csv"]')
    assert len(desk.outbox()) == 0
    desk.send(5)
    assert len(desk.outbox()) == 5


def in_two_languages(desk: Desk) -> None:
    """Write the edition in German and Chinese instead, and build it."""
    for language, title in (("de", "Uferpost im Oktober"), ("zh", "十月通讯")):
        folder = desk.edition / language
        folder.mkdir()
        (folder / "edition.txt").write_text(f"Title: {title}\nDate: 2026-10-05\n", encoding="utf-8")
        (folder / "10-boot.txt").write_text(
            "Kind: brief\n\n![](images/boot.png)\n\n船 {{ ort }}\n", encoding="utf-8"
        )
    (desk.edition / "edition.txt").unlink()
    desk.section.unlink()
    desk.replace(desk.settings_file, 'languages = ["de"]', 'languages = ["de", "zh"]')
    desk.run("build")


def test_everyone_gets_the_letter_of_their_language(desk: Desk) -> None:
    in_two_languages(desk)
    assert {path.name for path in (desk.folder / "build" / EDITION).iterdir()} == {
        "de",
        "zh",
        "web",
        "manifest.json",
    }
    done = desk.send(5)
    assert "de 4, zh 1" in done.out
    subjects = {mail.to.rpartition("<")[2].rstrip(">"): mail.subject for mail in desk.outbox()}
    assert subjects.pop("chen@mitglied.test") == "十月通讯"
    assert set(subjects.values()) == {"Uferpost im Oktober"}


def test_a_test_in_two_languages_arrives_as_two_mails(desk: Desk) -> None:
    in_two_languages(desk)
    desk.run("send", "--test")
    with smtp_server() as server:
        desk.mail_server(server)
        desk.run("send", "--test", "anna@mitglied.test")
    for mails in (desk.outbox(), [letter(got.content) for got in server.received]):
        assert {mail.subject for mail in mails} == {"[TEST] Uferpost im Oktober", "[TEST] 十月通讯"}
        assert len({mail.message_id for mail in mails}) == 2  # mailboxes show one of two with the same id


LINKED = 'web_address = "https://www.example.org/post/"\npictures = "linked"'


@pytest.mark.parametrize("setting", ["", LINKED], ids=["embedded", "linked"])
def test_the_same_input_gives_the_same_bytes_in_another_folder_and_process(desk: Desk, setting: str) -> None:
    other = make_desk(desk.folder.with_name("elsewhere") / "w")
    for one in (desk, other):
        one.setting(setting)
    for one, seed in ((desk, "1"), (other, "2")):
        one.run("build", PYTHONHASHSEED=seed)
    first, second = (
        {name: content for name, (_, content) in one.files().items() if name.startswith("build/")}
        for one in (desk, other)
    )
    assert first == second
    letter_and_page = (
        "letter.json",
        "manifest.json",
        "newsletter.eml",
        "newsletter.html",
        "newsletter.txt",
        "web/index.html",
    )
    (picture,) = first.keys() - {f"build/{EDITION}/{name}" for name in letter_and_page}
    assert re.fullmatch(rf"build/{EDITION}/web/pictures/boot-[0-9a-f]{{12}}\.png", picture)


def test_neither_a_send_nor_a_test_mail_loads_what_only_a_build_needs(desk: Desk) -> None:
    heavy = {
        *("jinja2", "premailer", "lxml", "markdown_it", "cssutils", "PIL"),
        *("isa_mail.content", "isa_mail.render", "isa_mail.walk", "isa_mail.typography.scripts"),
        *("isa_mail.model.newsletter", "isa_mail.model.rendering", "isa_mail.check.passages"),
        *("isa_mail.message.compile", "isa_mail.message.structure"),
        *("isa_mail.recipients.workbook", "dotenv"),  # no list is a workbook, and there is no .env
        "rich",  # and no terminal
    }
    for words in (("send", "--confirm", "5"), ("send", "--test")):
        told = desk.run(*words, PYTHONPROFILEIMPORTTIME="1").err.splitlines()
        loaded = {line.rpartition("|")[2].strip() for line in told if line.startswith("import time:")}
        assert "isa_mail.message.merge" in loaded
        assert sorted(heavy & loaded) == []


def test_a_send_loads_no_more_of_the_standard_library_than_it_needs(desk: Desk) -> None:
    heavy = {
        *("smtplib", "email.message", "email.utils", "concurrent.futures", "logging"),
        *("ssl", "encodings.idna"),  # nothing is encrypted here, and the server's name is plain
        *("difflib", "shutil"),
    }
    with smtp_server() as server:
        told = desk.run("send", "--confirm", "5", PYTHONPROFILEIMPORTTIME="1", **server.environment()).err
        assert len(server.received) == 5
    loaded = {
        line.rpartition("|")[2].strip() for line in told.splitlines() if line.startswith("import time:")
    }
    assert "isa_mail.delivery.greeting" in loaded
    assert sorted(heavy & loaded) == []


def test_without_a_command_the_next_one_is_said(desk: Desk) -> None:
    assert "isa-mail send 2026-10 --test" in desk.run().last_line
    desk.replace(desk.section, "Das Boot liegt", "Das Boot lag")
    assert "isa-mail build 2026-10" in desk.run().last_line
    desk.run("build")
    with smtp_server() as server:
        desk.mail_server(server)
        desk.send(2, "--limit", "2")
        assert "isa-mail send 2026-10" in desk.run().last_line
        desk.send(3)
    assert "isa-mail status 2026-10" in desk.run().last_line


def test_a_pace_or_a_list_that_changed_does_not_make_the_build_old(desk: Desk) -> None:
    desk.pace(messages_per_minute=600)
    desk.members(MEMBERS[:2])
    desk.send(2)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_ctrl_c_finishes_the_mail_in_hand_and_the_next_send_goes_on(desk: Desk) -> None:
    import signal

    slow = Fault("dot", "", delay=1.0, times=1)
    with smtp_server(faults=[slow], timeout_seconds=20) as server:
        desk.mail_server(server)
        with desk.running("send", "--confirm", "5") as process:
            wait_until(lambda: "DATA" in server.commands, "the first mail is on its way")
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 1
        assert sorted(desk.states().values()) == ["pending"] * 4 + ["sent"]
        desk.send(4)
    assert sorted(people(server)) == sorted(FIVE)
