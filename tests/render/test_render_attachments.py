"""Attachments: every file of the folder and nothing else, and a word about those that will not arrive."""

from pathlib import Path

import pytest
from invented import make_workspace, rendered

from isa_mail.errors import ContentError
from isa_mail.model.findings import Place, Severity


def test_attachments_are_read_in_order_without_the_systems_litter(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path) / "attachments"
    folder.mkdir()
    for name in ("b.pdf", "a.docx", ".DS_Store", "Thumbs.db", "~$a.docx", "c.unbekannt"):
        (folder / name).write_bytes(b"data of " + name.encode())
    found = rendered(tmp_path).attachments
    assert [(each.filename, each.media_type) for each in found] == [
        ("a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("b.pdf", "application/pdf"),
        ("c.unbekannt", "application/octet-stream"),
    ]
    assert found[1].data == b"data of b.pdf"


def test_attachment_that_is_a_link_elsewhere_or_too_large_is_refused(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path) / "attachments"
    folder.mkdir()
    (tmp_path / "geheim.txt").write_text("geheim")
    (folder / "a.txt").symlink_to(tmp_path / "geheim.txt")
    with pytest.raises(ContentError, match="outside"):
        rendered(tmp_path)
    (folder / "a.txt").unlink()
    for name in ("a.pdf", "b.pdf"):
        with (folder / name).open("wb") as file:
            file.truncate(6_000_000)
    with pytest.raises(ContentError, match=r"12\.0 MB together"):
        rendered(tmp_path)


def test_one_attachment_that_is_too_large_alone_is_refused_unread_with_a_way_out(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path) / "attachments"
    folder.mkdir()
    with (folder / "film.mp4").open("wb") as file:
        file.truncate(50_000_000_000)
    with pytest.raises(ContentError, match=r"'attachments/film\.mp4' is larger than 10 MB") as caught:
        rendered(tmp_path)
    assert "web site" in caught.value.hint


def test_name_is_the_same_whether_a_mac_or_windows_wrote_it(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path) / "attachments"
    folder.mkdir()
    (folder / "Gru\u0308n 邀请函.pdf").write_bytes(b"%PDF")
    assert [each.filename for each in rendered(tmp_path).attachments] == ["Grün 邀请函.pdf"]


@pytest.mark.parametrize("name", ["Setup.EXE", "makro.js", "Anmeldung.lnk", "start.bat"])
def test_what_mail_servers_refuse_is_pointed_out_and_travels_all_the_same(tmp_path: Path, name: str) -> None:
    folder = make_workspace(tmp_path) / "attachments"
    folder.mkdir()
    (folder / name).write_bytes(b"MZ")
    letter = rendered(tmp_path)
    (finding,) = letter.findings
    assert (finding.code, finding.severity) == ("R106", Severity.WARNING)
    assert finding.place == Place(f"editions/2026-09/attachments/{name}")
    assert "." + name.lower().partition(".")[2] in finding.message
    assert len(letter.attachments) == 1


def test_attachments_in_a_languages_folder_are_not_left_out_in_silence(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path)
    (folder / "de" / "attachments").mkdir(parents=True)
    assert rendered(tmp_path).findings == ()
    (folder / "de" / "attachments" / "plan.pdf").write_bytes(b"%PDF")
    letter = rendered(tmp_path)
    (finding,) = letter.findings
    assert (finding.code, finding.place) == ("R107", Place("editions/2026-09/de/attachments"))
    assert letter.attachments == ()


def test_empty_file_and_folder_are_pointed_out_and_the_rest_is_silent(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path) / "attachments"
    for name in ("Fotos", ".git", "__MACOSX"):
        (folder / name).mkdir(parents=True)
    for name in ("leer.pdf", "Thumbs.db", ".DS_Store", "~$plan.docx", "Icon\r"):
        (folder / name).write_bytes(b"")
    (folder / "plan.pdf").write_bytes(b"%PDF")
    (folder / "Fotos" / "a.jpg").write_bytes(b"x")
    letter = rendered(tmp_path)
    said = [(finding.code, finding.place.file.rpartition("/")[2]) for finding in letter.findings]
    assert said == [("R107", "Fotos"), ("R107", "leer.pdf")]
    assert [(each.filename, each.data) for each in letter.attachments] == [
        ("leer.pdf", b""),
        ("plan.pdf", b"%PDF"),
    ]
