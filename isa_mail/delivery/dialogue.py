"""The dialogue of one session: what may be said next, and what an answer means.

    offer(Talk(pipelining=True), mail) -> Talk, b"MAIL FROM:<…>\\r\\nRCPT TO:<…>\\r\\nDATA\\r\\n"
    hear(talk, 250, b"ok") … hear(talk, 354, b"go on") -> Talk, GoAhead()
    transmit(talk) -> Talk, (b"From: …\\r\\n", b".\\r\\n")     and the next `offer` may follow in the same write
    hear(talk, 250, b"queued") -> Talk, Verdict(mail, Step.DOT, Reply(250, …))

Pure: values in, values out, no socket and no clock. `session.py` drives this page. Both engines are here: with
PIPELINING the envelope goes out in one write, and the next envelope together with the final dot; without it each
command waits for the answer to the one before. The octets are the same.

An envelope that was offered is abandoned by closing the connection, never by a dot: an empty DATA is accepted as an
empty mail. So a recipient who was refused while DATA was let in ends the session, too.

Sources: RFC 5321 sections 3.3 (order) and 4.2 (replies), RFC 2920 section 3.1 (what may be pipelined).
"""

import re
from enum import Enum, auto
from typing import NamedTuple, TypeAlias

from isa_mail.delivery.commands import DATA, FINAL_DOT, RSET, Mail
from isa_mail.delivery.replies import parse_reply
from isa_mail.model.mail import Reply

_CLOSING = 421  # "service not available, closing transmission channel"
_GO_AHEAD = 354


class Step(Enum):
    """A command that wants an answer."""

    RSET = auto()
    MAIL = auto()
    RCPT = auto()
    DATA = auto()
    DOT = auto()


_ENVELOPE = (Step.MAIL, Step.RCPT, Step.DATA)
_DOT = (Step.DOT,)
_DOT_AND_ENVELOPE = _DOT + _ENVELOPE


class Talk(NamedTuple):
    """Where a dialogue stands between two answers."""

    pipelining: bool
    unanswered: tuple[Step, ...] = ()  # what was said and not yet answered, oldest first
    offered: Mail | None = None  # its envelope is out, its content is not
    refusal: "Verdict | None" = None  # of `offered`: the first no, while its other answers are on their way
    in_flight: Mail | None = None  # its final dot is out, and nobody knows yet
    unclean: bool = False  # a refused envelope is left behind: RSET comes before the next one
    over: bool = False  # the connection is to be closed; nothing more may be said

    @property
    def may_offer(self) -> bool:
        """Whether one more envelope may go out now."""
        return not self.over and self.offered is None and (self.pipelining or self.in_flight is None)

    @property
    def may_transmit(self) -> bool:
        """Whether the server waits for the content of what was offered."""
        return not self.over and self.offered is not None and not self.unanswered

    @property
    def answered(self) -> "Talk":
        """The same with one answer less to wait for; what `_replace` does, in half the time."""
        return Talk(self.pipelining, self.unanswered[1:], *self[2:])


class Say(NamedTuple):
    """The next command is due."""

    octets: bytes


class GoAhead(NamedTuple):
    """The server waits for the content: `transmit`, or close."""


class Verdict(NamedTuple):
    """The server has decided about a mail, at this step."""

    mail: Mail
    step: Step
    reply: Reply


Heard: TypeAlias = Say | GoAhead | Verdict | None

_GO = GoAhead()
_AT_DOT = Step.DOT  # to ask an Enum for its member costs as much as a call
# To the final dot, if one is out, and to an envelope.
_YES = re.compile(rb"(?:250 ([^\n]*+)\n)?250 [^\n]*+\n250 [^\n]*+\n354 [^\n]*+\n")


def offer(talk: Talk, mail: Mail) -> tuple[Talk, bytes]:
    """Begin a mail. Only where `may_offer` says so."""
    pipelining, unanswered, offered, _, in_flight, unclean, over = talk
    assert offered is None and not over and (pipelining or in_flight is None), talk
    steps: tuple[Step, ...]
    if pipelining:
        steps, octets = _ENVELOPE, mail.mail_from + mail.rcpt_to + DATA
        if unclean:
            steps, octets = (Step.RSET, *steps), RSET + octets
    else:
        steps, octets = ((Step.RSET,), RSET) if unclean else ((Step.MAIL,), mail.mail_from)
    return Talk(pipelining, unanswered + steps, mail, None, in_flight), octets


def transmit(talk: Talk) -> tuple[Talk, tuple[bytes, ...]]:
    """Give the content and the final dot of what was offered. Only where `may_transmit` says so."""
    pipelining, unanswered, mail, _, _, unclean, over = talk
    assert mail is not None and not over and not unanswered, talk
    return Talk(pipelining, _DOT, None, None, mail, unclean), (*mail.content, FINAL_DOT)


def hear_at_once(talk: Talk, octets: bytes) -> tuple[Talk, list[GoAhead | Verdict]] | None:
    """Take what nearly always comes, and comes together: yes to the mail in flight, and yes to the envelope behind it.

    The same as `take_reply` and `hear` for each of them, in a fifth of the time. None: that is not what has come,
    or not all of it, or it is not what was asked.
    """
    yes = _YES.fullmatch(octets)
    pipelining, unanswered, offered, _, in_flight, _, over = talk
    if yes is None or over:
        return None
    # Nothing was refused: then fewer answers would be waited for than are compared here.
    now = Talk(pipelining, (), offered)
    if yes[1] is None:
        return (now, [_GO]) if unanswered == _ENVELOPE else None
    if unanswered != _DOT_AND_ENVELOPE:
        return None
    assert in_flight is not None
    return now, [Verdict(in_flight, _AT_DOT, parse_reply(250, yes[1])), _GO]


def hear(talk: Talk, code: int, raw: bytes) -> tuple[Talk, Heard]:
    r"""Take one whole reply: its code, and its lines without their codes joined by b"\n".

    Raises ValueError or TransportError if it cannot be the answer to what was said: then the two sides are out
    of step, and the connection is to be closed.
    """
    if not talk.unanswered:
        if code == _CLOSING:
            return talk._replace(over=True), None
        raise ValueError("the server answered before it was asked")
    step, talk = talk.unanswered[0], talk.answered
    if step is Step.DOT:
        return _dot_answered(talk, parse_reply(code, raw))
    if step is Step.RSET:
        if not 200 <= code <= 299:
            return talk._replace(over=True), None
        return _next_command(talk, Step.MAIL)
    if step is Step.DATA:
        return _data_answered(talk, code, raw)
    if not 200 <= code <= 299:
        return _refused(talk, step, parse_reply(code, raw))
    return _next_command(talk, Step.RCPT if step is Step.MAIL else Step.DATA)


def _dot_answered(talk: Talk, reply: Reply) -> tuple[Talk, Heard]:
    pipelining, unanswered, offered, refusal, mail, unclean, over = talk
    assert mail is not None
    over = over or reply.code == _CLOSING
    return Talk(pipelining, unanswered, offered, refusal, None, unclean, over), Verdict(mail, Step.DOT, reply)


def _next_command(talk: Talk, step: Step) -> tuple[Talk, Heard]:
    """Say the next command in lockstep; where it is pipelined, it is out already."""
    if talk.pipelining:
        return talk, None
    mail = talk.offered
    assert mail is not None
    octets = {Step.MAIL: mail.mail_from, Step.RCPT: mail.rcpt_to, Step.DATA: DATA}[step]
    return talk._replace(unanswered=(step,)), Say(octets)


def _refused(talk: Talk, step: Step, reply: Reply) -> tuple[Talk, Heard]:
    """Note a no to MAIL or RCPT; it is the verdict once the answers that are still due have come."""
    assert talk.offered is not None
    refusal = talk.refusal or Verdict(talk.offered, step, reply)
    if talk.pipelining and reply.code != _CLOSING:
        return talk._replace(refusal=refusal), None
    return _done_with(talk._replace(over=reply.code == _CLOSING), refusal)


def _data_answered(talk: Talk, code: int, raw: bytes) -> tuple[Talk, Heard]:
    refusal = talk.refusal
    if refusal is not None:
        waits_for_content = not 400 <= code <= 599  # and must not get any
        return _done_with(talk._replace(over=waits_for_content or code == _CLOSING), refusal)
    if code == _GO_AHEAD:
        return talk, GoAhead()
    reply = parse_reply(code, raw)
    if reply.code < 300:  # "done" instead of "go ahead": whatever that server means, it is out of step
        raise ValueError(f"the server answered {reply} to DATA")
    assert talk.offered is not None
    return _done_with(talk, Verdict(talk.offered, Step.DATA, reply))


def _done_with(talk: Talk, refusal: Verdict) -> tuple[Talk, Heard]:
    over = talk.over or refusal.reply.code == _CLOSING
    return talk._replace(offered=None, refusal=None, unclean=True, over=over), refusal
