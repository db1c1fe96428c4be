"""A draft that is made of one file, and the preview that shows it: for what does not depend on a real letter."""

import http.client
import threading
from base64 import b64decode
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bench.measures import AXE
from isa_mail.errors import ContentError, MergeError, Several
from isa_mail.model.findings import Finding, Place, Severity
from isa_mail.model.people import Recipient
from isa_mail.model.publication import Fingerprint
from isa_mail.preview.draft import Draft, Limit, Reader, Source, Standing
from isa_mail.preview.server import serve

if TYPE_CHECKING:
    from playwright.sync_api import Page

KEY = "k3y"
PNG = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
HTML = """<!doctype html><html lang="de"><head><meta charset="utf-8"><title>x</title></head>
<body style="margin:0;background:#ffffff;color:#222222;font-family:Arial,sans-serif">
<div style="max-width:600px;margin:auto;padding:16px"><h1>{text}</h1>
<img src="cid:dot@example.org" width="40" height="40" alt="Punkt"><img src="https://www.example.org/x.png" alt="fern">
<p><a href="https://www.example.org/">Mehr</a> <a href="#unten">nach unten</a></p>
<script>document.body.dataset.ran = "yes"</script>
<div style="height:3000px"></div><p id="unten">Ende</p></div></body></html>
"""
ANN = Recipient("ann@mitglied.test", "Ann <b>Probe</b>", "de", {}, Place("recipients/members.csv", 2))
YU = Recipient("yu@mitglied.test", "Yu", "zh", {}, Place("recipients/members.csv", 3))


def mail(html: str, text: str, subject: str, person: Recipient | None = None) -> bytes:
    """Write a mail as `message/` would: text, HTML with a picture of its own."""
    message = EmailMessage()
    message["From"] = "Uferpost <post@ufer.example.org>"
    message["To"] = person.address if person else "recipient@example.org"
    message["Subject"] = subject
    message["Date"] = "Mon, 05 Oct 2026 00:00:00 +0000"
    message.set_content(text)
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    related = message.get_payload(1)
    assert isinstance(related, EmailMessage)
    related.add_related(PNG, "image", "png", cid="<dot@example.org>", filename="dot.png")
    return message.as_bytes(policy=SMTP)


@dataclass
class People:
    """Two people, of whom one may leave the list."""

    there: list[Recipient] = field(default_factory=lambda: [ANN, YU])

    def search(self, words: str) -> tuple[Reader, ...]:
        return tuple(Reader(each, each is YU) for each in self.there if words in each.address)

    def find(self, key: str) -> Reader | None:
        return next((Reader(each, each is YU) for each in self.there if each.key == key), None)


@dataclass
class Desk:
    """The file, the preview's address, and what a browser would ask."""

    file: Path
    address: str = ""
    people: People = field(default_factory=People)
    found: tuple[Finding, ...] | None = ()  # about the lists
    lists_trouble: Exception | None = None  # raised where they are looked at

    def render(self) -> Draft:
        text = self.file.read_text(encoding="utf-8")
        if "**" in text:
            wrong = ContentError(
                "A ** is left over.", place=Place("editions/2026-09/10.txt", 4), hint="Close it with **."
            )
            other = ContentError("There is <no> picture.", place=Place("20.txt", 7), hint="Look into images.")
            raise Several([wrong, other, wrong])  # the same in both languages
        if text == "bug":
            raise ZeroDivisionError

        def message(language: str, person: Recipient | None) -> bytes:
            if person and "leer" in text:
                raise MergeError("No town for Ann.", place=person.place, hint="Fill in the column.")
            words = {
                "de": (text, f"Klartext: {text}\n", f"Betreff {text}"),
                "zh": ("你好", "纯文本\n", "主题"),
            }
            shown, plain, subject = words[language]
            return mail(
                HTML.format(text=f"{shown} {person.address if person else ''}".strip()),
                plain,
                subject,
                person,
            )

        def list_findings() -> tuple[Finding, ...] | None:
            if self.lists_trouble:
                raise self.lists_trouble
            return self.found

        return Draft(
            edition="2026-09",
            title="Herbst",
            languages=("de", "zh"),
            fingerprint=Fingerprint("0123456789abcdef"),
            standing=Standing(False, "2026-09 has not been built yet.", "Make it: isa-mail build 2026-09"),
            findings=(
                Finding("C103", Severity.WARNING, Place("10.txt", 1), "<i>Some</i> word.", "Look."),
                Finding(
                    "M101", Severity.HINT, Place("edition.txt", 2), "The subject is long.", "Shorten it."
                ),
                *(
                    Finding("T201", Severity.HINT, Place("10.txt", 1), f"Blank {number}.", "Take it out.")
                    for number in range(5 if "viele" in text else 0)
                ),
                Finding("C105", Severity.BLOCKS, Place("elsewhere.txt", 1), "A link.", "Mend it."),
            ),
            sources={
                "de": (
                    Source("edition.txt", "Title: Herbst\nSubject: Betreff\n", is_running=False),
                    Source("10.txt", text, is_running=True),
                )
            },
            shades={"light": {"page": "#ffffff"}, "dark": {"page": "#000000"}},
            linked={},
            limits={"html": Limit(80_000, 100_000, "cut off")},
            message=message,
            list_findings=list_findings,
            language_of=lambda person: person.language if person.language in ("de", "zh") else "de",
        )

    def save(self, text: str) -> None:
        """Save as careful editors do: write beside the file, then take its place."""
        beside = self.file.with_name(self.file.name + "~")
        beside.write_text(text, encoding="utf-8")
        beside.replace(self.file)

    def get(self, path: str, *, method: str = "GET", **headers: str) -> tuple[int, bytes, dict[str, str]]:
        """Ask for a path below the key; headers are named with _ for -."""
        parts = urlsplit(self.address)
        sent = {"Host": parts.netloc, "Connection": "close"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        with closing(http.client.HTTPConnection(parts.netloc, timeout=10)) as connection:
            connection.request(method, f"/{KEY}{path}" if path.startswith("/") else path[1:], headers=sent)
            response = connection.getresponse()
            return response.status, response.read(), dict(response.headers)


@contextmanager
def served(desk: Desk) -> Iterator[threading.Thread]:
    ready, stop = threading.Event(), threading.Event()

    def on_ready(address: str) -> None:
        desk.address = address
        ready.set()

    watch = [desk.file.parent, desk.file.parent / "not there yet"]
    settings = {"watch": watch, "port": 0, "key": KEY, "on_ready": on_ready, "stop": stop}
    thread = threading.Thread(target=serve, args=(desk.render, desk.people), kwargs=settings)
    thread.start()
    try:
        assert ready.wait(10)
        yield thread
    finally:
        stop.set()
        thread.join(10)
        assert not thread.is_alive()


def first_news(desk: Desk, version: int) -> str:
    """Wait as a page that shows `version` does; return the first news."""
    with closing(http.client.HTTPConnection(urlsplit(desk.address).netloc, timeout=10)) as connection:
        connection.request("GET", f"/{KEY}/news/{version}")
        with connection.getresponse() as response:
            return response.readline().decode()


def violations(page: "Page") -> list[str]:
    """Ask axe about the page itself; the letter has tests of its own."""
    from axe_playwright_python.sync_playwright import Axe

    broken = Axe().run(page, context={"exclude": [["iframe"]]}, options=AXE).response["violations"]
    return [f"{rule['id']}: {rule['help']} ({rule['nodes'][0]['target'][0]})" for rule in broken]
