"""How long a run takes at the limits that are set."""

import pytest

from isa_mail.delivery.plan import seconds_needed
from isa_mail.model.publication import DeliverySettings


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
