"""How fast mail may leave: so many a minute, so many a day, in every sliding minute and day.

    30 a minute, the last one began 0.5 s ago        -> seconds_to_wait() == 1.5
    400 a day, and 400 left since yesterday noon     -> wait until noon, also after a restart

Pure: times come in, as seconds since 1970. Within a minute mail is evenly spaced: a burst followed by a long pause
would look like spam to a provider, and leave nobody the time to press Ctrl-C over a typo. With several sessions a
mail may leave a while after it was let through; until then it counts as leaving now, so that the limit holds for
the moments in which mail really leaves.
"""

from array import array
from bisect import bisect_right
from collections.abc import Iterable
from math import inf

MINUTE = 60.0
DAY = 86_400.0


class Pace:
    """The times of the latest mails, as far back as the limits look."""

    def __init__(self, a_minute: int, a_day: int, history: Iterable[float] = ()) -> None:
        """A limit of 0 or less is none. `history`: when mail left before this run, oldest first."""
        self._windows = [_Window(n, seconds) for n, seconds in ((a_minute, MINUTE), (a_day, DAY)) if n > 0]
        self._gap = MINUTE / a_minute if a_minute > 0 else 0.0
        self._begun = -inf  # when the last mail was let through
        self._on_the_way = 0  # let through, and not left yet
        self.is_limited = bool(self._windows)
        """Whether there is anything to keep; if not, nobody has to tell what begins and leaves."""
        for time in history:
            self._count(time)
            self._begun = time

    def seconds_to_wait(self, now: float) -> float:
        """Seconds from `now` until the next mail may begin; 0.0: at once, inf: once one on the way has left."""
        if not self._windows:
            return 0.0
        opens = max(window.opens(self._on_the_way) for window in self._windows)
        return max(0.0, opens - now, self._begun + self._gap - now)

    def room(self, now: float, seconds: float) -> int | None:
        """How many mails may begin from `now` within so many seconds, at most; None: any number."""
        if not self._windows:
            return None
        wait = self.seconds_to_wait(now)
        if wait > seconds:
            return 0
        spaced = 1 + int((seconds - wait) / self._gap) if self._gap else None
        left = min(window.left_by(now + seconds, self._on_the_way) for window in self._windows)
        return left if spaced is None else min(spaced, left)

    def begins(self, now: float) -> None:
        """A mail was let through."""
        self._begun = now
        self._on_the_way += 1

    def leaves(self, now: float) -> None:
        """A mail that was let through leaves."""
        self._on_the_way -= 1
        self._count(now)

    def stays(self) -> None:
        """A mail that was let through does not leave after all."""
        self._on_the_way -= 1

    def _count(self, time: float) -> None:
        for window in self._windows:
            window.count(time)


class _Window:
    """The last `limit` times, as a ring: the oldest of them says when the next mail may leave."""

    def __init__(self, limit: int, seconds: float) -> None:
        self._times = array("d", [-inf]) * limit
        self._seconds = seconds
        self._next = 0

    def count(self, time: float) -> None:
        self._times[self._next] = time
        self._next = (self._next + 1) % len(self._times)

    def opens(self, on_the_way: int) -> float:
        """When one more may leave besides those on the way; the last moment of a window is no part of it."""
        free = len(self._times) - on_the_way
        return self._times[self._next - free] + self._seconds if free > 0 else inf

    def left_by(self, time: float, on_the_way: int) -> int:
        """How many more may leave until `time`, if those on the way leave."""
        places = range(len(self._times))
        free = bisect_right(
            places, time - self._seconds, key=lambda n: self._times[self._next + n - len(places)]
        )
        return free - on_the_way
