"""accepted.txt and glossary.txt: what a workspace remembers of how it writes."""

from pathlib import Path

import pytest

from isa_mail.errors import SettingsError
from isa_mail.model.findings import Finding, Glossary, Place, Severity
from isa_mail.workspace.accepted import Accepted, add_accepted, line, read_accepted
from isa_mail.workspace.glossary import read_glossary


def finding(
    code: str = "T709", at: int = 3, message: str = "Der Satz …\nendet nicht.", severity: str = "warning"
) -> Finding:
    return Finding(code, Severity(severity), Place("editions/2026-10/20-fest.txt", at), message, "Ein Punkt.")


def test_a_finding_is_known_by_code_file_and_message_and_not_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "accepted.txt"
    add_accepted(path, [line(finding())])
    accepted = read_accepted(path)
    assert accepted.covers(finding(at=30))
    assert not accepted.covers(finding(message="Ein anderer Satz."))
    assert not accepted.covers(finding(code="T708"))


def test_a_kind_is_accepted_everywhere_unless_it_blocks(tmp_path: Path) -> None:
    path = tmp_path / "accepted.txt"
    add_accepted(path, ["T709", "T710"])
    assert read_accepted(path).covers(finding(message="irgendetwas"))
    assert not read_accepted(path).covers(finding("T710", severity="blocks"))


def test_a_line_is_written_once_and_what_a_person_wrote_stays(tmp_path: Path) -> None:
    path = tmp_path / "accepted.txt"
    path.write_bytes("# unsere Gründe\r\n\r\nP104\r\n".encode())
    add_accepted(path, ["P104", "T709"])
    add_accepted(path, ["T709"])
    assert path.read_text(encoding="utf-8") == "# unsere Gründe\n\nP104\nT709\n"


def test_without_a_file_nothing_is_accepted_and_one_that_is_no_text_is_named(tmp_path: Path) -> None:
    assert read_accepted(tmp_path / "accepted.txt") == Accepted()
    (tmp_path / "accepted.txt").mkdir()
    with pytest.raises(SettingsError, match=r"accepted\.txt cannot be read"):
        read_accepted(tmp_path / "accepted.txt")


def test_a_glossary_has_spellings_and_words_to_leave_alone(tmp_path: Path) -> None:
    path = tmp_path / "glossary.txt"
    path.write_text(
        "# Namen\nWasser Messe -> Wasser-Messe\nStart-Up→Start-up\n\nPEGEL-werk\n", encoding="utf-8-sig"
    )
    right = {"Wasser Messe": "Wasser-Messe", "Start-Up": "Start-up"}
    assert read_glossary(path) == Glossary(right, ("PEGEL-werk",))
    assert read_glossary(tmp_path / "none.txt") == Glossary()


@pytest.mark.parametrize("entry", ["-> Messe", "Messe ->", "Messe -> Messe"])
def test_a_line_of_the_glossary_that_says_nothing_is_named(tmp_path: Path, entry: str) -> None:
    path = tmp_path / "glossary.txt"
    path.write_text(f"# Namen\n{entry}\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="names no two spellings") as refused:
        read_glossary(path)
    assert refused.value.place == Place("glossary.txt", 2)
