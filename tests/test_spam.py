"""What a mail server's filter thinks of the finished message: SpamAssassin's own rules, nothing looked up anywhere."""

import mailbox
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bench.letter import ROOT, letters_of

MOST = 1.0  # points; filters act from 5 on


@pytest.fixture(scope="module")
def spamassassin() -> str:
    return shutil.which("spamassassin") or pytest.skip("there is no SpamAssassin here: install spamassassin")


def test_spamassassin_has_nothing_against_the_sample_edition(spamassassin: str, tmp_path: Path) -> None:
    letters = letters_of(ROOT)
    box = mailbox.mbox(tmp_path / "letters")  # one run for all: it reads its rules for seconds
    for letter in letters:
        box.add(letter.data)
    box.close()
    run = subprocess.run(
        [spamassassin, "--local", "--nocreate-prefs", "--mbox"],
        input=(tmp_path / "letters").read_bytes(),
        env={**os.environ, "HOME": str(tmp_path)},  # what it learns or remembers stays there
        capture_output=True,
        check=True,
    )
    found = re.findall(r"^X-Spam-Status: (.*(?:\n[ \t].*)*)", run.stdout.decode(), re.MULTILINE)
    for letter, status in zip(letters, found, strict=True):
        score = re.search(r"score=(-?[\d.]+)", status)
        assert score, run.stderr.decode()
        assert float(score[1]) < MOST, f"{letter.language}: {' '.join(status.split())}"
