"""`isa-mail person ADDRESS`: all that is stored about one person, as they may ask to be told (Art. 15 GDPR)."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import click

from isa_mail.cli.invocation import Invocation, pass_invocation, person_address

if TYPE_CHECKING:
    from isa_mail.pipeline.person import Entered, Stored


@click.command("person")
@click.argument("address")
@click.option("--json", "as_json", is_flag=True, help="Print JSON alone: all of it as one object.")
@pass_invocation
def command(invocation: Invocation, address: str, as_json: bool) -> int:
    """Print all that is stored about ADDRESS.

    Every list in recipients/ with file and line, whether they left, what became of their mail in every edition, their
    mails in the outbox, and where settings and texts name them. Nothing is changed.

    Exit status 1 if a list could not be looked through.
    """
    from isa_mail.cli.terminal import console, plain, table
    from isa_mail.errors import IsaMailError
    from isa_mail.pipeline.person import stored_about

    try:
        settings = invocation.settings()
    except IsaMailError:
        settings = None
    found = stored_about(invocation.workspace(), settings, person_address(address))
    if as_json:
        _print_json(found)
        return int(bool(found.unread))
    if found.is_nothing:
        click.echo(f"Nothing is stored about {plain(found.address)}.")
    else:
        console().print(f"Stored about {plain(found.address)}", style="bold")
        rows = table("Where", "What")
        for where, what in _rows(found):
            rows.add_row(plain(where), what)
        console().print(rows)
    for error in found.unread:
        console().print(
            f"Not looked through: {plain(str(error.place))}: {plain(error.message)}", style="yellow"
        )
    return int(bool(found.unread))


def _rows(found: "Stored") -> Iterator[tuple[str, str]]:
    """Yield where something stands, and what."""
    from isa_mail.cli.terminal import plain

    for row in found.listed:
        yield str(row.place), _values(row.cells)
    if found.suppression:
        entry = found.suppression
        parts = (entry.reason.value, f"since {entry.at.astimezone():%Y-%m-%d %H:%M}", plain(entry.source))
        kept = ", ".join(filter(None, parts))
        yield "Who left", kept if entry.address else f"{kept}; erased, only a keyed hash is kept"
    for one in found.entered:
        yield f"Edition {one.edition} ({one.transport})", _delivery(one)
    for place in found.outbox:
        yield "Outbox", plain(str(place))
    for place in found.logs:
        yield "Log of the last run", plain(str(place))
    for place in (*found.texts, *found.builds):
        yield str(place), "names them"


def _delivery(one: "Entered") -> str:
    from isa_mail.cli.terminal import plain

    row = one.delivery
    when = f" on {row.at.astimezone():%Y-%m-%d at %H:%M}" if row.at else ""
    said = [f"{row.state}{when}{': ' if row.reply else ''}{plain(row.reply)}"]
    if not row.recipient.address:
        return f"{said[0]}; erased, nothing else is kept"
    if row.recipient.name:
        said.append(plain(row.recipient.name))
    said.append(f"from {plain(str(row.recipient.place))}: {_values(row.recipient.fields)}")
    return "\n".join(said)


def _values(values: Mapping[str, str]) -> str:
    """Write each value once: the journal keeps it by its meaning and by the column's own name."""
    from isa_mail.cli.terminal import plain

    named: dict[str, str] = {}
    for name, value in values.items():
        named.setdefault(value, name)
    return ", ".join(
        f"{plain(name)} = {plain(value)}" if name else plain(value) for value, name in named.items()
    )


def _print_json(found: "Stored") -> None:
    import json

    left = found.suppression
    whole = {
        "address": found.address,
        "lists": [
            {"file": row.place.file, "line": row.place.line, "cells": dict(row.cells)} for row in found.listed
        ],
        "suppressed": left
        and {
            "since": left.at.isoformat(),
            "reason": left.reason,
            "source": left.source,
            "erased": left.address is None,
        },
        "deliveries": [
            {
                "edition": one.edition,
                "transport": one.transport,
                "state": one.delivery.state,
                "at": one.delivery.at.isoformat() if one.delivery.at else None,
                "reply": one.delivery.reply,
                "attempts": one.delivery.attempts,
                "letter": one.delivery.language,
                "name": one.delivery.recipient.name,
                "language": one.delivery.recipient.language,
                "fields": dict(one.delivery.recipient.fields),
                "file": one.delivery.recipient.place.file,
                "line": one.delivery.recipient.place.line,
            }
            for one in found.entered
        ],
        "outbox": [str(place) for place in found.outbox],
        "logs": [str(place) for place in found.logs],
        "texts": [str(place) for place in found.texts],
        "builds": [str(place) for place in found.builds],
        "not_looked_through": [str(error.place or error.message) for error in found.unread],
    }
    click.echo(json.dumps(whole, ensure_ascii=False, indent=1))
