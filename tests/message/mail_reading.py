"""A small reader of mail bytes, written from the RFCs, and sample letters for the tests beside it.

The standard library's parser is not the only oracle: it adds a blank between adjacent encoded words, and forgives
much. These functions forgive nothing.
"""

import base64
import re
from datetime import date, datetime, timedelta, timezone

from isa_mail.message.compile import compile_message
from isa_mail.message.template import MessageTemplate
from isa_mail.model.findings import Place
from isa_mail.model.mail import Message
from isa_mail.model.merging import MergeField, PlainText, Template
from isa_mail.model.people import Recipient
from isa_mail.model.publication import Colours, Fingerprint, Mailbox, Publication
from isa_mail.model.rendering import Attachment, Picture, RenderedEdition

DATE = datetime(2019, 10, 7, 9, 0, 0, tzinfo=timezone(timedelta(hours=2)))
FINGERPRINT = Fingerprint("3f" * 32)
PUBLICATION = Publication(
    name="ISA Newsletter",
    sender=Mailbox("Geschäftsstelle", "news@newsletter.example.org"),
    reply_to=None,
    list_id="newsletter.example.org",
    imprint="Verein zur Probe",
    colours=Colours("#112233", "#445566"),
    logo=None,
    languages=("de",),
)
FIRST_NAME = MergeField("first_name", None, Place("editions/2019-10/10-editorial.txt", 5))
GREETED = MergeField("first_name", "Mitglied", Place("editions/2019-10/edition.txt", 6))
CITY = MergeField("city", "", Place("editions/2019-10/10-editorial.txt", 7))


def field(name: str, fallback: str | None = None, line: int = 1) -> MergeField:
    return MergeField(name, fallback, Place("editions/2019-10/10-editorial.txt", line))


def recipient(address: str = "ann@example.org", name: str = "Ann Probe", **fields: str) -> Recipient:
    return Recipient(address, name, None, fields, Place("recipients/members.csv", 9))


def rendered(
    text: Template = ("Guten Tag\n",),
    html: Template = ("<p>Guten Tag</p>\n",),
    *,
    subject: PlainText = ("Newsletter",),
    pictures: tuple[Picture, ...] = (),
    attachments: tuple[Attachment, ...] = (),
    language: str = "de",
) -> RenderedEdition:
    return RenderedEdition(
        "2019-10", language, "Titel", date(2019, 10, 7), subject, html, text, pictures, attachments
    )


def compiled(edition: RenderedEdition, publication: Publication = PUBLICATION) -> MessageTemplate:
    return compile_message(edition, publication, fingerprint=FINGERPRINT)


def raw(message: Message) -> bytes:
    return b"".join(message.content)


# --- headers ----------------------------------------------------------------------------------------------


def headers(data: bytes) -> list[tuple[str, str]]:
    """All header fields of a message or part, unfolded (RFC 5322 section 2.2.3), not decoded."""
    head = (b"\r\n" + data).partition(b"\r\n\r\n")[0][2:] + b"\r\n"
    fields = re.findall(rb"([!-9;-~]+): ?((?:[^\r\n]|\r\n(?=[ \t]))*)\r\n", head)
    return [
        (name.decode("ascii").lower(), value.replace(b"\r\n", b"").decode("ascii")) for name, value in fields
    ]


def header(data: bytes, name: str) -> str:
    (value,) = [value for found, value in headers(data) if found == name]
    return value.strip(" ")


def decoded(value: str) -> str:
    """Unstructured text with its encoded words decoded, blanks between two of them dropped."""
    value = re.sub(r"(=\?[^? ]+\?[^? ]\?[^? ]*\?=)[ \t]+(?==\?)", r"\1", value)

    def word(found: "re.Match[str]") -> str:
        if found[1] == "b":
            return base64.b64decode(found[2], validate=True).decode("utf-8")
        octets = re.sub("=([0-9A-F]{2})", lambda hexed: chr(int(hexed[1], 16)), found[2].replace("_", " "))
        return octets.encode("latin-1").decode("utf-8")

    return re.sub(r"=\?utf-8\?([bq])\?([^? ]*)\?=", word, value)


def mailbox(value: str) -> tuple[str, str]:
    """A display name and an address, by RFC 5322 section 3.4."""
    found = re.fullmatch(r"(?:(.*) )?<([^<>\s]+)>", value)
    if not found:
        assert "@" in value and "<" not in value and " " not in value
        return "", value
    phrase = found[1] or ""
    if phrase.startswith('"'):
        inside = re.fullmatch(r'"((?:[^"\\]|\\.)*)"', phrase)
        assert inside, phrase
        return re.sub(r"\\(.)", r"\1", inside[1]), found[2]
    if "=?" not in phrase:
        assert re.fullmatch(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*", phrase), phrase
    return decoded(phrase), found[2]


def assert_header_lines_are_good(data: bytes) -> None:
    """Lines by RFC 5322 section 2.1 and RFC 2047 section 2, in whole header fields."""
    assert data.endswith(b"\r\n") and data.isascii()
    for line in data[:-2].split(b"\r\n"):
        assert re.fullmatch(rb"[ -~]+", line) and line.strip(b" "), line
        assert not line.startswith(b".")
        words = re.findall(rb"=\?[^ ]*\?=", line)
        assert len(line) <= 76 or (not words and line.strip(b" ").count(b" ") <= 1), line
        for word in words:
            assert len(word) <= 75
            decoded(word.decode("ascii"))  # whole characters: each word is UTF-8 by itself


# --- bodies -----------------------------------------------------------------------------------------------


def from_quoted_printable(data: bytes) -> str:
    """Decode by RFC 2045 section 6.7, refusing what the section forbids."""
    out = []
    for line in data.split(b"\r\n"):
        assert len(line) <= 76, line
        assert re.fullmatch(rb"(?:[ -<>-~]|=[0-9A-F]{2})*=?", line), line
        assert not line.endswith((b" ", b"\t")), line
        assert not line.startswith((b".", b"From ")), line
        soft = line.endswith(b"=")
        octets = re.sub(rb"=([0-9A-F]{2})", lambda found: bytes([int(found[1], 16)]), line.removesuffix(b"="))
        out += [octets, b"" if soft else b"\r\n"]
    assert out[-1] == b"\r\n", "a soft break at the very end"
    return b"".join(out[:-1]).decode("utf-8")


def from_base64(data: bytes) -> str:
    """Decode by RFC 2045 section 6.8: one stream, its padding at the end only."""
    lines = data.split(b"\r\n")
    assert all(len(line) <= 76 for line in lines)
    return base64.b64decode(b"".join(lines), validate=True).decode("utf-8")


def parts(data: bytes) -> list[bytes]:
    """The parts of a multipart entity, each as its headers and body (RFC 2046 section 5.1.1)."""
    boundary = re.search(r'boundary="([^"]+)"', header(data, "content-type"))
    assert boundary
    body = b"\r\n" + data.partition(b"\r\n\r\n")[2]
    pieces = body.split(b"\r\n--" + boundary[1].encode("ascii"))
    assert pieces[0] == b"" and pieces[-1] in (b"--\r\n", b"--")
    assert all(piece.startswith(b"\r\n") for piece in pieces[1:-1])
    return [piece[2:] for piece in pieces[1:-1]]


def text_of(part: bytes) -> str:
    r"""A text part decoded, its line ends "\n" again."""
    body = part.partition(b"\r\n\r\n")[2]
    encoding = header(part, "content-transfer-encoding")
    text = from_quoted_printable(body) if encoding == "quoted-printable" else from_base64(body)
    assert not re.search(r"(?<!\r)\n|\r(?!\n)", text)
    return text.replace("\r\n", "\n")
