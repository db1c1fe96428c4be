"""What keeps a `send` honest when something moves under it, or when more is asked than it does."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from servers import DROP, HANG, Fault, greylist, refuse, smtp_server
from workplace import (
    COMMAND,
    EDITION,
    FIVE,
    MEMBERS,
    ROOT,
    Desk,
    clean_environment,
    letter,
    people,
    the_error,
    wait_until,
)

from isa_mail.model.mail import State, TransportName
from isa_mail.store.journal import Journal


@contextlib.contextmanager
def asked_for_the_number(desk: Desk) -> Iterator[tuple["subprocess.Popen[bytes]", int]]:
    """A `send` on a terminal that has shown its plan; what is written to the descriptor is typed."""
    import pty

    leader, follower = pty.openpty()
    plan = desk.folder.parent / "plan.txt"
    with (
        plan.open("wb") as out,
        subprocess.Popen(
            [*COMMAND, "send"],
            cwd=desk.folder,
            env=clean_environment(),
            stdin=follower,
            stdout=out,
            stderr=subprocess.DEVNULL,
        ) as process,
    ):
        try:
            wait_until(lambda: b"Type the number" in plan.read_bytes(), "the number is asked for")
            yield process, leader
        finally:
            process.kill()
            os.close(leader)
            os.close(follower)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
def test_a_build_made_while_the_number_is_typed_is_not_what_goes_out(desk: Desk) -> None:
    with asked_for_the_number(desk) as (process, terminal):
        desk.replace(desk.section, "Das Boot liegt", "Das Floß liegt")
        desk.run("build")
        os.write(terminal, b"5\n")
        assert process.wait(30) == 0
    assert len(desk.outbox()) == 5
    assert all("Das Boot liegt" in mail.text for mail in desk.outbox())


def test_a_letter_that_belongs_to_another_build_is_refused(desk: Desk) -> None:
    stored = desk.folder / "build" / "2026-10" / "letter.json"
    before = stored.read_bytes()
    desk.replace(desk.section, "Das Boot liegt", "Das Floß liegt")
    desk.run("build")
    stored.write_bytes(before)
    assert "isa-mail build 2026-10" in desk.run("send", "--dry-run", expect=1).err
    assert "isa-mail build 2026-10" in desk.run("send", "--test", expect=1).err


def test_the_lost_list_of_those_who_left_is_not_started_anew_by_adding_someone(desk: Desk) -> None:
    with smtp_server() as server:
        desk.mail_server(server)
        desk.run("suppress", "anna@mitglied.test")
        desk.send(1, "--limit", "1")
        desk.suppressed.unlink()
        for arguments in (("emil@mitglied.test",), ("--list",)):
            assert "suppress --init" in the_error(desk.run("suppress", *arguments, expect=1))
        assert not desk.suppressed.exists()
        desk.run("suppress", "--init", "emil@mitglied.test")
        assert "emil@mitglied.test" in desk.run("suppress", "--list").out


def test_a_machine_without_the_list_of_those_who_left_refuses_once_any_edition_was_sent(desk: Desk) -> None:
    note = desk.folder / "editions" / "2026-08" / "sent.txt"  # came by git; journal and suppressions did not
    note.parent.mkdir()
    note.write_text("Edition: 2026-08\n", encoding="utf-8")
    with smtp_server() as server:
        desk.mail_server(server)
        assert "suppress --init" in the_error(desk.send(5, expect=1))
        assert "suppress --init" in the_error(desk.run("suppress", "emil@mitglied.test", expect=1))
        desk.run("suppress", "--init")
        desk.send(5)


@pytest.mark.parametrize(
    "option",
    [
        ("--dry-run",),
        ("--to", "members"),
        ("--where", "Ort=Köthen"),
        ("--limit", "1"),
        ("--confirm", "1"),
        ("--retry", "failed"),
        ("--changed",),
    ],
)
def test_an_option_that_a_test_mail_cannot_obey_is_refused_and_nothing_leaves(
    desk: Desk, option: tuple[str, ...]
) -> None:
    with smtp_server() as server:
        desk.mail_server(server)
        assert option[0] in desk.run("send", "--test", "probe@ufer.example.org", *option, expect=2).err
    assert not server.commands


def test_a_test_mail_to_someone_who_left_is_refused(desk: Desk) -> None:
    desk.run("suppress", "anna@mitglied.test")
    with smtp_server() as server:
        desk.mail_server(server)
        refused = desk.run("send", "--test", "Anna@Mitglied.test", expect=1)
        assert "has left" in the_error(refused)
    assert not server.commands


def test_the_copy_shows_fallbacks_and_else_the_names_of_fields_and_never_holds_an_edition_up(
    desk: Desk,
) -> None:
    desk.setting('copy_to = "archiv@ufer.example.org"')
    desk.replace(desk.section, "Das Boot liegt", "{{ name }}, {{ vorname | allerseits }}: Das Boot liegt")
    desk.run("build")
    desk.send(6)
    [copy] = [mail for mail in desk.outbox() if mail.to == "archiv@ufer.example.org"]
    assert "[name], allerseits: Das Boot liegt in [ort]" in copy.text


def test_a_selection_is_not_compared_with_the_whole_lists_of_the_edition_before(desk: Desk) -> None:
    with smtp_server() as server:
        desk.mail_server(server)
        desk.send(5)
        shutil.copytree(
            desk.edition, desk.folder / "editions" / "2026-12", ignore=shutil.ignore_patterns("sent.txt")
        )
        desk.run("build")
        assert "Against 2026-10: 0 new, 0 gone" in desk.run("send", "--dry-run").out
        desk.members(MEMBERS[:1], file="press.csv")
        for selection in (("--where", "Gruppe=Beirat"), ("--to", "press")):
            assert "Against 2026-10" not in desk.run("send", "--dry-run", *selection).out


def test_who_left_or_is_on_no_list_any_more_does_not_stay_open_for_ever(desk: Desk) -> None:
    with smtp_server() as server:
        desk.mail_server(server)
        desk.send(2, "--limit", "2")
        desk.run("suppress", "chen@mitglied.test")
        desk.members(MEMBERS[:4])  # without emil
        desk.run("suppress", "doerte@mitglied.test")
        desk.run("send")
    assert sorted(people(server)) == ["anna@mitglied.test", "boerge@mitglied.test"]
    states = desk.states()
    assert (states["chen@mitglied.test"], states["doerte@mitglied.test"]) == ("suppressed", "suppressed")
    assert "emil@mitglied.test" not in states
    assert desk.run().last_line == "Next: isa-mail status 2026-10"


def test_status_names_those_who_had_left_before_the_first_mail(desk: Desk) -> None:
    desk.run("suppress", "anna@mitglied.test")
    desk.send(4)
    desk.run("send")
    assert desk.states()["anna@mitglied.test"] == "suppressed"
    assert "anna@mitglied.test" in desk.run("status").out


def test_a_retry_of_those_in_doubt_does_not_let_a_changed_build_pass_for_the_rest(desk: Desk) -> None:
    with smtp_server(faults=[Fault("dot", DROP, "emil@mitglied.test", times=1)]) as server:
        desk.mail_server(server)
        desk.send(5, expect=3)
        desk.replace(desk.section, "Das Boot liegt", "Das Floß liegt")
        desk.run("build")
        desk.send(1, "--retry", "unknown")
        desk.members([*MEMBERS, ("frieda@mitglied.test", "Frieda", "Neu", "Ort", "", "")])
        assert "10-boot.txt has changed" in the_error(desk.send(1, expect=1))
        desk.send(1, "--changed")
    assert "Das Boot liegt" in letter(server.accepted[-2].content).text
    assert "Das Floß liegt" in letter(server.accepted[-1].content).text


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no TZ")
def test_times_are_those_on_the_wall(desk: Desk) -> None:
    from isa_mail.model.people import Reason
    from isa_mail.store.suppressions import Suppressions

    with Suppressions.open(desk.suppressed, create=True) as suppressions:
        late = datetime(2026, 9, 30, 22, 30, tzinfo=UTC)  # half past midnight in Grünhafen
        suppressions.add("gone@mitglied.test", reason=Reason.BY_HAND, at=late, source="a test")
    assert "2026-10-01 00:30" in desk.run("suppress", "--list", TZ="Europe/Berlin").out
    assert "last change 1 October 2026" in desk.run("send", "--dry-run", TZ="Europe/Berlin").out


def test_a_letter_that_a_newer_isa_mail_sets_otherwise_is_another_letter(desk: Desk, tmp_path: Path) -> None:
    newer = tmp_path / "newer"
    for part in ("isa_mail", "templates"):
        shutil.copytree(ROOT / part, newer / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "isa-mail.toml", newer)
    desk.replace(newer / "isa_mail/typography/words.py", "Newsletter abbestellen", "Post abbestellen")
    with smtp_server() as server:
        desk.mail_server(server)
        desk.send(2, "--limit", "2")
        desk.run("build", PYTHONPATH=str(newer))
        assert "--changed" in the_error(desk.run("send", "--confirm", "3", expect=1))
        desk.send(3, "--changed")
    assert ["Post abbestellen" in letter(got.content).text for got in server.accepted] == [False] * 2 + [
        True
    ] * 3


def test_a_selection_goes_out_without_a_copy_and_who_is_on_a_list_gets_no_second_one(desk: Desk) -> None:
    desk.setting('copy_to = "Archiv <ANNA@mitglied.test>"')
    assert "Mails in this run: 5" in desk.run("send", "--dry-run").out
    desk.replace(desk.settings_file, "ANNA@mitglied.test", "archiv@ufer.example.org")
    assert "Mails in this run: 6" in desk.run("send", "--dry-run").out
    assert "Mails in this run: 2" in desk.run("send", "--dry-run", "--where", "Gruppe=Beirat").out


def test_who_failed_gets_a_changed_build_only_with_a_word(desk: Desk) -> None:
    with smtp_server(
        faults=[Fault("rcpt", "550 5.1.1 no such user", "emil@mitglied.test", times=1)]
    ) as server:
        desk.mail_server(server)
        desk.send(5, expect=3)
        desk.replace(desk.section, "Das Boot liegt", "Das Floß liegt")
        desk.run("build")
        assert "--changed" in the_error(desk.send(1, "--retry", "failed", expect=1))
        desk.send(1, "--retry", "failed", "--changed")
    assert "Das Floß liegt" in letter(server.accepted[-1].content).text


def test_another_machine_may_rehearse_into_its_outbox_what_was_sent_already(desk: Desk) -> None:
    desk.sent_file.write_text("Edition: 2026-10\n", encoding="utf-8")
    desk.run("suppress", "--init")
    desk.send(5)
    assert len(desk.outbox()) == 5


def test_in_place_of_somebody_who_is_refused_again_nobody_else_gets_the_mail(desk: Desk) -> None:
    desk.members(MEMBERS[:2])
    anna, boerge = (row[0] for row in MEMBERS[:2])
    with smtp_server(faults=[refuse(anna)]) as server:
        desk.mail_server(server)
        desk.send(1, "--limit", "1", expect=3)
    with Journal.open(desk.journal) as journal:  # tried again, Anna left in that moment, and came back later
        dispatch, now = journal.dispatch(EDITION, TransportName.SMTP), datetime.now(UTC)
        assert dispatch is not None
        journal.reopen(dispatch, [anna])
        journal.claim(dispatch, [anna], now)
        (row,) = (
            each for each in journal.deliveries(EDITION, TransportName.SMTP) if each.recipient.key == anna
        )
        journal.record(dispatch, [row._replace(state=State.SUPPRESSED, at=now)], now)
    with smtp_server() as server:
        desk.mail_server(server)
        desk.send(1, "--where", f"E-Mail={anna}", expect=3)
        assert boerge not in people(server)
    assert desk.states()[boerge] == "pending"


def test_a_retry_with_a_limit_leaves_the_others_as_they_were(desk: Desk) -> None:
    faults = [refuse("anna@mitglied.test"), refuse("emil@mitglied.test")]
    with smtp_server(faults=faults) as server:
        desk.mail_server(server)
        desk.send(5, expect=3)
    with smtp_server() as server:
        desk.mail_server(server)
        desk.send(1, "--retry", "failed", "--limit", "1", expect=3)
    assert people(server) == ["anna@mitglied.test"]
    assert desk.states()["emil@mitglied.test"] == "failed"


def test_the_note_of_the_first_send_stays_as_it_is(desk: Desk) -> None:
    with smtp_server() as server:
        desk.mail_server(server)
        desk.send(2, "--limit", "2")
        note = desk.sent_file.read_bytes()
        assert b"Mails in that run: 2" in note
        desk.send(3)
    assert desk.sent_file.read_bytes() == note


def test_a_test_mail_that_the_server_refuses_ends_with_1_and_its_words(desk: Desk) -> None:
    with smtp_server(faults=[refuse("probe@ufer.example.org")]) as server:
        desk.mail_server(server)
        done = desk.run("send", "--test", expect=1)
    assert "550 5.1.1 no such user" in done.out


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_a_polite_request_to_end_finishes_the_mail_in_hand(desk: Desk) -> None:
    slow = Fault("dot", "", delay=1.0, times=1)
    with smtp_server(faults=[slow], timeout_seconds=20) as server:
        desk.mail_server(server)
        with desk.running("send", "--confirm", "5") as process:
            wait_until(lambda: "DATA" in server.commands, "the first mail is on its way")
            process.terminate()
            assert process.wait(30) == 1
        assert "unknown" not in desk.states().values()
        assert "sent" in desk.states().values()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_who_presses_ctrl_c_twice_need_not_wait_for_the_server(desk: Desk) -> None:
    slow = Fault("dot", "", delay=20.0, times=1)
    with smtp_server(faults=[slow], timeout_seconds=60) as server:
        desk.mail_server(server)
        with desk.running("send", "--confirm", "5") as process:
            wait_until(lambda: "DATA" in server.commands, "the first mail is on its way")
            time.sleep(0.3)
            process.send_signal(signal.SIGINT)
            time.sleep(0.3)
            process.send_signal(signal.SIGINT)
            assert process.wait(10) == 1
            assert process.stdout is not None and process.stderr is not None
            shown = process.stdout.read()
            assert "2026-10: 4 pending, 1 unknown.\n" in shown and "Report on edition 2026-10" in shown
            assert "Traceback" not in process.stderr.read()
    assert sorted(desk.states().values()) == ["pending"] * 4 + ["unknown"]


def test_at_a_set_pace_one_edition_goes_out_at_a_time(desk: Desk) -> None:
    other = "2026-12"
    shutil.copytree(desk.edition, desk.folder / "editions" / other)
    desk.run("build", other)
    with smtp_server(faults=[Fault("dot", HANG, times=1)], timeout_seconds=20) as server:
        desk.mail_server(server)
        desk.pace(messages_per_minute=600)
        with desk.running("send", EDITION, "--confirm", "5") as process:
            wait_until(lambda: len(server.received) == 1, "the first mail")
            error = the_error(desk.run("send", other, "--confirm", "5", expect=4))
            assert error.startswith(f"{EDITION} is being sent right now; ")
            assert f"isa-mail status {EDITION}" in error
            assert len(server.received) == 1
            desk.run("send", other, "--dry-run")
            desk.run("send", other, "--test")
            process.kill()
        desk.run("send", other, "--confirm", "5")
    assert len(server.received) == 1 + 1 + 5


def test_an_edition_may_have_any_name_at_a_set_pace(desk: Desk) -> None:
    desk.pace(messages_per_minute=600)
    desk.edition.rename(desk.edition.with_name("pace"))
    desk.run("build", "pace")
    with smtp_server() as server:
        desk.mail_server(server)
        desk.run("send", "pace", "--limit", "1", "--confirm", "1")
        assert len(people(server)) == 1


def test_without_a_pace_two_editions_may_go_out_at_once(desk: Desk) -> None:
    other = "2026-12"
    shutil.copytree(desk.edition, desk.folder / "editions" / other)
    desk.run("build", other)
    with smtp_server(faults=[Fault("dot", HANG, times=1)], timeout_seconds=20) as server:
        desk.mail_server(server)
        desk.pace(messages_per_minute=0)
        with desk.running("send", EDITION, "--confirm", "5"):
            wait_until(lambda: len(server.received) == 1, "the first mail")
            desk.run("send", other, "--confirm", "5")
    assert len(server.received) == 1 + 5


def send_with_a_clock(desk: Desk, ahead: timedelta, limit: int | None = None) -> None:
    """Send while the computer's clock is so much ahead, for 20 seconds at the most."""
    from isa_mail.pipeline.planning import SendOptions
    from isa_mail.pipeline.sending import sending
    from isa_mail.workspace.environment import read_smtp_settings
    from isa_mail.workspace.find import find_workspace
    from isa_mail.workspace.settings import read_settings

    workspace = find_workspace(desk.folder, {})
    settings, smtp = read_settings(workspace.settings_file), read_smtp_settings(desk.folder, {})
    end = time.monotonic() + 20

    def now() -> datetime:
        return datetime.now(UTC) + ahead

    with sending(workspace, settings, EDITION, SendOptions(limit=limit), smtp, now=now()) as prepared:
        assert prepared.plan.seconds < 60
        for _ in prepared.deliver(
            now=now, sleep=time.sleep, stopping=lambda: time.monotonic() > end, machine="a desk"
        ):
            pass


def test_a_clock_that_was_set_back_delays_nothing_until_it_has_caught_up(desk: Desk) -> None:
    desk.pace(messages_per_minute=600)
    with smtp_server() as server:
        desk.mail_server(server)
        send_with_a_clock(desk, timedelta(days=1), limit=2)
        send_with_a_clock(desk, timedelta(0))
    assert sorted(people(server)) == sorted(FIVE)


def test_who_was_put_off_before_the_clock_was_set_back_gets_it_once(desk: Desk) -> None:
    with smtp_server(faults=[greylist(times=5), greylist(MEMBERS[0][0], times=6)]) as server:
        desk.mail_server(server)
        desk.pace(retry_for_seconds=0)
        send_with_a_clock(desk, timedelta(seconds=1))
        assert set(desk.states().values()) == {"deferred"}
        desk.pace(messages_per_minute=120, retry_after_seconds=0, retry_for_seconds=60)
        send_with_a_clock(desk, timedelta(0))
    assert sorted(people(server)) == sorted(FIVE)


def test_who_was_put_off_before_the_clock_was_set_back_waits_if_a_run_is_limited_to_others(
    desk: Desk,
) -> None:
    with smtp_server(faults=[greylist(times=5), greylist(MEMBERS[0][0], times=6)]) as server:
        desk.mail_server(server)
        desk.pace(retry_for_seconds=0)
        send_with_a_clock(desk, timedelta(seconds=1))
        desk.pace(messages_per_minute=120, retry_after_seconds=0, retry_for_seconds=60)
        send_with_a_clock(desk, timedelta(0), limit=1)
    assert people(server) == [MEMBERS[0][0]]


@pytest.mark.parametrize("retry", ["unknown", "failed"])
def test_a_retry_that_came_to_nothing_is_not_made_up_for_by_the_next_send(desk: Desk, retry: str) -> None:
    fault = Fault("dot", DROP if retry == "unknown" else "554 5.7.1 no", "emil@mitglied.test", times=1)
    with smtp_server(faults=[fault]) as server:
        desk.mail_server(server)
        desk.send(5, expect=3)
        before = desk.status()
        desk.mail_server(server, SMTP_HOST="nobody.invalid")
        desk.send(1, "--retry", retry, expect=1)
        assert desk.status() == before
        desk.mail_server(server)
        assert "nothing to send" in desk.run("send", expect=3).out
        assert len(server.received) == 5
        desk.send(1, "--retry", retry)
    assert people(server)[-1] == "emil@mitglied.test"


@pytest.mark.parametrize("retry", ["unknown", "failed"])
def test_a_retry_that_the_server_puts_off_is_not_made_up_for_by_the_next_send(desk: Desk, retry: str) -> None:
    desk.pace(retry_after_seconds=60, retry_for_seconds=0)
    fault = Fault("dot", DROP if retry == "unknown" else "554 5.7.1 no", "emil@mitglied.test", times=1)
    later = Fault("dot", "451 4.3.0 try later", "emil@mitglied.test", times=1)
    with smtp_server(faults=[fault, later]) as server:
        desk.mail_server(server)
        desk.send(5, expect=3)
        before = desk.states()
        desk.send(1, "--retry", retry, expect=3)
        assert desk.states() == before
        assert "451 4.3.0 try later (when tried again)" in desk.run("status", "--report").out
        assert "nothing to send" in desk.run("send", expect=3).out
        assert len(server.received) == 6
        desk.send(1, "--retry", retry)
    assert people(server)[-1] == "emil@mitglied.test"


def test_a_retry_that_the_server_puts_off_is_tried_again_within_its_run(desk: Desk) -> None:
    desk.pace(retry_after_seconds=1, retry_for_seconds=10)
    lost = Fault("dot", DROP, "emil@mitglied.test", times=1)
    with smtp_server(
        faults=[lost, Fault("rcpt", "450 later", "emil@mitglied.test", times=2, skip=1)]
    ) as server:
        desk.mail_server(server)
        desk.send(5, expect=3)
        desk.send(1, "--retry", "unknown")
    assert set(desk.states().values()) == {"sent"}
    assert people(server).count("emil@mitglied.test") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
@pytest.mark.parametrize(
    "retry_after_seconds", [0, 60]
)  # killed before the mail leaves again, while it waits
def test_a_retry_that_was_put_off_and_then_killed_has_to_be_asked_for_again(
    desk: Desk, retry_after_seconds: int
) -> None:
    desk.pace(retry_after_seconds=retry_after_seconds, retry_for_seconds=600)
    emil = "emil@mitglied.test"
    faults = [Fault("dot", DROP, emil, times=1), Fault("dot", "451 later", emil, times=1)]
    with smtp_server(faults=[*faults, Fault("rcpt", HANG, emil, skip=2)], timeout_seconds=20) as server:
        desk.mail_server(server)
        desk.send(5, expect=3)
        before = desk.states()
        with desk.running("send", "--retry", "unknown", "--confirm", "1") as process:
            wait_until(lambda: len(server.received) == 6, "the mail")
            time.sleep(1)
            process.kill()
        assert desk.states() == before
        assert "nothing to send" in desk.run("send", expect=3).out
        assert desk.states() == before


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("step", ["greeting", "mail"])
def test_a_retry_that_was_killed_before_the_mail_left_has_to_be_asked_for_again(
    desk: Desk, step: str
) -> None:
    with smtp_server(faults=[Fault("dot", DROP, "emil@mitglied.test", times=1)]) as server:
        desk.mail_server(server)
        desk.send(5, expect=3)
        before = desk.states()
    with smtp_server(faults=[Fault(step, HANG)], timeout_seconds=20) as server:
        desk.mail_server(server)
        with desk.running("send", "--retry", "unknown", "--confirm", "1") as process:
            wait_until(lambda: server.sessions == 1, "the session")
            time.sleep(0.5)
            process.kill()
        assert desk.states() == before
        assert "nothing to send" in desk.run("send", expect=3).out
        assert desk.states()["emil@mitglied.test"] == "unknown"
