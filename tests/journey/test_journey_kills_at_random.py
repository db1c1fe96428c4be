"""SIGKILL at random moments of a send over several sessions, again and again, until everyone has the mail.

`pytest --kills 200` kills so often; the seed of each round stands in its name.
"""

import random
import shutil
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from servers import Fault, Server, smtp_server
from workplace import EDITION, Desk, crowd

from isa_mail.model.mail import State, TransportName
from isa_mail.store.journal import Journal

SESSIONS = 3
PEOPLE = [(f"person{number:03}@mitglied.test", *row[1:]) for number, row in enumerate(crowd(90))]
ADDRESSES = [row[0] for row in PEOPLE]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each round kills until its send is through, five times at the least or so."""
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", range(max(1, metafunc.config.getoption("--kills") // KILLS_A_ROUND)))


KILLS_A_ROUND = 5


def states(folder: Path) -> dict[str, State]:
    """Read what a status would say, without a process for it."""
    with Journal.open(folder / "journal.sqlite3") as journal:
        rows = journal.deliveries(EDITION, TransportName.SMTP, stopped=True)
        return {row.recipient.address: row.state for row in rows}


def unknown(found: dict[str, State]) -> set[str]:
    return {address for address, state in found.items() if state is State.UNKNOWN}


def send_and_kill(desk: Desk, server: Server, seconds: float, *options: str) -> bool:
    """Send to all who are open; kill `seconds` after the first mail; False if the send was through before."""
    found = states(desk.journal.parent) if desk.journal.exists() else {}
    still_open = [address for address in ADDRESSES if found.get(address, State.PENDING) is State.PENDING]
    still_open += [address for address, state in found.items() if state is State.DEFERRED]
    seen = len(server.commands)
    with desk.running("send", "--confirm", str(len(still_open)), *options) as process:
        while len(server.commands) == seen and process.poll() is None:
            time.sleep(0.001)
        time.sleep(seconds)
        running = process.poll() is None
        process.kill()
    return running


def test_nobody_is_lost_in_silence_or_gets_it_twice_and_one_a_session_is_in_doubt(
    desk: Desk, seed: int
) -> None:
    chance = random.Random(seed)
    desk.members(PEOPLE)
    desk.pace(sessions=SESSIONS, retry_after_seconds=0)
    doubtful: set[str] = set()
    faults = [Fault("dot", delay=0.004)]
    with smtp_server(
        announce=["PIPELINING"] if seed % 2 else [], faults=faults, timeout_seconds=20
    ) as server:
        desk.mail_server(server)
        for _ in range(KILLS_A_ROUND):
            if not send_and_kill(desk, server, chance.uniform(0.0, 0.12)):
                break
            found = states(desk.journal.parent)
            assert len(unknown(found) - doubtful) <= SESSIONS, "unknown are more than one a session"
            if chance.random() < 0.3:
                without_the_log_more_is_unknown_and_nothing_else(desk, found)
            doubtful |= unknown(found)
            times = Counter(got.recipients[0] for got in server.received)
            for address, state in found.items():
                assert times[address] == (state is State.SENT) or address in doubtful, (address, state)
        finish(desk, server, doubtful)


def without_the_log_more_is_unknown_and_nothing_else(desk: Desk, found: dict[str, State]) -> None:
    copy = desk.folder.with_name("copy")
    shutil.copytree(desk.journal.parent, copy)
    (copy / f"{EDITION}-smtp.flights").unlink()
    changed = {address: state for address, state in states(copy).items() if state is not found[address]}
    assert set(changed.values()) <= {State.UNKNOWN}
    shutil.rmtree(copy)


def finish(desk: Desk, server: Server, doubtful: set[str]) -> None:
    """Run to the end, ask for those in doubt, and look at what everyone got."""
    found = desk.states()
    still_open = [address for address, state in found.items() if state in ("pending", "deferred")]
    listed = {address for address, state in found.items() if state == "unknown"}
    assert listed == doubtful & set(found)
    if still_open:
        desk.send(len(still_open), expect=3 if listed else 0)
    if listed:
        desk.send(len(listed), "--retry", "unknown")
    assert desk.states() == dict.fromkeys(ADDRESSES, "sent")
    for address in ADDRESSES:
        copies = [got.content for got in server.received if got.recipients == (address,)]
        assert len(copies) == 1 or (len(copies) == 2 and address in doubtful)
        assert len(set(copies)) == 1
