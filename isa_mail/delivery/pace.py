"""How long to wait before the next message.

    30 messages per minute, the last one began 0.5 s ago -> 1.5

Pure: times come in. Messages are evenly spaced, which keeps the limit in every sliding minute: a burst followed by
a long pause would look like spam to a provider, and leave nobody the time to press Ctrl-C over a typo.
"""

from datetime import datetime, timedelta

_MINUTE = timedelta(minutes=1)
_MICROSECOND = timedelta(microseconds=1)


def seconds_to_wait(last: datetime | None, now: datetime, messages_per_minute: int) -> float:
    """Seconds from `now` until the next message may begin; 0.0: at once.

    `last`: when the last one began; None: there was none. A limit of 0 or less is none. A clock that was set
    back never costs more than a minute.
    """
    if messages_per_minute <= 0 or last is None:
        return 0.0
    gap = -(-_MINUTE // (_MICROSECOND * messages_per_minute)) * _MICROSECOND  # rounded up: exact in the sum
    return min(max(last + gap - now, timedelta(0)), _MINUTE).total_seconds()
