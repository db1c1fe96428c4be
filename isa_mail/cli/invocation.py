"""What every command starts from: the folder named by -C, the environment, and whether to debug.

Edge. Workspace and settings are read when a command asks for them, since `init` has none yet.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

if TYPE_CHECKING:  # imported late: settings need email.* and tomllib, which --help must not load
    from isa_mail.workspace.find import Workspace
    from isa_mail.workspace.settings import Settings

edition_argument = click.argument("edition", required=False)
"""EDITION is optional everywhere and means the newest."""


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
"""Which lists, and whom on them."""


def person_address(text: str) -> str:
    """Read the address of a person who may be on a list. Raises AddressError, which tells how to find it by name."""
    from isa_mail.addresses import parse_address
    from isa_mail.errors import AddressError

    try:
        return parse_address(text, international=True)
    except AddressError as error:
        if "@" in text:
            raise
        raise AddressError(
            error.message,
            hint="Name the e-mail address, not the person. isa-mail preview finds people on the lists by any part of "
            "their name, and shows their address.",
        ) from None


class Invocation(NamedTuple):
    """One run of isa-mail."""

    directory: Path
    environment: Mapping[str, str]
    debug: bool

    def workspace(self) -> "Workspace":
        """Find the workspace; raises SettingsError if there is none."""
        from isa_mail.workspace.find import find_workspace

        return find_workspace(self.directory, self.environment)

    def settings(self) -> "Settings":
        """Read isa-mail.toml; raises SettingsError."""
        from isa_mail.workspace.settings import read_settings

        return read_settings(self.workspace().settings_file)


pass_invocation = click.make_pass_decorator(Invocation)
