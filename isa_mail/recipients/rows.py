"""Decide what each row of a table is: a person's row, one that is refused and why, or one to look at.

    (3, ["Ann@Example.org ", "Ann"]) -> StagedRow("ann@example.org", 0, 3, "Ann@example.org\\x1fAnn\\x1fAnn", None)

Pure. A million rows pass through here, so a row without anything odd takes the shortest way; a Recipient is made of it
only when one is asked for. Nothing in a cell is executed, and no control character gets through.
"""

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache, partial
from typing import TypeAlias

from isa_mail.addresses import is_plain_address, parse_address, parse_mailbox
from isa_mail.errors import AddressError
from isa_mail.model.findings import Finding, Place
from isa_mail.model.people import UNIT_SEPARATOR, RefusedRow, StagedRow
from isa_mail.recipients import findings
from isa_mail.recipients.columns import Columns
from isa_mail.recipients.people import NO_NAME, namer
from isa_mail.recipients.suspicion import lost_characters, may_be_damaged, provider_meant, repaired
from isa_mail.recipients.table import BrokenRow, Table, clean
from isa_mail.typography.languages import language_code

_BREAK = r"[ \t]*[\t\n\u2028\u2029][ \t\n\u2028\u2029]*"
_CONTROL = r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]"  # all but tab and line feed
_LEFT, _RIGHT = f"{UNIT_SEPARATOR} ", f" {UNIT_SEPARATOR}"  # a blank at a cell's edge
_MAILTO = "mailto:"
_SEVERAL = "The row holds more than one address; each person needs a row of their own."
_BETWEEN = r"[\s,;/|<>]+"  # what people write between two addresses
_TOTAL = re.compile(
    r"(?:summe|gesamt|gesamtzahl|anzahl|total|zusammen|sum|合计|总计|总数)\b\W*", re.IGNORECASE
)
_NUMBER = re.compile(r"[\d.,]+")
_MANY = 20  # findings of one kind that a list may have
_NAMES = ("first_name", "last_name", "name")
_staged_row = partial(tuple.__new__, StagedRow)  # without a call of Python for each row
_language_code = lru_cache(maxsize=64)(language_code)  # of a few words that a list repeats

Entry: TypeAlias = StagedRow | RefusedRow | Finding


class RowReader:
    """Goes through the rows of one list once, and remembers what it has remarked on already."""

    def __init__(self, table: Table, number: int, file: str, encoding: str) -> None:
        """`number` is the list's, counted from 0; `file` and `encoding` are for places and findings."""
        self._table = table
        self._columns: Columns = table.columns
        self._name_of = namer(table.columns)
        self._number = number
        self._file = file
        self._encoding = encoding
        self._told: Counter[str] = Counter()
        self._guessed = encoding in ("cp1252", "gb18030")  # until it was shown
        self._languages: dict[str, str | None] = {"": ""}  # each word for a language that occurred, read

    def entries(self) -> Iterator[Entry]:
        """Yield a StagedRow a person, a RefusedRow a row that cannot be used, and Findings about what is odd.

        Raises ListError where rows cannot be told apart; then none of the list may be used.
        """
        columns, number = self._columns, self._number
        width, at = len(columns.headers), columns.known["address"]
        language, nameless = columns.known.get("language"), bool(columns.nameless)
        name_at, has_names = columns.known.get("name"), any(name in columns.known for name in _NAMES)
        for row in self._table.rows:
            if isinstance(row, BrokenRow):
                yield RefusedRow(Place(self._file, row.line), row.text, row.reason)
                continue
            line, cells = row
            if len(cells) != width:
                yield from self._unusual(line, cells)
                continue
            text, joined, address = "".join(cells), UNIT_SEPARATOR.join(cells), cells[at]
            # In what is printable the only blank is the ordinary one.
            loose = _RIGHT in joined or _LEFT in joined or joined[0] == " " or joined[-1] == " "
            if loose or not text.isprintable() or not is_plain_address(address):
                yield from self._unusual(line, cells)
                continue
            domain = address.rpartition("@")[2]
            if not domain.islower():
                domain = domain.lower()
                joined = UNIT_SEPARATOR.join(
                    [*cells[:at], address[: -len(domain)] + domain, *cells[at + 1 :]]
                )
            name = "" if name_at is None else cells[name_at]
            if has_names and (not name or name[-1] == NO_NAME):
                name = self._name_of(cells)
            code = None if language is None else _language_code(cells[language])
            yield _staged_row((address.lower(), number, line, f"{joined}{UNIT_SEPARATOR}{name}", code))
            if provider_meant(domain) is not None:
                yield from self._look_alike(domain, line)
            if nameless or (language is not None and cells[language] not in self._languages):
                yield from self._remarks(cells, line)
            elif (not text.isascii() or "?" in text) and (self._guessed or may_be_damaged(text)):
                yield from self._encoding_remarks(cells, Place(self._file, line))

    def _unusual(self, line: int, raw: list[str]) -> Iterator[Entry]:
        """Take a row the long way, on which everything is looked at."""
        place = Place(self._file, line)
        columns = self._columns
        width, at = len(columns.headers), columns.known["address"]
        cells = raw + [""] * (width - len(raw))  # trailing empty cells are often left away
        written = clean(cells[at])
        text = "".join(cells)
        is_odd = not text.isprintable()
        if is_odd and (trouble := re.search(_CONTROL, text)):
            yield RefusedRow(place, written, f"The row holds the control character {trouble[0]!r}.")
            return
        cells = [clean(cell) for cell in cells]
        if is_odd:
            cells = [re.sub(_BREAK, " ", cell) for cell in cells]
        filled = [cell for cell in cells if cell]
        if not filled:
            return
        if _is_total(filled):
            yield findings.row_of_totals(place, " ".join(filled))
            return
        if any(cells[width:]):
            yield RefusedRow(place, written, _too_many(cells, width))
            return
        try:
            address, pasted = read_address(cells[at])
        except AddressError as error:
            yield RefusedRow(place, written, error.reason)
            return
        cells = [*cells[:at], address, *cells[at + 1 : width]]
        cells.append(self._name_of(cells) or pasted)
        language = columns.known.get("language")
        code = None if language is None else _language_code(cells[language])
        yield StagedRow(address.lower(), self._number, line, UNIT_SEPARATOR.join(cells), code)
        yield from self._look_alike(address.rpartition("@")[2], line)
        if not address.isascii() and self._may_tell("beyond ASCII", _MANY):
            yield findings.address_beyond_ascii(place, address)
        yield from self._remarks(raw, line)

    # --- what a person should look at ---

    def _may_tell(self, subject: str, times: int = 1) -> bool:
        """Say whether a subject may be spoken of (again): who reads a thousand findings reads none."""
        self._told[subject] += 1
        return self._told[subject] <= times

    def _look_alike(self, domain: str, line: int) -> Iterator[Finding]:
        meant = provider_meant(domain)
        if meant and self._may_tell(domain) and self._may_tell("domains", _MANY):
            yield findings.look_alike_domain(Place(self._file, line), domain, meant)

    def _remarks(self, cells: list[str], line: int) -> Iterator[Finding]:
        place, known = Place(self._file, line), self._columns.known
        if "language" in known and known["language"] < len(cells):
            said = clean(cells[known["language"]])
            if said not in self._languages and len(self._languages) < _MANY:
                self._languages[said] = language_code(said)
                if self._languages[said] is None:
                    yield findings.unknown_language(place, said)
        for index in self._columns.nameless:
            if index < len(cells) and clean(cells[index]) and self._may_tell("nameless"):
                yield findings.nameless_column(place, cells[index])
        delimiter = self._table.delimiter
        for cell in cells if delimiter else ():
            if "\n" in cell and "@" in cell and delimiter in cell and self._may_tell("rows in one", _MANY):
                yield findings.rows_in_one(place, cell)
        yield from self._encoding_remarks(cells, place)

    def _encoding_remarks(self, cells: list[str], place: Place) -> Iterator[Finding]:
        odd = next((cell for cell in cells if not cell.isascii()), None)
        if odd is not None and self._guessed:
            self._guessed = False
            yield findings.guessed_encoding(place, self._encoding, clean(odd))
        for cell in cells:
            if not cell.isascii() and (sound := repaired(cell)) and self._may_tell("damaged"):
                yield findings.damaged_text(place, clean(cell), clean(sound))
        names = (self._columns.known[name] for name in _NAMES if name in self._columns.known)
        for index in names:
            if index < len(cells) and lost_characters(cells[index]) and self._may_tell("damaged"):
                yield findings.damaged_text(place, clean(cells[index]), None)


def read_address(cell: str) -> tuple[str, str]:
    """Read a clean address cell: the address as it goes on the wire, and a display name if one stands there.

    Raises AddressError.
    """
    if not cell:
        raise AddressError("The address is missing.", hint="Fill in the cell or delete the row.")
    text = cell[len(_MAILTO) :].lstrip() if cell[: len(_MAILTO)].lower() == _MAILTO else cell
    if not (text.endswith(">") and text.count("<") == 1):
        if sum("@" in word for word in re.split(_BETWEEN, text)) > 1:
            raise _several()
        return parse_address(text, international=True), ""
    mailbox = parse_mailbox(text, international=True)
    if "@" in mailbox.name.replace(mailbox.address, ""):
        raise _several()
    return mailbox.address, "" if "@" in mailbox.name else mailbox.name


def _several() -> AddressError:
    return AddressError(_SEVERAL, hint="Delete one of them, or copy the row.")


def _is_total(filled: list[str]) -> bool:
    """Say whether a row without an address is a sum: it says so, or holds nothing but numbers."""
    if not any("@" in cell for cell in filled):
        return any(_TOTAL.match(cell) for cell in filled) or all(map(_NUMBER.fullmatch, filled))
    return False


def _too_many(cells: list[str], width: int) -> str:
    if any("@" in cell for cell in cells[width:]):
        return _SEVERAL
    return f"The row has {len(cells)} cells, but the header only {width}; is a separator or a quote too many?"
