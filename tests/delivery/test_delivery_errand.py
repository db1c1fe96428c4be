"""Work beside a run: what it brings back, what it raises, and whom it is left to when nobody waits any more."""

import threading
import time
import traceback

import pytest

from isa_mail.delivery.errand import Errand


def done(errand: Errand[str]) -> Errand[str]:
    errand.wait(10)
    assert errand.is_done
    return errand


def test_the_result_is_there_before_anybody_is_woken() -> None:
    seen: list[bool] = []
    started = threading.Event()

    def work() -> str:
        started.wait(10)
        return "a session"

    errand = Errand(work, lambda: seen.append(errand.is_done))
    assert not errand.is_done
    started.set()
    assert done(errand).result() == "a session"
    assert seen == [True]


def test_an_error_is_raised_where_the_result_is_asked_for_and_says_where_it_came_from() -> None:
    woken = threading.Event()

    def work_that_fails() -> str:
        raise ValueError("no session")

    errand = done(Errand(work_that_fails, woken.set))
    assert woken.is_set()
    with pytest.raises(ValueError, match="no session") as caught:
        errand.result()
    assert "work_that_fails" in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("is_done_before", [True, False])
def test_what_nobody_waits_for_goes_to_its_heir_once(is_done_before: bool) -> None:
    inherited: list[str] = []
    may_end = threading.Event()

    def work() -> str:
        may_end.wait(10)
        return "a session"

    errand = Errand(work, lambda: None)
    if is_done_before:
        may_end.set()
        done(errand)
    errand.leave_to(inherited.append)
    may_end.set()
    done(errand)
    assert inherited == ["a session"]


def test_an_error_that_nobody_waits_for_is_no_inheritance() -> None:
    errand: Errand[str] = Errand(lambda: str(1 // 0), lambda: None)
    errand.leave_to(pytest.fail)
    done(errand)


def test_what_hangs_is_not_waited_for() -> None:
    for_ever = threading.Event()
    errand = Errand(lambda: for_ever.wait(10), lambda: None)
    began = time.monotonic()
    errand.wait(0.05)
    assert time.monotonic() - began < 5 and not errand.is_done
    for_ever.set()
