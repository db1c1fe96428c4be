"""Work that would make a run wait, done in a thread beside it.

    errand = Errand(open_session, wake)  …  errand.is_done -> errand.result()

Edge: threads. They are daemons, so that nothing that hangs (a connection being opened) keeps the program from ending.
"""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Errand(Generic[T]):
    """One piece of work that was begun, and what came of it."""

    def __init__(self, work: Callable[[], T], wake: Callable[[], None]) -> None:
        """Start `work` in a thread of its own; when it is done, or has raised, `wake` is called there."""
        self.is_done = False
        self._results: list[T] = []  # one, or none where an error was raised
        self._error: BaseException | None = None
        self._late: Callable[[T], None] | None = None
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, args=(work, wake), daemon=True)
        self._thread.start()

    def result(self) -> T:
        """Return what the work returned, or raise what it raised. Only once it is done."""
        if self._error is not None:
            raise self._error
        return self._results[0]

    def leave_to(self, heir: Callable[[T], None]) -> None:
        """Nobody waits any more: what comes of it goes to `heir`, here or, if it is not done yet, in its thread."""
        with self._lock:
            self._late = heir
            done = self.is_done
        if done:
            self._pass_on(heir)

    def wait(self, seconds: float) -> None:
        """Wait so long at the most until its thread has come to an end."""
        self._thread.join(seconds)

    def _run(self, work: Callable[[], T], wake: Callable[[], None]) -> None:
        try:
            self._results.append(work())
        except BaseException as error:
            self._error = error
        with self._lock:
            self.is_done = True
            heir = self._late
        if heir is not None:
            self._pass_on(heir)
        wake()

    def _pass_on(self, heir: Callable[[T], None]) -> None:
        for result in self._results:
            heir(result)
