"""The run: claims before mail, verdicts after it, and what happens when the line, the server or a person stops it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from servers import DROP, Fault, Server, greylist, refuse, smtp_server

from isa_mail.delivery.outbox import Outbox
from isa_mail.delivery.run import deliver
from isa_mail.delivery.smtp import SmtpSession
from isa_mail.delivery.transport import LineLost, Transport, Unreachable
from isa_mail.errors import StoreError, TransportError
from isa_mail.model import (
    Delivery,
    DeliverySettings,
    Envelope,
    Fingerprint,
    Message,
    Place,
    Recipient,
    Reply,
    State,
)

NOON = datetime(2019, 10, 7, 12, tzinfo=UTC)
UNPACED = DeliverySettings(messages_per_minute=0)


def address(name: str) -> str:
    return f"{name}@example.org"


def row(name: str, state: State = State.PENDING) -> Delivery:
    recipient = Recipient(address(name), name.title(), "de", {}, Place("recipients/list.csv", 2))
    return Delivery(recipient, "de", state, Fingerprint("f" * 64), NOON)


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

    def now(self) -> datetime:
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
            self.rows[key] = replace(self.rows[key], state=State.CLAIMED)
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

    def states(self) -> dict[str, State]:
        return {key.partition("@")[0]: row.state for key, row in self.rows.items()}


@dataclass
class Stage:
    """Everything a run needs, with what a test usually wants."""

    connect: Callable[[], Transport]
    rows: list[Delivery]
    settings: DeliverySettings = UNPACED
    clock: Clock = field(default_factory=Clock)
    journal: MemoryJournal = field(default_factory=MemoryJournal)
    left: set[str] = field(default_factory=set)
    stopped: bool = False
    first_hand_overs: int = 0
    handed_over: State = State.SENT

    def __post_init__(self) -> None:
        self.journal.rows |= {delivery.recipient.key: delivery for delivery in self.rows}

    def run(self) -> Iterator[Delivery]:
        return deliver(
            iter(self.rows),
            connect=self.connect,
            journal=self.journal,
            merge=merge,
            is_suppressed=self.left.__contains__,
            handed_over=self.handed_over,
            settings=self.settings,
            now=self.clock.now,
            sleep=self.clock.sleep,
            stopping=lambda: self.stopped,
            first_hand_over=self._first,
        )

    def states(self) -> dict[str, State]:
        return self.journal.states()

    def _first(self) -> None:
        self.first_hand_overs += 1


def stage(server: Server, *names: str, **more: object) -> Stage:
    rows = [row(name) for name in names]
    return Stage(lambda: SmtpSession.open(server.settings()), rows, **more)


def recipients(server: Server) -> list[str]:
    return [got.recipients[0].partition("@")[0] for got in server.received]


# --- the same run over both transports --------------------------------------------------------------------


@pytest.fixture(params=["smtp", "outbox"])
def both(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Stage, Callable[[], list[bytes]]]]:
    rows = [row("anna"), row("bob"), row("chen")]
    if request.param == "outbox":
        found = tmp_path / "new"
        play = Stage(lambda: Outbox(tmp_path), rows, handed_over=State.WRITTEN)
        yield play, lambda: [path.read_bytes() for path in sorted(found.iterdir())] if found.exists() else []
    else:
        with smtp_server() as server:
            yield stage(server, "anna", "bob", "chen"), lambda: [got.content for got in server.received]


Both = tuple[Stage, Callable[[], list[bytes]]]


def test_everybody_gets_exactly_their_message_and_a_row_that_says_so(both: Both) -> None:
    play, arrived = both
    yielded = list(play.run())
    assert arrived() == [b"".join(merge(delivery).content) for delivery in play.rows]
    assert [delivery.recipient for delivery in yielded] == [delivery.recipient for delivery in play.rows]
    assert {delivery.state for delivery in yielded} == {play.handed_over}
    assert {delivery.attempts for delivery in yielded} == {1}
    assert {delivery.at for delivery in yielded} == {NOON}
    assert all(delivery.reply.startswith("250 ") for delivery in yielded)
    assert list(play.journal.rows.values()) == yielded
    assert play.first_hand_overs == 1


def test_what_is_yielded_is_on_disk_already(both: Both) -> None:
    play, _ = both
    for delivery in play.run():
        assert play.journal.rows[delivery.recipient.key] == delivery


def test_a_message_leaves_after_its_claim_and_the_last_outcome_rides_with_it(both: Both) -> None:
    play, _ = both
    list(play.run())
    assert play.journal.log == [
        "claim anna@example.org",
        "claim bob@example.org",
        "claim chen@example.org",
        "record chen@example.org",
    ]


def test_who_left_gets_nothing_and_needs_no_claim(both: Both) -> None:
    play, arrived = both
    play.left |= {address("anna"), address("chen")}
    assert [delivery.state for delivery in play.run()] == [
        State.SUPPRESSED,
        play.handed_over,
        State.SUPPRESSED,
    ]
    assert len(arrived()) == 1 and b"bob" in arrived()[0]
    assert "claim anna@example.org" not in play.journal.log


def test_who_leaves_while_the_run_goes_on_gets_nothing(both: Both) -> None:
    play, arrived = both
    for _ in play.run():  # anna's outcome is seen while bob is in hand
        play.left.add(address("chen"))
    assert play.states()["chen"] is State.SUPPRESSED
    assert len(arrived()) == 2


def test_a_run_in_which_everybody_left_connects_to_nobody() -> None:
    def connect() -> Transport:
        raise AssertionError("nobody is to be connected to")

    play = Stage(connect, [row("anna"), row("bob")], left={address("anna"), address("bob")})
    assert [delivery.state for delivery in play.run()] == [State.SUPPRESSED] * 2
    assert play.first_hand_overs == 0


def test_a_run_that_is_to_stop_begins_no_new_message_and_keeps_the_outcome_in_hand(both: Both) -> None:
    play, arrived = both
    for _ in play.run():
        play.stopped = True
    assert play.states() == {"anna": play.handed_over, "bob": play.handed_over, "chen": State.PENDING}
    assert len(arrived()) == 2


def test_a_run_that_is_closed_halfway_gives_the_row_in_hand_back(both: Both) -> None:
    play, arrived = both
    run = play.run()
    assert next(run).recipient.address == address("anna")
    assert play.states()["bob"] is State.CLAIMED
    run.close()  # type: ignore[attr-defined]
    assert play.states() == {"anna": play.handed_over, "bob": State.PENDING, "chen": State.PENDING}
    assert len(arrived()) == 1


def test_a_run_stopped_from_the_start_does_nothing(both: Both) -> None:
    play, arrived = both
    play.stopped = True
    assert list(play.run()) == []
    assert play.journal.log == [] and arrived() == []


def test_a_journal_that_cannot_be_written_stops_the_run_before_the_next_message(both: Both) -> None:
    play, arrived = both
    play.journal.broken_after = 1  # anna's claim works
    with pytest.raises(StoreError):
        list(play.run())
    assert len(arrived()) == 1
    assert play.states() == {"anna": State.CLAIMED, "bob": State.PENDING, "chen": State.PENDING}


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
    assert recipients(server) == ["bob", "anna", "chen"]


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


def test_a_line_that_breaks_before_the_final_dot_is_tried_again_later() -> None:
    with smtp_server(faults=[Fault("data", DROP, address("bob"), times=1)]) as server:
        play = stage(server, "anna", "bob", "chen")
        states = [(delivery.recipient.name, delivery.state) for delivery in play.run()]
    assert states == [
        ("Anna", State.SENT),
        ("Bob", State.DEFERRED),
        ("Chen", State.SENT),
        ("Bob", State.SENT),
    ]
    assert recipients(server) == ["anna", "chen", "bob"]


def test_421_defers_one_message_and_the_next_goes_over_a_new_session() -> None:
    with smtp_server(faults=[Fault("dot", "421 4.3.2 restarting", address("anna"), times=1)]) as server:
        play = stage(server, "anna", "bob")
        first, *_ = play.run()
    assert first.reply == "421 4.3.2 restarting"
    assert play.states() == {"anna": State.SENT, "bob": State.SENT}
    assert [got.session for got in server.received] == [1, 2, 3]


def test_a_server_that_hangs_up_between_two_messages_costs_a_connection_and_no_row() -> None:
    sessions = [[1], [1, 1]]

    class HangsUp(Outbox):
        def is_ready(self) -> bool:
            return bool(sessions[0])

        def hand_over(self, message: Message) -> Reply:
            sessions[0].pop()
            return Reply(250, None, "")

        def close(self) -> None:
            if not sessions[0]:
                sessions.pop(0)

    play = Stage(lambda: HangsUp(Path()), [row("anna"), row("bob"), row("chen")])
    assert [delivery.attempts for delivery in play.run()] == [1, 1, 1]
    assert set(play.states().values()) == {State.SENT}


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
    def connect() -> Transport:
        raise Unreachable("Not there.", hint="Look.")

    play = Stage(connect, [row("anna"), row("bob")])
    with pytest.raises(Unreachable):
        list(play.run())
    assert play.journal.log == []
    assert play.states() == {"anna": State.PENDING, "bob": State.PENDING}
    assert play.first_hand_overs == 0 and play.clock.slept == []


def connecting(server: Server, *failures: TransportError | None) -> Callable[[], Transport]:
    """Connect, but fail as told at each further try; None: let it work."""
    left: list[TransportError | None] = [None, *failures]

    def connect() -> Transport:
        failure = left.pop(0) if left else None
        if failure is not None:
            raise failure
        return SmtpSession.open(server.settings())

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
        play.connect = lambda: SmtpSession.open(server.settings(password="wrong"))
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


def test_an_interrupt_during_a_hand_over_leaves_the_row_claimed_for_nobody_knows() -> None:
    class Interrupted(Outbox):
        def hand_over(self, message: Message) -> Reply:
            if b"Bob" in b"".join(message.content):
                raise KeyboardInterrupt
            return Reply(250, None, "")

    play = Stage(lambda: Interrupted(Path()), [row("anna"), row("bob"), row("chen")])
    with pytest.raises(KeyboardInterrupt):
        list(play.run())
    assert play.states() == {"anna": State.SENT, "bob": State.CLAIMED, "chen": State.PENDING}


def test_what_cannot_be_merged_stops_the_run_before_its_claim() -> None:
    with smtp_server() as server:
        play = stage(server, "anna", "bob")
        whole = merge

        def merge_of_anna_only(delivery: Delivery) -> Message:
            if delivery.recipient.name == "Bob":
                raise LookupError("no first name")
            return whole(delivery)

        with pytest.raises(LookupError):
            list(
                deliver(
                    play.rows,
                    connect=play.connect,
                    journal=play.journal,
                    merge=merge_of_anna_only,
                    is_suppressed=lambda key: False,
                    handed_over=State.SENT,
                    settings=UNPACED,
                    now=play.clock.now,
                    sleep=play.clock.sleep,
                    stopping=lambda: False,
                )
            )
    assert play.states() == {"anna": State.SENT, "bob": State.PENDING}


def test_a_long_stretch_of_people_who_left_is_stored_on_the_way() -> None:
    names = [f"person{number}" for number in range(250)]
    play = Stage(
        lambda: Outbox(Path()), [row(name) for name in names], left={address(name) for name in names}
    )
    run = play.run()
    next(run)
    assert len([state for state in play.states().values() if state is State.SUPPRESSED]) == 100
    assert len(list(run)) == 249


def test_a_lost_line_explains_itself_without_a_journal() -> None:
    after, before = (LineLost(after_final_dot=dot, reason="no answer within 60 s") for dot in (True, False))
    assert "no answer within 60 s" in after.message
    assert after.hint != before.hint
