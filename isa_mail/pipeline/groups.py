"""Who gets a mail in this run, and who does not and why.

    (pending, not suppressed) -> OPEN        (sent, suppressed) -> DONE        (not in the journal, suppressed) -> LEFT

Pure. `planning.py` asks this page of every combination that occurs among the people, not of every person.
"""

from enum import Enum, auto

from isa_mail.model.mail import State

OPEN_STATES = (State.PENDING, State.DEFERRED)


class Group(Enum):
    """Every person of a run is in exactly one group."""

    NEW = auto()  # never tried
    OPEN = auto()  # pending or deferred from an earlier run
    RETRIED = auto()  # unknown or failed, tried again because --retry says so
    DONE = auto()  # sent, written, failed, unknown: not touched
    LEFT = auto()  # suppressed: nothing is sent to them


def group_of(state: State | None, *, suppressed: bool, retry: State | None) -> Group:
    """Put a person into a group by what the journal says of the key (None: nothing).

    `retry` is UNKNOWN or FAILED, or None. Someone suppressed who already got the mail counts as done.
    """
    state = settled(state)
    if suppressed and state in (None, State.SUPPRESSED, retry, *OPEN_STATES):
        return Group.LEFT
    if state is None or state is State.SUPPRESSED:
        return Group.NEW
    if state in OPEN_STATES:
        return Group.OPEN
    return Group.RETRIED if state is retry else Group.DONE


def settled(state: State | None) -> State | None:
    """Read a claimed row, which a killed run left behind, as what it is: unknown."""
    return State.UNKNOWN if state is State.CLAIMED else state
