"""The audience of a run: one person a key, in list order, and nothing is left behind."""

import gc
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isa_mail.model.findings import Place
from isa_mail.model.mail import State
from isa_mail.model.people import RefusedRow, StagedRow
from isa_mail.store.audience import Audience, Kind, Person

EVERYONE = Kind(None, suppressed=False)


@pytest.fixture
def audience() -> Iterator[Audience]:
    with Audience() as audience:
        yield audience


def row(key: str, number: int = 0, line: int = 2) -> StagedRow:
    return StagedRow(key, number, line, f"{key}\x1fcell", None)


def settled(audience: Audience, *rows: StagedRow) -> Audience:
    audience.stage(rows)
    audience.settle()
    return audience


def keys(audience: Audience, *kinds: Kind) -> list[str]:
    return [person.row.key for person in people(audience, kinds or tuple(audience.counts()))]


def people(audience: Audience, kinds: Iterable[Kind]) -> Iterator[Person]:
    for page in audience.pages(kinds):
        for identity, role, *row in page:
            yield Person(identity, StagedRow(*row), audience.others(identity) if role else ())


def test_people_come_in_the_order_of_the_lists(audience: Audience) -> None:
    settled(audience, row("c"), row("a"), row("b"))
    assert list(people(audience, [EVERYONE])) == [
        Person(1, row("c"), ()),
        Person(2, row("a"), ()),
        Person(3, row("b"), ()),
    ]
    assert audience.counts() == {EVERYONE: 3}


def test_the_first_row_of_a_person_stands_and_the_others_follow_in_order(audience: Audience) -> None:
    settled(audience, row("a"), row("b", line=3), row("a", 1, 7), row("a", 2, 9))
    first, second = people(audience, [EVERYONE])
    assert (first.row, first.others) == (row("a"), (row("a", 1, 7), row("a", 2, 9)))
    assert second.others == ()
    assert list(audience.duplicates()) == [(row("a"), row("a", 1, 7)), (row("a"), row("a", 2, 9))]
    assert audience.duplicates_by_list() == {1: 1, 2: 1}


def test_more_people_than_a_page_holds_are_all_there(audience: Audience) -> None:
    rows = [row(f"p{number}") for number in range(1200)]
    settled(audience, *rows)
    assert keys(audience) == [one.key for one in rows]


def test_one_more_person_is_added_only_if_not_there(audience: Audience) -> None:
    settled(audience, row("a"))
    assert audience.add(row("b", 1))
    assert not audience.add(row("a", 1))
    assert keys(audience) == ["a", "b"]


def test_people_may_be_left_out_while_they_are_gone_through(audience: Audience) -> None:
    settled(audience, *(row(f"p{number}") for number in range(1200)))
    audience.leave_out(person.id for person in people(audience, [EVERYONE]) if person.id % 2)
    assert len(keys(audience)) == 600


def test_who_left_and_what_the_journal_says_is_known_of_everyone(audience: Audience) -> None:
    settled(audience, row("a"), row("b"), row("c"), row("d"))
    audience.suppress(["b", "nobody"])
    audience.note_states(
        [("c", State.SENT), ("d", State.PENDING), ("gone", State.PENDING), ("went", State.SENT)]
    )
    assert audience.counts() == {
        EVERYONE: 1,
        Kind(None, suppressed=True): 1,
        Kind(State.SENT, suppressed=False): 1,
        Kind(State.PENDING, suppressed=False): 1,
    }
    assert keys(audience, Kind(None, suppressed=True)) == ["b"]
    assert keys(audience, EVERYONE, Kind(State.PENDING, suppressed=False)) == ["a", "d"]
    assert list(people(audience, [])) == []
    assert audience.gone([State.PENDING]) == ("gone",)


def test_the_edition_before_is_compared_by_key(audience: Audience) -> None:
    settled(audience, row("stayed"), row("new"), row("left"), row("left-before"), row("unchosen"))
    audience.suppress(["left", "left-before"])
    audience.leave_out(person.id for person in people(audience, [EVERYONE]) if person.row.key == "unchosen")
    audience.note_previous(["stayed", "left", "gone", "unchosen"])
    assert audience.new_keys() == ("new",)
    assert audience.lost_keys() == ("gone", "unchosen")
    assert audience.newly_suppressed_keys() == ("left",)


def test_refused_rows_are_kept_to_be_named(audience: Audience) -> None:
    rows = [RefusedRow(Place("a.csv", number), "x", "why") for number in range(1200)]
    audience.refuse(rows)
    assert list(audience.refused()) == rows


@settings(deadline=None)
@given(st.lists(st.sampled_from("abcdef"), max_size=12))
def test_every_row_is_a_person_or_a_duplicate_of_one(names: list[str]) -> None:
    rows = [row(name, line=number) for number, name in enumerate(names)]
    with Audience() as audience:
        settled(audience, *rows)
        assert keys(audience) == list(dict.fromkeys(names))
        found = [one for person in people(audience, [EVERYONE]) for one in (person.row, *person.others)]
        assert sorted(found, key=lambda one: one.line or 0) == rows


# --- nothing is left behind ---


def test_staged_people_lie_in_no_file_that_can_be_found(tmp_path: Path) -> None:
    code = (
        "import os, sys\n"
        "from isa_mail.model.people import StagedRow\nfrom isa_mail.store.audience import Audience\n"
        "audience = Audience()\n"
        "audience.stage(StagedRow(f'secret{n}@example.org', 0, n, 'x' * 200, None) for n in range(100_000))\n"
        "audience.settle()\n"
        "print(os.listdir(sys.argv[1]), flush=True)\n"
        "os.abort()\n"
    )
    environment = os.environ | {"TMPDIR": str(tmp_path), "SQLITE_TMPDIR": str(tmp_path)}
    ended = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode != 0
    if os.name == "posix":  # elsewhere the file has a name as long as it is open
        assert ended.stdout == "[]\n"
    assert list(tmp_path.iterdir()) == []


def test_an_audience_that_nobody_asks_for_any_more_is_closed() -> None:
    audience = settled(Audience(), row("a"))
    connection = audience._connection
    del audience
    gc.collect()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        connection.execute("SELECT 1")


def test_closing_twice_does_no_harm() -> None:
    with Audience() as audience:
        audience.close()


def test_people_are_found_by_words_anywhere_in_their_row_whatever_the_case() -> None:
    with Audience() as audience:
        audience.stage(
            StagedRow(address, 0, line, f"{address}\x1f{name}\x1f{town}", None)
            for line, (address, name, town) in enumerate(
                (
                    ("oz@a.test", "Emil Öz", "Köthen"),
                    ("az@a.test", "Anna Az", "KÖTHEN"),
                    ("pu@a.test", "100 % Pu_ppe\\", "松渡"),
                    ("left@a.test", "Left Öz", ""),
                ),
                2,
            )
        )
        audience.settle()
        audience.suppress(["left@a.test"])

        def found(*words: str, most: int = 20) -> list[str]:
            return [person.row.key for person, _ in audience.search(words, most)]

        assert found() == ["oz@a.test", "az@a.test", "pu@a.test", "left@a.test"]
        assert found("öz") == found("ÖZ") == ["oz@a.test", "left@a.test"]
        assert found("köthen", "ANNA") == ["az@a.test"]
        assert found("KÖTHEN") == ["oz@a.test", "az@a.test"]
        assert found("az") == ["az@a.test"]  # not "öz", though SQLite may take any character for ö
        assert found("äz") == []
        assert found("松渡") == found("0 %", "pu_") == found("ppe\\") == ["pu@a.test"]
        assert found("a.test", most=2) == ["oz@a.test", "az@a.test"]
        assert [left for _, left in audience.search(["öz"], 20)] == [False, True]


def test_a_person_of_several_rows_is_found_once_and_by_key() -> None:
    with Audience() as audience:
        rows = (
            StagedRow("ann@a.test", 0, 2, "ann@a.test\x1fAnn", None),
            StagedRow("ann@a.test", 1, 9, "ann@a.test\x1fAnn P.", None),
        )
        audience.stage(rows)
        audience.settle()
        ((person, _),) = audience.search(["ann"], 20)
        assert (person.row.line, [other.line for other in person.others]) == (2, [9])
        assert audience.find("ann@a.test") == (person, False)
        assert audience.find("bob@a.test") is None


def test_a_search_goes_on_behind_a_page_of_rows_that_sqlite_took_for_hits() -> None:
    with Audience() as audience:
        audience.stage(StagedRow(f"p{n}@a.test", 0, n, f"p{n}@a.test\x1fKäthe", None) for n in range(1200))
        audience.stage([StagedRow("last@a.test", 0, 1201, "last@a.test\x1fKöthe", None)])
        audience.settle()
        assert [person.row.key for person, _ in audience.search(["köthe"], 20)] == ["last@a.test"]
