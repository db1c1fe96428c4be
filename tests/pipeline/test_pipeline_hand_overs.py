"""What left before a run: read as far back as the limits look, and not at all where there is none."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from isa_mail.model.mail import Dispatch, State, TransportName
from isa_mail.model.people import ListHeader
from isa_mail.model.publication import DeliverySettings, Fingerprint
from isa_mail.pipeline.planning import latest_hand_overs
from isa_mail.store.journal import Journal

LIST = ListHeader("recipients/list.csv", (("address", 0),), 1, None)
NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("a_minute", "a_day", "seconds_ago"),
    [(0, 0, []), (30, 0, [20]), (30, 400, [7200, 20]), (0, 400, [7200, 20])],
)
def test_hand_overs_are_read_as_far_back_as_the_limits_look(
    tmp_path: Path, a_minute: int, a_day: int, seconds_ago: list[int]
) -> None:
    dispatch = Dispatch("2026-09", TransportName.SMTP, Fingerprint("f" * 64), NOON)
    with Journal.open(tmp_path / "journal.sqlite3") as journal:
        journal.begin(dispatch, {"de": b"ein Brief"})
        for seconds in (7200, 20):
            at = NOON - timedelta(seconds=seconds)
            key = f"person{seconds}@example.org"
            journal.stage(dispatch, [LIST], [(key, 0, 2, f"{key}\x1f", None, "de")])
            journal.claim(dispatch, [key], at)
            (row,) = journal.deliveries("2026-09", TransportName.SMTP, (State.CLAIMED,))
            journal.record(dispatch, [row._replace(state=State.SENT, at=at)], at)
        settings = DeliverySettings(messages_per_minute=a_minute, messages_per_day=a_day)
        found = latest_hand_overs(journal, settings, NOON)
    assert [round(NOON.timestamp() - at) for at in found] == seconds_ago
