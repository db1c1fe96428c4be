"""How fast `isa-mail send` is, beside the others on this computer, in one run.

    python3 dev.py bench --kilobytes 60 --sessions 1,10 --count 5000 --rounds 5
    python3 dev.py bench --milliseconds 30 --sessions 1,5,10,20 --count 1000

Each round runs every sender once, in another order, into the same server: Postfix's smtp-sink where it is
installed, else send_sink.py. isa-mail runs as the whole command: list read and checked, journal on. The others: a
script with smtplib, one with Django's mail where Django is installed, and smtp-source, Postfix's load generator in
C, where that is. A slow sender gets fewer messages, so that its rate, start-up included, is a little too low.
Prints a Markdown table: medians, and the median of each round's ratio.
"""

import argparse
import csv
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from bench.send_workspace import make_workspace

HERE = Path(__file__).parent
ADMIN_PATH = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/sbin"))
# Whoever uses isa-mail has its modules compiled after the first command.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
SLOW = 20  # a sender that builds each message gets so many times fewer of them


@dataclass(frozen=True)
class Work:
    """What is to be sent, and where to."""

    workspace: Path
    port: int
    sessions: int
    scratch: Path

    def list(self, count: int) -> Path:
        path = self.scratch / f"list-{count}.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            rows = csv.writer(file)
            rows.writerow(["email", "name"])
            rows.writerows(
                (f"user{n:07}@example.net", f"Zoë Ström {n}" if n % 4 == 0 else f"Ann Smith {n}")
                for n in range(count)
            )
        return path


@dataclass(frozen=True)
class Run:
    """One sender once: messages a second, and microseconds of processor time a message."""

    rate: float
    processor: float


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kilobytes", type=int, default=60)
    parser.add_argument("--sessions", default="1,10")
    parser.add_argument("--count", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--milliseconds", type=float, default=0.0, help="length of the line, there and back")
    wanted = parser.parse_args()
    for sessions in map(int, wanted.sessions.split(",")):
        with tempfile.TemporaryDirectory(prefix="isa-mail-bench-") as name, ExitStack() as stack:
            scratch = Path(name)
            octets = make_workspace(scratch / "workspace", wanted.kilobytes * 1024, sessions)
            port = stack.enter_context(sink())
            if wanted.milliseconds:
                port = stack.enter_context(listening(long_line(port, wanted.milliseconds)))
            work = Work(scratch / "workspace", port, sessions, scratch)
            line = f", over a line of {wanted.milliseconds:g} ms" if wanted.milliseconds else ""
            print(f"\n{octets / 1024:.0f} KB a message, {sessions} sessions, {wanted.count} messages{line}\n")
            show(measure(work, wanted.count, wanted.rounds))


def measure(work: Work, count: int, rounds: int) -> dict[str, list[Run]]:
    runs: dict[str, list[Run]] = {name: [] for name in SENDERS if can_run(name)}
    for number in range(rounds):
        order = list(runs)
        random.Random(number).shuffle(order)
        for name in order:
            mails = count // SLOW if name in ("smtplib", "django") else count
            runs[name].append(run(SENDERS[name](work, mails), mails))
    return runs


def run(command: Sequence[str | Path], mails: int) -> Run:
    """Run a command to its end; it must succeed."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=ENVIRONMENT
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        assert process.stderr is not None
        sys.exit(f"{command[0]} ended with {process.returncode}: {process.stderr.read().decode()[-800:]}")
    return Run(mails / seconds, (usage.ru_utime + usage.ru_stime) / mails * 1e6)


def show(runs: dict[str, list[Run]]) -> None:
    print("| sender | messages a second | isa-mail to it | processor µs a message |")
    print("|---|---:|---:|---:|")
    for name, found in runs.items():
        ratio = statistics.median(
            mine.rate / its.rate for mine, its in zip(runs["isa-mail"], found, strict=True)
        )
        rate, processor = (
            statistics.median(values) for values in zip(*((r.rate, r.processor) for r in found), strict=True)
        )
        print(f"| {name} | {rate:,.0f} | {ratio:.2f} | {processor:,.0f} |")


# --- the senders ------------------------------------------------------------------------------------------


def isa_mail(work: Work, count: int) -> list[str | Path]:
    (work.workspace / "editions" / "2026-10" / "sent.txt").unlink(missing_ok=True)
    shutil.rmtree(work.scratch / "state", ignore_errors=True)
    settings = {
        "ISA_MAIL_STATE_DIR": str(work.scratch / "state"),
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(work.port),
        "SMTP_SECURITY": "none",
    }
    return [
        "env",
        *(f"{name}={value}" for name, value in settings.items()),
        *(sys.executable, "-m", "isa_mail.cli", "-C", work.workspace, "send"),
        *("--to", work.list(count), "--confirm", str(count)),
    ]


def peer(name: str) -> Callable[[Work, int], list[str | Path]]:
    def command(work: Work, count: int) -> list[str | Path]:
        built = work.workspace / "build" / "2026-10"
        parts = (built / "newsletter.html", built / "newsletter.txt")
        words = (name, str(work.port), work.list(count), *parts, "--sessions", str(work.sessions))
        return [sys.executable, HERE / "send_peers.py", *words]

    return command


def smtp_source(work: Work, count: int) -> list[str | Path]:
    message = work.workspace / "build" / "2026-10" / "newsletter.eml"
    program = shutil.which("smtp-source", path=ADMIN_PATH) or ""
    options = ("-d", "-N", "-s", str(work.sessions), "-m", str(count), "-M", "bench.example.org")
    return [program, *options, "-F", message, f"127.0.0.1:{work.port}"]


SENDERS: dict[str, Callable[[Work, int], list[str | Path]]] = {
    "isa-mail": isa_mail,
    "smtp-source": smtp_source,
    "smtplib": peer("smtplib"),
    "django": peer("django"),
}


def can_run(name: str) -> bool:
    if name == "smtp-source":
        return shutil.which("smtp-source", path=ADMIN_PATH) is not None
    return name != "django" or find_spec("django") is not None


# --- the server -------------------------------------------------------------------------------------------


def sink() -> AbstractContextManager[int]:
    program = shutil.which("smtp-sink", path=ADMIN_PATH)
    if program is None:
        return listening(lambda port: [sys.executable, str(HERE / "send_sink.py"), str(port)])
    user = ["-u", "nobody"] if hasattr(os, "getuid") and os.getuid() == 0 else []
    return listening(lambda port: [program, *user, "-m", "512", f"127.0.0.1:{port}", "1024"])


def long_line(port: int, milliseconds: float) -> Callable[[int], list[str]]:
    return lambda near: [
        *(sys.executable, str(HERE / "send_sink.py"), str(near)),
        *("--of", str(port), "--milliseconds", str(milliseconds)),
    ]


@contextmanager
def listening(command: Callable[[int], list[str]]) -> Iterator[int]:
    """Start a server on a free port, and end it with the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    process = subprocess.Popen(command(port), stdout=subprocess.DEVNULL)
    try:
        for _ in range(500):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.02)
        yield port
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
