"""What all tests share: how many processes run them, no silent skips where CI runs, a Chromium without the Internet."""

import os
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING

import pytest

from bench.browser import find_chromium, open_browser

if TYPE_CHECKING:  # Playwright is imported where a browser is needed: most runs of one room need none
    from playwright.sync_api import Browser


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--kills", type=int, default=10, help="how often a send is killed at random (tests/journey)"
    )
    parser.addoption(
        "--update-golden", action="store_true", help="write tests/golden/ anew; then read the diff"
    )


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Spread a whole run over the processors; what was chosen, by -k or a path, begins sooner in this process."""
    is_whole = config.args_source is config.ArgsSource.TESTPATHS and not config.option.keyword
    return (os.cpu_count() or 1) if is_whole else 0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put browser tests last, side by side, so that not each process starts a browser."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a skipped test where CI is set: there, everything that a test needs has to be present."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        _forbid_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Fail a page of tests that skips itself as a whole where CI is set."""
    report = yield
    if report.skipped:
        _forbid_skip(report)
    return report


def _forbid_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    if os.environ.get("CI"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid}: {reason}\nCI is set, and there a skipped test is a failed one."


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of a Chromium or Chrome; CHROME names another one."""
    return find_chromium() or pytest.skip("there is no Chromium here: install it, or name one in CHROME")


@pytest.fixture(scope="session")
def browser(chromium: str) -> "Iterator[Browser]":
    """Run one real browser for all tests; each test opens, and closes, a context of its own."""
    with open_browser(chromium) as running:
        yield running
