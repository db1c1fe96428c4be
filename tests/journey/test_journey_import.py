"""`isa-mail import`: from a paste to an edition that can be looked at."""

import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from workplace import COMMAND, SETTINGS, Desk, clean_environment

from isa_mail.errors import ContentError
from isa_mail.pipeline import importing
from isa_mail.workspace.find import find_workspace
from isa_mail.workspace.settings import read_settings

PASTE = """\
Uferpost Mai 2027

Liebe Mitglieder,
\u00a0
der Hafen\u00a0am Ostbecken ist fertig, und mit ihm die Verwaltungs-gebäude. Wir feiern das.

Herzliche Grüße

Tina Probe \u00a0 \u00a0 \u00a0 \u00a0 Jan Muster

Vorsitzende \u00a0 \u00a0 \u00a0 \u00a0 Schatzmeister

Der neue Steg

Der Steg am Morgen

Er ist 42 m lang und aus "bester" Eiche. Vom 3.-5. Mai wird gefeiert, an jedem Abend bis zehn.

Lesen Sie mehr über den Steg:\u00a0Link
"""
STEG = "editions/2027-05/20-neue-steg.txt"


@pytest.fixture
def paste(desk: Desk) -> Path:
    file = desk.folder / "paste.txt"
    file.write_text(PASTE, encoding="utf-8")
    return file


def test_a_paste_becomes_an_edition_that_can_be_built_as_a_draft(desk: Desk, paste: Path) -> None:
    done = desk.run("import", str(paste))
    assert "none lost" in done.out
    assert "A loose line was read as a heading. I101\n    line 13   „Der neue Steg“\n" in done.out
    assert (desk.folder / STEG).read_text("utf-8") == (
        "Title: Der neue Steg\nKind: brief\n\n"
        "![‹Was ist zu sehen?›](images/‹Bild›.jpg)\nDer Steg am Morgen\n\n"
        "Er ist 42\u00a0m lang und aus „bester“ Eiche. Vom 3.–5. Mai wird gefeiert, an jedem Abend bis zehn.\n\n"
        "[Mehr über den Steg]()\n"
    ).replace("Kind: brief", "Kind: report")
    assert (desk.folder / "editions/2027-05/edition.txt").read_text("utf-8") == (
        "Title: Uferpost Mai 2027\nDate: 2027-05-01\nLanguage: de\nGreeting: Liebe Mitglieder,\n"
    )
    built = desk.run("build", "2027-05")
    assert "C105" in built.err and "C114" in built.err
    html = (desk.folder / "build/2027-05/newsletter.html").read_text("utf-8")
    assert "‹Bild fehlt›" in html and "Mehr über den Steg ‹Link fehlt›" in html


def test_importing_again_changes_nothing_and_an_edited_file_is_never_written_over(
    desk: Desk, paste: Path
) -> None:
    desk.run("import", str(paste))
    again = desk.run("import", str(paste))
    assert "holds this text already" in again.out
    edited = desk.folder / STEG
    edited.write_text("Title: Mein Steg\n\nMeins.\n", encoding="utf-8")
    (desk.folder / "editions/2027-05/10-editorial.txt").unlink()
    refused = desk.run("import", str(paste), expect=1)
    assert "20-neue-steg.txt was changed" in refused.err and "Traceback" not in refused.err
    assert edited.read_text("utf-8") == "Title: Mein Steg\n\nMeins.\n"
    assert not (desk.folder / "editions/2027-05/10-editorial.txt").exists()


def test_diff_shows_every_edit_with_its_rule_and_writes_nothing(desk: Desk, paste: Path) -> None:
    done = desk.run("import", "--diff", str(paste))
    assert "T201" in done.out and "der Hafen[⍽→ ]am Ostbecken" in done.out
    assert "Verwaltungs[-→]gebäude" in done.out
    assert "T301: A hyphen was left inside a word by a line break." in done.out
    assert not (desk.folder / "editions/2027-05").exists()


def test_standard_input_and_a_name_of_ones_own(desk: Desk, paste: Path) -> None:
    command = [*COMMAND, "import", "-", "2028-01"]
    environment = clean_environment()
    subprocess.run(
        command, cwd=desk.folder, env=environment, input=paste.read_bytes(), capture_output=True, check=True
    )
    assert "Date: 2027-05-01" in (desk.folder / "editions/2028-01/edition.txt").read_text("utf-8")


def test_patterns_of_new_make_room_if_nobody_wrote_in_them(desk: Desk, paste: Path) -> None:
    desk.run("new", "2027-05")
    done = desk.run("import", str(paste))
    names = {path.name for path in (desk.folder / "editions/2027-05").glob("*.txt")}
    assert names == {"edition.txt", "10-editorial.txt", "20-neue-steg.txt"}
    assert "Untouched pattern removed: editions/2027-05/20-report.txt" in done.out


def test_an_edition_that_has_other_texts_is_left_alone(desk: Desk, paste: Path) -> None:
    desk.run("new", "2027-05")
    (desk.folder / "editions/2027-05/20-report.txt").write_text("Title: Meins\n\nText.\n", encoding="utf-8")
    refused = desk.run("import", str(paste), expect=1)
    assert "20-report.txt is a text of this edition already" in refused.err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "There is no text in it"),
        (b"\xd0\xcf\x11\xe0", "old Word"),
        (b"PK\x03\x04", "cannot be read as a document of Word"),
        (b"Nur ein Satz ohne Monat.", "does not say which month"),
        (b'# Brief Mai 2027\n\n## A\n\n[x](https://example.org "verborgen")', "would be lost"),
    ],
)
def test_what_cannot_be_imported_is_refused_in_a_sentence(desk: Desk, content: bytes, said: str) -> None:
    file = desk.folder / "paste.txt"
    file.write_bytes(content)
    refused = desk.run("import", str(file), expect=1)
    assert said in refused.err
    assert "bug" not in refused.err.lower() and "Traceback" not in refused.err
    assert not (desk.folder / "editions/2027-05").exists()


def test_a_file_that_does_not_exist_is_wrong_use(desk: Desk) -> None:
    desk.run("import", "nowhere.txt", expect=2)


def test_a_language_goes_into_its_folder_where_there_are_several(desk: Desk, paste: Path) -> None:
    settings_file = desk.folder / "isa-mail.toml"
    settings_file.write_text(settings_file.read_text("utf-8").replace('["de"]', '["de", "zh"]'), "utf-8")
    desk.run("import", str(paste))
    assert (desk.folder / "editions/2027-05/de/edition.txt").is_file()


def test_documents_in_two_languages_keep_their_pictures_apart_and_share_those_that_are_the_same(
    desk: Desk,
) -> None:
    settings_file = desk.folder / "isa-mail.toml"
    settings_file.write_text(settings_file.read_text("utf-8").replace('["de"]', '["de", "zh"]'), "utf-8")
    document = Path(__file__).parents[2] / "bench/proof/rundbrief.docx"
    pictures = desk.folder / "editions/2027-10/images"
    desk.run("import", str(document), "--language", "de")
    desk.run("import", str(document), "--language", "zh")
    assert len(list(pictures.iterdir())) == 1
    other = desk.folder / "other.docx"
    with zipfile.ZipFile(document) as source, zipfile.ZipFile(other, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name) + b"." * name.endswith(".png"))
    shutil.rmtree(desk.folder / "editions/2027-10/zh")
    desk.run("import", str(other), "--language", "zh")
    assert len(list(pictures.iterdir())) == 2


PIECES = st.sampled_from(
    [
        *" \n\n\n\"'„“”–-.,:;!?*_#>|`[](){}\\&07aÄß字，。：“",
        "\u00a0",
        "Wort",
        "Tina Probe",
        "## Kopf\n",
        "- Punkt\n",
        "1. eins\n2. zwei\n",
        "**fett**",
        "[x](https://example.org)",
        "![a](b.jpg)\n",
        "Mehr über X: Link\n",
        "Frage: Was?\n",
        "Probe: Ja.\n",
        "Liebe Leute,\n",
        "Herzliche Grüße\n",
        "{{ x }}",
        "```\n",
        "&amp;",
        "Fertigungs-industrie",
        "„Ein Zitat, das lang genug ist, damit es als eines gelten kann, und noch ein wenig mehr.“",
    ]
)


@given(st.lists(PIECES, max_size=30).map("".join) | st.text(max_size=60))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_imported_without_a_loss_or_refused_in_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    root = tmp_path_factory.getbasetemp() / "any"
    root.mkdir(exist_ok=True)
    (root / "isa-mail.toml").write_text(SETTINGS, encoding="utf-8")
    workspace = find_workspace(root, {})
    try:
        prepared = importing.prepare(
            workspace,
            read_settings(workspace.settings_file),
            text.encode("utf-8", "replace"),
            file="paste.txt",
            edition="2027-05",
            language=None,
        )
    except ContentError as error:
        assert error.hint
        assert "no text" in error.message or "##" in text or "unknown" in error.message
    else:
        assert prepared.words == len(prepared.imported.words) >= prepared.left_out
