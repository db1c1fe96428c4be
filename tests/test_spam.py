"""What a mail server's filter thinks of the finished message: SpamAssassin's own rules, nothing looked up anywhere."""

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
    for letter in letters_of(ROOT):
        run = subprocess.run(
            [spamassassin, "--local", "--nocreate-prefs"],
            input=letter.data,
            env={**os.environ, "HOME": str(tmp_path)},  # what it learns or remembers stays there
            capture_output=True,
            check=True,
        )
        status = " ".join(
            re.findall(r"^X-Spam-Status: (.*(?:\n[ \t].*)*)", run.stdout.decode(), re.MULTILINE)
        )
        score = re.search(r"score=(-?[\d.]+)", status)
        assert score, run.stderr.decode()
        assert float(score[1]) < MOST, f"{letter.language}: {status}"
