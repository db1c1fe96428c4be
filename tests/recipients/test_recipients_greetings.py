"""The truth table of greetings: who is greeted how, in three languages, and who is better not greeted by name."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isa_mail.model.findings import Place
from isa_mail.model.people import Recipient
from isa_mail.recipients.greetings import UNKNOWN_PERSON, greeting
from isa_mail.recipients.people import full_name


def greet(language: str, **cells: str) -> str | None:
    """Greet somebody whose list has these columns; `name` is the whole name."""
    fields = {name: text for name, text in cells.items() if text}
    name = fields.get("name") or full_name(fields.get("first_name", ""), fields.get("last_name", ""))
    return greeting(Recipient("a@example.org", name, language, fields, Place("a.csv", 2)), language)


# salutation, title, first name, last name: German, English, Chinese
TABLE = [
    (
        "Frau",
        "Dr.",
        "Erika",
        "Müller",
        "Sehr geehrte Frau Dr. Müller,",
        "Dear Dr Müller,",
        "尊敬的Erika Müller博士：",
    ),
    (
        "Herr",
        "",
        "Karl",
        "Muster",
        "Sehr geehrter Herr Muster,",
        "Dear Mr Muster,",
        "尊敬的Karl Muster先生：",
    ),
    ("Frau", "", "", "Muster", "Sehr geehrte Frau Muster,", "Dear Ms Muster,", "尊敬的Muster女士："),
    ("", "", "Erika", "Müller", "Guten Tag Erika Müller,", "Dear Erika Müller,", "尊敬的Erika Müller："),
    (
        "",
        "Dr.",
        "Erika",
        "Müller",
        "Guten Tag Dr. Erika Müller,",
        "Dear Dr Müller,",
        "尊敬的Erika Müller博士：",
    ),
    ("", "Dr.", "", "Müller", "Guten Tag Dr. Müller,", "Dear Dr Müller,", "尊敬的Müller博士："),
    ("Herr", "", "", "", None, None, None),
    ("Herr", "Dr.", "", "", None, None, None),
    ("Herr", "", "Karl", "", None, None, None),
    ("", "", "", "Müller", None, None, None),
    ("", "", "", "", None, None, None),
    ("先生", "", "伟", "王", "Sehr geehrter Herr 王伟,", "Dear Mr 王伟,", "尊敬的王伟先生："),
    ("女士", "博士", "晓梅", "林", "Sehr geehrte Frau Dr. 林晓梅,", "Dear Dr 林晓梅,", "尊敬的林晓梅博士："),
    (
        "女士",
        "教授",
        "修",
        "欧阳",
        "Sehr geehrte Frau Prof. 欧阳修,",
        "Dear Professor 欧阳修,",
        "尊敬的欧阳修教授：",
    ),
    ("先生", "", "", "王", "Sehr geehrter Herr 王,", "Dear Mr 王,", "尊敬的王先生："),
    ("", "", "", "李明", "Guten Tag 李明,", "Dear 李明,", "尊敬的李明："),
    ("", "", "", "王", None, None, None),
    ("Mrs", "", "Ann", "Smith", "Sehr geehrte Frau Smith,", "Dear Ms Smith,", "尊敬的Ann Smith女士："),
]


@pytest.mark.parametrize(("salutation", "title", "first", "last", "german", "english", "chinese"), TABLE)
def test_the_truth_table(
    salutation: str,
    title: str,
    first: str,
    last: str,
    german: str | None,
    english: str | None,
    chinese: str | None,
) -> None:
    cells = {"salutation": salutation, "title": title, "first_name": first, "last_name": last}
    assert greet("de", **cells) == german
    assert greet("en", **cells) == english
    assert greet("zh", **cells) == chinese


@pytest.mark.parametrize(
    ("title", "spoken"),
    [
        ("Dr.", "Dr. "),
        ("Dr. med.", "Dr. "),
        ("Dr.-Ing.", "Dr. "),
        ("Dr. h. c.", "Dr. "),
        ("Dr. Dr.", "Dr. "),
        ("DDr.", "Dr. "),
        ("Doktor", "Dr. "),
        ("Prof.", "Prof. "),
        ("Prof. Dr.-Ing.", "Prof. "),
        ("Prof. Dr. Dr. h. c. mult.", "Prof. "),
        ("Univ.-Prof.", "Prof. "),
        ("Professorin", "Prof. "),
        ("Dipl.-Ing.", ""),
        ("Dipl.-Kfm. (FH)", ""),
        ("M. A.", ""),
        ("Mag.", ""),
        ("LL.M.", ""),
    ],
)
def test_only_doctor_and_professor_are_spoken_and_the_higher_one_counts(title: str, spoken: str) -> None:
    assert (
        greet("de", salutation="Herr", title=title, last_name="Muster")
        == f"Sehr geehrter Herr {spoken}Muster,"
    )


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"salutation": "Frau Dr.", "last_name": "Müller"}, "Sehr geehrte Frau Dr. Müller,"),
        ({"salutation": "Frau", "last_name": "Dr. Müller"}, "Sehr geehrte Frau Dr. Müller,"),
        (
            {"salutation": "Frau", "first_name": "Dr. Erika", "last_name": "Müller"},
            "Sehr geehrte Frau Dr. Müller,",
        ),
        ({"name": "Frau Dr. Erika Müller"}, "Sehr geehrte Frau Dr. Müller,"),
        ({"name": "Dr. Erika Müller"}, "Guten Tag Dr. Erika Müller,"),
        ({"name": "Müller, Jürgen", "salutation": "Herr"}, "Sehr geehrter Herr Müller,"),
        ({"name": "Müller, Dr. Jürgen"}, "Guten Tag Dr. Jürgen Müller,"),
        ({"name": "Ana María García Márquez", "salutation": "Frau"}, "Guten Tag Ana María García Márquez,"),
        ({"name": "王伟先生"}, "Sehr geehrter Herr 王伟,"),
        ({"salutation": "Hr.", "last_name": "Muster"}, "Sehr geehrter Herr Muster,"),
        ({"salutation": "Herrn", "last_name": "Muster"}, "Sehr geehrter Herr Muster,"),
        ({"salutation": "w", "last_name": "Muster"}, "Sehr geehrte Frau Muster,"),
        ({"gender": "männlich", "last_name": "Muster"}, "Sehr geehrter Herr Muster,"),
        (
            {"salutation": "Keine Angabe", "gender": "weiblich", "last_name": "Muster"},
            "Sehr geehrte Frau Muster,",
        ),
        ({"salutation": "Divers", "first_name": "Kim", "last_name": "Muster"}, "Guten Tag Kim Muster,"),
        ({"salutation": "Herr", "last_name": "Muster, MdB"}, "Sehr geehrter Herr Muster,"),
        ({"salutation": "Herr", "last_name": "Muster (Büro)"}, "Sehr geehrter Herr Muster,"),
        (
            {"salutation": "Frau", "last_name": "Müller-Lüdenscheidt"},
            "Sehr geehrte Frau Müller-Lüdenscheidt,",
        ),
        ({"salutation": "Herr", "last_name": "O’Brien"}, "Sehr geehrter Herr O’Brien,"),
    ],
)
def test_what_stands_in_the_wrong_cell_is_understood(cells: dict[str, str], expected: str) -> None:
    assert greet("de", **cells) == expected


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"salutation": "Herr Oberbürgermeister"}, "Sehr geehrter Herr Oberbürgermeister Muster,"),
        (
            {"salutation": "Herr", "position": "Oberbürgermeister"},
            "Sehr geehrter Herr Oberbürgermeister Muster,",
        ),
        (
            {"salutation": "Herr", "title": "Dr.", "position": "Oberbürgermeister der Stadt Grünhafen"},
            "Sehr geehrter Herr Oberbürgermeister Dr. Muster,",
        ),
        (
            {"salutation": "Frau", "position": "Oberbürgermeister"},
            "Sehr geehrte Frau Oberbürgermeisterin Muster,",
        ),
        ({"salutation": "Frau", "title": "Landrätin"}, "Sehr geehrte Frau Landrätin Muster,"),
        ({"position": "Bürgermeisterin"}, "Sehr geehrte Frau Bürgermeisterin Muster,"),
        (
            {"salutation": "Herr", "position": "Erster Bürgermeister"},
            "Sehr geehrter Herr Bürgermeister Muster,",
        ),
        ({"salutation": "Herr", "position": "Oberbürgermeister a. D."}, "Sehr geehrter Herr Muster,"),
        ({"salutation": "Herr", "position": "Oberbürgermeister a.D."}, "Sehr geehrter Herr Muster,"),
        ({"salutation": "Frau", "position": "Ehem. Ministerin"}, "Sehr geehrte Frau Muster,"),
        ({"salutation": "Frau", "position": "Altbürgermeisterin"}, "Sehr geehrte Frau Muster,"),
        ({"salutation": "Herr", "position": "Stellv. Bürgermeister"}, "Sehr geehrter Herr Muster,"),
        ({"salutation": "Herr", "position": "Geschäftsführer"}, "Sehr geehrter Herr Muster,"),
    ],
)
def test_an_office_comes_before_the_name_and_a_former_one_does_not(
    cells: dict[str, str], expected: str
) -> None:
    assert greet("de", last_name="Muster", **cells) == expected


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (
            {"salutation": "Herr", "title": "Graf", "last_name": "von Muster"},
            "Sehr geehrter Herr Graf von Muster,",
        ),
        (
            {"salutation": "Frau Dr.", "first_name": "Karla Gräfin", "last_name": "von Muster"},
            "Sehr geehrte Frau Dr. Gräfin von Muster,",
        ),
        (
            {"salutation": "Herr", "title": "Dr. Freiherr", "last_name": "von Muster"},
            "Sehr geehrter Herr Dr. Freiherr von Muster,",
        ),
        (
            {"salutation": "Herr", "last_name": "Freiherr von Muster"},
            "Sehr geehrter Herr Freiherr von Muster,",
        ),
        ({"salutation": "Gräfin", "last_name": "von Muster"}, "Sehr geehrte Frau Gräfin von Muster,"),
        ({"name": "Anna von der Mühlen", "salutation": "Frau"}, "Sehr geehrte Frau von der Mühlen,"),
        (
            {"first_name": "Karl von", "last_name": "Muster", "salutation": "Herr"},
            "Sehr geehrter Herr von Muster,",
        ),
        ({"name": "Vincent van Muster", "salutation": "Herr"}, "Sehr geehrter Herr van Muster,"),
    ],
)
def test_nobility_and_particles_belong_to_the_surname(cells: dict[str, str], expected: str) -> None:
    assert greet("de", **cells) == expected


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"position": "松渡市人民政府副市长", "salutation": "先生"}, "尊敬的王伟副市长："),
        ({"position": "市长"}, "尊敬的王伟市长："),
        ({"title": "教授", "position": "经济学院院长"}, "尊敬的王伟院长："),
        ({"position": "前市长", "salutation": "先生"}, "尊敬的王伟先生："),
        ({"position": "顾问", "title": "博士"}, "尊敬的王伟博士："),
    ],
)
def test_in_chinese_the_office_or_title_stands_in_the_place_of_the_salutation(
    cells: dict[str, str], expected: str
) -> None:
    assert greet("zh", name="王伟", **cells) == expected


@pytest.mark.parametrize(
    "cells",
    [
        {"name": "Stadt Grünhafen"},
        {"name": "Probewerk GmbH"},
        {"name": "Poststelle"},
        {"salutation": "Firma", "last_name": "Probewerk"},
        {"salutation": "Familie", "last_name": "Muster"},
        {"salutation": "Herr und Frau", "last_name": "Muster"},
        {"salutation": "Damen und Herren"},
        {"last_name": "Sekretariat", "salutation": "Frau"},
        {"name": "Atelier Brömmel"},
        {"name": "岚江造纸有限公司"},
        {"name": "松渡市人民政府"},
        {"name": "Hafen Blau", "organisation": "Hafen Blau"},
        {"salutation": "Herr", "last_name": "N. N."},
        {"salutation": "Herr", "last_name": "-"},
        {"salutation": "Herr", "last_name": "?"},
        {"salutation": "Frau", "last_name": "M?ller"},
        {"salutation": "Frau", "last_name": "M\ufffdller"},
        {"salutation": "Frau", "last_name": "mueller@example.org"},
        {"salutation": "Frau", "last_name": "Muster2"},
        {"salutation": "Frau", "last_name": "{{ name }}"},
        {"first_name": "Ilka"},
    ],
)
def test_whoever_has_no_usable_name_is_not_greeted_by_name(cells: dict[str, str]) -> None:
    assert [greet(language, **cells) for language in ("de", "en", "zh")] == [None, None, None]


@pytest.mark.parametrize(
    ("cells", "german", "chinese"),
    [
        ({"greeting": "Lieber Hans"}, "Lieber Hans,", None),
        ({"greeting": "Hallo zusammen!"}, "Hallo zusammen!", None),
        ({"salutation": "Sehr geehrte Frau Dr. Müller,"}, "Sehr geehrte Frau Dr. Müller,", None),
        ({"greeting": "尊敬的王市长"}, None, "尊敬的王市长："),
    ],
)
def test_a_greeting_that_the_list_has_is_taken_as_it_is_where_it_suits_the_letter(
    cells: dict[str, str], german: str | None, chinese: str | None
) -> None:
    assert greet("de", **cells) == german
    assert greet("zh", **cells) == chinese


def test_the_formula_for_people_unknown() -> None:
    assert UNKNOWN_PERSON["de"] == "Sehr geehrte Damen und Herren,"


_PIECES = (
    *(
        "Herr",
        "Frau",
        "Dr.",
        "Prof.",
        "Graf",
        "von",
        "Anna",
        "Müller",
        "Bürgermeister",
        "a. D.",
        ",",
        "王",
        "伟",
    ),
    *("先生", "市长", "GmbH", "", " ", "-", "(x)", "MdB", "&", "und"),
)
_WORDS = st.lists(st.sampled_from(_PIECES), max_size=4).map(" ".join)
_CELLS = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(
        ("salutation", "title", "first_name", "last_name", "name", "position", "gender", "organisation"),
        _WORDS | st.text(max_size=12),
    ),
)


@settings(deadline=None)
@given(_CELLS, st.sampled_from(["de", "en", "zh"]))
def test_no_cells_make_half_a_greeting(cells: dict[str, str], language: str) -> None:
    words = greet(language, **{name: " ".join(text.split()) for name, text in cells.items()})
    if words is None:
        return
    whole = {
        "de": r"(Sehr geehrte Frau|Sehr geehrter Herr|Guten Tag) (.+),",
        "en": r"(Dear) (.+),",
        "zh": r"(尊敬的)(.+)：",
    }
    typed = re.match(
        r"(?i)(sehr ge?ehrt|liebe|hallo|guten tag|dear|尊敬的|亲爱的)", cells.get("salutation", "").strip()
    )
    matched = re.fullmatch(whole[language], words)
    assert matched or typed
    if matched and not typed:
        name = matched[2]
        assert name == name.strip() and "  " not in name and name[0].isalpha()
        assert not re.search(r"\b(Herr|Frau)\b", name)
