r"""Merge fields leave the source before Markdown sees it, and come back as values.

    "Liebe {{ first_name | Freundin }}," -> "Liebe Zq0000q,", {"Zq0000q": MergeField("first_name", "Freundin", …)}

Pure. A mark is made of ASCII letters and digits, so it passes through Markdown anywhere: in bold type, in a link's
address. Its prefix occurs nowhere else in the source. `\{{` is a literal `{{`; backslashes before it count in pairs,
as everywhere in Markdown.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from isa_mail.content.findings import Remarks
from isa_mail.model.merging import MergeField, PlainText

_TOKEN = re.compile(r"(?P<backslashes>\\*)\{\{(?:(?P<inside>[^\n]*?)\}\})?")
_NAME = re.compile(r"\w(?:[\w -]*\w)?")


@dataclass(frozen=True, slots=True)
class Marked:
    """A source whose merge fields are marks."""

    text: str
    fields: Mapping[str, MergeField]
    pattern: re.Pattern[str]  # matches one mark, as its only group

    def has_mark(self, text: str) -> bool:
        return bool(self.fields) and self.pattern.search(text) is not None

    def typed(self, text: str) -> str:
        """Put merge fields back as they are written, for messages."""
        return (
            self.pattern.sub(lambda found: write_field(self.fields[found[1]]), text) if self.fields else text
        )

    def restore(self, text: str) -> PlainText:
        """Split literal text at its marks."""
        if not self.fields:
            return (text,) if text else ()
        pieces = self.pattern.split(text)
        return tuple(self.fields.get(piece, piece) for piece in pieces if piece)


def mark_fields(text: str, remarks: Remarks, *, first_line: int, literal: bool) -> Marked:
    r"""Replace every merge field by a mark; a `{{` that is no merge field is an error in `remarks`.

    `first_line` is the line of the file that `text` begins at. `literal` says that no Markdown follows: then `\{{`
    becomes `{{` here.
    """
    prefix = "Zq"
    while prefix in text:
        prefix += "q"
    fields: dict[str, MergeField] = {}
    pieces: list[str] = []
    position = 0
    while found := _TOKEN.search(text, position):
        pieces.append(text[position : found.start()])
        backslashes = found["backslashes"]
        pairs = backslashes[: len(backslashes) // 2] if literal else backslashes
        if len(backslashes) % 2:
            pieces.append(pairs + "{{")
            position = found.start() + len(backslashes) + 2
            continue
        line = first_line + text.count("\n", 0, found.start())
        mark = f"{prefix}{len(fields):04d}q"
        fields[mark] = _field(found["inside"], line, remarks)
        pieces.append(pairs + mark)
        position = found.end()
    pieces.append(text[position:])
    return Marked("".join(pieces), fields, re.compile(rf"({prefix}\d{{4,}}q)"))


def write_field(field: MergeField) -> str:
    """Write a merge field as its source."""
    return (
        f"{{{{ {field.name} }}}}" if field.fallback is None else f"{{{{ {field.name} | {field.fallback} }}}}"
    )


def _field(inside: str | None, line: int, remarks: Remarks) -> MergeField:
    name, bar, fallback = (inside or "").partition("|")
    if inside is None:
        remarks.fail(
            line,
            "A merge field is opened by {{ and not closed on the same line.",
            r"Write {{ name | fallback }}; for two literal braces, write \{{.",
        )
    elif "{{" in inside or not _NAME.fullmatch(name.strip()):
        remarks.fail(
            line,
            f"{{{{{inside}}}}} is no merge field.",
            r"Write a column's name: {{ first_name }}, or {{ first_name | fallback }}. Literal braces: \{{.",
        )
    plain = re.sub(r"[ -]", "_", name.strip()).casefold()
    return MergeField(plain, fallback.strip() if bar else None, remarks.place(line))
