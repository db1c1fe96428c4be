"""What the tests of this room share: a small workspace without a finding, and what a change in it brings.

    codes(tmp_path, {"10-bericht.txt": "Title: Fest\\n\\nSiehe [hier](https://ufer.example.org/fest).\\n"}) -> {"H103"}

The files are real, and so is the way from them to the findings. A name without a folder lies in the edition; text that
is given as bytes is written as it is.
"""

import io
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from random import Random

from PIL import Image

from isa_mail.model.findings import Finding
from isa_mail.pipeline.checking import Checked, check, check_made
from isa_mail.pipeline.making import Made, try_editions
from isa_mail.workspace.find import Workspace
from isa_mail.workspace.settings import read_settings

NAME = "2026-10"
EDITION = f"editions/{NAME}"
Files = Mapping[str, str | bytes | None]
_OUTSIDE = ("isa-mail.toml", "glossary.txt", "accepted.txt", "marke.png")

SETTINGS = """\
name = "Uferpost"
sender = "Uferpost <uferpost@ufer.example.org>"
list_id = "uferpost.ufer.example.org"
imprint = \"\"\"
Verein der Ufer e. V., Hafengasse 1, 00815 Grünhafen
Vertreten durch den Vorstand: Ada Probe; Amtsgericht Grünhafen, VR 4711
kontakt@ufer.example.org, Telefon 03999 0815
\"\"\"
languages = ["de", "zh"]
lists = ["members.csv"]
"""
EDITION_TEXT = """\
Title: Uferpost im Oktober
Date: 2026-10-05
Subject: Ein Boot für alle
Preheader: Ein Boot, ein Ufer und alles dazwischen
Greeting: Guten Tag allerseits,
"""
SECTION = """\
Title: Ein Boot für alle

![Ein rotes Boot am Steg](images/boot.jpg)
Das neue Boot am Tag der Taufe. Foto: Ada Probe

Das Boot liegt seit gestern im Hafen von Grünhafen.
"""
CHINESE_EDITION = """\
Title: 十月双岸通讯
Date: 2026-10-05
Subject: 人人可乘的小船
Preheader: 一条小船、一道河岸，以及两岸之间的一切故事
Greeting: 各位会员：
"""
LIST = "E-Mail;Vorname\nanna@mitglied.test;Anna\n"


@cache
def picture(width: int = 1300, height: int = 860, kind: str = "JPEG", *, noisy: bool = False) -> bytes:
    """Draw a picture; a noisy one is heavy in any format."""
    image = Image.new("RGB", (width, height))
    if noisy:
        image = Image.frombytes("RGB", (width, height), Random(1).randbytes(width * height * 3))
    data = io.BytesIO()
    image.save(data, kind)
    return data.getvalue()


def clean_files() -> dict[str, str | bytes | None]:
    """A workspace without a finding."""
    return {
        "isa-mail.toml": SETTINGS,
        "recipients/members.csv": LIST,
        f"{EDITION}/edition.txt": EDITION_TEXT,
        f"{EDITION}/10-bericht.txt": SECTION,
        f"{EDITION}/images/boot.jpg": picture(),
    }


def two_languages() -> dict[str, str | bytes | None]:
    """What makes a clean edition in two languages of it."""
    return {
        "edition.txt": None,
        "10-bericht.txt": None,
        "de/edition.txt": EDITION_TEXT,
        "de/10-bericht.txt": SECTION,
        "zh/edition.txt": CHINESE_EDITION,
        "zh/10-bericht.txt": (
            "Title: 人人可乘的小船\n\n![码头边的红色小船](images/boot.jpg)\n命名日当天的新船。图：阿达\n\n"
            "小船从昨天起停在格林港的码头。\n"
        ),
    }


def workspace(folder: Path, changes: Files) -> Workspace:
    """Write the clean workspace with some files changed; None takes one away."""
    files = clean_files()
    for name, content in changes.items():
        top = name.partition("/")[0]
        inside = "/" not in name or top in ("images", "attachments", "de", "zh", "notizen")
        whole = f"{EDITION}/{name}" if inside and name not in _OUTSIDE else name
        files[whole] = content
    for name, content in files.items():
        path = folder / name
        if content is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return Workspace(folder, folder / ".isa-mail")


def findings(folder: Path, changes: Files, *, whole: bool = False) -> tuple[Finding, ...]:
    """Find what the changes bring; with `whole`, rendering and the lists are looked at too, which takes longer."""
    return checked(workspace(folder, changes), whole=whole).findings


def checked(there: Workspace, *, whole: bool = False, online: bool = False) -> Checked:
    settings = read_settings(there.settings_file)
    if whole or online:
        return check(there, settings, NAME, lists=whole, online=online)
    editions, errors = try_editions(there, settings, NAME)
    assert not errors, errors
    return check_made(there, settings, Made(NAME, editions, (), ()))


def codes(folder: Path, changes: Files, *, whole: bool = False) -> set[str]:
    return {finding.code for finding in findings(folder, changes, whole=whole)}


def section(text: str, header: str = "Title: Fest am Ufer") -> Files:
    """Put a second section beside the clean one."""
    return {"20-fest.txt": f"{header}\n\n{text}\n"}
