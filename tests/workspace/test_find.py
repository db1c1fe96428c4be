"""Finding the workspace, its editions and its lists."""

import sys
from pathlib import Path

import pytest

from isa_mail.errors import ContentError, ListError, SettingsError
from isa_mail.workspace.find import Workspace, find_workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    (tmp_path / "isa-mail.toml").touch()
    for name in ("2019-9", "2019-10", "2020-01"):
        (tmp_path / "editions" / name).mkdir(parents=True)
    (tmp_path / "recipients").mkdir()
    (tmp_path / "recipients" / "mitglieder.csv").touch()
    (tmp_path / "recipients" / "presse.csv").touch()
    return find_workspace(tmp_path, {})


def test_the_workspace_is_found_from_any_folder_inside(workspace: Workspace) -> None:
    assert find_workspace(workspace.root / "editions" / "2019-10", {}) == workspace


def test_outside_of_a_workspace_the_next_step_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        find_workspace(tmp_path, {})
    assert "isa-mail init" in caught.value.hint


def test_the_journal_can_be_kept_elsewhere(workspace: Workspace, tmp_path: Path) -> None:
    elsewhere = find_workspace(workspace.root, {"ISA_MAIL_STATE_DIR": str(tmp_path / "state")})
    assert elsewhere.journal == tmp_path / "state" / "journal.sqlite3"
    (tmp_path / ".env").write_text("ISA_MAIL_STATE_DIR=../beside\n")
    beside = find_workspace(workspace.root, {})
    assert beside.journal == tmp_path.parent / "beside" / "journal.sqlite3"


def test_the_newest_edition_is_the_greatest_name_with_numbers_as_numbers(workspace: Workspace) -> None:
    assert workspace.editions() == ("2019-9", "2019-10", "2020-01")
    assert workspace.edition(None) == "2020-01"


def test_an_edition_can_be_named_by_a_completed_path(workspace: Workspace) -> None:
    assert workspace.edition("editions/2019-10/") == "2019-10"


def test_an_edition_that_is_not_there_is_refused_with_those_that_are(workspace: Workspace) -> None:
    with pytest.raises(ContentError) as caught:
        workspace.edition("2021-01")
    assert "2020-01" in caught.value.hint


@pytest.mark.parametrize(
    ("typed", "meant"), [("2019-1O", "2019-10"), ("2019-1", "2019-10"), ("202-01", "2020-01")]
)
def test_a_slip_in_an_editions_name_is_told_before_a_new_one_is_offered(
    workspace: Workspace, typed: str, meant: str
) -> None:
    with pytest.raises(ContentError) as caught:
        workspace.edition(typed)
    assert caught.value.hint.startswith(f"Did you mean {meant}?")
    assert f"new {typed}" not in caught.value.hint


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names")
def test_an_edition_whose_name_cannot_be_shown_is_refused(workspace: Workspace) -> None:
    workspace.edition_directory("2027-01\n\x1b[31m").mkdir()
    for name in (None, "2027-01\n\x1b[31m"):
        with pytest.raises(ContentError, match="cannot be shown"):
            workspace.edition(name)


@pytest.mark.parametrize("name", ["presse", "presse.csv", "recipients/presse.csv"])
def test_a_list_is_found_by_name_or_path(workspace: Workspace, name: str) -> None:
    assert workspace.list_file(name) == workspace.recipients / "presse.csv"


def test_a_list_that_is_not_there_is_refused_with_those_that_are(workspace: Workspace) -> None:
    with pytest.raises(ListError) as caught:
        workspace.list_file("beirat")
    assert "mitglieder.csv, presse.csv" in caught.value.hint


def test_lists_that_are_not_used_are_named(workspace: Workspace) -> None:
    assert workspace.unused_lists([workspace.list_file("presse")]) == ("mitglieder.csv",)


def test_folders_with_an_edition_txt_of_their_own_are_language_folders(workspace: Workspace) -> None:
    edition = workspace.edition_directory("2020-01")
    assert workspace.language_folders("2020-01") == ((None, edition),)
    for language in ("zh", "de"):
        (edition / language).mkdir()
        (edition / language / "edition.txt").touch()
    (edition / "images").mkdir()
    assert workspace.language_folders("2020-01") == (("de", edition / "de"), ("zh", edition / "zh"))
    (edition / "edition.txt").touch()
    with pytest.raises(ContentError, match="beside the language folder"):
        workspace.language_folders("2020-01")
