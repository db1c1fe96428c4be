"""The README, run: its blocks print what they say, and everything there is stands in it."""

import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from isa_mail.cli.__main__ import COMMANDS, commands
from isa_mail.content.words import KINDS
from isa_mail.model.mail import State
from isa_mail.model.newsletter import Kind
from isa_mail.model.publication import DeliverySettings
from isa_mail.pipeline.checking import meanings
from isa_mail.recipients.columns import _NAMES, understand
from isa_mail.workspace.environment import NAMES, STATE_NAME

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def steps() -> Iterator[tuple[str, str]]:
    """Yield each command of the README's console blocks, and what is printed below it."""
    for block in re.findall(r"```console\n(.*?)```", README, re.DOTALL):
        for step in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, printed = step.partition("\n")
            yield command, printed


def test_the_blocks_print_what_they_say(tmp_path: Path) -> None:
    folder = tmp_path
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("SMTP_", "ISA_MAIL_"))
    }
    for command, printed in steps():
        words = shlex.split(command)
        if words[0] == "cd":
            folder /= words[1]
            continue
        assert words[0] == "isa-mail"
        run = subprocess.run(
            [sys.executable, "-m", "isa_mail.cli", *words[1:]],
            cwd=folder,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert run.returncode == 0, run.stderr
        said = "\n".join(line.rstrip() for line in run.stdout.splitlines())
        pattern = re.escape(printed.rstrip()).replace(r"\.\.\.", ".*?")
        assert re.fullmatch(pattern, said, re.DOTALL), f"$ {command}\n{said}"


@pytest.mark.parametrize("name", sorted(commands.list_commands(click.Context(commands))))
def test_every_command_and_option_is_documented(name: str) -> None:
    command = commands.get_command(click.Context(commands), name)
    assert command is not None
    assert command.help
    assert COMMANDS[name] == command.get_short_help_str(200)
    assert f"isa-mail {name}" in README
    options = [option for option in command.params if isinstance(option, click.Option)]
    for option in options:
        assert option.help
        assert all(name in README for name in option.opts if name.startswith("--"))


def test_every_setting_is_documented() -> None:
    settings = tomllib.loads((ROOT / "isa-mail.toml").read_text(encoding="utf-8"))
    names = [*settings, "copy_to", "web_address", "pictures", *settings["colours"], *NAMES, STATE_NAME]
    names += DeliverySettings._fields
    assert [name for name in names if f"`{name}`" not in README and f"`[{name}]`" not in README] == []


def test_every_finding_is_documented() -> None:
    page = (ROOT / "docs/findings.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| ([A-Z]\d{3}) \| (?:blocks|warning|hint) \|", page, re.MULTILINE) == list(
        meanings()
    )


def test_every_state_and_kind_is_documented() -> None:
    states = set(State) - {State.CLAIMED}  # internal
    assert [state for state in states if f"| `{state.value}` |" not in README] == []


def test_every_heading_of_a_list_in_the_table_is_understood_as_its_merge_field() -> None:
    rows = re.findall(r"^\| `\{\{ (\w+) \}\}` \| ([^|;(]+?)(?: \(.*| ?;.*)? ?\|$", README, re.MULTILINE)
    assert sorted(field for field, _ in rows) == sorted(set(_NAMES))
    for field, headings in rows:
        for heading in headings.split(", "):
            assert understand([heading]).known.get(field) == 0, heading


def test_every_kind_is_documented_with_other_names_that_are_understood() -> None:
    table = README.partition("| kind | also |\n|---|---|\n")[2].partition("\n\n")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]
    assert [name for name, _ in rows] == [kind.value for kind in Kind]
    for name, others in rows:
        assert {KINDS[other.casefold()].value for other in others.split(", ")} == {name}


def test_the_current_version_stands_in_the_changelog() -> None:
    from isa_mail import __version__

    assert f"## {__version__}\n" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_every_picture_shown_is_there_small_and_described() -> None:
    shown = re.findall(r'<img src="([^"]+)" width="\d+" alt="([^"]+)">', README)
    assert len(shown) == README.count("<img") >= 3
    files = [ROOT / path for path, _ in shown]
    assert sorted(files) == sorted((ROOT / "docs/pictures").iterdir())
    assert all(file.stat().st_size < 250 * 1024 for file in files)


def test_every_verb_of_dev_py_is_documented() -> None:
    usage = subprocess.run(
        [sys.executable, "dev.py", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    verbs = re.findall(r"^python3 (dev\.py \w+)", usage, re.MULTILINE)
    assert len(verbs) >= 6
    assert [verb for verb in verbs if verb not in README] == []


PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_between_the_pages_leads_somewhere(page: Path) -> None:
    text = re.sub(r"`[^`\n]*`", "", without_blocks(page))
    for link in re.findall(r"\]\((?!https?:|mailto:)([^()\s]+)\)", text):
        path, _, anchor = link.partition("#")
        target = page if not path else page.parent / path
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def without_blocks(page: Path) -> str:
    text = page.read_text(encoding="utf-8")
    return re.sub(r"^(`{3,}).*?^\1$", "", text, flags=re.DOTALL | re.MULTILINE)


def anchors(page: Path) -> set[str]:
    """Return a page's headings as GitHub names them in links."""
    headings = re.findall(r"^#+ (.+)$", without_blocks(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
