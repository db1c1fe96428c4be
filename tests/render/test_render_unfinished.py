"""A draft whose last links and pictures are missing: it can be looked at, and shows where."""

from pathlib import Path

from invented import joined, paragraph, rendered, section

from isa_mail.model.findings import Place
from isa_mail.model.newsletter import (
    Attribution,
    BulletList,
    CallToAction,
    Event,
    EventList,
    Figure,
    Heading,
    Kind,
    Link,
    Quotation,
    Strong,
    Turn,
)

NOWHERE = Link(("Mehr",), ())
MISSING = Figure("images/‹Bild›.jpg", "‹Was ist zu sehen?›", ("Der ", NOWHERE), Place("10-x.txt", 3))


def test_both_parts_show_what_is_missing_where(tmp_path: Path) -> None:
    letter = rendered(
        tmp_path,
        section(
            "10-x",
            MISSING,
            CallToAction(Link(("Zum Steg",), ())),
            paragraph("Siehe ", Strong((NOWHERE,)), "."),
            Heading(3, ("Kopf ", NOWHERE)),
            Quotation((paragraph(NOWHERE),), Attribution(("Tina", " ", NOWHERE), ())),
            BulletList(((paragraph(NOWHERE),),)),
            title="Titel",
        ),
        section("20-y", Turn(("Tina",), (paragraph(NOWHERE),)), title="Frage", kind=Kind.INTERVIEW),
        section("30-z", EventList((Event(("Mai",), (NOWHERE,), ()),)), title="Termine", kind=Kind.EVENTS),
    )
    for part in (joined(letter.html), joined(letter.text)):
        assert "‹Bild fehlt›" in part
        assert "Zum Steg ‹Link fehlt›" in part
        assert part.count("‹Link fehlt›") == 9
    assert 'href=""' not in joined(letter.html)


def test_the_mark_speaks_the_language_of_the_letter(tmp_path: Path) -> None:
    letter = rendered(tmp_path, section("10-x", CallToAction(NOWHERE), title="标题"), language="zh")
    assert "‹缺链接›" in joined(letter.text)
