"""The sample edition as it is built, whole, in both languages: read it in review like any text.

`pytest --update-golden` writes the files anew; the difference in git is what the review reads.
"""

import re
from pathlib import Path

import pytest

from isa_mail.pipeline.building import build
from isa_mail.workspace.built import HTML_FILE, TEXT_FILE
from isa_mail.workspace.find import find_workspace
from isa_mail.workspace.settings import read_settings
from isa_mail.workspace.skeleton import make_workspace

GOLDEN = Path(__file__).parent / "golden" / "2026-09"
_PICTURE = re.compile(
    r"(cid:[\w.-]*?)[0-9a-f]{8,}(?=@)"
)  # a hash of the scaled file, which Pillow's version decides


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("sample")
    make_workspace(root)
    workspace = find_workspace(root, {})
    build(workspace, read_settings(workspace.settings_file), "2026-09")
    return workspace.build_directory("2026-09")


@pytest.mark.parametrize("language", ["de", "zh"])
@pytest.mark.parametrize("name", [HTML_FILE, TEXT_FILE])
def test_the_sample_edition_is_built_as_it_was_approved(
    folder: Path, request: pytest.FixtureRequest, name: str, language: str
) -> None:
    built = _PICTURE.sub(r"\1HASH", (folder / language / name).read_text(encoding="utf-8"))
    approved = GOLDEN / language / name
    if request.config.getoption("--update-golden"):
        approved.parent.mkdir(parents=True, exist_ok=True)
        approved.write_text(built, encoding="utf-8", newline="\n")
    assert built == approved.read_text(encoding="utf-8")
