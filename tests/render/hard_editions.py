"""Editions that strain a layout, written as files into a workspace: every block, words that do not fit, one, sixty."""

import shutil
from pathlib import Path

from bench.letter import ROOT, Letter, letters_of
from isa_mail.model.newsletter import Kind

COMPOUND = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz"  # 63 letters
NAME = ("Przybyszewskischleswigholsteinerin" * 3)[:80]
ADDRESS = "https://www.example.org/" + "abschnitt-ohne-ende/" * 8 + "seite-2026-10-16"  # 200 characters
RUN = "双岸一水间" * 30  # 150 characters without a blank or a mark

EVERY_BLOCK = """\
{word} steht am Anfang und {name} danach, und zwischen beiden ein Satz, der länger ist als eine Zeile. {run}

![{word}](images/bild.jpg)
{word} und {name}. Foto: Geschäftsstelle

## {word}

Ein *Wort*, **{word}**, ein [Verweis: {address}]({address}) im Satz und `{name}`.

- {word}
- kurz

1. {name}
2. {address}

> {word} ist gut. {run}
> — {name}, {word}

> Ohne Namen.

**{name}:** Eine Frage nach {word}?

**Antwort:** {word}.

[{address}]({address})

[{word}]({address})

- 16.–19. Oktober 2026: {word}, {name}
- 3. November 2026: {name}, {word}

***

```
{address} {word}
    eingerückt
```
"""
WORDS = {"word": "Herbstmesse", "name": "Tina Probe", "address": "https://example.org/messe", "run": ""}
LONG_WORDS = {"word": COMPOUND, "name": NAME, "address": ADDRESS, "run": RUN}


def _section(kind: Kind, words: dict[str, str], title: str) -> str:
    signed = f"Signed: {words['name']}, {words['word']}\nSigned: Karl Beispiel, Bürgermeister\n"
    return f"Title: {title}\nKind: {kind.value}\n{signed}\n{EVERY_BLOCK.format(**words)}"


_SHORT = "Title: {title}\n\nEin kurzer Bericht, in dem steht, was geschehen ist.\n"
EDITIONS = {
    "every block in every kind": {
        f"{number}0-{kind.value}": _section(kind, WORDS, f"{kind.value.capitalize()} {number}")
        for number, kind in enumerate(Kind, 1)
    },
    "words that do not fit": {
        f"{number}0-{kind.value}": _section(kind, LONG_WORDS, f"{COMPOUND} {number}")
        for number, kind in enumerate(Kind, 1)
    },
    "one section": {"10-kurz": _SHORT.format(title="Kurz")},
    "sixty sections": {
        f"{number}-artikel": _SHORT.format(title=f"Artikel {number}") for number in range(1, 61)
    },
}


def build_hard_edition(root: Path, name: str, language: str = "de") -> Letter:
    """Write one of EDITIONS into a workspace at `root` and build it."""
    folder = root / "editions" / "2026-10"
    (folder / "images").mkdir(parents=True)
    (root / "images").mkdir()
    for file in ("isa-mail.toml", "images/logo.png"):
        shutil.copyfile(ROOT / file, root / file)
    shutil.copyfile(ROOT / "editions/2026-09/images/zwei-ufer.jpg", folder / "images/bild.jpg")
    head = f"Title: Ausgabe {name}\nDate: 2026-10-30\nLanguage: {language}\nGreeting: Liebe Mitglieder,\n"
    (folder / "edition.txt").write_text(head, encoding="utf-8")
    for section, text in EDITIONS[name].items():
        (folder / f"{section}.txt").write_text(text, encoding="utf-8")
    (letter,) = letters_of(root)
    return letter
