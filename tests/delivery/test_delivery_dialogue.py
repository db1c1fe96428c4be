"""The dialogue: whatever a server answers, however its answers are cut, merged or delayed, each mail has one end.

A toy server answers as its script says; the network brings the octets of its answers in any portions, at any time.
Nothing here has a socket or a clock.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isa_mail.delivery.commands import Mail
from isa_mail.delivery.dialogue import GoAhead, Say, Step, Talk, Verdict, hear, hear_at_once, offer, transmit
from isa_mail.delivery.replies import take_reply
from isa_mail.errors import TransportError
from isa_mail.model.mail import Reply

OK, GO, CLOSING = b"250 2.0.0 ok\r\n", b"354 go on\r\n", b"421 4.3.2 closing\r\n"
REFUSED, LATER = b"550-5.1.1 no\r\n550 5.1.1 such user\r\n", b"450 4.2.0 later\r\n"
BOTH = pytest.mark.parametrize("pipelining", [True, False])


def mail(name: str) -> Mail:
    content = f"Subject: {name}\r\n\r\nhallo\r\n".encode()
    return Mail(
        name, f"MAIL FROM:<{name}@x.test>\r\n".encode(), b"RCPT TO:<to@x.test>\r\n", (content,), len(content)
    )


class Script(NamedTuple):
    """What the server says to one mail; after a refusal RCPT and DATA are answered with 503, unless it is lax."""

    mail: bytes = OK
    rcpt: bytes = OK
    data: bytes = GO
    dot: bytes = OK
    lax: bool = False  # lets DATA in although everybody was refused


@dataclass
class Server:
    """One server, connection after connection."""

    scripts: Mapping[str, Script]
    contents: list[str] = field(default_factory=list)  # names whose content came as a whole, in order
    heard: bytes = b""
    closed: bool = False
    _script: Script = field(default_factory=Script)
    _name: str = ""
    _refused: bool = False
    _content: bool = False
    _rest: bytes = b""

    def connect(self) -> None:
        self.closed = self._content = False
        self._rest = b""

    def say(self, octets: bytes) -> bytes:
        """Take octets; return the answers to whole lines."""
        self.heard += octets
        self._rest += octets
        return b"".join(self._answers())

    def _answers(self) -> Iterator[bytes]:
        while b"\r\n" in self._rest and not self.closed:
            line, _, self._rest = self._rest.partition(b"\r\n")
            answer = self._answer(line)
            self._refused |= answer[:1] in b"45" and bool(answer)
            self.closed = answer == CLOSING
            yield answer

    def _answer(self, line: bytes) -> bytes:
        if self._content:
            if line != b".":
                return b""
            self._content = False
            self.contents.append(self._name)
            return self._script.dot
        if line == b"RSET":
            return OK
        if line.startswith(b"MAIL"):
            self._name = line[11:].partition(b"@")[0].decode()
            self._script, self._refused = self.scripts.get(self._name, Script()), False
            return self._script.mail
        if self._refused and not (self._script.lax and line == b"DATA"):
            return b"503 5.5.1 not now\r\n"
        if line.startswith(b"RCPT"):
            return self._script.rcpt
        assert line == b"DATA", line
        self._content = self._script.data == GO
        return self._script.data


Ends = dict[str, tuple[Step | None, int]]
"""By name: the step and the code of the verdict; no step: in doubt (1) or twice without a verdict (0)."""


def play(server: Server, names: Sequence[str], *, pipelining: bool, portions: Iterator[int]) -> Ends:
    """Hand all mails over, on one connection after the other, and return how each ended."""
    waiting, ends, tried = deque(map(mail, names)), Ends(), set[str]()
    while waiting:
        talk = one_connection(server, waiting, ends, Talk(pipelining), portions)
        if talk.in_flight is not None:
            ends[talk.in_flight.key] = (None, 1)
        if talk.offered is not None and talk.offered.key in tried:
            ends[talk.offered.key] = (None, 0)
        elif talk.offered is not None:
            tried.add(talk.offered.key)
            waiting.appendleft(talk.offered)
    return ends


def one_connection(
    server: Server, waiting: deque[Mail], ends: Ends, talk: Talk, portions: Iterator[int]
) -> Talk:
    """Speak until the mails are through or the connection is over; return what that leaves open."""
    received, on_the_way = bytearray(), b""
    server.connect()
    while not talk.over:
        if talk.may_transmit:
            talk, pieces = transmit(talk)
            on_the_way += server.say(b"".join(pieces))
        if talk.may_offer and waiting:
            talk, octets = offer(talk, waiting.popleft())
            on_the_way += server.say(octets)
        portion = min(next(portions, 1), len(on_the_way))
        assert portion or server.closed or not talk.unanswered, "the server owes an answer"
        if not portion:
            break
        received += on_the_way[:portion]
        on_the_way = on_the_way[portion:]
        try:
            while not talk.over and not talk.may_transmit and (reply := take_reply(received)):
                talk, heard = hear(talk, *reply)
                if isinstance(heard, Say):
                    on_the_way += server.say(heard.octets)
                elif isinstance(heard, Verdict):
                    assert heard.mail.key not in ends, "two verdicts"
                    ends[heard.mail.key] = (heard.step, heard.reply.code)
        except (ValueError, TransportError):
            break  # out of step: the connection is closed
    return talk


answers = st.sampled_from([OK, OK, OK, LATER, REFUSED, CLOSING])
scripts = st.builds(
    Script, answers, answers, st.sampled_from([GO, GO, GO, LATER, REFUSED]), answers, st.booleans()
)
NAMES = ("anna", "bob", "chen", "dora", "emil")
all_scripts = st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, scripts))


@given(scripts=all_scripts, pipelining=st.booleans(), portions=st.lists(st.integers(1, 200), max_size=120))
@settings(deadline=None, max_examples=400)
def test_any_splitting_merging_and_delaying_of_answers_gives_the_same_end_to_each_mail(
    scripts: Mapping[str, Script], pipelining: bool, portions: list[int]
) -> None:
    at_once, cut = Server(scripts), Server(scripts)
    expected = play(at_once, NAMES, pipelining=pipelining, portions=iter([10_000] * 1000))
    assert play(cut, NAMES, pipelining=pipelining, portions=iter(portions)) == expected
    assert cut.contents == at_once.contents


@given(scripts=all_scripts)
@settings(deadline=None, max_examples=400)
def test_both_engines_come_to_the_same_end_for_each_mail(scripts: Mapping[str, Script]) -> None:
    pipelined, lockstep = Server(scripts), Server(scripts)
    portions = [10_000] * 1000
    assert play(pipelined, NAMES, pipelining=True, portions=iter(portions)) == play(
        lockstep, NAMES, pipelining=False, portions=iter(portions)
    )
    assert pipelined.contents == lockstep.contents


@given(scripts=all_scripts, pipelining=st.booleans())
@settings(deadline=None, max_examples=200)
def test_nobody_gets_content_twice_or_after_a_refusal_and_everybody_has_an_end(
    scripts: Mapping[str, Script], pipelining: bool
) -> None:
    server = Server(scripts)
    ends = play(server, NAMES, pipelining=pipelining, portions=iter([10_000] * 1000))
    assert set(ends) == set(NAMES)
    assert len(set(server.contents)) == len(server.contents)
    for name, (step, _) in ends.items():
        assert (name in server.contents) == (step is Step.DOT or ends[name] == (None, 1))


@given(
    said=st.lists(st.sampled_from([OK, GO, LATER, REFUSED, CLOSING, b"xyz\r\n", b"250-a\r\n"]), max_size=12)
)
@settings(deadline=None)
def test_a_server_that_says_whatever_it_likes_never_gets_an_empty_mail(said: list[bytes]) -> None:
    talk, octets = offer(Talk(pipelining=True), mail("anna"))
    wire, received = octets, bytearray(b"".join(said))
    try:
        while not talk.over and (reply := take_reply(received)):
            talk, heard = hear(talk, *reply)
            if isinstance(heard, GoAhead):
                talk, pieces = transmit(talk)
                wire += b"".join(pieces)
    except (ValueError, TransportError):
        pass
    assert b"DATA\r\n.\r\n" not in wire
    assert wire.count(b"\r\n.\r\n") <= 1


def test_where_pipelining_is_offered_the_envelope_is_one_write_and_the_next_follows_the_dot() -> None:
    talk, octets = offer(Talk(pipelining=True), mail("anna"))
    assert octets == b"MAIL FROM:<anna@x.test>\r\nRCPT TO:<to@x.test>\r\nDATA\r\n"
    for code in (250, 250, 354):
        talk, heard = hear(talk, code, b"")
    assert heard == GoAhead()
    talk, _ = transmit(talk)
    assert talk.may_offer
    talk, octets = offer(talk, mail("bob"))
    assert octets.startswith(b"MAIL FROM:<bob@x.test>")
    talk, heard = hear(talk, 250, b"2.0.0 queued")
    assert isinstance(heard, Verdict) and heard.mail.key == "anna"


def test_where_it_is_not_offered_each_command_waits_for_its_answer() -> None:
    talk, octets = offer(Talk(pipelining=False), mail("anna"))
    assert octets == b"MAIL FROM:<anna@x.test>\r\n"
    talk, heard = hear(talk, 250, b"")
    assert heard == Say(b"RCPT TO:<to@x.test>\r\n")
    talk, heard = hear(talk, 250, b"")
    assert heard == Say(b"DATA\r\n")
    talk, heard = hear(talk, 354, b"")
    assert heard == GoAhead()
    talk, _ = transmit(talk)
    assert not talk.may_offer


def test_a_recipient_who_was_refused_while_data_was_let_in_ends_the_session() -> None:
    talk, _ = offer(Talk(pipelining=True), mail("anna"))
    for code in (250, 550):
        talk, _ = hear(talk, code, b"")
    talk, heard = hear(talk, 354, b"")
    assert isinstance(heard, Verdict) and heard.reply.code == 550
    assert talk.over and not talk.may_transmit


@BOTH
def test_a_refused_envelope_is_cleared_away_before_the_next_one(pipelining: bool) -> None:
    server = Server({"anna": Script(rcpt=REFUSED)})
    play(server, ["anna", "bob"], pipelining=pipelining, portions=iter([10_000] * 50))
    assert server.heard.index(b"RSET") < server.heard.index(b"MAIL FROM:<bob")
    assert server.contents == ["bob"]


ANSWERS = st.sampled_from(
    [
        *(OK, GO, CLOSING, REFUSED, LATER, b"250 ok\n", b"250-one\r\n250 two\r\n", b"354\r\n", b"250 o"),
        *(
            b"251 ok\r\n",
            b"252 ok\r\n",
            b"355 go\r\n",
            b"250-ok\r\n",
            b"250 a\rb\r\n",
            b"250 \n",
            b"250 \0\n",
            b"\n",
        ),
    ]
)
ALL_BUT_ONE = st.builds(
    lambda usual, at, answer: [*usual[:at], answer, *usual[at + 1 :]],
    st.sampled_from([[OK, OK, GO], [OK, OK, OK, GO]]),
    st.integers(0, 4),
    ANSWERS,
)


@given(st.lists(ANSWERS, max_size=6) | ALL_BUT_ONE, st.booleans(), st.booleans())
@settings(deadline=None, max_examples=1000)
def test_what_is_heard_at_once_is_what_is_heard_one_answer_after_the_other(
    answers: list[bytes], pipelining: bool, in_flight: bool
) -> None:
    talk, _ = offer(Talk(pipelining), mail("anna"))
    if pipelining and in_flight:
        talk = talk._replace(in_flight=mail("bernd"), unanswered=(Step.DOT, *talk.unanswered))
    at_once = hear_at_once(talk, b"".join(answers))
    if at_once is None:
        return
    one_by_one, rest, heard = talk, bytearray(b"".join(answers)), []
    while reply := take_reply(rest):
        one_by_one, what = hear(one_by_one, *reply)
        heard += [what] if what is not None else []
    assert at_once == (one_by_one, heard)
    assert rest == b""


def test_a_bare_cr_ends_no_answer() -> None:
    talk, _ = offer(Talk(pipelining=True), mail("anna"))
    assert hear_at_once(talk, b"250 ok\r250 ok\r354 go on\r\n") is None


@pytest.mark.parametrize("in_flight", [None, mail("bernd")])
def test_the_usual_answers_are_heard_at_once(in_flight: Mail | None) -> None:
    talk, _ = offer(Talk(pipelining=True), mail("anna"))
    received = OK + OK + GO
    heard: list[GoAhead | Verdict] = [GoAhead()]
    if in_flight:
        talk = talk._replace(in_flight=in_flight, unanswered=(Step.DOT, *talk.unanswered))
        received = b"250 2.0.0 Ok: queued\r\n" + received
        heard = [Verdict(in_flight, Step.DOT, Reply(250, "2.0.0", "Ok: queued")), *heard]
    assert hear_at_once(talk, received) == (talk._replace(unanswered=(), in_flight=None), heard)


def test_after_the_goodbye_nothing_is_heard_any_more() -> None:
    talk, _ = offer(Talk(pipelining=True), mail("anna"))
    assert hear_at_once(talk._replace(over=True), OK + OK + GO) is None
