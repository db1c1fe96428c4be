"""Whatever program an office keeps its list in: the same people come out of it."""

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any
from unicodedata import category

import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from reading_lists import ReadLists, read, read_files

from isa_mail.errors import ListError
from isa_mail.model.findings import Place
from isa_mail.pipeline.audience import ListSource

SAMPLES = Path(__file__).parent / "samples"
HEADER = ["E-Mail", "Anrede", "Vorname", "Nachname", "Notiz"]
PEOPLE = [
    ["j.muster@example.org", "Herr", "Jürgen", "Müster", "Köln; Süd"],
    ["anna@example.org", "Frau", "Änne", "Bößmann, geb. Über", 'sagt "ja"'],
    ["li@example.org", "Herr", "Émile", "Öl", "zwei\nZeilen"],
    ["ueber@example.org", "Frau", "Ute", "Grün", ""],
]


def people(lists: ReadLists) -> list[list[str]]:
    """Give back what stood in the cells, for comparison with PEOPLE."""
    assert lists.refused == ()
    names = ("salutation", "first_name", "last_name", "notiz")
    return [[one.address, *(one.fields.get(name, "") for name in names)] for one in lists.recipients]


def expected(rows: list[list[str]]) -> list[list[str]]:
    return [[cell.replace("\n", " ") for cell in row] for row in rows]


def as_csv(rows: list[list[str]], delimiter: str, end: str, *, quote_all: bool) -> str:
    text = io.StringIO()
    quoting = csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL
    csv.writer(text, delimiter=delimiter, lineterminator="\n", quoting=quoting).writerows(rows)
    return text.getvalue().replace("\n", end)


def workbook(path: Path, **sheets: list[list[Any]]) -> Path:
    """Write a workbook whose sheets hold these rows from A1 on."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    path.parent.mkdir(exist_ok=True)
    book.save(path)
    return path


# --- encodings and dialects ---


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be", "gb18030"]
)
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_encoding_dialect_and_line_end_gives_the_same_people(
    tmp_path: Path, encoding: str, delimiter: str, end: str
) -> None:
    rows = PEOPLE
    if encoding == "gb18030":  # a Chinese Excel: umlauts it has none, or very few
        rows = [
            ["wang@example.org", "先生", "伟", "王", "松渡市；外事办公室"],
            ["lin@example.org", "女士", "晓梅", "林", '说 "好"'],
        ]
    for quote_all in (False, True):
        for declared in ("", f"sep={delimiter}{end}"):
            text = declared + as_csv([HEADER, *rows], delimiter, end, quote_all=quote_all)
            mark = "\ufeff" if encoding in ("utf-16-le", "utf-16-be") else ""
            lists = read(tmp_path, (mark + text).encode(encoding))
            assert people(lists) == expected(rows)
            assert {finding.code for finding in lists.findings} <= {"L107"}


def test_an_encoding_is_found_though_its_only_odd_character_comes_late(tmp_path: Path) -> None:
    rows = "".join(f"reader{number}@example.org;Ann\n" for number in range(100_000))
    last = "last@example.org;Jürgen\n".encode("cp1252")
    lists = read(tmp_path, b"E-Mail;Vorname\n" + rows.encode() + last)
    assert lists.recipients[-1].fields["first_name"] == "Jürgen"
    assert lists.lists[0].understood.encoding == "cp1252"


def test_an_export_of_ninety_columns_from_outlook_is_understood(tmp_path: Path) -> None:
    header = ["Anrede", "Vorname", "Weitere Vornamen", "Nachname", "Suffix", "Firma", "Abteilung", "Position"]
    header += [f"Feld {number}" for number in range(73)]
    header += [
        "E-Mail-Adresse",
        "E-Mail-Typ",
        "E-Mail: Angezeigter Name",
        "E-Mail 2: Adresse",
        "E-Mail 2: Typ",
    ]
    header += ["Geschlecht", "Initialen", "Notizen", "Sprache"]
    assert len(header) == 90
    row = dict.fromkeys(header, "") | {
        "Anrede": "Frau Dr.",
        "Vorname": "Erika",
        "Nachname": "Müller",
        "Firma": "Probewerk GmbH",
        "E-Mail-Adresse": "e.mueller@example.org",
        "E-Mail-Typ": "SMTP",
        "E-Mail: Angezeigter Name": "Erika Müller (e.mueller@example.org)",
        "Geschlecht": "Keine Angabe",
        "Notizen": "Zeile eins\r\n\r\nZeile drei, mit Komma",
    }
    text = as_csv([header, list(row.values())], ",", "\r\n", quote_all=True)
    lists = read(tmp_path, text.encode("cp1252"))
    (person,) = lists.recipients
    assert (person.address, person.name) == ("e.mueller@example.org", "Erika Müller")
    assert person.fields["organisation"] == "Probewerk GmbH"
    assert [finding.code for finding in lists.findings] == ["L107"]


# --- pasted lines ---


@pytest.mark.parametrize("suffix", [".txt", ".csv"])
@pytest.mark.parametrize("field", ["", "An: ", "To:", "收件人："])
def test_a_pasted_line_of_recipients_is_a_list(tmp_path: Path, suffix: str, field: str) -> None:
    line = f'{field}"Müller, Jürgen" <j@example.org>; Ann Probe <ann@example.org>; li@example.org'
    lists = read(tmp_path, line, suffix=suffix)
    assert [(person.address, person.name, person.place.line) for person in lists.recipients] == [
        ("j@example.org", "Müller, Jürgen", 1),
        ("ann@example.org", "Ann Probe", 1),
        ("li@example.org", "", 1),
    ]
    assert [finding.code for finding in lists.findings] == ["L111"]
    assert lists.lists[0].understood.header_line is None


def test_addresses_one_a_line_are_a_list_and_what_is_none_is_refused_with_its_line(tmp_path: Path) -> None:
    lists = read(
        tmp_path, "a@example.org\n\nBo Probe <b@example.org>,\nniemand\nc@example.org\n", suffix=".txt"
    )
    assert [person.address[0] for person in lists.recipients] == ["a", "b", "c"]
    assert [(row.place.line, row.text) for row in lists.refused] == [(4, "niemand")]


def test_a_name_with_a_comma_in_front_of_an_address_is_one_mailbox(tmp_path: Path) -> None:
    lists = read(tmp_path, "Müller, Jürgen <j@example.org>, Ann <ann@example.org>", suffix=".txt")
    assert [person.name for person in lists.recipients] == ["Müller, Jürgen", "Ann"]


# --- workbooks ---


def test_a_sheet_of_excel_gives_the_same_people_as_its_csv(tmp_path: Path) -> None:
    path = workbook(tmp_path / "recipients" / "a.xlsx", Mitglieder=[HEADER, *PEOPLE])
    lists = read_files(path, root=tmp_path)
    assert people(lists) == expected(PEOPLE)
    assert [person.place for person in lists.recipients] == [
        Place("recipients/a.xlsx", n) for n in (2, 3, 4, 5)
    ]


def test_numbers_and_dates_are_written_as_people_write_them(tmp_path: Path) -> None:
    header = ["E-Mail", "PLZ", "Beitrag", "Eintritt", "Termin", "aktiv"]
    row = ["anna@example.org", 80331, 12.5, date(2026, 9, 30), datetime(2026, 9, 30, 17, 30), True]  # noqa: DTZ001 - Excel knows no zones
    lists = read_files(workbook(tmp_path / "a.xlsx", Liste=[header, row]), root=tmp_path)
    fields = lists.recipients[0].fields
    assert [fields[name] for name in ("plz", "beitrag", "eintritt", "termin", "aktiv")] == [
        "80331",
        "12.5",
        "2026-09-30",
        "2026-09-30 17:30:00",
        "TRUE",
    ]


def test_rows_of_a_sheet_have_the_numbers_that_excel_shows(tmp_path: Path) -> None:
    rows = [
        ["Verteiler"],
        [],
        HEADER,
        PEOPLE[0],
        [],
        ["", "Herr", "ohne", "Adresse"],
        ["", "Summe", "", "", 2],
    ]
    lists = read_files(workbook(tmp_path / "a.xlsx", Liste=rows), root=tmp_path)
    assert lists.lists[0].understood.header_line == 3
    assert [person.place.line for person in lists.recipients] == [4]
    assert [(row.place.line, row.reason) for row in lists.refused] == [(6, "The address is missing.")]
    assert [(finding.code, finding.place.line) for finding in lists.findings] == [("L112", None), ("L110", 7)]


def test_of_several_sheets_one_must_be_named_and_then_is(tmp_path: Path) -> None:
    sheets = {
        "Mitglieder": [["E-Mail"], ["a@example.org"]],
        "Presse": [["E-Mail"], ["b@example.org"]],
        "Leer": [],
    }
    path = workbook(tmp_path / "recipients" / "all.xlsx", **sheets)
    with pytest.raises(ListError, match="several sheets: 'Mitglieder', 'Presse'") as refused:
        read_files(path, root=tmp_path)
    assert "all.xlsx#Mitglieder" in refused.value.hint
    lists = read_files(ListSource(path, "Presse"), root=tmp_path)
    assert [(person.address, str(person.place)) for person in lists.recipients] == [
        ("b@example.org", "recipients/all.xlsx#Presse:2")
    ]
    with pytest.raises(ListError, match="has no sheet 'Preße'"):
        read_files(ListSource(path, "Preße"), root=tmp_path)


def test_an_empty_workbook_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ListError, match="empty"):
        read_files(workbook(tmp_path / "a.xlsx", Leer=[]), root=tmp_path)


def test_a_sheet_without_addresses_names_its_columns(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", Liste=[["Name", "Mial"], ["Anna", "anna@example.org"]])
    with pytest.raises(ListError, match="no column for the addresses") as refused:
        read_files(path, root=tmp_path)
    assert "'Mial'" in refused.value.hint


def test_a_sheet_cannot_be_named_in_a_text(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("E-Mail\na@example.org\n")
    with pytest.raises(ListError, match="no sheets"):
        read_files(ListSource(tmp_path / "a.csv", "Presse"), root=tmp_path)


def test_a_stray_cell_at_the_far_end_of_a_sheet_is_told_in_a_sentence(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", Liste=[HEADER, *PEOPLE])
    book = openpyxl.load_workbook(path)
    book["Liste"]["XFD1048576"] = (
        "x"  # asks for more memory than there is, and there the library ends its process
    )
    book.save(path)
    with pytest.raises(ListError, match=r"a\.xlsx is damaged") as refused:
        read_files(path, root=tmp_path)
    assert "far outside" in refused.value.hint


def test_a_workbook_that_was_named_csv_is_read_as_what_it_is(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", Liste=[HEADER, *PEOPLE]).rename(tmp_path / "a.csv")
    assert people(read_files(path, root=tmp_path)) == expected(PEOPLE)


def test_an_old_excel_file_is_read(tmp_path: Path) -> None:
    lists = read_files(SAMPLES / "members.xls", root=SAMPLES)
    assert [
        (person.address, person.fields["last_name"], person.fields["plz"]) for person in lists.recipients
    ] == [
        ("e.mueller@example.org", "Müller", "1067"),  # Excel itself has lost the 0 of 01067
        ("sandvoss@example.org", "Sandvoß", "80331"),
    ]


def test_a_sheet_of_libreoffice_is_read(tmp_path: Path) -> None:
    def cell(text: str) -> str:
        return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'

    rows = [["E-Mail", "Nachname"], ["e.mueller@example.org", "Müller"]]
    table = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    names = ("office", "table", "text")
    spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in names)
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    with zipfile.ZipFile(tmp_path / "a.ods", "w") as package:
        package.writestr("mimetype", kind)
        package.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>',
        )
        package.writestr(
            "content.xml",
            f"<office:document-content {spaces}><office:body><office:spreadsheet>"
            f'<table:table table:name="Liste">{table}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    lists = read_files(tmp_path / "a.ods", root=tmp_path)
    assert [(person.address, person.fields["last_name"]) for person in lists.recipients] == [
        ("e.mueller@example.org", "Müller")
    ]


# --- any bytes ---


def verdict(read_it: Callable[[], ReadLists]) -> None:
    """Reading gives people, refused rows and findings, or one error for staff; anything else is a bug."""
    try:
        lists = read_it()
    except ListError as error:
        assert error.message and error.hint
        return
    for person in lists.recipients:
        assert person.address.isascii() and person.address.count("@") == 1
        assert not {category(char) for value in person.fields.values() for char in value} & _NEVER
    rows = sum(report.rows for report in lists.lists)
    assert rows == len(lists.recipients) + len(lists.merged) + len(lists.refused)


_NEVER = {"Cc", "Cs", "Zl", "Zp"}  # control characters, halves of characters, line breaks
_BYTES = st.one_of(
    st.binary(max_size=200),
    st.text('E-Mail;,\t"\n\r@a.example<>Ü李=\0', max_size=80).map(lambda text: text.encode()),
    st.text('a@b.c;,\t"\n<>ÜÃ¼?', max_size=80).map(lambda text: ("E-Mail;Name\n" + text).encode("utf-16")),
    st.binary(max_size=80).map(lambda data: b"E-Mail;Name\na@example.org;" + data),
)


@settings(deadline=None, max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_BYTES, st.sampled_from([".csv"] * 4 + [".txt"] * 4 + [".xlsx"]))  # no such bytes are ever a workbook
@example(b"E-Mail;Name\na@example.org;\xed\xa0\x80", ".csv")
@example(b"PK\x03\x04", ".csv")
def test_any_bytes_get_a_verdict(tmp_path: Path, data: bytes, suffix: str) -> None:
    verdict(lambda: read(tmp_path, data, suffix=suffix))


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_workbook_gets_a_verdict(tmp_path: Path, data: st.DataObject) -> None:
    whole = data.draw(st.sampled_from([(SAMPLES / "members.xls").read_bytes(), _small_workbook(tmp_path)]))
    at = data.draw(st.integers(0, len(whole) - 1))
    cut = data.draw(st.booleans())
    hurt = whole[:at] if cut else whole[:at] + data.draw(st.binary(min_size=1, max_size=8)) + whole[at + 8 :]
    verdict(lambda: read(tmp_path, hurt, suffix=".xls"))


def _small_workbook(folder: Path) -> bytes:
    path = folder / "small.xlsx"
    if not path.exists():
        workbook(path, Liste=[HEADER, *PEOPLE])
    return path.read_bytes()
