"""Providers' limits: chosen by name, overruled number by number, and told by the name of their server."""

import re
from pathlib import Path

import pytest

from isa_mail.errors import SettingsError
from isa_mail.model.publication import DeliverySettings
from isa_mail.workspace.providers import PROVIDERS, beyond, provider_of
from isa_mail.workspace.settings import read_settings

ROOT = Path(__file__).parents[2]
HEAD = """name = "Uferpost"
sender = "a@ufer.example.org"
list_id = "uferpost.ufer.example.org"
imprint = "Verein der Ufer e. V."

[delivery]
"""


def delivery(tmp_path: Path, lines: str) -> DeliverySettings:
    (tmp_path / "isa-mail.toml").write_text(HEAD + lines, encoding="utf-8")
    return read_settings(tmp_path / "isa-mail.toml").delivery


def test_without_a_provider_the_pace_is_the_careful_one(tmp_path: Path) -> None:
    assert delivery(tmp_path, "") == DeliverySettings()


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_provider_sets_sessions_and_pace(tmp_path: Path, name: str) -> None:
    assert delivery(tmp_path, f'provider = "{name}"') == PROVIDERS[name]


def test_a_number_that_is_given_wins_over_the_provider(tmp_path: Path) -> None:
    found = delivery(tmp_path, 'provider = "gmail"\nmessages_per_day = 500\n')
    assert found == PROVIDERS["gmail"]._replace(messages_per_day=500)


def test_an_unknown_provider_is_refused_with_its_line_and_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        delivery(tmp_path, 'provider = "outlook"')
    assert str(caught.value.place) == "isa-mail.toml:7"
    assert "microsoft365" in caught.value.hint


@pytest.mark.parametrize(
    ("host", "provider"),
    [
        ("smtp.office365.com", "microsoft365"),
        ("SMTP.Office365.com.", "microsoft365"),
        ("smtp.gmail.com", "gmail"),
        ("smtp.ionos.de", "ionos"),
        ("smtp.strato.de", "strato"),
        ("email-smtp.eu-central-1.amazonaws.com", "amazon-ses"),
        ("notgmail.com", None),
        ("mail.example.org", None),
    ],
)
def test_a_provider_is_told_by_its_server(host: str, provider: str | None) -> None:
    assert provider_of(host) == provider


def test_what_asks_more_than_the_provider_allows_is_named() -> None:
    assert beyond(PROVIDERS["microsoft365"], "microsoft365") == ()
    assert beyond(DeliverySettings(messages_per_day=400), "gmail") == ()
    assert beyond(DeliverySettings(sessions=4, messages_per_minute=0), "microsoft365") == (
        "sessions",
        "messages_per_minute",
        "messages_per_day",
    )
    assert beyond(DeliverySettings(sessions=50, messages_per_minute=0), "own") == ("sessions",)


def test_the_page_on_delivery_shows_these_very_numbers_with_a_source() -> None:
    page = (ROOT / "docs" / "delivery.md").read_text(encoding="utf-8")
    rows = {
        row[0]: row[1:]
        for row in re.findall(r"^\| `([\w-]+)` \| (\S+) \| (\S+) \| (\S+) \|", page, re.MULTILINE)
    }
    assert rows == {
        name: tuple(
            f"{number:,}" if number else "–"
            for number in (settings.sessions, settings.messages_per_minute, settings.messages_per_day)
        )
        for name, settings in PROVIDERS.items()
    }
