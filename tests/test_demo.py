"""The first command of a newcomer: `python3 dev.py demo`."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def demo() -> tuple[str, bytes, bytes]:
    command = [sys.executable, "dev.py", "demo", "--no-browser"]
    run = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "CI": "true"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert run.returncode == 0, run.stderr
    pages = (ROOT / ".demo/newsletter.html", ROOT / ".demo/newsletter-zh.html")
    return run.stdout, *(page.read_bytes() for page in pages)


def test_the_demo_twice_in_a_row_is_the_same_and_its_pages_need_no_other_file() -> None:
    if not (ROOT / ".venv/.made-by-dev.py").exists():
        pytest.skip("the environment was not made by dev.py, which would fill it now")
    said, german, chinese = demo()
    assert (said, german, chinese) == demo()
    assert "Nothing was sent" in said
    assert len(list((ROOT / ".demo/outbox/2026-09/new").iterdir())) == 16
    for page, word in ((german, "Impressum"), (chinese, "本期内容")):
        text = page.decode("utf-8")
        assert word in text
        assert text.count('src="data:image/') == len(re.findall(r"<img\b", text)) > 3
        assert "cid:" not in text
