"""The options by which a command is told which lists, and whom on them.

    --to press.csv --where Gruppe=Beirat -> ("press.csv",), (("Gruppe", "Beirat"),)

Edge: reads the command line.
"""

import click


def _conditions(
    context: click.Context, option: click.Parameter, texts: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    return tuple(_condition(text) for text in texts)


def _condition(text: str) -> tuple[str, str]:
    column, equals, value = text.partition("=")
    if not equals or not column.strip():
        raise click.BadParameter(f"{text!r} is not COLUMN=VALUE, for example language=zh.")
    return column.strip(), value.strip()


list_option = click.option(
    "--to",
    "lists",
    metavar="LIST",
    multiple=True,
    help="This list instead; may be repeated. A workbook's sheet: FILE#SHEET.",
)
where_option = click.option(
    "--where",
    metavar="COLUMN=VALUE",
    multiple=True,
    callback=_conditions,
    help="Only rows with this value; repeated: all must hold.",
)
