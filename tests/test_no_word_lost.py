"""No word is lost on the way: every word of the section files stands in both parts, in order."""

import re
from collections.abc import Iterator
from html import unescape

import pytest

from isa_mail.message.merge import fill
from isa_mail.model.findings import Place
from isa_mail.model.merging import MergeField
from isa_mail.model.newsletter import Event, Section
from isa_mail.model.people import Recipient
from isa_mail.pipeline.making import read_editions
from isa_mail.pipeline.previewing import Previewing
from isa_mail.preview.letter import take_apart
from isa_mail.workspace.find import find_workspace
from isa_mail.workspace.settings import read_settings
from isa_mail.workspace.skeleton import make_workspace

_NO_TEXT = ("place", "line", "path", "href", "level")
_OWN_WORDS = 16  # the longest is the greeting, between the lead picture and its editorial
_RECIPIENT = Recipient("recipient@example.org", "", None, {}, Place("a.csv"))


def texts(value: object) -> Iterator[str]:
    """Yield all that a reader sees of a section, in order: not the addresses of links and pictures."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, MergeField):
        yield fill((value,), _RECIPIENT, brackets=True)
    elif isinstance(value, tuple):
        for item in value:
            yield from texts(item)
    elif isinstance(value, Section):
        yield from texts((value.title, value.body, value.signed))
    else:
        for slot in getattr(value, "__slots__", ()):
            is_text = slot not in _NO_TEXT or (slot == "place" and isinstance(value, Event))
            yield from texts(getattr(value, slot)) if is_text else ()


def words(text: str) -> list[str]:
    """Cut text into words; a Chinese character is one."""
    return re.findall(r"[\u4e00-\u9fff]|[^\W\u4e00-\u9fff]+", text)


def lost(wanted: list[str], found: list[str]) -> list[str]:
    """Return the words of `wanted` from the first one on that does not follow in `found`.

    Between two of them the letter may say a few words of its own: "Bild", an item's number, a table's caption.
    """
    furthest = 0
    for start in (index for index, word in enumerate(found) if word == wanted[0]):
        at, reached = start, 0
        for reached, word in enumerate(wanted, 1):
            near = found[at : at + 1 + _OWN_WORDS]
            if word not in near:
                reached -= 1
                break
            at += near.index(word) + 1
        furthest = max(furthest, reached)
    return wanted[furthest:]


@pytest.fixture(scope="module", params=["de", "zh"])
def sample(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> tuple[list[list[str]], str, str]:
    """Return the sections' words, the HTML without its tags, and the text part, in one language."""
    root = tmp_path_factory.mktemp("sample")
    make_workspace(root)
    workspace = find_workspace(root, {})
    settings = read_settings(workspace.settings_file)
    editions = {edition.language: edition for edition in read_editions(workspace, settings, "2026-09")}
    draft = Previewing(workspace, lambda: settings, "2026-09").draft()
    letter = take_apart(draft.message(request.param, None))
    alt = re.sub(r'<img[^>]*?alt="([^"]*)"[^>]*>', r" \1 ", letter.html.decode())
    html = unescape(re.sub(r"<[^>]*>", "", re.sub(r"<(?:br|/?p|/?td|/?div|/?li|/?h\d)\b[^>]*>", " ", alt)))
    return (
        [words(" ".join(texts(section))) for section in editions[request.param].sections],
        html,
        re.sub(r"<(?:https?|mailto):[^>]*>", " ", letter.text),
    )


def test_every_word_stands_in_the_html_in_order(sample: tuple[list[list[str]], str, str]) -> None:
    sections, html, _ = sample
    assert sum(map(len, sections)) > 1000
    for section in sections:
        assert lost(section, words(html)) == []


def test_every_word_stands_in_the_plain_text_in_order(sample: tuple[list[list[str]], str, str]) -> None:
    sections, _, text = sample
    for section in sections:
        assert lost(section, words(text)) == []


def test_a_lost_word_is_seen() -> None:
    letter = words("Bild: Der Stand. Neun Betriebe am Stand 九家企业参加展会，展会很成功。")
    assert lost(words("Neun Betriebe am Stand, 九家企业参加展会"), letter) == []
    assert lost(words("Neun gute Betriebe"), letter) == ["gute", "Betriebe"]
    assert lost(words("九家德国企业"), letter) == ["德", "国", "企", "业"]
