"""The rules of the house (docs/architecture.md): where a line of code may live, and what it may load."""

import ast
import functools
import importlib.util
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FLOORS = {
    0: {"", "model", "errors", "addresses", "walk", "typography"},
    1: {"workspace", "intake", "content", "render", "check", "recipients", "message", "delivery", "store"}
    | {"returns", "preview"},
    2: {"pipeline"},
    3: {"cli"},
}
NOUNS = {"model", "errors"}  # open to everyone
FLOOR = {room: floor for floor, rooms in FLOORS.items() for room in rooms}
PAGES = sorted((ROOT / "isa_mail").rglob("*.py"))
ONLY_IN_ROOM = {"click": "cli", "rich": "cli", "sqlite3": "store"}
ONLY_ON_ONE_PAGE = ({"premailer", "cssutils"}, {"dotenv"})


def room_of(module: str) -> str:
    """isa_mail.content.read -> content; isa_mail -> (nothing)"""
    return [*module.split("."), ""][1]


def module_of(page: Path) -> str:
    return ".".join(page.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@functools.cache  # every rule asks every page
def imports(page: Path) -> tuple[str, ...]:
    """All modules that a page imports, at the top or late, with the names taken from them."""
    return tuple(_imports(page))


def _imports(page: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(page.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{page}:{node.lineno}: imports are written from isa_mail. on"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def pages_that_import(packages: set[str]) -> set[str]:
    return {module_of(page) for page in PAGES if packages & {name.split(".")[0] for name in imports(page)}}


@pytest.mark.parametrize("page", PAGES, ids=module_of)
def test_a_page_imports_from_lower_floors_and_its_own_room_only(page: Path) -> None:
    room = room_of(module_of(page))
    assert room in FLOOR, f"the room {room} has no floor yet: give it one here and in docs/architecture.md"
    for name in imports(page):
        other = room_of(name)
        if name.split(".")[0] == "isa_mail" and other not in {room, *NOUNS}:
            assert FLOOR.get(other, 0) < FLOOR[room], f"{page} imports {name}"


@pytest.mark.parametrize(("package", "room"), ONLY_IN_ROOM.items())
def test_a_package_that_belongs_to_one_room_stays_there(package: str, room: str) -> None:
    assert {room_of(module) for module in pages_that_import({package})} <= {room}


@pytest.mark.parametrize("packages", ONLY_ON_ONE_PAGE, ids=sorted)
def test_a_package_that_is_wrapped_is_imported_by_its_wrapper_only(packages: set[str]) -> None:
    assert len(pages_that_import(packages)) <= 1


@pytest.mark.parametrize("page", [page for page in PAGES if "cli" not in page.parts], ids=module_of)
def test_only_the_command_line_prints_asks_and_exits(page: Path) -> None:
    calls = [node.func for node in ast.walk(ast.parse(page.read_text("utf-8"))) if isinstance(node, ast.Call)]
    assert {call.id for call in calls if isinstance(call, ast.Name)} & {
        "print",
        "input",
        "exit",
        "quit",
    } == set()


def test_every_page_says_what_it_is_and_none_is_called_utils() -> None:
    for page in PAGES:
        assert not re.search(r"util|helper|misc|common", page.stem), f"{page} has no address of its own"
        text = page.read_text(encoding="utf-8")
        assert not text.strip() or ast.get_docstring(ast.parse(text)), f"{page} opens without a docstring"


# --- what is loaded, and when -----------------------------------------------------------------------------

HELP = """
import sys
from isa_mail.cli.__main__ import main
sys.argv = ["isa-mail", "--help"]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
print(*sys.modules)
"""
HEAVY = {
    "premailer",
    "cssutils",
    "lxml",
    "jinja2",
    "rich",
    "flask",
    "markdown_it",
    "PIL",
    "socket",
    "sqlite3",
    "isa_mail.model",  # the nouns
}


@pytest.mark.skipif(
    importlib.util.find_spec("isa_mail.cli.__main__") is None, reason="there is no command line yet"
)
def test_help_loads_click_and_little_else() -> None:
    done = subprocess.run(
        [sys.executable, "-c", HELP], capture_output=True, text=True, encoding="utf-8", cwd=ROOT, check=True
    )
    loaded = done.stdout.splitlines()[-1].split()
    assert HEAVY.isdisjoint(loaded)
    assert len(loaded) <= 130, sorted(loaded)


# --- what is installed ------------------------------------------------------------------------------------


def test_the_lock_file_names_every_dependency_with_hashes_and_no_index() -> None:
    lock = (ROOT / "requirements-dev.lock").read_text(encoding="utf-8")
    assert "://" not in lock and "file:" not in lock
    assert "-e " not in lock and str(ROOT) not in lock
    pins = re.findall(r"^([a-z0-9-]+)==[^\\\n]+ \\\n    --hash=sha256:", lock, re.MULTILINE)
    assert len(pins) == len(re.findall(r"^[^#\s]", lock, re.MULTILINE)), "every line is a pin with a hash"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    wanted += project["build-system"]["requires"]
    names = {re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", line)[0]).lower() for line in wanted}
    assert names <= set(pins), "python3 dev.py lock writes the lock file anew"
