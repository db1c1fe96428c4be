"""Sections of kind events: `- when: title, place`."""

import pytest
from reading_sections import body, remarks

from isa_mail.model.newsletter import BulletList, Emphasis, Event, EventList, Link, Paragraph


def event(source: str) -> Event:
    (events,) = body(f"- {source}", "events")
    assert isinstance(events, EventList)
    (one,) = events.events
    return one


@pytest.mark.parametrize(
    ("source", "when", "title", "place"),
    [
        ("16.–19. Oktober 2019: Messe, Qingling", "16.–19. Oktober 2019", "Messe", "Qingling"),
        ("1. Mai 2020: Sitzung, Köln", "1. Mai 2020", "Sitzung", "Köln"),
        ("8. Oktober: Tagung", "8. Oktober", "Tagung", ""),
        ("2020-05-01: Sitzung", "2020-05-01", "Sitzung", ""),
        ("16. Oktober, 18:30 Uhr: Empfang, Rathaus", "16. Oktober, 18:30 Uhr", "Empfang", "Rathaus"),
        ("16. Oktober: Vortrag, Halle 4,5", "16. Oktober", "Vortrag", "Halle 4,5"),
        ("16. Oktober: Eintritt 10,50 Euro", "16. Oktober", "Eintritt 10,50 Euro", ""),
        ("16. Oktober: Messe, Kongress, Qingling", "16. Oktober", "Messe, Kongress", "Qingling"),
        ("16. Oktober: Treffen: die dritte, Qingling", "16. Oktober", "Treffen: die dritte", "Qingling"),
        ("2019年10月16日：展会，佛山", "2019年10月16日", "展会", "佛山"),
        ("2019年10月16日 18：30：招待会，佛山", "2019年10月16日 18：30", "招待会", "佛山"),
        ("10月16日:展会,佛山", "10月16日", "展会", "佛山"),
    ],
)
def test_an_item_is_when_title_and_place(source: str, when: str, title: str, place: str) -> None:
    assert event(source) == Event((when,), (title,), (place,) if place else ())


def test_an_event_may_hold_markup() -> None:
    assert event("*16. Mai*: [Messe](https://example.org), **Köln**").when == (Emphasis(("16. Mai",)),)
    assert event("16. Mai: [Messe](https://example.org), Köln").title == (
        Link(("Messe",), ("https://example.org",)),
    )


def test_several_items_make_one_list_and_text_around_it_stays() -> None:
    blocks = body("Kommt!\n\n- 1. Mai: A, B\n- 2. Mai: C, D\n\nBis bald.", "events")
    assert blocks == (
        Paragraph(("Kommt!",)),
        EventList((Event(("1. Mai",), ("A",), ("B",)), Event(("2. Mai",), ("C",), ("D",)))),
        Paragraph(("Bis bald.",)),
    )


def test_c107_names_the_line_of_an_item_that_is_no_event_and_keeps_the_list() -> None:
    (block,) = body("- 1. Mai: A, B\n- Näheres folgt", "events")
    assert isinstance(block, BulletList)
    assert len(block.items) == 2
    assert remarks("- 1. Mai: A, B\n- Näheres folgt", "events") == [("C107", 2)]


def test_c107_is_not_said_of_events_nor_of_lists_elsewhere() -> None:
    assert remarks("- 1. Mai: A, B", "events") == []
    assert remarks("- Näheres folgt", "notice") == []


def test_events_are_known_in_their_own_kind_only() -> None:
    (block,) = body("- 1. Mai: A, B", "notice")
    assert isinstance(block, BulletList)
