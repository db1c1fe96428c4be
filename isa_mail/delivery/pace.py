"""How long to wait before the next message.

    30 messages per minute, the last one 0.5 s ago -> 1.5

Pure: times come in. Evenly spaced, and never more than the limit in any sliding minute: a burst followed by a
long pause would look like spam to a provider, and gives nobody the time to press Ctrl-C over a typo.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

_MINUTE = timedelta(minutes=1)
_MICROSECOND = timedelta(microseconds=1)


def seconds_to_wait(past: Sequence[datetime], now: datetime, messages_per_minute: int) -> float:
    """Seconds from `now` until the next message may go; 0.0: at once.

    `past`: when the messages so far began, oldest first; only the last `messages_per_minute` matter. A limit of
    0 or less is none. A clock that was set back never costs more than a minute.
    """
    if messages_per_minute <= 0 or not past:
        return 0.0
    gap = -(-_MINUTE // (_MICROSECOND * messages_per_minute)) * _MICROSECOND  # rounded up: exact in the sum
    earliest = past[-1] + gap
    if len(past) >= messages_per_minute:
        earliest = max(earliest, past[-messages_per_minute] + _MINUTE)
    return min(max(earliest - now, timedelta(0)), _MINUTE).total_seconds()
