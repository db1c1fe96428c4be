"""The build folder: what a build was made from, and when it is out of date."""

import hashlib
from pathlib import Path

import pytest

from isa_mail.errors import BuildError
from isa_mail.model.publication import Colours, Fingerprint, Input, Mailbox, Publication, Translation
from isa_mail.workspace.built import (
    BuiltLetter,
    changed,
    inputs,
    read_build,
    read_current_build,
    write_build,
)
from isa_mail.workspace.find import Workspace

PUBLICATION = Publication(
    "Brief",
    Mailbox("", "a@example.org"),
    None,
    "b.example.org",
    "x",
    Colours("#000000", "#000000"),
    None,
    ("de",),
)


PRINT = Fingerprint("5e1f" * 16)
WEB = {"index.html": b"<p>", "pictures/a-3f2a.jpg": b"picture"}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    edition = tmp_path / "editions/2031-01"
    (edition / "images").mkdir(parents=True)
    (edition / "edition.txt").write_text("Title: T")
    (edition / "10-a.txt").write_text("Text")
    (edition / "images/a.jpg").write_bytes(b"picture")
    return Workspace(tmp_path, tmp_path / ".isa-mail")


def build(workspace: Workspace, publication: Publication = PUBLICATION) -> None:
    files = {"newsletter.html": b"<p>", "letter.json": b"{}"}
    entries = inputs(workspace, "2031-01", publication)
    write_build(workspace, "2031-01", (BuiltLetter("de", "", "S", files),), WEB, entries, PRINT, "0.1")


def test_a_build_is_read_back_as_it_was_written(workspace: Workspace) -> None:
    build(workspace)
    read = read_current_build(workspace, "2031-01", PUBLICATION)
    assert (read.subjects, read.folders) == ({"de": "S"}, {"de": ""})
    assert read.sizes == {"de": {"newsletter.html": 3, "letter.json": 2}}
    assert read.letter("de") == b"{}"
    assert read.fingerprint == PRINT
    web = workspace.build_directory("2031-01") / "web"
    assert {path.relative_to(web).as_posix(): path.read_bytes() for path in web.rglob("*.*")} == WEB


def test_without_a_build_the_next_step_is_said(workspace: Workspace) -> None:
    with pytest.raises(BuildError) as caught:
        read_build(workspace, "2031-01")
    assert "isa-mail build 2031-01" in caught.value.hint


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("editions/2031-01/10-a.txt", "editions/2031-01/10-a.txt has changed"),
        ("editions/2031-01/20-b.txt", "editions/2031-01/20-b.txt is new"),
        ("editions/2031-01/images/a.jpg", "editions/2031-01/images/a.jpg has changed"),
        ("editions/2031-01/attachments/a.pdf", "editions/2031-01/attachments/a.pdf is new"),
        ("templates/style.css", "templates/style.css has changed"),
    ],
)
def test_a_build_older_than_its_inputs_is_refused_and_the_file_named(
    workspace: Workspace, change: str, said: str
) -> None:
    build(workspace)
    path = workspace.root / change
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("other")
    with pytest.raises(BuildError) as caught:
        read_current_build(workspace, "2031-01", PUBLICATION)
    assert said in caught.value.message


def test_a_picture_that_is_gone_is_named(workspace: Workspace) -> None:
    build(workspace)
    (workspace.root / "editions/2031-01/images/a.jpg").unlink()
    with pytest.raises(BuildError, match=r"a\.jpg is gone"):
        read_current_build(workspace, "2031-01", PUBLICATION)


def test_the_publication_is_part_of_the_build(workspace: Workspace) -> None:
    build(workspace)
    other = Publication(
        "Brief", Mailbox("", "c@example.org"), None, "b.example.org", "x", PUBLICATION.colours, None, ("de",)
    )
    with pytest.raises(BuildError, match=r"isa-mail\.toml"):
        read_current_build(workspace, "2031-01", other)
    for changes in ({"web_address": "https://www.example.org/"}, {"linked_pictures": True}):
        with pytest.raises(BuildError, match=r"isa-mail\.toml"):
            read_current_build(workspace, "2031-01", PUBLICATION._replace(**changes))


def test_settings_enter_a_build_by_their_names_and_as_they_always_did(workspace: Workspace) -> None:
    translation = Translation("zh", "信", Mailbox("信", "c@example.org"), None, None)
    publication = PUBLICATION._replace(languages=("de", "zh"), translations=(translation,))
    as_ever = (
        '{"colours": {"accent": "#000000", "primary": "#000000"}, "imprint": "x", "languages": ["de", "zh"], '
        '"linked_pictures": false, "list_id": "b.example.org", "logo": null, "name": "Brief", "reply_to": null, '
        '"sender": {"address": "a@example.org", "name": ""}, "translations": [{"imprint": null, "language": "zh", '
        '"name": "信", "reply_to": null, "sender": {"address": "c@example.org", "name": "信"}}], "web_address": null}'
    )
    digests = {entry.sha256 for entry in inputs(workspace, "2031-01", publication)}
    assert hashlib.sha256(as_ever.encode()).hexdigest() in digests


@pytest.mark.parametrize("on_disk", ["Gr\u00fcn.png", "Gru\u0308n.png"])
def test_another_logo_makes_a_build_old_however_its_name_is_composed(
    workspace: Workspace, on_disk: str
) -> None:
    publication = PUBLICATION._replace(logo="Gr\u00fcn.png")
    (workspace.root / on_disk).write_bytes(b"logo")
    build(workspace, publication)
    read_current_build(workspace, "2031-01", publication)
    (workspace.root / on_disk).write_bytes(b"another")
    with pytest.raises(BuildError, match=r"n\.png has changed"):
        read_current_build(workspace, "2031-01", publication)


@pytest.mark.parametrize("name", ["sent.txt", ".DS_Store", "~$10-a.txt", "images/Thumbs.db"])
def test_what_is_no_part_of_the_letter_does_not_make_a_build_old(workspace: Workspace, name: str) -> None:
    build(workspace)
    (workspace.root / "editions/2031-01" / name).write_text("x")
    read_current_build(workspace, "2031-01", PUBLICATION)


_NO_LETTER = '{"version": 1, "fingerprint": "5e1f", "inputs": {}, "languages": {}}'


@pytest.mark.parametrize("text", ["", "{}", '{"version": 99}', "[]", "\ufffe", _NO_LETTER])
def test_a_damaged_manifest_is_no_build(workspace: Workspace, text: str) -> None:
    build(workspace)
    (workspace.build_directory("2031-01") / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(BuildError, match="damaged"):
        read_build(workspace, "2031-01")


def test_a_new_build_takes_the_place_of_the_old_one_as_a_whole(workspace: Workspace) -> None:
    build(workspace)
    (workspace.build_directory("2031-01") / "left-over.txt").write_text("x")
    build(workspace)
    assert not (workspace.build_directory("2031-01") / "left-over.txt").exists()
    assert [path.name for path in (workspace.root / "build").iterdir()] == ["2031-01"]


def test_changes_are_named_each_with_its_word() -> None:
    then = (Input("a", "1"), Input("b", "1"), Input("c", "1"))
    now = (Input("a", "1"), Input("b", "2"), Input("d", "1"))
    assert changed(then, now) == ("b has changed", "c is gone", "d is new")
