"""What the columns of a list mean, by their names in German, English and Chinese.

    ("E-Mail", "Vorname", "Name", "Mitglieds-Nr.") -> address: 0, first_name: 1, last_name: 2; field mitglieds_nr: 3

Pure. Names are compared without case, blanks and punctuation: "eMail", "E-Mail:" and "E Mail" are one. The tables
are what address books and associations write (Outlook, Google, Excel files made by hand).
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from unicodedata import normalize

from isa_mail.model.findings import Finding, Place
from isa_mail.recipients.findings import name_is_surname, same_field, same_meaning

# Meaning -> names as `_plain` leaves them, the surest first: if a list has two of them, the first one is meant.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "address": (
        *("emailadresse", "emailaddress", "email", "mailadresse", "mailaddress", "mail", "email1value"),
        *("emailanschrift", "mailanschrift", "emailkontakt", "emailadr", "mailadr", "elektronischepost"),
        *(
            "emailadressen",
            "emails",
            "mails",
            "电子邮件地址",
            "电子邮件",
            "电子邮箱",
            "邮箱地址",
            "邮件地址",
            "邮箱",
            "邮件",
        ),
        *("address", "adresse"),  # last: beside a column above these hold the postal address
    ),
    "first_name": ("vorname", "firstname", "givenname", "forename", "rufname", "vornamen", "名字", "名"),
    "last_name": ("nachname", "lastname", "surname", "familyname", "familienname", "zuname", "姓氏", "姓"),
    "name": (
        *(
            "name",
            "vollername",
            "vollständigername",
            "fullname",
            "displayname",
            "anzeigename",
            "姓名",
            "名称",
        ),
        *("emailangezeigtername", "emaildisplayname"),
    ),
    "title": (
        "titel",
        "title",
        "akademischertitel",
        "academictitle",
        "akadtitel",
        "namenstitel",
        "头衔",
        "职称",
    ),
    "salutation": ("anrede", "salutation", "称谓", "称呼"),
    "gender": ("geschlecht", "gender", "sex", "性别"),
    "position": (
        "amtsbezeichnung",
        "amt",
        "dienstbezeichnung",
        "funktion",
        "position",
        "jobtitle",
        "职务",
        "职位",
    ),
    "greeting": ("briefanrede", "persönlicheanrede", "greeting", "salutationline", "称呼语"),
    "language": ("sprache", "language", "korrespondenzsprache", "lang", "语言", "语种"),
    "organisation": (
        *("organisation", "organization", "firma", "company", "unternehmen", "institution", "einrichtung"),
        *("公司", "单位", "机构", "企业"),
    ),
}
_MEANINGS = {name: meaning for meaning, names in _NAMES.items() for name in names}
_NOT_WORD = re.compile(r"\W+")


class Columns(NamedTuple):
    """A header, understood. Indices count columns from 0."""

    headers: tuple[str, ...]
    known: Mapping[str, int]  # meaning -> column
    fields: tuple[
        tuple[int, str], ...
    ]  # column, its merge field's name; every column that has a name of its own
    nameless: tuple[int, ...]


def understand(headers: Sequence[str]) -> Columns:
    """Say what the columns mean. A list without addresses has no "address" in `known`; nothing is raised."""
    names = [_plain(header) for header in headers]
    known = {}
    for meaning, candidates in _NAMES.items():
        found = [names.index(candidate) for candidate in candidates if candidate in names]
        if found:
            known[meaning] = found[0]
    if "gender" in known:  # says as much as a salutation, where there is none
        known.setdefault("salutation", known["gender"])
    if _name_is_surname(names, known):
        known["last_name"] = known.pop("name")
    fields: dict[str, int] = {}
    for index, header in enumerate(headers):
        if field := field_name(header):
            fields.setdefault(field, index)
    nameless = tuple(index for index, header in enumerate(headers) if not field_name(header))
    return Columns(tuple(headers), known, tuple((index, field) for field, index in fields.items()), nameless)


def findings(columns: Columns, place: Place) -> tuple[Finding, ...]:
    """Show every guess about the columns; `place` is the header's."""
    found = []
    used = {index for index, _ in columns.fields}
    names = [_plain(header) for header in columns.headers]
    surname = columns.known.get("last_name")
    if surname is not None and _MEANINGS.get(names[surname]) == "name":
        found.append(name_is_surname(place, columns.headers[surname]))
    for index, header in enumerate(columns.headers):
        meaning = _MEANINGS.get(names[index])
        chosen = columns.known.get(meaning, index) if meaning else index
        if index not in used and index not in columns.nameless:
            found.append(same_field(place, header, field_name(header)))
        elif (
            chosen != index
            and meaning
            and index not in columns.known.values()
            and not _is_postal(names[index])
        ):
            found.append(same_meaning(place, header, columns.headers[chosen], meaning))
    return tuple(found)


def field_name(header: str) -> str:
    """Write a column's name as texts name its merge field: "Mitglieds-Nr." -> "mitglieds_nr"."""
    return _NOT_WORD.sub("_", normalize("NFKC", header).casefold()).strip("_")


def meaning_of(header: str) -> str | None:
    """Say what a column of that name means: "Sprache" -> "language"; None for one that has no meaning here."""
    return _MEANINGS.get(_plain(header))


def nearest_to_address(headers: Sequence[str]) -> str | None:
    """Find the column that was probably meant to be called "E-Mail"."""
    from difflib import get_close_matches

    for header in headers:
        name = _plain(header)
        if get_close_matches(name, _NAMES["address"], n=1, cutoff=0.75) or "mail" in name or "邮" in name:
            return header
    return None


def _plain(header: str) -> str:
    return "".join(filter(str.isalnum, normalize("NFKC", header).casefold()))


def _name_is_surname(names: Sequence[str], known: Mapping[str, int]) -> bool:
    """German lists write "Vorname;Name": beside a first name, and without a surname, "Name" is the surname."""
    return (
        "first_name" in known
        and "last_name" not in known
        and "name" in known
        and names[known["name"]] == "name"
    )


def _is_postal(name: str) -> bool:
    return name in ("address", "adresse")
