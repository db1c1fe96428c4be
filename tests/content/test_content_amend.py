"""A text file with a few characters changed: every other byte stays."""

from pathlib import Path

import pytest

from isa_mail.content.amend import amend
from isa_mail.errors import ContentError
from isa_mail.model.findings import Place
from isa_mail.typography.encoding import decode

PLACE = Place("20-bericht.txt")


def amended(folder: Path, data: bytes, old: str, new: str) -> bytes:
    path = folder / "20-bericht.txt"
    path.write_bytes(data)
    before = decode(data).text
    amend(path, before, before.replace(old, new), PLACE)
    return path.read_bytes()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encoding_mark_and_line_ends_stay(tmp_path: Path, encoding: str, end: str) -> None:
    text = f"Titel: Grüße{end}{end}Die  Stadt – schön.{end}Ende"
    wanted = text.replace("  ", " ").encode(encoding)
    assert amended(tmp_path, text.encode(encoding), "  ", " ") == wanted


def test_big_endian_text_and_mixed_line_ends_stay(tmp_path: Path) -> None:
    text = "\ufeffTitel: Grüße\r\n\nDie  Stadt\rEnde\n"
    assert amended(tmp_path, text.encode("utf-16-be"), "  ", " ") == text.replace("  ", " ").encode(
        "utf-16-be"
    )


def test_a_character_that_the_encoding_lacks_is_refused_and_the_file_stays(tmp_path: Path) -> None:
    data = "Titel: Grüße\n\n9 Uhr\n".encode("cp1252")
    with pytest.raises(ContentError, match=r"has no room for '\\u202f'") as refused:
        amended(tmp_path, data, "9 Uhr", "9\u202fUhr")
    assert "UTF-8" in refused.value.hint
    assert (tmp_path / "20-bericht.txt").read_bytes() == data
    assert [path.name for path in tmp_path.iterdir()] == ["20-bericht.txt"]


def test_a_file_that_was_changed_meanwhile_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "20-bericht.txt"
    path.write_text("Text, neu\n", encoding="utf-8")
    with pytest.raises(ContentError, match="changed by somebody else"):
        amend(path, "Text\n", "Texte\n", PLACE)
    assert path.read_text(encoding="utf-8") == "Text, neu\n"


def test_permissions_stay(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"a  b\n")
    path.chmod(0o640)
    amend(path, "a  b\n", "a b\n", PLACE)
    assert path.stat().st_mode & 0o777 == 0o640
