"""Every code of isa-mail: a workspace that brings it, and one much like it that does not.

What is given is what differs from a clean workspace (see `editions.py`). That the tables are whole, and that
docs/findings.md explains the same codes with the same severities, is tested at the end.
"""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from servers_of_the_web import Web

from editions import (
    EDITION_TEXT,
    LIST,
    SECTION,
    SETTINGS,
    Files,
    checked,
    codes,
    findings,
    picture,
    section,
    two_languages,
    workspace,
)
from isa_mail.pipeline.checking import meanings

ROOT = Path(__file__).parents[2]
Pair = tuple[Files, Files]


def texts(bad: str, good: str, header: str = "Title: Fest am Ufer") -> Pair:
    return section(bad, header), section(good, header)


def edition(bad: str, good: str) -> Pair:
    return {"edition.txt": bad}, {"edition.txt": good}


def languages(changes: Files, others: Files) -> Pair:
    return {**two_languages(), **changes}, {**two_languages(), **others}


def of_list(bad: str | bytes, good: str = LIST) -> Pair:
    return {"recipients/members.csv": bad}, {"recipients/members.csv": good}


ON_THE_WEB = f'web_address = "https://www.ufer.example.org/post/"\n{SETTINGS}'
LONG = "Wer am Abend über die alte Brücke geht, sieht die Lichter beider Ufer"
LOGO = (ROOT / "images/logo.png").read_bytes()
SAMPLE: Files = {"edition.txt": (ROOT / "editions/2026-09/de/edition.txt").read_bytes()}
FIGURE = "![Ein Kran](images/kran.jpg)\nDer Kran am Südkai. Foto: Ada Probe"

READ: Mapping[str, Pair] = {
    "C101": ({"20-fest.txt": "Das Fest war schön."}, {"20-fest.txt": "Title: Fest\n\nDas Fest war schön."}),
    "C102": (
        {"20-fest.txt": "Title: Fest\n\nSchöne Grüße.".encode("cp1252")},
        {"20-fest.txt": "Title: Fest\n\nSchöne Grüße."},
    ),
    "C103": texts("Das **ist so.", "Das **ist** so."),
    "C104": texts("Hier ![Boot](images/boot.jpg) liegt es.", "Hier liegt es."),
    "C105": texts("Mehr über [das Fest]().", "Mehr über [das Fest](https://ufer.example.org/fest)."),
    "C106": texts(
        "Der [Plan des Festes](P:/plan.pdf).", "Der [Plan des Festes](https://ufer.example.org/plan.pdf)."
    ),
    "C107": texts("- Fest am Ufer", "- 5. Oktober 2026: Fest am Ufer", "Title: Termine\nKind: events"),
    "C108": ({"plan.docx": "x"}, {"attachments/plan.docx": "x"}),
    "C109": texts("", "Das Fest war schön."),
    "C110": texts(
        '[Alles zum Fest](https://ufer.example.org/fest "Titel")',
        "[Alles zum Fest](https://ufer.example.org/fest)",
    ),
    "C111": (
        {"10-bericht.txt": SECTION.replace("[Ein rotes Boot am Steg]", "[]")},
        {"10-bericht.txt": SECTION},
    ),
    "C112": texts("[](https://ufer.example.org/fest)", "[Alles zum Fest](https://ufer.example.org/fest)"),
    "C113": texts("```\nDo 14:00", "```\nDo 14:00\n```"),
    "C114": texts("![](images/‹Bild›.jpg)\nDer Kran. Foto: Ada Probe", "Der Kran."),
    "T101": texts("Schöne Gru\u0308ße.", "Schöne Grüße."),
    "T102": texts("Der Hafen\u00admeister winkt.", "Der Hafenmeister winkt."),
    "T103": texts("Der Hafen\u200bmeister winkt.", "Der Hafenmeister winkt."),
    "T104": texts("Wir \ufb01nden das gut.", "Wir finden das gut."),
    "T201": texts("Die\u00a0Stadt feiert.", "Die Stadt feiert."),
    "T202": texts("Die  Stadt feiert.", "Die Stadt feiert."),
    "T203": texts("Die Stadt feiert.Alle kommen.", "Die Stadt feiert. Alle kommen."),
    "T204": texts("Die Stadt feiert !", "Die Stadt feiert!"),
    "T205": texts("Es sind 42 km.", "Es sind 42\u00a0km."),
    "T206": texts("Der Rat a.D. winkt.", "Der Rat a.\u00a0D. winkt."),
    "T301": texts(
        "Die Koope-rationen wachsen.", "Die Rolf-Georg-Allee und die Industrie-Hightech-Zonen wachsen."
    ),
    "T302": texts("Der ISA- Stand ist offen.", "Ein- und Ausgang, auch der ISA-Stand."),
    "T401": texts("Das Boot - ein Segelboot - liegt hier.", "Das Boot – ein Segelboot – liegt hier."),
    "T402": texts("Das Fest ist am 16.-19. Oktober.", "Das Fest ist am 16.–19. Oktober."),
    "T403": texts("Und dann kam... der Regen.", "Und dann kam … der Regen."),
    "T501": texts('Die "Elfriede" legt ab.', "Die „Elfriede“ legt ab."),
    "T502": texts("Die “Elfriede” legt ab.", "Die „Elfriede“ legt ab."),
    "T503": texts("Er nimmt's leicht.", "Er nimmt’s leicht."),
    "T601": languages(
        {
            "zh/20-fest.txt": "Title: 节日\n\n河边的节日很热闹,大家都来了。\n",
            "de/20-fest.txt": "Title: Fest\n\nEin Fest am Ufer.\n",
        },
        {
            "zh/20-fest.txt": "Title: 节日\n\n河边的节日很热闹，大家都来了。\n",
            "de/20-fest.txt": "Title: Fest\n\nEin Fest am Ufer.\n",
        },
    ),
    "T701": texts(
        "Die Wasser Messe beginnt. Auf der Wasser-Messe ist Platz.",
        "Die Wasser-Messe beginnt. Auf der Wasser-Messe ist Platz.",
    ),
    "T702": texts("ZHU Wei kam. Später sprach Zhu Wei.", "ZHU Wei kam. Später sprach LIU Yi."),
    "T703": (
        {**section("Auf der Wasser Messe war Platz."), "glossary.txt": "Wasser Messe -> Wasser-Messe\n"},
        {**section("Auf der Wasser-Messe war Platz."), "glossary.txt": "Wasser Messe -> Wasser-Messe\n"},
    ),
    "T704": texts(
        "Es kamen 12.000 Gäste, dann 14 000 Gäste.",
        "Es kamen 12.000 Gäste, 1500 aus 00815 Grünhafen.",
    ),
    "T705": texts(
        "Am 4. Oktober und am 6.10.2026 war Fest.", "Am 4. Oktober und am 6. Oktober 2026 war Fest."
    ),
    "T706": (
        {
            **section("Die Messe lief vom 16. bis 19. Oktober."),
            "30-reise.txt": "Title: Reise\n\nAm 17. Oktober fuhren wir los.\n",
        },
        {
            **section("Die Messe lief vom 16. bis 19. Oktober."),
            "30-reise.txt": "Title: Reise\n\nAm 27. Oktober fuhren wir los.\n",
        },
    ),
    "T707": texts("Am Montag, 6. Oktober 2026 ist Fest.", "Am Dienstag, 6. Oktober 2026 ist Fest."),
    "T708": texts(
        "Die „Elfriede legt ab.\n\nAlle winken.", "Die „Elfriede legt ab.\n\nAlle winken“, sagt er."
    ),
    "T709": texts(LONG, f"{LONG}.\n\nMit herzlichen Grüßen"),
    "T710": texts("‹Ein Zitat.›", "«Ein ‹Zitat› im anderen.»"),
    "T711": texts(
        "Die Wirtschaftsdezernentin sprach. Die Wirtchaftsdezernentin ging.",
        "Die Wirtschaftsdezernentin sprach. Die Wirtschaftsdezernentinnen gingen.",
    ),
    "H101": texts(
        "Der [Plan des Festes](http://localhost:8000/plan).",
        "Der [Plan des Festes](https://ufer.example.org/plan).",
    ),
    "H102": texts(
        "Der [Plan des Festes](https://example.org).", "Der [Plan des Festes](https://plan.example.org)."
    ),
    "H103": texts(
        "Den Plan gibt es [hier](https://ufer.example.org/plan).",
        "Es gibt [den Plan des Festes](https://ufer.example.org/plan).",
    ),
    "H104": texts(
        "Der [Plan des Festes](http://ufer.example.org/plan).",
        "Der [Plan des Festes](https://ufer.example.org/plan).",
    ),
    "H105": texts(
        "Der [Plan des Festes](https://ufer.example.org/plan?utm_source=nl).",
        "Der [Plan des Festes](https://ufer.example.org/plan?tag=2).",
    ),
    "P102": (
        {
            "images/kran.jpg": picture(),
            **section("![Der Kran am Südkai](images/kran.jpg)\nDer Kran am Südkai. Foto: Ada Probe"),
        },
        {"images/kran.jpg": picture(), **section(FIGURE)},
    ),
    "P103": (
        {"images/kran.jpg": picture(), **section(FIGURE.replace("[Ein Kran]", "[IMG_4711.jpg]"))},
        {"images/kran.jpg": picture(), **section(FIGURE)},
    ),
    "P104": (
        {"images/kran.jpg": picture(), **section(FIGURE.replace(" Foto: Ada Probe", ""))},
        {"images/kran.jpg": picture(), **section(FIGURE)},
    ),
    "P105": ({"images/kran.jpg": picture()}, {"images/kran.jpg": picture(), **section(FIGURE)}),
    "M101": edition(
        EDITION_TEXT.replace(
            "Ein Boot für alle",
            "Ein Boot für alle, die schon immer einmal vom Steg aus in See stechen wollten",
        ),
        EDITION_TEXT,
    ),
    "M102": edition(re.sub("Preheader:.*\n", "", EDITION_TEXT), EDITION_TEXT),
    "M103": edition(
        EDITION_TEXT.replace("Ein Boot, ein Ufer und alles dazwischen", "Ein Boot"), EDITION_TEXT
    ),
    "M104": ({"isa-mail.toml": SETTINGS.replace("VR 4711", "").replace("Amtsgericht Grünhafen,", "")}, {}),
    "M108": (
        {"isa-mail.toml": ON_THE_WEB},
        {"isa-mail.toml": SETTINGS},
    ),
    "B101": languages({"de/20-fest.txt": "Title: Fest\n\nEin Fest.\n"}, {}),
    "B102": languages(
        {
            "de/20-fest.txt": "Title: Fest\n\nZum [Plan des Festes](https://ufer.example.org/plan).\n",
            "zh/20-fest.txt": "Title: 节日\n\n请看[节日计划](https://ufer.example.org/zh/programm)。\n",
        },
        {
            "de/20-fest.txt": "Title: Fest\n\nZum [Plan des Festes](https://ufer.example.org/de/plan).\n",
            "zh/20-fest.txt": "Title: 节日\n\n请看[节日计划](https://ufer.example.org/zh/plan)。\n",
        },
    ),
    "B103": languages({"zh/10-bericht.txt": "Title: 小船\n\n小船从昨天起停在格林港的码头。\n"}, {}),
    "B104": languages(
        {
            "de/20-fest.txt": "Title: Fest\n\nEs kamen 23 Gäste.\n",
            "zh/20-fest.txt": "Title: 节日\n\n来了32位客人。\n",
        },
        {
            "de/20-fest.txt": "Title: Fest\n\nEs kamen 180 000 Gäste, zwölf davon am 5. Oktober.\n",
            "zh/20-fest.txt": "Title: 节日\n\n来了18万位客人，其中12位是10月5日来的。\n",
        },
    ),
    "B105": languages(
        {"zh/edition.txt": EDITION_TEXT.replace("Title: Uferpost im Oktober", "Title: 十月双岸通讯")}, {}
    ),
    "B106": languages(
        {
            "zh/10-bericht.txt": SECTION
            + "\nWer kommen will, ist mit der ganzen Familie herzlich eingeladen.\n"
        },
        {},
    ),
    "S101": (
        {"isa-mail.toml": f'logo = "marke.png"\n{SETTINGS}', "marke.png": LOGO},
        {"isa-mail.toml": f'logo = "marke.png"\n{SETTINGS}', "marke.png": picture()},
    ),
    "S102": (SAMPLE, {**SAMPLE, "edition.txt": EDITION_TEXT}),
    "S103": (
        {"isa-mail.toml": SETTINGS.replace("uferpost.ufer.example.org", "newsletter.zwei-ufer.example.org")},
        {"isa-mail.toml": SETTINGS},
    ),
    "S104": ({"isa-mail.toml": f'{SETTINGS}[en]\nname = "Bank"\n'}, {"isa-mail.toml": SETTINGS}),
}
"""Found in what was read."""

TEMPLATE = (ROOT / "templates/newsletter.html.j2").read_text(encoding="utf-8")
RENDERED: Mapping[str, Pair] = {
    "R101": (section("Ein langer Satz über das Fest am Ufer.\n\n" * 1500), section("Ein kurzer Satz.\n\n")),
    "R102": ({"images/boot.jpg": b""}, {}),  # the file is drawn below
    "R103": ({"images/boot.jpg": picture(120, 80)}, {"images/boot.jpg": picture()}),
    "R104": (
        {
            "isa-mail.toml": 'web_address = "https://www.ufer.example.org/post/"\n' + SETTINGS,
            **section("Guten Tag {{ vorname }}."),
        },
        {
            "isa-mail.toml": 'web_address = "https://www.ufer.example.org/post/"\n' + SETTINGS,
            **section("Guten Tag {{ vorname | alle }}."),
        },
    ),
    "R105": ({"attachments/plan.bin": b"x" * 7_900_000}, {"attachments/plan.bin": b"x" * 79}),
    "R106": ({"attachments/plan.exe": "x"}, {"attachments/plan.pdf": "x"}),
    "R107": ({"attachments/plan.pdf": ""}, {"attachments/plan.pdf": "x"}),
    "R108": ({"templates/newsleter.html.j2": TEMPLATE}, {"templates/newsletter.html.j2": TEMPLATE}),
    "R109": ({"images/boot.jpg": picture(1300, 900, "PNG", noisy=True)}, {"images/boot.jpg": picture()}),
    "P101": ({"images/boot.jpg": None}, {}),
    "M105": (
        {"templates/newsletter.html.j2": TEMPLATE.replace('href="{{ unsubscribe }}"', 'href="#contents"')},
        {"templates/newsletter.html.j2": TEMPLATE},
    ),
    "M106": (section("Guten Tag {{ anrede }}."), section("Guten Tag {{ vorname }}.")),
    "M107": (
        {
            "templates/newsletter.html.j2": TEMPLATE.replace("<body", '<body data-x="y"').replace(
                "</body>", '<div style="display:flex"></div></body>'
            )
        },
        {
            "templates/newsletter.html.j2": TEMPLATE.replace(
                "</body>", '<div style="display:block"></div></body>'
            )
        },
    ),
    "M109": (section("Guten Tag {{ vorname."), section("Guten Tag {{ vorname | alle }}.")),
    "L101": of_list(
        "E-Mail;Sprache\na@mitglied.test;klingonisch\n", "E-Mail;Sprache\na@mitglied.test;deutsch\n"
    ),
    "L102": of_list(
        "E-Mail;Ort;ort\na@mitglied.test;Köln;Bonn\n", "E-Mail;Ort;Land\na@mitglied.test;Köln;D\n"
    ),
    "L103": of_list(
        "E-Mail;Vorname;Name\na@mitglied.test;Anna;Probe\n",
        "E-Mail;Vorname;Nachname\na@mitglied.test;Anna;Probe\n",
    ),
    "L104": of_list("E-Mail;Mail\na@mitglied.test;a@mitglied.test\n"),
    "L105": of_list("E-Mail;\na@mitglied.test;Notiz\n"),
    "L106": of_list(
        'E-Mail;Ort\na@mitglied.test;"Köln\nb@mitglied.test;Bonn"\n', "E-Mail;Ort\na@mitglied.test;Köln\n"
    ),
    "L107": of_list(
        "E-Mail;Ort\na@mitglied.test;Köln\n".encode("cp1252"), "E-Mail;Ort\na@mitglied.test;Köln\n"
    ),
    "L108": of_list("E-Mail;Name\na@mitglied.test;MÃ¼ller\n", "E-Mail;Name\na@mitglied.test;Müller\n"),
    "L109": of_list("E-Mail\na@gmial.com\n", "E-Mail\na@gmail.com\n"),
    "L110": of_list(f"{LIST}Summe;1\n"),
    "L111": of_list("a@mitglied.test\nb@mitglied.test\n"),
    "L112": of_list(f"Mitglieder 2026\n\n{LIST}"),
    "L113": ({"recipients/members.csv": None}, {}),
    "L114": of_list(f"{LIST}ohne Adresse;Bo\n"),
    "L115": of_list(f"{LIST}jürgen@example.org;Jürgen\n"),
}
"""Found in what was rendered, and in the lists."""

ONLINE = ("H106", "H107")
"""Found on the network, when somebody asks for it."""


@pytest.mark.parametrize("code", READ)
def test_a_code_of_the_texts_is_told_of_what_it_is_about_and_of_nothing_like_it(
    code: str, tmp_path: Path
) -> None:
    bad, good = READ[code]
    told = [each for each in findings(tmp_path / "bad", bad) if each.code == code]
    assert told
    assert all(each.message and each.hint and each.place.file for each in told)
    assert code not in codes(tmp_path / "good", good)


@pytest.mark.parametrize("code", RENDERED)
def test_a_code_of_the_letter_or_the_lists_is_told_of_what_it_is_about_and_of_nothing_like_it(
    code: str, tmp_path: Path
) -> None:
    bad, good = RENDERED[code]
    if code == "R102":
        bad = {"images/boot.jpg": _animated()}
    assert code in codes(tmp_path / "bad", bad, whole=True)
    assert code not in codes(tmp_path / "good", good, whole=True)


def _animated() -> bytes:
    import io

    from PIL import Image

    frames = [Image.new("RGB", (1300, 800), colour) for colour in ("#112233", "#445566")]
    data = io.BytesIO()
    frames[0].save(data, "GIF", save_all=True, append_images=frames[1:])
    return data.getvalue()


def test_codes_of_addresses_that_are_gone_or_have_moved_are_told_online_only(tmp_path: Path) -> None:
    with Web(
        {"/da": 200, "/weg": 404, "/alt": (301, "/neu"), "/neu": 200, "/nicht-fuer-programme": 403}
    ) as web:
        text = " ".join(
            f"[Seite {path}]({web.address}{path})."
            for path in ("/da", "/weg", "/alt", "/nicht-fuer-programme")
        )
        there = workspace(tmp_path, section(text))
        assert not {each.code for each in checked(there).findings} & set(ONLINE)
        assert web.asked == []
        told = [
            (each.code, each.message) for each in checked(there, online=True).findings if each.code in ONLINE
        ]
    assert [code for code, _ in told] == ["H106", "H107"]
    assert "/weg answers 404" in told[0][1]
    assert told[1][1].endswith(f"has moved to {web.address}/neu")


def test_nothing_can_be_said_against_the_clean_workspace_in_one_language_and_in_two(tmp_path: Path) -> None:
    assert findings(tmp_path / "one", {}, whole=True) == ()
    assert findings(tmp_path / "two", two_languages(), whole=True) == ()


def test_every_code_has_both_tests() -> None:
    assert {*READ, *RENDERED, *ONLINE} == set(meanings())


def test_every_code_is_explained_with_the_severity_that_it_has(tmp_path: Path) -> None:
    page = (ROOT / "docs/findings.md").read_text(encoding="utf-8")
    rows = {
        row[0]: row[1:]
        for row in re.findall(r"^\| ([A-Z]\d{3}) \| (\w+) \| (.+) \| (.+) \|$", page, re.MULTILINE)
    }
    assert list(rows) == list(meanings())
    for code, (severity, what, todo) in rows.items():
        assert len(what) > 15 and len(todo) > 15, code
        if code in READ:
            told = [each for each in findings(tmp_path / code, READ[code][0]) if each.code == code]
            assert {each.severity.value for each in told} == {severity}, code
