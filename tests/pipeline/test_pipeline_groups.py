"""Who gets a mail in a run: every person in exactly one group, by what the journal and the suppressions say."""

import pytest

from isa_mail.model.mail import State
from isa_mail.pipeline.groups import Group, group_of


@pytest.mark.parametrize(
    ("state", "group"),
    [
        (None, Group.NEW),
        (State.PENDING, Group.OPEN),
        (State.DEFERRED, Group.OPEN),
        (State.SENT, Group.DONE),
        (State.WRITTEN, Group.DONE),
        (State.FAILED, Group.DONE),
        (State.UNKNOWN, Group.DONE),
        (State.CLAIMED, Group.DONE),
        (State.SUPPRESSED, Group.NEW),
    ],
)
def test_the_journal_decides_unless_a_retry_is_asked_for(state: State | None, group: Group) -> None:
    assert group_of(state, suppressed=False, retry=None) is group


@pytest.mark.parametrize("retry", [State.UNKNOWN, State.FAILED])
def test_what_is_unknown_or_failed_is_sent_again_only_if_asked(retry: State) -> None:
    for state in State:
        asked = state is retry or (state is State.CLAIMED and retry is State.UNKNOWN)
        assert (group_of(state, suppressed=False, retry=retry) is Group.RETRIED) is asked


@pytest.mark.parametrize("retry", [None, State.UNKNOWN, State.FAILED])
@pytest.mark.parametrize("state", [None, *State])
def test_who_left_gets_nothing_whatever_is_asked_for(state: State | None, retry: State | None) -> None:
    assert group_of(state, suppressed=True, retry=retry) in (Group.LEFT, Group.DONE)


@pytest.mark.parametrize("state", [State.SENT, State.WRITTEN])
def test_who_got_the_mail_is_done_for_good(state: State) -> None:
    for suppressed in (False, True):
        for retry in (None, State.UNKNOWN, State.FAILED):
            assert group_of(state, suppressed=suppressed, retry=retry) is Group.DONE
