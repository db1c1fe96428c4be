"""One small workspace for all journeys: set up and built once, copied for each test."""

import sys
from pathlib import Path

import pytest
from workplace import Desk, copy_of, make_desk

collect_ignore = ["test_journey_terminal.py"] if sys.platform == "win32" else []  # it has no pseudo-terminals


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A workspace whose edition is built. Not to be changed."""
    desk = make_desk(tmp_path_factory.mktemp("workspace") / "uferpost")
    desk.run("build")
    return desk


@pytest.fixture
def desk(built: Desk, tmp_path: Path) -> Desk:
    """A workspace of the test's own, built, with five people on its list and no mail server."""
    return copy_of(built, tmp_path / "uferpost")
