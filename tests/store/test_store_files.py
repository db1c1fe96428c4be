"""The files: created for their owner only, shared between processes, and never trusted when damaged."""

import os
import random
import re
import signal
import sqlite3
import stat
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from store_examples import ANNA, BERND, CHEN, EDITION, NOON, SMTP, begun, person, row, staged, states, through

from isa_mail.addresses import mention_of
from isa_mail.errors import Busy, StoreError
from isa_mail.model.mail import State
from isa_mail.model.people import ERASED, Reason, Suppression, entered_together
from isa_mail.store.flight import STOPPED
from isa_mail.store.journal import Journal
from isa_mail.store.lock import SendLock
from isa_mail.store.suppressions import Suppressions

PRELUDE = """
    import os, sys, time
    from pathlib import Path
    sys.path.insert(0, sys.argv[1])
    from store_examples import *
    from isa_mail.store.lock import SendLock
    from isa_mail.model.people import Reason
    from isa_mail.store.suppressions import Suppressions
    path = Path(sys.argv[2])
"""


@contextmanager
def another_process(code: str, path: Path) -> Iterator[subprocess.Popen[str]]:
    """Run code in a process of its own until it says "ready", and kill it in the end."""
    program = textwrap.dedent(PRELUDE) + textwrap.dedent(code)
    arguments = [sys.executable, "-c", program, str(Path(__file__).parent), str(path)]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().strip() == "ready"
            yield process
        finally:
            process.kill()


def say(process: subprocess.Popen[str]) -> str:
    """Let the other process go on, and return the line that it says then."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("\n")
    process.stdin.flush()
    return process.stdout.readline().strip()


# --- kills ---


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("before the claim is committed", {ANNA: State.CLAIMED, BERND: State.PENDING}),
        ("after the claim", {ANNA: State.SENT, BERND: State.CLAIMED}),
    ],
)
def test_a_kill_in_the_middle_of_a_claim_leaves_all_of_it_or_nothing(
    tmp_path: Path, moment: str, expected: dict[str, State]
) -> None:
    path = tmp_path / "journal.sqlite3"
    code = """
        journal = Journal.open(path)
        now = begun(journal, ANNA, BERND)
        journal.claim(now, [ANNA], NOON)
        done = [outcome(journal, ANNA, State.SENT)]

        class Stopping(list):
            def __bool__(self):  # asked after everything was written, right before the commit
                print("ready", flush=True)
                time.sleep(60)

        if "before" in MOMENT:
            journal.claim(now, Stopping([BERND]), NOON, done)
        journal.claim(now, [BERND], NOON, done)
        print("ready", flush=True)
        time.sleep(60)
    """.replace("MOMENT", repr(moment))
    with another_process(code, path) as process:
        process.kill()
        process.wait()
    with Journal.open(path) as journal:
        assert states(journal) == expected
        assert journal.recover(EDITION, SMTP, at=NOON) == 1
        (in_doubt,) = journal.deliveries(EDITION, SMTP, (State.UNKNOWN,))
        assert in_doubt.recipient.address == (ANNA if "before" in moment else BERND)
        assert in_doubt.reply == STOPPED


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_whatever_the_moment_of_a_kill_nobody_is_lost_and_nobody_open_was_handed_over(tmp_path: Path) -> None:
    code = """
        journal = Journal.open(path)
        now = begun(journal, *(f"reader{number}@example.org" for number in range(500)))
        print("ready", flush=True)
        done = []
        for delivery in journal.deliveries(EDITION, SMTP):
            journal.claim(now, [delivery.recipient.key], NOON, done)
            os.write(3, f"{delivery.recipient.key}\\n".encode())  # the hand-over
            done = [delivery._replace(state=State.SENT)]
    """
    for round_number in range(4):
        path = tmp_path / f"{round_number}.sqlite3"
        handed_over = tmp_path / f"{round_number}.txt"
        redirected = f"\nos.dup2(os.open({str(handed_over)!r}, os.O_CREAT | os.O_WRONLY), 3)\n"
        with another_process(redirected + textwrap.dedent(code), path) as process:
            while not handed_over.read_text().count("\n") > 3 + 20 * round_number:
                assert process.poll() is None
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
        gone_out = handed_over.read_text().split()
        with Journal.open(path) as journal:
            assert journal.recover(EDITION, SMTP, at=NOON) <= 1
            now = states(journal)
        assert len(now) == 500
        assert {key for key, state in now.items() if state is State.SENT} <= set(gone_out)
        assert {key for key in gone_out if now[key] not in (State.SENT, State.UNKNOWN)} == set()


# --- the lock ---


def test_a_second_send_is_refused_at_once_and_goes_through_when_the_first_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "state" / "2026-09.lock"
    code = """
        with SendLock(path):
            print("ready", flush=True)
            time.sleep(60)
    """
    with another_process(code, path) as process:
        with pytest.raises(Busy) as refusal, SendLock(path):
            pytest.fail("two hold the lock")
        assert refusal.value.hint
        process.kill()
        process.wait()
        with SendLock(path):
            pass


def test_two_locks_in_one_process_exclude_each_other_too(tmp_path: Path) -> None:
    with SendLock(tmp_path / "a.lock"):
        with pytest.raises(Busy), SendLock(tmp_path / "a.lock"):
            pytest.fail("two hold the lock")
        with SendLock(tmp_path / "b.lock"):
            pass
    with SendLock(tmp_path / "a.lock"):
        pass


def test_a_lock_file_that_cannot_be_used_is_explained(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="lock file"), SendLock(tmp_path):
        pytest.fail("a folder was locked")
    (tmp_path / "text.lock").write_text("not a database, but some text of more than a few octets" * 20)
    with pytest.raises(StoreError, match="lock file"), SendLock(tmp_path / "text.lock"):
        pytest.fail("a text was locked")


# --- suppressions ---


def test_someone_who_leaves_in_another_process_is_seen_at_once(tmp_path: Path) -> None:
    path = tmp_path / "suppressed.sqlite3"
    code = """
        with Suppressions.open(path, create=True) as suppressions:
            print("ready", flush=True)
            sys.stdin.readline()
            suppressions.add("Anna@Example.org", reason=Reason.BY_HAND, at=NOON, source="a test")
            print("added", flush=True)
            sys.stdin.readline()
    """
    with another_process(code, path) as process, Suppressions.open(path, create=False) as suppressions:
        assert not suppressions.contains(ANNA)
        assert say(process) == "added"
        assert suppressions.contains(ANNA)


def test_suppressed_addresses_are_compared_without_case_and_the_first_entry_stands(tmp_path: Path) -> None:
    with Suppressions.open(tmp_path / "s.sqlite3", create=True) as suppressions:
        assert suppressions.add(
            "Anna@Example.org", reason=Reason.UNSUBSCRIBED, at=NOON, source="mail of 1 September"
        )
        assert not suppressions.add(
            "anna@example.ORG", reason=Reason.BY_HAND, at=NOON + timedelta(days=1), source="x"
        )
        assert suppressions.contains("ANNA@example.org")
        assert not suppressions.contains("bernd@example.org")
    with Suppressions.open(tmp_path / "s.sqlite3", create=False) as suppressions:
        expected = Suppression(ANNA, "unsubscribed", NOON, "mail of 1 September")
        assert list(suppressions.list()) == [expected]


def test_the_last_change_is_the_latest_entry_whatever_its_zone(tmp_path: Path) -> None:
    with Suppressions.open(tmp_path / "s.sqlite3", create=True) as suppressions:
        assert suppressions.last_change() is None
        late = datetime.fromisoformat("2026-09-01T09:00:00-05:00")
        suppressions.add(ANNA, reason=Reason.BOUNCED, at=late, source="x")
        suppressions.add(
            BERND, reason=Reason.BOUNCED, at=datetime.fromisoformat("2026-09-01T15:30:00+02:00"), source="x"
        )
        assert suppressions.last_change() == late
        assert [entry.at.tzinfo for entry in suppressions.list()] == [UTC, UTC]


def test_suppressions_that_are_missing_are_not_made_unless_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite3"
    with pytest.raises(StoreError, match="missing") as refusal:
        Suppressions.open(path, create=False)
    assert "suppress --init" in refusal.value.hint
    assert not path.exists()


def test_the_file_of_suppressions_is_one_file_that_can_be_copied(tmp_path: Path) -> None:
    with Suppressions.open(tmp_path / "s.sqlite3", create=True) as suppressions:
        suppressions.add(ANNA, reason=Reason.BY_HAND, at=NOON, source="x")
        assert [file.name for file in tmp_path.iterdir()] == ["s.sqlite3"]
        if sys.platform != "win32":
            assert stat.S_IMODE((tmp_path / "s.sqlite3").stat().st_mode) == 0o600


def test_two_lists_of_those_who_left_keep_different_hashes_of_the_same_person(tmp_path: Path) -> None:
    found = set()
    for name in ("one.sqlite3", "two.sqlite3"):
        with Suppressions.open(tmp_path / name, create=True) as suppressions:
            found.add(suppressions.hash(ANNA))
            assert suppressions.hash("ANNA@Example.org") == suppressions.hash(ANNA)
        with Suppressions.open(tmp_path / name, create=False) as suppressions:
            assert suppressions.hash(ANNA) in found
    assert len(found) == 2 and {len(digits) for digits in found} == {32}


def test_somebody_erased_is_still_recognised_and_the_file_does_not_hold_the_address(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite3"
    with Suppressions.open(path, create=True) as suppressions:
        suppressions.add(ANNA, reason=Reason.COMPLAINED, at=NOON, source=f"a mail of {ANNA}")
        suppressions.add(BERND, reason=Reason.BY_HAND, at=NOON, source=f"a mail of {ANNA.upper()}, on paper")
        before = suppressions.stamp()
        assert suppressions.erase(ANNA.title(), mention_of(ANNA), ERASED)
        assert suppressions.stamp() != before, "a send that is running asks again"
        assert not suppressions.erase(ANNA, mention_of(ANNA), ERASED), "done already"
        assert ANNA.encode() not in path.read_bytes().lower()
        assert suppressions.among([CHEN, ANNA.upper(), BERND]) == {ANNA, BERND}
        assert suppressions.among([CHEN, ANNA, BERND], erased=True) == {ANNA}
        assert suppressions.entry(ANNA) == Suppression(None, Reason.COMPLAINED, NOON, "")
        assert [entry.source for entry in suppressions.list()] == ["a mail of (erased), on paper", ""]
        assert not suppressions.add(ANNA, reason=Reason.BY_HAND, at=NOON, source="x"), (
            "the first entry stands"
        )
        assert dict(suppressions.recognise([ANNA, BERND], suppressions.erased())).keys() == {ANNA}
        assert suppressions.remove(ANNA) and not suppressions.contains(ANNA)
    assert [file.name for file in tmp_path.iterdir()] == ["s.sqlite3"]


def test_a_list_of_those_who_left_of_the_first_version_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite3"
    connection = sqlite3.connect(path)
    connection.executescript(
        "CREATE TABLE suppressions (address TEXT NOT NULL PRIMARY KEY, reason TEXT NOT NULL, at TEXT NOT NULL, "
        "source TEXT NOT NULL) WITHOUT ROWID; PRAGMA user_version = 1; "
        f"PRAGMA application_id = {int.from_bytes(b'ISAS')}; INSERT INTO suppressions VALUES "
        f"('{ANNA}', 'bounced', '2026-09-01T12:00:00.123456+00:00', 'a test')"
    )
    connection.close()
    for _ in range(2):
        with Suppressions.open(path, create=False) as suppressions:
            assert suppressions.among([ANNA, BERND]) == {ANNA}
            assert list(suppressions.list()) == [Suppression(ANNA, Reason.BOUNCED, NOON, "a test")]


def test_what_was_deleted_long_ago_is_gone_from_pages_and_logs_as_well(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    with Journal.open(path) as journal:
        now = begun(journal, *(f"reader{number}@example.org" for number in range(300)), ANNA)
        for number in range(0, 300, 3):
            journal.remove(now, [f"reader{number}@example.org"])
        through(journal, now, ANNA, State.SENT, f"250 2.1.5 <{ANNA}> queued")
        assert journal.erase(ANNA, "0" * 32, mention_of(ANNA), ERASED) == 1
        left = b"".join(file.read_bytes() for file in tmp_path.iterdir())
        assert ANNA.encode() not in left
        assert not any(f"reader{number}@".encode() in left for number in range(0, 300, 3))
        assert b"reader1@example.org" in left and len(states(journal)) == 201


# --- damage ---


@pytest.mark.parametrize("kind", ["Journal.open(path)", "Suppressions.open(path, create=True)"])
@pytest.mark.parametrize("moment", ["_initialise", "_put"])
def test_a_kill_while_a_file_is_made_leaves_none_that_counts_as_damaged(
    tmp_path: Path, kind: str, moment: str
) -> None:
    path = tmp_path / "file.sqlite3"
    code = f"""
        from isa_mail.store import database

        def stop(*arguments):
            print("ready", flush=True)
            time.sleep(60)

        database.{moment} = stop
        {kind}
    """
    with another_process(code, path) as process:
        process.kill()
        process.wait()
    assert not path.exists()
    opener = Journal.open if "Journal" in kind else lambda path: Suppressions.open(path, create=True)
    for _ in range(2):
        opener(path).close()


OPENERS: list[Callable[[Path], Journal | Suppressions]] = [
    Journal.open,
    lambda path: Suppressions.open(path, create=False),
    lambda path: Suppressions.open(path, create=True),
]


@pytest.mark.parametrize("opener", OPENERS)
@pytest.mark.parametrize("content", [b"", b"E-Mail;Name\n" * 500, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(
    tmp_path: Path, opener: Callable[[Path], Journal], content: bytes
) -> None:
    path = tmp_path / "file.sqlite3"
    path.write_bytes(content)
    with pytest.raises(StoreError, match="damaged") as refusal:
        opener(path)
    assert "backup" in refusal.value.hint
    assert path.read_bytes() == content


def fill(path: Path) -> None:
    with Journal.open(path) as journal:
        now = begun(journal)
        journal.stage(now, *staged(*(person(f"reader{n}@example.org", ort="Köln") for n in range(300))))


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.95])
def test_a_truncated_journal_is_refused_and_never_started_from_the_top(tmp_path: Path, kept: float) -> None:
    path = tmp_path / "journal.sqlite3"
    fill(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * kept)])
    with pytest.raises(StoreError, match="damaged") as refusal:
        Journal.open(path)
    assert "Do not delete it" in refusal.value.hint


def test_a_journal_with_an_overwritten_page_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    fill(path)
    content = bytearray(path.read_bytes())
    content[8 * 4096 : 9 * 4096] = os.urandom(4096)
    path.write_bytes(content)
    with pytest.raises(StoreError, match="damaged"):
        Journal.open(path)


def test_a_row_that_cannot_be_understood_is_reported_as_damage(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    fill(path)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE deliveries SET state = 'lost' WHERE id = 1")
    connection.close()
    with Journal.open(path) as journal:
        connection = sqlite3.connect(path)
        connection.execute("UPDATE deliveries SET state = 'pending', cells = 'Köln' WHERE id = 1")
        connection.commit()
        connection.close()
        with pytest.raises(StoreError, match=r"reader0@example\.org cannot be understood"):
            list(journal.deliveries(EDITION, SMTP))


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE builds SET date = 'x'",
        "UPDATE builds SET date = x'00'",
        "DELETE FROM builds",
        "UPDATE headers SET header = replace(header, '\"ort\", 1', '\"ort\", 9')",
        "UPDATE headers SET header = replace(header, 'null', '\"de\"')",
        "UPDATE headers SET header = replace(header, ', 1]', ', Infinity]')",
        "UPDATE deliveries SET header = NULL",
        "UPDATE deliveries SET header = 99",
        "UPDATE deliveries SET cells = x'00'",
    ],
)
def test_whatever_is_damaged_is_told_in_a_sentence(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "journal.sqlite3"
    fill(path)
    with sqlite3.connect(path) as connection:
        connection.execute(damage)
    connection.close()
    with Journal.open(path) as journal, pytest.raises(StoreError, match="damaged"):
        journal.dispatch(EDITION, SMTP)
        entered_together([each.entered for each in journal.deliveries(EDITION, SMTP)])


def who_has_got_what(path: Path) -> object:
    """Read all that a send reads; times and replies may be wrong by a digit, people and states must not."""
    with Journal.open(path) as journal:
        journal.hand_overs(NOON - timedelta(days=1))
        rows = [(row.recipient.key, row.state) for row in journal.deliveries(EDITION, SMTP)]
        sent = [(edition, transport) for edition, transport, _ in journal.editions_sent()]
        begun = journal.dispatch(EDITION, SMTP) is not None
        return begun, rows, journal.counts(EDITION, SMTP), list(journal.keys(EDITION, SMTP)), sent


def test_no_wrong_bit_in_a_journal_makes_anybody_get_a_mail_twice(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    with Journal.open(path) as journal:
        now = begun(journal, ANNA, BERND, CHEN)
        through(journal, now, ANNA, State.SENT, "250 2.0.0 Ok")
    whole, truth = path.read_bytes(), who_has_got_what(path)
    chance = random.Random(7)
    words = (
        b"anna@",
        b"sent",
        b"pending",
        b"CREATE TABLE deliveries",
        b"id INTEGER PRIMARY KEY",
        b"2026-09smtp",
    )
    places = [at for word in words for found in re.finditer(word, whole) for at in range(*found.span())]
    places += chance.sample([at for at, octet in enumerate(whole) if octet], 300)
    harmless = 0
    for place in places:
        content = bytearray(whole)
        content[place] ^= 1 << chance.randrange(8)
        path.write_bytes(content)
        try:
            seen = who_has_got_what(path)
        except StoreError:
            continue
        harmless += 1
        assert seen == truth, (place, whole[place - 20 : place + 20])
    assert harmless < len(places)


def test_a_journal_of_a_newer_version_asks_for_an_update(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    fill(path)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreError, match="newer isa-mail") as refusal:
        Journal.open(path)
    assert "Update" in refusal.value.hint


def test_a_database_of_something_else_is_not_taken_for_ours(tmp_path: Path) -> None:
    path = tmp_path / "some.sqlite3"
    fill(path)
    with pytest.raises(StoreError, match="something else"):
        Suppressions.open(path, create=True)


@pytest.mark.parametrize("opener", OPENERS)
def test_a_folder_in_the_place_of_the_file_is_explained(
    tmp_path: Path, opener: Callable[[Path], Journal]
) -> None:
    with pytest.raises(StoreError, match="cannot be read or written"):
        opener(tmp_path)


def test_a_folder_that_cannot_be_made_is_explained(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")
    with pytest.raises(StoreError, match="cannot be read or written"):
        Journal.open(tmp_path / "state" / "journal.sqlite3")


def test_a_full_disk_stops_with_a_hint_and_keeps_what_was_stored(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    with Journal.open(path) as journal:
        now = begun(journal, ANNA, BERND)
        through(journal, now, ANNA, State.SENT)
        (pages,) = journal._connection.execute("PRAGMA page_count").fetchone()
        journal._connection.execute(
            f"PRAGMA max_page_count = {pages}"
        )  # SQLite then answers as on a full disk
        with pytest.raises(StoreError, match="disk is full") as refusal:
            journal.stage(now, *staged(*(person(f"reader{n}@example.org", ort="K" * 99) for n in range(300))))
        assert "goes on where it stopped" in refusal.value.hint
        assert states(journal) == {ANNA: State.SENT, BERND: State.PENDING}
    with Journal.open(path) as journal:
        assert states(journal) == {ANNA: State.SENT, BERND: State.PENDING}


def test_a_status_can_be_read_while_a_send_writes(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    with Journal.open(path) as writing, Journal.open(path) as reading:
        now = begun(writing, ANNA, BERND, CHEN)
        rows = reading.deliveries(EDITION, SMTP)
        assert next(rows).state is State.PENDING
        through(writing, now, ANNA, State.SENT)
        assert len(list(rows)) == 2
        assert row(reading, ANNA).state is State.SENT


def test_who_left_among_many_is_asked_at_once_and_the_stamp_changes_with_every_entry(tmp_path: Path) -> None:
    path = tmp_path / "suppressed.sqlite3"
    keys = [f"reader{number}@example.org" for number in range(1200)]
    with Suppressions.open(path, create=True) as suppressions, Suppressions.open(path, create=False) as other:
        before = suppressions.stamp()
        assert suppressions.stamp() == before
        for key in (keys[3], keys[1100]):
            other.add(key.title(), reason=Reason.BY_HAND, at=NOON, source="test")
            assert suppressions.stamp() != before
            before = suppressions.stamp()
        assert suppressions.among(keys) == {keys[3], keys[1100]}


def taken_away(path: Path, how: str) -> None:
    """Take the file from where it is, as people and programs do."""
    other = path.parent.with_name("another.sqlite3")
    Suppressions.open(other, create=True).close()
    if how == "deleted":
        path.unlink()
    elif how == "replaced":
        other.replace(path)
    elif how == "deleted, with a backup by hard link":
        os.link(path, other.with_name("backup"))
        path.unlink()
    elif how == "moved with its folder":
        path.parent.rename(other.with_name("moved"))
    else:
        path.rename(other.with_name("trash"))
        if how == "moved, and another put in its place":
            other.rename(path)


@pytest.mark.skipif(os.name == "nt", reason="Windows lets nobody move a file that is open")
@pytest.mark.parametrize(
    "how",
    [
        *("deleted", "replaced", "moved", "moved with its folder", "moved, and another put in its place"),
        "deleted, with a backup by hard link",
    ],
)
def test_a_list_of_those_who_left_that_is_taken_away_amid_a_send_is_missed(tmp_path: Path, how: str) -> None:
    path = tmp_path / "recipients" / "suppressed.sqlite3"
    with Suppressions.open(path, create=True) as suppressions:
        suppressions.stamp()
        taken_away(path, how)
        until = time.monotonic() + 10
        with pytest.raises(StoreError, match="cannot be read"):
            while time.monotonic() < until:
                suppressions.stamp()


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux shows which files are open")
def test_a_closed_list_of_those_who_left_leaves_no_file_open(tmp_path: Path) -> None:
    before = os.listdir("/proc/self/fd")  # noqa: PTH208 (as numbers)
    with Suppressions.open(tmp_path / "suppressed.sqlite3", create=True) as suppressions:
        suppressions.stamp()
    assert os.listdir("/proc/self/fd") == before  # noqa: PTH208
