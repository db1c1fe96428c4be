"""A journal that an earlier isa-mail wrote: brought up to date when it is opened, and nothing of it is lost."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
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
    SECOND_BUILD,
    SMTP,
    dispatch,
    person,
    row,
    staged,
    states,
)

from isa_mail.addresses import mention_of
from isa_mail.errors import StoreError
from isa_mail.model.findings import NOWHERE, Place
from isa_mail.model.mail import Dispatch, State
from isa_mail.model.people import ERASED, Recipient
from isa_mail.store.flight import STOPPED
from isa_mail.store.journal import Journal

SAMPLE = Path(__file__).parent / "samples" / "journal-3.sql"
DORA, FENG, GITA = "dora@example.org", "feng@example.org", "gita@example.org"
MEMBERS, PRESS = "recipients/members.csv", "recipients/press.xlsx#Presse"

_TO_2 = ("DROP TABLE departures", "PRAGMA user_version = 2")
_TO_1 = (
    "DROP TABLE departures",
    "DROP INDEX deliveries_deferred",
    "ALTER TABLE dispatches DROP COLUMN flight",
    "ALTER TABLE dispatches DROP COLUMN last_at",
    "PRAGMA user_version = 1",
)
VERSIONS = pytest.mark.parametrize("back", [(), _TO_2, _TO_1], ids=["3", "2", "1"])


def written_before(folder: Path, back: Sequence[str] = ()) -> Path:
    """Make the journal that version 3 wrote; `back` leads to an earlier one."""
    path = folder / "journal.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(SAMPLE.read_text(encoding="utf-8"))
        for statement in back:
            connection.execute(statement)
        connection.commit()
    return path


@VERSIONS
def test_everybody_is_who_they_were_in_the_state_they_were_in(tmp_path: Path, back: Sequence[str]) -> None:
    with Journal.open(written_before(tmp_path, back)) as journal:
        rows = {row.key: row for row in journal.deliveries(EDITION, SMTP)}
    dora = "Dora@example.org"
    assert [row.recipient for row in rows.values()] == [
        Recipient(
            ANNA,
            "Anna Probe",
            "de",
            {"e_mail": ANNA, "vorname": "Anna", "first_name": "Anna", "name": "Anna Probe", "address": ANNA},
            Place(MEMBERS, 2),
        ),
        Recipient(
            BERND,
            'Bernd "B." Köhler',
            None,
            {"e_mail": BERND, "name": 'Bernd "B." Köhler', "address": BERND},
            Place(MEMBERS, 3),
        ),
        Recipient(
            CHEN,
            "陈 伟",
            "zh",
            {"mail": CHEN, "sprache": "Chinesisch", "language": "zh", "ort": "成都", "address": CHEN},
            Place(PRESS, 7),
        ),
        Recipient(dora, "", None, {"mail": dora, "address": dora}, Place(PRESS, 8)),
        Recipient("", "", None, {}, NOWHERE),
        Recipient(
            FENG, "Feng", "zh", {"name": "Feng", "greeting": "您好", "address": FENG}, Place(MEMBERS, 10)
        ),
        Recipient(
            GITA,
            "Gita",
            None,
            {"name": "Gita", "note": "knows (erased)", "address": GITA},
            Place(MEMBERS, 11),
        ),
    ]
    assert {key: row.state for key, row in rows.items()} == {
        ANNA: State.SENT,
        BERND: State.CLAIMED,
        CHEN: State.FAILED,
        DORA: State.PENDING,
        "f" * 64: State.SENT,
        FENG: State.DEFERRED,
        GITA: State.PENDING,
    }
    assert [row.reply for row in rows.values()] == [
        *("250 2.0.0 Ok: queued as 4711", "the line broke", "550 5.1.1 no such user", "", "250"),
        *("450 4.2.1 later", ""),
    ]
    assert [row.at for row in rows.values()] == [
        NOON,
        NOON + timedelta(hours=1),
        NOON,
        None,
        NOON,
        NOON,
        None,
    ]
    assert [row.attempts for row in rows.values()] == [1, 1, 1, 0, 1, 1, 0]
    assert [row.language for row in rows.values()] == ["de", "de", "zh", "de", "de", "zh", "de"]


@VERSIONS
def test_who_may_have_a_letter_keeps_it_and_all_others_get_the_new_one(
    tmp_path: Path, back: Sequence[str]
) -> None:
    with Journal.open(written_before(tmp_path, back)) as journal:
        rows = {row.key: (row.fingerprint, row.date) for row in journal.deliveries(EDITION, SMTP)}
        first, second = (FIRST_BUILD, DATE), (SECOND_BUILD, DATE + timedelta(days=1))
        assert journal.dispatch(EDITION, SMTP) == Dispatch(EDITION, SMTP, *second)
        assert journal.letter(FIRST_BUILD, "zh") == b"di yi"
    assert rows == {
        **dict.fromkeys((ANNA, BERND, CHEN, "f" * 64), first),
        **dict.fromkeys((DORA, FENG, GITA), second),
    }


@VERSIONS
def test_a_send_goes_on_with_it_as_with_one_of_its_own(tmp_path: Path, back: Sequence[str]) -> None:
    path = written_before(tmp_path, back)
    with Journal.open(path) as journal:
        journal.recover(EDITION, SMTP, at=NOON + timedelta(hours=2))
        assert (row(journal, BERND).state, row(journal, BERND).reply) == (State.UNKNOWN, STOPPED)
        now = journal.begin(dispatch()._replace(fingerprint=SECOND_BUILD), {"de": b"zweiter Brief"})
        assert journal.stage(now, *staged(person(GITA, "Gita Neu"), person(ANNA, "Anna Neu"))) == 0
        journal.claim(now, [GITA], NOON)
        journal.record(now, [row(journal, GITA)._replace(state=State.SENT, attempts=1)], NOON)
        assert (row(journal, GITA).recipient.name, row(journal, ANNA).recipient.name) == (
            "Gita Neu",
            "Anna Probe",
        )
        journal.erase(CHEN, "e" * 64, mention_of(CHEN), ERASED)
    with Journal.open(path) as journal:
        assert journal.erased(EDITION, SMTP) == {"f" * 64: State.SENT, "e" * 64: State.FAILED}
        assert states(journal)[GITA] is State.SENT
    assert b"chen@" not in b"".join(file.read_bytes() for file in tmp_path.iterdir())


def test_a_journal_of_the_second_version_keeps_count_of_what_left(tmp_path: Path) -> None:
    with Journal.open(written_before(tmp_path, _TO_2)) as journal:
        # Anna's mail and that of somebody erased were accepted; Chen's was refused, Bernd's and Feng's came back.
        assert journal.hand_overs(NOON) == [*[NOON] * 4, NOON + timedelta(hours=1)]


def test_a_journal_of_the_second_version_that_was_brought_up_to_date_is_not_again(tmp_path: Path) -> None:
    path = written_before(tmp_path, _TO_2)
    for _ in range(2):
        with Journal.open(path) as journal:
            assert len(journal.hand_overs(NOON)) == 5


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE deliveries SET fields = '{' WHERE id = 3",
        "UPDATE deliveries SET fields = '[]' WHERE id = 3",
        "UPDATE deliveries SET fields = '{\"a\": 1}' WHERE id = 3",
        "UPDATE deliveries SET fields = 'null' WHERE id = 3",
        "UPDATE deliveries SET dispatch = 9 WHERE id = 3",
    ],
)
def test_a_damaged_journal_is_told_to_be_so_and_stays_as_it_is(tmp_path: Path, damage: str) -> None:
    path = written_before(tmp_path, [damage])
    before = path.read_bytes()
    with pytest.raises(StoreError, match="The journal is damaged"):
        Journal.open(path)
    assert path.read_bytes() == before
