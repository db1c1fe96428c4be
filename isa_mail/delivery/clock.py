"""A clock that never goes back, over one that may.

    now() == 12:00, then the computer's clock is set back to 11:00  ->  steady() == 12:00, and goes on from there

Pure: the clock under it is handed in. Whoever sets a clock right while a run is under way must not make it wait an
hour for the next mail, for a second try, or for the answers after Ctrl-C. A clock that is set forward is followed:
a laptop that slept has missed that time.
"""

from collections.abc import Callable
from datetime import datetime, timedelta


class SteadyClock:
    """Tells the time of another clock, and after that was set back, its own: as much ahead as it was set back."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._last = now()
        self._ahead = timedelta(0)

    def __call__(self) -> datetime:
        """Return a time that is never before the one returned last."""
        time = self._now() + self._ahead
        if time < self._last:
            self._ahead += self._last - time
            time = self._last
        self._last = time
        return time
