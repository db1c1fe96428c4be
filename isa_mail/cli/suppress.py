"""`isa-mail suppress ADDRESS`: who left gets nothing, whatever the lists say; and who is to be forgotten altogether."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from isa_mail.cli.invocation import Invocation, pass_invocation, person_address
from isa_mail.model.people import ERASED, Reason

if TYPE_CHECKING:
    from collections.abc import Callable

    from isa_mail.model.people import Suppression
    from isa_mail.workspace.find import Workspace
    from isa_mail.workspace.settings import Settings

_BY_US = "isa-mail suppress"


@click.command("suppress")
@click.argument("addresses", metavar="[ADDRESS]...", nargs=-1)
@click.option(
    "--reason",
    type=click.Choice([reason.value for reason in Reason if reason is not Reason.BY_HAND]),
    help="Why (default: by hand).",
)
@click.option(
    "--source", metavar="TEXT", help='Who or what said so, for example "mail of 2 October"; kept with it.'
)
@click.option(
    "--bounced",
    "edition",
    metavar="EDITION",
    is_flag=False,
    flag_value="",
    help="Suppress those of EDITION whose address does not exist, as the mail server said.",
)
@click.option("--list", "show", is_flag=True, help="Show who is suppressed, since when and why.")
@click.option(
    "--import",
    "import_file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Suppress everybody in FILE, which is read like a list; columns reason, since and source are kept.",
)
@click.option(
    "--export",
    "export_file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write who is suppressed to FILE, as CSV for a spreadsheet.",
)
@click.option("--undo", is_flag=True, help="ADDRESS was suppressed by mistake: let them get mail again.")
@click.option(
    "--consent",
    is_flag=True,
    help="With --undo, of who unsubscribed, complained or was erased: they have asked again, or it was a slip.",
)
@click.option(
    "--erase",
    is_flag=True,
    help="Forget ADDRESS: nothing of it is left in what isa-mail wrote, and they still get nothing.",
)
@click.option(
    "--init", "create", is_flag=True, help="Make an empty file after recipients/suppressed.sqlite3 was lost."
)
@pass_invocation
def command(
    invocation: Invocation,
    addresses: tuple[str, ...],
    reason: str | None,
    source: str | None,
    edition: str | None,
    show: bool,
    import_file: Path | None,
    export_file: Path | None,
    undo: bool,
    consent: bool,
    erase: bool,
    create: bool,
) -> int:
    """Never write to ADDRESS again.

    Suppressed people get nothing, even when a list names them again later. A send that is running in another
    window leaves them out at once.
    """
    from isa_mail.pipeline.planning import check_suppressions_present

    chosen = {
        "--undo": undo,
        "--erase": erase,
        "--import": import_file is not None,
        "--export": export_file is not None,
        "--init": create,
        "--bounced": edition is not None,
        "--list": show,
    }
    _refuse_what_does_not_go_together(
        addresses, [name for name, given in chosen.items() if given], reason or source, consent
    )
    people = [person_address(address) for address in addresses]
    why = Reason(reason) if reason else Reason.BY_HAND
    workspace = invocation.workspace()
    if not create:
        check_suppressions_present(workspace)
    if undo:
        return _undo(workspace, people, consent=consent)
    if erase:
        return _erase(invocation, people)
    if import_file is not None:
        return _import(invocation, import_file, why, source or "")
    if export_file is not None:
        return _export(workspace, export_file)
    if create:
        _init(workspace)
    if people:
        _add(workspace, [(each, why, source or _BY_US) for each in people], _on_lists(invocation))
    if edition is not None:
        _add_bounced(workspace, edition)
    if show:
        _list(workspace)
    return 0


def _refuse_what_does_not_go_together(
    addresses: tuple[str, ...], chosen: list[str], words: str | None, consent: bool
) -> None:
    alone = [name for name in chosen if name in ("--undo", "--erase", "--import", "--export")]
    if alone and len(chosen) > 1:
        raise click.UsageError(f"{alone[0]} is done alone: leave out {', '.join(set(chosen) - {alone[0]})}.")
    if not (addresses or chosen):
        raise click.UsageError("Name one or more addresses, or use --list, --bounced, --import or --export.")
    if alone and alone[0] in ("--undo", "--erase") and not addresses:
        raise click.UsageError(f"Name the address: isa-mail suppress {alone[0]} ADDRESS")
    if alone and alone[0] in ("--import", "--export") and addresses:
        raise click.UsageError(f"{alone[0]} takes a file and no address.")
    if words and "--import" not in chosen and (alone or not addresses):
        raise click.UsageError("--reason and --source go with ADDRESS or --import.")
    if consent and "--undo" not in chosen:
        raise click.UsageError("--consent goes with --undo.")


# --- one by one -------------------------------------------------------------------------------------------


def _add(
    workspace: "Workspace", people: list[tuple[str, Reason, str]], is_listed: "Callable[[str], bool] | None"
) -> None:
    from isa_mail.cli.terminal import plain
    from isa_mail.store.suppressions import Suppressions

    now = datetime.now(UTC)
    with Suppressions.open(workspace.suppressions, create=True) as suppressions:
        for address, reason, source in people:
            new = suppressions.add(address, reason=reason, at=now, source=source)
            said = "will get nothing from now on" if new else "is suppressed already"
            unknown = new and is_listed is not None and not is_listed(address.lower())
            doubt = " (on none of your lists: check the spelling)" if unknown else ""
            click.echo(f"{plain(address)} {said}{doubt}.")


def _on_lists(invocation: Invocation) -> "Callable[[str], bool] | None":
    """Return what says whether a key is on the lists that `send` uses; None if they cannot be read."""
    from isa_mail.errors import IsaMailError
    from isa_mail.pipeline.planning import SendOptions, read_send_lists

    try:
        lists, _ = read_send_lists(invocation.workspace(), invocation.settings(), SendOptions())
    except IsaMailError:
        return None
    return lambda key: lists.find(key) is not None


def _add_bounced(workspace: "Workspace", edition: str) -> None:
    """Suppress each whose address does not exist; the source is what the server said."""
    from isa_mail.pipeline import standing

    name = workspace.edition(edition or None)
    gone = standing.report(workspace, name).gone
    if not gone:
        click.echo("No address of that edition that does not exist is left to suppress.")
        return
    _add(workspace, [(row.key, Reason.BOUNCED, f"{name}: {row.reply}") for row in gone], None)


def _undo(workspace: "Workspace", people: list[str], *, consent: bool) -> int:
    from isa_mail.cli.terminal import plain
    from isa_mail.pipeline.leaving import take_back

    for address in people:
        entry = take_back(workspace, address, consent=consent)
        click.echo(
            f"{plain(address)} gets mail again. They had been suppressed since {_since(entry)}, {entry.reason}."
        )
    return 0


def _erase(invocation: Invocation, people: list[str]) -> int:
    """Erase people; status 1 if lists could not be looked through, so that nobody believes they were."""
    from isa_mail.cli.erased import show_erased
    from isa_mail.pipeline.erasure import erase

    unread = False
    for address in people:
        done = erase(invocation.workspace(), _settings(invocation), address, now=datetime.now(UTC))
        show_erased(done)
        unread = unread or bool(done.unread)
    return int(unread)


def _settings(invocation: Invocation) -> "Settings | None":
    from isa_mail.errors import IsaMailError

    try:
        return invocation.settings()
    except IsaMailError:
        return None


# --- all at once ------------------------------------------------------------------------------------------


def _init(workspace: "Workspace") -> None:
    from isa_mail.store.suppressions import Suppressions

    Suppressions.open(workspace.suppressions, create=True).close()
    click.echo(f"recipients/{workspace.suppressions.name} is ready.")


def _list(workspace: "Workspace") -> None:
    from isa_mail.cli.terminal import console, plain, table
    from isa_mail.store.suppressions import Suppressions

    if not workspace.suppressions.exists():
        click.echo("Nobody is suppressed.")
        return
    with Suppressions.open(workspace.suppressions, create=False) as suppressions:
        entries = list(suppressions.list())
    addresses = [plain(entry.address or ERASED) for entry in entries]
    rows = table("Address", "Since", "Reason", "Source", first=addresses)
    for address, entry in zip(addresses, entries, strict=True):
        rows.add_row(address, _since(entry), entry.reason, plain(entry.source))
    console().print(rows)


def _import(invocation: Invocation, file: Path, reason: Reason, source: str) -> int:
    """Import; status 1 if somebody could not be suppressed who stands there."""
    from isa_mail.cli.terminal import console, count, plain, show_findings
    from isa_mail.pipeline.leaving import import_suppressions

    settings = _settings(invocation)
    lists = settings.lists if settings else ()
    done = import_suppressions(
        invocation.workspace(), lists, file, reason=reason, source=source, now=datetime.now(UTC)
    )
    show_findings(done.findings)
    if done.refused:
        console().print(
            f"{count(len(done.refused), 'row')} cannot be used, so nobody is suppressed by them:",
            style="yellow",
        )
    for row in done.refused:
        console().print(f"  {plain(str(row.place))}  {plain(row.text)}: {plain(row.reason)}")
    known = f"; {done.known:,} were suppressed already" if done.known else ""
    click.echo(f"{count(done.new, 'person', 'people')} will get nothing from now on{known}.")
    return int(bool(done.refused))


def _export(workspace: "Workspace", file: Path) -> int:
    """Write CSV as `status --csv` does, readable by its owner only; never over a file that is there."""
    import csv
    import os

    from isa_mail.cli.terminal import count, plain, visible
    from isa_mail.errors import SendRefused
    from isa_mail.pipeline.leaving import COLUMNS, export_rows
    from isa_mail.store.suppressions import Suppressions
    from isa_mail.typography.spreadsheet import guarded

    if not workspace.suppressions.exists():
        click.echo("Nobody is suppressed, so nothing was written.")
        return 0
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    except FileExistsError:
        raise SendRefused(
            f"{file} is there already, and nothing is written over it.",
            hint="Choose another name, or delete it first.",
        ) from None
    number = 0
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        for row in export_rows(workspace):
            writer.writerow([guarded(visible(cell)) for cell in row])
            number += 1
    with Suppressions.open(workspace.suppressions, create=False) as suppressions:
        erased = len(suppressions.erased())
    click.echo(f"{plain(str(file))} holds {count(number, 'address', 'addresses')}.")
    if erased:
        click.echo(
            f"{erased:,} more were erased and stand in no export: only recipients/{workspace.suppressions.name} "
            "keeps mail from them. Keep a copy of that file."
        )
    return 0


def _since(entry: "Suppression") -> str:
    return f"{entry.at.astimezone():%Y-%m-%d %H:%M}"
