"""The plan of a send: who gets it, who does not and why, and whether it may go out at all.

    build/ + lists + journal + suppressions -> SendPlan, or a refusal that names the file and the next step

Joins recipients/, message/, store/, delivery/ and workspace/. Everything is read, checked and merged here before the
first connection (promise 2). Writes nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from isa_mail.delivery.pace import DAY, MINUTE
from isa_mail.errors import BuildError, SendRefused, Several
from isa_mail.model.findings import Place
from isa_mail.model.mail import Delivery, Dispatch, State, TransportName
from isa_mail.model.people import Recipient, StagedRow
from isa_mail.model.publication import DeliverySettings, Input, SmtpSettings
from isa_mail.pipeline.audience import People, StagedLists
from isa_mail.pipeline.groups import OPEN_STATES, Group, group_of, settled
from isa_mail.pipeline.lists import (
    Comparison,
    Letters,
    compare,
    count_letters,
    fallback_language,
    greeter,
    language_chooser,
    mark_who_left,
    read_lists,
)
from isa_mail.pipeline.sample import keeps_from_sending
from isa_mail.workspace import built as build_folder
from isa_mail.workspace.built import Build
from isa_mail.workspace.find import Workspace
from isa_mail.workspace.settings import Settings

if TYPE_CHECKING:
    from isa_mail.message.template import MessageTemplate
    from isa_mail.store.audience import Kind
    from isa_mail.store.records import Records
    from isa_mail.store.suppressions import Suppressions


_BLOCKING_SHOWN = 10  # findings named in a refusal; the count is whole
# Nobody means a link without a target, a placeholder, a picture that is not there, or the sample's imprint: whoever is
# in a hurry is not shown the way around them.
_NEVER_MEANT = ("C105", "C106", "C114", "T710", "H102", "P101", "M109", "S102", "S103")


class SendOptions(NamedTuple):
    """What a person may ask of one `send`."""

    lists: tuple[str, ...] = ()  # --to; empty: those of isa-mail.toml
    where: tuple[tuple[str, str], ...] = ()
    limit: int | None = None
    retry: State | None = None  # UNKNOWN or FAILED
    changed: bool = False
    dry_run: bool = False

    @property
    def whole(self) -> bool:
        """Whether these are all of the lists: only then can someone be missing."""
        return not (self.where or self.lists)


class Plan(NamedTuple):
    """All people of a run, each in exactly one group; recipients in list order, made when they are asked for."""

    new: People  # never tried
    open: People  # pending or deferred from an earlier run
    retried: People  # unknown or failed, tried again because --retry says so
    done: Mapping[State, int]  # sent, written, failed, unknown: not touched
    suppressed: People  # left; nothing is sent to them
    gone: tuple[str, ...]  # keys that are still open in the journal, but on no list any more
    limit: int | None = None

    @property
    def staged(self) -> People:
        """The people whose rows are entered, or refreshed: those beyond the limit as well."""
        return self.new + self.open + self.retried

    @property
    def to_send(self) -> People:
        """The people to whom this run hands over a mail, in list order within their group."""
        return (self.retried + self.open + self.new).up_to(self.limit)


class SendPlan(NamedTuple):
    """All that a person should know before saying yes; nothing has left yet."""

    edition: str
    transport: TransportName
    smtp: SmtpSettings | None
    build: Build
    templates: Mapping[str, "MessageTemplate"]  # by language, as built when the plan was made: these go out
    plan: Plan
    fresh: bool  # whether anyone gets this build; those in doubt get again what they may have
    outbox_anew: bool  # whether these mails take the place of those of an earlier rehearsal
    lists: StagedLists
    unused_lists: tuple[str, ...]
    letters: Letters  # of the mails of this run
    suppression_changed: datetime | None
    suppression_stamp: object  # of those who left when they were asked for; see `Suppressions.stamp`
    previous: Comparison | None  # None for a selection as well: it says nothing of the lists
    outbox: str  # the folder, as a person would type it
    upload: str  # where its web folder has to lie by now; "": nowhere
    pace: DeliverySettings
    seconds: float  # until the last mail leaves at the set pace, retries aside


def make_send_plan(
    workspace: Workspace,
    settings: Settings,
    options: SendOptions,
    smtp: SmtpSettings | None,
    current: Build,
    journal: "Records",
    suppressions: "Suppressions",
    now: datetime,
) -> SendPlan:
    from isa_mail.delivery.plan import seconds_needed

    edition = current.edition
    _check_findings(workspace, current, options.lists or settings.lists)
    transport = TransportName.SMTP if smtp else TransportName.OUTBOX
    templates = built_templates(current)
    lists, used = read_send_lists(workspace, settings, options)
    audience = lists.audience
    if settings.copy_to and not options.where:
        lists = _with_copy(lists, templates, settings)
    known = journal.dispatch(edition, transport)
    outbox_anew = transport is TransportName.OUTBOX and _is_another_rehearsal(workspace, known, current)
    erased = {} if outbox_anew else journal.erased(edition, transport)
    stamp = suppressions.stamp()
    back = mark_who_left(audience, suppressions, erased)  # who was erased and is on a list: no mail twice
    if not outbox_anew:
        rows = journal.deliveries(edition, transport, stopped=True)
        audience.note_states(_states(rows, {key: erased[digits] for digits, key in back.items()}))
    plan = _plan(lists, options, greeter(templates, language_chooser(current.folders, settings)))
    if transport is TransportName.SMTP:
        _check_sent_file(workspace, edition, journal)
    # Those who are unknown are tried again with the letter that they may have; all others get this build.
    fresh = plan.new + plan.open
    fresh = plan.retried + fresh if options.retry is State.FAILED else fresh
    if (
        known
        and not outbox_anew
        and known.fingerprint != current.fingerprint
        and len(fresh)
        and not options.changed
    ):
        raise _changed_since_first_send(edition, journal.inputs(known.fingerprint), current)
    _check_merge(templates, current, settings, fresh, lists)
    letters = count_letters(
        plan.to_send, tuple(current.folders), fallback_language(current.folders, settings)
    )
    earlier = latest_hand_overs(journal, settings.delivery, now)
    seconds = seconds_needed(len(plan.to_send), settings.delivery, earlier, now.timestamp())
    return SendPlan(
        edition=edition,
        transport=transport,
        smtp=smtp,
        build=current,
        templates=templates,
        plan=plan,
        fresh=len(fresh) > 0,
        outbox_anew=outbox_anew,
        lists=lists,
        unused_lists=workspace.unused_lists(used),
        letters=letters,
        suppression_changed=suppressions.last_change(),
        suppression_stamp=stamp,
        previous=compare(audience, journal, edition, settings.copy_to) if options.whole else None,
        outbox=workspace.place(workspace.outbox_directory(edition)).file,
        upload=settings.publication.web_folder(edition) or "",
        pace=settings.delivery,
        seconds=seconds if smtp else 0,
    )


def _states(rows: Iterable[Delivery], returned: dict[str, State]) -> Iterator[tuple[str, State]]:
    """Yield the state of each key once; `returned`: what it was when somebody was erased who is on a list again.

    What they got since counts, unless that is nothing, since they had left: that takes back no mail in doubt.
    """
    for row in rows:
        key = row.key
        if row.entered.header and not (row.state is State.SUPPRESSED and key in returned):
            returned.pop(key, None)
            yield key, row.state
    yield from returned.items()


def _is_another_rehearsal(workspace: Workspace, known: Dispatch | None, current: Build) -> bool:
    """Whether what lies in the outbox is of an older build, or was deleted: then all is written anew.

    Nothing of it was sent, so nobody gets anything twice.
    """
    if known is None:
        return False
    return known.fingerprint != current.fingerprint or not workspace.outbox_directory(known.edition).exists()


def read_send_lists(
    workspace: Workspace, settings: Settings, options: SendOptions
) -> tuple[StagedLists, tuple[Path, ...]]:
    """Read the lists of a run, and say which files they are. Raises ListError and SendRefused."""
    return read_lists(workspace, settings, options.lists, options.where)


def _plan(lists: StagedLists, options: SendOptions, finish: Callable[[Recipient], Recipient] | None) -> Plan:
    counts = lists.audience.counts()
    groups: dict[Group, list[Kind]] = {group: [] for group in Group}
    for kind in counts:
        groups[group_of(kind.state, suppressed=kind.suppressed, retry=options.retry)].append(kind)

    def people(group: Group) -> People:
        kinds = tuple(groups[group])
        return People(lists, (kinds,), sum(counts[kind] for kind in kinds), finish=finish)

    done: dict[State, int] = {}
    for kind in groups[Group.DONE]:
        state = settled(kind.state)
        assert state is not None
        done[state] = done.get(state, 0) + counts[kind]
    return Plan(
        new=people(Group.NEW),
        open=people(Group.OPEN),
        retried=people(Group.RETRIED),
        done=done,
        suppressed=people(Group.LEFT),
        gone=lists.audience.gone(OPEN_STATES) if options.whole else (),
        limit=options.limit,
    )


def _with_copy(
    lists: StagedLists, templates: Mapping[str, "MessageTemplate"], settings: Settings
) -> StagedLists:
    """Add `copy_to` as one more person, journaled like everyone: never twice, and counted.

    A merge field without fallback shows its own name there: the copy must not keep an edition from going out.
    """
    from isa_mail.recipients.people import person_cells, person_header

    assert settings.copy_to is not None
    required = {
        field.name
        for template in templates.values()
        for field in template.fields
        if field.fallback is None and field.name not in ("address", "greeting")
    }
    mailbox, place = settings.copy_to, settings.copy_to_place
    fields = sorted(required - {"name"} if mailbox.name else required)
    copy = Recipient(
        mailbox.address,
        mailbox.name,
        None,
        {"address": mailbox.address, **({"name": mailbox.name} if mailbox.name else {})}
        | {name: f"[{name}]" for name in fields},
        place,
    )
    header = person_header(place.file, copy.fields)
    cells = person_cells(copy, copy.fields)
    lists.audience.add(StagedRow(copy.key, len(lists.headers), place.line, cells, None))
    return lists._replace(headers=(*lists.headers, header))


def latest_hand_overs(journal: "Records", pace: DeliverySettings, now: datetime) -> list[float]:
    """When mail left before `now`, as far back as the limits look, oldest first, in seconds since 1970.

    Where there is no limit nobody asks, and a million of them would be read for nothing. What left later than now,
    because the clock was set back since, counts as just now: nobody waits for the clock.
    """
    seconds = DAY if pace.messages_per_day else MINUTE if pace.messages_per_minute else 0.0
    since = now - timedelta(seconds=seconds)
    return [min(at, now).timestamp() for at in journal.hand_overs(since)] if seconds else []


def check_suppressions_present(workspace: Workspace, journal: "Records | None" = None) -> None:
    """Refuse to go on without the file of those who left, once anything was sent: from here, or from elsewhere.

    `journal` is the open one; None opens it, if there is one. Raises SendRefused.
    """
    from isa_mail.store.records import Records

    if workspace.suppressions.exists():
        return
    sent = any(workspace.sent_file(edition).exists() for edition in workspace.editions())
    if not sent and journal is not None:
        sent = journal.anything_sent()
    elif not sent and workspace.journal.exists():
        with Records.open(workspace.journal) as opened:
            sent = opened.anything_sent()
    if sent:
        raise SendRefused(
            "Mail has been sent before, but the file of those who left is missing.",
            place=workspace.place(workspace.suppressions),
            hint="Restore it from a backup. If nobody ever left, start an empty one: isa-mail suppress --init",
        )


def _check_sent_file(workspace: Workspace, edition: str, journal: "Records") -> None:
    """Refuse what another machine has sent: there is a sent.txt, but nothing was handed over from here."""
    path = workspace.sent_file(edition)
    begun_here = any((name, via) == (edition, TransportName.SMTP) for name, via, _ in journal.editions_sent())
    if path.exists() and not begun_here:
        raise SendRefused(
            f"The edition {edition} was sent already, and this machine's journal knows nothing of it:\n"
            f"{path.read_text(encoding='utf-8', errors='replace').strip()}",
            place=workspace.place(path),
            hint="Go on from that machine, or bring its .isa-mail folder here. "
            "Only if nobody got it: delete sent.txt.",
        )


def _changed_since_first_send(edition: str, then: tuple[Input, ...], current: Build) -> SendRefused:
    words = "; ".join(build_folder.changed(tuple(then), current.inputs)) or "isa-mail itself has changed"
    return SendRefused(
        f"Some people have {edition} already, and it was built anew since: {words}.",
        hint="Undo the change and build again, or give the rest the new version: isa-mail send --changed",
    )


def _check_findings(workspace: Workspace, current: Build, lists: Sequence[str]) -> None:
    """Refuse what `build` has found and nobody has accepted: a placeholder, a link without a target."""
    open_ones = keeps_from_sending(workspace, current, lists)
    if not open_ones:
        return
    for one in open_ones:
        if one.code == "S102":  # another edition is meant: no build mends that
            raise SendRefused(f"{one.message} ({one.code})", place=one.place, hint=one.hint)
    shown = "\n".join(f"{one.place}: {one.message} ({one.code})" for one in open_ones[:_BLOCKING_SHOWN])
    more = f"\n… and {len(open_ones) - _BLOCKING_SHOWN} more" if len(open_ones) > _BLOCKING_SHOWN else ""
    perhaps = next((one for one in open_ones if one.code not in _NEVER_MEANT), None)
    accept = f"--accept {perhaps.code}:{perhaps.place}" if perhaps else ""
    meant = f" If it is meant so: isa-mail check {current.edition} {accept}" if perhaps else ""
    raise SendRefused(
        f"{len(open_ones)} {'finding keeps' if len(open_ones) == 1 else 'findings keep'} {current.edition} "
        f"from being sent:\n{shown}{more}",
        hint=f"Mend it and build again; isa-mail check {current.edition} tells how.{meant}",
    )


def _check_merge(
    templates: Mapping[str, "MessageTemplate"],
    current: Build,
    settings: Settings,
    recipients: People,
    lists: StagedLists,
) -> None:
    """Refuse the whole send if any merge field lacks value and fallback for anyone (promise 2)."""
    from isa_mail.message.lacking import lacking_errors, required_fields

    suspects = recipients.perhaps_without(required_fields(templates.values()))
    language_of = language_chooser(current.folders, settings)
    people = ((recipient, language_of(recipient)) for recipient in suspects)
    errors = lacking_errors(templates, people, lists.columns)
    if errors:
        raise errors[0] if len(errors) == 1 else Several(errors)


def built_templates(current: Build) -> dict[str, "MessageTemplate"]:
    """Read the compiled letters of a build, by language.

    Raises BuildError if one is damaged or belongs to another build, as when it is built anew just now.
    """
    from isa_mail.message.template import MessageTemplate

    place = Place(str(current.directory))
    templates = {
        language: MessageTemplate.from_bytes(current.letter(language), place=place)
        for language in current.folders
    }
    if any(template.fingerprint != current.fingerprint for template in templates.values()):
        raise BuildError(
            f"The build of {current.edition} is put together from two builds.",
            place=place,
            hint=f"Make it again: isa-mail build {current.edition}",
        )
    return templates
