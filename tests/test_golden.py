"""The sample edition as it is built, whole: read it in review like any text.

`pytest --update-golden` writes the files anew; the difference in git is what the review reads.
"""

import re
from pathlib import Path

import pytest

from isa_mail.pipeline.making import build
from isa_mail.workspace.built import HTML_FILE, TEXT_FILE
from isa_mail.workspace.find import find_workspace
from isa_mail.workspace.settings import read_settings
from isa_mail.workspace.skeleton import make_workspace

GOLDEN = Path(__file__).parent / "golden" / "2026-09"
_PICTURE = re.compile(
    r"(cid:[\w.-]*?)[0-9a-f]{8,}(?=@)"
)  # a hash of the scaled file, which Pillow's version decides


@pytest.mark.parametrize("name", [HTML_FILE, TEXT_FILE])
def test_the_sample_edition_is_built_as_it_was_approved(
    tmp_path: Path, request: pytest.FixtureRequest, name: str
) -> None:
    make_workspace(tmp_path)
    workspace = find_workspace(tmp_path, {})
    build(workspace, read_settings(workspace.settings_file), "2026-09")
    built = (workspace.build_directory("2026-09") / name).read_text(encoding="utf-8")
    built = _PICTURE.sub(r"\1HASH", built)
    if request.config.getoption("--update-golden"):
        GOLDEN.mkdir(parents=True, exist_ok=True)
        (GOLDEN / name).write_text(built, encoding="utf-8", newline="\n")
    assert built == (GOLDEN / name).read_text(encoding="utf-8")
