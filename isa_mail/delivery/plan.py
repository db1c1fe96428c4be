"""Who gets a mail in this run, and who does not and why.

    lists, journal states, suppressions -> Plan(new=…, open=…, done=…, suppressed=…, gone=…)
    482 mails at 30 a minute, 400 a day -> 25 hours

Pure. `pipeline/` brings the values from their rooms, `cli/` shows the plan, `run.py` hands over what it names.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from isa_mail.delivery.pace import DAY, MINUTE
from isa_mail.model import DeliverySettings, Recipient, State

_OPEN = (State.PENDING, State.DEFERRED)


@dataclass(frozen=True, slots=True)
class Plan:
    """All people of a run, each in exactly one group; recipients in list order."""

    new: tuple[Recipient, ...]  # never tried
    open: tuple[Recipient, ...]  # pending or deferred from an earlier run
    retried: tuple[Recipient, ...]  # unknown or failed, tried again because --retry says so
    done: Mapping[State, int]  # sent, written, failed, unknown: not touched
    suppressed: tuple[Recipient, ...]  # left; nothing is sent to them
    gone: tuple[str, ...]  # keys that are still open in the journal, but on no list any more
    limit: int | None = None

    @property
    def to_send(self) -> tuple[Recipient, ...]:
        """The people to whom this run hands over a mail, in list order within their group."""
        return (self.retried + self.open + self.new)[: self.limit]

    @property
    def unfinished(self) -> bool:
        """Whether an earlier run left rows that are still to be sent or looked at."""
        return bool(self.open or self.retried or self.gone or self.done.get(State.UNKNOWN))


def make_plan(
    recipients: Iterable[Recipient],
    states: Mapping[str, State],
    is_suppressed: Callable[[str], bool],
    *,
    retry: State | None = None,
    limit: int | None = None,
    whole: bool = True,
) -> Plan:
    """Put every recipient into a group, by what the journal says of the key.

    `whole` says that `recipients` are all of the lists and not a selection: only then is someone gone.
    `retry` is UNKNOWN or FAILED, or None. A claimed row is one that a killed run left behind: unknown. Someone
    suppressed who already got the mail counts as done. Retrying reaches only people who are still on the lists.
    """
    new: list[Recipient] = []
    still_open: list[Recipient] = []
    retried: list[Recipient] = []
    suppressed: list[Recipient] = []
    done: dict[State, int] = {}
    listed: set[str] = set()
    for recipient in recipients:
        listed.add(recipient.key)
        state = states.get(recipient.key)
        if state is State.CLAIMED:
            state = State.UNKNOWN
        wanted = state in (None, State.SUPPRESSED, retry, *_OPEN)
        if wanted and is_suppressed(recipient.key):
            suppressed.append(recipient)
        elif state is None or state is State.SUPPRESSED:
            new.append(recipient)
        elif state in _OPEN:
            still_open.append(recipient)
        elif state is retry:
            retried.append(recipient)
        else:
            done[state] = done.get(state, 0) + 1
    gone = tuple(key for key, state in states.items() if whole and state in _OPEN and key not in listed)
    return Plan(tuple(new), tuple(still_open), tuple(retried), done, tuple(suppressed), gone, limit)


def seconds_needed(mails: int, settings: DeliverySettings, history: Sequence[float], now: float) -> float:
    """How long a run takes at the set pace, until its last mail leaves; 0 without a limit. Retries are not foreseen.

    `history`: when mail left in the day before `now`, oldest first; all times in seconds.
    """
    gap = MINUTE / settings.messages_per_minute if settings.messages_per_minute else 0.0
    a_day = settings.messages_per_day
    if not a_day:
        return mails * gap
    left = deque(history, maxlen=a_day)
    at = now
    for _ in range(mails):
        at += gap
        if len(left) == a_day:
            at = max(at, left[0] + DAY)
        left.append(at)
    return at - now
