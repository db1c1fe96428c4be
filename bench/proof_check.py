"""How much of what is wrong in an edition `check` finds, and how much of what it finds is wrong.

    bench/proof/editions/verband-de/20-versammlung.txt, its faults marked ‹T709› -> right, wrong and missed, by edition

Edge: reads marked editions, writes them without their marks into a folder of its own, and checks them there. A finding
is right if its code stands at its line. Findings about settings, lists and the rendering are left out.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from PIL import Image

from isa_mail.pipeline.checking import check
from isa_mail.workspace.find import Workspace
from isa_mail.workspace.settings import read_settings

EDITIONS = Path(__file__).parent / "proof" / "editions"
_MARKS = re.compile(r"(?:‹[A-Z]\d{3}›)+")
_FIGURE = re.compile(r"!\[[^\]]*\]\((images/[^)]+)\)")
_MEASURED = "THPB"  # the codes about what stands in an edition
_SETTINGS = """\
name = "Probe"
sender = "Probe <probe@probe.example.org>"
list_id = "probe.probe.example.org"
imprint = "Probe e. V."
languages = ["de", "zh", "en"]
"""


class Told(NamedTuple):
    """A finding, or a fault that was marked."""

    file: str
    line: int
    code: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one edition came out; each group in the order of files and lines."""

    edition: str
    words: int
    right: tuple[Told, ...]
    wrong: tuple[Told, ...]  # false alarms
    missed: tuple[Told, ...]
    messages: dict[Told, str]

    @property
    def precision(self) -> float:
        """How much of what was said is right."""
        return len(self.right) / max(1, len(self.right) + len(self.wrong))

    @property
    def recall(self) -> float:
        """How much of what there is was said."""
        return len(self.right) / max(1, len(self.right) + len(self.missed))


def outcomes() -> Iterator[Outcome]:
    """Check every marked edition."""
    for folder in sorted(path for path in EDITIONS.iterdir() if path.is_dir()):
        with TemporaryDirectory(prefix="isa-mail-") as scratch:
            yield _outcome(folder, Path(scratch))


def _outcome(folder: Path, scratch: Path) -> Outcome:
    workspace = Workspace(scratch, scratch / ".isa-mail")
    workspace.settings_file.write_text(_SETTINGS, encoding="utf-8")
    directory = workspace.edition_directory(folder.name)
    gold, words = set(), 0
    for path in sorted(folder.rglob("*.txt")):
        name = path.relative_to(folder)
        lines = path.read_text(encoding="utf-8").split("\n")
        for number, line in enumerate(lines, 1):
            for marks in _MARKS.findall(line):
                gold |= {Told(name.as_posix(), number, code) for code in re.findall(r"[A-Z]\d{3}", marks)}
        text = _MARKS.sub("", "\n".join(lines))
        words += len(re.findall(r"[^\W\d_]+", text))
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text, encoding="utf-8")
        for picture in _FIGURE.findall(text):
            _draw(directory / picture)
    checked = check(workspace, read_settings(workspace.settings_file), folder.name, lists=False)
    prefix = f"editions/{folder.name}/"
    said = {
        Told(each.place.file.removeprefix(prefix), each.place.line or 1, each.code): each.message
        for each in checked.findings
        if each.code[0] in _MEASURED
    }
    return Outcome(
        folder.name,
        words,
        tuple(sorted(gold & said.keys())),
        tuple(sorted(said.keys() - gold)),
        tuple(sorted(gold - said.keys())),
        said,
    )


def _draw(path: Path) -> None:
    data = io.BytesIO()
    Image.new("RGB", (1300, 860), "#0f4c5c").save(data, "JPEG")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.getvalue())


def show(*, every_place: bool) -> None:
    """Print the figures, and with `every_place` each miss and false alarm."""
    found = list(outcomes())
    print(f"\n{'Edition':24}{'words':>8}{'right':>7}{'wrong':>7}{'missed':>8}{'prec.':>7}{'rec.':>6}")
    for each in found:
        print(
            f"{each.edition:24}{each.words:8}{len(each.right):7}{len(each.wrong):7}{len(each.missed):8}"
            f"{each.precision:7.2f}{each.recall:6.2f}"
        )
    if every_place:
        for each in found:
            for told in each.wrong:
                print(f"wrong  {each.edition}/{told.file}:{told.line} {told.code} {each.messages[told]}")
            for told in each.missed:
                print(f"missed {each.edition}/{told.file}:{told.line} {told.code}")


if __name__ == "__main__":
    show(every_place=True)
