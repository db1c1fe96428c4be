"""A disk that is full, read-only or damaged: `send` stops before the next mail, loses nothing, sends nothing twice."""

import os
import random
import re
import subprocess
import sys
from collections.abc import Callable

import pytest
from servers import DROP, Fault, Server, smtp_server
from workplace import (
    COMMAND,
    FIVE,
    Desk,
    Done,
    clean_environment,
    crowd,
    letter,
    people,
    the_error,
    wait_until,
)

if sys.platform == "win32":
    pytest.skip("Windows limits neither files nor root", allow_module_level=True)

PEOPLE = [(f"person{number:03}@mitglied.test", *row[1:]) for number, row in enumerate(crowd(400))]
ADDRESSES = [row[0] for row in PEOPLE]


def run_with(desk: Desk, prelude: str, *arguments: str, expect: int) -> Done:
    """Run a command in a process that a line of Python has hobbled before."""
    program = f"import os, sys; {prelude}; os.execv(sys.argv[1], sys.argv[1:])"
    ended = subprocess.run(
        [sys.executable, "-c", program, *COMMAND, *arguments],
        cwd=desk.folder,
        env=clean_environment(PYTHONDONTWRITEBYTECODE="1"),  # Python would leave half of a .pyc behind
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert "Traceback" not in ended.stderr and "has a bug" not in ended.stderr, ended.stderr
    assert ended.returncode == expect, ended.stdout + ended.stderr
    return Done(ended.returncode, ended.stdout, ended.stderr)


def no_file_beyond(octets: int) -> str:
    """A disk on which each file may grow so far: the system says no to the next octet, as a full one does."""
    return f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({octets}, {octets}))"


# 350,000: the journal's log is full after the first mails. 200,000: before them. 20,000: there will be no journal.
@pytest.mark.parametrize("octets", [350_000, 200_000, 20_000])
def test_a_disk_that_fills_up_stops_the_send_and_the_next_one_goes_on(desk: Desk, octets: int) -> None:
    desk.members(PEOPLE)
    desk.pace(sessions=3)
    with smtp_server(announce=["PIPELINING"], faults=[Fault("dot", delay=0.004)]) as server:
        desk.mail_server(server)
        send = ("send", "--confirm", "400")
        done = run_with(desk, no_file_beyond(octets), *send, expect=1)
        error = the_error(done)
        assert "cannot be" in error and "room" in error and "same command again" in error
        sent_then = len(server.received)
        assert 0 < sent_then < 400 if octets == 350_000 else sent_then == 0
        if octets == 350_000:
            assert re.search(r"2026-10: [^\n]+\.$", done.out.strip())
        assert {address for address, state in desk.states().items() if state == "sent"} == set(people(server))
        desk.send(400 - sent_then)
    assert sorted(people(server)) == ADDRESSES
    assert desk.states() == dict.fromkeys(ADDRESSES, "sent")


def without_leave_to_write_anywhere(desk: Desk) -> str:
    """Take the right to write from the folder, and from root the right to write all the same."""
    for path in (*desk.journal.parent.iterdir(), desk.journal.parent):
        path.chmod(0o500 if path.is_dir() else 0o400)
    return "import ctypes; ctypes.CDLL(None).prctl(24, 1, 0, 0, 0)"  # PR_CAPBSET_DROP, CAP_DAC_OVERRIDE


@pytest.mark.skipif(
    sys.platform != "linux" and os.name == "posix" and os.geteuid() == 0, reason="root may all"
)
def test_a_journal_that_cannot_be_written_costs_no_mail(desk: Desk) -> None:
    with smtp_server() as server:
        desk.mail_server(server)
        desk.send(2, "--limit", "2")
        hobbled = without_leave_to_write_anywhere(desk)
        error = the_error(run_with(desk, hobbled, "send", "--confirm", "3", expect=1))
        assert "may be written to by you" in error
        assert len(server.received) == 2
        desk.journal.parent.chmod(0o700)
        for path in desk.journal.parent.iterdir():
            path.chmod(0o600)
        desk.send(3)
    assert sorted(people(server)) == sorted(FIVE)


# --- damage between two runs ---


def half_sent(desk: Desk, server: Server, *, expect: int = 0) -> bytes:
    """Send to two of five; return the journal."""
    desk.mail_server(server)
    desk.send(2, "--limit", "2", expect=expect)
    return desk.journal.read_bytes()


def changed_in(content: bytes, word: bytes) -> bytes:
    """Turn one bit of the last place where a word ends."""
    place = content.rindex(word) + len(word) - 1
    return content[:place] + bytes([content[place] ^ 4]) + content[place + 1 :]


@pytest.mark.parametrize(
    "damage",
    [
        lambda whole: whole[: len(whole) // 2],
        lambda whole: b"",
        lambda whole: whole[:4096] + random.Random(1).randbytes(len(whole) - 4096),
        lambda whole: changed_in(whole, b"anna@mitglied.test"),
        lambda whole: changed_in(whole, b"desent"),
        lambda whole: changed_in(whole, b"\t2026-10"),
    ],
    ids=["cut", "empty", "overwritten", "an address", "a state", "the edition"],
)
def test_a_damaged_journal_stops_every_command_that_needs_it_and_stays_as_it_is(
    desk: Desk, damage: Callable[[bytes], bytes]
) -> None:
    with smtp_server() as server:
        damaged = damage(half_sent(desk, server))
        desk.journal.write_bytes(damaged)
        for arguments in (
            ("send", "--confirm", "3"),
            ("send", "--dry-run"),
            ("status",),
            ("status", "--json"),
        ):
            error = the_error(desk.run(*arguments, expect=1))
            assert "The journal is damaged" in error and "Do not delete it" in error
        assert len(server.received) == 2
    assert desk.journal.read_bytes() == damaged


def test_a_damaged_letter_in_the_journal_is_mended_from_the_same_build_and_never_sent(desk: Desk) -> None:
    with smtp_server(faults=[Fault("dot", DROP, "boerge@mitglied.test", times=1)]) as server:
        desk.mail_server(server)
        desk.send(5, expect=3)
        desk.journal.write_bytes(changed_in(desk.journal.read_bytes(), b"Das Boot liegt"))
        desk.replace(desk.section, "Das Boot liegt", "Das Floß liegt")
        desk.run("build")
        error = the_error(desk.send(1, "--retry", "unknown", expect=1))
        assert "kept in the journal cannot be used" in error and "backup" in error
        desk.replace(desk.section, "Das Floß liegt", "Das Boot liegt")
        desk.run("build")
        desk.send(1, "--retry", "unknown")
    texts = [letter(got.content).text for got in server.received]
    assert len(texts) == 6 and all("Das Boot liegt in" in text for text in texts)


@pytest.mark.parametrize("also", ["", "journal.sqlite3"], ids=["its write-ahead log", "all of it"])
def test_a_journal_that_lost_what_was_written_last_is_not_taken_for_the_truth(desk: Desk, also: str) -> None:
    desk.members(PEOPLE[:50])
    with smtp_server(faults=[Fault("dot", delay=0.01)]) as server:
        desk.mail_server(server)
        with desk.running("send", "--confirm", "50") as process:
            wait_until(lambda: len(server.received) >= 10, "ten mails")
            process.kill()
        desk.sent_file.unlink()  # it would refuse as well
        for name in filter(None, ("journal.sqlite3-wal", "journal.sqlite3-shm", also)):
            (desk.journal.parent / name).unlink()
        seen = len(server.received)
        error = the_error(desk.run("send", "--confirm", "50", expect=1))
        assert "2026-10-smtp.flights" in error
        assert len(server.received) == seen
