"""The sample edition in German and Chinese: the same newsletter twice, and each mail decodes to what was built."""

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from isa_mail.message.compile import compile_message
from isa_mail.message.merge import fill, merge
from isa_mail.model.findings import Place
from isa_mail.model.merging import MergeField
from isa_mail.model.newsletter import Edition, Figure, Link
from isa_mail.model.people import Recipient
from isa_mail.pipeline.building import build
from isa_mail.pipeline.making import read_editions
from isa_mail.render.edition import render
from isa_mail.workspace.built import MESSAGE_FILE
from isa_mail.workspace.find import Workspace, find_workspace
from isa_mail.workspace.settings import Settings, read_settings
from isa_mail.workspace.skeleton import make_workspace

NAME = "2026-09"
NOON = datetime(2026, 9, 30, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    root = tmp_path_factory.mktemp("sample")
    make_workspace(root)
    return find_workspace(root, {})


@pytest.fixture(scope="module")
def settings(workspace: Workspace) -> Settings:
    return read_settings(workspace.settings_file)


@pytest.fixture(scope="module")
def editions(workspace: Workspace, settings: Settings) -> dict[str, Edition]:
    return {edition.language: edition for edition in read_editions(workspace, settings, NAME)}


def inside(value: object) -> Iterator[object]:
    """Yield a value and all that it holds, in the order of the text."""
    yield value
    if isinstance(value, tuple):
        for item in value:
            yield from inside(item)
    elif is_dataclass(value):
        for field in fields(value):
            yield from inside(getattr(value, field.name))


def of(edition: Edition, kind: type) -> list[object]:
    return [value for value in inside(edition.sections) if isinstance(value, kind)]


def test_both_languages_have_the_same_sections_links_pictures_and_merge_fields(
    editions: dict[str, Edition],
) -> None:
    german, chinese = editions["de"], editions["zh"]
    assert german.date == chinese.date
    assert [section.name for section in german.sections] == [section.name for section in chinese.sections]
    for attribute in ("kind", "title", "short_title"):
        in_german, in_chinese = (
            [getattr(section, attribute) for section in edition.sections] for edition in (german, chinese)
        )
        assert list(map(bool, in_german)) == list(map(bool, in_chinese))
        assert attribute != "kind" or in_german == in_chinese
    assert [len(section.signed) for section in german.sections] == [
        len(section.signed) for section in chinese.sections
    ]
    links, pictures, named = (
        [[getattr(value, attribute) for value in of(edition, kind)] for edition in (german, chinese)]
        for kind, attribute in ((Link, "href"), (Figure, "path"), (MergeField, "name"))
    )
    texts = [[plain(target) for target in targets] for targets in links]
    assert texts[0] == texts[1] and len(texts[0]) > 10
    assert pictures[0] == pictures[1] and len(pictures[0]) > 3
    assert named[0] == named[1] and named[0]


def plain(href: tuple[object, ...]) -> str:
    return "".join(piece if isinstance(piece, str) else f"{{{piece.name}}}" for piece in href)  # type: ignore[attr-defined]


def test_nothing_german_is_left_in_the_chinese_texts(workspace: Workspace) -> None:
    """Only names in brackets, addresses and the word that the interview is about stay in Latin letters."""
    for path in (workspace.edition_directory(NAME) / "zh").glob("*.txt"):
        text = path.read_text(encoding="utf-8")
        text = re.sub(r"\]\([^)]*\)|[（“][^（）“”]*[）”]|\{\{.*?\}\}|\[\w+@[\w.-]+|```", "", text)
        assert re.findall(r"[A-Za-zÄÖÜäöüß]{3,}", text) == [], path.name


def test_chinese_texts_have_chinese_punctuation_and_no_blanks_between_characters(
    workspace: Workspace,
) -> None:
    for path in (workspace.edition_directory(NAME) / "zh").glob("*.txt"):
        text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert (
            re.findall(r"[\u4e00-\u9fff][ \u00a0]+[\u4e00-\u9fff\w]|\w[ \u00a0]+[\u4e00-\u9fff]", text) == []
        ), path
        assert re.findall(r"[\u4e00-\u9fff][,;:!?.()\"']", text.replace("](", "")) == [], path


@pytest.mark.parametrize("language", ["de", "zh"])
def test_the_built_mail_grows_by_no_more_than_half_its_text(
    workspace: Workspace, settings: Settings, language: str
) -> None:
    built = build(workspace, settings, NAME).build.directory
    content = (built / language / MESSAGE_FILE).read_bytes()
    for kind in ("plain", "html"):
        part = read(content, kind)
        encoded, octets = part.get_payload(), part.get_payload(decode=True)
        assert isinstance(encoded, str) and isinstance(octets, bytes)
        assert len(encoded) <= 1.5 * len(octets)
        wanted = "base64" if language == "zh" else "quoted-printable"
        assert part["Content-Transfer-Encoding"] == wanted


VALUES = ("", "松", "松渡", "Köln", "a", "ab", "<b>&", "岚江之滨·青岭 " * 9)


@pytest.mark.parametrize("language", ["de", "zh"])
def test_every_merged_mail_decodes_to_the_letter_with_the_values_filled_in(
    workspace: Workspace, settings: Settings, editions: dict[str, Edition], language: str
) -> None:
    publication = settings.publication.in_language(language)
    rendered = render(
        editions[language],
        publication,
        edition_directory=workspace.edition_directory(NAME),
        workspace=workspace.root,
        templates=workspace.templates,
    )
    template = compile_message(rendered, publication, fingerprint="0" * 64)
    for number, value in enumerate(VALUES):
        values = {"stadt": value} if value else {}
        recipient = Recipient(f"{'x' * number}a@example.org", "", language, values, Place("a.csv", 2))
        content = b"".join(merge(template, recipient, date=NOON).content)
        for kind, part in (("plain", rendered.text), ("html", rendered.html)):
            octets = read(content, kind).get_payload(decode=True)
            assert isinstance(octets, bytes)
            assert octets.decode() == fill(part, recipient).replace("\n", "\r\n")
        if value.strip().isalpha():
            assert value in read(content, "plain").get_content()


def read(content: bytes, kind: str) -> EmailMessage:
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    part = message.get_body((kind,))
    assert isinstance(part, EmailMessage)
    return part
