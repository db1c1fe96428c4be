"""How long it takes to read a million rows into the audience, beside a bare csv.reader loop, and in how much memory.

    python -m bench.lists [--rows 1000000] [--rounds 3]
        -> rows   csv.reader   isa-mail   ratio   peak memory        exit status 1 if a target is missed

Edge: writes a list of invented people into a folder that goes away, and runs each measurement in a process of its own,
so that one's memory is not the other's. Seconds are of the processor, user and system, since other programs that run
beside the bench would else be measured, too; the seconds that passed are shown in brackets. The addresses are shuffled,
as in life; one row in fifty is a duplicate, one in a thousand is refused. Figures are medians over the rounds of a run.
"""

import argparse
import csv
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

RATIO, MEBIBYTES = 12.0, 64.0  # the targets, of a million rows
Measured: TypeAlias = tuple[
    float, float, float
]  # seconds of the processor, seconds that passed, MiB at the peak
HEADER = ("E-Mail", "Anrede", "Titel", "Vorname", "Nachname", "Stadt", "Sprache", "Mitglieds-Nr.")
_FIRST = ("Änne", "Jürgen", "Petra", "Konrad", "Mareike", "Bengt", "晓梅", "Li")
_LAST = ("Müller", "Sandvoß", "Thal", "Osterkamp", "林", "Rüßmann", "Dießelhorst", "Wolf")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print a table, and return the exit status."""
    options = _options(arguments)
    if options.measure:
        print(*MEASURES[options.measure](options.folder))
        return 0
    with TemporaryDirectory(prefix="isa-mail-bench-") as folder:
        write_list(Path(folder), options.rows)
        runs: dict[str, list[Measured]] = {name: [] for name in MEASURES}
        for _ in range(options.rounds):
            for name, results in runs.items():
                results.append(_apart(name, folder))
    return report(options.rows, runs)


def report(rows: int, runs: dict[str, list[Measured]]) -> int:
    """Print medians and ratio; say which targets are missed."""
    bare, staged = (statistics.median(cpu for cpu, _, _ in runs[name]) for name in MEASURES)
    passed, staged_passed = (statistics.median(wall for _, wall, _ in runs[name]) for name in MEASURES)
    peak = max(mebibytes for _, _, mebibytes in runs["audience"])
    ratio = staged / bare
    print(f"{rows:,} rows, {len(runs['audience'])} rounds, medians; in brackets the seconds that passed")
    print(f"  bare csv.reader loop     {bare:8.2f} s   ({passed:.2f})")
    print(f"  into the audience        {staged:8.2f} s   ({staged_passed:.2f})")
    print(
        f"  ratio                    {ratio:8.1f}     ({staged_passed / passed:.1f})  target: at most {RATIO:g}"
    )
    print(f"  peak memory              {peak:8.1f} MiB target: under {MEBIBYTES:g}")
    return int(ratio > RATIO or peak >= MEBIBYTES)


def write_list(folder: Path, rows: int) -> None:
    """Write list.csv, and suppressed.sqlite3 with one in five hundred of its people, one of whom was erased."""
    from isa_mail.addresses import mention_of
    from isa_mail.model.people import ERASED, Reason
    from isa_mail.store.suppressions import Suppressions

    order = random.Random(20261001)
    people = list(range(rows))
    order.shuffle(people)
    with (folder / "list.csv").open("w", encoding="utf-8", newline="") as stream:
        stream.write(";".join(HEADER) + "\r\n")
        for number, person in enumerate(people):
            row = _row(people[order.randrange(number)] if number % 50 == 49 else person)
            stream.write(("no-address" + row[row.index(";") :] if number % 1000 == 500 else row) + "\r\n")
    with Suppressions.open(folder / "suppressed.sqlite3", create=True) as suppressions:
        for person in range(0, rows, max(100, rows // 2000)):  # each is synced to the disk: 2,000 are enough
            suppressions.add(
                _address(person), reason=Reason.BOUNCED, at=datetime(2026, 10, 1, tzinfo=UTC), source="bench"
            )
        suppressions.erase(_address(0), mention_of(_address(0)), ERASED)  # one is enough for all to be hashed


def _row(person: int) -> str:
    title, language = "Dr." if person % 9 == 0 else "", "zh" if person % 5 == 0 else "de"
    name = f"{_FIRST[person % 8]};{_LAST[person // 8 % 8]}"
    return (
        f"{_address(person)};{'Frau' if person % 2 else 'Herr'};{title};{name};Grünhafen;{language};{person}"
    )


def _address(person: int) -> str:
    return f"reader{person * 7919 % 1_000_003:07d}@city{person % 997}.example.org"


# --- what is measured -------------------------------------------------------------------------------------


def bare_reader(folder: Path) -> Measured:
    """Run the loop that everything is compared with."""
    start = clock()
    with (folder / "list.csv").open(encoding="utf-8", newline="") as stream:
        for _ in csv.reader(stream, delimiter=";"):
            pass
    return measured(start)


def audience(folder: Path) -> Measured:
    """Read, check, deduplicate, suppress and stage, as `send` does."""
    start = clock()
    from isa_mail.pipeline.audience import ListSource, stage_lists
    from isa_mail.pipeline.lists import mark_who_left
    from isa_mail.store.audience import Audience
    from isa_mail.store.suppressions import Suppressions

    with Audience() as staged, Suppressions.open(folder / "suppressed.sqlite3", create=False) as suppressions:
        lists = stage_lists([ListSource(folder / "list.csv")], staged, root=folder)
        mark_who_left(staged, suppressions)
        counts = staged.counts()
        result = measured(start)
        (report,) = lists.lists
        assert sum(counts.values()) == report.usable
        assert report.rows == report.usable + report.duplicates + report.refused
    return result


def clock() -> tuple[float, float]:
    """Read both clocks: the processor's and the one on the wall."""
    return time.process_time(), time.perf_counter()


def measured(start: tuple[float, float]) -> Measured:
    """Say what has been spent since `start`."""
    cpu, wall = (now - then for now, then in zip(clock(), start, strict=True))
    return cpu, wall, peak_mebibytes()


MEASURES = {"bare": bare_reader, "audience": audience}


def peak_mebibytes() -> float:
    """Return this process's peak of resident memory; 0 where the system does not tell it of one process alone."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0.0
    (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


def _apart(name: str, folder: str) -> Measured:
    words = [sys.executable, "-m", "bench.lists", "--measure", name, "--folder", folder]
    done = subprocess.run(words, cwd=Path(__file__).parents[1], capture_output=True, text=True, check=True)
    cpu, wall, mebibytes = map(float, done.stdout.split())
    return cpu, wall, mebibytes


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.lists", description="Read a million rows of lists."
    )
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--measure", choices=list(MEASURES), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
