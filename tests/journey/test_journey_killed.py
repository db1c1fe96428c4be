"""SIGKILL in the middle of a send, then the same command again: nobody twice, nobody lost, at most one in doubt."""

from collections.abc import Callable

import pytest
from servers import HANG, Fault, Server, smtp_server
from workplace import EDITION, Desk, crowd, wait_until

FIFTY = [row[0] for row in crowd(50)]


def kill_when(desk: Desk, happened: Callable[[], bool], what: str) -> None:
    """Send, and kill the process as soon as the server has seen enough."""
    with desk.running("send", "--confirm", "50") as process:
        wait_until(lambda: happened() or process.poll() is not None, what)
        assert process.poll() is None, process.communicate()
        process.kill()


def go_on(desk: Desk, server: Server) -> None:
    """Run the same command again until only the doubtful are left, then ask for these; check everything."""
    before = desk.states()
    doubtful = [address for address, state in before.items() if state == "unknown"]
    still_open = [address for address, state in before.items() if state == "pending"]
    assert len(before) == 50 and len(doubtful) <= 1
    assert set(before.values()) <= {"sent", "pending", "unknown"}
    seen = len(server.received)
    desk.send(len(still_open), expect=3 if doubtful else 0)
    assert [got.recipients[0] for got in server.received[seen:]] == still_open
    for address in FIFTY:
        times = sum(got.recipients == (address,) for got in server.received)
        assert times == 1 or (times == 0 and address in doubtful)
    assert "nothing to send" in desk.run("send", expect=3 if doubtful else 0).out.lower()
    if doubtful:
        assert doubtful[0] in desk.run("status").out
        desk.send(1, "--retry", "unknown")
    assert desk.states() == dict.fromkeys(FIFTY, "sent")
    for address in FIFTY:
        copies = [got.content for got in server.received if got.recipients == (address,)]
        assert len(copies) == 1 or address in doubtful
        assert copies and len(set(copies)) == 1  # the same Message-ID, the same bytes


@pytest.fixture
def desk_of_fifty(desk: Desk) -> Desk:
    desk.members(crowd(50))
    return desk


@pytest.mark.parametrize("number", [1, 20, 45])
def test_a_send_that_is_killed_anywhere_goes_on_where_it_stopped(desk_of_fifty: Desk, number: int) -> None:
    desk = desk_of_fifty
    with smtp_server(faults=[Fault("rcpt", delay=0.01)]) as server:  # so that the process does not run away
        desk.mail_server(server)
        kill_when(desk, lambda: len(server.received) >= number, f"mail {number}")
        go_on(desk, server)


def test_a_mail_that_arrived_while_its_answer_was_lost_is_in_doubt_and_comes_again_byte_by_byte(
    desk_of_fifty: Desk,
) -> None:
    desk = desk_of_fifty
    with smtp_server(faults=[Fault("dot", skip=19, times=1, delay=3)]) as server:
        desk.mail_server(server)
        kill_when(desk, lambda: len(server.received) == 20, "the 20th mail, not answered")
        assert [a for a, state in desk.states().items() if state == "unknown"] == [FIFTY[19]]
        go_on(desk, server)
        assert sum(got.recipients == (FIFTY[19],) for got in server.received) == 2


@pytest.mark.parametrize("step", ["mail", "rcpt", "data", "content"])
def test_a_mail_that_never_arrived_is_in_doubt_only_if_it_had_left(desk_of_fifty: Desk, step: str) -> None:
    desk = desk_of_fifty
    with smtp_server(faults=[Fault(step, HANG, skip=19, times=1)]) as server:
        desk.mail_server(server)
        word = "DATA" if step == "content" else step.upper()
        flights = desk.journal.with_name(f"{EDITION}-smtp.flights")

        def has_come_so_far() -> bool:
            said = sum(command.startswith(word) for command in server.commands) == 20
            return said and (step != "content" or f"S {FIFTY[19]}\n".encode() in flights.read_bytes())

        kill_when(desk, has_come_so_far, f"{step} of the 20th mail")
        doubtful = [a for a, state in desk.states().items() if state == "unknown"]
        assert doubtful == ([FIFTY[19]] if step == "content" else [])
        go_on(desk, server)
        assert sum(got.recipients == (FIFTY[19],) for got in server.received) == 1


def test_a_mail_in_doubt_keeps_its_bytes_although_the_edition_was_built_anew(desk: Desk) -> None:
    with smtp_server(faults=[Fault("dot", HANG, skip=2, times=1)]) as server:
        desk.mail_server(server)
        with desk.running("send", "--confirm", "5") as process:
            wait_until(lambda: len(server.received) == 3, "the third mail")
            process.kill()
        desk.replace(desk.section, "Boot liegt", "Schiff liegt")
        desk.run("build")
        desk.send(2, "--changed", expect=3)
        desk.send(1, "--retry", "unknown")
    assert [got.recipients[0].partition("@")[0] for got in server.received] == [
        *("anna", "boerge", "chen"),
        *("doerte", "emil"),
        "chen",
    ]
    assert server.received[2].content == server.received[5].content
    assert b"Schiff liegt" in server.received[4].content


def test_a_kill_in_the_outbox_leaves_one_mail_a_person(desk_of_fifty: Desk) -> None:
    desk = desk_of_fifty
    new = desk.folder / "outbox" / "2026-10" / "new"
    with desk.running("send", "--confirm", "50") as process:
        wait_until(lambda: new.is_dir() and len(list(new.iterdir())) >= 5, "five mails in the outbox")
        process.kill()
    states = list(desk.states().values())
    doubtful = states.count("unknown")
    if states.count("pending"):
        desk.send(states.count("pending"), expect=3 if doubtful else 0)
    if doubtful:
        desk.send(doubtful, "--retry", "unknown")
    assert doubtful <= 1
    assert len(desk.outbox()) == 50
    assert set(desk.states().values()) == {"written"}
