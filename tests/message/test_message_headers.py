"""Header bytes: read back by the rules of the RFCs and by the standard library."""

import email
import email.policy
import re
import string
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from mail_reading import assert_header_lines_are_good, decoded, header, mailbox

from isa_mail.message.headers import (
    ascii_filenames,
    date_header,
    file_headers,
    list_id_header,
    mailbox_header,
    mailbox_headers,
    one_line,
    text_header,
    unsubscribe_headers,
)

NAMES = st.text(max_size=120) | st.text(
    string.ascii_letters + ' ,."\\()<>@;:=?_äöü李明\r\n\u2028🎉', max_size=120
)


def _as_read(text: str) -> str:
    """What a reader may expect of a name: controls and line breaks as one blank, ends without blanks."""
    return re.sub("[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", text).strip(" ")


def _stdlib(data: bytes) -> email.message.EmailMessage:
    message = email.message_from_bytes(data + b"\r\n", policy=email.policy.default)
    assert isinstance(message, email.message.EmailMessage)
    return message


@given(NAMES)
@example("Müller, Jürgen")
@example('Ann "Anni" Probe')
@example("=?utf-8?q?no?=")
@example("A  B")
@example("a" * 200)
@example("李" * 200)
@example("🎉" * 40)
@example("e\u0301" * 60)
@settings(max_examples=250, deadline=None)
def test_any_display_name_becomes_good_header_lines_and_is_read_back(name: str) -> None:
    data = mailbox_header("To", name, "ann@example.org")
    assert_header_lines_are_good(data)
    assert mailbox(header(data, "to")) == (_as_read(name), "ann@example.org")
    (found,) = _stdlib(data)["To"].addresses
    assert found.addr_spec == "ann@example.org"


@given(NAMES)
@example("Grüße aus Köln und Chengdu")
@example("x " * 80)
@example("a" * 90)
@example("two  blanks " * 12)
@example("[TEST] =?utf-8?b?x?=")
@settings(max_examples=250, deadline=None)
def test_any_subject_becomes_good_header_lines_and_is_read_back(subject: str) -> None:
    data = text_header("Subject", subject)
    if _as_read(subject):
        assert_header_lines_are_good(data)
    assert decoded(header(data, "subject")) == _as_read(subject)
    assert data.count(b"Subject:") == 1


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("", b"To: ann@example.org\r\n"),
        ("Ann Probe", b"To: Ann Probe <ann@example.org>\r\n"),
        ("Probe, Ann", b'To: "Probe, Ann" <ann@example.org>\r\n'),
        ('Ann "A" \\ Probe', b'To: "Ann \\"A\\" \\\\ Probe" <ann@example.org>\r\n'),
        ("Dr. Ann Probe", b'To: "Dr. Ann Probe" <ann@example.org>\r\n'),
        ("Jürgen Probe", b"To: =?utf-8?q?J=C3=BCrgen_Probe?= <ann@example.org>\r\n"),
        ("李明", b"To: =?utf-8?b?5p2O5piO?= <ann@example.org>\r\n"),
    ],
)
def test_a_name_is_encoded_only_where_it_must_be_and_the_address_never(name: str, line: bytes) -> None:
    assert mailbox_header("To", name, "ann@example.org") == line


def test_two_hundred_chinese_characters_are_split_between_whole_characters() -> None:
    name = "中德工业城市联盟通讯" * 20
    data = mailbox_header("From", name, "news@example.org")
    words = re.findall(rb"=\?utf-8\?b\?[^?]*\?=", data)
    assert len(words) > 10
    assert all(len(word) <= 75 for word in words)
    assert "".join(decoded(word.decode("ascii")) for word in words) == name
    assert data.endswith(b" <news@example.org>\r\n")


def test_blanks_at_the_joints_of_encoded_words_are_kept() -> None:
    name = "ü " * 60 + "x"
    assert mailbox(header(mailbox_header("To", name, "a@b.test"), "to"))[0] == name


@pytest.mark.parametrize(
    "sign", ["\r", "\n", "\r\n", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\x00"]
)
def test_no_line_break_of_any_kind_leaves_a_name_or_a_subject(sign: str) -> None:
    text = f"Ann{sign}Bcc: all@example.org"
    for data in (mailbox_header("To", text, "ann@example.org"), text_header("Subject", text)):
        assert data.count(b"\r\n") == 1
        assert b"Ann Bcc" in data
    assert one_line(text) == "Ann Bcc: all@example.org"


def test_an_idn_domain_goes_out_in_its_a_label() -> None:
    assert mailbox_header("To", "Ü", "ann@xn--bcher-kva.example").endswith(
        b" <ann@xn--bcher-kva.example>\r\n"
    )


def test_an_address_that_is_longer_than_a_line_is_never_broken() -> None:
    address = "a" * 64 + "@" + "b" * 60 + "." + "c" * 60 + ".example"
    data = mailbox_header("To", "Jürgen Probe", address)
    assert f"<{address}>\r\n".encode() in data
    assert_header_lines_are_good(data)


def test_a_long_list_unsubscribe_stays_a_plain_link_in_one_piece() -> None:
    address = "vorname.nachname+newsletter" * 2 + "@" + "abteilung." * 15 + "example.org"
    data = unsubscribe_headers("abmeldung@newsletter.example.org", [address])[0]
    assert re.fullmatch(rb"List-Unsubscribe:(?: |\r\n )<mailto:[!-;=?-~]+>\r\n", data)
    assert b"=?" not in data
    assert b"?subject=unsubscribe%20" in data
    assert max(map(len, data.split(b"\r\n"))) <= 998


@given(
    st.text("abcXYZ019.!#$%&'*+/=?^_`{|}~-", min_size=1, max_size=64),
    st.text("abcXYZ019.!#$%&'*+/=?^_`{|}~-", min_size=1, max_size=64),
)
@settings(deadline=None)
def test_every_address_can_be_read_back_from_list_unsubscribe(to: str, leaver: str) -> None:
    from urllib.parse import parse_qs, unquote, urlsplit

    link = header(unsubscribe_headers(f"{to}@example.org", [f"{leaver}@example.test"])[0], "list-unsubscribe")
    url = urlsplit(link.removeprefix("<").removesuffix(">"))
    assert url.scheme == "mailto"
    assert unquote(url.path) == f"{to}@example.org"
    assert parse_qs(url.query, strict_parsing=True) == {"subject": [f"unsubscribe {leaver}@example.test"]}


def test_list_id_names_the_list_and_is_never_encoded() -> None:
    assert (
        list_id_header("ISA Newsletter", "news.example.org")
        == b"List-Id: ISA Newsletter <news.example.org>\r\n"
    )
    assert list_id_header("ISA, Köln", "news.example.org") == b"List-Id: <news.example.org>\r\n"
    assert list_id_header("ISA, Probe", "news.example.org") == b'List-Id: "ISA, Probe" <news.example.org>\r\n'
    assert list_id_header("", "news.example.org") == b"List-Id: <news.example.org>\r\n"


@pytest.mark.parametrize(
    ("zone", "written"),
    [
        (UTC, b"Mon, 07 Oct 2019 09:05:03 +0000"),
        (timezone(timedelta(hours=2)), b"Mon, 07 Oct 2019 09:05:03 +0200"),
        (timezone(timedelta(hours=8)), b"Mon, 07 Oct 2019 09:05:03 +0800"),
        (timezone(-timedelta(hours=3, minutes=30)), b"Mon, 07 Oct 2019 09:05:03 -0330"),
    ],
)
def test_a_date_is_written_in_english_with_a_numeric_zone(zone: timezone, written: bytes) -> None:
    assert date_header(datetime(2019, 10, 7, 9, 5, 3, 999, tzinfo=zone)) == b"Date: " + written + b"\r\n"


@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)), st.integers(-14 * 60, 14 * 60))  # noqa: DTZ001
@settings(deadline=None)
def test_every_date_is_read_back_by_the_standard_library(time: datetime, minutes: int) -> None:
    date = time.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert _stdlib(date_header(date))["Date"].datetime == date.replace(microsecond=0)


def test_the_same_instant_in_two_zones_is_written_in_each_zone() -> None:
    german = datetime(2019, 10, 7, 9, 0, tzinfo=timezone(timedelta(hours=2)))
    assert date_header(german) != date_header(german.astimezone(UTC))


def test_a_time_without_zone_is_no_date() -> None:
    with pytest.raises(ValueError, match="time zone"):
        date_header(datetime(2019, 10, 7))  # noqa: DTZ001


def written(filename: str, media_type: str, disposition: str) -> bytes:
    """The headers of a file that travels alone."""
    return file_headers(filename, media_type, disposition, *ascii_filenames([filename]))


@given(NAMES.filter(lambda name: not set("/\\") & set(name)))
@example("Einladung München.pdf")
@example("邀请函" * 40 + ".pdf")
@example('a"b%.pdf')
@example("x" * 150 + ".pdf")
@settings(deadline=None)
def test_any_filename_is_exact_by_rfc_2231_with_an_ascii_substitute(filename: str) -> None:
    data = written(filename, "application/pdf", "attachment")
    assert_header_lines_are_good(data)
    assert b"=?" not in data
    wanted = _as_read(filename) or "file"
    assert _filename(header(data, "content-disposition")) == wanted
    assert _stdlib(data).get_filename() == wanted.strip()  # it takes other blanks off, too
    (substitute,) = re.findall(r'; filename="([^"]*)"', header(data, "content-disposition"))
    assert re.fullmatch(r"[A-Za-z0-9 ._()+,&'-]{1,60}", substitute)
    assert header(data, "content-type") == f'application/pdf; name="{substitute}"'


def _filename(value: str) -> str:
    from urllib.parse import unquote

    single = re.search(r"; filename\*=utf-8''([^;]*)", value)
    numbered = re.findall(r"; filename\*(\d+)\*=([^;]*)", value)
    if single:
        return unquote(single[1], errors="strict")
    if numbered:
        assert [int(number) for number, _ in numbered] == list(range(len(numbered)))
        return unquote("".join(part for _, part in numbered).removeprefix("utf-8''"), errors="strict")
    (plain,) = re.findall(r'; filename="([^"]*)"', value)
    return str(plain)


def test_german_and_chinese_filenames_get_readable_substitutes() -> None:
    assert b'filename="Einladung Muenchen.pdf"' in written(
        "Einladung München.pdf", "application/pdf", "attachment"
    )
    assert b'filename="file.pdf"' in written("邀请函.pdf", "application/pdf", "attachment")
    assert b'filename="plan.pdf"' in written("plan.pdf", "application/pdf", "attachment")
    assert b"filename*" not in written("plan.pdf", "application/pdf", "attachment")


def test_two_files_never_share_a_substitute() -> None:
    names = ["邀请函.pdf", "议程.pdf", "file-2.pdf", "Größe.pdf", "Groesse.pdf", "GRÖSSE.pdf", "说明", "名单"]
    substitutes = ascii_filenames(names)
    assert substitutes == (
        "file.pdf", "file-3.pdf", "file-2.pdf", "Groesse-2.pdf", "Groesse.pdf", "GROeSSE-3.pdf", "file", "file-2",
    )  # fmt: skip


@given(
    st.lists(
        NAMES.filter(lambda name: _as_read(name) and not set("/\\") & set(name)),
        max_size=6,
        unique_by=_as_read,
    )
)
@settings(deadline=None)
def test_substitutes_are_plain_and_told_apart_whatever_the_names(names: list[str]) -> None:
    substitutes = ascii_filenames(names)
    assert all(re.fullmatch(r"[A-Za-z0-9 ._()+,&'-]{1,66}", substitute) for substitute in substitutes)
    invented = [new for name, new in zip(names, substitutes, strict=True) if new != _as_read(name)]
    assert len({new.casefold() for new in invented}) == len(invented)


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("plan.pdf", [b'attachment', b'filename="plan.pdf"']),
        ("Einladung München.pdf", [
            b"attachment", b"filename*=utf-8''Einladung%20M%C3%BCnchen.pdf", b'filename="Einladung Muenchen.pdf"',
        ]),
        ("邀请函.pdf", [
            b"attachment", b"filename*=utf-8''%E9%82%80%E8%AF%B7%E5%87%BD.pdf", b'filename="file.pdf"',
        ]),
        ('Der "große" Plan\\2.pdf', [
            b"attachment",
            b"filename*=utf-8''Der%20%22gro%C3%9Fe%22%20Plan_2.pdf",
            b'filename="Der _grosse_ Plan_2.pdf"',
        ]),
        ("Protokoll\r\nder Sitzung\t3.pdf", [b"attachment", b'filename="Protokoll der Sitzung 3.pdf"']),
        ("Sitzungsprotokoll" * 5 + ".pdf", [
            b"attachment",
            b"filename*0*=utf-8''SitzungsprotokollSitzungsprotokollSitzungsprotokollSitz",
            b"filename*1*=ungsprotokollSitzungsprotokoll.pdf",
            b'filename="SitzungsprotokollSitzungsprotokollSitzungsprotokol.pdf"',
        ]),
    ],
    ids=["plain", "umlaut", "chinese", "quotes", "controls", "long"],
)  # fmt: skip
def test_a_content_disposition_is_these_very_bytes(name: str, lines: list[bytes]) -> None:
    data = written(name, "application/pdf", "attachment")
    assert (
        data[data.index(b"Content-Disposition: ") :]
        == b"Content-Disposition: " + b";\r\n ".join(lines) + b"\r\n"
    )


def test_a_filename_carries_no_path() -> None:
    data = written("../geheim\\x.pdf", "application/pdf", "attachment")
    assert b'filename=".._geheim_x.pdf"' in data
    assert b"/geheim" not in data and b"\\" not in data


@pytest.mark.parametrize(
    "media_type", ["", "pdf", "message/rfc822", "multipart/mixed", "text/x\r\nBcc: a@b.test"]
)
def test_a_media_type_that_cannot_travel_in_base64_becomes_octet_stream(media_type: str) -> None:
    data = written("a.bin", media_type, "attachment")
    assert data.startswith(b"Content-Type: application/octet-stream;\r\n")
    assert b"Bcc" not in data


_NAMES = st.text(max_size=30) | st.sampled_from(
    [
        "",
        "Ann",
        "Ann Probe",
        " Ann",
        "Ann ",
        "Ann  Probe",
        "=?utf-8?q?x?=",
        "Dr. Ann",
        "Zoë",
        "Ann\nBcc: x",
        "x" * 80,
    ]
)


@given(st.lists(_NAMES, min_size=1, max_size=6))
@settings(deadline=None)
def test_the_to_headers_of_many_people_are_those_of_each(names: list[str]) -> None:
    addresses = [f"{'a' * (n * 12)}nn@example.org" for n in range(len(names))]
    one_by_one = [mailbox_header("To", name, to) for name, to in zip(names, addresses, strict=True)]
    assert mailbox_headers("To", names, addresses) == one_by_one
