"""An edition: edition.txt and its sections, in one language or several."""

from datetime import date
from pathlib import Path

import pytest

from isa_mail.content.dates import parse_date
from isa_mail.content.read import read_edition
from isa_mail.errors import ContentError, IsaMailError, Several
from isa_mail.model.findings import Place
from isa_mail.model.merging import MergeField
from isa_mail.model.newsletter import Edition, Figure


def write(folder: Path, **files: str | bytes) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.txt").write_bytes(text if isinstance(text, bytes) else text.encode())


def read(root: Path, folder: str = "2026-09", language: str | None = None) -> Edition:
    return read_edition(
        root / "editions" / folder, name="2026-09", language=language, default_language="de", root=root
    )


def failures(root: Path, folder: str = "2026-09", language: str | None = None) -> list[IsaMailError]:
    with pytest.raises(IsaMailError) as caught:
        read(root, folder, language)
    error = caught.value
    found = list(error.errors) if isinstance(error, Several) else [error]
    assert all(isinstance(one, ContentError) and one.hint and one.place for one in found)
    return found


def places(root: Path, folder: str = "2026-09", language: str | None = None) -> list[str]:
    return [str(error.place) for error in failures(root, folder, language)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "editions" / "2026-09"
    write(path, edition="Titel: Rundbrief\nDatum: 1. September 2026\n")
    return path


def test_edition_txt_says_what_the_letter_is(tmp_path: Path, folder: Path) -> None:
    write(
        folder,
        edition="Title: Rundbrief: Herbst\nNumber: 010\nDate: 2026-09-01\nLanguage: Deutsch\n"
        "Subject: Neues, {{ Vorname | Mitglied }}\nPreheader: Der Stand\nGreeting: Guten Tag {{ name }},\n",
        a="Titel: A\n\nText",
    )
    edition = read(tmp_path)
    place = Place("editions/2026-09/edition.txt")
    assert (edition.name, edition.language, edition.title, edition.number) == (
        "2026-09",
        "de",
        "Rundbrief: Herbst",
        "010",
    )
    assert edition.date == date(2026, 9, 1)
    assert edition.subject == ("Neues, ", MergeField("vorname", "Mitglied", place))
    assert edition.preheader == ("Der Stand",)
    assert edition.greeting == ("Guten Tag ", MergeField("name", None, place), ",")
    assert edition.place == place
    assert isinstance(edition.subject[1], MergeField)
    assert edition.subject[1].place == Place("editions/2026-09/edition.txt", 5)


def test_edition_txt_is_understood_in_german_and_chinese(tmp_path: Path, folder: Path) -> None:
    write(
        folder,
        edition="Titel: T\nNummer: 3\nDatum: 1.9.2026\nSprache: 中文\nBetreff: B\nVorschautext: V\nAnrede: A",
        a="a",
    )
    german = read(tmp_path)
    write(
        folder, edition="标题：T\n期号：3\n日期：2026年9月1日\n语言：zh\n主题：B\n预览文字：V\n称呼：A", a="a"
    )
    chinese = read(tmp_path)
    assert german == chinese
    assert (german.language, german.number, german.subject, german.greeting) == ("zh", "3", ("B",), ("A",))


def test_without_a_subject_the_title_serves(tmp_path: Path, folder: Path) -> None:
    write(folder, a="Text")
    assert read(tmp_path).subject == ("Rundbrief",)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2019-10-31", date(2019, 10, 31)),
        ("31.10.2019", date(2019, 10, 31)),
        ("31. 10. 2019", date(2019, 10, 31)),
        ("1.9.2019", date(2019, 9, 1)),
        ("31. Oktober 2019", date(2019, 10, 31)),
        ("1. März 2020", date(2020, 3, 1)),
        ("31 October 2019", date(2019, 10, 31)),
        ("2019年10月31日", date(2019, 10, 31)),
        ("2019 年 10 月 31 日", date(2019, 10, 31)),
        ("10/31/2019", None),
        ("03/04/2019", None),
        ("31.02.2019", None),
        ("31. Brumaire 2019", None),
        ("Oktober 2019", None),
        ("0000-01-01", None),
        ("二〇一九年十月", None),
        ("", None),
    ],
)
def test_dates_as_people_write_them(text: str, day: date | None) -> None:
    assert parse_date(text) == day


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Datum: 2026-09-01", ["editions/2026-09/edition.txt"]),
        ("Titel: T", ["editions/2026-09/edition.txt"]),
        ("Titel: T\nDatum: bald", ["editions/2026-09/edition.txt:2"]),
        ("Titel: T\nDatum: 2026-09-01\nSprache: Klingonisch", ["editions/2026-09/edition.txt:3"]),
        ("Titel: {{ a }}\nDatum: 2026-09-01", ["editions/2026-09/edition.txt:1"]),
        ("Titel: T\nDatum: 2026-09-01\nBetreff: {{ a", ["editions/2026-09/edition.txt:3"]),
        ("Titel: T\nDatum: 2026-09-01\n\nLiebe Freunde", ["editions/2026-09/edition.txt:4"]),
        ("Titel: T\nDatum: 2026-09-01\nLiebe Freunde", ["editions/2026-09/edition.txt:3"]),
        ("Titel: T\nTitel: U\nDatum: 2026-09-01", ["editions/2026-09/edition.txt:2"]),
        ("Titel: T\nDatum: 2026-09-01\nArt: Bericht", ["editions/2026-09/edition.txt:3"]),
        ("Hallo\nTitel: T", ["editions/2026-09/edition.txt:1"]),
    ],
)
def test_what_is_wrong_in_edition_txt_is_named_with_its_line(
    tmp_path: Path, folder: Path, text: str, wrong: list[str]
) -> None:
    write(folder, edition=text, a="Text")
    assert places(tmp_path) == wrong


def test_errors_of_edition_txt_come_at_once(tmp_path: Path, folder: Path) -> None:
    text = "Titel: {{ a }}\nNummer: {{ b\nDatum: bald\nSprache: Klingonisch\nBetreff: {{ c"
    write(folder, edition=text, a="Text")
    assert places(tmp_path) == [f"editions/2026-09/edition.txt:{line}" for line in (1, 2, 2, 3, 4, 5)]
    write(folder, edition="Nummer: 3", a="Text")
    assert [error.message for error in failures(tmp_path)] == ["Title is missing.", "Date is missing."]


def test_errors_of_all_files_come_at_once(tmp_path: Path, folder: Path) -> None:
    write(
        folder,
        edition="Titel: T",
        a="Titel: a\nFarbe: rot\n\nText",
        b="Text\n\n{{ kaputt",
        c="Titel: gut\n\nText",
    )
    assert places(tmp_path) == [
        "editions/2026-09/edition.txt",
        "editions/2026-09/a.txt:2",
        "editions/2026-09/b.txt:3",
    ]


def test_a_missing_edition_txt_is_an_error(tmp_path: Path, folder: Path) -> None:
    (folder / "edition.txt").unlink()
    write(folder, a="Text")
    assert places(tmp_path) == ["editions/2026-09/edition.txt"]


def test_an_edition_without_sections_is_an_error(tmp_path: Path, folder: Path) -> None:
    (error,) = failures(tmp_path)
    assert str(error.place) == "editions/2026-09"
    assert ".txt" in error.hint


def test_a_folder_that_is_not_there_is_an_error_and_no_traceback(tmp_path: Path) -> None:
    assert places(tmp_path, "2099-01")


def test_sections_stand_in_natural_order(tmp_path: Path, folder: Path) -> None:
    names = ["9-a", "10-b", "100-c", "1", "09-z", "a10", "A9", "zum-schluss", "20-Ä"]
    write(folder, **{name: "Text" for name in names})
    assert [section.name for section in read(tmp_path).sections] == [
        "1",
        "9-a",
        "09-z",
        "10-b",
        "20-Ä",
        "100-c",
        "A9",
        "a10",
        "zum-schluss",
    ]


def test_sections_keep_their_names_and_places(tmp_path: Path, folder: Path) -> None:
    write(folder, **{"10-stand.morgen": "Titel: A\n\n![B](images/b c.jpg)"})
    (section,) = read(tmp_path).sections
    assert (section.name, section.place) == ("10-stand.morgen", Place("editions/2026-09/10-stand.morgen.txt"))
    assert isinstance(section.body[0], Figure)
    assert section.body[0].place == Place("editions/2026-09/10-stand.morgen.txt", 3)


def test_upper_case_file_names_from_windows_are_read(tmp_path: Path, folder: Path) -> None:
    (folder / "edition.txt").rename(folder / "Edition.TXT")
    (folder / "10-A.TXT").write_bytes(b"Text")
    (section,) = read(tmp_path).sections
    assert section.name == "10-A"


def test_c108_names_a_file_that_is_not_read(tmp_path: Path, folder: Path) -> None:
    write(folder, a="Kind: brief\n\nText")
    (folder / "20-bericht.docx").write_bytes(b"PK")
    (found,) = read(tmp_path).findings
    assert (found.code, found.place) == ("C108", Place("editions/2026-09/20-bericht.docx"))


def test_c108_is_not_said_of_what_belongs_there_or_what_programs_leave(tmp_path: Path, folder: Path) -> None:
    write(folder, a="Kind: brief\n\nText", sent="2026-09")
    (folder / "images").mkdir()
    (folder / "attachments").mkdir()
    for name in (".DS_Store", "~$bericht.docx", "Thumbs.db", "desktop.ini"):
        (folder / name).write_bytes(b"\xff\x00")
    edition = read(tmp_path)
    assert edition.findings == ()
    assert len(edition.sections) == 1


def test_c108_names_a_folder_of_texts_and_a_text_beside_the_language_folders(
    tmp_path: Path, folder: Path
) -> None:
    (folder / "edition.txt").rename(folder / "later.txt")
    write(folder / "de", edition="Titel: Rundbrief\nDatum: 2026-09-01", a="Kind: brief\n\nText")
    write(folder / "zh", a="Kind: brief\n\n正文")
    write(folder / "images", liesmich="Fotos: Jo Muster")
    (folder / "sent.txt").write_bytes(b"2026-09")
    assert [(one.code, str(one.place)) for one in read(tmp_path, "2026-09/de", "de").findings] == [
        ("C108", "editions/2026-09/later.txt"),
        ("C108", "editions/2026-09/zh"),
    ]


@pytest.mark.parametrize("language", [None, "de"])
def test_c108_is_not_said_of_a_picture_that_a_section_shows(
    tmp_path: Path, folder: Path, language: str | None
) -> None:
    inside = folder / (language or "")
    (folder / "edition.txt").unlink()
    write(inside, edition="Titel: T\nDatum: 2026-09-01", a="Kind: brief\n\n![Stand](./stand.jpg)")
    (folder / "stand.jpg").write_bytes(b"")
    (folder / "bilder").mkdir()
    assert read(tmp_path, f"2026-09/{language or ''}", language).findings == ()


def test_findings_of_all_files_come_with_the_edition(tmp_path: Path, folder: Path) -> None:
    write(
        folder,
        edition="Titel: Grüße\nDatum: 2026-09-01".encode("cp1252"),
        a="Text",
        b="Titel: b\n\nein ** Stern",
    )
    assert [(one.code, str(one.place)) for one in read(tmp_path).findings] == [
        ("C102", "editions/2026-09/edition.txt"),
        ("C101", "editions/2026-09/a.txt:1"),
        ("C103", "editions/2026-09/b.txt:3"),
    ]


@pytest.mark.parametrize(("folder_name", "code"), [("zh", "zh"), ("de", "de"), ("en", "en")])
def test_a_language_folder_says_the_language(tmp_path: Path, folder_name: str, code: str) -> None:
    write(
        tmp_path / "editions" / "2026-09" / folder_name,
        edition="Title: T\nDate: 2026-09-01",
        a="Text\n\n![B](images/b.jpg)",
    )
    edition = read(tmp_path, f"2026-09/{folder_name}", folder_name)
    assert (edition.language, edition.name) == (code, "2026-09")
    figure = edition.sections[0].body[1]
    assert isinstance(figure, Figure)
    assert (figure.path, str(figure.place)) == ("images/b.jpg", f"editions/2026-09/{folder_name}/a.txt:3")


def test_a_language_that_contradicts_its_folder_is_an_error(tmp_path: Path) -> None:
    write(
        tmp_path / "editions" / "2026-09" / "zh", edition="Title: T\nDate: 2026-09-01\nLanguage: de", a="Text"
    )
    assert places(tmp_path, "2026-09/zh", "zh") == ["editions/2026-09/zh/edition.txt:3"]


def test_without_any_word_on_it_the_language_is_the_default(tmp_path: Path, folder: Path) -> None:
    write(folder, a="Text")
    assert read(tmp_path).language == "de"


@pytest.mark.parametrize(
    "data", [b"Titel: \x81\x8d\xff\n", b"\xff\xfe\x00\xd8", b"PK\x03\x04\x00\x00", b"Titel: a\x00\n"]
)
def test_a_file_that_is_no_text_is_an_error(tmp_path: Path, folder: Path, data: bytes) -> None:
    write(folder, a=data)
    (place,) = places(tmp_path)
    assert place.startswith("editions/2026-09/a.txt")


@pytest.mark.skipif(not hasattr(Path, "chmod"), reason="needs permissions")
def test_a_section_that_cannot_be_opened_is_an_error_with_its_place(tmp_path: Path, folder: Path) -> None:
    write(folder, a="Text")
    (folder / "b.txt").symlink_to(folder / "b.txt")
    try:
        found = places(tmp_path)
    except pytest.fail.Exception:
        return  # this system does not see the file at all
    assert found == ["editions/2026-09/b.txt"]
