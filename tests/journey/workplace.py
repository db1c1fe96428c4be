"""A desk in an office: a workspace in a folder, the real command, and what lies there afterwards.

    desk.mail_server(server)                    # writes .env
    done = desk.run("send", "--confirm", "5")   # python -m isa_mail.cli send --confirm 5, as a process of its own
    done.status, done.out, done.err

Nothing is replaced: the processes are real, so are the files, and the servers of `servers.py` listen on loopback.
The environment is the one of the tests without SMTP_… and ISA_MAIL_… settings of whoever runs them.
"""

import contextlib
import csv
import email
import email.policy
import io
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from PIL import Image
from servers import Server

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "isa_mail.cli")
EDITION = "2026-10"
_NOT_INHERITED = ("SMTP_", "ISA_MAIL_", "NO_COLOR", "FORCE_COLOR", "PYTHON", "COLUMNS", "TERM")
_PATIENCE = 120.0  # seconds; on a busy machine the largest build took 25

SETTINGS = """\
name = "Uferpost"
sender = "Uferpost <uferpost@ufer.example.org>"
reply_to = "Geschäftsstelle <kontakt@ufer.example.org>"
list_id = "uferpost.ufer.example.org"
imprint = \"\"\"
Verein der Ufer e. V.
Hafengasse 1, 00815 Grünhafen
kontakt@ufer.example.org
\"\"\"
languages = ["de"]
lists = ["members.csv"]
test_to = "probe@ufer.example.org"

[delivery]
messages_per_minute = 0
"""

EDITION_TEXT = """\
Title: Uferpost im Oktober
Date: 2026-10-05
Language: de
Subject: Post für {{ vorname | dich }} aus {{ ort }}
Preheader: Ein Boot, ein Ufer und alles dazwischen
Greeting: Guten Tag {{ vorname | allerseits }},
"""

SECTION = """\
Title: Ein Boot für alle

Das Boot liegt in {{ ort }}, liebes Mitglied {{ nachname | }} & Freunde.

![Das Boot](images/boot.png)
"""

HEADER = ("E-Mail", "Vorname", "Nachname", "Ort", "Gruppe", "Sprache")
MEMBERS: tuple[tuple[str, ...], ...] = (
    ("anna@mitglied.test", "Anna", "Möller", "Grünhafen", "Beirat", "de"),
    ("boerge@mitglied.test", "Börge", "Süß", "Köthen", "Beirat", "de"),
    ("chen@mitglied.test", "Chen", "Yu", "Songdu", "Vorstand", "zh"),
    ("doerte@mitglied.test", "Dörte", "Grün & Co <KG>", "Lüneburg", "", ""),
    ("emil@mitglied.test", "Emil", "Öz", "Grünhafen", "Vorstand", "de"),
)
FIVE = frozenset(row[0] for row in MEMBERS)


@dataclass(frozen=True)
class Done:
    """A command that has ended."""

    status: int
    out: str
    err: str

    @property
    def last_line(self) -> str:
        return self.out.rstrip("\n").rpartition("\n")[2]


@dataclass(frozen=True)
class Letter:
    """A mail as its reader sees it."""

    to: str
    subject: str
    message_id: str
    text: str
    html: str


@dataclass(frozen=True)
class Desk:
    """A workspace and the person in front of it."""

    folder: Path

    # --- what is there ---

    @property
    def settings_file(self) -> Path:
        return self.folder / "isa-mail.toml"

    @property
    def edition(self) -> Path:
        return self.folder / "editions" / EDITION

    @property
    def section(self) -> Path:
        return self.edition / "10-boot.txt"

    @property
    def journal(self) -> Path:
        return self.folder / ".isa-mail" / "journal.sqlite3"

    @property
    def suppressed(self) -> Path:
        return self.folder / "recipients" / "suppressed.sqlite3"

    @property
    def sent_file(self) -> Path:
        return self.edition / "sent.txt"

    def outbox(self) -> list[Letter]:
        """Read the mails that lie in the outbox."""
        return [
            letter(path.read_bytes())
            for path in sorted((self.folder / "outbox").glob(f"{EDITION}/new/*.eml"))
        ]

    def files(self) -> dict[str, tuple[int, bytes]]:
        """List every file with its time of change and its content."""
        return {
            path.relative_to(self.folder).as_posix(): (path.stat().st_mtime_ns, path.read_bytes())
            for path in sorted(self.folder.rglob("*"))
            if path.is_file()
        }

    # --- what a person writes ---

    def replace(self, path: Path, old: str, new: str) -> None:
        """Change a text file by hand."""
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {path}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    def pace(self, **settings: int) -> None:
        """Set [delivery]; without a limit a minute unless it is named."""
        head = self.settings_file.read_text(encoding="utf-8").partition("[delivery]")[0]
        lines = (f"{name} = {value}\n" for name, value in ({"messages_per_minute": 0} | settings).items())
        self.settings_file.write_text(f"{head}[delivery]\n{''.join(lines)}", encoding="utf-8")

    def setting(self, line: str) -> None:
        """Add a line to isa-mail.toml, above its tables."""
        self.replace(self.settings_file, "[delivery]", f"{line}\n\n[delivery]")

    def members(
        self,
        rows: Sequence[Sequence[str]],
        *,
        file: str = "members.csv",
        header: Sequence[str] = HEADER,
        encoding: str = "cp1252",
    ) -> None:
        """Write a list as a German Excel saves it."""
        text = io.StringIO()
        csv.writer(text, delimiter=";", lineterminator="\r\n").writerows((header, *rows))
        (self.folder / "recipients" / file).write_bytes(text.getvalue().encode(encoding))

    def mail_server(self, server: Server | None, **changes: str) -> None:
        """Write .env for a server; None takes it away."""
        found = {} if server is None else server.environment(**changes)
        path = self.folder / ".env"
        path.write_text("".join(f"{name}='{value}'\n" for name, value in found.items()), encoding="utf-8")

    # --- what a person does ---

    def run(self, *arguments: str, expect: int = 0, cwd: Path | None = None, **environment: str) -> Done:
        """Run a command to its end, without a terminal; its exit status must be `expect`."""
        ended = subprocess.run(
            [*COMMAND, *arguments],
            cwd=cwd or self.folder,
            env=clean_environment(**environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=_PATIENCE,
            check=False,
        )
        done = Done(ended.returncode, ended.stdout, ended.stderr)
        assert "Traceback" not in done.err and "has a bug" not in done.err, done.err
        assert done.status == expect, (
            f"exit status {done.status}\n--- stdout\n{done.out}\n--- stderr\n{done.err}"
        )
        return done

    def send(self, mails: int, *arguments: str, expect: int = 0) -> Done:
        """Send, and confirm this number of mails."""
        return self.run("send", *arguments, "--confirm", str(mails), expect=expect)

    @contextlib.contextmanager
    def running(self, *arguments: str) -> "Iterator[subprocess.Popen[str]]":
        """Start a command beside the test; whatever is left of it at the end of the block is killed."""
        process = subprocess.Popen(
            [*COMMAND, *arguments],
            cwd=self.folder,
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        with process:
            try:
                yield process
            finally:
                process.kill()

    def status(self, *arguments: str) -> list[dict[str, Any]]:
        """Ask `status --json`."""
        found = json.loads(self.run("status", *arguments, "--json").out)
        assert isinstance(found, list)
        return found

    def states(self) -> dict[str, str]:
        """Say how each person's delivery stands."""
        return {row["address"]: row["state"] for row in self.status()}


def make_desk(folder: Path) -> Desk:
    """Set up a workspace with one small edition and five people; nothing is built yet."""
    desk = Desk(folder)
    (desk.edition / "images").mkdir(parents=True)
    (folder / "recipients").mkdir()
    desk.settings_file.write_text(SETTINGS, encoding="utf-8")
    (desk.edition / "edition.txt").write_text(EDITION_TEXT, encoding="utf-8")
    desk.section.write_text(SECTION, encoding="utf-8")
    Image.new("RGB", (24, 16), "#0f4c5c").save(desk.edition / "images" / "boot.png")
    desk.members(MEMBERS)
    return desk


def copy_of(desk: Desk, folder: Path) -> Desk:
    """Check the workspace out somewhere else, with everything that lies in it."""
    shutil.copytree(desk.folder, folder)
    return Desk(folder)


def clean_environment(**more: str) -> dict[str, str]:
    """Return the environment without any setting of this program or of Python."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_NOT_INHERITED)}
    return kept | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"} | more


def crowd(number: int) -> list[tuple[str, ...]]:
    """Invent people, with umlauts, a semicolon in a cell, and addresses that tell who is who."""
    first = ("Änne", "Björn", "Çelik", "Dörte", "Émile", "Jürgen", "Zoë")
    last = ("Groß", "Müller; Söhne", "O'Hara", "Weiß-Blau", 'von "Kühn"')
    towns = ("Grünhafen", "Köthen", "Lüneburg")
    return [
        (
            f"person{n:02}@mitglied.test",
            first[n % len(first)],
            f"{last[n % len(last)]} {n}",
            towns[n % len(towns)],
            "",
            "de",
        )
        for n in range(number)
    ]


def letter(content: bytes) -> Letter:
    """Read a mail with the standard library's parser."""
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    parts = {}
    for kind in ("plain", "html"):
        part = message.get_body((kind,))
        assert part is not None
        parts[kind] = part.get_content()
    return Letter(message["To"], message["Subject"], message["Message-ID"], parts["plain"], parts["html"])


def people(server: Server) -> list[str]:
    """Name the recipients of every mail that the server has answered with 250, in order."""
    return [address for got in server.accepted for address in got.recipients]


def wait_until(happened: Callable[[], bool], what: str, seconds: float = _PATIENCE) -> None:
    """Look every few milliseconds until something has happened."""
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, f"still waiting: {what}"
        time.sleep(0.002)


def the_error(done: Done) -> str:
    """Return the one error on stderr: a line with what and where, and under it the next step."""
    assert done.err.count("Error: ") == 1, done.err
    found = re.search(r"^Error: (.+(?:\n(?: {7}).+)+)", done.err, re.MULTILINE)
    assert found, f"no error with a next step under it:\n{done.err}"
    return found[1]
