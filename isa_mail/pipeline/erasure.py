"""Forget one person, who still gets nothing (Art. 17 GDPR).

    "anna@example.org" -> journal, flight logs, outbox, builds, list of those who left: nothing of the address is left

Joins store/, delivery/, recipients/ and workspace/. What isa-mail wrote is overwritten; what the office wrote, its
lists and texts, is never touched, only named. After a kill in between, the same command ends what was begun.
"""

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime

from isa_mail.addresses import mention_of
from isa_mail.errors import Busy, ListError
from isa_mail.model.findings import Place
from isa_mail.model.people import ERASED, Reason
from isa_mail.pipeline.person import ListedRow, look_through_lists
from isa_mail.pipeline.planning import check_suppressions_present
from isa_mail.store.rewriting import overwrite
from isa_mail.workspace.find import Workspace
from isa_mail.workspace.mentions import builds_that_mention, places_in_texts
from isa_mail.workspace.settings import Settings


@dataclass(frozen=True, slots=True)
class Erased:
    """What became of what was stored about one person."""

    address: str
    was_suppressed: bool  # already, before this
    deliveries: int  # rows of the journal that are anonymous now
    mails: int  # in the outbox, deleted
    builds: tuple[str, ...]  # editions to be built again
    listed: tuple[ListedRow, ...]  # rows of lists that still name the person
    texts: tuple[Place, ...]  # lines of settings, editions and templates that do
    unread: tuple[ListError, ...]  # lists that could not be looked through

    @property
    def was_unknown(self) -> bool:
        """Whether nothing was found under this address: as a rule it is misspelt."""
        return not (
            self.was_suppressed or self.deliveries or self.mails or self.builds or self.listed or self.texts
        )


def erase(workspace: Workspace, settings: Settings | None, address: str, *, now: datetime) -> Erased:
    """Erase an address that `parse_address` has checked; suppress it first if it is not suppressed yet.

    Raises Busy while a send is running, SendRefused if the list of those who left is lost, StoreError.
    """
    from isa_mail.delivery.outbox import mails_to
    from isa_mail.store.journal import Journal
    from isa_mail.store.suppressions import Suppressions

    key, mention = address.lower(), mention_of(address)
    check_suppressions_present(workspace)
    with ExitStack() as stack:
        _keep_sends_out(workspace, stack)
        suppressions = stack.enter_context(Suppressions.open(workspace.suppressions, create=True))
        new = suppressions.add(address, reason=Reason.BY_HAND, at=now, source="")  # before all else: no mail
        deliveries = 0
        if workspace.journal.exists():
            with Journal.open(workspace.journal) as journal:
                for log in journal.recover_all(at=now):
                    overwrite(log)
                deliveries = journal.erase(key, suppressions.hash(address), mention, ERASED)
        mails = [mail for folder in (workspace.root / "outbox").glob("*") for mail in mails_to(folder, key)]
        for mail in mails:
            overwrite(mail)
        builds = tuple(builds_that_mention(workspace, mention))
        for edition in builds:
            overwrite(workspace.build_directory(edition))
        suppressions.erase(address, mention, ERASED)
    listed, unread = look_through_lists(workspace, settings, mention, key)
    texts = tuple(places_in_texts(workspace, mention))
    return Erased(address, not new, deliveries, len(mails), builds, listed, texts, unread)


def _keep_sends_out(workspace: Workspace, stack: ExitStack) -> None:
    from isa_mail.store.lock import SendLock

    for edition in workspace.editions():
        try:
            stack.enter_context(SendLock(workspace.send_lock(edition)))
        except Busy as error:
            raise Busy(
                f"A send of {edition} is running; nobody can be erased meanwhile.",
                hint="Wait until it has finished, or stop it in its window with Ctrl-C; then run the same command "
                "again. Until then, isa-mail suppress ADDRESS keeps it from writing to this person.",
            ) from error
