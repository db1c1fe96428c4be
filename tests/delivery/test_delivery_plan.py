"""Who gets a mail in a run: every person in exactly one group, by what the journal and the suppressions say."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isa_mail.delivery.plan import Plan, make_plan, seconds_needed
from isa_mail.model import DeliverySettings, Place, Recipient, State


def person(name: str) -> Recipient:
    return Recipient(f"{name}@example.org", name, None, {}, Place("recipients/a.csv", 2))


def plan(states: Mapping[str, State], *names: str, left: tuple[str, ...] = (), **options: object) -> Plan:
    keyed = {f"{name}@example.org": state for name, state in states.items()}
    gone = {f"{name}@example.org" for name in left}
    return make_plan([person(name) for name in names], keyed, gone.__contains__, **options)  # type: ignore[arg-type]


def names(people: tuple[Recipient, ...]) -> list[str]:
    return [recipient.name for recipient in people]


def test_the_first_run_reaches_everybody_in_list_order() -> None:
    assert names(plan({}, "cem", "anna", "bo").to_send) == ["cem", "anna", "bo"]


def test_a_second_run_reaches_those_still_open_and_those_new_on_the_list() -> None:
    made = plan({"anna": State.SENT, "bo": State.PENDING, "cem": State.DEFERRED}, "anna", "bo", "cem", "dora")
    assert names(made.to_send) == ["bo", "cem", "dora"]
    assert made.done == {State.SENT: 1}


def test_what_is_unknown_or_failed_is_sent_again_only_if_asked() -> None:
    states = {"anna": State.UNKNOWN, "bo": State.FAILED}
    assert plan(states, "anna", "bo").to_send == ()
    assert names(plan(states, "anna", "bo", retry=State.UNKNOWN).to_send) == ["anna"]
    assert names(plan(states, "anna", "bo", retry=State.FAILED).to_send) == ["bo"]


def test_a_claimed_row_is_what_a_killed_run_left_behind_and_so_unknown() -> None:
    assert plan({"anna": State.CLAIMED}, "anna").done == {State.UNKNOWN: 1}


def test_who_left_gets_nothing_even_if_a_retry_is_asked_for() -> None:
    states = {"bo": State.PENDING, "cem": State.UNKNOWN}
    made = plan(states, "anna", "bo", "cem", left=("anna", "bo", "cem"), retry=State.UNKNOWN)
    assert made.to_send == ()
    assert names(made.suppressed) == ["anna", "bo", "cem"]


def test_who_got_the_mail_before_leaving_counts_as_done() -> None:
    made = plan({"anna": State.SENT}, "anna", left=("anna",))
    assert made.done == {State.SENT: 1}
    assert made.suppressed == ()


def test_who_was_suppressed_in_an_earlier_run_and_came_back_is_new() -> None:
    assert names(plan({"anna": State.SUPPRESSED}, "anna").new) == ["anna"]


def test_open_rows_of_people_who_are_on_no_list_any_more_are_gone() -> None:
    states = {"anna": State.PENDING, "bo": State.SENT}
    assert plan(states, "cem").gone == ("anna@example.org",)
    assert plan(states, "cem", whole=False).gone == ()


def test_a_limit_bounds_the_run_and_not_the_plan() -> None:
    made = plan({}, "anna", "bo", "cem", limit=2)
    assert names(made.to_send) == ["anna", "bo"]
    assert len(made.new) == 3


@given(st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(State)), st.sets(st.sampled_from("abcdef")))
def test_every_person_is_in_exactly_one_group(states: dict[str, State], left: set[str]) -> None:
    made = plan(states, *"abcd", left=tuple(left))
    grouped = len(made.new + made.open + made.retried + made.suppressed) + sum(made.done.values())
    assert grouped == 4
    assert not {recipient.name for recipient in made.to_send} & left
    assert not {r.name for r in made.to_send} & {
        n for n, s in states.items() if s in (State.SENT, State.WRITTEN)
    }


# --- how long it takes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("a_minute", "a_day", "hours_ago", "hours"),
    [
        (0, 0, [], 0),  # no limit
        (30, 0, [], 0.5),
        (30, 10_000, [], 0.5),
        (30, 600, [], 24 + 10 / 60),  # 600 in twenty minutes; the others a day after the first ones
        (30, 1000, [6.0] * 300, 18 + 200 / 1800),  # 300 left six hours ago: their places are free in eighteen
    ],
)
def test_the_time_a_run_needs_keeps_to_the_limits_of_minute_and_day(
    a_minute: int, a_day: int, hours_ago: list[float], hours: float
) -> None:
    now = 1_700_000_000.0
    settings = DeliverySettings(messages_per_minute=a_minute, messages_per_day=a_day)
    history = [now - ago * 3600 for ago in hours_ago]
    assert seconds_needed(900, settings, history, now) / 3600 == pytest.approx(hours, abs=0.01)
