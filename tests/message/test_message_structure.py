"""The four shapes of a message, by the standard library's parser and by hand."""

import email
import email.policy
import re

import pytest
from mail_reading import DATE, FINGERPRINT, compiled, header, headers, parts, raw, recipient, rendered

from isa_mail.message.merge import merge
from isa_mail.model.rendering import Attachment, Picture

PICTURE = Picture(
    "stand-3f2a@newsletter.example.org", "Stand München.jpg", "image/jpeg", b"\xff\xd8jpeg" * 40
)
PDF = Attachment("Einladung.pdf", "application/pdf", b"%PDF-1.7\n" * 40)
HTML = f'<img src="cid:{PICTURE.content_id}">\n'

Tree = str | tuple[str, list["Tree"]]


def _tree(message: email.message.Message) -> Tree:
    kind = message.get_content_type()
    if not message.is_multipart():
        return kind
    return kind, [_tree(part) for part in message.iter_parts()]  # type: ignore[attr-defined]


def _read(data: bytes) -> email.message.EmailMessage:
    message = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(message, email.message.EmailMessage)
    for part in message.walk():
        assert not part.defects
    return message


@pytest.mark.parametrize(
    ("pictures", "attachments", "tree"),
    [
        ((), (), ("multipart/alternative", ["text/plain", "text/html"])),
        (
            (PICTURE,),
            (),
            ("multipart/alternative", ["text/plain", ("multipart/related", ["text/html", "image/jpeg"])]),
        ),
        (
            (),
            (PDF,),
            ("multipart/mixed", [("multipart/alternative", ["text/plain", "text/html"]), "application/pdf"]),
        ),
        (
            (PICTURE, PICTURE),
            (PDF,),
            (
                "multipart/mixed",
                [
                    (
                        "multipart/alternative",
                        ["text/plain", ("multipart/related", ["text/html", "image/jpeg", "image/jpeg"])],
                    ),
                    "application/pdf",
                ],
            ),
        ),
    ],
    ids=["plain", "pictures", "attachment", "both"],
)
def test_a_message_has_only_the_levels_that_it_needs(
    pictures: tuple[Picture, ...], attachments: tuple[Attachment, ...], tree: Tree
) -> None:
    edition = rendered(("Text\n",), (HTML,), pictures=pictures, attachments=attachments)
    message = _read(raw(merge(compiled(edition), recipient(), date=DATE)))
    assert _tree(message) == tree
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain and plain.get_content() == "Text\r\n"
    assert html and html.get_content() == HTML.replace("\n", "\r\n")


def test_a_picture_travels_inline_under_the_id_that_the_html_names() -> None:
    data = raw(merge(compiled(rendered(html=(HTML,), pictures=(PICTURE,))), recipient(), date=DATE))
    related = parts(data)[1]
    assert header(related, "content-type").startswith('multipart/related; type="text/html"; boundary=')
    picture = parts(related)[1]
    assert header(picture, "content-id") == f"<{PICTURE.content_id}>"
    assert header(picture, "content-disposition").startswith(
        "inline; filename*=utf-8''Stand%20M%C3%BCnchen.jpg"
    )
    assert header(picture, "content-transfer-encoding") == "base64"
    (found,) = [part for part in _read(data).walk() if part.get_content_type() == "image/jpeg"]
    assert found.get_content() == PICTURE.data


def test_an_attachment_arrives_with_its_name_and_its_bytes() -> None:
    attachment = Attachment("Einladung Zürich 邀请函.pdf", "application/pdf", bytes(range(256)))
    (found,) = _read(
        raw(merge(compiled(rendered(attachments=(attachment,))), recipient(), date=DATE))
    ).iter_attachments()
    assert found.get_filename() == attachment.filename
    assert found.get_content_disposition() == "attachment"
    assert found.get_content() == attachment.data


def test_attachments_of_any_names_all_arrive_also_empty_ones_and_none_hides_another() -> None:
    names = ("邀请函.pdf", "议程.pdf", 'Der "Plan"; v=2.pdf', "a" * 180 + ".pdf", "leer.txt")
    files = tuple(
        Attachment(name, "application/pdf", b"" if name == "leer.txt" else b"%PDF") for name in names
    )
    data = raw(merge(compiled(rendered(attachments=files)), recipient(), date=DATE))
    found = list(_read(data).iter_attachments())
    assert [part.get_filename() for part in found] == list(names)
    assert [part.get_payload(decode=True) for part in found] == [file.data for file in files]
    old_readers_see = [part.get_content_type() and part["content-type"].params["name"] for part in found]
    assert len(set(old_readers_see)) == len(names)


def test_the_headers_stand_in_a_fixed_order_and_each_once() -> None:
    data = raw(merge(compiled(rendered()), recipient(), date=DATE))
    assert [name for name, _ in headers(data)] == [
        "from",
        "to",
        "subject",
        "date",
        "message-id",
        "list-id",
        "list-unsubscribe",
        "precedence",
        "x-auto-response-suppress",
        "mime-version",
        "content-language",
        "content-type",
    ]


def test_answering_machines_are_asked_to_be_quiet_but_bounces_are_not() -> None:
    data = raw(merge(compiled(rendered()), recipient(), date=DATE))
    assert header(data, "precedence") == "bulk"
    assert header(data, "x-auto-response-suppress") == "OOF, AutoReply"
    assert "auto-submitted" not in dict(headers(data))


def test_every_boundary_is_its_own_and_comes_from_the_fingerprint_and_the_language() -> None:
    def boundaries(language: str) -> list[bytes]:
        edition = rendered(pictures=(PICTURE,), attachments=(PDF,), language=language)
        return re.findall(rb'boundary="([^"]+)"', raw(merge(compiled(edition), recipient(), date=DATE)))

    german, chinese = boundaries("de"), boundaries("zh")
    assert german == boundaries("de")
    assert len({*german, *chinese}) == 6
    assert all(re.fullmatch(rb"=_[0-9a-f]{32}", boundary) for boundary in german)


def test_text_that_looks_like_a_boundary_ends_no_part() -> None:
    import hashlib

    boundary = "=_" + hashlib.sha256(f"{FINGERPRINT}/de/alternative".encode()).hexdigest()[:32]
    text = f"\n--{boundary}--\n--{boundary}\n"
    data = raw(merge(compiled(rendered((text,), (text,))), recipient(), date=DATE))
    assert f'boundary="{boundary}"'.encode() in data
    plain = _read(data).get_body(("plain",))
    assert plain and plain.get_content() == text.replace("\n", "\r\n")
