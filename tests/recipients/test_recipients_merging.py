"""One person, one mail: however often, on however many lists and in whatever spelling somebody stands there."""

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from reading_lists import read

from isa_mail.model.findings import Place
from isa_mail.pipeline.audience import ListSource, Merged, stage_lists
from isa_mail.store.audience import Audience


def test_the_first_list_wins_and_its_empty_fields_are_filled_from_the_others(tmp_path: Path) -> None:
    lists = read(
        tmp_path,
        "E-Mail;Anrede;Vorname;Nachname;Sprache\nanna@example.org;;Anna;Probe;\n",
        "Mail,Anrede,Vorname,Ort\nANNA@Example.org,Frau,Änne,Köln\n",
        "E-Mail;Ort;Sprache\nanna@example.org;Bonn;zh\n",
    )
    (person,) = lists.recipients
    assert (person.name, person.language, person.place) == ("Anna Probe", "zh", Place("recipients/a.csv", 2))
    fields = person.fields
    assert (fields["salutation"], fields["first_name"], fields["ort"]) == ("Frau", "Anna", "Köln")
    assert [report.duplicates for report in lists.lists] == [0, 1, 1]
    first = Place("recipients/a.csv", 2)
    assert lists.merged == (
        Merged(
            "anna@example.org", first, Place("recipients/b.csv", 2), ("anrede", "mail", "ort", "salutation")
        ),
        Merged("anna@example.org", first, Place("recipients/c.csv", 2), ("language", "ort", "sprache")),
    )


def test_a_name_of_which_one_list_has_the_half_becomes_whole(tmp_path: Path) -> None:
    lists = read(
        tmp_path,
        "E-Mail;Vorname\nanna@example.org;Anna\n",
        "E-Mail;Nachname\nanna@example.org;Probe\n",
        "E-Mail;Name\nanna@example.org;A. Probe\n",
    )
    assert lists.recipients[0].name == "Anna Probe"


def test_a_name_that_no_column_gives_in_the_first_list_comes_from_another(tmp_path: Path) -> None:
    lists = read(tmp_path, "anna@example.org\n", "E-Mail;Name\nanna@example.org;Anna Probe\n")
    assert (lists.recipients[0].name, lists.recipients[0].fields["name"]) == ("Anna Probe", "Anna Probe")


def test_a_name_that_the_first_list_gives_stays(tmp_path: Path) -> None:
    lists = read(
        tmp_path, "Anna P. <anna@example.org>\n", "E-Mail;Vorname;Nachname\nanna@example.org;Änne;Probe\n"
    )
    assert lists.recipients[0].name == "Anna P."


def test_the_same_row_twice_on_a_list_is_one_person(tmp_path: Path) -> None:
    lists = read(tmp_path, "E-Mail;Ort\na@example.org;\nb@example.org;\nA@EXAMPLE.ORG;Köln\n")
    assert [(person.address, person.fields.get("ort")) for person in lists.recipients] == [
        ("a@example.org", "Köln"),
        ("b@example.org", None),
    ]


_CELLS = st.lists(st.tuples(st.sampled_from("aAbBc"), st.sampled_from(["", "x", "y"])), max_size=6)


@settings(deadline=None, max_examples=60)
@given(st.lists(_CELLS, min_size=1, max_size=3))
def test_nobody_is_lost_and_nobody_is_there_twice(
    tmp_path_factory: object, rows_of_lists: list[list[tuple[str, str]]]
) -> None:
    folder = tmp_path_factory.mktemp("lists")  # type: ignore[attr-defined]
    texts = [
        "E-Mail;Ort\n" + "".join(f"{who}@example.org;{town}\n" for who, town in rows)
        for rows in rows_of_lists
    ]
    lists = read(folder, *texts)
    rows = [row for rows in rows_of_lists for row in rows]
    towns: dict[str, str] = {}
    for who, town in rows:  # the first one that says something
        towns[who.lower()] = towns.get(who.lower()) or town
    assert [(person.key[0], person.fields.get("ort", "")) for person in lists.recipients] == list(
        towns.items()
    )
    assert len(lists.merged) == len(rows) - len(towns)


HEADERS = ("E-Mail", "Name", "E-Mail: Angezeigter Name", "Vorname", "Nachname", "Ort", "Sprache")
CELLS = st.sampled_from(
    ["", "Anna", "Probe (anna@example.org)", "(anna@example.org)", "\u00a0", "zh", "Köln"]
)


@given(st.data())
@settings(deadline=None, max_examples=60)
def test_who_lacks_a_field_and_who_reads_what_is_found_by_a_look_at_the_rows_alone(
    data: st.DataObject,
) -> None:
    columns = data.draw(st.permutations(HEADERS).map(lambda names: names[: 2 + len(names) // 2]))
    columns = columns if "E-Mail" in columns else ["E-Mail", *columns]
    lines = [";".join(columns)]
    for number in range(4):
        cells = [f"p{number % 3}@example.org" if name == "E-Mail" else data.draw(CELLS) for name in columns]
        lines.append(";".join(cells))
    fields = data.draw(
        st.sets(st.sampled_from(["name", "first_name", "ort", "language", "nachname", "address"]))
    )
    with TemporaryDirectory() as folder, Audience() as audience:
        path = Path(folder) / "list.csv"
        path.write_text("\n".join(lines), encoding="utf-8")
        people = stage_lists([ListSource(path)], audience, root=Path(folder)).recipients
        suspects = {person.key for person in people.perhaps_without(fields)}
        spoken = Counter(person.language or person.fields.get("language", "") for person in people)
        assert people.languages() == spoken
        lacking = {
            person.key
            for person in people
            for field in fields
            if not ((field == "name" and person.name) or person.fields.get(field, "").strip())
        }
    assert lacking <= suspects


def test_what_no_letter_can_ask_for_is_not_kept_with_a_person(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("E-Mail;Name;;Ort;Ort\nanna@example.org;Anna;krank;Ulm;Köln\n", encoding="utf-8")
    with Audience() as audience:
        lists = stage_lists([ListSource(path)], audience, root=tmp_path)
        ((_, number, line, cells, language, letter),) = lists.entries(
            audience.counts(), lambda _: "de", finish=None
        )
        (whole,) = lists.recipients
    assert "krank" not in cells and "Köln" not in cells
    assert lists.journal_headers[number].recipient(cells, language, line) == whole
    assert (whole.fields["ort"], letter) == ("Ulm", "de")
