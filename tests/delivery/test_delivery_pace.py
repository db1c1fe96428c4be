"""The pace: so many mails in every sliding minute and day, whatever the sessions do, and across restarts."""

from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isa_mail.delivery.pace import DAY, MINUTE, Pace


def left(pace: Pace, now: float) -> None:
    pace.begins(now)
    pace.leaves(now)


def test_the_first_mail_goes_at_once_and_the_next_one_is_spaced() -> None:
    pace = Pace(30, 0)
    assert pace.seconds_to_wait(0.0) == 0.0
    left(pace, 0.0)
    assert pace.seconds_to_wait(0.5) == 1.5
    assert pace.seconds_to_wait(3.0) == 0.0


@pytest.mark.parametrize("limit", [0, -1])
def test_no_limit_means_no_wait(limit: int) -> None:
    pace = Pace(limit, limit)
    left(pace, 0.0)
    assert pace.seconds_to_wait(0.0) == 0.0
    assert pace.room(0.0, 0.5) is None


def test_a_mail_on_the_way_counts_as_leaving_now() -> None:
    pace = Pace(1, 0)
    pace.begins(0.0)
    assert pace.seconds_to_wait(100.0) == inf
    pace.leaves(100.0)
    assert pace.seconds_to_wait(100.0) == MINUTE


def test_a_mail_that_did_not_leave_takes_nobodys_place() -> None:
    pace = Pace(0, 1)
    pace.begins(0.0)
    pace.stays()
    assert pace.seconds_to_wait(0.0) == 0.0


def test_what_left_before_this_run_counts() -> None:
    pace = Pace(0, 2, history=[10.0, 20.0])
    assert pace.seconds_to_wait(30.0) == 10.0 + DAY - 30.0


@pytest.mark.parametrize(
    ("a_minute", "a_day", "room"), [(30, 0, 1), (600, 0, 6), (600, 4, 4), (0, 3, 3), (1, 1, 1)]
)
def test_the_room_is_what_may_begin_within_half_a_second(a_minute: int, a_day: int, room: int) -> None:
    assert Pace(a_minute, a_day).room(0.0, 0.5) == room


def test_there_is_no_room_while_the_next_mail_has_to_wait() -> None:
    pace = Pace(30, 0)
    left(pace, 0.0)
    assert pace.room(0.0, 0.5) == 0
    assert pace.room(1.6, 0.5) == 1


ROUNDING = 1e-6  # seconds: a time since 1970 plus a day is rounded to a quarter of a microsecond


@given(
    limit=st.integers(1, 20),
    a_day=st.integers(0, 60),
    steps=st.lists(st.tuples(st.floats(0, 30), st.floats(0, 200), st.booleans()), max_size=80),
    restart=st.integers(0, 80),
)
@settings(deadline=None)
def test_no_sliding_window_ever_holds_more_mails_than_its_limit(
    limit: int, a_day: int, steps: list[tuple[float, float, bool]], restart: int
) -> None:
    """Mails begin as soon as they may, and leave, or do not, some time later, out of order."""
    pace, clock = Pace(limit, a_day), 1_000_000.0
    on_the_way: list[tuple[float, bool]] = []
    times: list[float] = []

    def land(until: float) -> None:
        for due, leaves in sorted(entry for entry in on_the_way if entry[0] <= until):
            on_the_way.remove((due, leaves))
            if leaves:
                pace.leaves(due)
                times.append(due)
            else:
                pace.stays()

    for number, (delay, flight, leaves) in enumerate(steps):
        clock += delay
        land(clock)
        if number == restart:
            land(inf)
            clock = max([clock, *times])
            pace = Pace(limit, a_day, history=sorted(times))
        while (wait := pace.seconds_to_wait(clock)) > 0:
            clock = min(clock + wait, min((due for due, _ in on_the_way), default=inf))
            land(clock)
        pace.begins(clock)
        on_the_way.append((clock + flight, leaves))
    land(inf)
    for time in times:
        assert sum(time - MINUTE + ROUNDING < other <= time for other in times) <= limit
        assert a_day == 0 or sum(time - DAY + ROUNDING < other <= time for other in times) <= a_day
