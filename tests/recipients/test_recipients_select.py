"""Choosing people by their columns."""

from pathlib import Path

import pytest
from reading_lists import ReadLists, read_files

from isa_mail.errors import ListError


@pytest.fixture
def lists(tmp_path: Path) -> ReadLists:
    path = tmp_path / "members.csv"
    path.write_text(
        "E-Mail;Gruppe;Mitglieds-Nr.;Language\n"
        "a@example.org;Beirat;1;German\nb@example.org;beirat;2;中文\nc@example.org;;3;de-AT\n",
        encoding="utf-8",
    )
    return read_files(path, root=tmp_path)


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ([], "abc"),
        ([("Gruppe", "BEIRAT")], "ab"),
        ([("gruppe", " Beirat "), ("mitglieds-nr.", "2")], "b"),
        ([("Gruppe", "")], "c"),
        ([("language", "de")], "ac"),
        ([("Language", "Chinesisch")], "b"),
        ([("address", "A@example.org")], "a"),
        ([("Gruppe", "Vorstand")], ""),
    ],
)
def test_all_conditions_must_hold_case_aside(
    lists: ReadLists, where: list[tuple[str, str]], expected: str
) -> None:
    assert "".join(person.address[0] for person in lists.select(*where)) == expected


def test_a_column_that_no_list_has_is_an_error_with_the_nearest_name(lists: ReadLists) -> None:
    with pytest.raises(ListError, match="'Grupe'") as refused:
        lists.select(("Grupe", "Beirat"))
    assert "'gruppe'" in refused.value.hint
