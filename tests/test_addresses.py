"""What counts as an address, checked against email-validator, and what a mailbox text means."""

import subprocess
import sys
from string import ascii_letters, ascii_lowercase, digits

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import example, given, settings
from hypothesis import strategies as st

from isa_mail.addresses import is_plain_address, mention_of, parse_address, parse_mailbox
from isa_mail.errors import AddressError
from isa_mail.model.publication import Mailbox

_LOCAL = st.text("abAB01._-+!#$%&'*/=?^`{|}~ @\"\\,;:()<>[]", min_size=1, max_size=66) | st.text(
    "a.", max_size=66
)
_DOMAIN = (
    st.lists(st.text("abYZ09-_", min_size=1, max_size=8), min_size=1, max_size=4).map(".".join)
    | st.text("ab.-", max_size=8)
    | st.lists(st.sampled_from(["a" * 63, "b" * 64, "c" * 62, "de"]), min_size=1, max_size=5).map(".".join)
)
_TOP = st.sampled_from(
    [".de", ".org", ".example", ".test", ".local", ".LOCALHOST", ".arpa", ".onion", ".d3", ".xn--p1ai", "."]
)


def _reference(address: str) -> str | None:
    """What email-validator says; the part before the @ keeps its case, as isa-mail keeps it."""
    try:
        found = validate_email(
            address, allow_smtputf8=False, check_deliverability=False, strict=True, test_environment=True
        )
    except EmailNotValidError:
        return None
    return f"{address.rpartition('@')[0]}@{found.ascii_domain}"


def _verdict(address: str) -> str | None:
    try:
        return parse_address(address)
    except AddressError:
        return None


@given(_LOCAL, _DOMAIN, _TOP)
@example("a" * 64, "b", ".de")
@example("a" * 65, "b", ".de")
@example("a", "b" * 63, ".de")
@example("a", "b" * 64, ".de")
@example("a", "b" + ".c" * 124, ".de")
@example("a", "ab--c", ".de")
@example("a", "a-.b", ".de")
@settings(max_examples=500, deadline=None)
def test_plain_ascii_is_judged_as_email_validator_judges_it(local: str, domain: str, top: str) -> None:
    address = f"{local}@{domain}{top}".strip()
    assert _verdict(address) == _reference(address)


_TOPS = st.sampled_from(["de", "org", "ARPA", "local", "Onion", "localhost", "test"])
_WORDS = st.lists(st.text(ascii_lowercase, min_size=1, max_size=9), min_size=1, max_size=2)
_MOSTLY_PLAIN = st.one_of(  # drawn part by part: a regular expression takes twice as long to draw from
    st.builds(
        "{}@{}.{}".format,
        st.text(f"{ascii_letters}{digits}._+'-", min_size=1, max_size=64),
        st.lists(st.text(f"{ascii_letters}{digits}-", min_size=1, max_size=63), min_size=1, max_size=3).map(
            ".".join
        ),
        st.text(ascii_letters, min_size=2, max_size=9),
    ),
    st.builds("{}@{}.{}".format, _WORDS.map(".".join), _WORDS.map("-".join), _TOPS),
)


@given(_MOSTLY_PLAIN)
@example("a" * 52 + "@example.org")  # 64 characters, the longest that is judged here
@example("a" * 53 + "@example.org")
@example("a@" + "b" * 59 + ".de")
@settings(max_examples=1000, deadline=None)
def test_what_the_quick_check_takes_email_validator_takes_as_it_is(address: str) -> None:
    if is_plain_address(address):
        local, _, domain = address.rpartition("@")
        assert _reference(address) == f"{local}@{domain.lower()}"
        assert len(address) <= 64
    assert _verdict(address) == _reference(address)


@pytest.mark.parametrize("address", ["ann@example.org", "Ann.Probe+isa@Sub.Example-Town.DE", "o'brien@a.co"])
def test_usual_addresses_are_decided_by_the_quick_check(address: str) -> None:
    assert is_plain_address(address)


@pytest.mark.parametrize(
    ("typed", "wire"),
    [
        ("Ann.Probe@Example.ORG", "Ann.Probe@example.org"),
        (" ann@example.org ", "ann@example.org"),
        ("\u00a0ann@example.org\u200b", "ann@example.org"),
        ("\ufeffann@example.org\u3000", "ann@example.org"),
        ("ann+isa@sub.example.org", "ann+isa@sub.example.org"),
        ("ann@Bücher.example", "ann@xn--bcher-kva.example"),
        ("ann@xn--bcher-kva.example", "ann@xn--bcher-kva.example"),
        ("ann@例子.test", "ann@xn--fsqu00a.test"),
        ("ann@straße.example", "ann@xn--strae-oqa.example"),
        ("ann@probe.invalid", "ann@probe.invalid"),
        ("ann@münchen.invalid", "ann@xn--mnchen-3ya.invalid"),
        ("ann@probe.test", "ann@probe.test"),
    ],
)
def test_an_address_is_returned_as_it_goes_on_the_wire(typed: str, wire: str) -> None:
    assert parse_address(typed) == wire
    assert parse_address(typed, international=True) == wire


@pytest.mark.parametrize(
    ("typed", "wire"),
    [
        ("jürgen@example.org", "jürgen@example.org"),
        ("JU\u0308rgen@Bücher.example", "JÜrgen@xn--bcher-kva.example"),
        (" 李明@例子.test ", "李明@xn--fsqu00a.test"),
        ("groß@example.invalid", "groß@example.invalid"),
    ],
)
def test_other_characters_may_stand_before_the_at_where_that_is_allowed(typed: str, wire: str) -> None:
    assert parse_address(typed, international=True) == wire
    assert parse_mailbox(f"Jürgen <{typed.strip()}>", international=True).address == wire
    for reader in (parse_address, parse_mailbox):
        with pytest.raises(AddressError, match="umlauts"):
            reader(typed)


@pytest.mark.parametrize(
    "typed", ["ü" * 33 + "@example.org", "jür\u202egen@example.org", "jür gen@example.org", "jü@gen@example.org",
              "jür\x85gen@example.org", "ü\u2028@example.org", "\u0308u@example.org"]
)  # fmt: skip
def test_what_cannot_stand_there_is_refused_all_the_same(typed: str) -> None:
    with pytest.raises(AddressError):
        parse_address(typed, international=True)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "empty"),
        ("jürgen@example.org", "umlauts"),
        ("李明@example.org", "umlauts"),
        ("ann@example.org\n", "line break"),
        ("ann@example.org\r\nBcc: all@example.org", "line break"),
        ("ann\x00@example.org", "control character"),
        ("ann@example\u2028.org", "line break"),
        ("ann@exa\u200bmple.org", "invisible"),
        ("ann＠example.org", "full-width"),
        ("<ann@example.org>", "angle brackets"),
        ('"ann probe"@example.org', "quotes"),
        ("ann.example.org", "no @"),
        ("ann@example.org, bob@example.org", "more than one @"),
        ("ann@example.org,bob@example.org", "more than one @"),
        ("ann@localhost", "no dot"),
        ("ann@test", "no dot"),
        ("ann@invalid", "no dot"),
        ("ann@[127.0.0.1]", "no place after the @"),
        ("ann@example,org", "a comma after the @ where a dot should be"),
        ("ann@example.org,", "a comma at its end"),
        ("ann;@example.org", "a semicolon has no place before the @"),
        ("ann@exa_mple.org", "an underscore has no place"),
        ("ann..probe@example.org", "two dots"),
        ("ann@example.org.", "end with a dot"),
        ("a" * 65 + "@example.org", "too long"),
        ("a@" + "ü" * 60 + ".example", "too many characters|invalid|long"),
        ("ann probe@example.org", "blank"),
    ],
)
def test_what_cannot_be_written_to_is_refused_with_its_reason(typed: str, reason: str) -> None:
    with pytest.raises(AddressError, match=reason) as caught:
        parse_address(typed)
    assert caught.value.hint
    assert "\n" not in caught.value.message


@given(st.text(max_size=80) | st.text('a@.<>"\\ü\r\n\u2028\u200b -', max_size=20))
@settings(max_examples=300, deadline=None)
def test_any_text_gives_a_safe_ascii_address_or_an_address_error(text: str) -> None:
    try:
        address = parse_address(text)
    except AddressError:
        return
    assert address.isascii()
    assert len(address) <= 254
    assert address.count("@") == 1
    assert not set(address) & set(' <>",;:\\()[]') and address.isprintable()
    assert parse_address(address) == address


@pytest.mark.parametrize(
    ("typed", "mailbox"),
    [
        ("ann@example.org", Mailbox("", "ann@example.org")),
        ("<ann@example.org>", Mailbox("", "ann@example.org")),
        ("Ann Probe <ann@example.org>", Mailbox("Ann Probe", "ann@example.org")),
        ("Müller, Jürgen <j@example.org>", Mailbox("Müller, Jürgen", "j@example.org")),
        ('"Müller, Jürgen" <j@example.org>', Mailbox("Müller, Jürgen", "j@example.org")),
        (r'"Ann \"Anni\" \\ Probe" <a@example.org>', Mailbox(r'Ann "Anni" \ Probe', "a@example.org")),
        ("李明 <li@例子.test>", Mailbox("李明", "li@xn--fsqu00a.test")),
        ("Probe<ann@example.org> ", Mailbox("Probe", "ann@example.org")),
    ],
)
def test_a_mailbox_is_a_name_and_one_address(typed: str, mailbox: Mailbox) -> None:
    assert parse_mailbox(typed) == mailbox


@pytest.mark.parametrize(
    "typed",
    [
        "Ann\nBcc: all@example.org <ann@example.org>",
        "Ann\x85 <ann@example.org>",
        "Ann <ann@example.org>, Bob <bob@example.org>",
        "Ann <ann@example.org",
        "Ann ann@example.org>",
        "Ann <>",
        "Ann <ann@example.org\x00>",
        "Ann",
    ],
)
def test_a_mailbox_that_is_none_is_refused(typed: str) -> None:
    with pytest.raises(AddressError):
        parse_mailbox(typed)


def test_plain_addresses_never_load_email_validator() -> None:
    code = (
        "import sys; from isa_mail.addresses import parse_address; parse_address('Ann@Example.org');"
        "sys.exit('email_validator' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("anna@example.org", True),
        ("Fragen an <ANNA@Example.ORG>, bitte.", True),
        ("mailto:anna@example.org?subject=x", True),
        ("Ende: anna@example.org.", True),
        ("johanna@example.org", False),
        ("jo.anna@example.org", False),
        ("anna@example.org.test", False),
        ("anna@example.organisation", False),
        ("anna@exampleXorg", False),
    ],
)
def test_an_address_is_found_in_a_text_but_not_inside_a_longer_one(text: str, found: bool) -> None:
    assert bool(mention_of("Anna@example.org").search(text)) is found


def test_an_address_is_found_whether_its_domain_is_spelt_out_or_not() -> None:
    mention = mention_of("anna@xn--bcher-kva.example")
    assert mention.search("anna@Bücher.example") and mention.search("ANNA@xn--bcher-kva.example")
    assert mention_of("anna@xn--\u00fc.example").search("anna@xn--\u00fc.example"), "no A-label: as it is"
