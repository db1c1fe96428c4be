"""Whether an edition could go out from here: everything short of sending.

    isa-mail.toml, .env, the mail server, journal, suppressions, build -> Checks, one after the other

Joins workspace/, store/ and delivery/. Sends nothing and writes nothing.
"""

from collections.abc import Iterator, Mapping

from isa_mail.errors import BuildError, IsaMailError
from isa_mail.model.findings import Check, Severity
from isa_mail.model.publication import DeliverySettings, SmtpSettings
from isa_mail.workspace.built import MESSAGE_FILE, read_current_build
from isa_mail.workspace.environment import read_smtp_settings
from isa_mail.workspace.find import Workspace
from isa_mail.workspace.precautions import check_env_file, check_journal
from isa_mail.workspace.providers import beyond, provider_of
from isa_mail.workspace.settings import Settings, read_settings


def check_up(workspace: Workspace, edition: str | None, environment: Mapping[str, str]) -> Iterator[Check]:
    """Look at everything in turn; what fails does not keep the rest from being looked at. `edition` None: none yet."""
    settings = smtp = None
    try:
        settings = read_settings(workspace.settings_file)
        yield Check(
            "Settings", f"isa-mail.toml is complete; the sender is {settings.publication.sender.address}"
        )
    except IsaMailError as error:
        yield _failed("Settings", error)
    try:
        smtp = read_smtp_settings(workspace.root, environment)
    except IsaMailError as error:
        yield _failed("Mail server", error)
    else:
        yield _mail_server(smtp)
    if settings:
        yield _lists(workspace, settings)
    yield check_env_file(workspace.root)
    yield check_journal(workspace.journal)
    yield _suppressions(workspace)
    largest = 0
    if settings and edition is not None:
        check, largest = _build(workspace, settings, edition)
        yield check
    if smtp:
        from isa_mail.delivery.smtp import try_out

        yield from try_out(smtp, largest=largest)
        if settings:
            yield _pace(settings.delivery, smtp)


def _failed(name: str, error: IsaMailError) -> Check:
    where = f"{error.place}: " if error.place else ""
    return Check(name, f"{where}{error.message}", error.hint, Severity.BLOCKS)


def _mail_server(smtp: SmtpSettings | None) -> Check:
    if smtp is None:
        return Check(
            "Mail server",
            "none: SMTP_HOST is not set, so mail is written to outbox/ and nothing is sent",
            "Copy .env.example to .env and fill in what your provider says.",
            Severity.BLOCKS,
        )
    return Check("Mail server", f"{smtp.host}, port {smtp.port}, {smtp.security.value}")


def _lists(workspace: Workspace, settings: Settings) -> Check:
    try:
        files = [workspace.list_file(name) for name in settings.lists]
    except IsaMailError as error:
        return _failed("Lists", error)
    if not files:
        return Check(
            "Lists", "none is named", 'Write lists = ["members.csv"] into isa-mail.toml.', Severity.WARNING
        )
    return Check("Lists", ", ".join(workspace.place(path).file for path in files))


def _suppressions(workspace: Workspace) -> Check:
    """The file of those who left must be there once anything was sent; both files must be whole."""
    from isa_mail.pipeline.planning import check_suppressions_present
    from isa_mail.store.records import Records
    from isa_mail.store.suppressions import Suppressions

    name = "Who left"
    try:
        if workspace.journal.exists():
            Records.open(workspace.journal).close()
        check_suppressions_present(workspace)
        if not workspace.suppressions.exists():
            return Check(name, "nobody yet; the first send makes the file")
        with Suppressions.open(workspace.suppressions, create=False) as suppressions:
            number = sum(1 for _ in suppressions.list())
    except IsaMailError as error:
        return _failed(name, error)
    return Check(name, f"{number:,} in {workspace.place(workspace.suppressions).file}; keep a copy of it")


def _build(workspace: Workspace, settings: Settings, edition: str) -> tuple[Check, int]:
    """Whether an edition is built, and the octets of its largest letter."""
    try:
        build = read_current_build(workspace, edition, settings.publication)
    except BuildError as error:
        return Check("Edition", error.message, error.hint, Severity.WARNING), 0
    largest = max(files[MESSAGE_FILE] for files in build.sizes.values())
    return Check(
        "Edition", f"{edition} is built ({build.fingerprint[:12]}), up to {largest / 1000:.0f} KB a mail"
    ), largest


def _pace(delivery: DeliverySettings, smtp: SmtpSettings) -> Check:
    said = (
        f"{delivery.sessions} at a time, {delivery.messages_per_minute or 'any number'} a minute, "
        f"{delivery.messages_per_day or 'any number'} a day"
    )
    provider = provider_of(smtp.host)
    too_much = beyond(delivery, provider) if provider else ()
    if provider and too_much and delivery.provider != provider:
        hint = f'Write provider = "{provider}" below [delivery] in isa-mail.toml, and take out {", ".join(too_much)}.'
        return Check("Pace", f"{said}: more than {provider} usually allows", hint, Severity.WARNING)
    return Check("Pace", said)
