"""Merge fields <-> opaque marks, which survive Jinja2, premailer and line wrapping.

    MergeField("first_name", "Mitglied", ...) -> "mkqhdzwbt0x" -> Hole(MergeField(...), Escape.HTML)

Pure. A mark is letters and digits, so nothing on the way quotes, encodes or breaks it. Its prefix comes from the
hash of the content, and no text can contain the hash of itself: nobody can type a mark. Where a mark ends up decides
how the value will be written: in an address (href, src) percent-encoded, else escaped as its part needs.
"""

import hashlib
import re
from dataclasses import dataclass, field

from isa_mail.errors import BuildError
from isa_mail.model.findings import Place
from isa_mail.model.merging import Escape, Hole, MergeField, PlainText, Template
from isa_mail.model.newsletter import Edition
from isa_mail.model.publication import Publication

BUILT_IN = Place("templates/newsletter.html.j2")  # where the letter's own fields stand
_PREFIX_LETTERS = 9  # 16 ** 9 prefixes; with kind, number and end a mark is as wide as a longish name
_ADDRESS_WIDTH = 40  # columns: a mark is wrapped as the value will be, and few addresses are longer
_IN_ADDRESS = re.compile(r"""(?:href|src)\s*=\s*(?:"[^"<>]*|'[^'<>]*)\Z""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of one rendering. Grows while templates run; `holes` reads it afterwards."""

    prefix: str
    _fields: list[MergeField] = field(default_factory=list)

    def text(self, merge_field: MergeField) -> str:
        """Give a new mark for running text or an attribute."""
        return self._mark("t", merge_field)

    def url(self, merge_field: MergeField) -> str:
        """Give a new mark for the path or query of an address."""
        return self._mark("u", merge_field)

    def plain(self, text: PlainText) -> str:
        """Join text, its fields as marks."""
        return "".join(part if isinstance(part, str) else self.text(part) for part in text)

    def is_in(self, text: str) -> bool:
        """Say whether some mark stands in a text."""
        return self.prefix in text

    def _mark(self, kind: str, merge_field: MergeField) -> str:
        number = str(len(self._fields))
        self._fields.append(merge_field)
        if merge_field.name == "address":
            number = number.zfill(_ADDRESS_WIDTH - len(f"{self.prefix}{kind}x"))
        return f"{self.prefix}{kind}{number}x"

    def holes(self, rendered: str, escape: Escape) -> Template:
        """Split a rendered part at its marks; `escape` is how the part writes a value outside addresses.

        Raises BuildError if a template has changed a mark, for example with Jinja's `upper`: it would be sent as
        gibberish.
        """
        parts: list[str | Hole] = []
        end = 0
        for found in re.finditer(rf"{self.prefix}([tu])(\d+)x", rendered):
            before = rendered[end : found.start()]
            if before:
                parts.append(before)
            address = found[1] == "u" or (escape is Escape.HTML and _inside_address(rendered, found.start()))
            parts.append(Hole(self._fields[int(found[2])], Escape.URL if address else escape))
            end = found.end()
        if rendered[end:]:
            parts.append(rendered[end:])
        for part in parts:
            if isinstance(part, str) and self.prefix in part.casefold():
                raise BuildError(
                    "A template has changed a merge field's mark, so no name could be put there.",
                    place=BUILT_IN,
                    hint="Do not use Jinja filters such as upper, truncate or replace on text with merge fields.",
                )
        return tuple(parts)


def new_marks(edition: Edition, publication: Publication) -> Marks:
    """Choose a prefix that occurs nowhere in the edition or the settings."""
    content = repr((edition, publication))
    for attempt in range(100):
        digest = hashlib.sha256(f"{attempt} {content}".encode()).hexdigest()
        prefix = digest[:_PREFIX_LETTERS].translate(str.maketrans("0123456789abcdef", "bcdfghjkmnpqrstv"))
        if prefix not in content.casefold():
            return Marks(prefix)
    raise AssertionError("a hundred hashes of a text stand in the text itself")


def _inside_address(rendered: str, position: int) -> bool:
    return _IN_ADDRESS.search(rendered, max(0, rendered.rfind("<", 0, position)), position) is not None
