"""What became of what was stored about one person, and where the office's own files still name them.

Edge: prints to stdout. `pipeline/erasure.py` erases, this page only says it.
"""

from collections.abc import Iterable

from rich.text import Text

from isa_mail.cli.terminal import console, count, plain, show_paragraph
from isa_mail.model.findings import Place
from isa_mail.pipeline.erasure import Erased


def show_erased(done: Erased) -> None:
    """Print how much is gone, what stays, and what is left to do by hand."""
    if done.was_unknown:
        _show_unknown(done)
        return
    gone = (
        (done.deliveries, "row of the journal", "rows of the journal"),
        (done.mails, "mail in the outbox", "mails in the outbox"),
        (len(done.builds), "build", "builds"),
    )
    what = ", ".join(count(number, *nouns) for number, *nouns in gone if number)
    show_paragraph(
        Text(f"{plain(done.address)} is erased{f': {what}' if what else ''}.", style="bold"), hang=0
    )
    kept = "Only a keyed hash is kept, so that no list brings them back: they get nothing from now on."
    show_paragraph(kept, hang=0)
    for edition in done.builds:
        show_paragraph(
            f"The build of {plain(edition)} named them; make it again: isa-mail build {plain(edition)}"
        )
    _name("Your lists still name them. Delete these rows yourself:", [row.place for row in done.listed])
    _name("Your own texts and settings name them, and what is built of them will:", done.texts)
    _show_unread(done)
    beyond = "Backups, exports, mail programs and the mail server's own log are not in isa-mail's hands."
    show_paragraph(Text(beyond, style="dim"), hang=0)


def _show_unknown(done: Erased) -> None:
    """Say that nothing was found. A hash is kept all the same: a row deleted by hand may come back with a list."""
    address = plain(done.address)
    show_paragraph(
        Text(
            f"Nothing was found under {address}, so there was nothing to erase: check the spelling.",
            style="bold",
        ),
        hang=0,
    )
    show_paragraph(
        "A keyed hash of it is kept all the same, so that no list brings this address in: it gets nothing from now on. "
        f"If it is misspelt, take that back: isa-mail suppress --undo --consent {address}",
        hang=0,
    )
    _show_unread(done)


def _show_unread(done: Erased) -> None:
    for error in done.unread:
        said = f"Not looked through: {plain(str(error.place))}: {plain(error.message)}"
        show_paragraph(Text(said, style="yellow"))


def _name(title: str, places: Iterable[Place]) -> None:
    shown = list(places)
    if shown:
        show_paragraph(title, hang=0)
    for place in shown:
        console().print(f"  {plain(str(place))}")
