"""What reading a list can find that a person should look at; the codes are stable.

    UNKNOWN_LANGUAGE, recipients/members.csv:7 -> Finding("L101", ...)

Pure. A row that cannot be used is no finding but a `RefusedRow`; a list that cannot be read is a ListError.
"""

from isa_mail.errors import IsaMailError
from isa_mail.model.findings import Finding, Place, Severity
from isa_mail.model.people import RefusedRow

MEANINGS = {
    "L101": "a language that isa-mail does not know",
    "L102": "two columns whose merge fields have the same name",
    "L103": "a column that is read as the surname",
    "L104": "several columns that mean the same",
    "L105": "cells below a column that has no name",
    "L106": "a cell that looks like several rows in one",
    "L107": "a list that is not in UTF-8",
    "L108": "text that was read or saved in the wrong encoding before it came here",
    "L109": "a domain that is one slip away from a mail provider's",
    "L110": "a row of totals, which is skipped",
    "L111": "a list without a header, of which every entry is read as an address",
    "L112": "lines above the header, which are skipped",
    "L113": "a list that cannot be read, or none at all",
    "L114": "a row that cannot be used",
    "L115": "an address that only mail servers with SMTPUTF8 take",
}
"""Every code of this room, with its meaning."""


def unknown_language(place: Place, text: str) -> Finding:
    """Say that a cell names a language that no letter can have; one finding a list and word is enough."""
    return Finding(
        "L101",
        Severity.WARNING,
        place,
        f"The language {text!r} is not known; people with it get the letter in the first language of isa-mail.toml.",
        "Write de, zh or en, or leave the cell empty.",
    )


def same_field(place: Place, header: str, field: str) -> Finding:
    """Say that a column's merge field is taken by a column before it."""
    return Finding(
        "L102",
        Severity.WARNING,
        place,
        f"The column {header!r} cannot be used in texts: {{{{ {field} }}}} is a column before it.",
        "Give one of the two another name.",
    )


def name_is_surname(place: Place, header: str) -> Finding:
    """Say that "Name" beside a first name was taken for the last name."""
    return Finding(
        "L103",
        Severity.HINT,
        place,
        f"The column {header!r} is read as the surname, since there is a column for the first name.",
        "If it holds whole names, call it “Full name”; if it holds surnames, “Last name” says so.",
    )


def same_meaning(place: Place, header: str, chosen: str, meaning: str) -> Finding:
    """Say that a column is not used as what it seems to be, since another one is."""
    severity = Severity.WARNING if meaning == "address" else Severity.HINT
    return Finding(
        "L104",
        severity,
        place,
        f"The columns {chosen!r} and {header!r} both look like the {meaning.replace('_', ' ')}; {chosen!r} is used.",
        f"If {header!r} is the right one, give the other column another name.",
    )


def nameless_column(place: Place, text: str) -> Finding:
    """Say that a cell is left out because its column has no name; one finding a list is enough."""
    return Finding(
        "L105",
        Severity.WARNING,
        place,
        f"The cell {text[:40]!r} stands below a column without a name and is left out, as is that whole column.",
        "Write a name into the first row.",
    )


def rows_in_one(place: Place, text: str) -> Finding:
    """Say that a quoted cell may have swallowed a row, because of a stray quotation mark."""
    return Finding(
        "L106",
        Severity.WARNING,
        place,
        f"The cell that begins {text[:40]!r} has several lines and an address in it, like rows that ran together.",
        'Look for a stray " in this row; a person who should get the mail may be hidden in that cell.',
    )


def guessed_encoding(place: Place, encoding: str, text: str) -> Finding:
    """Show how the first cell with an umlaut or the like reads, since the encoding is a guess."""
    name = {
        "cp1252": "Western European (Windows-1252), as Excel saves plain CSV",
        "gb18030": "Chinese (GB18030), as a Chinese Excel saves plain CSV",
    }[encoding]
    return Finding(
        "L107",
        Severity.HINT,
        place,
        f"The list is read as {name}: here stands {text[:40]!r}.",
        'If that is not what the list says, open it in Excel and save it as "CSV UTF-8".',
    )


def damaged_text(place: Place, text: str, repaired: str | None) -> Finding:
    """Say that a cell reads like text in the wrong encoding; one finding a list is enough."""
    meant = f", which was probably {repaired[:40]!r}" if repaired else ": characters were lost"
    return Finding(
        "L108",
        Severity.WARNING,
        place,
        f"The cell {text[:40]!r} looks damaged{meant}. There may be more of them in this list.",
        'Save the list anew from where it comes from, as "CSV UTF-8" or .xlsx; isa-mail changes nothing.',
    )


def look_alike_domain(place: Place, domain: str, meant: str) -> Finding:
    """Say that a domain is probably misspelt; one finding a list and domain is enough."""
    return Finding(
        "L109",
        Severity.WARNING,
        place,
        f"The domain {domain!r} looks like {meant!r} with a slip of the finger; mail to it may reach a stranger.",
        f"Ask the person, then write {meant} in the list.",
    )


def row_of_totals(place: Place, text: str) -> Finding:
    """Say that a row is no person but a sum."""
    return Finding(
        "L110",
        Severity.HINT,
        place,
        f"The row {text[:40]!r} is read as a row of totals and skipped.",
        "If it is a person, fill in the address.",
    )


def no_header(place: Place) -> Finding:
    """Say that a list of nothing but addresses was taken as one."""
    return Finding(
        "L111",
        Severity.HINT,
        place,
        "The list has no header, so every entry is read as an address, with a name in front of it or without.",
        "To use names and greetings, write a header above: E-Mail;Anrede;Vorname;Nachname",
    )


def above_header(place: Place, text: str) -> Finding:
    """Say what stands above the header and is not read."""
    return Finding(
        "L112",
        Severity.HINT,
        place,
        f"Above the header stands {text[:60]!r}, which is skipped.",
        "If a person stands there, move them below the header.",
    )


def address_beyond_ascii(place: Place, address: str) -> Finding:
    """Say that not every mail server takes an address."""
    return Finding(
        "L115",
        Severity.WARNING,
        place,
        f"The address {address!r} has umlauts or other characters before the @. Only mail servers that offer SMTPUTF8 "
        "take it; through others this person gets nothing.",
        "isa-mail doctor tells what your server offers. Ask the person for another address if it does not.",
    )


def unreadable(error: IsaMailError, settings: Place) -> Finding:
    """Say that the lists cannot be read as they are named at `settings`: then nobody can be sent to."""
    return Finding("L113", Severity.BLOCKS, error.place or settings, error.message, error.hint)


def refused_row(row: RefusedRow) -> Finding:
    """Say that a row gets nothing."""
    which = f"The row with {row.text[:60]}" if row.text else "A row"
    return Finding(
        "L114",
        Severity.WARNING,
        row.place,
        f"{which} cannot be used, and gets nothing: {row.reason[0].lower()}{row.reason[1:]}",
        "Correct it in the list; the others get their mail all the same.",
    )
