"""Work that would make a run wait, done in a thread beside it.

    errand = beside(open_session, wake)  …  errand.done() -> errand.result()

Edge: threads. They are daemons, so that nothing that hangs (a connection being opened) keeps the program from ending.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


def beside(work: Callable[[], T], wake: Callable[[], None]) -> "Future[T]":
    """Start `work` in a thread of its own; when it is done, or has raised, `wake` is called there."""
    errand: Future[T] = Future()

    def run() -> None:
        try:
            result = work()
        except BaseException as error:
            errand.set_exception(error)
        else:
            errand.set_result(result)
        wake()

    threading.Thread(target=run, daemon=True).start()
    return errand
