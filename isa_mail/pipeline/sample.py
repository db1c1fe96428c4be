"""What is still the sample's, and so what keeps a build from being sent.

    ("members.csv",), an untouched editions/2026-09/ -> S102
    Build + the lists of now -> what blocks, less what was accepted

Joins check/ and workspace/. Reads only.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from isa_mail.errors import IsaMailError
from isa_mail.model.findings import Finding
from isa_mail.workspace.accepted import read_accepted
from isa_mail.workspace.built import Build
from isa_mail.workspace.find import SETTINGS_FILE, Workspace, packaged
from isa_mail.workspace.sample import EXAMPLE_LIST, is_sample_edition, is_sample_logo
from isa_mail.workspace.settings import Settings, read_settings

if TYPE_CHECKING:
    from isa_mail.check.edition import Sample

_OF_THE_LISTS = "S102"


def sample(workspace: Workspace, settings: Settings, name: str) -> "Sample":
    """Read what a new workspace begins with, and say what of its files is in use in this edition."""
    from isa_mail.check.edition import Sample

    beginning = read_settings(packaged("skeleton") / SETTINGS_FILE)
    return Sample(
        beginning.publication,
        beginning.lists,
        beginning.test_to,
        edition=is_sample_edition(workspace, name),
        logo=is_sample_logo(workspace, settings.publication.logo),
    )


def sample_findings(workspace: Workspace, name: str, lists: Iterable[str]) -> Iterator[Finding]:
    """Say whether an edition is the sample still while lists, named as in isa-mail.toml, are not the example."""
    from isa_mail.check.sample import edition_finding

    others = tuple(each for each in lists if not _is_example(workspace, each))
    place = workspace.place(workspace.edition_directory(name))
    yield from edition_finding(is_sample_edition(workspace, name), others, place)


def _is_example(workspace: Workspace, name: str) -> bool:
    try:
        return workspace.list_file(name) == (workspace.recipients / EXAMPLE_LIST).resolve()
    except IsaMailError:  # told by whoever reads the lists
        return False


def keeps_from_sending(workspace: Workspace, build: Build, lists: Iterable[str]) -> tuple[Finding, ...]:
    """Give what keeps a build from being sent to these lists: what `build` found, less what was accepted since.

    Which lists they are is asked anew: they are no part of a build.
    """
    accepted = read_accepted(workspace.accepted_file)
    found = [each for each in build.blocking if each.code != _OF_THE_LISTS]
    found += sample_findings(workspace, build.edition, lists)
    return tuple(each for each in found if not accepted.covers(each))
