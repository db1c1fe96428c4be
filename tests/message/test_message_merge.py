"""One person's message: values, fallbacks, what is missing, and the promises of `Message`."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

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
    decoded,
    field,
    header,
    mailbox,
    parts,
    raw,
    recipient,
    rendered,
    text_of,
)

from isa_mail.errors import AddressError, MergeError
from isa_mail.message.bodies import QuotedHole
from isa_mail.message.firewall import check_message
from isa_mail.message.identity import message_id
from isa_mail.message.merge import fill, merge, merge_all, missing
from isa_mail.model.mail import Envelope
from isa_mail.model.merging import Escape, Hole, MergeField
from isa_mail.model.people import UNIT_SEPARATOR, Entered, Recipient, entered_together, together
from isa_mail.recipients.people import person_cells, person_header


def _text(*pieces: str | Hole, person: Recipient, **options: bool) -> str:
    template = compiled(rendered((*pieces, " Fester Text." * 20), ("<p>",)))
    return text_of(parts(raw(merge(template, person, date=DATE, **options)))[0]).removesuffix(
        " Fester Text." * 20
    )  # type: ignore[arg-type]


def _hole(merge_field: MergeField, escape: Escape = Escape.TEXT) -> Hole:
    return Hole(merge_field, escape)


def test_a_value_is_preferred_to_the_fallback() -> None:
    assert _text(_hole(GREETED), person=recipient(first_name="Ann")) == "Ann"
    assert _text(_hole(GREETED), person=recipient()) == "Mitglied"


@pytest.mark.parametrize("blank", ["", " ", "\n", "\u00a0", "\t \r\n"])
def test_a_value_of_nothing_but_blanks_is_none(blank: str) -> None:
    assert _text(_hole(GREETED), person=recipient(first_name=blank)) == "Mitglied"
    assert missing(compiled(rendered((_hole(FIRST_NAME),))), recipient(first_name=blank)) == (FIRST_NAME,)


def test_an_empty_fallback_is_a_fallback() -> None:
    assert _text("a", _hole(CITY), "b", person=recipient()) == "ab"


def test_everyone_has_an_address_and_whoever_is_named_has_a_name() -> None:
    address, name = _hole(field("address")), _hole(field("name"))
    assert _text(address, " ", name, person=recipient(name="Ann Probe")) == "ann@example.org Ann Probe"
    assert (
        _text(name, person=recipient(name="")._replace(fields={"name": "Aus der Spalte"})) == "Aus der Spalte"
    )
    assert _text(address, person=recipient()._replace(fields={"address": "Probeweg 1"})) == "ann@example.org"
    assert missing(compiled(rendered((address, name))), recipient(name="")) == (name.field,)


def test_missing_names_only_fields_with_neither_value_nor_fallback_in_the_letters_order() -> None:
    last, title = field("last_name", line=8), field("title", line=9)
    template = compiled(
        rendered((_hole(title), _hole(GREETED)), (_hole(last), _hole(title)), subject=(last, " und ", CITY))
    )
    assert missing(template, recipient(name="")) == (last, title)
    assert missing(template, recipient(last_name="Probe")) == (title,)
    assert missing(template, recipient(last_name="Probe", title="Dr.")) == ()


def test_merging_fails_exactly_when_something_is_missing() -> None:
    template = compiled(rendered((_hole(FIRST_NAME),)))
    with pytest.raises(MergeError) as caught:
        merge(template, recipient(), date=DATE)
    said = f"{caught.value.message} {caught.value.hint}"
    assert "first_name" in said
    assert "editions/2019-10/10-editorial.txt:5" in said
    assert "recipients/members.csv:9" in said
    assert caught.value.place == recipient().place


def test_a_test_mail_shows_the_name_of_a_missing_field_in_brackets() -> None:
    assert _text(_hole(FIRST_NAME), person=recipient(), brackets=True) == "[first_name]"
    assert _text(_hole(GREETED), person=recipient(), brackets=True) == "Mitglied"
    html = compiled(rendered(html=("<p>", _hole(FIRST_NAME, Escape.URL), "</p>")))
    assert "%5Bfirst_name%5D" in text_of(parts(raw(merge(html, recipient(), date=DATE, brackets=True)))[1])


def test_a_value_is_escaped_for_its_spot_and_is_never_markup() -> None:
    value = "<b>\"Ann\" & 'Bob' {{ city }}</b>"
    template = compiled(
        rendered(
            (_hole(FIRST_NAME),), ("<p>", _hole(FIRST_NAME, Escape.HTML), "|", _hole(FIRST_NAME, Escape.URL))
        )
    )
    text, html = map(text_of, parts(raw(merge(template, recipient(first_name=value), date=DATE))))
    assert text == value
    assert html == (
        "<p>&lt;b&gt;&quot;Ann&quot; &amp; &#x27;Bob&#x27; {{ city }}&lt;/b&gt;"
        "|%3Cb%3E%22Ann%22%20%26%20%27Bob%27%20%7B%7B%20city%20%7D%7D%3C%2Fb%3E"
    )


@pytest.mark.parametrize("sign", ["\r\n", "\n", "\r", "\x00", "\x0b", "\x85", "\u2028", "\u2029"])
def test_a_line_break_in_a_value_becomes_one_blank_everywhere(sign: str) -> None:
    template = compiled(rendered((_hole(FIRST_NAME),), ("x",), subject=("An ", FIRST_NAME)))
    data = raw(merge(template, recipient(first_name=f"Ann{sign}Bcc: all@example.org"), date=DATE))
    assert header(data, "subject") == "An Ann Bcc: all@example.org"
    assert text_of(parts(data)[0]) == "Ann Bcc: all@example.org"


def test_the_subject_takes_values_and_a_prefix() -> None:
    template = compiled(rendered(subject=("Grüße an ", GREETED)))
    data = raw(merge(template, recipient(first_name="Zoë"), date=DATE, subject_prefix="[TEST] "))
    assert decoded(header(data, "subject")) == "[TEST] Grüße an Zoë"


def test_the_message_goes_to_this_person_and_to_nobody_else() -> None:
    message = merge(compiled(rendered()), recipient("ann@xn--bcher-kva.example", "Müller, Ann"), date=DATE)
    assert message.envelope == Envelope("news@newsletter.example.org", "ann@xn--bcher-kva.example")
    assert mailbox(header(raw(message), "to")) == ("Müller, Ann", "ann@xn--bcher-kva.example")
    assert mailbox(header(raw(message), "from")) == ("Geschäftsstelle", "news@newsletter.example.org")
    assert header(raw(message), "date") == "Mon, 07 Oct 2019 09:00:00 +0200"
    assert header(raw(message), "message-id") == message.message_id


def test_a_message_id_is_stable_for_an_edition_and_a_person() -> None:
    template = compiled(rendered())
    usual = message_id(template, "ann@example.org")
    assert usual == message_id(template, "Ann@Example.org")
    assert usual == message_id(compiled(rendered(("anders\n",), language="zh")), "ann@example.org")
    assert usual == merge(template, recipient(), date=DATE).message_id
    others = {
        message_id(template, "bob@example.org"),
        message_id(template, "ann@example.org", purpose="test 1"),
        message_id(template, "ann@example.org", purpose="test 2"),
        message_id(compiled(replace(rendered(), edition="2019-12")), "ann@example.org"),
        message_id(
            compiled(rendered(), PUBLICATION._replace(list_id="other.example.org")), "ann@example.org"
        ),
    }
    assert len(others) == 5 and usual not in others
    assert usual.endswith("@newsletter.example.org>") and "ann" not in usual


def test_a_given_message_id_is_used_and_a_broken_one_is_not() -> None:
    template = compiled(rendered())
    message = merge(template, recipient(), date=DATE, message_id="<t.1@example.org>")
    assert message.message_id == header(raw(message), "message-id") == "<t.1@example.org>"
    for broken in ("t@example.org", "<t@example.org>\r\nBcc: <x@example.org>", "", "<t @example.org>"):
        with pytest.raises(ValueError, match="Message-ID"):
            merge(template, recipient(), date=DATE, message_id=broken)


@pytest.mark.parametrize(
    "address",
    [
        "ann@example.org\r\nRCPT TO:<all@example.org>",
        "jürgen@exämple.org",
        "jür gen@example.org",
        "jür\u2028gen@example.org",
        "jürgen@example.org>",
        "ann",
        "a b@example.org",
        "<a@b.test>",
        "a@b.test>",
        "a@b.test\nc@d.test",
    ],
)
def test_an_address_that_nobody_checked_gets_no_message(address: str) -> None:
    with pytest.raises(AddressError) as caught:
        merge(compiled(rendered()), recipient(address), date=DATE)
    assert caught.value.place == recipient().place


@given(st.text(max_size=40), st.text(max_size=40))
@settings(max_examples=100, deadline=None)
def test_of_a_message_to_an_address_beyond_ascii_nothing_but_to_is_beyond_ascii(
    name: str, local: str
) -> None:
    address = f"ü{local}@example.org"
    template = compiled(rendered(("Guten Tag {{ address }} ", _hole(GREETED)), ("<p>",)))
    try:
        message = merge(template, recipient(address, name=name), date=DATE)
    except AddressError:
        return
    check_message(message)
    data = raw(message)
    assert data.replace(address.encode(), b"x@example.org", 1).isascii()
    to = header(data.replace(address.encode(), b"x@example.org", 1), "to")
    assert to == "x@example.org" or to.endswith("<x@example.org>")
    assert "%C3%BC" in header(data.replace(address.encode(), b"x"), "list-unsubscribe")
    assert max(map(len, data.split(b"\r\n"))) <= 998


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
@settings(max_examples=200, deadline=None)
def test_whatever_a_list_holds_the_message_keeps_every_promise(name: str, first: str, city: str) -> None:
    text = ("Guten Tag ", _hole(GREETED), ",\n", _hole(CITY), "\n")
    html = ("中德通讯" * 20, _hole(GREETED, Escape.HTML), "通讯" * 20, _hole(CITY, Escape.URL), '">')
    template = compiled(rendered(text, html, subject=("Für ", GREETED)))
    person = recipient(name=name, first_name=first, city=city)
    message = merge(template, person, date=DATE)
    check_message(message)
    assert merge(template, person, date=DATE) == message
    data = raw(message)
    assert data.isascii() and b"\0" not in data and b"\n." not in data and data.endswith(b"\r\n")
    assert data.count(b"\r") == data.count(b"\n") == data.count(b"\r\n")
    assert max(map(len, data.split(b"\r\n"))) <= 76 or b"List-Unsubscribe" in data
    decoded_text, decoded_html = map(text_of, parts(data))
    assert decoded_text == fill(text, person)
    assert decoded_html == fill(html, person)


_ADDRESSES = st.from_regex(r"[a-z0-9.ü]{1,12}@example\.org", fullmatch=True)
_VALUES = st.text(max_size=40) | st.sampled_from(
    ["", ".", "From Ann", "A&B", "a=b ", "Jürgen Müller", "x" * 90, "王小明"]
)


@given(st.lists(st.tuples(_ADDRESSES, _VALUES, _VALUES, _VALUES), max_size=6), st.booleans())
@settings(max_examples=300, deadline=None)
def test_many_are_merged_together_as_they_are_one_by_one(
    people: list[tuple[str, str, str, str]], chinese: bool
) -> None:
    text = ("Guten Tag ", _hole(GREETED), ",\n", _hole(CITY), "\n")
    fixed = "中德通讯" * 20 if chinese else "Nachrichten" * 5
    html = (fixed, _hole(GREETED, Escape.HTML), fixed, _hole(CITY, Escape.URL), '">')
    template = compiled(rendered(text, html, subject=("Für ", GREETED, " in ", CITY)))
    recipients = [
        recipient(address, name=name, first_name=first, city=city) for address, name, first, city in people
    ]
    one_by_one = []
    try:
        for person in recipients:
            one_by_one.append(merge(template, person, date=DATE))
    except AddressError as error:
        with pytest.raises(AddressError) as raised:
            merge_all(template, together(recipients), date=DATE)
        assert (raised.value.message, raised.value.place) == (error.message, error.place)
    else:
        assert merge_all(template, together(recipients), date=DATE) == one_by_one
        if recipients and not any(UNIT_SEPARATOR in "".join(each) for each in people):
            assert merge_all(template, entered_together(entered(recipients)), date=DATE) == one_by_one


def entered(recipients: Sequence[Recipient]) -> list[Entered]:
    """Enter people as the journal does."""
    fields = ("address", "name", "first_name", "city")
    header = person_header("list.csv", fields)
    whole = [each._replace(fields={**each.fields, "address": each.address}) for each in recipients]
    return [Entered(1, each.key, header, 2, person_cells(each, fields), None) for each in whole]


def test_whoever_cannot_be_merged_is_named_among_many() -> None:
    template = compiled(rendered((_hole(FIRST_NAME),)))
    people = [recipient("ann@example.org", first_name="Ann"), recipient("bob@example.org")]
    with pytest.raises(MergeError, match=r"bob@example\.org"):
        merge_all(template, together(people), date=DATE)


def test_fixed_bytes_are_handed_on_and_not_copied() -> None:
    template = compiled(rendered(("Text " * 5000, _hole(GREETED), "Text " * 5000)))
    one, two = (merge(template, recipient(first_name=name), date=DATE).content for name in ("Ann", "Bob"))
    shared = [piece for piece, other in zip(one, two, strict=True) if piece is other]
    assert sum(map(len, shared)) > 0.95 * sum(map(len, one))


def test_a_part_can_be_filled_for_looking_at() -> None:
    assert fill(("Hallo ", GREETED), recipient(first_name="A&B")) == "Hallo A&B"
    assert fill(("<p>", _hole(GREETED, Escape.HTML)), recipient(first_name="A&B")) == "<p>A&amp;B"
    assert fill((FIRST_NAME,), recipient(), brackets=True) == "[first_name]"
    with pytest.raises(MergeError):
        fill((FIRST_NAME,), recipient())


def test_the_same_instant_keeps_the_zone_that_it_was_given() -> None:
    template = compiled(rendered())
    merge(template, recipient(), date=DATE)
    message = merge(template, recipient(), date=datetime(2019, 10, 7, 7, 0, tzinfo=UTC))
    assert header(raw(message), "date") == "Mon, 07 Oct 2019 07:00:00 +0000"


def test_a_letter_that_would_smuggle_in_a_header_or_break_a_line_is_stopped_for_this_person() -> None:
    template = compiled(rendered(("Guten Tag ", _hole(GREETED), ", ein langer Satz folgt.\n" * 5), ("<p>",)))
    for wrong in (
        replace(template, sender="news@example.org\r\nBcc: all"),
        replace(
            template,
            segments=tuple(
                segment._replace(closing=b"\n.\n") if isinstance(segment, QuotedHole) else segment
                for segment in template.segments
            ),
        ),
    ):
        with pytest.raises(MergeError, match="line that mail must not have"):
            merge(wrong, recipient(first_name="Ann"), date=DATE)
        with pytest.raises(MergeError, match=r"ann@example\.org"):
            merge_all(
                wrong, together([recipient("ann@example.org"), recipient("bob@example.org")]), date=DATE
            )
