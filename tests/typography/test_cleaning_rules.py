"""Every rule of cleaning: what it changes, and what it leaves alone. ⍽ is a no-break space, ¬ a soft hyphen."""

import pytest

from isa_mail.typography.clean import clean
from isa_mail.typography.rules import RULES

CHANGED = {
    "T101": [("de", "Mu\u0308hle", "Mühle"), ("en", "cafe\u0301", "café")],
    "T102": [("de", "Eichen¬holz", "Eichenholz")],
    "T103": [("de", "Wort\u200b und \ufeffmehr", "Wort und mehr"), ("zh", "中\u200b文", "中文")],
    "T104": [("de", "ﬁnden", "finden")],
    "T201": [
        ("de", "unsere Partner⍽nach Hafenau", "unsere Partner nach Hafenau"),
        ("de", "im Rahmen der⍽8. Sitzung", "im Rahmen der 8. Sitzung"),
        ("de", "hat⍽ viel", "hat viel"),
        ("de", "am Ende.⍽", "am Ende."),
        ("de", "⍽", ""),
        ("zh", "中⍽文", "中文"),
    ],
    "T202": [("de", "zwei  Blanks", "zwei Blanks"), ("en", "a\ttab", "a tab")],
    "T203": [
        ("de", "Qi Bohn,1. FC Au", "Qi Bohn, 1. FC Au"),
        ("de", "im Programm.Danach kam", "im Programm. Danach kam"),
    ],
    "T204": [
        ("de", "Ja , nein !", "Ja, nein!"),
        ("en", "( inside )", "(inside)"),
        ("de", "*so* , dann", "*so*, dann"),
    ],
    "T205": [
        ("de", "42 km weit", "42⍽km weit"),
        ("de", "rund 10 % mehr", "rund 10⍽% mehr"),
        ("de", "§ 5 DDG", "§⍽5 DDG"),
        ("en", "1.5 MB", "1.5⍽MB"),
    ],
    "T206": [
        ("de", "Minister a.D.", "Minister a.⍽D."),
        ("de", "z. B. so", "z.⍽B. so"),
        ("de", "u.v.m.", "u.⍽v.⍽m."),
    ],
    "T301": [
        ("de", "die Fertigungs-industrie", "die Fertigungsindustrie"),
        ("de", "der Landes-hauptstadt", "der Landeshauptstadt"),
        ("de", "immer innova-tiv", "immer innovativ"),
        ("en", "informa-tion is information", "information is information"),
        ("de", "Ver- waltung", "Verwaltung"),
    ],
    "T302": [("de", "„Neue Wege“- Messe", "„Neue Wege“-Messe"), ("de", "die ISA- Messe", "die ISA-Messe")],
    "T401": [
        ("de", "so - wie immer - gut", "so – wie immer – gut"),
        ("en", "so--as ever", "so—as ever"),
        ("zh", "佛山--广州", "佛山——广州"),
    ],
    "T402": [
        ("de", "16.-19. Oktober", "16.–19. Oktober"),
        ("de", "von 9:00 - 17:00", "von 9:00–17:00"),
        ("de", "S. 12-19", "S. 12–19"),
        ("de", "2018-2019", "2018–2019"),
        ("en", "10-12 pages", "10–12 pages"),
        ("zh", "10月16-19日", "10月16—19日"),
        ("de", "alle 3-5 Messpunkte", "alle 3–5 Messpunkte"),
    ],
    "T403": [("de", "und so weiter ...", "und so weiter …"), ("zh", "等等...", "等等……")],
    "T501": [
        ("de", 'die "Messe" da', "die „Messe“ da"),
        ("en", 'the "fair" there', "the “fair” there"),
        ("zh", '他说"你好"。', "他说“你好”。"),
        ("de", '„Die "Messe" wächst“', "„Die ‚Messe‘ wächst“"),
        ("en", "She said \"it is 'fine' here\".", "She said “it is ‘fine’ here”."),
        ("zh", '他说："三年了。"短途"不是口号。"', "他说：“三年了。‘短途’不是口号。”"),
        ("de", '"Anfang und Ende“', "„Anfang und Ende“"),
    ],
    "T502": [
        ("de", "„Die „Messe“ wächst“", "„Die ‚Messe‘ wächst“"),
        ("de", "die “Messe” da", "die „Messe“ da"),
        ("en", "the „fair“ there", "the “fair” there"),
        ("zh", "他说”你好“。", "他说“你好”。"),
        ("de", ",,Messe“ da", "„Messe“ da"),
    ],
    "T503": [
        ("de", "wie geht's", "wie geht’s"),
        ("en", "the boys' club in the '90s", "the boys’ club in the ’90s"),
    ],
    "T601": [("zh", "大家好,欢迎!", "大家好，欢迎！"), ("zh", "港口(格林港)", "港口（格林港）")],
}

LEFT = {
    "T101": [("de", "Mühle")],
    "T102": [("de", "Eichen-Holz")],
    "T103": [("de", "👩\u200d💻 bei der Arbeit")],
    "T104": [("de", "finden und ﷺ")],
    "T201": [
        ("de", "am 12.⍽September, Dr.⍽Probe, 180⍽000 Leute, Speicher⍽4"),
        ("de", "gut⍽– sehr gut"),
        ("de", "Minister a.⍽D. und 42⍽km"),
    ],
    "T202": [("de", "- Punkt\n  - innen"), ("de", "Zeile  \nnächste"), ("zh", "　　段落")],
    "T203": [
        ("de", "um 10,50 Euro, 1.000 Mal, Node.js, www.example.org, info@example.org"),
        ("de", "am 3.4.2027 um 12.30 Uhr, z.⍽B. heute"),
    ],
    "T204": [("de", "im Verhältnis 16 : 9 und ..x, …"), ("de", "die .NET-Welt")],
    "T205": [
        ("de", "42⍽km, 5 Kinder, 3 mal"),
        ("en", "10 % in English is not German"),
        ("zh", "走了42 km路"),
    ],
    "T206": [("de", "a.⍽D. und u.⍽a."), ("en", "a.D. in English"), ("de", "Punkt a. Der nächste")],
    "T301": [
        ("de", "Aus- und Weiterbildung, Automobil- und Motorradbau, Ein- bzw. Ausfuhr"),
        ("de", "Industrie-Hightech-Zonen, B2B-Gespräche, ST-IR, ISA-Messe, 5G-Technik, Rolf-Georg"),
        ("de", "chinesisch-deutsch, politisch-soziale, schwarz-weiß, nicht-öffentlich"),
        ("de", "KI-gestützt, praxis-nahe, wissens-basierte, Know-how, Start-ups, E-mail"),
        ("de", "Süd-west, Baden-württemberg, Ex-präsidentin"),
        ("en", "well-known, state-of-the-art, co-operation and cooperation"),
        ("de", "Mess-station hier, Mess-station dort"),
    ],
    "T302": [("de", "Handels-, Industrie- und Hafenstadt"), ("de", "Vor- und Nachmittag")],
    "T401": [("de", "- Punkt\n- noch einer"), ("de", "5 - 3 = 2"), ("de", "git --help"), ("zh", "Wi-Fi网络")],
    "T402": [
        ("de", "2027-05-31, 03999 0815-0, +49-30-1234, VR 4711-12, COVID-19, 10-Minuten-Takt"),
        ("de", "ISBN 978-3-16-148410-0, Aktenzeichen 3-08-15"),
    ],
    "T403": [("de", "schon … und .... so")],
    "T501": [("de", 'ein 27"-Monitor'), ("de", '`"code"` und [x](https://example.org/?a="b")')],
    "T502": [
        ("de", "„außen ‚innen‘ außen“"),
        ("en", "“out ‘in’ out”"),
        ("zh", "《书名》“外‘里’外”"),
        ("de", "»so«"),
    ],
    "T503": [("de", "geht’s, ein 5' breites Brett")],
    "T601": [("zh", "版本3.5, Wi-Fi: 好，（中文）"), ("de", "Ja, nein: (so)")],
}


def typed(text: str) -> str:
    return text.replace("⍽", "\u00a0").replace("¬", "\u00ad")


def cases(table: dict[str, list[tuple[str, ...]]]) -> list[tuple[str, ...]]:
    return [(code, *example) for code, examples in table.items() for example in examples]


def test_every_rule_has_an_example_that_it_changes_and_one_that_it_leaves_alone() -> None:
    assert list(RULES) == list(CHANGED) == list(LEFT)


@pytest.mark.parametrize(("code", "language", "before", "after"), cases(CHANGED))
def test_a_rule_changes(code: str, language: str, before: str, after: str) -> None:
    found = clean(typed(before), language)
    assert found.text == typed(after)
    assert code in {edit.rule for edit in found.edits}


@pytest.mark.parametrize(("code", "language", "text"), cases(LEFT))
def test_a_rule_leaves_alone(code: str, language: str, text: str) -> None:
    assert [edit for edit in clean(typed(text), language).edits if edit.rule == code] == []


@pytest.mark.parametrize(("code", "language", "text"), cases(LEFT))
def test_what_one_rule_leaves_alone_keeps_its_words_under_all_rules(
    code: str, language: str, text: str
) -> None:
    hyphens = [edit for edit in clean(typed(text), language).edits if edit.rule in ("T203", "T301", "T302")]
    assert hyphens == []
