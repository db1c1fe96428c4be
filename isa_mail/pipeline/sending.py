"""From the build to the recipients.

    build/ + lists + journal + suppressions -> SendPlan -> (a person says yes) -> Sending.deliver -> Deliveries

Joins recipients/, message/, store/, delivery/ and workspace/. Reads only what `build` stored: neither Jinja2 nor
premailer is ever loaded here (promise 1). Nothing leaves before all of it is read and merged (promise 2).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import datetime
from functools import cache
from itertools import groupby, islice
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

from isa_mail.errors import BuildError, Busy, SendRefused, StoreError
from isa_mail.model.findings import Place
from isa_mail.model.mail import Delivery, Dispatch, Message, Reply, State
from isa_mail.model.people import Recipient, entered_together
from isa_mail.model.publication import Mailbox, SmtpSettings
from isa_mail.pipeline.lists import greeted, letter_chooser
from isa_mail.pipeline.planning import (
    SendOptions,
    SendPlan,
    built_templates,
    check_suppressions_present,
    latest_hand_overs,
    make_send_plan,
    read_send_lists,
)
from isa_mail.workspace import built as build_folder
from isa_mail.workspace.find import Workspace
from isa_mail.workspace.settings import Settings

if TYPE_CHECKING:
    from isa_mail.delivery.outbox import Outbox
    from isa_mail.delivery.session import SmtpSession
    from isa_mail.message.template import MessageTemplate
    from isa_mail.store.journal import Journal
    from isa_mail.store.suppressions import Suppressions


_PAGE = 500  # rows in memory at a time


class Sending:
    """A send in hand: its plan, and the delivery once a person has said yes."""

    def __init__(
        self,
        workspace: Workspace,
        settings: Settings,
        plan: SendPlan,
        journal: "Journal",
        suppressions: "Suppressions",
    ) -> None:
        self.plan = plan
        self._workspace = workspace
        self._settings = settings
        self._journal = journal
        self._suppressions = suppressions
        self._letter = letter_chooser(plan.build.folders, settings)

    def rehearse(self, *, now: datetime) -> None:
        """Merge every message and forget it: all of a delivery but the connection. Raises MergeError."""
        from isa_mail.message.merge import merge

        for recipient in self.plan.plan.to_send:
            merge(self.plan.templates[self._letter(recipient.language)], recipient, date=now)

    def deliver(
        self,
        *,
        now: Callable[[], datetime],
        sleep: Callable[[float], None],
        stopping: Callable[[], bool],
        at_once: Callable[[], bool] = lambda: False,
        machine: str,
    ) -> Iterator[Delivery]:
        """Hand over the plan's mails; yield each recipient's new state as it comes.

        Everything is in the journal before the first connection. Raises TransportError if the server cannot be
        reached or refuses the login, StoreError if the journal cannot be written; what was yielded stands.
        """
        from isa_mail.delivery.clock import SteadyClock

        try:
            yield from self._deliver(SteadyClock(now), sleep, stopping, at_once, machine)
        finally:  # who was to be tried again and was not: the next run has to be asked anew
            self._journal.close_reopened(self.plan.edition, self.plan.transport)

    def _deliver(
        self,
        now: Callable[[], datetime],
        sleep: Callable[[float], None],
        stopping: Callable[[], bool],
        at_once: Callable[[], bool],
        machine: str,
    ) -> Iterator[Delivery]:
        from isa_mail.message.merge import merge_all

        plan, journal, smtp = self.plan, self._journal, self.plan.smtp
        dispatch, entered = self._begin(now())
        queue = self._queue(entered)

        @cache
        def template(fingerprint: str, language: str) -> "MessageTemplate":
            if fingerprint == plan.build.fingerprint and language in plan.templates:
                return plan.templates[language]
            return _stored_template(
                journal, fingerprint, language, self._workspace.place(self._workspace.journal)
            )

        def merged(rows: Sequence[Delivery]) -> list[Message]:
            messages: list[Message] = []
            kind = attrgetter("fingerprint", "language", "date", "entered.header")
            for (build, language, date, _), alike in groupby(rows, kind):
                people = entered_together([row.entered for row in alike])
                messages += merge_all(template(build, language), people, date=date)
            return messages

        if smtp is None:
            from isa_mail.delivery.outbox import Outbox, write_all

            yield from write_all(
                queue,
                outbox=Outbox(self._workspace.outbox_directory(plan.edition)),
                journal=journal.writer(dispatch),
                merge=merged,
                is_suppressed=self._suppressions.contains,
                now=now,
                stopping=stopping,
            )
            return
        from isa_mail.delivery.run import deliver
        from isa_mail.delivery.smtp import open_session

        with closing(journal.begin_flights(dispatch, now())) as flights:
            yield from deliver(
                queue,
                connect=lambda: open_session(smtp),
                journal=journal.writer(dispatch),
                flights=flights,
                merge=merged,
                leavers=self._suppressions,
                asked=plan.suppression_stamp,
                settings=self._settings.delivery,
                with_login=smtp.user is not None,
                history=latest_hand_overs(journal, self._settings.delivery, now()),
                now=now,
                sleep=sleep,
                stopping=stopping,
                at_once=at_once,
                first_hand_over=lambda: self._write_sent_file(now(), machine, len(plan.plan.to_send)),
            )

    def _queue(self, entered: int) -> Iterator[Delivery]:
        """Yield the rows of this run: whom the plan names, as the journal knows them; `entered` are new in it.

        Where each of the staged was entered just now, each is wanted, and no more rows are open, the open rows are the
        wanted ones, and are read in their order. It is a first send to everybody, as most are. Equal numbers alone say
        nothing: somebody wanted may be refused again, and somebody else be open.
        """
        where, people = (self.plan.edition, self.plan.transport), self.plan.plan
        wanted, counts = people.to_send, self.counts()
        opened = counts[State.PENDING] + counts[State.DEFERRED]
        if entered == len(people.staged) == len(wanted) == opened:
            yield from self._journal.deliveries(*where, (State.PENDING, State.DEFERRED))
            return
        keys = wanted.keys()
        while page := list(islice(keys, _PAGE)):
            yield from self._journal.open_among(*where, page)

    def counts(self) -> Mapping[State, int]:
        """Count all rows of this edition and transport, earlier runs included."""
        return self._journal.counts(self.plan.edition, self.plan.transport)

    def settle(self, *, now: datetime) -> None:
        """Where there is nothing to send: close the open rows of those who left, or are on no list any more."""
        if self._journal.dispatch(self.plan.edition, self.plan.transport):
            self._begin(now)

    def _begin(self, now: datetime) -> tuple[Dispatch, int]:
        """Enter the build and its people; return the dispatch, and how many are new in it."""
        plan, journal = self.plan, self._journal
        journal.recover(plan.edition, plan.transport, at=now)
        dispatch = journal.dispatch(plan.edition, plan.transport)
        if dispatch is not None and plan.outbox_anew:
            from isa_mail.delivery.outbox import Outbox

            Outbox(self._workspace.outbox_directory(plan.edition)).clear()
            journal.forget_rehearsal(plan.edition)
        if dispatch is None or plan.fresh or dispatch.fingerprint == plan.build.fingerprint:
            letters = {language: template.to_bytes() for language, template in plan.templates.items()}
            begun = Dispatch(plan.edition, plan.transport, plan.build.fingerprint, now)
            dispatch = journal.begin(begun, letters, plan.build.inputs)
        people = plan.plan
        journal.remove(dispatch, people.gone)
        retried = people.retried.up_to(people.limit)  # with --limit, the others stay as they are
        journal.reopen(dispatch, retried.keys())
        entered = journal.stage(dispatch, plan.lists.journal_headers, people.staged.entries(self._letter))
        self._leave_out(dispatch, now)
        return dispatch, entered

    def _leave_out(self, dispatch: Dispatch, now: datetime) -> None:
        """Enter those who left, as suppressed; rows that say so already stay as they are."""
        journal, where = self._journal, (dispatch.edition, dispatch.transport)
        told = {row.key for row in journal.deliveries(*where, (State.SUPPRESSED,))}
        entries = self.plan.plan.suppressed.entries(self._letter)
        left = (entry for entry in entries if entry[0] not in told)
        while page := list(islice(left, _PAGE)):
            erased = self._suppressions.among([key for key, *_ in page], erased=True)
            page = [entry for entry in page if entry[0] not in erased]  # nothing of them is to come back
            journal.stage(dispatch, self.plan.lists.journal_headers, page)
            rows = journal.open_among(*where, [key for key, *_ in page])
            if rows:
                journal.record(
                    dispatch, [row._replace(state=State.SUPPRESSED, reply="", at=now) for row in rows], now
                )

    def _write_sent_file(self, now: datetime, machine: str, mails: int) -> None:
        path = self._workspace.sent_file(self.plan.edition)
        if self.plan.smtp is None or path.exists():
            return
        text = (
            f"Edition: {self.plan.edition}\nFirst sent: {now.astimezone():%Y-%m-%d %H:%M %z}\n"
            f"From: {machine}\nMails in that run: {mails}\n"
        )
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise StoreError(
                f"The note that this edition went out cannot be written: {error.strerror}.",
                place=self._workspace.place(path),
                hint="Nothing was sent. Make the edition's folder writable, then run the same command again.",
            ) from error


@contextmanager
def sending(
    workspace: Workspace,
    settings: Settings,
    name: str,
    options: SendOptions,
    smtp: SmtpSettings | None,
    *,
    now: datetime,
) -> Iterator[Sending]:
    """Prepare a send: lists read, everything merged once for check, the plan made; nothing has left.

    Holds the edition's lock until the block ends, and that of the pace where one is set: each run counts for itself.
    A dry run takes no lock and writes nothing.

    Raises BuildError (no build, or out of date), ListError, MergeError (or Several), SendRefused, Busy.
    """
    from isa_mail.store.journal import Journal
    from isa_mail.store.lock import SendLock
    from isa_mail.store.suppressions import Suppressions

    current = build_folder.read_current_build(workspace, name, settings.publication)
    with ExitStack() as stack:
        journal_file, suppression_file = workspace.journal, workspace.suppressions
        if options.dry_run:
            from tempfile import TemporaryDirectory

            scratch = Path(stack.enter_context(TemporaryDirectory(prefix="isa-mail-")))
            journal_file = _or_scratch(journal_file, scratch)
        else:
            stack.enter_context(SendLock(workspace.send_lock(name)))
            if smtp is not None and settings.delivery.is_paced:
                _keep_other_editions_out(workspace, name, stack)
        journal = stack.enter_context(Journal.open(journal_file))
        check_suppressions_present(workspace, journal)
        if options.dry_run:
            suppression_file = _or_scratch(suppression_file, scratch)
        suppressions = stack.enter_context(Suppressions.open(suppression_file, create=True))
        plan = make_send_plan(workspace, settings, options, smtp, current, journal, suppressions, now)
        yield Sending(workspace, settings, plan, journal, suppressions)


def _keep_other_editions_out(workspace: Workspace, name: str, stack: ExitStack) -> None:
    """Hold the lock of the pace. Raises Busy, which names the edition that goes out at it."""
    from isa_mail.store.lock import SendLock, is_held

    try:
        stack.enter_context(SendLock(workspace.pace_lock))
    except Busy as error:
        others, other = (each for each in workspace.editions() if each != name), None
        with suppress(StoreError):  # then it is not named
            other = next((each for each in others if is_held(workspace.send_lock(each))), None)
        raise Busy(
            f"{other or 'Another edition'} is being sent right now; two at once would be faster than [delivery] in "
            "isa-mail.toml allows.",
            hint="Wait until it has finished, or stop it in its window with Ctrl-C and go on with it later; then run "
            "the same command again. How far it is: isa-mail status" + (f" {other}" if other else ""),
        ) from error


def _or_scratch(path: Path, scratch: Path) -> Path:
    """Where nothing may be written: the file if there is one, else an empty one that goes away."""
    return path if path.exists() else scratch / path.name


def send_test(
    workspace: Workspace,
    settings: Settings,
    name: str,
    mailbox: Mailbox,
    smtp: SmtpSettings | None,
    *,
    now: datetime,
) -> Iterator[tuple[str, Reply]]:
    """Hand over one mail a language to `mailbox`, marked [TEST]; yield (language, the server's reply).

    Never touches the journal. Merge values are the address's own row, else the fallbacks, else the field's name.
    Raises SendRefused if the address has left: no test is worth writing to someone who asked for nothing.
    """
    from isa_mail.message.identity import message_id
    from isa_mail.message.merge import merge

    _refuse_who_left(workspace, mailbox.address)
    current = build_folder.read_current_build(workspace, name, settings.publication)
    recipient = Recipient(mailbox.address, mailbox.name, None, {}, Place("--test"))
    if settings.lists:
        lists, _ = read_send_lists(workspace, settings, SendOptions())
        with lists.audience:
            found = lists.find(recipient.key)
        recipient = found[0] if found else recipient
    templates = built_templates(current)
    transport = _connect(workspace, name, smtp)
    try:
        for language, template in templates.items():
            message = merge(
                template,
                greeted(recipient, language, template.fields),
                date=now,
                subject_prefix="[TEST] ",
                message_id=message_id(
                    template, recipient.address, purpose=f"test {language} {now.isoformat()}"
                ),
                brackets=True,
            )
            yield language, transport.hand_over(message)
    finally:
        transport.close()


def _refuse_who_left(workspace: Workspace, address: str) -> None:
    from isa_mail.store.suppressions import Suppressions

    if not workspace.suppressions.exists():
        return
    with Suppressions.open(workspace.suppressions, create=False) as suppressions:
        if suppressions.contains(address):
            raise SendRefused(
                f"{address} has left and gets nothing, not even a test mail.",
                hint="Name another address: isa-mail send --test ADDRESS (isa-mail suppress --list shows who left).",
            )


def _stored_template(journal: "Journal", fingerprint: str, language: str, place: Place) -> "MessageTemplate":
    from isa_mail.message.template import MessageTemplate

    try:
        return MessageTemplate.from_bytes(journal.letter(fingerprint, language), place=place)
    except BuildError as error:  # its hint, to build anew, helps nobody who may have got the old letter
        raise StoreError(
            f"A letter that is kept in the journal cannot be used. {error.message}",
            place=place,
            hint="Bring .isa-mail back from a backup or, if isa-mail was updated since, send with the version before. "
            "Without --retry unknown, all others can still get theirs.",
        ) from error


def _connect(workspace: Workspace, edition: str, smtp: SmtpSettings | None) -> "SmtpSession | Outbox":
    from isa_mail.delivery.outbox import Outbox
    from isa_mail.delivery.smtp import open_session

    return open_session(smtp) if smtp else Outbox(workspace.outbox_directory(edition))
