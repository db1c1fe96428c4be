"""The newest state of the draft, shared by the thread that renders and the threads that answer browsers.

    render() -> Draft | IsaMailError, with a number that grows by one at each renewal

Edge: threads. Renewed by `server.py` after a save, read by `site.py`.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from isa_mail.errors import IsaMailError, Several
from isa_mail.preview.draft import Draft


@dataclass(frozen=True, slots=True)
class State:
    """What there is to show: a draft, and with errors the last one that was whole; without any, never nothing."""

    version: int  # of the state
    draft: Draft | None
    errors: tuple[IsaMailError, ...] = ()
    drawn: int = 0  # the version in which the draft was rendered


class Current:
    """Holds the newest State. All methods may be called from any thread, `renew` from one at a time."""

    def __init__(self, render: Callable[[], Draft]) -> None:
        """Render for the first time. Raises what `render` raises, except IsaMailError, which is a state."""
        self._render = render
        self._changed = threading.Condition()
        self._closed = False
        self._state = self._rendered(State(0, None))

    @property
    def state(self) -> State:
        """Return the newest state."""
        return self._state

    def renew(self) -> None:
        """Render again and wake everyone who waits for a newer state."""
        state = self._rendered(self._state)
        with self._changed:
            self._state = state
            self._changed.notify_all()

    def wait(self, version: int, *, seconds: float) -> int | None:
        """Wait until there is another state than `version`; return the newest version, None after `close`."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._state.version != version, seconds)
            return None if self._closed else self._state.version

    def close(self) -> None:
        """Send everyone home who waits."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _rendered(self, last: State) -> State:
        version = last.version + 1
        try:
            return State(version, self._render(), drawn=version)
        except Several as several:
            return State(version, last.draft, several.errors, last.drawn)
        except IsaMailError as error:
            return State(version, last.draft, (error,), last.drawn)
