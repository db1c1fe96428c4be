"""What is said about pictures, and which of them nobody sees.

    ![messestand.jpg](images/messestand.jpg) -> P103     images/alt.jpg, which no section shows -> P105

Pure. The pictures themselves are rendering's matter (R102, R103, R109); a missing one is its error.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence

from isa_mail.check.codes import finding
from isa_mail.check.passages import words
from isa_mail.model.findings import Finding, Place
from isa_mail.model.newsletter import Edition, Figure, is_placeholder
from isa_mail.walk import figures

_FILE_NAME = re.compile(
    r"\S+\.(?:jpe?g|png|gif|webp|heic|tiff?|bmp)|(?:img|dsc|dscn|pict?|image|photo|foto|bild|wp|pxl)[_ -]?\d+\w*",
    re.IGNORECASE,
)
_CREDIT = re.compile(
    r"\b(?:fotos?|bild(?:er)?|photos?|pictures?|images?|aufnahme|grafik|quelle|credit|courtesy|illustration|zeichnung"
    r"|copyright|archiv)\b\s*(?:[:：/]|von|by|aus|of)|©|\(c\)|[图摄供](?:[:：/]|影)|图片|照片|供图|摄影|来源|绘图|插画"
    r"|fotograf|photograph|illustrat|zeichner|grafiker",
    re.IGNORECASE,
)


def picture_findings(
    editions: Sequence[Edition], files: Collection[str], directory: str
) -> Iterator[Finding]:
    """Look at every figure. `files` are those in images/, as a figure would name them; `directory` is the edition's."""
    shown = set()
    for edition in editions:
        for section in edition.sections:
            for figure in figures(section.body):
                shown.add(_plain(figure.path))
                if not is_placeholder(figure.path):
                    yield from _figure(figure)
    for file in sorted(files):
        if editions and _plain(file) not in shown:
            yield finding(
                "P105",
                Place(f"{directory}/{file}"),
                f"The picture {file} is shown in no section.",
                f"Show it by a line ![description]({file}), or delete it.",
            )


def _figure(figure: Figure) -> Iterator[Finding]:
    alt, caption = figure.alt.strip(), words(figure.caption).strip()
    if alt and (
        _FILE_NAME.fullmatch(alt) or _plain(alt) == _plain(figure.path).rpartition("/")[2].rpartition(".")[0]
    ):
        yield finding(
            "P103",
            figure.place,
            f"The description of the picture {figure.path} is a file name: {alt}",
            "Write in a few words between [ and ] what it shows: screen readers read it out.",
        )
    elif alt and caption and _says_the_same(alt, caption):
        yield finding(
            "P102",
            figure.place,
            f"The description of the picture {figure.path} repeats its caption: {alt[:80]}",
            "Describe what is to be seen; the caption says what it means.",
        )
    if not _CREDIT.search(caption):
        yield finding(
            "P104",
            figure.place,
            f"The picture {figure.path} has no credit.",
            "End its caption with „Foto: Name“: German law gives photographers the right to be named (§ 13 UrhG).",
        )


def _says_the_same(alt: str, caption: str) -> bool:
    one, other = _letters(alt), _letters(_CREDIT.split(caption)[0])
    return bool(one) and (one == other or (len(one) > 15 and one in _letters(caption)))


def _letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


def _plain(path: str) -> str:
    return unicodedata.normalize("NFC", path.replace("\\", "/").removeprefix("./"))
