"""What came with a new workspace, and whether it is still as it came.

    editions/2026-09/de/edition.txt, as `isa-mail init` wrote it -> the sample edition

Edge: compares bytes with those of the skeleton; `skeleton.py` copies it.
"""

from isa_mail.workspace.find import EDITION_FILE, Workspace, packaged

EXAMPLE_LIST = "example.csv"
SAMPLE_EDITION = "editions/2026-09"
_SAMPLE_LOGO = "images/logo.png"


def is_sample_edition(workspace: Workspace, name: str) -> bool:
    """Say whether nobody has touched the edition.txt of the sample edition, in any of its languages."""
    directory = workspace.edition_directory(name)
    own = [*directory.glob(EDITION_FILE), *directory.glob(f"*/{EDITION_FILE}")]
    theirs = {path.read_bytes() for path in (packaged("skeleton") / SAMPLE_EDITION).glob(f"*/{EDITION_FILE}")}
    return bool(own) and all(path.read_bytes() in theirs for path in own)


def is_sample_logo(workspace: Workspace, logo: str | None) -> bool:
    """Say whether a logo, named from the workspace, is the picture that came with the workspace."""
    path = workspace.root / (logo or _SAMPLE_LOGO)
    theirs = packaged("skeleton") / _SAMPLE_LOGO
    return logo is not None and path.is_file() and path.read_bytes() == theirs.read_bytes()
