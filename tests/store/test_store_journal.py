"""The journal: what is stored comes back, and each state allows only what it should."""

import json
import sqlite3
import stat
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from store_examples import (
    ANNA,
    BERND,
    CHEN,
    DATE,
    EDITION,
    FIRST_BUILD,
    NOON,
    OUTBOX,
    SECOND_BUILD,
    SMTP,
    begun,
    dispatch,
    outcome,
    person,
    row,
    staged,
    states,
    through,
)

from isa_mail.addresses import mention_of
from isa_mail.errors import StoreError
from isa_mail.model.findings import Place
from isa_mail.model.mail import Delivery, Dispatch, State
from isa_mail.model.people import ERASED, UNIT_SEPARATOR, JournalEntry, Recipient
from isa_mail.model.publication import Input
from isa_mail.store.flight import STOPPED
from isa_mail.store.journal import Journal

HASH = "0123456789abcdef" * 2
FINAL = (State.SENT, State.WRITTEN, State.FAILED, State.UNKNOWN, State.SUPPRESSED)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "journal.sqlite3"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    with Journal.open(path) as journal:
        yield journal


# --- the edition and its letters ---


def test_what_was_begun_is_there_after_closing(path: Path) -> None:
    inputs = (
        Input("editions/2026-09/10-editorial.txt", "c" * 64),
        Input("isa-mail.toml (publication)", "d" * 64),
    )
    with Journal.open(path) as journal:
        journal.begin(dispatch(), {"de": b"Brief \xff\r\n", "zh": "信".encode()}, inputs)
    with Journal.open(path) as journal:
        assert journal.dispatch(EDITION, SMTP) == dispatch()
        assert journal.letter(FIRST_BUILD, "de") == b"Brief \xff\r\n"
        assert journal.letter(FIRST_BUILD, "zh") == "信".encode()
        assert journal.inputs(FIRST_BUILD) == inputs
        assert journal.inputs(SECOND_BUILD) == ()


def test_the_date_keeps_its_zone_so_that_the_date_header_keeps_its_bytes(journal: Journal) -> None:
    begun(journal, ANNA)
    kept = journal.dispatch(EDITION, SMTP)
    assert kept is not None
    assert kept.date.utcoffset() == timedelta(hours=2)
    assert row(journal, ANNA).date.isoformat() == DATE.isoformat()


def test_beginning_the_same_build_again_keeps_the_first_date_and_mends_its_letter(journal: Journal) -> None:
    journal.begin(dispatch(), {"de": b"damaged"})
    again = journal.begin(dispatch()._replace(date=DATE + timedelta(days=1)), {"de": b"erster Brief"})
    assert again == dispatch()
    assert journal.letter(FIRST_BUILD, "de") == b"erster Brief"


def test_another_build_becomes_current_and_the_old_letter_stays(journal: Journal) -> None:
    now = begun(journal, ANNA, BERND)
    through(journal, now, ANNA, State.SENT)
    tomorrow = DATE + timedelta(days=1)
    changed = journal.begin(Dispatch(EDITION, SMTP, SECOND_BUILD, tomorrow), {"de": b"zweiter Brief"})
    assert changed == journal.dispatch(EDITION, SMTP) == Dispatch(EDITION, SMTP, SECOND_BUILD, tomorrow)
    assert (row(journal, ANNA).fingerprint, row(journal, ANNA).date) == (FIRST_BUILD, DATE)
    assert (row(journal, BERND).fingerprint, row(journal, BERND).date) == (SECOND_BUILD, tomorrow)
    assert journal.letter(FIRST_BUILD, "de") == b"erster Brief"
    assert journal.letter(SECOND_BUILD, "de") == b"zweiter Brief"


def test_a_letter_that_is_missing_is_an_error_for_staff(journal: Journal) -> None:
    begun(journal)
    with pytest.raises(StoreError, match="the letter aaaaaaaaaaaa"):
        journal.letter(FIRST_BUILD, "zh")


def test_editions_and_transports_have_rows_of_their_own(journal: Journal) -> None:
    begun(journal, ANNA)
    outbox = journal.begin(dispatch(transport=OUTBOX), {"de": b"erster Brief"})
    journal.stage(outbox, *staged(person(ANNA)))
    journal.claim(outbox, [ANNA], NOON)
    journal.record(outbox, [row(journal, ANNA, OUTBOX)._replace(state=State.WRITTEN)], NOON)
    assert row(journal, ANNA, OUTBOX).state is State.WRITTEN
    assert row(journal, ANNA).state is State.PENDING
    assert list(journal.deliveries("2026-11", SMTP)) == []
    assert journal.dispatch("2026-11", SMTP) is None


# --- staging ---


def test_staged_people_come_back_as_they_were_in_list_order(journal: Journal) -> None:
    people = [
        Recipient(
            "Zoe@example.org",
            "王伟 ü",
            None,
            {"address": "Zoe@example.org", "ort": "Köln\t"},
            Place("b.csv", 7),
        ),
        Recipient(ANNA, "", "zh", {"address": ANNA}, Place("recipients/a.csv", None)),
    ]
    now = begun(journal)
    assert journal.stage(now, *staged(people[0])) + journal.stage(now, *staged(people[1], language="zh")) == 2
    rows = list(journal.deliveries(EDITION, SMTP))
    assert [row.recipient for row in rows] == people
    assert rows[1] == Delivery(rows[1].entered, "zh", State.PENDING, FIRST_BUILD, DATE, "", None, 0)


def test_rows_over_several_pages_keep_their_order_while_states_change(journal: Journal) -> None:
    addresses = [f"reader{number}@example.org" for number in range(1203)]
    now = begun(journal, *addresses)
    seen = []
    for delivery in journal.deliveries(EDITION, SMTP, (State.PENDING,)):
        journal.claim(now, [delivery.recipient.key], NOON)
        journal.record(now, [delivery._replace(state=State.SENT)], NOON)
        seen.append(delivery.recipient.address)
        if len(seen) == 600:
            break
    rest = [row.recipient.address for row in journal.deliveries(EDITION, SMTP, (State.PENDING,))]
    assert seen + rest == addresses


def test_staging_again_refreshes_open_rows_and_counts_new_ones_only(journal: Journal) -> None:
    now = begun(journal, ANNA, BERND)
    through(journal, now, BERND, State.DEFERRED, "451 later")
    fresh = [person(ANNA, "Anna Muster", 9, ort="Köln"), person(BERND, "Bernd", ort="Bonn"), person(CHEN)]
    assert journal.stage(now, *staged(*fresh, language="en")) == 1
    assert [row.recipient for row in journal.deliveries(EDITION, SMTP)] == fresh
    assert {row.language for row in journal.deliveries(EDITION, SMTP)} == {"en"}
    assert row(journal, BERND).state is State.DEFERRED
    assert row(journal, BERND).reply == "451 later"


@pytest.mark.parametrize("state", [State.SENT, State.WRITTEN, State.FAILED, State.UNKNOWN])
def test_staging_again_leaves_finished_rows_as_they_are(journal: Journal, state: State) -> None:
    now = begun(journal, ANNA)
    through(journal, now, ANNA, state, "said so")
    before = row(journal, ANNA)
    assert journal.stage(now, *staged(person(ANNA, "Anders", ort="Ulm"), language="zh")) == 0
    assert row(journal, ANNA) == before


def test_upper_and_lower_case_of_an_address_are_one_row(journal: Journal) -> None:
    now = begun(journal, "Anna@example.org")
    assert journal.stage(now, *staged(person("anna@example.org"))) == 0
    assert list(journal.keys(EDITION, SMTP)) == ["anna@example.org"]


def test_staging_that_breaks_off_in_the_middle_changes_nothing(journal: Journal) -> None:
    headers, entries = staged(person(BERND))

    def people() -> Iterator[JournalEntry]:
        yield from entries
        raise RuntimeError("the list cannot be read on")

    now = begun(journal, ANNA)
    with pytest.raises(RuntimeError):
        journal.stage(now, headers, people())
    assert states(journal) == {ANNA: State.PENDING}


def test_someone_suppressed_who_is_staged_again_is_open_again(journal: Journal) -> None:
    now = begun(journal, ANNA)
    journal.record(now, [row(journal, ANNA)._replace(state=State.SUPPRESSED)], NOON)
    assert states(journal) == {ANNA: State.SUPPRESSED}
    assert row(journal, ANNA).attempts == 0
    journal.stage(now, *staged(person(ANNA, "Anna")))
    assert (row(journal, ANNA).state, row(journal, ANNA).recipient.name) == (State.PENDING, "Anna")


@pytest.mark.parametrize("past", [State.UNKNOWN, State.FAILED])
def test_someone_suppressed_after_a_hand_over_is_not_open_by_staging_alone(
    journal: Journal, past: State
) -> None:
    now = begun(journal, ANNA)
    through(journal, now, ANNA, past)
    journal.reopen(now, [ANNA])
    journal.record(now, [row(journal, ANNA)._replace(state=State.SUPPRESSED)], NOON)
    journal.stage(now, *staged(person(ANNA)))
    assert states(journal) == {ANNA: past}


# --- claims and outcomes ---


def test_a_claim_and_earlier_outcomes_are_stored_together(journal: Journal) -> None:
    now = begun(journal, ANNA, BERND, CHEN)
    journal.claim(now, [ANNA, BERND], NOON)
    done = [
        outcome(journal, ANNA, State.SENT, "250 ok"),
        outcome(journal, BERND, State.FAILED, "550 5.1.1 no"),
    ]
    journal.claim(now, [CHEN], NOON + timedelta(seconds=1), done)
    assert states(journal) == {ANNA: State.SENT, BERND: State.FAILED, CHEN: State.CLAIMED}
    assert (row(journal, BERND).reply, row(journal, BERND).at) == ("550 5.1.1 no", NOON)
    assert (row(journal, ANNA).attempts, row(journal, CHEN).attempts) == (1, 0)


def test_a_deferred_row_can_be_claimed_again_and_counts_its_attempts(journal: Journal) -> None:
    now = begun(journal, ANNA)
    through(journal, now, ANNA, State.DEFERRED)
    through(journal, now, ANNA, State.SENT)
    assert (row(journal, ANNA).state, row(journal, ANNA).attempts) == (State.SENT, 2)


def test_a_row_that_was_claimed_but_not_handed_over_can_be_given_back(journal: Journal) -> None:
    now = begun(journal, ANNA)
    before = row(journal, ANNA)
    journal.claim(now, [ANNA], NOON)
    journal.record(now, [before], NOON)
    assert (row(journal, ANNA).state, row(journal, ANNA).attempts) == (State.PENDING, 0)


@pytest.mark.parametrize("state", FINAL)
def test_a_finished_row_cannot_be_claimed(journal: Journal, state: State) -> None:
    now = begun(journal, ANNA, BERND)
    through(journal, now, ANNA, state)
    with pytest.raises(ValueError, match="state"):
        journal.claim(now, [BERND, ANNA], NOON)
    assert states(journal) == {ANNA: state, BERND: State.PENDING}


def test_a_row_in_hand_cannot_be_claimed_a_second_time(journal: Journal) -> None:
    now = begun(journal, ANNA)
    journal.claim(now, [ANNA], NOON)
    with pytest.raises(ValueError, match="state"):
        journal.claim(now, [ANNA], NOON)


@pytest.mark.parametrize("state", [State.SENT, State.WRITTEN, State.UNKNOWN])
def test_nothing_counts_as_handed_over_without_a_claim(journal: Journal, state: State) -> None:
    now = begun(journal, ANNA, BERND)
    journal.claim(now, [BERND], NOON)
    with pytest.raises(ValueError, match="state"):
        journal.record(now, [outcome(journal, BERND, State.SENT), outcome(journal, ANNA, state)], NOON)
    assert states(journal) == {ANNA: State.PENDING, BERND: State.CLAIMED}


@pytest.mark.parametrize("state", [State.SENT, State.WRITTEN])
@pytest.mark.parametrize(
    "later", [State.PENDING, State.DEFERRED, State.FAILED, State.SUPPRESSED, State.UNKNOWN]
)
def test_no_outcome_turns_back_what_was_handed_over(journal: Journal, state: State, later: State) -> None:
    now = begun(journal, ANNA)
    through(journal, now, ANNA, state)
    with pytest.raises(ValueError, match="state"):
        journal.record(now, [outcome(journal, ANNA, later)], NOON)
    assert states(journal) == {ANNA: state}


def test_a_claim_is_no_outcome_and_a_time_needs_a_zone(journal: Journal) -> None:
    now = begun(journal, ANNA)
    with pytest.raises(ValueError, match="outcome"):
        journal.record(now, [outcome(journal, ANNA, State.CLAIMED)], NOON)
    with pytest.raises(ValueError, match="zone"):
        journal.claim(now, [ANNA], NOON.replace(tzinfo=None))
    assert states(journal) == {ANNA: State.PENDING}


def test_a_dispatch_that_was_not_begun_takes_nobody(journal: Journal) -> None:
    with pytest.raises(ValueError, match="not begun"):
        journal.stage(dispatch(), *staged(person(ANNA)))


def test_the_writer_claims_and_records_for_its_dispatch(journal: Journal) -> None:
    now = begun(journal, ANNA, BERND)
    writer = journal.writer(now)
    writer.claim([ANNA], NOON, [])
    writer.claim([BERND], NOON, [outcome(journal, ANNA, State.SENT)])
    writer.record([outcome(journal, BERND, State.DEFERRED)], NOON)
    assert states(journal) == {ANNA: State.SENT, BERND: State.DEFERRED}


# --- after a crash, and when a person asks for a retry ---


def test_what_a_stopped_run_had_in_hand_becomes_unknown_and_says_why(journal: Journal) -> None:
    now = begun(journal, ANNA, BERND)
    journal.claim(now, [ANNA], NOON)
    assert journal.recover(EDITION, SMTP, at=NOON + timedelta(hours=1)) == 1
    found = row(journal, ANNA)
    assert (found.state, found.reply, found.attempts) == (State.UNKNOWN, STOPPED, 1)
    assert found.at == NOON + timedelta(hours=1)
    assert states(journal)[BERND] is State.PENDING
    assert journal.recover(EDITION, SMTP, at=NOON) == 0


def test_recovering_one_edition_leaves_the_others_in_hand(journal: Journal) -> None:
    now = begun(journal, ANNA)
    journal.claim(now, [ANNA], NOON)
    assert journal.recover("2026-11", SMTP, at=NOON) == journal.recover(EDITION, OUTBOX, at=NOON) == 0
    assert states(journal) == {ANNA: State.CLAIMED}


def test_an_unknown_row_that_is_tried_again_keeps_its_bytes(journal: Journal) -> None:
    now = begun(journal, ANNA)
    journal.claim(now, [ANNA], NOON)
    journal.recover(EDITION, SMTP, at=NOON)
    before = row(journal, ANNA)
    changed = journal.begin(
        Dispatch(EDITION, SMTP, SECOND_BUILD, DATE + timedelta(days=1)), {"de": b"zweiter"}
    )
    assert journal.reopen(changed, [ANNA]) == 1
    journal.stage(changed, *staged(person(ANNA, "Anders", ort="Ulm"), language="zh"))
    for attempt in (State.DEFERRED, State.SENT):
        again = row(journal, ANNA)
        assert again.recipient == before.recipient
        assert (again.fingerprint, again.date, again.language) == (FIRST_BUILD, DATE, "de")
        through(journal, changed, ANNA, attempt)
    assert (row(journal, ANNA).fingerprint, row(journal, ANNA).date) == (FIRST_BUILD, DATE)


def test_a_failed_row_that_is_tried_again_gets_the_current_letter_and_fields(journal: Journal) -> None:
    now = begun(journal, ANNA)
    through(journal, now, ANNA, State.FAILED, "550 no")
    assert row(journal, ANNA).fingerprint == FIRST_BUILD
    changed = journal.begin(Dispatch(EDITION, SMTP, SECOND_BUILD, DATE), {"de": b"zweiter"})
    assert row(journal, ANNA).fingerprint == FIRST_BUILD
    assert journal.reopen(changed, [ANNA]) == 1
    journal.stage(changed, *staged(person(ANNA, "Anna Neu")))
    assert (row(journal, ANNA).fingerprint, row(journal, ANNA).recipient.name) == (SECOND_BUILD, "Anna Neu")
    through(journal, changed, ANNA, State.SENT)
    assert row(journal, ANNA).fingerprint == SECOND_BUILD


@pytest.mark.parametrize("state", [State.SENT, State.WRITTEN, State.SUPPRESSED, State.DEFERRED])
def test_only_unknown_and_failed_rows_are_reopened(journal: Journal, state: State) -> None:
    now = begun(journal, ANNA)
    through(journal, now, ANNA, state)
    assert journal.reopen(now, [ANNA, "nobody@example.org"]) == 0
    assert states(journal) == {ANNA: state}


def test_what_was_put_off_before_the_clock_was_set_back_is_older_than_the_next_run(journal: Journal) -> None:
    now, later = begun(journal, ANNA, BERND), NOON + timedelta(hours=1)
    through(journal, now, ANNA, State.DEFERRED)
    journal.record(now, [row(journal, BERND)._replace(state=State.DEFERRED, at=later)], later)
    journal.recover(EDITION, SMTP, at=NOON + timedelta(minutes=1))
    assert [each.recipient.key for each in journal.deferred(now, NOON, later, 9)] == [ANNA, BERND]
    assert journal.deferred(now, NOON + timedelta(minutes=1), later, 9) == []


@pytest.mark.parametrize("past", [State.UNKNOWN, State.FAILED])
def test_a_reopened_row_that_was_put_off_is_what_it_was_when_the_run_is_over(
    journal: Journal, past: State
) -> None:
    now = begun(journal, ANNA, BERND)
    through(journal, now, ANNA, past, "what was said")
    through(journal, now, BERND, State.DEFERRED, "450 later")
    before = row(journal, ANNA)
    journal.reopen(now, [ANNA])
    through(journal, now, ANNA, State.DEFERRED, "451 4.3.0 later")
    assert [each.recipient.key for each in journal.deferred(now, NOON, NOON, 9)] == [ANNA, BERND]
    (shown, _) = journal.deliveries(EDITION, SMTP, stopped=True)
    journal.close_reopened(EDITION, SMTP)
    assert row(journal, ANNA) == shown
    assert shown == before._replace(reply="451 4.3.0 later (when tried again)", attempts=before.attempts + 1)
    assert row(journal, BERND).state is State.DEFERRED


# --- people who are gone from the lists ---


def test_people_gone_from_the_lists_are_taken_out_while_open(journal: Journal) -> None:
    now = begun(journal, ANNA, BERND, CHEN)
    through(journal, now, BERND, State.DEFERRED)
    through(journal, now, CHEN, State.SENT)
    assert journal.remove(now, [ANNA, BERND, CHEN, "nobody@example.org"]) == 2
    assert states(journal) == {CHEN: State.SENT}


@pytest.mark.parametrize("past", [State.UNKNOWN, State.FAILED])
def test_a_reopened_row_whose_person_is_gone_is_kept_as_it_was(journal: Journal, past: State) -> None:
    now = begun(journal, ANNA)
    through(journal, now, ANNA, past, "what was said")
    before = row(journal, ANNA)
    journal.reopen(now, [ANNA])
    assert journal.remove(now, [ANNA]) == 1
    assert row(journal, ANNA) == before


@pytest.mark.parametrize("state", FINAL)
def test_a_finished_row_is_never_taken_out(journal: Journal, state: State) -> None:
    now = begun(journal, ANNA)
    through(journal, now, ANNA, state)
    assert journal.remove(now, [ANNA]) == 0
    assert states(journal) == {ANNA: state}


# --- looking back ---


def test_counts_name_every_state(journal: Journal) -> None:
    now = begun(journal, ANNA, BERND, CHEN)
    through(journal, now, ANNA, State.SENT)
    expected = dict.fromkeys(State, 0) | {State.SENT: 1, State.PENDING: 2}
    assert journal.counts(EDITION, SMTP) == expected
    assert set(journal.counts("2026-11", SMTP).values()) == {0}


def test_anything_sent_means_over_smtp(journal: Journal) -> None:
    outbox = journal.begin(dispatch(transport=OUTBOX), {"de": b"Brief"})
    journal.stage(outbox, *staged(person(ANNA)))
    journal.claim(outbox, [ANNA], NOON)
    journal.record(outbox, [row(journal, ANNA, OUTBOX)._replace(state=State.WRITTEN)], NOON)
    now = begun(journal, ANNA)
    assert not journal.anything_sent()
    through(journal, now, ANNA, State.DEFERRED)
    assert not journal.anything_sent()
    journal.claim(now, [ANNA], NOON)
    assert journal.anything_sent()
    journal.record(now, [outcome(journal, ANNA, State.UNKNOWN)], NOON)
    journal.reopen(now, [ANNA])
    assert journal.anything_sent()


def test_the_last_edition_is_the_one_sent_before_this_one(journal: Journal) -> None:
    for month, edition in enumerate(["2026-05", "2026-07", "2026-09"]):
        now = journal.begin(dispatch(edition), {"de": b"Brief"})
        journal.stage(now, *staged(person(ANNA), person(BERND)))
        journal.claim(now, [ANNA], NOON + timedelta(days=month))
    outbox = journal.begin(dispatch("2026-08", OUTBOX), {"de": b"Brief"})
    journal.stage(outbox, *staged(person(CHEN)))
    journal.claim(outbox, [CHEN], NOON + timedelta(days=1, hours=1))
    journal.begin(dispatch("2026-11"), {"de": b"Brief"})
    assert journal.last_edition_before("2026-11", SMTP) == "2026-09"
    assert journal.last_edition_before("2026-09", SMTP) == "2026-07"
    assert journal.last_edition_before("2026-05", SMTP) is None
    assert journal.last_edition_before("2026-11", OUTBOX) == "2026-08"
    assert journal.editions_sent()[0] == ("2026-05", SMTP, NOON)
    assert list(journal.keys("2026-07", SMTP)) == [ANNA, BERND]


def test_those_who_had_left_or_were_erased_do_not_count_as_readers_of_an_edition(journal: Journal) -> None:
    readers = [f"reader{number}@example.org" for number in range(1200)]  # more than are read at a time
    now = begun(journal, ANNA, BERND, *readers)
    journal.record(now, [row(journal, ANNA)._replace(state=State.SUPPRESSED)], NOON)
    through(journal, now, BERND, State.SENT)
    assert list(journal.keys(EDITION, SMTP)) == [BERND, *readers]
    journal.erase(BERND, HASH, mention_of(BERND), ERASED)
    assert list(journal.keys(EDITION, SMTP)) == readers


# --- the file ---


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no file modes")
def test_the_journal_and_the_files_beside_it_are_for_their_owner_only(path: Path, journal: Journal) -> None:
    begun(journal, ANNA)
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert modes == dict.fromkeys([path.name, f"{path.name}-wal", f"{path.name}-shm"], 0o600)


def test_asking_whether_there_is_a_journal_makes_none(path: Path) -> None:
    assert not path.exists()
    assert not path.exists()


def test_every_commit_is_synced_to_the_disk(path: Path, journal: Journal) -> None:
    connection = journal._connection
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_times_are_stored_in_utc_and_a_list_s_header_once(path: Path, journal: Journal) -> None:
    now = begun(journal)
    for address in (ANNA, BERND):
        journal.stage(now, *staged(person(address, "Probe", ort="Köln")))
    journal.claim(now, [ANNA], DATE)
    with sqlite3.connect(path) as other:
        at, cells = other.execute("SELECT at, cells FROM deliveries").fetchone()
        headers = other.execute("SELECT header FROM headers").fetchall()
    other.close()
    assert at == "2026-09-01T12:00:00.000000+00:00"
    assert datetime.fromisoformat(at) == DATE
    assert cells.split(UNIT_SEPARATOR) == [ANNA, "Köln", "Probe"]
    assert [json.loads(text) for (text,) in headers] == [
        ["recipients/members.csv", [["address", 0], ["ort", 1]], 2, None]
    ]


def test_each_hand_over_counts_whatever_became_of_the_row_later(journal: Journal) -> None:
    now = begun(journal, ANNA, BERND, CHEN)
    minute = timedelta(minutes=1)
    for number, (state, left) in enumerate(
        [(State.DEFERRED, False), (State.DEFERRED, True), (State.SENT, True)]
    ):
        journal.claim(now, [ANNA], NOON)
        journal.record(
            now, [outcome(journal, ANNA, state)._replace(at=NOON + number * minute, left=left)], NOON
        )
    journal.claim(now, [BERND, CHEN], NOON)
    unknown = outcome(journal, BERND, State.UNKNOWN)._replace(at=NOON + 3 * minute, left=True)
    refused = outcome(journal, CHEN, State.FAILED)._replace(at=NOON + 4 * minute)  # at RCPT
    journal.record(now, [unknown, refused], NOON + 4 * minute)
    journal.reopen(now, [BERND])
    assert journal.hand_overs(NOON) == [NOON + number * minute for number in (1, 2, 3)]
    assert journal.hand_overs(NOON + 2 * minute) == [NOON + number * minute for number in (2, 3)]


# --- someone who was erased ---


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (State.PENDING, State.SUPPRESSED),
        (State.DEFERRED, State.SUPPRESSED),
        (State.SENT, State.SENT),
        (State.FAILED, State.FAILED),
        (State.UNKNOWN, State.UNKNOWN),
        (State.SUPPRESSED, State.SUPPRESSED),
    ],
)
def test_of_someone_erased_a_row_keeps_what_counts_and_names_nobody(
    journal: Journal, before: State, after: State
) -> None:
    now = begun(journal, ANNA, BERND)
    if before is not State.PENDING:
        through(journal, now, ANNA, before, f"550 5.1.1 <{ANNA}>: user unknown")
    assert journal.erase(ANNA, HASH, mention_of(ANNA), ERASED) == 1
    erased, bernd = journal.deliveries(EDITION, SMTP)
    assert erased.recipient == Recipient("", "", None, {}, Place(""))
    assert (erased.state, erased.language, bernd.state) == (after, "de", State.PENDING)
    assert erased.reply == ("" if before is State.PENDING else "550 5.1.1")
    assert journal.erased(EDITION, SMTP) == {HASH: after}
    assert [(edition, row.state) for edition, _, row in journal.rows_of(ANNA, HASH)] == [(EDITION, after)]
    assert journal.stage(now, *staged(person(BERND))) == 0
    assert journal.erase(ANNA, HASH, mention_of(ANNA), ERASED) == 0, "done already"


def test_a_reopened_row_of_someone_erased_is_what_it_was_before(journal: Journal) -> None:
    now = begun(journal, ANNA)
    through(journal, now, ANNA, State.UNKNOWN)
    journal.reopen(now, [ANNA])
    journal.erase(ANNA, HASH, mention_of(ANNA), ERASED)
    assert journal.erased(EDITION, SMTP) == {HASH: State.UNKNOWN}


def test_of_someone_erased_twice_the_later_row_counts(journal: Journal) -> None:
    now = begun(journal, ANNA)
    journal.erase(ANNA, HASH, mention_of(ANNA), ERASED)
    journal.stage(now, *staged(person(ANNA)))
    through(journal, now, ANNA, State.SENT)
    journal.erase(ANNA, HASH, mention_of(ANNA), ERASED)
    assert journal.erased(EDITION, SMTP) == {HASH: State.SENT}
    assert sum(journal.counts(EDITION, SMTP).values()) == 1


def test_a_longer_address_in_others_rows_stays_when_a_shorter_one_is_erased(journal: Journal) -> None:
    now = begun(journal)
    journal.stage(now, *staged(person(BERND, cc=f"jo{ANNA}, {ANNA.upper()}"), person(ANNA)))
    journal.erase(ANNA, HASH, mention_of(ANNA), ERASED)
    assert row(journal, BERND).recipient.fields["cc"] == f"jo{ANNA}, {ERASED}"


@pytest.mark.parametrize("other", ["o'neil@example.org", "a=neil@example.org", "x&neil@example.org"])
def test_an_address_that_ends_like_one_that_is_erased_stays_whole(journal: Journal, other: str) -> None:
    begun(journal, "neil@example.org", other)
    journal.erase("neil@example.org", HASH, mention_of("neil@example.org"), ERASED)
    assert row(journal, other).recipient.fields["address"] == other


def test_the_header_of_a_list_that_only_somebody_erased_stood_on_goes_with_them(
    path: Path, journal: Journal
) -> None:
    now = begun(journal, BERND)
    alone = person(ANNA)._replace(place=Place(f"recipients/{ANNA}.csv", 2))
    journal.stage(now, *staged(alone))
    journal.erase(ANNA, HASH, mention_of(ANNA), ERASED)
    assert row(journal, BERND).recipient == person(BERND)
    assert b"anna@" not in b"".join(file.read_bytes() for file in path.parent.iterdir())


def test_umlauts_are_found_in_others_rows_whatever_their_case_and_however_the_domain_is_spelt(
    journal: Journal,
) -> None:
    wire = "jürgen@xn--bcher-kva.example"
    now = begun(journal)
    journal.stage(now, *staged(person(BERND, cc="JÜRGEN@Bücher.example", bcc=wire), person(wire)))
    journal.erase(wire, HASH, mention_of(wire), ERASED)
    assert set(row(journal, BERND).recipient.fields.values()) == {BERND, ERASED}


@pytest.mark.parametrize(
    ("since", "kept"),
    [(State.SUPPRESSED, State.UNKNOWN), (State.SENT, State.SENT), (State.FAILED, State.FAILED)],
)
def test_of_who_was_erased_twice_the_last_mail_counts_and_not_that_they_left(
    journal: Journal, since: State, kept: State
) -> None:
    now = begun(journal, ANNA, BERND)
    through(journal, now, ANNA, State.UNKNOWN)
    journal.erase(ANNA, HASH, mention_of(ANNA), ERASED)
    journal.stage(now, *staged(person(ANNA)))
    through(journal, now, ANNA, since)
    assert journal.erase(ANNA, HASH, mention_of(ANNA), ERASED) == 1
    assert journal.erased(EDITION, SMTP) == {HASH: kept}
    assert journal.counts(EDITION, SMTP)[State.PENDING] == 1
