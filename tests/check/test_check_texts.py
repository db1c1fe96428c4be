"""What is told of texts, and what only looks like it: names, dates, numbers, quotation marks, ends of paragraphs."""

import re
from pathlib import Path

import pytest

from editions import codes, findings, section, two_languages
from isa_mail.check.cleaning import cleaning_findings, mended
from isa_mail.model.findings import Finding, Glossary

ROOT = Path(__file__).parents[2]
GLOSSARY = Glossary()
LONG = "Wer am Abend über die alte Brücke geht, sieht die Lichter der beiden Ufer"


def told(folder: Path, text: str, code: str) -> list[str]:
    return [each.message for each in findings(folder, section(text)) if each.code == code]


# --- T701: one thing, several spellings ---


@pytest.mark.parametrize(
    "text",
    [
        "Die „Wasser Plus“-Messe, die Wasser Plus Messe.",
        "Die „Wasser Plus“-Messe und „Wasser Plus“- Messe.",
        "Im Business Matchmaking, beim Business-Matchmaking.",
        "Die InnovationCity, eine Innovation City.",
        "Die Chinesisch-Deutsche Allianz, unsere chinesisch-deutsche Allianz.",
    ],
)
def test_one_thing_in_two_spellings_is_told_once_with_both(tmp_path: Path, text: str) -> None:
    (message,) = told(tmp_path, text, "T701")
    assert " is also spelt " in message


@pytest.mark.parametrize(
    "text",
    [
        "Wir wollen zusammen arbeiten und zusammenarbeiten.",
        "Der Hafenmeister kam. HAFENMEISTER GESUCHT!",
        "Die Messe-Stände der Messestände.",
        "Der Stadtrat der Stadt Ratingen. Die Stadt rät dazu.",
        "Die „Elfriede“ legt ab. Elfriede, das Boot, legt an.",
        "Deutsche Firmen kamen. Die deutschen Firmen blieben.",
        "So ist es: Kleine Häfen wachsen. Auch kleine Häfen.",
        "Jede Stadt und die Stadt. Diese Option, für diese Option.",
        "Anna Möller-Süß und ihr Mann Karl Möller.",
    ],
)
def test_what_is_spelt_otherwise_with_reason_is_not_told(tmp_path: Path, text: str) -> None:
    assert told(tmp_path, text, "T701") == []


def test_the_usual_spelling_is_counted_and_the_rare_one_is_placed(tmp_path: Path) -> None:
    text = "Zur Wasser-Messe.\n\nAuf der Wasser-Messe.\n\nEine Wasser Messe."
    (found,) = (each for each in findings(tmp_path, section(text)) if each.code == "T701")
    assert found.message == "Wasser-Messe (2) is also spelt Wasser Messe (1)."
    assert found.place.line == 7


def test_what_the_glossary_knows_is_not_told_twice(tmp_path: Path) -> None:
    files = {
        **section("Die Wasser-Messe, eine Wasser Messe."),
        "glossary.txt": "Wasser Messe -> Wasser-Messe\n",
    }
    assert codes(tmp_path, files) == {"T703"}


# --- T711: slips ---


@pytest.mark.parametrize(
    "pair",
    [
        "Wirtchaftsdezernentin Wirtschaftsdezernentin",
        "Dateinnamen Dateinamen",
        "Verasntaltung Veranstaltung",
        "Mitgliedstadt Mitgliedsstadt",
    ],
)
def test_a_long_word_without_a_letter_or_with_two_swapped_is_told(tmp_path: Path, pair: str) -> None:
    one, other = pair.split()
    assert len(told(tmp_path, f"Hier steht {one}. Dort steht {other}.", "T711")) == 1


@pytest.mark.parametrize(
    "pair",
    [
        "Unternehmen Unternehmens",
        "verglichen vergleichen",
        "Veranstaltern Veranstalten",
        "anderenfalls andernfalls",
        "Vorstellung Verstellung",
        "Industriepark Industrieparks",
    ],
)
def test_endings_and_words_of_their_own_are_no_slips(tmp_path: Path, pair: str) -> None:
    one, other = pair.split()
    assert told(tmp_path, f"Hier steht {one}. Dort steht {other}.", "T711") == []


# --- T702: family names ---


def test_a_family_name_is_told_in_either_order_and_never_an_abbreviation(tmp_path: Path) -> None:
    assert told(tmp_path / "a", "LIN Xiaomei kam. Es sprach Xiaomei Lin.", "T702") == [
        "Xiaomei Lin is LIN Xiaomei elsewhere."
    ]
    assert told(tmp_path / "b", "Die ISA Stände. Der Isa-Strand. Die KMD Annegret Probe.", "T702") == []


# --- T705 to T707: dates ---


@pytest.mark.parametrize(
    "text",
    [
        "Am 4. Oktober 2026 und am 6. Oktober.",
        "Vom 4. bis 6. Oktober, dann am 18. Oktober 2026.",
        "Die Fassung 2.0.1, die Punkte 3.4. und 3.5., am 4. Oktober.",
        "Im Oktober 2026, am 4. Oktober, im Herbst 2027.",
        "Um 18.30 Uhr am 4. Oktober.",
    ],
)
def test_dates_in_one_form_and_what_is_none_are_not_told(tmp_path: Path, text: str) -> None:
    assert not codes(tmp_path, section(text)) & {"T705", "T706", "T707"}


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        ("Am 17. Oktober fuhren wir nach Zhuwan.", True),
        ("Am 16. Oktober begann es.", False),
        ("Am 27. Oktober fuhren wir nach Zhuwan.", False),
        ("Seit dem 17. Oktober ist offen.", False),
        ("Anmeldung bis zum 17. Oktober.", False),
        ("Am 17. Oktober 2025 war es schon so.", False),
    ],
)
def test_a_day_inside_a_span_of_another_section_is_told(tmp_path: Path, later: str, expected: bool) -> None:
    files = {
        **section("Die Messe lief vom 16. bis 19. Oktober 2026."),
        "30-reise.txt": f"Title: Reise\n\n{later}\n",
    }
    assert ("T706" in codes(tmp_path, files)) is expected


def test_a_day_just_outside_a_span_of_the_same_section_is_told_and_lists_of_events_are_let_be(
    tmp_path: Path,
) -> None:
    text = "Die Messe lief vom 16. bis 19. Oktober. Am 20. Oktober war Schluss."
    (message,) = told(tmp_path / "a", text, "T706")
    assert message == "20. Oktober lies just outside the span 16. bis 19. Oktober (20-fest.txt)."
    events = {
        "20-fest.txt": "Title: Termine\nKind: events\n\n- 16.–19. Oktober: Messe\n- 20. Oktober: Fest\n"
    }
    assert codes(tmp_path / "b", events) == set()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Am Montag, 6. Oktober 2026.", True),
        ("Am Montag, dem 6. Oktober, ist Fest.", True),
        ("Am Dienstag, dem 6. Oktober, ist Fest.", False),
        ("Jeden Montag. Der 6. Oktober ist Dienstag.", False),
    ],
)
def test_the_day_of_the_week_must_belong_to_the_date(tmp_path: Path, text: str, expected: bool) -> None:
    assert bool(told(tmp_path, text, "T707")) is expected


# --- T704: numbers ---


@pytest.mark.parametrize(
    "text",
    [
        "12.000 und 14.500 Gäste, 1500 am Abend.",
        "12.000 Gäste, Telefon 04999 815033, IBAN DE12 5001 0517 0648 4898 90.",
        "12.000 Gäste aus 26789 Osterende im Jahr 2026.",
        "12.000 Gäste, VR 47110, ISBN 978-3-00-012345-6.",
        "3,5 Stunden, 10,50 Euro, 12.000 Gäste.",
    ],
)
def test_codes_years_and_short_numbers_are_no_other_way_of_grouping(tmp_path: Path, text: str) -> None:
    assert told(tmp_path, text, "T704") == []


# --- T710 ---


def test_every_mark_of_a_new_edition_is_told_in_every_language(tmp_path: Path) -> None:
    pattern = ROOT / "isa_mail/workspace/new_edition"
    for folder in sorted(pattern.iterdir()):
        files: dict[str, str | bytes | None] = {"10-bericht.txt": None}
        marks = []
        for path in sorted(folder.iterdir()):
            text = (
                path.read_text(encoding="utf-8").replace("@TITLE@", "Brief").replace("@DATE@", "2026-10-01")
            )
            marks += re.findall("‹[^›]*›", text)
            files[path.name] = text
        told = [each.message for each in findings(tmp_path / folder.name, files) if each.code == "T710"]
        assert sorted(message.partition(" is left over")[0] for message in told) == sorted(marks)


@pytest.mark.parametrize(
    "text", ["Er nannte es ‹Wunder›.", "«Man sagt ‹Velo›», sagte sie.", "Das ‹Blaue Haus› brennt."]
)
def test_a_swiss_quotation_is_no_leftover(tmp_path: Path, text: str) -> None:
    assert "T710" not in codes(tmp_path, {"20-fest.txt": f"Title: Das ‹Wunder› am Ufer\n\n{text}\n"})


# --- T708, T709 ---


@pytest.mark.parametrize(
    "text",
    [
        "Mit herzlichen Grüßen",
        f"{LONG} – und schweigt …",
        f"{LONG}:",
        f"„{LONG}.“",
        f"{LONG} (und die Boote).",
        f"{LONG}, mehr unter www.ufer.example.org",
        "Hafengasse 1\\\n00815 Grünhafen\\\nTelefon 03999 0815, Montag bis Freitag, von neun bis zwölf",
        "- Ein Punkt einer Liste, der zwar lang ist, aber wie alle Punkte ohne Punkt am Ende",
    ],
)
def test_what_ends_as_it_should_or_is_no_sentence_lacks_no_end_mark(tmp_path: Path, text: str) -> None:
    assert told(tmp_path, text, "T709") == []


def test_a_quotation_and_a_turn_need_an_end_as_well(tmp_path: Path) -> None:
    assert len(told(tmp_path / "a", f"> {LONG}\n> — Ada Probe", "T709")) == 1
    interview = {"20-gespraech.txt": f"Title: Gespräch\nKind: interview\n\n**Ada Probe:** {LONG}\n"}
    assert codes(tmp_path / "b", interview) == {"T709"}


def test_a_quotation_may_go_on_over_paragraphs(tmp_path: Path) -> None:
    assert codes(tmp_path, section("Er sagte: „Das Boot fährt.\n\nEs fährt weit.“")) == set()


# --- two languages ---


@pytest.mark.parametrize(
    ("german", "chinese", "same"),
    [
        ("Elf Betriebe, 16 Plätze.", "十一家企业，16个名额。", True),
        ("180 000 Einwohner, 3,5 Stunden.", "18万人口，3.5小时。", True),
        ("Am 30. September 2026 um 18:30 Uhr.", "2026年9月30日18:30。", True),
        ("Zum 24. Mal mit 1,24 Mio. Euro.", "第24次，124万欧元。", True),
        ("Es kamen 23 Gäste.", "来了32位客人。", False),
        ("Es kamen 23 Gäste.", "来了许多客人。", False),
    ],
)
def test_numbers_are_compared_by_what_they_mean(
    tmp_path: Path, german: str, chinese: str, same: bool
) -> None:
    files = {
        **two_languages(),
        "de/20-fest.txt": f"Title: Fest\n\n{german}\n",
        "zh/20-fest.txt": f"Title: 节日\n\n{chinese}\n",
    }
    assert ("B104" in codes(tmp_path, files)) is not same


# --- what is accepted stays accepted ---


def test_what_is_accepted_is_known_again_after_the_places_beside_it_are_mended() -> None:
    text = 'Der  Hafen - wie immer - ist "schön" und,wie man sagt, neu.'
    meant = {each.message for each in cleaning_findings(text, "de", "a.txt", GLOSSARY) if each.code == "T401"}
    assert len(meant) == 2

    def wanted(found: Finding) -> bool:
        return found.message not in meant

    once, _ = mended(text, "de", "a.txt", GLOSSARY, wanted)
    assert once == "Der Hafen - wie immer - ist „schön“ und, wie man sagt, neu."
    assert mended(once, "de", "a.txt", GLOSSARY, wanted) == (once, ())
