"""The header of a section file: `Key: value` lines up to the first empty line.

    ["Titel: Treffen: ISA", "Art: Bericht", "", "Text"] -> {"title": [Value("Treffen: ISA", 1)], …}, body at line 4

Pure. No YAML: of 35 header lines as people type them (a colon in a title, 12:30, 010, #1, umlaut keys) YAML got 13
right and this reader 34; the 35th is the doubled key, which is refused.
"""

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from isa_mail.content.fields import mark_fields
from isa_mail.content.findings import Remarks, quoted
from isa_mail.model.merging import PlainText

_KEY_LINE = re.compile(r"\s*(?P<key>[^:：]{1,60}?)\s*[:：](?P<value>.*)")
_FENCE = "---"
_NEAR = 0.75  # similarity from which a key counts as misspelt


@dataclass(frozen=True, slots=True)
class Value:
    """What was typed behind a key, and the line that it begins in."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Header:
    """What was read. An empty header (`body` at the first line) means: the file has none."""

    values: Mapping[str, tuple[Value, ...]]  # by canonical key
    body: int  # index of the first line of the body

    def one(self, key: str) -> Value | None:
        """Return a key's value, None if it was not given or is empty."""
        values = self.values.get(key, ())
        return values[0] if values and values[0].text else None

    def all(self, key: str) -> tuple[Value, ...]:
        """Return all values of a key that may be repeated, without the empty ones."""
        return tuple(value for value in self.values.get(key, ()) if value.text)


def read_header(
    lines: Sequence[str],
    remarks: Remarks,
    *,
    keys: Mapping[str, str],
    repeatable: frozenset[str] = frozenset(),
) -> Header:
    """Read a header. `keys` maps case-folded names in three languages to canonical keys.

    Unknown and doubled keys, and lines that are no `Key: value`, are errors in `remarks`.
    """
    start = next((number for number, line in enumerate(lines) if line.strip()), len(lines))
    fenced = start + 1 < len(lines) and lines[start].strip() == _FENCE
    start += fenced
    if start >= len(lines) or not _begins_header(lines[start], keys):
        return Header({}, 0)
    return _Reader(lines, remarks, keys, repeatable).read(start, fenced=fenced)


def read_value(value: Value | None, remarks: Remarks) -> PlainText:
    """Read the merge fields of a value; () if there is none. Nothing else in it is markup."""
    if value is None:
        return ()
    marked = mark_fields(value.text, remarks, first_line=value.line, literal=True)
    return marked.restore(marked.text)


def _begins_header(line: str, keys: Mapping[str, str]) -> bool:
    found = _KEY_LINE.fullmatch(line)
    if found is None:
        return False
    key = found["key"].strip().casefold()
    return key in keys or bool(difflib.get_close_matches(key, keys, 1, _NEAR))


class _Reader:
    """Reads the lines of one header, from the first key on."""

    def __init__(
        self, lines: Sequence[str], remarks: Remarks, keys: Mapping[str, str], repeatable: frozenset[str]
    ) -> None:
        self._lines = lines
        self._remarks = remarks
        self._keys = keys
        self._repeatable = repeatable
        self._values: dict[str, list[Value]] = {}

    def read(self, start: int, *, fenced: bool) -> Header:
        last = None
        index = start
        for index in range(start, len(self._lines)):
            line = self._lines[index]
            if line.strip() == _FENCE and fenced:
                index += 1
                break
            if not line.strip() and not fenced:
                break
            if last is not None and line[:1].isspace() and line.strip() and self._key(line) is None:
                self._values[last][-1] = _continued(self._values[last][-1], line)
            elif line.strip():
                last = self._entry(line, index + 1)
        else:
            index += 1
            if fenced:
                self._remarks.fail(
                    start, "The header is opened by --- and never closed.", "Close it with --- as well."
                )
        return Header({key: tuple(values) for key, values in self._values.items()}, index)

    def _entry(self, line: str, number: int) -> str | None:
        found, key = _KEY_LINE.fullmatch(line), self._key(line)
        if found is None or key is None:
            self._unknown(found["key"].strip() if found else line.strip(), number, is_key=found is not None)
            return None
        values = self._values.setdefault(key, [])
        if values and key not in self._repeatable:
            self._remarks.fail(
                number,
                f"{found['key'].strip()} stands here for the second time; the first is in line {values[0].line}.",
                "Keep one of the two lines.",
            )
        values.append(Value(found["value"].strip(), number))
        return key

    def _key(self, line: str) -> str | None:
        found = _KEY_LINE.fullmatch(line)
        return self._keys.get(found["key"].strip().casefold()) if found else None

    def _unknown(self, text: str, number: int, *, is_key: bool) -> None:
        near = difflib.get_close_matches(text.casefold(), self._keys, 1, 0.6)
        instead = f"Did you mean {near[0].capitalize()}, " if near else f"Known keys: {self._known()}, "
        what = "is no key of a header" if is_key else "stands in the header and is no Key: value"
        hint = f"{instead}or is the empty line missing that ends the header?"
        self._remarks.fail(number, f"{quoted(text)} {what}.", hint)

    def _known(self) -> str:
        canonical = dict.fromkeys(self._keys.values())
        return ", ".join(key.replace("_", " ").capitalize() for key in canonical)


def _continued(value: Value, line: str) -> Value:
    return Value(f"{value.text} {line.strip()}".strip(), value.line)
