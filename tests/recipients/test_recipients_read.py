"""Lists as Excel, Outlook and people write them become people, and nobody is dropped in silence."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading_lists import ReadLists, read, read_files

from isa_mail.errors import ListError
from isa_mail.model.findings import Place
from isa_mail.model.people import Recipient, RefusedRow, StagedRow
from isa_mail.recipients.findings import MEANINGS
from isa_mail.recipients.read import open_list

PEOPLE = [
    ("Juergen.Muster@example.org", "Jürgen", "Muster", "Dr.", "Köln; Süd"),
    ("anna@example.org", "Änne", "Beispiel, geb. Probe", "", 'sagt "ja"'),
    ("li@example.org", "Li", "Élise", "", "zwei\nZeilen"),
]


def only(directory: Path, content: bytes | str) -> Recipient:
    lists = read(directory, content)
    (recipient,) = lists.recipients
    assert lists.refused == ()
    return recipient


def refusal(directory: Path, content: bytes | str) -> ListError:
    with pytest.raises(ListError) as refused:
        read(directory, content)
    assert refused.value.hint
    return refused.value


def refused(directory: Path, row: str) -> RefusedRow:
    """Read a row between two good ones, and return why it was refused."""
    lists = read(directory, f"E-Mail;Name;Notiz\nanna@example.org;Anna;\n{row}\nbernd@example.org;Bernd;\n")
    assert [recipient.name for recipient in lists.recipients] == ["Anna", "Bernd"]
    (found,) = lists.refused
    assert found.place == Place("recipients/a.csv", 3)
    return found


def found(lists: ReadLists) -> list[tuple[str, str]]:
    return [(finding.code, str(finding.place)) for finding in lists.findings]


# --- dialects and encodings ---


def csv_text(delimiter: str, end: str, *, quote_all: bool, declared: bool) -> str:
    rows = [("E-Mail", "Vorname", "Nachname", "Titel", "Notiz"), *PEOPLE]

    def cell(text: str) -> str:
        needed = quote_all or any(mark in text for mark in (delimiter, '"', "\n"))
        return '"' + text.replace('"', '""') + '"' if needed else text

    lines = [delimiter.join(map(cell, row)) for row in rows]
    return end.join([f"sep={delimiter}", *lines] if declared else lines) + end


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("quote_all", [False, True])
def test_every_dialect_in_every_encoding_gives_the_same_people(
    tmp_path: Path, encoding: str, delimiter: str, end: str, quote_all: bool
) -> None:
    for declared in (False, True):
        text = csv_text(delimiter, end, quote_all=quote_all, declared=declared)
        lists = read(tmp_path, text.encode(encoding))
        assert lists.refused == ()
        assert [finding.code for finding in lists.findings] == (["L107"] if encoding == "cp1252" else [])
        assert [
            (
                person.address,
                *(person.fields.get(name, "") for name in ("first_name", "last_name", "title", "notiz")),
            )
            for person in lists.recipients
        ] == [(*person[:4], person[4].replace("\n", " ")) for person in PEOPLE]
        first = 3 if declared else 2
        assert [person.place.line for person in lists.recipients] == [first, first + 1, first + 2]
        assert lists.lists[0].understood.delimiter == delimiter
        assert lists.lists[0].understood.encoding == encoding.removesuffix("-sig")


cells = st.text(st.characters(codec="utf-8", categories=("L", "M", "N", "P", "S", "Zs")), max_size=12)


@settings(deadline=None, max_examples=60)
@given(rows=st.lists(st.tuples(cells, cells), min_size=1, max_size=5), delimiter=st.sampled_from(";,\t"))
def test_what_stands_in_a_quoted_cell_is_what_the_merge_field_gives(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]], delimiter: str
) -> None:
    lines = [delimiter.join(["E-Mail", "Vorname", "Ort"])]
    for number, row in enumerate(rows):
        quoted = ('"' + cell.replace('"', '""') + '"' for cell in row)
        lines.append(delimiter.join([f"reader{number}@example.org", *quoted]))
    lists = read(tmp_path_factory.mktemp("lists"), "\n".join(lines))
    invisible = " \u00a0\u2007\u202f\u3000"
    assert [
        (person.fields.get("vorname", ""), person.fields.get("ort", "")) for person in lists.recipients
    ] == [tuple(cell.strip(invisible) for cell in row) for row in rows]


def test_a_list_of_one_column_needs_no_delimiter(tmp_path: Path) -> None:
    lists = read(tmp_path, "E-Mail\r\nanna@example.org\r\n\r\nbernd@example.org")
    assert [person.address for person in lists.recipients] == ["anna@example.org", "bernd@example.org"]
    assert lists.refused == ()


def test_a_list_of_one_column_may_hold_mailboxes_as_pasted_from_a_mail(tmp_path: Path) -> None:
    lists = read(tmp_path, 'E-Mail\n"Muster, Jürgen" <j@example.org>\nAnna Probe <anna@example.org>\n')
    assert [(person.address, person.name) for person in lists.recipients] == [
        ("j@example.org", "Muster, Jürgen"),
        ("anna@example.org", "Anna Probe"),
    ]


def test_a_delimiter_inside_a_column_name_does_not_win(tmp_path: Path) -> None:
    person = only(tmp_path, "E-Mail;Bemerkung, Herkunft, Datum\nanna@example.org;x, y, z\n")
    assert person.fields["bemerkung_herkunft_datum"] == "x, y, z"


def test_a_declared_delimiter_is_used_whatever_it_is(tmp_path: Path) -> None:
    person = only(tmp_path, "sep=|\nE-Mail|Vorname;Rufname\nanna@example.org|Anna;Anni\n")
    assert person.fields["vorname_rufname"] == "Anna;Anni"


def test_rows_are_made_one_by_one(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('E-Mail\nanna@example.org\nb@example.org;x\nc@example.org;"open\nnobody\n')
    opened = open_list(path, root=tmp_path)
    assert isinstance(next(opened.entries), StagedRow)
    assert isinstance(next(opened.entries), RefusedRow)
    with pytest.raises(ListError):
        next(opened.entries)


# --- columns ---


@pytest.mark.parametrize(
    "header",
    [
        "Anrede;Titel;Vorname;Nachname;E-Mail;Firma;Sprache",
        "salutation;title;First name;Surname;eMail;company;Language",
        "称谓;头衔;名;姓;电子邮件;公司;语言",
        "Geschlecht;Akad. Titel;VORNAME;Familienname;Mail-Adresse*;Organisation;lang",
    ],
)
def test_columns_are_understood_in_three_languages(tmp_path: Path, header: str) -> None:
    person = only(tmp_path, f"{header}\nFrau;Dr.;Anna;Probe;anna@example.org;Probewerk GmbH;Deutsch\n")
    expected = {
        "salutation": "Frau",
        "title": "Dr.",
        "first_name": "Anna",
        "last_name": "Probe",
        "address": "anna@example.org",
        "organisation": "Probewerk GmbH",
        "name": "Anna Probe",
    }
    assert {name: person.fields[name] for name in expected} == expected
    assert (person.name, person.language) == ("Anna Probe", "de")


def test_every_column_is_a_merge_field_under_its_own_name(tmp_path: Path) -> None:
    text = "E-Mail;Vorname;Mitglieds-Nr.;STRASSE und Ort;Leer\nmailto:Anna@Example.org;Anna;0047;Weg 1;\n"
    lists = read(tmp_path, text)
    fields = lists.recipients[0].fields
    assert fields["vorname"] == fields["first_name"] == "Anna"
    assert fields["mitglieds_nr"] == "0047"
    assert fields["strasse_und_ort"] == "Weg 1"
    assert fields["e_mail"] == fields["address"] == "Anna@example.org"
    assert "leer" not in fields
    assert {"leer", "vorname", "first_name", "name", "mitglieds_nr"} <= set(lists.columns)
    report = lists.lists[0].understood
    assert report.columns == {"E-Mail": "address", "Vorname": "first_name"}
    assert report.merge_fields["Mitglieds-Nr."] == "mitglieds_nr"


def test_the_name_column_is_the_display_name_and_else_the_name_parts_are(tmp_path: Path) -> None:
    assert only(tmp_path, "Name;E-Mail\nAnna Probe;anna@example.org\n").name == "Anna Probe"
    assert only(tmp_path, "Nachname;E-Mail\nProbe;anna@example.org\n").name == "Probe"
    assert only(tmp_path, "E-Mail\nanna@example.org\n").name == ""


def test_a_name_in_chinese_characters_begins_with_the_surname_and_has_no_blank(tmp_path: Path) -> None:
    assert only(tmp_path, "Vorname;Nachname;E-Mail\n晓梅;林;lin@example.org\n").name == "林晓梅"
    assert only(tmp_path, "姓;名;邮箱\n欧阳;修;ouyang@example.org\n").name == "欧阳修"
    assert only(tmp_path, "姓;名;邮箱\n林;;lin@example.org\n").name == "林"
    assert only(tmp_path, "Vorname;Nachname;E-Mail\nXiaomei;Lin;lin@example.org\n").name == "Xiaomei Lin"
    assert only(tmp_path, "Vorname;Nachname;E-Mail\nEva;林;lin@example.org\n").name == "Eva 林"


def test_name_beside_a_first_name_is_the_surname_and_that_guess_is_shown(tmp_path: Path) -> None:
    lists = read(tmp_path, "Vorname;Name;E-Mail\nAnna;Probe;anna@example.org\nBernd;;bernd@example.org\n")
    anna, bernd = lists.recipients
    assert (anna.name, anna.fields["last_name"], anna.fields["name"]) == ("Anna Probe", "Probe", "Probe")
    assert bernd.name == "Bernd"
    assert "name" not in bernd.fields
    assert found(lists) == [("L103", "recipients/a.csv:1")]


def test_a_postal_address_is_not_taken_for_the_mail_address(tmp_path: Path) -> None:
    lists = read(tmp_path, "Adresse;E-Mail\nWeg 1, Köln;anna@example.org\n")
    assert lists.recipients[0].address == "anna@example.org"
    assert lists.recipients[0].fields["adresse"] == "Weg 1, Köln"
    assert lists.findings == ()


def test_two_columns_for_the_address_are_reported(tmp_path: Path) -> None:
    lists = read(tmp_path, "Mail;E-Mail\nprivat@example.org;dienst@example.org\n")
    assert lists.recipients[0].address == "dienst@example.org"
    assert found(lists) == [("L104", "recipients/a.csv:1")]


def test_columns_with_the_same_field_name_and_without_a_name_are_reported(tmp_path: Path) -> None:
    lists = read(tmp_path, "E-Mail;Notiz;notiz;\nanna@example.org;eins;zwei;drei\nb@example.org;;;vier\n")
    assert lists.recipients[0].fields["notiz"] == "eins"
    assert found(lists) == [("L102", "recipients/a.csv:1"), ("L105", "recipients/a.csv:2")]


def test_empty_columns_without_a_name_are_no_matter(tmp_path: Path) -> None:
    assert read(tmp_path, "E-Mail;;\nanna@example.org;;\n").findings == ()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("de-DE", "de"),
        ("Deutsch", "de"),
        ("德语", "de"),
        ("zh_CN", "zh"),
        ("中文", "zh"),
        ("Chinesisch", "zh"),
        ("ENGLISH", "en"),
        ("英语", "en"),
        ("", None),
    ],
)
def test_languages_are_understood_as_people_write_them(tmp_path: Path, text: str, code: str | None) -> None:
    lists = read(tmp_path, f"E-Mail;Sprache\nanna@example.org;{text}\n")
    assert lists.recipients[0].language == code
    assert lists.recipients[0].fields.get("language") == code
    assert lists.findings == ()


def test_an_unknown_language_keeps_the_person_and_is_reported_once(tmp_path: Path) -> None:
    lists = read(tmp_path, "E-Mail;Sprache\na@example.org;Klingonisch\nb@example.org;Klingonisch\n")
    assert [person.language for person in lists.recipients] == [None, None]
    assert found(lists) == [("L101", "recipients/a.csv:2")]


# --- rows ---


def test_the_first_list_wins_and_case_makes_no_other_person(tmp_path: Path) -> None:
    first = "E-Mail;Name\nAnna@example.org;Anna\nbernd@example.org;Bernd\nANNA@Example.ORG;Anne\n"
    lists = read(tmp_path, first, "Mail,Name\nBERND@example.org,Berndt\nchen@example.org,Chen\nbad,Bad\n")
    assert [person.name for person in lists.recipients] == ["Anna", "Bernd", "Chen"]
    assert [(r.file, r.rows, r.usable, r.duplicates, r.refused) for r in lists.lists] == [
        ("recipients/a.csv", 3, 2, 1, 0),
        ("recipients/b.csv", 3, 1, 1, 1),
    ]
    assert len(lists.merged) == 2
    assert lists.recipients[2].place == Place("recipients/b.csv", 3)


def test_blanks_of_all_kinds_around_cells_are_taken_off(tmp_path: Path) -> None:
    person = only(
        tmp_path, "\ufeffE-Mail ;\u00a0Vorname\n\u00a0 mailto:anna@example.org\u200b;\u3000Anna \u00a0\n"
    )
    assert (person.address, person.fields["vorname"]) == ("anna@example.org", "Anna")


def test_empty_rows_are_skipped_without_a_word(tmp_path: Path) -> None:
    lists = read(tmp_path, "\n;;\nE-Mail;Name\n\n;\n \t;\u00a0\nanna@example.org;Anna\n;;\n")
    assert [person.place.line for person in lists.recipients] == [7]
    assert lists.lists[0].rows == 1


def test_rows_after_a_cell_with_line_breaks_keep_their_line_numbers(tmp_path: Path) -> None:
    lists = read(tmp_path, 'E-Mail;Notiz\na@example.org;"eins\r\n\r\nzwei"\nb@example.org;\n')
    assert [person.place.line for person in lists.recipients] == [2, 5]
    assert lists.recipients[0].fields["notiz"] == "eins zwei"


@pytest.mark.parametrize(
    "row",
    [
        "c@example.org, d@example.org;C;",
        '"c@example.org; d@example.org";C;',
        '"C <c@example.org>, <d@example.org>";C;',
        '"c@example.org, D <d@example.org>";C;',
        "c@example.org d@example.org;C;",
        "c@example.org;C;;d@example.org",
    ],
)
def test_two_addresses_in_a_row_are_refused(tmp_path: Path, row: str) -> None:
    assert "more than one address" in refused(tmp_path, row).reason


@pytest.mark.parametrize("mark", ["\x00", "\x07", "\x1b", "\x0b", "\x0c", "\x85", "\x7f"])
def test_a_control_character_in_any_cell_refuses_the_row(tmp_path: Path, mark: str) -> None:
    row = refused(tmp_path, f"c@example.org;C;x{mark}y")
    assert "control character" in row.reason
    assert row.text == "c@example.org"


@pytest.mark.parametrize("line_break", ["\u2028", "\u2029", "\t"])
def test_no_line_break_of_any_kind_gets_into_a_value(tmp_path: Path, line_break: str) -> None:
    person = only(tmp_path, f"E-Mail;Name\nanna@example.org;Anna{line_break}Bcc: x@example.org\n")
    assert person.name == "Anna Bcc: x@example.org"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("c@example.org;C;x;y", "4 cells, but the header only 3"),
        ('c@example.org;"C"x;y', "quotation marks"),
        (";Frau Probe;412", "missing"),
        ("c.example.org;C;", "@"),
    ],
)
def test_a_row_that_cannot_be_used_is_named_and_the_others_go(tmp_path: Path, row: str, reason: str) -> None:
    assert reason in refused(tmp_path, row).reason


def test_an_unclosed_quote_in_the_last_row_refuses_that_row_alone(tmp_path: Path) -> None:
    lists = read(tmp_path, 'E-Mail;Name\nanna@example.org;Anna\nbernd@example.org;"Bernd\n')
    assert [person.name for person in lists.recipients] == ["Anna"]
    assert [(row.place.line, row.text) for row in lists.refused] == [(3, 'bernd@example.org;"Bernd')]


@pytest.mark.parametrize("rest", ["", 'd@example.org;"D" und mehr\n', "x" * 200_000])
def test_a_quote_that_swallows_other_rows_stops_the_whole_list(tmp_path: Path, rest: str) -> None:
    error = refusal(tmp_path, f'E-Mail;Name\na@example.org;A\nb@example.org;"B\nc@example.org;C\n{rest}')
    assert error.place == Place("recipients/a.csv", 3)


def test_rows_that_ran_together_in_one_cell_are_reported(tmp_path: Path) -> None:
    lists = read(tmp_path, 'E-Mail;Name;Ort\na@example.org;"A;Köln\nb@example.org;B";Ulm\n')
    assert [person.address for person in lists.recipients] == ["a@example.org"]
    assert found(lists) == [("L106", "recipients/a.csv:2")]


def test_text_that_looks_like_code_is_only_text(tmp_path: Path) -> None:
    person = only(tmp_path, "E-Mail;Name\nanna@example.org;{{ 7*7 }} <b>=1+1</b> %(x)s\n")
    assert person.name == "{{ 7*7 }} <b>=1+1</b> %(x)s"


# --- lists that cannot be read ---


def test_a_table_without_a_header_is_refused(tmp_path: Path) -> None:
    error = refusal(tmp_path, "anna@example.org;Anna\nbernd@example.org;Bernd\n")
    assert "no header" in error.message
    assert error.place == Place("recipients/a.csv", 1)


@pytest.mark.parametrize("column", ["Emial", "E-Mail (privat)", "Kontakt-Mail"])
def test_a_list_without_addresses_names_its_columns_and_the_nearest(tmp_path: Path, column: str) -> None:
    error = refusal(tmp_path, f"Vorname;{column}\nAnna;anna@example.org\n")
    assert "'Vorname'" in error.message
    assert f"Rename the column {column!r} to 'E-Mail'" in error.hint


def test_titles_above_the_header_are_skipped_and_shown(tmp_path: Path) -> None:
    lists = read(tmp_path, "Verteiler 2026;\nStand: 1. März, alle\n\nE-Mail;Name\nanna@example.org;Anna\n")
    assert [(person.name, person.place.line) for person in lists.recipients] == [("Anna", 5)]
    assert lists.lists[0].understood.header_line == 4
    (finding,) = lists.findings
    assert (finding.code, finding.place) == ("L112", Place("recipients/a.csv"))
    assert "Verteiler 2026 Stand: 1. März, alle" in finding.message


def test_people_above_something_that_looks_like_a_header_are_not_skipped(tmp_path: Path) -> None:
    assert "no header" in refusal(tmp_path, "Anna;anna@example.org\nName;E-Mail\nb;b@example.org\n").message


def test_a_header_after_twenty_lines_is_not_looked_for(tmp_path: Path) -> None:
    assert "first 20 rows" in refusal(tmp_path, "Zeile\n" * 20 + "E-Mail\nanna@example.org\n").hint


@pytest.mark.parametrize("row", [";Summe;412", "Gesamt:;;", ";;412", "合计;2;", ";Total;1.234,5"])
def test_a_row_of_totals_is_skipped_and_shown(tmp_path: Path, row: str) -> None:
    lists = read(tmp_path, f"E-Mail;Name;Beitrag\nanna@example.org;Anna;12\n{row}\n")
    assert [person.name for person in lists.recipients] == ["Anna"]
    assert (lists.refused, found(lists)) == ((), [("L110", "recipients/a.csv:3")])


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b"sep=;\n"])
def test_an_empty_list_is_refused(tmp_path: Path, content: bytes) -> None:
    assert "empty" in refusal(tmp_path, content).message


def test_a_header_with_an_open_quote_is_refused(tmp_path: Path) -> None:
    assert "quotation mark" in refusal(tmp_path, 'E-Mail;"Name\nanna@example.org;Anna\n').message


@pytest.mark.parametrize("content", [b"PK\x03\x04rest", b"\xd0\xcf\x11\xe0rest", b"E\0-\0M\0a\0i\0l\0\n\0"])
def test_what_is_no_text_is_refused_with_the_way_to_save_it(tmp_path: Path, content: bytes) -> None:
    assert "CSV UTF-8" in refusal(tmp_path, content).hint


@pytest.mark.parametrize(("encoding", "city"), [("gb18030", "北京"), ("cp1252", "Köln")])
def test_a_guessed_encoding_shows_how_the_first_odd_cell_reads(
    tmp_path: Path, encoding: str, city: str
) -> None:
    text = f"E-Mail;Ort\na@example.org;Bonn\nb@example.org;{city}\nc@example.org;{city}\n"
    lists = read(tmp_path, text.encode(encoding))
    (finding,) = lists.findings
    assert (finding.code, finding.place.line) == ("L107", 3)
    assert repr(city) in finding.message
    assert lists.lists[0].understood.encoding == encoding


def test_an_encoding_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    assert "CSV UTF-8" in refusal(tmp_path, b"E-Mail;Name\na@example.org;\x81\x8d\x8f\n").hint


def test_a_file_of_another_kind_is_refused_with_the_kinds_there_are(tmp_path: Path) -> None:
    (tmp_path / "members.pdf").write_bytes(b"%PDF")
    with pytest.raises(ListError, match=r"members\.pdf is no list: .*\.csv.*\.xlsx"):
        read_files(tmp_path / "members.pdf", root=tmp_path)


def test_a_list_that_is_not_there_is_named_as_a_person_would(tmp_path: Path) -> None:
    with pytest.raises(ListError, match=r"recipients/none\.csv cannot be read") as refused:
        read_files(tmp_path / "recipients" / "none.csv", root=tmp_path)
    assert refused.value.place == Place("recipients/none.csv")


def test_every_finding_code_has_a_meaning(tmp_path: Path) -> None:
    text = (
        "Liste\nVorname;Name;Mail;E-Mail;Ort;ort;;Sprache\n"
        'A;B;;a@gmial.com;"x;\n@";;leer;xx\nMÃ¼ller;;;b@example.org\n;;;jürgen@example.org\n'
    )
    lists = read(
        tmp_path,
        f"{text};Summe\n",
        "E-Mail;Ort\na@example.org;Köln\n".encode("cp1252"),
        "anna@example.org\n",
    )
    codes = {finding.code for finding in lists.findings}
    assert codes == set(MEANINGS) - {
        "L113",
        "L114",
    }  # those are for `check`: lists and rows that cannot be used
