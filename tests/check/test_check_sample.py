"""What came with the workspace: the sample edition goes to the example list alone, its settings with itself alone."""

from pathlib import Path

import pytest

from editions import EDITION_TEXT, SETTINGS, Files, findings, picture, two_languages
from isa_mail.model.findings import Severity

ROOT = Path(__file__).parents[2]
SAMPLE_SETTINGS = (ROOT / "isa-mail.toml").read_text(encoding="utf-8")
EXAMPLE = "E-Mail\na@mitglied.test\n"
SAMPLE_EDITION: Files = {
    **two_languages(),
    **{
        f"{each}/edition.txt": (ROOT / f"editions/2026-09/{each}/edition.txt").read_bytes()
        for each in ("de", "zh")
    },
}


def told(folder: Path, changes: Files) -> dict[str, tuple[str, Severity]]:
    """Say what is found about the sample: each message with its code and severity."""
    lists = {"recipients/example.csv": EXAMPLE}
    found = findings(folder, {**lists, **changes})
    return {each.message: (each.code, each.severity) for each in found if each.code.startswith("S")}


def test_each_setting_of_the_sample_is_told_on_an_edition_of_ones_own(tmp_path: Path) -> None:
    logo = {"marke.png": (ROOT / "images/logo.png").read_bytes()}
    settings = SAMPLE_SETTINGS.replace("images/logo.png", "marke.png")
    found = told(tmp_path, {"isa-mail.toml": settings, **two_languages(), **logo})
    for name in ("name", "sender", "reply_to", "list_id", "imprint"):
        assert found[f"{name} is still that of the sample."] == ("S103", Severity.BLOCKS)
    for name in ("logo", "lists", "test_to", "name of [zh]", "sender of [zh]", "imprint of [zh]"):
        assert found[f"{name} is still that of the sample."] == ("S101", Severity.WARNING)
    assert len(found) == 11


def test_a_setting_of_a_language_is_told_with_the_line_in_its_table(tmp_path: Path) -> None:
    lists = {"recipients/example.csv": EXAMPLE}
    found = findings(tmp_path, {"isa-mail.toml": SAMPLE_SETTINGS, **two_languages(), **lists})
    (sender,) = (each for each in found if each.message == "sender of [zh] is still that of the sample.")
    assert SAMPLE_SETTINGS.split("\n")[(sender.place.line or 0) - 1].startswith('sender = "双岸')


def test_the_sample_edition_has_its_own_settings(tmp_path: Path) -> None:
    assert told(tmp_path, {"isa-mail.toml": SAMPLE_SETTINGS, **SAMPLE_EDITION}) == {}


def test_another_name_beside_the_samples_address_makes_it_nobodys_own(tmp_path: Path) -> None:
    sender = 'sender = "Uferpost <newsletter@zwei-ufer.example.org>"'
    found = told(tmp_path, {"isa-mail.toml": SETTINGS.replace(SETTINGS.split("\n")[1], sender)})
    assert list(found) == ["sender is still that of the sample."]


def test_another_logo_under_the_samples_name_is_ones_own(tmp_path: Path) -> None:
    settings = {"isa-mail.toml": f'logo = "marke.png"\n{SETTINGS}'}
    assert told(tmp_path, {**settings, "marke.png": picture()}) == {}


def test_the_sample_edition_is_kept_from_any_list_but_the_example(tmp_path: Path) -> None:
    found = told(tmp_path / "own", {"isa-mail.toml": SETTINGS, **SAMPLE_EDITION})
    assert [code for code, _ in found.values()] == ["S102"]
    assert "members.csv is a list of your own" in next(iter(found))
    example = SETTINGS.replace("members.csv", "example")
    assert told(tmp_path / "example", {"isa-mail.toml": example, **SAMPLE_EDITION}) == {}


@pytest.mark.parametrize("language", ["de", "zh"])
def test_an_edition_of_which_one_language_was_written_anew_is_ones_own(tmp_path: Path, language: str) -> None:
    written = {f"{language}/edition.txt": EDITION_TEXT}
    assert told(tmp_path, {"isa-mail.toml": SETTINGS, **SAMPLE_EDITION, **written}) == {}
