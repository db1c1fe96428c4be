"""The compiled letter: stored and read back, and refused when a byte of it differs."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mail_reading import (
    CITY,
    DATE,
    FIRST_NAME,
    GREETED,
    PUBLICATION,
    compiled,
    header,
    raw,
    recipient,
    rendered,
)

from isa_mail.errors import BuildError
from isa_mail.message.merge import merge
from isa_mail.message.template import MessageTemplate
from isa_mail.model.findings import Place
from isa_mail.model.merging import Escape, Hole
from isa_mail.model.publication import Mailbox
from isa_mail.model.rendering import Attachment, Picture

PLACE = Place("build/2019-10/letter.json")
EDITION = rendered(
    (
        "Wir freuen uns auf Sie.\n" * 3 + "Guten Tag ",
        Hole(GREETED, Escape.TEXT),
        " aus ",
        Hole(CITY, Escape.TEXT),
        "\n",
    ),
    ("中德通讯" * 40, Hole(FIRST_NAME, Escape.HTML), "，", Hole(CITY, Escape.URL), "中德通讯" * 40),
    subject=("Brief für ", GREETED),
    pictures=(Picture("a@example.org", "a.png", "image/png", b"png"),),
    attachments=(Attachment("a.pdf", "application/pdf", b"pdf"),),
)

_PIECES = st.lists(
    st.text("abc ä.\n", min_size=1, max_size=30)
    | st.text("中德工", min_size=1, max_size=90)
    | st.builds(Hole, st.sampled_from([FIRST_NAME, GREETED, CITY]), st.sampled_from(Escape)),
    max_size=6,
).map(
    lambda pieces: tuple(
        one
        for one, next_one in zip(pieces, [*pieces[1:], None], strict=False)
        if type(one) is not type(next_one)
    )
)


@given(_PIECES, _PIECES)
@settings(max_examples=100, deadline=None)
def test_a_stored_letter_is_read_back_as_it_was(
    text: tuple[str | Hole, ...], html: tuple[str | Hole, ...]
) -> None:
    template = compiled(rendered(text, html))
    again = MessageTemplate.from_bytes(template.to_bytes(), place=PLACE)
    assert again == template
    assert [field.place for field in again.fields] == [field.place for field in template.fields]
    person = recipient(first_name="Ann", city="Köln")
    assert merge(again, person, date=DATE) == merge(template, person, date=DATE)


def test_the_same_edition_gives_the_same_stored_bytes_in_readable_ascii() -> None:
    stored = compiled(EDITION).to_bytes()
    assert stored == compiled(EDITION).to_bytes()
    assert stored.isascii()
    assert json.loads(stored)["letter"]["edition"] == "2019-10"
    assert b"Guten Tag=20=\\r\\n" in stored


def test_fields_are_named_once_in_the_order_of_subject_text_and_html() -> None:
    assert compiled(EDITION).fields == (GREETED, CITY, FIRST_NAME)


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_a_change_of_any_byte_is_seen(data: st.DataObject) -> None:
    stored = bytearray(compiled(EDITION).to_bytes())
    at = data.draw(st.integers(0, len(stored) - 1))
    stored[at] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(BuildError) as caught:
        MessageTemplate.from_bytes(bytes(stored), place=PLACE)
    assert "isa-mail build" in caught.value.hint
    assert caught.value.place == PLACE


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'"text"',
        b"\xff\xfe",
        b"[" * 5000,
        b'{"format": "isa-mail compiled letter", "version": 1, "letter": {}}',
        b'{"format": "isa-mail compiled letter", "version": 1, "letter": []}',
        b"From: ann@example.org\r\n\r\n",
    ],
)
def test_a_foreign_file_is_no_letter(data: bytes) -> None:
    with pytest.raises(BuildError) as caught:
        MessageTemplate.from_bytes(data, place=PLACE)
    assert "isa-mail build" in caught.value.hint


@pytest.mark.parametrize("cut", [1, 2, 100, 3000])
def test_a_letter_that_was_cut_short_or_lengthened_is_damaged(cut: int) -> None:
    stored = compiled(EDITION).to_bytes()
    for data in (stored[:-cut], stored + b" " * cut):
        with pytest.raises(BuildError, match="damaged"):
            MessageTemplate.from_bytes(data, place=PLACE)


def test_a_letter_of_another_version_says_so() -> None:
    stored = compiled(EDITION).to_bytes().replace(b'"version": 1', b'"version": 2')
    with pytest.raises(BuildError, match="another version"):
        MessageTemplate.from_bytes(stored, place=PLACE)


def test_the_reply_address_takes_replies_and_unsubscriptions() -> None:

    publication = PUBLICATION._replace(reply_to=Mailbox("Büro Probestadt", "buero@example.org"))
    data = raw(merge(compiled(rendered(), publication), recipient(), date=DATE))
    assert header(data, "reply-to") == "=?utf-8?q?B=C3=BCro_Probestadt?= <buero@example.org>"
    assert (
        header(data, "list-unsubscribe") == "<mailto:buero@example.org?subject=unsubscribe%20ann@example.org>"
    )
    without = raw(merge(compiled(rendered()), recipient(), date=DATE))
    assert b"Reply-To" not in without
    assert header(without, "list-unsubscribe").startswith("<mailto:news@newsletter.example.org?")


def test_a_broken_setting_never_becomes_a_header_of_its_own() -> None:

    publication = PUBLICATION._replace(list_id="news.example.org>\r\nBcc: all@example.org\r\nX: <")
    with pytest.raises(BuildError, match="one header"):
        compiled(rendered(), publication)
