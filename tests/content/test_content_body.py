"""The body of a section: each rule of the section format, as a sentence."""

import itertools

import pytest
from reading_sections import FILE, at, body, errors, remarks, section, words

from isa_mail.content.write import write_section
from isa_mail.model.findings import Place
from isa_mail.model.newsletter import (
    Attribution,
    BulletList,
    CallToAction,
    Code,
    Emphasis,
    Figure,
    Heading,
    LineBreak,
    Link,
    OrderedList,
    Paragraph,
    Preformatted,
    Quotation,
    Strong,
    ThematicBreak,
    Turn,
)

GUT = (Paragraph(("Gut.",)),)


def items(*texts: str) -> tuple[tuple[Paragraph, ...], ...]:
    return tuple((Paragraph((text,)),) for text in texts)


# --- figures ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "path"),
    [
        ("images/stand am morgen.jpg", "images/stand am morgen.jpg"),
        ("images/Grüße aus Köln.jpg", "images/Grüße aus Köln.jpg"),
        ("images/展台.jpg", "images/展台.jpg"),
        ("images/stand (1).jpg", "images/stand (1).jpg"),
        ("images/stand%20a.jpg", "images/stand%20a.jpg"),
        ("<images/stand a.jpg>", "images/stand a.jpg"),
        (" images/stand.jpg ", "images/stand.jpg"),
        ("images\\stand.jpg", "images/stand.jpg"),
        ("./images/stand.jpg", "./images/stand.jpg"),
        ("stand_a_b*c*.jpg", "stand_a_b*c*.jpg"),
    ],
)
def test_a_picture_alone_on_its_line_is_a_figure_whatever_its_path(source: str, path: str) -> None:
    assert body(f"![Der Stand]({source})") == (Figure(path, "Der Stand", (), at(1)),)


def test_the_lines_under_a_figure_are_its_caption_up_to_the_empty_line() -> None:
    assert body("Vorher\n\n![Stand](images/a b.jpg)\nDer *erste* Tag.\nFoto: Jo Muster\n\nNachher") == (
        Paragraph(("Vorher",)),
        Figure("images/a b.jpg", "Stand", ("Der ", Emphasis(("erste",)), " Tag. Foto: Jo Muster"), at(3)),
        Paragraph(("Nachher",)),
    )


def test_a_figure_knows_its_line() -> None:
    (_, figure) = body("Text\n\n![Stand](a.jpg)")
    assert isinstance(figure, Figure)
    assert figure.place == at(3)


@pytest.mark.parametrize("blank", ["  ", "     ", "\t", "\xa0", "\u3000\u3000"])
def test_a_figure_and_a_turn_may_be_indented(blank: str) -> None:
    assert body(f"{blank}![Stand](a.jpg)") == (Figure("a.jpg", "Stand", (), at(1)),)
    assert body(f"{blank}**A：**Ja.", "interview") == (Turn(("A",), (Paragraph(("Ja.",)),)),)


def test_a_figure_needs_no_empty_line_above_it() -> None:
    assert body("Text\n![Stand](a.jpg)\nFoto") == (
        Paragraph(("Text",)),
        Figure("a.jpg", "Stand", ("Foto",), at(2)),
    )


def test_a_figure_directly_below_another_is_no_caption() -> None:
    assert body("![A](a.jpg)\n![B](b.jpg)") == (
        Figure("a.jpg", "A", (), at(1)),
        Figure("b.jpg", "B", (), at(2)),
    )


def test_a_chinese_caption_on_two_lines_has_no_blank_in_it() -> None:
    (figure,) = body("![展台](a.jpg)\n展会第一天，\n摄影：李明")
    assert isinstance(figure, Figure)
    assert figure.caption == ("展会第一天，摄影：李明",)


def test_a_figure_may_have_an_empty_description() -> None:
    assert body("![](a.jpg)") == (Figure("a.jpg", "", (), at(1)),)


def test_a_description_may_hold_brackets() -> None:
    assert body("![Stand [links]](a.jpg)") == (Figure("a.jpg", "Stand [links]", (), at(1)),)


def test_a_figures_title_is_no_part_of_its_path_and_is_reported() -> None:
    for quotes in ('"Am Morgen"', "'Am Morgen'"):
        assert body(f"![Stand](images/a b.jpg {quotes})") == (Figure("images/a b.jpg", "Stand", (), at(1)),)
        assert remarks(f"![Stand](images/a b.jpg {quotes})") == [("C110", 1)]


@pytest.mark.parametrize(
    "path",
    [
        "../fremd.jpg",
        "/etc/x.jpg",
        "C:\\Bilder\\x.jpg",
        "https://example.org/x.jpg",
        "",
        " ",
        "images/../../x.jpg",
        "\\\\server\\x.jpg",
        "data:image/png;base64,AAAA",
    ],
)
def test_a_figure_outside_the_editions_folder_is_an_error_with_the_way_out(path: str) -> None:
    (error,) = errors(f"Kind: report\n\nText\n\n![Stand]({path})")
    assert error.place == Place(FILE, 5)
    assert "images/" in error.hint


def test_inside_a_fence_nothing_is_a_figure() -> None:
    assert body("```\n![Stand](a.jpg)\n```") == (Preformatted("![Stand](a.jpg)"),)


# --- quotations -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dash", ["-", "–", "—", "--", "——"])
@pytest.mark.parametrize("blank", [" ", ""])
@pytest.mark.parametrize("between", ["", ">\n"])
def test_every_dash_opens_an_attribution(dash: str, blank: str, between: str) -> None:
    assert body(f"> Gut.\n{between}> {dash}{blank}Tina Probe, Leiterin") == (
        Quotation(GUT, Attribution(("Tina Probe",), ("Leiterin",))),
    )


def test_the_name_ends_at_the_first_comma_and_the_rest_is_never_split() -> None:
    (quotation,) = body("> Gut.\n> — Qi Muster, zuständig für China, 1. FC Beispiel, Köln")
    assert quotation == Quotation(
        GUT, Attribution(("Qi Muster",), ("zuständig für China, 1. FC Beispiel, Köln",))
    )


def test_a_chinese_comma_ends_the_name_too() -> None:
    assert body("> 很好。\n> ——李明，秘书长，佛山, 中国") == (
        Quotation((Paragraph(("很好。",)),), Attribution(("李明",), ("秘书长，佛山, 中国",))),
    )


def test_a_comma_inside_a_number_ends_no_name() -> None:
    assert body("> Gut.\n> — Die 3,5-Prozent-Gruppe, Köln") == (
        Quotation(GUT, Attribution(("Die 3,5-Prozent-Gruppe",), ("Köln",))),
    )


def test_an_attribution_without_a_comma_is_all_name() -> None:
    assert body("> Gut.\n> – Tina Probe") == (Quotation(GUT, Attribution(("Tina Probe",), ())),)


def test_an_attribution_may_hold_markup() -> None:
    assert body("> Gut.\n> — **Tina Probe**, [Probewerk](https://example.org)") == (
        Quotation(
            GUT, Attribution((Strong(("Tina Probe",)),), (Link(("Probewerk",), ("https://example.org",)),))
        ),
    )


def test_an_attribution_typed_without_its_arrow_belongs_to_the_quotation() -> None:
    assert body("> Gut.\n— Tina Probe, Leiterin") == (
        Quotation(GUT, Attribution(("Tina Probe",), ("Leiterin",))),
    )


def test_an_attribution_in_a_quotation_of_its_own_belongs_to_the_one_above() -> None:
    assert body("> Gut.\n\n> — Tina Probe, Leiterin\n\nText") == (
        Quotation(GUT, Attribution(("Tina Probe",), ("Leiterin",))),
        Paragraph(("Text",)),
    )


def test_two_quotations_keep_their_own_attributions() -> None:
    assert body("> Gut.\n> — A, b\n\n> Gut.\n> — C, d") == (
        Quotation(GUT, Attribution(("A",), ("b",))),
        Quotation(GUT, Attribution(("C",), ("d",))),
    )


def test_a_real_list_inside_a_quotation_stays_a_list() -> None:
    assert body("> Wir brauchen:\n>\n> * Zeit\n> * Geld\n>\n> — Tina Probe") == (
        Quotation(
            (Paragraph(("Wir brauchen:",)), BulletList(items("Zeit", "Geld"))),
            Attribution(("Tina Probe",), ()),
        ),
    )
    assert body("> Gut.\n>\n> - Zeit\n> - Geld\n>\n> Ende.") == (
        Quotation((*GUT, BulletList(items("Zeit", "Geld")), Paragraph(("Ende.",))), None),
    )


def test_a_list_with_dashes_above_the_attribution_stays_a_list() -> None:
    (quotation,) = body("> Wir brauchen:\n>\n> - Zeit\n> - Geld\n>\n> — Tina Probe")
    assert isinstance(quotation, Quotation)
    assert quotation.blocks[1] == BulletList(items("Zeit", "Geld"))
    assert quotation.attribution == Attribution(("Tina Probe",), ())


def test_a_dash_at_the_start_of_an_earlier_line_is_text() -> None:
    assert body("> Gut\n> – und schön.\n> Ja.") == (Quotation((Paragraph(("Gut – und schön. Ja.",)),), None),)


@pytest.mark.parametrize("line", ["-5 Grad", "–5 Grad", "--5 Grad", "-10 % im März"])
def test_a_negative_number_that_opens_a_quotations_last_line_is_no_attribution(line: str) -> None:
    assert body(f"> Es waren\n> {line}") == (Quotation((Paragraph((f"Es waren {line}",)),), None),)


def test_an_arrow_inside_an_attribution_stays() -> None:
    assert body("> Gut.\n— Tina Probe -> Köln") == (Quotation(GUT, Attribution(("Tina Probe -> Köln",), ())),)


def test_a_quotation_without_an_attribution() -> None:
    assert body("> Gut.") == (Quotation(GUT, None),)


def test_a_quotation_that_is_only_a_dashed_line_has_no_attribution() -> None:
    (quotation,) = body("> — Tina Probe")
    assert isinstance(quotation, Quotation)
    assert quotation.attribution is None
    assert quotation.blocks


@pytest.mark.parametrize("line", ["---", "- - -", "—", "--"])
def test_dashes_without_a_name_are_no_attribution(line: str) -> None:
    (quotation,) = body(f"> Gut.\n>\n> {line}")
    assert isinstance(quotation, Quotation)
    assert quotation.attribution is None


def test_a_dash_inside_a_fence_of_a_quotation_is_no_attribution() -> None:
    (quotation,) = body("> ```\n> - a\n> ```")
    assert quotation == Quotation((Preformatted("- a"),), None)
    (quotation,) = body("> ```\n> - a")
    assert quotation == Quotation((Preformatted("- a"),), None)


def test_several_paragraphs_in_a_quotation() -> None:
    assert body("> Eins.\n>\n> Zwei.\n>\n> — Tina Probe, Leiterin") == (
        Quotation(
            (Paragraph(("Eins.",)), Paragraph(("Zwei.",))), Attribution(("Tina Probe",), ("Leiterin",))
        ),
    )


# --- calls to action, interviews, events ------------------------------------------------------------------


def test_a_link_alone_in_a_paragraph_is_a_call_to_action() -> None:
    link = Link(("Mehr über die ", Emphasis(("Probewerk",)), " GmbH"), ("https://probewerk.example.org",))
    assert body("Text\n\n[Mehr über die *Probewerk* GmbH](https://probewerk.example.org)") == (
        Paragraph(("Text",)),
        CallToAction(link),
    )


def test_an_address_in_angle_brackets_alone_is_a_call_to_action() -> None:
    assert body("<https://example.org>") == (
        CallToAction(Link(("https://example.org",), ("https://example.org",))),
    )


@pytest.mark.parametrize(
    "source",
    [
        "Hier: [mehr](https://example.org)",
        "[mehr](https://example.org).",
        "[a](https://example.org) [b](https://example.org)",
    ],
)
def test_a_link_with_other_words_is_no_call_to_action(source: str) -> None:
    (block,) = body(source)
    assert isinstance(block, Paragraph)


def test_a_link_alone_in_a_list_item_or_quotation_is_no_call_to_action() -> None:
    link = Link(("a",), ("https://example.org",))
    assert body("- [a](https://example.org)") == (BulletList(((Paragraph((link,)),),)),)
    assert body("> [a](https://example.org)") == (Quotation((Paragraph((link,)),), None),)


@pytest.mark.parametrize("opening", ["**PKS:**", "**PKS：**", "**PKS**:", "**PKS**："])
@pytest.mark.parametrize("blank", [" ", ""])
def test_a_turn_opens_in_four_spellings(opening: str, blank: str) -> None:
    assert body(f"{opening}{blank}Wie war es?", "interview") == (
        Turn(("PKS",), (Paragraph(("Wie war es?",)),)),
    )


def test_the_paragraphs_that_follow_belong_to_the_turn() -> None:
    assert body("Vorab.\n\n**A:** Eins.\n\nZwei.\n\n- drei\n\n**B:** Vier.", "interview") == (
        Paragraph(("Vorab.",)),
        Turn(("A",), (Paragraph(("Eins.",)), Paragraph(("Zwei.",)), BulletList(items("drei")))),
        Turn(("B",), (Paragraph(("Vier.",)),)),
    )


def test_turns_need_no_empty_line_between_them() -> None:
    assert body("**A:** Eins.\n**B:** Zwei.", "interview") == (
        Turn(("A",), (Paragraph(("Eins.",)),)),
        Turn(("B",), (Paragraph(("Zwei.",)),)),
    )


def test_a_turns_words_may_stand_below_its_speaker() -> None:
    assert body("**A:**\nEins.", "interview") == (Turn(("A",), (Paragraph(("Eins.",)),)),)
    assert body("**A:**\n\nEins.", "interview") == (Turn(("A",), (Paragraph(("Eins.",)),)),)


@pytest.mark.parametrize("answer", ["- Nein.", "1. FC Köln.", "> Ja", "# 1", "16. Oktober", "+ 5 %"])
def test_what_a_speaker_says_is_never_read_as_a_list_or_heading(answer: str) -> None:
    assert body(f"**A:** {answer}", "interview") == (Turn(("A",), (Paragraph((answer,)),)),)


def test_a_heading_a_figure_and_a_call_to_action_end_a_turn() -> None:
    (turn, heading, paragraph) = body("**A:** Eins.\n\n### Danach\n\nZwei.", "interview")
    assert turn == Turn(("A",), (Paragraph(("Eins.",)),))
    assert (heading, paragraph) == (Heading(3, ("Danach",)), Paragraph(("Zwei.",)))
    (turn, figure) = body("**A:** Eins.\n\n![B](b.jpg)", "interview")
    assert figure == Figure("b.jpg", "B", (), at(3))
    (turn, action) = body("**A:** Eins.\n\n[Alles](https://example.org)", "interview")
    assert isinstance(action, CallToAction)


@pytest.mark.parametrize("kind", ["article", "voices", "events"])
def test_turns_are_known_in_interviews_only(kind: str) -> None:
    assert words("**A:** Eins.", kind) == (Strong(("A:",)), " Eins.")


def test_bold_words_without_a_colon_open_no_turn() -> None:
    assert words("**Wichtig** ist das.", "interview") == (Strong(("Wichtig",)), " ist das.")


def test_inside_a_fence_nothing_is_a_turn() -> None:
    assert body("```\n**A:** x\n```", "interview") == (Preformatted("**A:** x"),)


# --- lists ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "8. ISA-Plenarversammlung",
        "1. FC Köln",
        "16. bis 19. Oktober",
        "2019. Ein gutes Jahr",
        "1) nur einer",
        "0. Null",
        "01. Oktober",
        "1、第一点",
        "2、第二点",
        "(1) in Klammern",
        "1.",
    ],
)
def test_what_only_looks_like_an_ordered_list_is_text(line: str) -> None:
    assert words(line) == (line,)
    assert words(f"Wir sahen\n{line}") == (f"Wir sahen {line}",)


def test_chinese_numbers_with_their_own_comma_stay_text() -> None:
    assert words("1、展会\n2、会议") == ("1、展会 2、会议",)


@pytest.mark.parametrize("mark", [".", ")"])
def test_an_ordered_list_starts_at_one_and_has_a_second_item(mark: str) -> None:
    assert body(f"1{mark} eins\n2{mark} zwei\n3{mark} drei") == (OrderedList(items("eins", "zwei", "drei")),)
    assert body(f"1{mark} eins\n\n2{mark} zwei") == (OrderedList(items("eins", "zwei")),)


def test_an_ordered_list_never_interrupts_a_paragraph() -> None:
    assert words("Am Montag\n1. eins\n2. zwei") == ("Am Montag 1. eins 2. zwei",)
    assert body("Am Montag\n\n1. eins\n2. zwei") == (
        Paragraph(("Am Montag",)),
        OrderedList(items("eins", "zwei")),
    )


@pytest.mark.parametrize("second", ["1. zwei", "3. zwei", "8. zwei", "2) zwei"])
def test_numbers_that_do_not_go_on_with_two_are_text(second: str) -> None:
    assert words(f"1. eins\n{second}") == (f"1. eins {second}",)
    assert body(f"1. eins\n\n{second}") == (Paragraph(("1. eins",)), Paragraph((second,)))


@pytest.mark.parametrize(
    "line",
    [
        "8. ISA-Plenarversammlung",
        "1. FC Köln",
        "2. Bundesliga",
        "16. bis 19. Oktober",
        "4. vier",
        "03. drei",
        "3) c",
    ],
)
def test_what_does_not_go_on_with_a_lists_sequence_is_text_with_its_number(line: str) -> None:
    two = (Paragraph(("eins",)),), (Paragraph(("zwei",)),)
    assert body(f"1. eins\n2. zwei\n\n{line}") == (OrderedList(two), Paragraph((line,)))
    assert body(f"1. eins\n2. zwei\n{line}") == (OrderedList(items("eins", f"zwei {line}")),)
    assert body(f"1. eins\n2. zwei\n\n   {line}") == (OrderedList((two[0], (*two[1], Paragraph((line,))))),)
    assert body(f"> 1. eins\n> 2. zwei\n>\n> {line}") == (
        Quotation((OrderedList(two), Paragraph((line,))), None),
    )
    assert body(f"- 1. eins\n  2. zwei\n\n  {line}") == (
        BulletList(((OrderedList(two), Paragraph((line,))),)),
    )
    assert body(f"**A:** Drei:\n\n1. eins\n2. zwei\n\n{line}", "interview") == (
        Turn(("A",), (Paragraph(("Drei:",)), OrderedList(two), Paragraph((line,)))),
    )


def test_a_date_that_begins_a_line_of_an_item_stays_in_the_item() -> None:
    assert body("- Wir treffen uns vom\n16. bis 19. Oktober\n- Ende") == (
        BulletList(items("Wir treffen uns vom 16. bis 19. Oktober", "Ende")),
    )
    assert body("1. Wir treffen uns vom\n16. bis 19. Oktober\n2. Ende") == (
        OrderedList(items("Wir treffen uns vom 16. bis 19. Oktober", "Ende")),
    )
    assert body("> Wir treffen uns vom\n16. bis 19. Oktober") == (
        Quotation((Paragraph(("Wir treffen uns vom 16. bis 19. Oktober",)),), None),
    )


def test_an_ordered_list_goes_on_to_any_length() -> None:
    assert body("".join(f"{number}. x\n" for number in range(1, 121))) == (OrderedList(items(*"x" * 120)),)


def test_a_list_may_be_restarted_after_an_empty_line() -> None:
    first, second = OrderedList(items("a", "b")), OrderedList(items("c", "d"))
    assert body("1. a\n2. b\n\n1. c\n2. d") == (first, second)
    assert body("1. a\n2. b\n\n1) c\n2) d") == (first, second)


def test_text_between_two_items_ends_the_list_and_keeps_the_number() -> None:
    assert body("1. a\n2. b\n\nText\n\n3. c") == (
        OrderedList(items("a", "b")),
        Paragraph(("Text",)),
        Paragraph(("3. c",)),
    )


def test_only_the_list_that_a_number_lies_in_goes_on_with_it() -> None:
    assert body("1. a\n   - b\n2. c\n   - d\n   3. e\n3. f") == (
        OrderedList(
            (
                (Paragraph(("a",)), BulletList(items("b"))),
                (Paragraph(("c",)), BulletList(items("d 3. e"))),
                (Paragraph(("f",)),),
            )
        ),
    )
    assert body("1. 1. a\n   2. b\n2. 1. c\n   2. d") == (
        OrderedList(((OrderedList(items("a", "b")),), (OrderedList(items("c", "d")),))),
    )


def test_numbers_nested_deeply_that_are_no_lists_are_read_in_no_time() -> None:
    source = "".join("   " * depth + "1. a\n\n" for depth in range(22)) + "Text\n2. b"
    assert body(source)[-1] == Paragraph(("Text 2. b",))


def test_a_list_starts_behind_numbers_that_are_text() -> None:
    assert body("1. FC Köln\n\n1. eins\n2. zwei") == (
        Paragraph(("1. FC Köln",)),
        OrderedList(items("eins", "zwei")),
    )
    assert body("8. Sitzung\n\n1. eins\n2. zwei")[1] == OrderedList(items("eins", "zwei"))


def test_nested_lists() -> None:
    assert body("- a\n  - b\n  - c\n- d\n  1. e\n  2. f") == (
        BulletList(
            (
                (Paragraph(("a",)), BulletList(items("b", "c"))),
                (Paragraph(("d 1. e 2. f",)),),
            )
        ),
    )
    assert body("1. a\n   - b\n2. c\n\n   1. d\n   2. e") == (
        OrderedList(
            (
                (Paragraph(("a",)), BulletList(items("b"))),
                (Paragraph(("c",)), OrderedList(items("d", "e"))),
            )
        ),
    )


def test_false_numbers_inside_list_items_and_quotations_are_text() -> None:
    assert body("- 1. FC Köln\n- 8. Sitzung") == (BulletList(items("1. FC Köln", "8. Sitzung")),)
    assert body("> 8. Sitzung") == (Quotation((Paragraph(("8. Sitzung",)),), None),)
    assert body("1. 8. Sitzung\n2. 1. FC Köln") == (OrderedList(items("8. Sitzung", "1. FC Köln")),)


@pytest.mark.parametrize("mark", ["-", "*", "+"])
def test_bullets(mark: str) -> None:
    assert body(f"{mark} eins\n{mark} zwei") == (BulletList(items("eins", "zwei")),)


# --- running text -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Mitarbeiter*innen",
        "Bürger*innen und Kolleg*innen",
        "3*4*5",
        "a*b",
        "x*1*y",
        "Mitarbeiter_innen",
        "5 * 3 * 2",
        "Ä*ß*é",
    ],
)
def test_an_asterisk_between_two_letters_or_digits_is_text(text: str) -> None:
    assert words(text) == (text,)


def test_an_asterisk_inside_a_word_does_not_end_emphasis() -> None:
    assert words("*alle Mitarbeiter*innen hier*") == (Emphasis(("alle Mitarbeiter*innen hier",)),)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("他说**“你好”**。", ("他说", Strong(("“你好”",)), "。")),
        ("这是**重要**的", ("这是", Strong(("重要",)), "的")),
        ("这是*重要*的", ("这是", Emphasis(("重要",)), "的")),
        ("**注意：**请看", (Strong(("注意：",)), "请看")),
        ("（**展会**）开幕", ("（", Strong(("展会",)), "）开幕")),
        ("第**8**届", ("第", Strong(("8",)), "届")),
    ],
)
def test_emphasis_works_next_to_chinese_characters(source: str, expected: tuple[object, ...]) -> None:
    assert words(source) == expected
    assert remarks(source) == []


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("展会在佛山\n举行", "展会在佛山举行"),
        ("展会开幕，\n来宾众多。", "展会开幕，来宾众多。"),
        ("展会开幕。\n\u3000\u3000来宾众多", "展会开幕。来宾众多"),
        ("Wir laden\nein", "Wir laden ein"),
        ("欢迎 ISA\n会员", "欢迎 ISA 会员"),
        ("2019\n年", "2019 年"),
        ("Ende \nneu", "Ende neu"),
    ],
)
def test_a_soft_break_between_chinese_characters_leaves_no_blank(source: str, text: str) -> None:
    assert words(source) == (text,)


def test_a_soft_break_beside_chinese_emphasis_leaves_no_blank() -> None:
    assert words("展会**很好**\n来宾") == ("展会", Strong(("很好",)), "来宾")
    assert words("展会\n**很好**") == ("展会", Strong(("很好",)))


@pytest.mark.parametrize("blank", ["\xa0", "\u3000", " \xa0\t", "\u2028", "\u2009"])
def test_a_line_of_blanks_alone_is_an_empty_line(blank: str) -> None:
    assert body(f"Eins\n{blank}\nZwei") == (Paragraph(("Eins",)), Paragraph(("Zwei",)))
    assert body(f"- {blank}\n- b") == (BulletList(((), *items("b"))),)
    assert body(f"> {blank}\n> b") == (Quotation((Paragraph(("b",)),), None),)


def test_two_blanks_or_a_backslash_break_the_line() -> None:
    assert words("Eins  \nzwei") == ("Eins", LineBreak(), "zwei")
    assert words("Eins\\\nzwei") == ("Eins", LineBreak(), "zwei")


def test_html_is_text() -> None:
    assert words('<b>fett</b> <script>x</script> <a href="y">') == (
        '<b>fett</b> <script>x</script> <a href="y">',
    )
    assert words("<div>\nx\n</div>") == ("<div> x </div>",)
    assert words("<!-- a -->") == ("<!-- a -->",)


@pytest.mark.parametrize("text", ["[fußnote]: https://example.org", "[1]: Quelle"])
def test_nothing_vanishes_as_a_reference_definition(text: str) -> None:
    assert words(text) == (text,)


@pytest.mark.parametrize("line", ["===", "---"])
def test_a_line_above_dashes_is_no_heading(line: str) -> None:
    assert body(f"Text\n{line}")[0] in (Paragraph(("Text",)), Paragraph((f"Text {line}",)))


def test_four_blanks_make_no_code() -> None:
    assert words("    eingerückt") == ("eingerückt",)
    assert words("\teingerückt") == ("eingerückt",)


def test_code_and_thematic_breaks() -> None:
    assert words("Tippe `a  *b*`") == ("Tippe ", Code("a  *b*"))
    assert body("a\n\n---\n\nb") == (Paragraph(("a",)), ThematicBreak(), Paragraph(("b",)))


def test_entities_and_escapes_are_characters() -> None:
    assert words(r"&auml; &amp;amp; \*nicht\* AT&T") == ("ä &amp; *nicht* AT&T",)


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/ä ö".replace(" ", "%20"),
        "https://example.org/a_(b)?c=d&e=f#g",
        "mailto:tina@example.org?subject=Hallo%20Welt",
        "tel:+4930123",
        "HTTPS://EXAMPLE.ORG",
        "https://example.org/%E4%BD%9B%E5%B1%B1",
        "https://佛山.example.org/中文",
    ],
)
def test_a_links_address_stays_as_it_was_typed(address: str) -> None:
    assert words(f"Hier [mehr]({address})!") == ("Hier ", Link(("mehr",), (address,)), "!")
    assert remarks(f"Hier [mehr]({address})!") == []


def test_a_links_address_that_goes_over_two_lines_is_an_error() -> None:
    (error,) = errors("Kind: report\n\nHier [mehr](https://example.org/\\\nab)")
    assert error.place == Place(FILE, 3)


# --- headings and fences ----------------------------------------------------------------------------------


def test_headings_in_a_body_begin_at_three() -> None:
    assert body("# A") == (Heading(3, ("A",)),)
    assert body("## A") == (Heading(3, ("A",)),)
    assert body("### A ###") == (Heading(3, ("A",)),)


def test_headings_never_skip_a_level_and_never_pass_six() -> None:
    levels = [
        block.level
        for block in body("# A\n## B\n#### C\n###### D\n###### E\n### F")
        if isinstance(block, Heading)
    ]
    assert levels[0] == 3
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert all(3 <= level <= 6 for level in levels)
    assert levels[-1] == 3


def test_a_hash_without_a_blank_is_text() -> None:
    assert words("#isa2019 ist da") == ("#isa2019 ist da",)


@pytest.mark.parametrize("line", ["#", "##", "### ###"])
def test_a_hash_without_words_is_text(line: str) -> None:
    assert body(line) == (Paragraph((line.split(" ")[0],)),)


@pytest.mark.parametrize("fence", ["```", "~~~", "````"])
def test_a_fenced_block_is_kept_line_by_line(fence: str) -> None:
    assert body(f"{fence}\n8. a\n\n  **b**  c\n\\{fence[0]}\n{fence}\n\nText") == (
        Preformatted(f"8. a\n\n  **b**  c\n\\{fence[0]}"),
        Paragraph(("Text",)),
    )


def test_a_fence_that_is_never_closed_keeps_its_words() -> None:
    assert body("```\na\nb") == (Preformatted("a\nb"),)


def test_backticks_that_close_on_their_line_open_no_fence() -> None:
    assert body("```a``` b\n\n![Stand](b.jpg)") == (
        Paragraph((Code("a"), " b")),
        Figure("b.jpg", "Stand", (), at(3)),
    )


@pytest.mark.parametrize("opening", ["- ```", "1. a\n2. ~~~", "* - ```"])
def test_a_fence_in_a_list_ends_where_it_is_closed(opening: str) -> None:
    fence = opening[-3:]
    source = f"{opening}\n     ![Stand](a.jpg)\n     {fence}\n\n![Stand](b.jpg)"
    assert body(source)[1:] == (Figure("b.jpg", "Stand", (), at(source.count("\n") + 1)),)
    assert "![Stand](a.jpg)')" in repr(body(source)[0])


# --- hostile input ----------------------------------------------------------------------------------------


def test_a_control_character_is_an_error_at_its_line() -> None:
    (error,) = errors("Kind: report\n\nText\nein\x0bs")
    assert error.place == Place(FILE, 4)
    (error,) = errors("Kind: report\n\nText\nein&#7;s")
    assert error.place == Place(FILE, 4)


@pytest.mark.parametrize("mark", ["> ", "- ", "* ", "1. "])
def test_what_is_nested_too_deeply_is_an_error_at_its_line_and_never_dropped(mark: str) -> None:
    text = f"{mark * 8}tief"
    assert "tief" in repr(body(text))
    found = errors(f"Kind: report\n\nText\n\n{'- ' * 60}tief\n{mark * 60}tief")
    assert [error.place for error in found] == [Place(FILE, 5)]


@pytest.mark.parametrize("depth", [26, 200, 1000])
def test_emphasis_nested_too_deeply_is_an_error_at_its_line(depth: int) -> None:
    nested = f"{'*a _b ' * depth}tief{' c_ d*' * depth}"
    for source in (nested, f"> Gut.\n> — {nested}", f"![Stand](b.jpg)\n{nested}", f"- a\n- {nested}"):
        (error,) = errors(f"Kind: report\n\nText\n\n{source}")
        assert error.place is not None
        assert error.place.line in (5, 6)


def test_many_links_and_pictures_inside_each_other_keep_their_words() -> None:
    for source in ("[" * 300 + "tief" + "](b)" * 300, "![" * 300 + "tief" + "](b)" * 300):
        assert "tief" in repr(body(source))


def test_a_tab_is_a_blank_and_no_error() -> None:
    assert words("eins\tzwei\t\ndrei") in [("eins\tzwei drei",), ("eins\tzwei\t drei",)]


def test_a_number_in_an_attribution_is_written_without_a_backslash() -> None:
    read = section("Kind: voices\n\n> Gut.\n> — Qi Bohn, 1. FC Au, Abteilung 2. Mannschaft")
    assert "> — Qi Bohn, 1. FC Au, Abteilung 2. Mannschaft\n" in write_section(read)
