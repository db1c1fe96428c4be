"""isa-mail.toml: what is understood, and the sentence and line for everything that is not."""

from pathlib import Path

import pytest

from isa_mail.errors import SettingsError
from isa_mail.model.publication import Colours, DeliverySettings, Mailbox
from isa_mail.workspace.settings import Settings, read_settings

GOOD = """\
name = "Stadtbrief"
sender = "Städtebund <brief@example.org>"
list_id = "brief.example.org"
imprint = '''
Städtebund e. V.
Hafenstraße 1'''
"""


def read(tmp_path: Path, text: str) -> Settings:
    path = tmp_path / "isa-mail.toml"
    path.write_text(text, encoding="utf-8")
    return read_settings(path)


def refused(tmp_path: Path, text: str) -> SettingsError:
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, text)
    assert caught.value.hint
    return caught.value


def test_the_least_that_is_needed_gets_sound_defaults(tmp_path: Path) -> None:
    settings = read(tmp_path, GOOD)
    assert settings.publication.sender == Mailbox("Städtebund", "brief@example.org")
    assert settings.publication.languages == ("de",)
    assert settings.publication.imprint == "Städtebund e. V.\nHafenstraße 1"
    assert settings.publication.unsubscribe == "brief@example.org"
    assert settings.delivery == DeliverySettings()
    assert (settings.lists, settings.test_to, settings.copy_to) == ((), None, None)


def test_everything_that_can_be_set_is_read(tmp_path: Path) -> None:
    settings = read(
        tmp_path,
        GOOD
        + """
reply_to = "antwort@grünhafen.example"
languages = ["Deutsch", "中文"]
lists = ["mitglieder.csv"]
test_to = "ich@example.org"
copy_to = "archiv@example.org"
logo = "images/logo.png"
[colours]
primary = "#003D5B"
accent = "#b3261e"
[delivery]
messages_per_minute = 0
retry_after_seconds = 60
""",
    )
    assert settings.publication.reply_to == Mailbox("", "antwort@xn--grnhafen-75a.example")
    assert settings.publication.languages == ("de", "zh")
    assert settings.publication.colours == Colours("#003d5b", "#b3261e")
    assert settings.lists == ("mitglieder.csv",)
    assert settings.delivery == DeliverySettings(messages_per_minute=0, retry_after_seconds=60)


def test_a_file_saved_with_a_byte_order_mark_and_windows_line_ends_is_read(tmp_path: Path) -> None:
    path = tmp_path / "isa-mail.toml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert read_settings(path).publication.name == "Stadtbrief"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (GOOD + "replyto = 'a@example.org'\n", 7, "replyto"),
        (GOOD + "[delivery]\npace = 3\n", 8, "pace"),
        (GOOD + "[delivery]\nsessions = 0\n", 8, "sessions"),
        (GOOD + "[delivery]\nmessages_per_minute = '30'\n", 8, "messages_per_minute"),
        (GOOD + "[colours]\nprimary = 'blue'\n", 8, "primary"),
        (GOOD + "colours = 'blue'\n", 7, "colours"),
        (GOOD + "languages = ['Klingonisch']\n", 7, "Klingonisch"),
        (GOOD + "lists = 'mitglieder.csv'\n", 7, "lists"),
        (GOOD + "test_to = 'niemand'\n", 7, "test_to"),
        (GOOD.replace("brief@example.org", "brief at example.org"), 2, "sender"),
        (GOOD.replace('"brief.example.org"', '"no list id"'), 3, "no list id"),
        (GOOD.replace('name = "Stadtbrief"', "name = Stadtbrief"), 1, "TOML"),
        (GOOD.replace('name = "Stadtbrief"', "name = 7"), 1, "name"),
        (GOOD.replace('name = "Stadtbrief"', 'name = "Stadt\\r\\nBcc: a@example.org"'), 1, "name"),
        (GOOD.replace('name = "Stadtbrief"\n', ""), None, "name is missing"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_line(
    tmp_path: Path, text: str, line: int | None, said: str
) -> None:
    error = refused(tmp_path, text)
    assert said in error.message
    assert error.place is not None
    assert (error.place.file, error.place.line) == ("isa-mail.toml", line)


@pytest.mark.parametrize(
    ("name", "colour", "ratio", "near"),
    [
        ("primary", "#7FB2C8", "2.3", "#417e98"),
        ("accent", "#ffcc00", "1.51", "#907300"),
        ("accent", "#777777", "4.47", "#767676"),
    ],
)
def test_a_brand_colour_that_cannot_be_read_on_white_is_refused_with_its_figure_and_a_near_one_that_can(
    tmp_path: Path, name: str, colour: str, ratio: str, near: str
) -> None:
    error = refused(tmp_path, GOOD + f"[colours]\n{name} = '{colour}'\n")
    assert error.message == (
        f'{name} "{colour.lower()}" has a contrast of {ratio} to 1 with white; at least 4.5 is needed.'
    )
    assert error.hint == f'A near one that passes: "{near}".'
    assert str(error.place) == "isa-mail.toml:8"
    publication = read(tmp_path, GOOD + f"[colours]\n{name} = '{near}'\n").publication
    assert getattr(publication.colours, name) == near


@pytest.mark.parametrize(
    ("typed", "read_as"),
    [
        ("https://www.example.org/newsletter/", "https://www.example.org/newsletter/"),
        ("https://www.example.org/newsletter", "https://www.example.org/newsletter/"),
        ("https://www.example.org", "https://www.example.org/"),
        ("https://WWW.Grünhafen.example:8443/Städte Brief/", "https://www.xn--grnhafen-75a.example:8443/St%C3%A4dte%20Brief/"),
        ("https://www.example.org/a%20b/", "https://www.example.org/a%20b/"),
    ],
)  # fmt: skip
def test_the_address_on_the_web_is_read_as_a_folder_that_every_program_can_open(
    tmp_path: Path, typed: str, read_as: str
) -> None:
    publication = read(tmp_path, GOOD + f'web_address = "{typed}"\n').publication
    assert publication.web_address == read_as
    assert not publication.linked_pictures


@pytest.mark.parametrize(
    "typed",
    [
        "http://www.example.org/",  # mail programs and browsers show no picture that comes in the clear
        "www.example.org/newsletter/",
        "ftp://www.example.org/",
        "https://",
        "https:///newsletter/",
        "https://www.example.org/?page=7",
        "https://www.example.org/#top",
        "https://ines:geheim@www.example.org/",
        "https://www..example.org/",
        "//www.example.org/",
        "newsletter",
    ],
)
def test_an_address_on_the_web_that_is_no_https_folder_is_refused(tmp_path: Path, typed: str) -> None:
    error = refused(tmp_path, GOOD + f'web_address = "{typed}"\n')
    assert "https" in error.message
    assert str(error.place) == "isa-mail.toml:7"


def test_pictures_are_embedded_or_linked_and_linked_ones_need_a_place_on_the_web(tmp_path: Path) -> None:
    place = 'web_address = "https://www.example.org/"\n'
    assert read(tmp_path, GOOD + place + 'pictures = "linked"\n').publication.linked_pictures
    assert not read(tmp_path, GOOD + place + 'pictures = "embedded"\n').publication.linked_pictures
    assert "web_address" in refused(tmp_path, GOOD + 'pictures = "linked"\n').hint
    assert "embedded" in refused(tmp_path, GOOD + 'pictures = "cid"\n').hint


def test_a_logo_is_found_by_a_path_as_windows_writes_it(tmp_path: Path) -> None:
    assert read(tmp_path, GOOD + "logo = 'images\\logo.png'\n").publication.logo == "images/logo.png"


def test_a_misspelt_key_gets_the_nearest_one_as_a_hint(tmp_path: Path) -> None:
    assert "reply_to" in refused(tmp_path, GOOD + "replyto = 'a@example.org'\n").hint


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "isa-mail.toml").write_bytes(GOOD.encode("utf-16"))
    with pytest.raises(SettingsError, match="UTF-8"):
        read_settings(tmp_path / "isa-mail.toml")


def test_a_language_can_have_a_name_a_sender_and_an_imprint_of_its_own(tmp_path: Path) -> None:
    more = """
languages = ["de", "zh"]
[zh]
name = "城市通讯"
sender = "城市联盟 <zh@example.org>"
imprint = '''
城市联盟
港口街1号'''
"""
    publication = read(tmp_path, GOOD + more).publication
    chinese = publication.in_language("zh")
    assert (chinese.name, chinese.sender) == ("城市通讯", Mailbox("城市联盟", "zh@example.org"))
    assert (chinese.imprint, chinese.unsubscribe) == ("城市联盟\n港口街1号", "zh@example.org")
    assert chinese.list_id == publication.list_id
    assert publication.in_language("de").name == publication.name == "Stadtbrief"


@pytest.mark.parametrize(
    ("more", "line"),
    [
        ('[zh]\nnmae = "城市通讯"', 8),  # Chinese is not among the languages
        ('languages = ["de", "zh"]\n[zh]\nnmae = "城市通讯"', 9),
        ('languages = ["de", "zh"]\n[zh]\n\nsender = "zh"', 10),
        ('languages = ["de", "zh"]\nzh = "城市通讯"', 8),
    ],
)
def test_a_language_table_that_cannot_be_meant_is_refused_with_its_line(
    tmp_path: Path, more: str, line: int
) -> None:
    assert refused(tmp_path, GOOD + more).place.line == line


def test_a_table_of_a_language_that_was_taken_out_stops_nothing_and_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "isa-mail.toml").write_text(GOOD + '[zh]\nname = "城市通讯"', encoding="utf-8")
    publication = read_settings(tmp_path / "isa-mail.toml").publication
    assert (publication.languages, publication.translations) == (("de",), ())
