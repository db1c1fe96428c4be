"""The run: claims before mail, verdicts after it, and what happens when the line, the server or a person stops it."""

import contextlib
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from servers import DROP, HANG, Fault, Server, greylist, refuse, smtp_server

from isa_mail.delivery.run import deliver
from isa_mail.delivery.session import SmtpSession
from isa_mail.delivery.smtp import open_session
from isa_mail.delivery.transport import LineLost, Unreachable
from isa_mail.errors import StoreError, TransportError
from isa_mail.model.mail import Delivery, Envelope, Message, State
from isa_mail.model.people import Entered, ListHeader
from isa_mail.model.publication import DeliverySettings, Fingerprint, SmtpSettings

LIST = ListHeader("recipients/list.csv", (("address", 0),), 1, None)
NOON = datetime(2019, 10, 7, 12, tzinfo=UTC)
UNPACED = DeliverySettings(messages_per_minute=0)


def address(name: str) -> str:
    return f"{name}@example.org"


def row(name: str, state: State = State.PENDING) -> Delivery:
    entered = Entered(1, address(name), LIST, 2, f"{address(name)}\x1f{name.title()}", "de")
    return Delivery(entered, "de", state, Fingerprint("f" * 64), NOON)


def merge(delivery: Delivery) -> Message:
    to = delivery.recipient.address
    content = (
        b"To: ",
        to.encode(),
        b"\r\nSubject: x\r\n\r\n",
        b"Hallo ",
        delivery.recipient.name.encode(),
        b"\r\n",
    )
    return Message(Envelope("news@example.org", to), f"<{to}>", content)


@dataclass
class Clock:
    """Time that passes when somebody sleeps."""

    time: datetime = NOON
    slept: list[float] = field(default_factory=list)
    seconds_a_look: float = 0.0  # that pass by themselves

    def now(self) -> datetime:
        self.time += timedelta(seconds=self.seconds_a_look)
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += timedelta(seconds=seconds)


@dataclass
class MemoryJournal:
    """A journal that forgets everything with the test; `rows` is what would be on disk."""

    rows: dict[str, Delivery] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    broken_after: int | None = None

    def claim(self, keys: Sequence[str], at: datetime, outcomes: Sequence[Delivery]) -> None:
        self._write(outcomes)
        for key in keys:
            assert self.rows[key].state is not State.CLAIMED
            self.rows[key] = self.rows[key]._replace(state=State.CLAIMED)
        self.log.append("claim " + " ".join(keys))

    def record(self, outcomes: Sequence[Delivery], at: datetime) -> None:
        assert outcomes, "a transaction for nothing"
        self._write(outcomes)
        self.log.append("record " + " ".join(outcome.recipient.key for outcome in outcomes))

    def _write(self, outcomes: Sequence[Delivery]) -> None:
        if self.broken_after is not None and len(self.log) >= self.broken_after:
            raise StoreError("The journal cannot be written.", hint="Make room.")
        for outcome in outcomes:
            self.rows[outcome.recipient.key] = outcome

    def deferred(self, since: datetime, until: datetime, limit: int) -> list[Delivery]:
        rows = [row for row in self.rows.values() if row.state is State.DEFERRED and row.at]
        found = [row for row in rows if row.at and since <= row.at <= until]
        return sorted(found, key=lambda row: row.at or NOON)[:limit]

    def states(self) -> dict[str, State]:
        return {key.partition("@")[0]: row.state for key, row in self.rows.items()}


@dataclass
class MemoryFlights:
    """A flight log that is read while it is written."""

    lines: list[str] = field(default_factory=list)
    broken: bool = False

    def departs(self, key: str) -> None:
        if self.broken:
            raise StoreError("The flight log cannot be written.", hint="Make room.")
        self.lines.append(f"departs {key}")

    def arrived(self, outcome: Delivery) -> None:
        self.lines.append(f"{outcome.state} {outcome.recipient.key}")

    def returns(self, key: str) -> None:
        self.lines.append(f"returns {key}")

    def write(self) -> None:
        pass


class Left(set[str]):
    """Those who left; may grow while a run goes on."""

    def among(self, keys: Sequence[str]) -> set[str]:
        return self.intersection(keys)

    def stamp(self) -> object:
        return len(self)


class Unasked(Left):
    """Those who left, whom nobody may ask for."""

    def among(self, keys: Sequence[str]) -> set[str]:
        raise AssertionError(keys)


@dataclass
class Stage:
    """Everything a run needs, with what a test usually wants."""

    connect: Callable[[], SmtpSession]
    rows: list[Delivery]
    settings: DeliverySettings = UNPACED
    clock: Clock = field(default_factory=Clock)
    journal: MemoryJournal = field(default_factory=MemoryJournal)
    left: "Left" = field(default_factory=lambda: Left())
    asked: object = None
    stopped: bool = False
    first_hand_overs: int = 0
    flights: MemoryFlights = field(default_factory=MemoryFlights)
    history: tuple[datetime, ...] = ()

    def __post_init__(self) -> None:
        self.journal.rows |= {delivery.recipient.key: delivery for delivery in self.rows}

    def run(
        self,
        *,
        merge: Callable[[Delivery], Message] = merge,
        stopping: Callable[[], bool] | None = None,
        at_once: Callable[[], bool] = lambda: False,
    ) -> Iterator[Delivery]:
        return deliver(
            iter(self.rows),
            connect=self.connect,
            journal=self.journal,
            flights=self.flights,
            merge=lambda rows: [merge(row) for row in rows],
            leavers=self.left,
            asked=self.asked,
            settings=self.settings,
            history=[at.timestamp() for at in self.history],
            now=self.clock.now,
            sleep=self.clock.sleep,
            stopping=stopping or (lambda: self.stopped),
            at_once=at_once,
            first_hand_over=self._first,
        )

    def states(self) -> dict[str, State]:
        return self.journal.states()

    def _first(self) -> None:
        self.first_hand_overs += 1


def stage(server: Server, *names: str, **more: object) -> Stage:
    rows = [row(name) for name in names]
    return Stage(lambda: open_session(server.settings()), rows, **more)


def recipients(server: Server) -> list[str]:
    return [got.recipients[0].partition("@")[0] for got in server.received]


# --- what is promised of every run, with and without pipelining -------------------------------------------


@pytest.fixture(params=["pipelining", "lockstep"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with smtp_server(announce=["PIPELINING"] if request.param == "pipelining" else []) as running:
        yield running


def test_everybody_gets_exactly_their_message_and_a_row_that_says_so(server: Server) -> None:
    play = stage(server, "anna", "bob", "chen")
    yielded = list(play.run())
    assert [got.content for got in server.received] == [b"".join(merge(row).content) for row in play.rows]
    assert [delivery.recipient for delivery in yielded] == [delivery.recipient for delivery in play.rows]
    assert {delivery.state for delivery in yielded} == {State.SENT}
    assert {delivery.attempts for delivery in yielded} == {1}
    assert {delivery.at for delivery in yielded} == {NOON}
    assert all(delivery.reply.startswith("250 ") for delivery in yielded)
    assert list(play.journal.rows.values()) == yielded
    assert play.first_hand_overs == 1
    assert server.sessions == 1


@contextlib.contextmanager
def tapped(server: Server) -> Iterator[tuple[SmtpSettings, bytearray]]:
    """Pass one connection on to the server, and keep every octet that goes there."""
    heard = bytearray()
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        socket.create_connection(("127.0.0.1", server.port)) as there,
    ):

        def pass_on() -> None:
            here, _ = listener.accept()
            with here, contextlib.suppress(ConnectionError):  # how the end may look
                while True:
                    for ready in select.select([here, there], [], [])[0]:
                        octets = ready.recv(65_536)
                        if not octets:
                            return
                        if ready is here:
                            heard.extend(octets)
                        (there if ready is here else here).sendall(octets)

        thread = threading.Thread(target=pass_on)
        thread.start()
        yield server.settings(port=listener.getsockname()[1]), heard
        thread.join()


def test_both_engines_put_the_same_octets_on_the_wire() -> None:
    rows = [row(f"person{number}") for number in range(20)]
    dotted = (b"Subject: x\r\n\r\n", b".\r\n..two\r\n", b"a line" * 100 + b"\r\n.")
    wires = []
    for announce in (["PIPELINING"], []):
        with smtp_server(announce=announce) as server, tapped(server) as (settings, wire):
            play = Stage(lambda to=settings: open_session(to), rows)  # type: ignore[misc]
            list(play.run(merge=lambda delivery: merge(delivery)._replace(content=dotted)))
        wires.append(bytes(wire))
        assert len(server.accepted) == 20
    assert wires[0] == wires[1]
    one = b"RCPT TO:<person7@example.org>\r\nDATA\r\nSubject: x\r\n\r\n..\r\n...two\r\n" + b"a line" * 100
    assert one + b"\r\n..\r\n.\r\nMAIL FROM:<news@example.org> SIZE=" in wires[0]


def test_what_is_yielded_is_on_disk_already(server: Server) -> None:
    play = stage(server, "anna", "bob", "chen")
    for delivery in play.run():
        assert play.journal.rows[delivery.recipient.key] == delivery


def test_at_the_pace_of_an_office_one_message_is_claimed_at_a_time(server: Server) -> None:
    play = stage(server, "anna", "bob", settings=DeliverySettings(messages_per_minute=30))
    list(play.run())
    assert play.journal.log == [
        "claim anna@example.org",
        "record anna@example.org",
        "claim bob@example.org",
        "record bob@example.org",
    ]


def test_without_a_limit_messages_are_claimed_in_groups(server: Server) -> None:
    names = [f"person{number}" for number in range(30)]
    play = stage(server, *names)
    list(play.run())
    assert play.journal.log[0] == "claim " + " ".join(map(address, names))


def test_each_message_is_in_the_flight_log_before_its_final_dot_and_after_its_answer(server: Server) -> None:
    play = stage(server, "anna", "bob")
    list(play.run())
    assert play.flights.lines == [
        f"{what} {address(name)}" for name in ("anna", "bob") for what in ("departs", "sent")
    ]


def test_a_message_that_cannot_be_written_into_the_flight_log_does_not_leave(server: Server) -> None:
    play = stage(server, "anna", "bob")
    play.flights.broken = True
    with pytest.raises(StoreError):
        list(play.run())
    assert server.received == []
    assert play.states() == {"anna": State.PENDING, "bob": State.PENDING}


def test_who_left_gets_nothing(server: Server) -> None:
    play = stage(server, "anna", "bob", "chen", left=Left({address("anna"), address("chen")}))
    assert sorted(delivery.state for delivery in play.run()) == [
        State.SENT,
        State.SUPPRESSED,
        State.SUPPRESSED,
    ]
    assert recipients(server) == ["bob"]


def test_who_leaves_while_the_run_goes_on_gets_nothing(server: Server) -> None:
    play = stage(server, "anna", "bob", "chen", settings=DeliverySettings(messages_per_minute=30))
    for _ in play.run():
        play.left.add(address("chen"))
    assert play.states()["chen"] is State.SUPPRESSED
    assert recipients(server) == ["anna", "bob"]


@pytest.mark.parametrize("when", ["before the run", "after the first mail"])
def test_who_leaves_after_the_plan_asked_gets_nothing(server: Server, when: str) -> None:
    play = stage(server, "anna", "bob", "chen", settings=DeliverySettings(messages_per_minute=30))
    play.asked = play.left.stamp()
    if when == "before the run":
        play.left.add(address("chen"))
    for _ in play.run():
        play.left.add(address("chen"))
    assert play.states()["chen"] is State.SUPPRESSED
    assert recipients(server) == ["anna", "bob"]


def test_nobody_is_asked_for_again_while_nobody_has_left_since_the_plan(server: Server) -> None:
    play = stage(server, "anna", "bob", left=Unasked({address("chen")}))
    play.asked = play.left.stamp()
    assert [delivery.state for delivery in play.run()] == [State.SENT, State.SENT]


def test_the_next_mails_are_merged_while_the_server_reads() -> None:
    with smtp_server(announce=["PIPELINING"]) as server:
        play = stage(server, *[f"reader{number}" for number in range(51)])
        said: list[str] = []

        def merging(row: Delivery) -> Message:
            if row.key == play.rows[-1].key:
                said.append(play.flights.lines[-1])
            return merge(row)

        list(play.run(merge=merging))
    assert said == [f"departs {play.rows[48].key}"]


def test_a_run_that_is_to_stop_begins_no_new_message(server: Server) -> None:
    play = stage(server, "anna", "bob", "chen", settings=DeliverySettings(messages_per_minute=30))
    for _ in play.run():
        play.stopped = True
    assert play.states() == {"anna": State.SENT, "bob": State.PENDING, "chen": State.PENDING}
    assert recipients(server) == ["anna"]


def test_a_run_that_is_closed_halfway_gives_back_what_was_not_begun(server: Server) -> None:
    play = stage(server, "anna", "bob", "chen", settings=DeliverySettings(messages_per_minute=30))
    run = play.run()
    assert next(run).recipient.address == address("anna")
    run.close()  # type: ignore[attr-defined]
    assert play.states() == {"anna": State.SENT, "bob": State.PENDING, "chen": State.PENDING}


def test_a_run_stopped_from_the_start_does_nothing(server: Server) -> None:
    play = stage(server, "anna", stopped=True)
    assert list(play.run()) == []
    assert play.journal.log == [] and server.commands == []


def test_a_journal_that_cannot_be_written_stops_the_run_before_the_next_message(server: Server) -> None:
    play = stage(server, "anna", "bob", "chen", settings=DeliverySettings(messages_per_minute=30))
    play.journal.broken_after = 1  # anna's claim works
    with pytest.raises(StoreError):
        list(play.run())
    assert recipients(server) == ["anna"]
    assert play.states() == {"anna": State.CLAIMED, "bob": State.PENDING, "chen": State.PENDING}
    assert play.flights.lines[-1] == "sent anna@example.org"  # so that the next run knows


# --- verdicts ---------------------------------------------------------------------------------------------


def test_a_refused_recipient_is_failed_and_the_others_get_theirs() -> None:
    with smtp_server(faults=[refuse(address("bob"))]) as server:
        play = stage(server, "anna", "bob", "chen")
        yielded = {delivery.recipient.name: delivery for delivery in play.run()}
    assert play.states() == {"anna": State.SENT, "bob": State.FAILED, "chen": State.SENT}
    assert yielded["Bob"].reply == "550 5.1.1 no such user"
    assert recipients(server) == ["anna", "chen"]
    assert server.sessions == 1


def test_a_deferred_recipient_is_tried_again_when_the_time_has_come() -> None:
    with smtp_server(faults=[greylist(address("anna"))]) as server:
        play = stage(server, "anna", "bob")
        yielded = list(play.run())
    assert [(delivery.recipient.name, delivery.state) for delivery in yielded] == [
        ("Anna", State.DEFERRED),
        ("Bob", State.SENT),
        ("Anna", State.SENT),
    ]
    assert yielded[2].at == NOON + timedelta(minutes=15)
    assert yielded[2].attempts == 2
    assert play.states() == {"anna": State.SENT, "bob": State.SENT}
    assert max(play.clock.slept) <= 0.2


def test_the_session_is_given_up_over_a_long_wait_because_servers_hang_up() -> None:
    with smtp_server(faults=[greylist(address("anna"))]) as server:
        list(stage(server, "anna").run())
    assert server.sessions == 2
    assert server.commands.count("QUIT") == 2


def test_a_recipient_that_stays_deferred_is_left_to_the_next_run_after_two_hours() -> None:
    with smtp_server(faults=[greylist(address("anna"), times=999)]) as server:
        play = stage(server, "anna", "bob")
        yielded = list(play.run())
    assert play.states() == {"anna": State.DEFERRED, "bob": State.SENT}
    assert play.journal.rows[address("anna")].attempts == 9  # at once, then every 15 minutes for two hours
    assert play.clock.time == NOON + timedelta(hours=2)
    assert [delivery.state for delivery in yielded].count(State.DEFERRED) == 9


def test_a_deferred_recipient_who_leaves_meanwhile_gets_nothing() -> None:
    with smtp_server(faults=[greylist(address("anna"))]) as server:
        play = stage(server, "anna")
        for _ in play.run():
            play.left.add(address("anna"))
    assert play.states() == {"anna": State.SUPPRESSED}
    assert server.received == []


def test_a_wait_for_a_retry_can_be_broken_off_and_everything_is_on_disk_by_then() -> None:
    with smtp_server(faults=[greylist(address("anna"))]) as server:
        play = stage(server, "anna")
        seen: list[State] = []

        def sleep(seconds: float) -> None:
            seen.append(play.states()["anna"])
            play.clock.time += timedelta(seconds=seconds)
            play.stopped = len(seen) == 3

        play.clock.sleep = sleep  # type: ignore[method-assign]
        list(play.run())
    assert seen == [State.DEFERRED] * 3
    assert play.states() == {"anna": State.DEFERRED}


def test_retries_go_before_new_messages_once_they_are_due() -> None:
    settings = DeliverySettings(messages_per_minute=1, retry_after_seconds=30)
    with smtp_server(faults=[greylist(address("anna"))]) as server:
        list(stage(server, "anna", "bob", "chen", settings=settings).run())
    assert recipients(server) == ["anna", "bob", "chen"]


def test_the_pace_is_kept_and_each_outcome_is_on_disk_before_the_wait() -> None:
    settings = DeliverySettings(messages_per_minute=30)
    with smtp_server() as server:
        play = stage(server, "anna", "bob", "chen", settings=settings)
        times = [delivery.at for delivery in play.run()]
    assert [later - earlier for earlier, later in pairwise(times)] == [timedelta(seconds=2)] * 2
    assert play.journal.log[:3] == [
        "claim anna@example.org",
        "record anna@example.org",
        "claim bob@example.org",
    ]
    assert server.sessions == 1


# --- the line breaks --------------------------------------------------------------------------------------


def test_a_line_that_breaks_after_the_final_dot_makes_unknown_and_is_not_sent_twice() -> None:
    with smtp_server(faults=[Fault("dot", DROP, address("bob"))]) as server:
        play = stage(server, "anna", "bob", "chen")
        yielded = list(play.run())
    assert play.states() == {"anna": State.SENT, "bob": State.UNKNOWN, "chen": State.SENT}
    assert recipients(server) == ["anna", "bob", "chen"]
    assert yielded[1].reply and yielded[1].attempts == 1
    assert server.sessions == 2


BREAKS = pytest.mark.parametrize("action", [DROP, "421 4.3.2 restarting"])


@BREAKS
@pytest.mark.parametrize("step", ["mail", "rcpt", "data"])
def test_a_line_that_breaks_before_the_content_costs_a_session_and_no_row(step: str, action: str) -> None:
    with smtp_server(faults=[Fault(step, action, times=1, skip=1)]) as server:
        yielded = list(stage(server, "anna", "bob", "chen").run())
    assert [(delivery.state, delivery.attempts) for delivery in yielded] == [(State.SENT, 1)] * 3
    assert recipients(server) == ["anna", "bob", "chen"]
    assert server.sessions == 2


@BREAKS
def test_a_row_under_which_the_line_breaks_twice_is_tried_again_later(action: str) -> None:
    with smtp_server(faults=[Fault("rcpt", action, address("bob"), times=2)]) as server:
        play = stage(server, "anna", "bob", "chen")
        states = [(delivery.recipient.name, delivery.state) for delivery in play.run()]
    assert states == [
        ("Anna", State.SENT),
        ("Bob", State.DEFERRED),
        ("Chen", State.SENT),
        ("Bob", State.SENT),
    ]
    assert recipients(server) == ["anna", "chen", "bob"]


@pytest.mark.parametrize("announce", [["PIPELINING"], []])
def test_a_limit_of_messages_per_connection_costs_sessions_and_no_row(announce: list[str]) -> None:
    names = [f"person{number}" for number in range(20)]
    with smtp_server(announce=announce, messages_per_session=3) as server:
        yielded = list(stage(server, *names).run())
    assert {(delivery.state, delivery.attempts) for delivery in yielded} == {(State.SENT, 1)}
    assert recipients(server) == names
    assert server.sessions == 7


def test_a_server_that_hangs_up_while_nobody_speaks_costs_a_session_and_no_row() -> None:
    with smtp_server(idle_seconds=0.3) as server:
        play = stage(server, "anna", "bob", settings=DeliverySettings(messages_per_minute=30))
        play.clock.sleep = lambda seconds: (time.sleep(0.06), Clock.sleep(play.clock, seconds))[1]  # type: ignore[method-assign]
        yielded = list(play.run())
    assert [(delivery.state, delivery.attempts) for delivery in yielded] == [(State.SENT, 1)] * 2
    assert server.sessions == 2


def test_421_defers_one_message_and_the_next_goes_over_a_new_session() -> None:
    with smtp_server(faults=[Fault("dot", "421 4.3.2 restarting", address("anna"), times=1)]) as server:
        play = stage(server, "anna", "bob")
        first, *_ = play.run()
    assert first.reply == "421 4.3.2 restarting"
    assert play.states() == {"anna": State.SENT, "bob": State.SENT}
    assert [got.session for got in server.received] == [1, 2, 3]


def test_a_server_that_always_breaks_off_is_given_up_before_it_spoils_all_rows() -> None:
    names = [f"person{number}" for number in range(30)]
    with smtp_server(faults=[Fault("dot", DROP)]) as server:
        play = stage(server, *names)
        with pytest.raises(TransportError, match="10 times in a row"):
            list(play.run())
    counted = list(play.states().values())
    assert counted.count(State.UNKNOWN) == 10 == len(server.received)
    assert counted.count(State.PENDING) == 20


def test_one_answer_in_between_lets_the_run_go_on() -> None:
    names = [f"person{number}" for number in range(30)]
    faults = [Fault("data", DROP, address(name), times=1) for name in names if not name.endswith("9")]
    with smtp_server(faults=faults) as server:
        play = stage(server, *names)
        list(play.run())
    assert set(play.states().values()) == {State.SENT}
    assert sorted(recipients(server)) == sorted(names)


# --- no connection ----------------------------------------------------------------------------------------


def test_an_unreachable_server_costs_no_claim() -> None:
    def connect() -> SmtpSession:
        raise Unreachable("Not there.", hint="Look.")

    play = Stage(connect, [row("anna"), row("bob")])
    with pytest.raises(Unreachable):
        list(play.run())
    assert play.journal.log == []
    assert play.states() == {"anna": State.PENDING, "bob": State.PENDING}
    assert play.first_hand_overs == 0 and play.clock.slept == []


def connecting(server: Server, *failures: TransportError | None) -> Callable[[], SmtpSession]:
    """Connect, but fail as told at each further try; None: let it work."""
    left: list[TransportError | None] = [None, *failures]

    def connect() -> SmtpSession:
        failure = left.pop(0) if left else None
        if failure is not None:
            raise failure
        return open_session(server.settings())

    return connect


UNREACHABLE = Unreachable("Not there.", hint="Look.")


def test_a_lost_session_is_got_back_at_the_second_try() -> None:
    with smtp_server(faults=[Fault("dot", DROP, address("anna"))]) as server:
        play = stage(server, "anna", "bob")
        play.connect = connecting(server, UNREACHABLE)
        list(play.run())
    assert play.states() == {"anna": State.UNKNOWN, "bob": State.SENT}
    assert sum(play.clock.slept) == pytest.approx(30)


def test_two_failed_connections_in_a_row_end_the_run_and_leave_the_rows_as_they_are() -> None:
    with smtp_server(faults=[Fault("dot", DROP, address("anna"))]) as server:
        play = stage(server, "anna", "bob", "chen")
        play.connect = connecting(server, UNREACHABLE, UNREACHABLE)
        yielded: list[State] = []
        with pytest.raises(Unreachable):
            yielded.extend(delivery.state for delivery in play.run())
    assert yielded == [State.UNKNOWN]  # before the run connects again, its person sees what happened
    assert play.states() == {"anna": State.UNKNOWN, "bob": State.PENDING, "chen": State.PENDING}


def test_the_wait_for_a_second_try_can_be_broken_off() -> None:
    with smtp_server(faults=[Fault("dot", DROP, address("anna"))]) as server:
        play = stage(server, "anna", "bob")
        play.connect = connecting(server, UNREACHABLE)

        def sleep(seconds: float) -> None:
            play.stopped = True

        play.clock.sleep = sleep  # type: ignore[method-assign]
        list(play.run())
    assert play.states() == {"anna": State.UNKNOWN, "bob": State.PENDING}


def test_a_refused_login_ends_the_run_at_once() -> None:
    with smtp_server(users={"news": "right"}) as server:
        play = stage(server, "anna", "bob")
        play.connect = lambda: open_session(server.settings(password="wrong"))
        with pytest.raises(TransportError, match="535"):
            list(play.run())
    assert play.states() == {"anna": State.PENDING, "bob": State.PENDING}
    assert server.sessions == 1 and play.clock.slept == []


def test_a_login_that_is_refused_halfway_is_not_tried_a_second_time() -> None:
    refused = TransportError("Refused.", hint="Look.")
    with smtp_server(faults=[Fault("dot", DROP, address("anna"))]) as server:
        play = stage(server, "anna", "bob")
        play.connect = connecting(server, refused)
        with pytest.raises(TransportError, match="Refused"):
            list(play.run())
    assert play.clock.slept == []


def test_a_server_that_wants_a_login_first_leaves_the_row_in_hand_as_it_was() -> None:
    with smtp_server(faults=[Fault("mail", "530 5.7.0 Authentication required", skip=1)]) as server:
        play = stage(server, "anna")
        play.rows.append(row("bob", State.DEFERRED))
        play.journal.rows[address("bob")] = play.rows[1]
        with pytest.raises(TransportError, match="530"):
            list(play.run())
    assert play.states() == {"anna": State.SENT, "bob": State.DEFERRED}
    assert play.journal.rows[address("bob")].attempts == 0


def test_an_interrupt_leaves_in_doubt_only_what_left() -> None:
    with smtp_server(faults=[Fault("dot", HANG, address("bob"))]) as server:
        play = stage(server, "anna", "bob", "chen")

        def interrupted() -> bool:
            if len(server.received) == 2:
                raise KeyboardInterrupt
            return False

        with pytest.raises(KeyboardInterrupt):
            list(play.run(stopping=interrupted))
    assert play.states() == {"anna": State.SENT, "bob": State.UNKNOWN, "chen": State.PENDING}


def test_what_cannot_be_merged_stops_the_run_and_changes_no_row() -> None:
    def merge_of_anna_only(delivery: Delivery) -> Message:
        if delivery.recipient.name == "Bob":
            raise LookupError("no first name")
        return merge(delivery)

    with smtp_server() as server:
        play = stage(server, "anna", "bob", "chen")
        with pytest.raises(LookupError):
            list(play.run(merge=merge_of_anna_only))
    assert play.states() == {"anna": State.SENT, "bob": State.PENDING, "chen": State.PENDING}


def test_a_message_that_was_put_together_for_another_stops_the_run_and_reaches_nobody(server: Server) -> None:
    play = stage(server, "anna", "bob", "chen")
    with pytest.raises(TransportError, match=r"for bob@example\.org is addressed to anna@example\.org"):
        list(
            play.run(
                merge=lambda delivery: merge(row("anna") if delivery.recipient.name == "Bob" else delivery)
            )
        )
    assert play.states() == {"anna": State.SENT, "bob": State.PENDING, "chen": State.PENDING}
    assert recipients(server) == ["anna"]


def test_a_lost_line_explains_itself_without_a_journal() -> None:
    after = LineLost("no answer within 60 s", in_doubt=address("anna"))
    before = LineLost("no answer within 60 s", untaken=(address("anna"),))
    assert "no answer within 60 s" in after.message
    assert after.hint != before.hint


class LostList(Left):
    """A list of those who left that changes all the time, and cannot be read any more when it is asked for one."""

    asked = 0

    def stamp(self) -> object:
        self.asked += 1
        return self.asked

    def among(self, keys: Sequence[str]) -> set[str]:
        if len(keys) == 1:
            raise StoreError("The list of those who left cannot be read.", hint="Bring the file back.")
        return super().among(keys)


class LockedList(Left):
    """A list of those who left, of which somebody left since the plan, and which then cannot be asked."""

    asked = 0
    is_locked = False

    def stamp(self) -> object:
        return "since the plan"

    def among(self, keys: Sequence[str]) -> set[str]:
        self.asked += self.is_locked
        if self.is_locked:
            raise StoreError("The list of those who left is in use.", hint="Close the other program.")
        return super().among(keys)


def test_a_list_of_those_who_left_that_is_in_use_is_waited_for_once(server: Server) -> None:
    names = [f"reader{number}" for number in range(120)]
    play = stage(server, *names)
    play.left = locked = LockedList()
    with pytest.raises(StoreError, match="in use"):
        for _ in play.run():
            locked.is_locked = True
    assert locked.asked == 1
    assert set(play.states().values()) == {State.SENT, State.PENDING}


def test_when_nobody_can_say_who_has_left_no_mail_goes_out_and_no_row_stays_in_hand(server: Server) -> None:
    play = stage(server, "anna", "bob", "chen")
    play.left = LostList()
    with pytest.raises(StoreError):
        list(play.run())
    assert play.states() == dict.fromkeys(("anna", "bob", "chen"), State.PENDING)
    assert recipients(server) == []


# --- stopping ---------------------------------------------------------------------------------------------


def test_a_run_that_is_to_stop_finishes_what_left_and_abandons_what_was_only_offered() -> None:
    slow = Fault("dot", "", address("anna"), delay=0.3)
    with smtp_server(announce=["PIPELINING"], faults=[slow]) as server:
        play = stage(server, "anna", "bob", "chen")
        list(play.run(stopping=lambda: "departs anna@example.org" in play.flights.lines))
    assert play.states() == {"anna": State.SENT, "bob": State.PENDING, "chen": State.PENDING}
    assert recipients(server) == ["anna"]


def test_a_final_dot_that_is_not_answered_fifteen_seconds_after_the_stop_is_unknown() -> None:
    with smtp_server(faults=[Fault("dot", HANG, address("anna"))], timeout_seconds=60) as server:
        play = stage(server, "anna", "bob")
        play.clock.seconds_a_look = 1.0
        list(play.run(stopping=lambda: bool(play.flights.lines)))
    assert play.states() == {"anna": State.UNKNOWN, "bob": State.PENDING}
    assert "stopped" in play.journal.rows[address("anna")].reply


def test_who_does_not_want_to_wait_leaves_in_doubt_only_what_left() -> None:
    hang = Fault("dot", HANG, address("anna"))
    with smtp_server(announce=["PIPELINING"], faults=[hang], timeout_seconds=60) as server:
        play = stage(server, "anna", "bob", "chen")
        began = play.clock.time
        list(play.run(stopping=lambda: bool(play.flights.lines), at_once=lambda: bool(server.received)))
    assert play.states() == {"anna": State.UNKNOWN, "bob": State.PENDING, "chen": State.PENDING}
    assert play.clock.time == began


# --- several sessions -------------------------------------------------------------------------------------


@pytest.mark.parametrize("announce", [["PIPELINING"], []])
def test_several_sessions_share_the_rows_and_nobody_gets_two(announce: list[str]) -> None:
    names = [f"person{number}" for number in range(60)]
    with smtp_server(announce=announce, faults=[Fault("dot", delay=0.01)]) as server:
        play = stage(server, *names, settings=DeliverySettings(sessions=5, messages_per_minute=0))
        list(play.run())
    assert sorted(recipients(server)) == sorted(names)
    assert {got.session for got in server.received} == {1, 2, 3, 4, 5}
    assert set(play.states().values()) == {State.SENT}


def test_one_slow_answer_does_not_hold_the_other_sessions_up() -> None:
    names = [f"person{number}" for number in range(20)]
    with smtp_server(faults=[Fault("dot", "", address("person0"), delay=1.0)]) as server:
        list(stage(server, *names, settings=DeliverySettings(sessions=2, messages_per_minute=0)).run())
    assert {got.session for got in server.received[1:]} == {2}


def test_a_wrong_password_is_tried_once_however_many_sessions_are_wanted() -> None:
    with smtp_server(users={"news": "right"}) as server:
        play = stage(server, *"abcdefgh", settings=DeliverySettings(sessions=5, messages_per_minute=0))
        play.connect = lambda: open_session(server.settings(password="wrong"))
        with pytest.raises(TransportError, match="535"):
            list(play.run())
    assert server.commands.count("AUTH PLAIN") == 1


def test_a_server_that_grants_fewer_sessions_is_served_over_those() -> None:
    names = [f"person{number}" for number in range(30)]
    faults = [Fault("greeting", "421 4.7.0 too many connections", skip=2), Fault("dot", delay=0.01)]
    with smtp_server(faults=faults) as server:
        list(stage(server, *names, settings=DeliverySettings(sessions=6, messages_per_minute=0)).run())
    assert sorted(recipients(server)) == sorted(names)
    assert {got.session for got in server.received} == {1, 2}


# --- the pace ---------------------------------------------------------------------------------------------


def test_a_limit_a_day_holds_across_restarts() -> None:
    earlier = tuple(NOON - timedelta(hours=hours) for hours in (23, 5, 1))
    settings = DeliverySettings(messages_per_minute=0, messages_per_day=4)
    with smtp_server() as server:
        play = stage(server, "anna", "bob", settings=settings, history=earlier)
        times = [delivery.at for delivery in play.run()]
    assert times == [NOON, NOON + timedelta(hours=1)]


def test_a_clock_that_is_set_back_while_a_run_goes_on_is_not_waited_for() -> None:
    settings = DeliverySettings(messages_per_minute=30, retry_after_seconds=60)
    with smtp_server(faults=[greylist(address("anna"))]) as server:
        play = stage(server, "anna", "bob", "chen", settings=settings)
        for _ in play.run():
            play.clock.time -= timedelta(hours=1)
    assert play.states() == dict.fromkeys(("anna", "bob", "chen"), State.SENT)
    assert 60 <= sum(play.clock.slept) < 62  # as long as ever, but for the slices in which the clock was set
    bob, chen, anna = sorted(row.at for row in play.journal.rows.values() if row.at)
    assert chen - bob >= timedelta(seconds=2) and anna - bob >= timedelta(seconds=58)


def test_a_sender_who_is_refused_stops_the_run_and_fails_nobody() -> None:
    with smtp_server(faults=[Fault("mail", "550 5.7.1 sender not allowed", skip=1)]) as server:
        play = stage(server, "anna", "bob", "chen")
        with pytest.raises(TransportError, match="sender not allowed"):
            list(play.run())
    assert play.states() == {"anna": State.SENT, "bob": State.PENDING, "chen": State.PENDING}


# --- a server that misbehaves at any step, over several sessions ------------------------------------------

NONSENSE = "+OK what?"
PATIENCE = {HANG: 0.8}  # seconds; what answers has all the time it needs, however busy the machine
MISBEHAVIOURS = [
    *[(step, action, State.SENT) for step in ("rcpt", "data") for action in (DROP, HANG, NONSENSE)],
    *[(step, "421 4.3.2 closing", State.SENT) for step in ("rcpt", "data", "dot")],
    *[(step, "451 4.3.0 later", State.SENT) for step in ("rcpt", "data", "dot")],
    *[(step, "554 5.7.1 no", State.FAILED) for step in ("rcpt", "data", "dot")],
    *[("dot", action, State.UNKNOWN) for action in (DROP, HANG, NONSENSE)],
    *[("content", action, State.UNKNOWN) for action in (DROP, HANG)],
]


@pytest.mark.parametrize("announce", [["PIPELINING"], []], ids=["pipelining", "lockstep"])
@pytest.mark.parametrize(("step", "action", "end"), MISBEHAVIOURS)
def test_whatever_a_server_does_to_one_mail_everybody_else_gets_theirs_once(
    announce: list[str], step: str, action: str, end: State
) -> None:
    names = [f"person{number}" for number in range(12)]
    fault = Fault(step, action, address("person5"), times=1)
    with smtp_server(announce=announce, faults=[fault], timeout_seconds=PATIENCE.get(action, 20)) as server:
        play = stage(server, *names, settings=DeliverySettings(sessions=3, messages_per_minute=0))
        list(play.run())
    assert play.states() == dict.fromkeys(names, State.SENT) | {"person5": end}
    accepted = sorted(got.recipients[0].partition("@")[0] for got in server.accepted)
    assert accepted == sorted(set(names) - ({"person5"} if end is not State.SENT else set()))


@pytest.mark.parametrize("announce", [["PIPELINING"], []], ids=["pipelining", "lockstep"])
@pytest.mark.parametrize("action", [DROP, HANG, NONSENSE, "421 4.3.2 closing", "451 4.3.0 later"])
def test_whatever_a_server_does_to_the_first_command_costs_nobody_the_mail(
    announce: list[str], action: str
) -> None:
    names = [f"person{number}" for number in range(12)]
    with smtp_server(
        announce=announce,
        faults=[Fault("mail", action, skip=4, times=2)],
        timeout_seconds=PATIENCE.get(action, 20),
    ) as server:
        play = stage(server, *names, settings=DeliverySettings(sessions=3, messages_per_minute=0))
        list(play.run())
    assert play.states() == dict.fromkeys(names, State.SENT)
    assert sorted(recipients(server)) == sorted(names)


def test_nothing_counts_as_handed_over_while_a_server_refuses_us(server: Server) -> None:
    play = stage(server, "anna", "bob")
    with smtp_server(faults=[Fault("mail", "550 5.7.1 sender not allowed")]) as strict:
        play.connect = lambda: open_session(strict.settings())
        with pytest.raises(TransportError, match="sender not allowed"):
            list(play.run())
    assert play.first_hand_overs == 0
