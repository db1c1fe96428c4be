"""Where the workspace's own texts name an address.

    mention_of("anna@example.org") -> isa-mail.toml:9, editions/2026-09/10-editorial.txt:4

Edge: reads texts. What the office wrote is only named.
"""

import re
from collections.abc import Iterator

from isa_mail.model.findings import Place
from isa_mail.workspace.environment import ENV_FILE
from isa_mail.workspace.find import Workspace


def places_in_texts(workspace: Workspace, mention: re.Pattern[str]) -> Iterator[Place]:
    """Name the lines of settings, editions and templates in which `mention` finds something."""
    own = (
        path for folder in ("editions", "templates") for path in sorted((workspace.root / folder).rglob("*"))
    )
    for path in (workspace.settings_file, workspace.root / ENV_FILE, *own):
        if path.is_file():
            text = path.read_bytes().decode("utf-8", "replace")
            for number, line in enumerate(text.split("\n"), 1):
                if mention.search(line):
                    yield workspace.place(path, number)


def builds_that_mention(workspace: Workspace, mention: re.Pattern[str]) -> Iterator[str]:
    """Name the editions whose build, made when their texts said something else, holds what `mention` finds."""
    for folder in sorted((workspace.root / "build").glob("*")):
        files = (path for path in folder.rglob("*") if path.is_file())
        if any(mention.search(path.read_bytes().decode("utf-8", "replace")) for path in files):
            yield folder.name
