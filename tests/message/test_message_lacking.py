"""Merge fields that keep an edition from going out: one error a field, with the places of both sides."""

from datetime import date

from isa_mail.message.compile import compile_message
from isa_mail.message.lacking import lacking_errors
from isa_mail.model.findings import Place
from isa_mail.model.merging import Escape, Hole, MergeField
from isa_mail.model.people import Recipient
from isa_mail.model.publication import Colours, Fingerprint, Mailbox, Publication
from isa_mail.model.rendering import RenderedEdition

_FIRST_NAME = MergeField("first_name", None, Place("editions/2031-01/10-a.txt", 4))


def errors(
    fields: dict[str, str], *, columns: set[str], people: int = 1, field: MergeField = _FIRST_NAME
) -> list[str]:
    publication = Publication(
        "Brief",
        Mailbox("", "a@example.org"),
        None,
        "b.example.org",
        "x",
        Colours("#000000", "#000000"),
        None,
        ("de",),
    )
    part = ("Liebe ", Hole(field, Escape.TEXT), "\n")
    rendered = RenderedEdition("2031-01", "de", "T", date(2031, 1, 1), ("T",), part, part, (), ())
    template = compile_message(rendered, publication, fingerprint=Fingerprint("0" * 64))
    rows = [
        Recipient(f"p{n}@example.org", "", None, fields, Place("recipients/a.csv", n + 2))
        for n in range(people)
    ]
    found = lacking_errors({"de": template}, ((row, "de") for row in rows), columns)
    return [f"{error.place}: {error.message} {error.hint}" for error in found]


def test_nothing_is_lacking_where_everyone_has_a_value() -> None:
    assert errors({"first_name": "Ann"}, columns={"first_name"}) == []


def test_a_fallback_is_enough() -> None:
    assert errors({}, columns=set(), field=MergeField("first_name", "Mitglied", _FIRST_NAME.place)) == []


def test_a_missing_value_names_the_line_of_the_field_and_of_the_person() -> None:
    (said,) = errors({}, columns={"first_name"})
    assert said.startswith("editions/2031-01/10-a.txt:4: ")
    assert "recipients/a.csv:2" in said


def test_many_people_without_a_value_are_one_error_with_the_whole_count() -> None:
    (said,) = errors({}, columns={"first_name"}, people=9)
    assert "recipients/a.csv:6 and 4 more" in said


def test_a_field_that_no_list_has_is_told_with_the_nearest_column() -> None:
    (said,) = errors({}, columns={"first_nam", "stadt"})
    assert "No list has a column" in said
    assert "Did you mean {{ first_nam }}?" in said
