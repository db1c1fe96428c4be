"""The plan of a send: who gets it, who does not and why, and whether it may go out at all.

    build/ + lists + journal + suppressions -> SendPlan, or a refusal that names the file and the next step

Joins recipients/, message/, store/, delivery/ and workspace/. Everything is read, checked and merged here before the
first connection (promise 2). Writes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from isa_mail.errors import BuildError, SendRefused, Several
from isa_mail.model import DeliverySettings, Input, Place, Recipient, SmtpSettings, State, TransportName
from isa_mail.workspace import built as build_folder
from isa_mail.workspace.built import Build
from isa_mail.workspace.find import Workspace
from isa_mail.workspace.settings import Settings

if TYPE_CHECKING:
    from isa_mail.delivery.plan import Plan
    from isa_mail.message.template import MessageTemplate
    from isa_mail.recipients.read import RecipientLists
    from isa_mail.store.journal import Journal
    from isa_mail.store.suppressions import Suppressions


@dataclass(frozen=True, slots=True)
class SendOptions:
    """What a person may ask of one `send`."""

    lists: tuple[str, ...] = ()  # --to; empty: those of isa-mail.toml
    where: tuple[tuple[str, str], ...] = ()
    limit: int | None = None
    retry: State | None = None  # UNKNOWN or FAILED
    changed: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class SendPlan:
    """All that a person should know before saying yes; nothing has left yet."""

    edition: str
    transport: TransportName
    smtp: SmtpSettings | None
    build: Build
    templates: Mapping[str, "MessageTemplate"]  # by language, as built when the plan was made: these go out
    plan: "Plan"
    fresh: bool  # whether anyone gets this build; those in doubt get again what they may have
    lists: "RecipientLists"
    unused_lists: tuple[str, ...]
    languages: Mapping[str, int]  # mails of this run by the language of the letter
    suppression_changed: datetime | None
    previous: "Comparison | None"  # None for a selection as well: it says nothing of the lists
    outbox: str  # the folder, as a person would type it
    pace: DeliverySettings
    seconds: float  # until the last mail leaves at the set pace, retries aside


@dataclass(frozen=True, slots=True)
class Comparison:
    """The lists now against those of the last edition sent."""

    edition: str
    new: int
    gone: int


def make_send_plan(
    workspace: Workspace,
    settings: Settings,
    options: SendOptions,
    smtp: SmtpSettings | None,
    current: Build,
    journal: "Journal",
    suppressions: "Suppressions",
    now: datetime,
) -> SendPlan:
    from isa_mail.delivery.plan import make_plan, seconds_needed

    edition = current.edition
    transport = TransportName.SMTP if smtp else TransportName.OUTBOX
    templates = built_templates(current)
    lists, used = read_send_lists(workspace, settings, options)
    recipients = _selected(lists, options)
    if settings.copy_to and not options.where:
        recipients = _with_copy(recipients, templates, settings)
    states = {row.recipient.key: row.state for row in journal.deliveries(edition, transport, stopped=True)}
    whole = not (options.where or options.lists)
    plan = make_plan(
        recipients,
        states,
        suppressions.among(recipient.key for recipient in recipients).__contains__,
        retry=options.retry,
        limit=options.limit,
        whole=whole,
    )
    if transport is TransportName.SMTP:
        _check_sent_file(workspace, edition, journal)
    # Those who are unknown are tried again with the letter that they may have; all others get this build.
    fresh = plan.new + plan.open + (plan.retried if options.retry is State.FAILED else ())
    known = journal.dispatch(edition, transport)
    if known and known.fingerprint != current.fingerprint and fresh and not options.changed:
        raise _changed_since_first_send(edition, journal.inputs(known.fingerprint), current)
    _check_merge(templates, current, settings, fresh, lists)
    languages: dict[str, int] = {}
    for recipient in plan.to_send:
        language = language_for(recipient, current, settings)
        languages[language] = languages.get(language, 0) + 1
    earlier = latest_hand_overs(journal, now)
    seconds = seconds_needed(len(plan.to_send), settings.delivery, earlier, now.timestamp())
    return SendPlan(
        edition=edition,
        transport=transport,
        smtp=smtp,
        build=current,
        templates=templates,
        plan=plan,
        fresh=bool(fresh),
        lists=lists,
        unused_lists=workspace.unused_lists(used),
        languages=languages,
        suppression_changed=suppressions.last_change(),
        previous=_compare(journal, edition, recipients) if whole else None,
        outbox=workspace.place(workspace.outbox_directory(edition)).file,
        pace=settings.delivery,
        seconds=seconds if smtp else 0,
    )


def read_send_lists(
    workspace: Workspace, settings: Settings, options: SendOptions
) -> tuple["RecipientLists", tuple[Path, ...]]:
    from isa_mail.recipients.read import read_lists

    names = options.lists or settings.lists
    if not names:
        raise SendRefused(
            "No recipient list is named.",
            place=workspace.place(workspace.settings_file),
            hint='Write lists = ["members.csv"] into isa-mail.toml, or name one: --to members.csv',
        )
    paths = tuple(workspace.list_file(name) for name in names)
    return read_lists(paths, root=workspace.root), paths


def _selected(lists: "RecipientLists", options: SendOptions) -> tuple[Recipient, ...]:
    from isa_mail.recipients.select import select

    return select(lists, options.where)


def _with_copy(
    recipients: tuple[Recipient, ...], templates: Mapping[str, "MessageTemplate"], settings: Settings
) -> tuple[Recipient, ...]:
    """Append `copy_to` as one more recipient, journaled like everyone: never twice, and counted.

    A merge field without fallback shows its own name there: the copy must not keep an edition from going out.
    """
    assert settings.copy_to is not None
    required = {
        field.name
        for template in templates.values()
        for field in template.fields
        if field.fallback is None and field.name != "address"
    }
    fields = {name: f"[{name}]" for name in required}
    copy = Recipient(settings.copy_to.address, settings.copy_to.name, None, fields, settings.copy_to_place)
    return recipients if any(row.key == copy.key for row in recipients) else (*recipients, copy)


def language_for(recipient: Recipient, current: Build, settings: Settings) -> str:
    """Choose the letter: the recipient's language, else the publication's order of languages."""
    wanted = (recipient.language, *settings.publication.languages, *current.folders)
    return next(language for language in wanted if language and language in current.folders)


def latest_hand_overs(journal: "Journal", now: datetime) -> list[float]:
    """When mail left in the day before `now`, oldest first, in seconds since 1970.

    What left later than now, because the clock was set back since, counts as just now: nobody waits for the clock.
    """
    return [min(at, now).timestamp() for at in journal.hand_overs(now - timedelta(days=1))]


def check_suppressions_present(workspace: Workspace, journal: "Journal | None" = None) -> None:
    """Refuse to go on without the file of those who left, once anything was sent: from here, or from elsewhere.

    `journal` is the open one; None opens it, if there is one. Raises SendRefused.
    """
    from isa_mail.store.journal import Journal

    if workspace.suppressions.exists():
        return
    sent = any(workspace.sent_file(edition).exists() for edition in workspace.editions())
    if not sent and journal is not None:
        sent = journal.anything_sent()
    elif not sent and workspace.journal.exists():
        with Journal.open(workspace.journal) as opened:
            sent = opened.anything_sent()
    if sent:
        raise SendRefused(
            "Mail has been sent before, but the file of those who left is missing.",
            place=workspace.place(workspace.suppressions),
            hint="Restore it from a backup. If nobody ever left, start an empty one: isa-mail suppress --init",
        )


def _check_sent_file(workspace: Workspace, edition: str, journal: "Journal") -> None:
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


def _compare(journal: "Journal", edition: str, recipients: tuple[Recipient, ...]) -> Comparison | None:
    previous = journal.last_edition_before(edition, TransportName.SMTP)
    if previous is None:
        return None
    then = journal.keys(previous, TransportName.SMTP)
    now = {recipient.key for recipient in recipients}
    return Comparison(previous, len(now - then), len(then - now))


def _check_merge(
    templates: Mapping[str, "MessageTemplate"],
    current: Build,
    settings: Settings,
    recipients: tuple[Recipient, ...],
    lists: "RecipientLists",
) -> None:
    """Refuse the whole send if any merge field lacks value and fallback for anyone (promise 2)."""
    from isa_mail.message.lacking import lacking_errors

    people = ((recipient, language_for(recipient, current, settings)) for recipient in recipients)
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
