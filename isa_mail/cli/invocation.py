"""What every command starts from: the folder named by -C, the environment, and whether to debug.

Edge. Workspace and settings are read when a command asks for them, since `init` has none yet.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:  # imported late: settings need email.* and tomllib, which --help must not load
    from isa_mail.workspace.find import Workspace
    from isa_mail.workspace.settings import Settings

edition_argument = click.argument("edition", required=False)
"""EDITION is optional everywhere and means the newest."""


@dataclass(frozen=True, slots=True)
class Invocation:
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
