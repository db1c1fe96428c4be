"""Read lists in tests as `send` reads them: staged, settled, and everyone at hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from isa_mail.model.findings import Finding
from isa_mail.model.people import Recipient, RefusedRow
from isa_mail.pipeline.audience import ListReport, ListSource, Merged, stage_lists
from isa_mail.recipients.select import selector
from isa_mail.store.audience import Audience


@dataclass(frozen=True)
class ReadLists:
    recipients: tuple[Recipient, ...]
    refused: tuple[RefusedRow, ...]
    findings: tuple[Finding, ...]
    lists: tuple[ListReport, ...]
    columns: tuple[str, ...]
    merged: tuple[Merged, ...]

    def select(self, *where: tuple[str, str]) -> tuple[Recipient, ...]:
        return tuple(filter(selector(where, self.columns), self.recipients))


def read_files(*sources: Path | ListSource, root: Path) -> ReadLists:
    """Read lists in this order, and let go of the audience."""
    given: Sequence[ListSource] = [
        source if isinstance(source, ListSource) else ListSource(source) for source in sources
    ]
    with Audience() as audience:
        staged = stage_lists(given, audience, root=root)
        return ReadLists(
            tuple(staged.recipients),
            tuple(staged.refused),
            staged.findings,
            staged.lists,
            staged.columns,
            tuple(staged.merged()),
        )


def read(directory: Path, *contents: bytes | str, suffix: str = ".csv") -> ReadLists:
    """Read contents as lists a.csv, b.csv, … of a workspace."""
    paths = []
    for letter, content in zip("abcdefgh", contents, strict=False):
        path = directory / "recipients" / f"{letter}{suffix}"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        paths.append(path)
    return read_files(*paths, root=directory)
