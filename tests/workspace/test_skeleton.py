"""Making a workspace and an edition: never over something that exists."""

from pathlib import Path

import pytest

from isa_mail.content.read import read_edition
from isa_mail.errors import ContentError, SettingsError
from isa_mail.model.publication import Publication
from isa_mail.workspace.find import Workspace, find_workspace
from isa_mail.workspace.settings import read_settings
from isa_mail.workspace.skeleton import make_edition, make_workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    make_workspace(tmp_path / "w")
    return find_workspace(tmp_path / "w", {})


@pytest.fixture
def publication(workspace: Workspace) -> Publication:
    return read_settings(workspace.settings_file).publication


def test_a_workspace_has_settings_an_edition_and_the_example_list(workspace: Workspace) -> None:
    assert workspace.editions() == ("2026-09",)
    assert [path.name for path in workspace.recipients.iterdir()] == ["example.csv"]
    assert (workspace.root / ".env.example").is_file()
    assert "/recipients/*" in (workspace.root / ".gitignore").read_text()


def test_a_workspace_is_never_made_over_another(workspace: Workspace) -> None:
    before = workspace.settings_file.read_bytes()
    with pytest.raises(SettingsError, match="exists already"):
        make_workspace(workspace.root)
    assert workspace.settings_file.read_bytes() == before


def test_a_folder_that_git_knows_keeps_what_it_ignores_and_ignores_secrets_and_lists_as_well(
    tmp_path: Path,
) -> None:
    (tmp_path / ".gitignore").write_bytes(b"*.bak")
    make_workspace(tmp_path)
    lines = (tmp_path / ".gitignore").read_text().splitlines()
    assert lines[0] == "*.bak"
    assert {".env", "/recipients/*", "/.isa-mail/"} <= set(lines)


def test_a_folder_in_the_way_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(SettingsError):
        make_workspace(tmp_path / "file")


@pytest.mark.parametrize("languages", [("de",), ("en",), ("zh",), ("de", "zh")])
def test_a_new_edition_can_be_read_at_once(
    workspace: Workspace, publication: Publication, languages: tuple[str, ...]
) -> None:
    make_edition(workspace, "2031-11", publication._replace(languages=languages))
    for language, directory in workspace.language_folders("2031-11"):
        edition = read_edition(
            directory, name="2031-11", language=language, default_language="de", root=workspace.root
        )
        assert len(edition.sections) == 3
        assert edition.language in languages
        assert (edition.date.year, edition.date.month) == (2031, 11)
        assert "2031" in edition.title


def test_a_new_edition_in_two_languages_has_the_same_files_in_both_and_marks_what_is_to_be_written(
    workspace: Workspace, publication: Publication
) -> None:
    assert publication.languages == ("de", "zh")
    written = make_edition(workspace, "2026-11", publication)
    german, chinese = (
        [name.rpartition("/")[2] for name in written if name.startswith(f"editions/2026-11/{language}/")]
        for language in ("de", "zh")
    )
    assert german == chinese
    assert len(written) == len(german) + len(chinese) > 6
    texts = [(workspace.root / name).read_text(encoding="utf-8") for name in written]
    assert all("‹" in text and text.count("‹") == text.count("›") for text in texts)
    assert not any("@" in text for text in texts)
    titles = [text.split("\n")[0] for name, text in zip(written, texts, strict=True) if "edition.txt" in name]
    assert titles == ["Title: Städtebund Zwei Ufer November 2026", "标题：双岸城市联盟·2026年11月"]
    assert (workspace.edition_directory("2026-11") / "images").is_dir()


def test_an_edition_is_never_made_over_another(workspace: Workspace, publication: Publication) -> None:
    with pytest.raises(ContentError, match="exists already"):
        make_edition(workspace, "2026-09", publication)


@pytest.mark.parametrize("name", ["2031-11-supplement", "2031-11-30", "2031-11-第二期"])
def test_an_edition_may_have_a_day_or_a_word_behind_its_month(
    workspace: Workspace, publication: Publication, name: str
) -> None:
    make_edition(workspace, name, publication)
    assert "November 2031" in (workspace.edition_directory(name) / "de/edition.txt").read_text("utf-8")


NO_FOLDERS = ("../2031-01", "a/b", ".hidden", "", "C:", "2031-01-", "2031-01-a.", "2031-01/a")
NO_MONTHS = ("oktober", "2026-13", "2026-00", "2026-1", "202611", "20261-11", "2026-11b", "\uff12026-11")


@pytest.mark.parametrize("name", [*NO_FOLDERS, *NO_MONTHS])
def test_a_name_that_is_no_folder_name_or_does_not_begin_with_a_year_and_a_month_is_refused(
    workspace: Workspace, publication: Publication, name: str
) -> None:
    with pytest.raises(ContentError, match="cannot be an edition's name") as caught:
        make_edition(workspace, name, publication)
    assert "2026-11" in caught.value.hint
    assert workspace.editions() == ("2026-09",)
