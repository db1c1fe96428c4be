"""What a person sees on a terminal, and what a pipe gets instead: colour, bars, nothing that acts."""

import os
import pty
import re
import shlex
import subprocess

from servers import DROP, Fault, refuse, smtp_server
from workplace import COMMAND, MEMBERS, Desk, clean_environment, people

_COLOUR = "\x1b[36m"  # cyan, as in a hint; bold is no colour, and NO_COLOR leaves it


def on_a_terminal(desk: Desk, *arguments: str, **environment: str) -> tuple[int, str]:
    """Run a command on a terminal of its own to its end; its exit status, and all that was shown."""
    process, leader = pty.fork()
    if process == 0:
        os.chdir(desk.folder)
        os.execve(COMMAND[0], [*COMMAND, *arguments], clean_environment(TERM="xterm-256color", **environment))
    shown = b""
    try:
        while part := os.read(leader, 65536):
            shown += part
    except OSError:  # how Linux tells the end
        pass
    _, status = os.waitpid(process, 0)
    os.close(leader)
    return os.waitstatus_to_exitcode(status), shown.decode("utf-8", "replace")


def test_colour_is_for_a_terminal_alone_and_only_if_it_is_wanted(desk: Desk) -> None:
    assert _COLOUR in on_a_terminal(desk, "send", "--dry-run")[1]
    assert _COLOUR not in on_a_terminal(desk, "send", "--dry-run", NO_COLOR="1")[1]
    done = desk.run("send", "--dry-run")
    assert "\x1b" not in done.out + done.err


def test_the_bar_counts_each_person_once_and_names_who_failed(desk: Desk) -> None:
    desk.pace(retry_after_seconds=0)
    faults = [refuse("boerge@mitglied.test"), Fault("rcpt", DROP, "chen@mitglied.test", times=1)]
    with smtp_server(faults=faults) as server:
        desk.mail_server(server)
        status, shown = on_a_terminal(desk, "send", "--confirm", "5")
    assert status == 3
    assert "5/5" in shown
    assert "1 failed" in shown and "2 failed" not in shown
    assert "failed: boerge@mitglied.test  550 5.1.1 no such user" in shown
    assert "deferred" not in shown.rpartition("5/5")[2]


def test_what_a_server_says_does_nothing_to_the_terminal_beside_the_bar_or_in_the_report(desk: Desk) -> None:
    evil = "550 5.7.1 \x1b]0;owned\x07 \x9b2J \u202ekcab [red]spam[/red]"
    with smtp_server(faults=[refuse("chen@mitglied.test", evil)]) as server:
        desk.mail_server(server)
        status, shown = on_a_terminal(desk, "send", "--confirm", "5", NO_COLOR="1", COLUMNS="120")
    assert status == 3
    harmless = r"550 5.7.1 \x1b]0;owned\x07 \x9b2J \u202ekcab [red]spam[/red]"
    assert f"failed: chen@mitglied.test  {harmless}" in shown and f"(Chen Yu): {harmless}" in shown
    assert not any(char in shown for char in ("\x1b]0", "\x07", "\x9b", "\u202e"))


def test_without_a_terminal_there_is_no_bar(desk: Desk) -> None:
    done = desk.send(5)
    assert "5/5" not in done.out + done.err
    assert "━" not in done.err


def test_nothing_in_a_list_acts_on_the_terminal(desk: Desk) -> None:
    rows = [("[red]rot[/red]", "", "", "", "", ""), ("x\x1b[2J", "", "", "", "", ""), *MEMBERS]
    desk.members(rows, encoding="utf-8")
    _, shown = on_a_terminal(desk, "send", "--dry-run", NO_COLOR="1")
    assert "[red]rot[/red]" in shown
    assert "\\x1b[2J" in shown and "\x1b[2J" not in shown


def test_a_reader_of_a_pipe_that_goes_away_is_no_error_to_speak_of(desk: Desk) -> None:
    desk.send(5)
    with subprocess.Popen(
        [*COMMAND, "status", "--json"],
        cwd=desk.folder,
        env=clean_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(30) == 1


def test_an_address_is_never_broken_on_a_narrow_terminal(desk: Desk) -> None:
    long = "vorname.nachname-doppelname@sehr-lange-domain.mitglied.test"
    desk.members([(long, "Vor", "Von und zu Nachname-Doppelname am Großen Grünhafener Ufer", "Ort", "", "")])
    with smtp_server(faults=[refuse(long)]) as server:
        desk.mail_server(server)
        desk.send(1, expect=3)
    desk.run("suppress", long)
    for command in (("status",), ("suppress", "--list")):
        _, shown = on_a_terminal(desk, *command, NO_COLOR="1", COLUMNS="80")
        assert long in shown


def test_a_long_address_leaves_room_for_state_time_and_reply_on_a_narrow_terminal(desk: Desk) -> None:
    long = "buergermeisterin.von.und.zu-langenname@stadtverwaltung-gruenhafen-am-ufer.mitglied.test"
    desk.members([(long, "Änne", "Ufer", "Ort", "", ""), *MEMBERS])
    with smtp_server(faults=[refuse(long)]) as server:
        desk.mail_server(server)
        desk.send(6, expect=3)
    _, shown = on_a_terminal(desk, "status", "--all", NO_COLOR="1", COLUMNS="80")
    table = re.sub(r"\x1b\[\d*m", "", shown).partition("does not exist")[0]
    assert [line for line in table.splitlines() if len(line) > 80] == []
    assert "550 5.1.1 no such user" in table and "250 2.0.0 Ok: queued as 1" in table
    assert table.count("sent  ") == 5 and table.count("failed  ") == 1


def test_a_run_that_waits_for_deferred_people_says_until_when_and_that_it_may_be_stopped(desk: Desk) -> None:
    desk.pace(retry_after_seconds=3)
    later = Fault("rcpt", "450 4.2.0 greylisted", "chen@mitglied.test", times=1)
    with smtp_server(faults=[later]) as server:
        desk.mail_server(server)
        status, shown = on_a_terminal(desk, "send", "--confirm", "5", NO_COLOR="1", COLUMNS="80")
    assert status == 0
    assert re.search(r"waiting until \d\d:\d\d for 1 deferred; Ctrl-C is safe", shown)
    assert "waiting" not in shown.rpartition("5/5")[2]


def test_who_closes_both_streams_has_the_mail_sent_all_the_same(desk: Desk) -> None:
    words = " ".join(map(shlex.quote, [*COMMAND, "send", "--confirm", "5"]))
    with smtp_server() as server:
        desk.mail_server(server)
        done = subprocess.run(
            ["/bin/sh", "-c", f"{words} >&- 2>&-"], cwd=desk.folder, env=clean_environment(), check=False
        )
        assert (done.returncode, len(people(server))) == (0, 5)


def test_a_pipe_that_takes_the_signs_of_one_language_only_gets_a_table_of_its_own(desk: Desk) -> None:
    shown = desk.run("lists", PYTHONIOENCODING="ascii").out
    assert "----" in shown and "???" not in shown


def test_who_says_that_a_pipe_is_as_a_terminal_gets_colour(desk: Desk) -> None:
    assert _COLOUR in desk.run("send", "--dry-run", TTY_COMPATIBLE="1").err
