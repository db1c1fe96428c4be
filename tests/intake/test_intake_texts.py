"""What the import makes of pasted texts, in German, English and Chinese."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from importing_texts import HEAD, codes, guessed, sections, taken, written

from isa_mail.intake.links import link
from isa_mail.intake.words import letters_in, words_in
from isa_mail.model.newsletter import Kind, Signature

BODY = "Das ist ein langer Absatz, der mit einem Punkt endet und so keine Überschrift ist."


# --- what belongs to the edition --------------------------------------------------------------------------


def test_title_date_number_and_greeting_stand_at_the_top() -> None:
    found = taken("Uferpost\nAusgabe 3/2027 vom 5. Mai 2027\n\nLiebe Mitglieder,\n\n" + BODY)
    assert (found.title, found.number, found.date) == ("Uferpost", "3/2027", date(2027, 5, 5))
    assert found.greeting == "Liebe Mitglieder,"


def test_a_chinese_head_is_understood() -> None:
    found = taken("双岸通讯 2027年4月 第4期\n\n尊敬的各位会员：\n\n春天来到了两岸，港口也已启航。", None)
    assert (found.language, found.number, found.date) == ("zh", "4", date(2027, 4, 1))
    assert found.greeting == "尊敬的各位会员："


def test_a_text_without_a_title_keeps_its_first_line() -> None:
    found = taken(f"{BODY}\n\n{BODY}")
    assert found.title == ""
    assert len(found.sections[0].section.body) == 2


# --- the editorial ----------------------------------------------------------------------------------------


def test_signatories_in_two_columns_are_paired_by_position() -> None:
    found = taken(
        "Brief Mai 2027\n\nLiebe Freunde,\n\n"
        + BODY
        + "\n\nMit herzlichen Grüßen\n\nTina Probe \u00a0 \u00a0 \u00a0 \u00a0 Jan Muster\n\n"
        "Vorsitzende \u00a0 \u00a0 \u00a0 \u00a0 \u00a0 Schatzmeister a.D.\n\nNeues vom Hafen\n\n" + BODY
    )
    editorial = found.sections[0].section
    assert editorial.kind is Kind.EDITORIAL
    assert editorial.signed == (
        Signature(("Tina Probe",), ("Vorsitzende",)),
        Signature(("Jan Muster",), ("Schatzmeister a.\u00a0D.",)),
    )
    assert found.sections[1].section.title == ("Neues vom Hafen",)


@pytest.mark.parametrize(
    ("closing", "signed"),
    [
        ("Herzliche Grüße\n\nTina Probe\nVorsitzende", Signature(("Tina Probe",), ("Vorsitzende",))),
        ("Kind regards,\nTina Probe, Chair", Signature(("Tina Probe",), ("Chair",))),
        ("Ihre\n\nDr. Tina Probe", Signature(("Dr. Tina Probe",), ())),
        ("此致\n敬礼\n\n林晓梅\n联席主席", Signature(("林晓梅",), ("联席主席",))),
    ],
)
def test_a_name_below_the_closing_formula_signs(closing: str, signed: Signature) -> None:
    text = f"Brief Mai 2027\n\nLiebe Freunde,\n\n{BODY}\n\n{closing}\n\nDer neue Hafen\n\n{BODY}"
    found = taken(text)
    assert found.sections[0].section.signed == (signed,)
    assert found.sections[1].section.title == ("Der neue Hafen",)


# --- sections ---------------------------------------------------------------------------------------------


def test_a_loose_line_is_a_heading_and_one_right_below_it_a_caption() -> None:
    text = f"Neues vom Hafen\n\nDer Steg am Morgen\n\n{BODY}"
    assert written(text) == (
        "Title: Neues vom Hafen\nKind: report\n\n"
        "![‹Was ist zu sehen?›](images/‹Bild›.jpg)\nDer Steg am Morgen\n\n" + BODY + "\n"
    )


def test_a_quotation_goes_to_its_speaker_with_the_office_behind_the_name() -> None:
    text = (
        "Stimmen\n\nOberbürgermeister Ruprecht Hagel, Stadt Hafenau: „Wir haben lange auf die „Nacht der Boote“ "
        "gewartet.\nJetzt ist sie da“.\n"
    )
    assert written(text) == (
        "Title: Stimmen\nKind: voices\n\n"
        "> Wir haben lange auf die „Nacht der Boote“ gewartet.\n>\n> Jetzt ist sie da.\n>\n"
        "> — Ruprecht Hagel, Oberbürgermeister, Stadt Hafenau\n"
    )


@pytest.mark.parametrize(
    ("typed", "attribution"),
    [
        ("Qi Bohn, 1. FC Au:\n„{}“", "> — Qi Bohn, 1. FC Au"),
        ("„{}“, so Tina Probe.", "> — Tina Probe"),
        ("„{}“\n– Tina Probe, Au", "> — Tina Probe, Au"),
        ("„{}“\nTina Probe, Geschäftsführerin", "> — Tina Probe, Geschäftsführerin"),
        (
            'Minister a.D. Jan Muster bei seiner Rede: "{}"',
            "> — Jan Muster, Minister a.\u00a0D., bei seiner Rede",
        ),
        ("Tina Probe (Au): „{}“", "> — Tina Probe, (Au)"),
    ],
)
def test_speakers_are_found_before_and_behind(typed: str, attribution: str) -> None:
    said = "Das war ein guter Tag für die Stadt, und wir werden noch lange davon erzählen."
    text = written("Vom Hafen\n\n" + BODY + "\n\n" + typed.format(said))
    assert f"> {said}\n>\n{attribution}\n" in text


def test_a_quotation_inside_a_sentence_stays_there() -> None:
    text = "„Der Hafen wächst“, so der „Bericht zur Lage“, der am 3. Mai vorgestellt wurde und gut ist."
    assert text in written(f"Bericht\n\n{text}")


def test_an_interview_begins_at_its_lead_and_turns_keep_their_paragraphs() -> None:
    text = (
        f"Vom Hafen\n\n{BODY}\n\nAm Rande führte Jan Muster mit LIN Mei, der Vorsitzenden, dieses Interview\n\n"
        "JM: Wie geht es?\n\nLin Mei: Gut.\n\nUnd morgen noch besser, wenn das Wetter hält.\n\n"
        "Lesen Sie hier das ganze Interview: Link\n"
    )
    interview = sections(text)[1]
    assert (interview.kind, interview.title) == (Kind.INTERVIEW, ("Interview mit LIN Mei",))
    assert [type(block).__name__ for block in interview.body] == ["Paragraph", "Turn", "Turn", "CallToAction"]
    assert len(interview.body[2].blocks) == 2  # type: ignore[union-attr]


def test_questions_and_answers_without_a_lead_are_an_interview() -> None:
    (section,) = sections("Gespräch am Kai\n\nFrage: Wann?\n\nHagel: Bald.\n\nFrage: Sicher?\n\nHagel: Ja.")
    assert (section.kind, len(section.body)) == (Kind.INTERVIEW, 4)


def test_lists_and_events_are_read() -> None:
    events, lists = sections(
        "Termine\n\n12. Mai 2027: Fest, Hafen\n13. Mai 2027: Lauf\n\n"
        "Dabei sein\n\n• Boote\n• Lampen\n\n1. kommen\n2. bleiben"
    )
    assert events.kind is Kind.EVENTS
    assert [type(block).__name__ for block in lists.body] == ["BulletList", "OrderedList"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (f"Neues Mitglied\n\n{BODY}", Kind.BRIEF),
        (f"Studie zum Hafen\n\n{BODY}\n\nLesen Sie hier die Studie: Link", Kind.NOTICE),
        (f"Reise\n\n{BODY}\n{BODY}", Kind.REPORT),
    ],
)
def test_the_kind_follows_from_what_a_section_holds(text: str, kind: Kind) -> None:
    assert [section.kind for section in sections(text)] == [kind]


# --- links ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "words", "href"),
    [
        ("Lesen Sie hier mehr über die Stadt Au: Link", "Mehr über die Stadt Au", ""),
        ("Lesen Sie mehr über den 1. FC Au: Link", "Mehr über den 1. FC Au", ""),
        ("Informationen zur Stadt Au finden Sie hier: Link", "Informationen zur Stadt Au", ""),
        ("Lesen Sie hier das vollständige Interview: Link", "Das vollständige Interview lesen", ""),
        ("Read more about the harbour here: Link", "More about the harbour", ""),
        ("了解更多关于新港的信息：链接", "了解更多关于新港的信息", ""),
        ("Mehr zum Fest: https://example.org/fest", "Mehr zum Fest", "https://example.org/fest"),
        ("Anmeldung: www.example.org/anmeldung", "Anmeldung", "https://www.example.org/anmeldung"),
        ("Weiterlesen", "Weiterlesen", ""),
    ],
)
def test_a_line_that_is_a_link_names_what_is_there(line: str, words: str, href: str) -> None:
    assert link(line) == (words, href)


@pytest.mark.parametrize(
    "line", ["Das ist der Link", "Ein Satz. Noch einer: Link", "Der Hafen liegt am Fluss."]
)
def test_a_line_that_only_speaks_of_links_is_none(line: str) -> None:
    assert link(line) is None


@pytest.mark.parametrize("line", ["Liebe zum Detail", "Liebe Leute sind selten."])
def test_a_line_that_only_begins_like_a_greeting_is_none(line: str) -> None:
    assert taken(f"Brief Mai 2027\n\n{line}\n\n{BODY}").greeting == ""


# --- whole texts ------------------------------------------------------------------------------------------


def test_a_wrapped_text_is_put_back_into_paragraphs_and_edits_keep_their_lines() -> None:
    lines = (
        "Der Hafen am Ostbecken war lange eine Baustelle, auf der niemand",
        "so recht wusste, wann sie fertig wird. Jetzt liegt dort die Verwal-",
        "tung, fest und lang, und die ersten Boote  haben an ihr angelegt.",
        "Die Werft hat dafür zwei Jahre lang gearbeitet, und die Stadt hat",
        "ihr dabei geholfen, wo immer es ging und soweit das Geld reichte.",
        "So ist es recht, sagen viele, und manche kommen nun jeden Abend.",
    )
    found = taken("\n".join(lines) + "\n\nNoch ein Absatz.")
    body = found.sections[0].section.body
    assert len(body) == 2
    assert "die Verwaltung, fest" in str(body[0])
    assert {(edit.rule, edit.place.line) for edit in found.edits} == {("T301", 2), ("T202", 3)}


def test_a_suspended_hyphen_at_the_end_of_a_wrapped_line_keeps_its_blank() -> None:
    lines = (
        "Der Hafen am Ostbecken ist fertig geworden, und mit ihm die Aus-",
        "und Weiterbildung sowie das neue Haus der Verwaltung, das wir im",
        "Herbst gemeinsam feiern wollen, wenn das Wetter es zulässt, denn",
        "die Ernte ist dann längst eingebracht, und die Boote liegen alle",
        "fest vertäut am Ufer, was in jedem Jahr eine große Aufgabe ist,",
        "wie alle wissen, die schon einmal mit angefasst haben am Becken.",
    )
    (section,) = taken("\n".join(lines)).sections
    assert "die Aus- und Weiterbildung sowie" in str(section.section.body[0])


def test_a_table_of_markdown_is_named_since_a_letter_shows_it_as_text() -> None:
    assert ("I110", 5) in guessed(
        "# Brief Mai 2027\n\n## Neues\n\n| Ort | Zeit |\n|---|:--|\n| Au | 9 Uhr |\n"
    )
    assert "I110" not in codes("# Brief Mai 2027\n\n## Neues\n\nAu | Belm\n\n---\n\nText.\n")


def test_a_chinese_link_and_the_verb_behind_a_speaker() -> None:
    long = "我们等了三年，终于等到了这一天，大家都非常高兴，谢谢各位多年来的支持。"
    text = f"新桥落成\n\n李梅说：“{long}”\n\n点击此处阅读更多\n"
    assert f"> {long}\n>\n> — 李梅\n\n[阅读更多]()\n" in written(text, "zh")


def test_markdown_with_headings_is_taken_at_its_word() -> None:
    found = taken(
        "# Brief Mai 2027\n\nLiebe Freunde,\n\n*hallo*.\n\nHerzliche Grüße\n\nTina Probe\n\n"
        "## Neues\n\n**Fett** und\n\n- eins\n"
    )
    editorial, news = found.sections
    assert (found.title, found.greeting) == ("Brief Mai 2027", "Liebe Freunde,")
    assert editorial.section.signed == (Signature(("Tina Probe",), ()),)
    assert (news.section.title, news.markdown, news.line) == (("Neues",), "**Fett** und\n\n- eins", 13)


def test_no_line_of_a_text_is_guessed_twice_as_the_same() -> None:
    found = guessed(HEAD + f"Neues vom Hafen\n\nDer Steg\n\n{BODY}")
    assert len(found) == len(set(found))


LINES = st.lists(
    st.sampled_from(
        [
            "",
            "Neues vom Hafen",
            "Der Steg am Morgen (Foto: X)",
            BODY,
            "Tina Probe, Au: „Ein Satz, der lang genug ist, damit er als Zitat gelten kann, und noch etwas mehr.“",
            "„Anfang ohne Ende.",
            "Lesen Sie mehr über Au: Link",
            "Herzliche Grüße",
            "Tina Probe",
            "Frage: Was?",
            "Probe: Nichts.",
            "Im Interview mit Tina Probe",
            "• Punkt",
            "1. eins",
            "2. zwei",
            "Termine",
            "3. Mai 2027: Fest, Hafen",
            "Liebe Leute,",
            "尊敬的各位：",
            "李明，市长：“我们等了三年，今天终于等到了，大家都很高兴，谢谢各位的支持和帮助。”",
            "a \u00a0 \u00a0 \u00a0 b",
            "> zitiert",
            "# kein Titel#",
            "* Stern * und _Strich_ und [Klammer](x)",
            "```",
        ]
    )
    | st.text(max_size=30),
    max_size=14,
)


@given(LINES.map("\n".join), st.sampled_from(["de", "en", "zh"]))
@settings(max_examples=200, deadline=None)
def test_every_word_of_any_text_is_counted_once(text: str, language: str) -> None:
    found = taken(text, language)
    counted = "".join(word for word, _ in found.words)
    assert counted == letters_in(text) or any(each.markdown for each in found.sections)


def test_words_are_counted_by_letters_digits_and_chinese_characters() -> None:
    assert words_in("Die 42 Städte, 佛山 am Eichen\u00adholz") == [
        "die",
        "42",
        "städte",
        "佛",
        "山",
        "am",
        "eichenholz",
    ]
