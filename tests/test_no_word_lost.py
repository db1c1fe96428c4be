"""No word is lost on the way: every word of the section files stands in both parts, in order."""

import re
from collections.abc import Iterator
from html import unescape

import pytest

from isa_mail.message.merge import fill
from isa_mail.model import Event, MergeField, Place, Recipient, Section
from isa_mail.pipeline.making import draft, read_editions
from isa_mail.workspace.find import find_workspace
from isa_mail.workspace.settings import read_settings
from isa_mail.workspace.skeleton import make_workspace

_NO_TEXT = ("place", "path", "href", "level")
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
    return re.findall(r"\w+", text)


def in_order(wanted: list[str], found: list[str]) -> list[str]:
    """Return the words of `wanted` from the first one on that does not follow in `found`."""
    rest = iter(found)
    for index, word in enumerate(wanted):
        if word not in rest:
            return wanted[index:]
    return []


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[list[str]], str, str]:
    root = tmp_path_factory.mktemp("sample")
    make_workspace(root)
    workspace = find_workspace(root, {})
    settings = read_settings(workspace.settings_file)
    (edition,) = read_editions(workspace, settings, "2026-09")
    letter = draft(workspace, settings, "2026-09").letters["de"]
    alt = re.sub(r'<img[^>]*?alt="([^"]*)"[^>]*>', r" \1 ", letter.html)
    html = unescape(re.sub(r"<[^>]*>", "", re.sub(r"<(?:br|/?p|/?td|/?div|/?li|/?h\d)\b[^>]*>", " ", alt)))
    return (
        [words(" ".join(texts(section)).replace("  ", " ")) for section in edition.sections],
        html,
        letter.text,
    )


def test_every_word_stands_in_the_html_in_order(sample: tuple[list[list[str]], str, str]) -> None:
    sections, html, _ = sample
    assert sum(map(len, sections)) > 1000
    for section in sections:
        assert in_order(section, words(html)) == []


def test_every_word_stands_in_the_plain_text_in_order(sample: tuple[list[list[str]], str, str]) -> None:
    sections, _, text = sample
    for section in sections:
        assert in_order(section, words(text)) == []
