"""Whatever is asked of the journal, in whatever order: nobody is mailed twice unasked, and nobody is forgotten."""

import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from store_examples import (
    ANNA,
    BERND,
    EDITION,
    FIRST_BUILD,
    NOON,
    SECOND_BUILD,
    SMTP,
    dispatch,
    person,
    staged,
)

from isa_mail.addresses import mention_of
from isa_mail.model.mail import Delivery, State
from isa_mail.model.people import ERASED
from isa_mail.model.publication import Fingerprint
from isa_mail.store.journal import Journal

PEOPLE = (ANNA, BERND)  # few, so that operations meet
TAKEN = (State.SENT, State.WRITTEN)
OPEN = (State.PENDING, State.DEFERRED)
people = st.sampled_from(PEOPLE)
outcomes = st.sampled_from([state for state in State if state is not State.CLAIMED])


class JournalMachine(RuleBasedStateMachine):
    """A run of random operations; the model remembers what may have arrived, and as which bytes."""

    @initialize()
    def open_journal(self) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="isa-mail-test-"))
        self.journal = Journal.open(self.directory / "journal.sqlite3")
        self.taken: dict[str, State] = {}  # never changes again
        self.in_doubt: dict[str, tuple[Fingerprint, object, str]] = {}  # bytes that may have arrived
        self.asked: set[str] = set()  # a person asked to try them again
        self.ever_refused: set[str] = set()
        self.refused: set[str] = (
            set()
        )  # the server said no, and nobody asked since, or what was asked is over
        self.now = self.journal.begin(dispatch(), {"de": b"eins"})
        self.stage(list(PEOPLE), "A")

    def rows(self) -> dict[str, Delivery]:
        rows = self.journal.deliveries(EDITION, SMTP)
        return {row.recipient.key: row for row in rows if row.recipient.address}

    @rule(who=st.lists(people, unique=True), name=st.sampled_from(["A", "B"]))
    def stage(self, who: list[str], name: str) -> None:
        before = self.rows()
        new = self.journal.stage(self.now, *staged(*(person(key, name) for key in who)))
        assert new == len(set(who) - set(before))

    @rule(who=people, state=outcomes)
    def claim_and_answer(self, who: str, state: State) -> None:
        self.claim(who)
        self.answer(who, state)

    @rule(build=st.sampled_from([FIRST_BUILD, SECOND_BUILD]), days=st.integers(0, 2))
    def begin(self, build: Fingerprint, days: int) -> None:
        wanted = dispatch()._replace(fingerprint=build, date=NOON + timedelta(days=days))
        self.now = self.journal.begin(wanted, {"de": b"zwei"})

    @rule(who=people)
    def claim(self, who: str) -> None:
        row = self.rows().get(who)
        if row is None or row.state not in OPEN:
            try:
                self.journal.claim(self.now, [who], NOON)
            except ValueError:
                return
            raise AssertionError(f"{row} could be claimed")
        assert who not in self.taken
        assert who not in self.in_doubt or who in self.asked
        assert who not in self.refused
        if who in self.in_doubt:
            assert self.in_doubt[who] == (row.fingerprint, row.date, row.recipient.name)
        self.journal.claim(self.now, [who], NOON)
        self.in_hand(who, row)

    def in_hand(self, who: str, row: Delivery) -> None:
        claimed = self.rows()[who]
        assert claimed.state is State.CLAIMED
        assert (claimed.fingerprint, claimed.date, claimed.recipient) == (
            row.fingerprint,
            row.date,
            row.recipient,
        )

    @rule(who=people, state=outcomes)
    def answer(self, who: str, state: State) -> None:
        row = self.rows().get(who)
        if row is None:
            return
        outcome = row._replace(state=state, at=NOON, attempts=row.attempts + 1)
        needs_claim = state in (*TAKEN, State.UNKNOWN)
        allowed = row.state is State.CLAIMED or (row.state in OPEN and not needs_claim)
        try:
            self.journal.record(self.now, [outcome], NOON)
        except ValueError:
            assert not allowed
            return
        assert allowed
        if state in TAKEN:
            self.taken[who] = state
        if state is State.UNKNOWN:
            self.doubt(who, row)
        if state is State.FAILED:
            self.ever_refused.add(who)
            self.refused.add(who)

    def doubt(self, who: str, row: Delivery) -> None:
        self.in_doubt.setdefault(who, (row.fingerprint, row.date, row.recipient.name))
        self.asked.discard(who)

    @rule()
    def crash_and_recover(self) -> None:
        claimed = {key: row for key, row in self.rows().items() if row.state is State.CLAIMED}
        self.journal.close()
        self.journal = Journal.open(self.directory / "journal.sqlite3")
        assert self.journal.recover(EDITION, SMTP, at=NOON) == len(claimed)
        for key, row in claimed.items():
            self.doubt(key, row)
        self.what_was_asked_is_over()

    @rule()
    def close_reopened(self) -> None:
        self.journal.close_reopened(EDITION, SMTP)
        self.what_was_asked_is_over()

    def what_was_asked_is_over(self) -> None:
        in_hand = {key for key, row in self.rows().items() if row.state is State.CLAIMED}
        self.asked &= in_hand
        self.refused |= self.ever_refused - in_hand

    @rule(who=people)
    def erase(self, who: str) -> None:
        self.crash_and_recover()
        before = self.rows().get(who)
        earlier = self.journal.erased(EDITION, SMTP).get(
            f"hash of {who}"
        )  # erased once already, and came back
        assert self.journal.erase(who, f"hash of {who}", mention_of(who), ERASED) == (before is not None)
        assert who not in self.rows()
        if before is not None:
            found = self.journal.erased(EDITION, SMTP)[f"hash of {who}"]
            if before.state is State.SUPPRESSED and earlier is not None:
                assert found in (earlier, State.SUPPRESSED)
            elif before.state not in OPEN:
                assert found is before.state
            elif who in self.in_doubt:
                assert found is State.UNKNOWN
            else:  # nobody is left open to whom nothing can be sent
                assert found in (State.SUPPRESSED, State.FAILED)
        for known in (self.taken, self.in_doubt):
            known.pop(who, None)
        self.asked.discard(who)
        self.refused.discard(who)
        self.ever_refused.discard(who)

    @rule()
    def reopen(self) -> None:
        for who in PEOPLE:
            if self.journal.reopen(self.now, [who]):
                self.asked.add(who)
                self.refused.discard(who)

    @rule(who=people)
    def remove(self, who: str) -> None:
        self.journal.remove(self.now, [who])

    @invariant()
    def what_was_taken_stays_taken(self) -> None:
        rows = self.rows()
        for key, state in self.taken.items():
            assert rows[key].state is state

    @invariant()
    def what_may_have_arrived_or_was_refused_is_never_forgotten(self) -> None:
        rows = self.rows()
        for key in self.in_doubt.keys() | self.refused:
            assert key in rows

    def teardown(self) -> None:
        if hasattr(self, "journal"):
            self.journal.close()
            shutil.rmtree(self.directory)


JournalMachine.TestCase.settings = settings(deadline=None, max_examples=100, stateful_step_count=30)
TestJournalMachine = JournalMachine.TestCase
