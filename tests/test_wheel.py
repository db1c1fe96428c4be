"""What an installed isa-mail has with it: its templates and the skeleton of a workspace, and nobody's recipients."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(directory)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return next(directory.glob("*.whl"))


def test_the_wheel_carries_the_example_list_and_no_other(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    lists = [name for name in names if "/recipients/" in name and not name.endswith(".py")]
    assert lists == ["isa_mail/skeleton/recipients/example.csv"]
    assert not [name for name in names if name.endswith(("/.env", ".sqlite3", "sent.txt"))]


def test_an_installed_wheel_makes_a_workspace_that_builds(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("SMTP_", "ISA_MAIL_"))
    }
    environment["PYTHONPATH"] = str(site)

    def run(*words: str) -> str:
        command = [sys.executable, "-m", "isa_mail.cli", *words]
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, encoding="utf-8", check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    where = [sys.executable, "-c", "import isa_mail; print(isa_mail.__file__)"]
    found = subprocess.run(where, cwd=tmp_path, env=environment, capture_output=True, check=True, text=True)
    assert found.stdout.startswith(str(site))
    run("init", "newsletter")
    assert (tmp_path / "newsletter/.env.example").is_file()
    assert "Fingerprint" in run("-C", "newsletter", "build")
    run("-C", "newsletter", "new", "2031-01")
    assert (tmp_path / "newsletter/editions/2031-01/zh/edition.txt").is_file()
    assert "Mails in this run: 16" in run("-C", "newsletter", "send", "2026-09", "--dry-run")
