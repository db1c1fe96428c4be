"""Documents of Word: what LibreOffice Writer has saved, and what is refused."""

import io
import zipfile
from pathlib import Path

import pytest

from isa_mail.content.write import write_section
from isa_mail.errors import ContentError
from isa_mail.intake.read import import_bytes
from isa_mail.model.pasted import Imported

DOCUMENT = (Path(__file__).parents[2] / "bench/proof/rundbrief.docx").read_bytes()
NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def taken(data: bytes) -> Imported:
    return import_bytes(data, file="brief.docx", language=None)


def changed(part: str, old: str, new: str) -> bytes:
    """The document with another text in one of its parts."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(DOCUMENT)) as source, zipfile.ZipFile(written, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == part:
                assert old.encode() in data
                data = data.replace(old.encode(), new.encode())
            target.writestr(name, data)
    return written.getvalue()


def test_styles_become_title_sections_captions_and_lists() -> None:
    found = taken(DOCUMENT)
    assert (found.title, found.language, found.greeting) == (
        "Rundbrief Oktober 2027",
        "de",
        "Liebe Mitglieder,",
    )
    titles = [each.section.title for each in found.sections]
    assert titles == [(), ("Der neue Steg",), ("Termine",), ("In eigener Sache",)]
    steg = write_section(found.sections[1].section)
    assert "![Ein Steg im Nebel](images/picture-1c354cb9.png)\nDer Steg am Morgen. Foto: T. Brink\n" in steg
    assert "- Holz aus Hohenlauter\n- Eisen aus Songdu\n" in steg
    assert "> — Ruprecht Hagel, Hafenmeister\n" in steg
    assert "\n[Mehr über das Hafenamt](https://example.org/hagel)\n" in steg
    assert "### Die Geschäftsstelle" in write_section(found.sections[3].section)


def test_bold_italics_and_links_move_along_with_what_is_cleaned() -> None:
    found = taken(DOCUMENT)
    editorial = write_section(found.sections[0].section)
    assert "Der **Beirat** dankt „allen Helfern“ und wünscht einen *milden* Winter." in editorial
    steg = write_section(found.sections[1].section)
    assert (
        "42\u00a0m lang und aus Eichenholz. Mehr steht im [Bericht der Werft](https://example.org/steg)."
        in steg
    )


def test_pictures_are_taken_out_as_they_are() -> None:
    (picture,) = taken(DOCUMENT).pictures
    assert picture.path == "images/picture-1c354cb9.png"
    assert picture.data.startswith(b"\x89PNG")
    assert "I111" not in {one.code for one in taken(DOCUMENT).guesses}


def test_tables_and_footnotes_keep_their_words() -> None:
    text = write_section(taken(DOCUMENT).sections[3].section)
    assert "Montag · 9 bis 12 Uhr" in text
    assert "Stand: Oktober." in text


def test_a_picture_that_no_mail_shows_keeps_its_place_and_is_named() -> None:
    types = changed("[Content_Types].xml", 'ContentType="image/png"', 'ContentType="image/x-emf"')
    found = taken(types)
    assert "I111" in {one.code for one in found.guesses}
    assert "(images/‹picture-1c354cb9.emf›)" in write_section(found.sections[1].section)


def test_a_document_whose_words_would_not_all_arrive_is_refused() -> None:
    hidden = "<w:unheard><w:t>verborgen</w:t></w:unheard></w:r></w:p>"
    data = changed("word/document.xml", "</w:r></w:p>", hidden)
    with pytest.raises(ContentError, match="verborgen"):
        taken(data)


@pytest.mark.parametrize("part", ["header1", "footer2", "comments"])
def test_what_stands_beside_the_text_is_named_unless_the_text_has_it(part: str) -> None:
    def told(words: str) -> list[str]:
        written = io.BytesIO(DOCUMENT)
        with zipfile.ZipFile(written, "a") as target:
            run = f"<w:p><w:r><w:t>{words}</w:t></w:r></w:p>"
            target.writestr(f"word/{part}.xml", f'<w:all xmlns:w="{NAMESPACE}">{run}</w:all>')
        return [one.about for one in taken(written.getvalue()).guesses if one.code == "I115"]

    assert told("Nur für Mitglieder") == ["„Nur für Mitglieder“"]
    assert told("Rundbrief Oktober 2027") == told("17") == []


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"PK\x03\x04nothing", "cannot be read as a document of Word"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Word"),
        (b"%PDF-1.7", "a PDF"),
        (b"{\\rtf1", "Rich Text"),
        (b"\x00\x01\x02", "no text"),
        (b"  \n\n", "no text in it"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(data: bytes, said: str) -> None:
    with pytest.raises(ContentError, match=said):
        taken(data)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_in_any_encoding_is_read(encoding: str) -> None:
    assert taken("Grüße aus der Mühle – „schön“".encode(encoding)).words[0] == ("grüße", 1)


def test_text_of_a_chinese_program_is_read() -> None:
    assert taken("双岸城市联盟通讯，春天来到了两岸。".encode("gb18030")).language == "zh"
