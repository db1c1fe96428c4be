"""Where a journal may lie, told by paths and mounts."""

from pathlib import Path

import pytest

from isa_mail.model.findings import Severity
from isa_mail.workspace.precautions import check_env_file, check_journal, mount_type, synchronised

MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
server:/export /home nfs4 rw 0 0
//nas/share /mnt/Verein\\040Ufer cifs rw 0 0
tmpfs /home/ines/local tmpfs rw 0 0
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/var/lib", "ext4"),
        ("/home/ines", "nfs4"),
        ("/homeless", "ext4"),
        ("/home/ines/local/x", "tmpfs"),
        ("/mnt/Verein Ufer/newsletter", "cifs"),
    ],
)
def test_the_nearest_mount_tells_what_kind_of_disk_it_is(tmp_path: Path, folder: str, kind: str) -> None:
    (tmp_path / "mounts").write_text(MOUNTS, encoding="utf-8")
    assert mount_type(Path(folder), tmp_path / "mounts") == kind


def test_a_system_without_a_list_of_mounts_says_nothing(tmp_path: Path) -> None:
    assert mount_type(Path("/home"), tmp_path / "none") is None


@pytest.mark.parametrize(
    ("path", "service"),
    [
        ("Dropbox/newsletter", "Dropbox"),
        ("OneDrive - Verein e. V/newsletter", "OneDrive"),
        ("Library/Mobile Documents/com~apple~CloudDocs", "iCloud"),
        ("Library/CloudStorage/GoogleDrive-x", "a cloud folder of macOS"),
        ("Nextcloud/x", "Nextcloud"),
        ("boxes/x", None),
        ("Archive about Dropbox/x", None),
    ],
)
def test_a_synchronised_folder_is_told_by_its_name(tmp_path: Path, path: str, service: str | None) -> None:
    expected = None if service is None else f"a synchronised folder ({service})"
    assert synchronised(tmp_path / path) == expected


def test_a_journal_whose_folder_is_yet_to_be_made_is_judged_by_the_folder_around_it(tmp_path: Path) -> None:
    (tmp_path / "Dropbox").mkdir()
    check = check_journal(tmp_path / "Dropbox" / "newsletter" / ".isa-mail" / "journal.sqlite3")
    assert check.severity is Severity.WARNING
    assert check_journal(tmp_path / ".isa-mail" / "journal.sqlite3").severity is None


def test_no_env_file_is_no_reason_to_worry(tmp_path: Path) -> None:
    assert check_env_file(tmp_path).severity is None
