"""How long a run takes.

    482 mails at 30 a minute, 400 a day -> 25 hours

Pure. `pipeline/` asks for the plan.
"""

from collections import deque
from collections.abc import Sequence

from isa_mail.delivery.pace import DAY, MINUTE
from isa_mail.model.publication import DeliverySettings


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
