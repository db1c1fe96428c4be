"""The flight log: what it lets a later run know, and when it is not believed."""

import sqlite3
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from store_examples import ANNA, BERND, CHEN, EDITION, NOON, SMTP, begun, outcome, states

from isa_mail.errors import StoreError
from isa_mail.model.mail import State
from isa_mail.store.flight import FlightLog, boot_id, read_flights
from isa_mail.store.journal import Journal

pytestmark = pytest.mark.skipif(
    not boot_id(), reason="here nobody can tell one start of the computer from another"
)


def log_of(path: Path) -> Path:
    return path.with_name(f"{EDITION}-smtp.flights")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A journal whose run died: Anna was answered, Bernd left, Chen was only claimed."""
    file = tmp_path / "journal.sqlite3"
    with Journal.open(file) as journal:
        now = begun(journal, ANNA, BERND, CHEN)
        log = journal.begin_flights(now, NOON)
        journal.claim(now, [ANNA, BERND, CHEN], NOON)
        log.departs(ANNA)
        log.arrived(outcome(journal, ANNA, State.SENT, "250 2.0.0 queued as 4711"))
        log.departs(BERND)
        log.write()
        log.close()
    return file


def recovered(path: Path) -> dict[str, State]:
    with Journal.open(path) as journal:
        journal.recover(EDITION, SMTP, at=NOON + timedelta(hours=1))
        return states(journal)


ALL_UNKNOWN = dict.fromkeys((ANNA, BERND, CHEN), State.UNKNOWN)


def test_in_doubt_is_only_who_left_and_was_not_answered(path: Path) -> None:
    assert recovered(path) == {ANNA: State.SENT, BERND: State.UNKNOWN, CHEN: State.PENDING}
    with Journal.open(path) as journal:
        anna, *_ = journal.deliveries(EDITION, SMTP)
    assert (anna.reply, anna.at, anna.attempts) == ("250 2.0.0 queued as 4711", NOON, 1)


def test_a_look_at_the_rows_says_the_same_and_changes_nothing(path: Path) -> None:
    with Journal.open(path) as journal:
        seen = {row.recipient.key: row.state for row in journal.deliveries(EDITION, SMTP, stopped=True)}
        assert set(states(journal).values()) == {State.CLAIMED}
    assert seen == recovered(path)


def test_a_mail_of_which_nothing_was_taken_is_open_although_it_had_left(tmp_path: Path) -> None:
    file = tmp_path / "journal.sqlite3"
    with Journal.open(file) as journal:
        now = begun(journal, ANNA)
        log = journal.begin_flights(now, NOON)
        journal.claim(now, [ANNA], NOON)
        log.departs(ANNA)
        log.returns(ANNA)
        log.write()
        log.close()
    assert recovered(file) == {ANNA: State.PENDING}


def test_what_was_noted_and_not_written_has_not_left(tmp_path: Path) -> None:
    file = tmp_path / "journal.sqlite3"
    with Journal.open(file) as journal:
        now = begun(journal, ANNA, BERND)
        log = journal.begin_flights(now, NOON)
        journal.claim(now, [ANNA, BERND], NOON)
        log.departs(ANNA)
        log.write()
        log.departs(BERND)
        log.close()
    assert recovered(file) == {ANNA: State.UNKNOWN, BERND: State.PENDING}


def test_an_answer_of_many_lines_and_any_length_is_one_line_of_the_log(tmp_path: Path) -> None:
    file = tmp_path / "journal.sqlite3"
    with Journal.open(file) as journal:
        now = begun(journal, ANNA)
        log = journal.begin_flights(now, NOON)
        journal.claim(now, [ANNA], NOON)
        log.departs(ANNA)
        log.arrived(outcome(journal, ANNA, State.FAILED, "550 5.1.1 no\nsuch\0user " + "x" * 100_000))
        log.write()
        log.close()
        journal.recover(EDITION, SMTP, at=NOON)
        (anna,) = journal.deliveries(EDITION, SMTP)
    assert anna.state is State.FAILED
    assert anna.reply.startswith("550 5.1.1 no such user xxx")


def test_without_the_log_all_who_were_claimed_are_in_doubt(path: Path) -> None:
    log_of(path).unlink()
    assert recovered(path) == ALL_UNKNOWN


@pytest.mark.parametrize("kept", [0, 10, 100, 150, 1000, -1])
def test_a_log_that_was_cut_anywhere_is_not_believed(path: Path, kept: int) -> None:
    data = log_of(path).read_bytes()
    log_of(path).write_bytes(data[:kept])
    assert recovered(path) == ALL_UNKNOWN


def test_a_log_with_a_line_that_makes_no_sense_is_not_believed(path: Path) -> None:
    data = log_of(path).read_bytes()
    log_of(path).write_bytes(data.replace(b"\nS bernd", b"\n? bernd"))
    assert recovered(path) == ALL_UNKNOWN


def test_a_log_of_another_start_of_the_computer_is_not_believed(path: Path) -> None:
    other = "0" * len(boot_id())
    log_of(path).write_bytes(log_of(path).read_bytes().replace(boot_id().encode(), other.encode()))
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE dispatches SET flight = replace(flight, ?, ?)", (boot_id(), other))
    connection.close()
    assert recovered(path) == ALL_UNKNOWN


def test_a_log_of_another_run_is_not_believed(path: Path) -> None:
    FlightLog.begin(log_of(path), f"{boot_id()} another").close()
    assert recovered(path) == ALL_UNKNOWN


def test_answers_find_room_however_many_mails_leave(tmp_path: Path) -> None:
    file, name = tmp_path / "log", f"{boot_id()} run"
    log = FlightLog.begin(file, name)
    keys = [f"person{number}@example.org" for number in range(20_000)]
    for key in keys:
        log.departs(key)
        log.write()
    log.close()
    flights = read_flights(file, name, set)
    assert flights is not None and list(flights) == keys


def test_of_a_long_log_only_those_are_kept_of_whom_the_journal_does_not_know_the_end(tmp_path: Path) -> None:
    file, name = tmp_path / "log", f"{boot_id()} run"
    log = FlightLog.begin(file, name)
    for number in range(5_000):
        log.departs(f"person{number}@example.org")
    log.write()
    log.close()
    asked: list[str] = []

    def open_among(keys: Sequence[str]) -> set[str]:
        assert len(keys) <= 500
        asked.extend(keys)
        return {ANNA, "person4711@example.org"}

    assert read_flights(file, name, open_among) == {"person4711@example.org": None}
    assert len(asked) == 5_000


@pytest.mark.parametrize(
    ("sessions", "reply"), [(600, "2.0.0 Ok: queued"), (130, "x" * 500), (64, "好" * 500)]
)
def test_a_round_of_very_many_sessions_overwrites_nothing_of_those_before(
    tmp_path: Path, sessions: int, reply: str
) -> None:
    file, name = tmp_path / "log", f"{boot_id()} run"
    journal = tmp_path / "journal.sqlite3"
    with Journal.open(journal) as opened:
        begun(opened, ANNA)
        sent = outcome(opened, ANNA, State.SENT, reply)
    log = FlightLog.begin(file, name)
    on_their_way: list[str] = []
    last = 0
    for turn in range(60):
        answered = sessions if turn % 2 else 1  # all of them at once, then only one
        for key in on_their_way[:answered] if turn else ():
            log.arrived(sent._replace(entered=sent.entered._replace(key=key)))
        del on_their_way[:answered]
        while len(on_their_way) < sessions:
            last += 1
            on_their_way.append(f"person{last}@example.org")
            log.departs(on_their_way[-1])
        log.write()
        flights = read_flights(file, name, set)
        assert flights is not None
        assert [key for key, landing in flights.items() if landing is None] == on_their_way
    log.close()


@pytest.mark.parametrize("lost", ["the claims", "the run", "all"])
def test_a_journal_that_knows_less_than_the_log_is_not_believed(tmp_path: Path, lost: str) -> None:
    path = tmp_path / "journal.sqlite3"
    copies: dict[str, bytes] = {}
    with Journal.open(path) as journal:
        now = begun(journal, ANNA, BERND)
    copies["the run"] = path.read_bytes()
    with Journal.open(path) as journal:
        log = journal.begin_flights(now, NOON)
        journal.claim(now, [ANNA], NOON)
    copies["the claims"] = path.read_bytes()
    with Journal.open(path) as journal:
        journal.claim(now, [BERND], NOON)
        log.departs(BERND)
        log.arrived(outcome(journal, BERND, State.SENT))
        log.write()
        log.close()
    assert recovered(path) == {ANNA: State.PENDING, BERND: State.SENT}
    path.unlink()
    if lost in copies:
        path.write_bytes(copies[lost])
    with Journal.open(path) as journal, pytest.raises(StoreError, match="older than 2026-09-smtp") as refusal:
        list(journal.deliveries(EDITION, SMTP, stopped=True))
    assert "journal.sqlite3-wal" in refusal.value.hint and "2026-09-smtp.flights" in refusal.value.hint


def test_a_journal_of_an_earlier_run_is_not_believed_either_where_the_clock_was_set_back(
    tmp_path: Path,
) -> None:
    path = tmp_path / "journal.sqlite3"
    with Journal.open(path) as journal:
        now = begun(journal, ANNA)
        journal.begin_flights(now, NOON + timedelta(hours=1)).close()
    copy = path.read_bytes()
    with Journal.open(path) as journal:
        log = journal.begin_flights(now, NOON)
        journal.claim(now, [ANNA], NOON)
        log.departs(ANNA)
        log.write()
        log.close()
    path.write_bytes(copy)
    with Journal.open(path) as journal, pytest.raises(StoreError, match="older than 2026-09-smtp"):
        list(journal.deliveries(EDITION, SMTP, stopped=True))


def test_a_log_that_was_begun_and_tells_of_no_mail_makes_nobody_wonder(path: Path) -> None:
    with Journal.open(path) as journal:
        before = states(journal)
        FlightLog.begin(
            log_of(path), f"{boot_id()} {NOON + timedelta(hours=1)}"
        ).close()  # then the disk was full
    assert recovered(path) == dict.fromkeys(before, State.UNKNOWN)


def test_a_log_that_cannot_be_written_is_explained(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="flight log"):
        FlightLog.begin(tmp_path / "missing" / "log", "run")


def test_hand_overs_are_those_of_all_editions_since_a_time(path: Path) -> None:
    recovered(path)
    with Journal.open(path) as journal:
        assert journal.hand_overs(NOON) == [NOON, NOON + timedelta(hours=1)]
        assert journal.hand_overs(NOON + timedelta(minutes=1)) == [NOON + timedelta(hours=1)]
