"""The letter's own words."""

from datetime import date

import pytest

from isa_mail.typography.words import long_date, month_and_year, words

LANGUAGES = ("de", "en", "zh")


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("de", "30. September 2026"),
        ("en", "30 September 2026"),
        ("zh", "2026年9月30日"),
        ("fr", "30 September 2026"),
    ],
)
def test_dates_read_as_in_running_text(language: str, expected: str) -> None:
    assert long_date(date(2026, 9, 30), language) == expected


def test_all_twelve_months_have_names() -> None:
    names = {
        language: [month_and_year(date(2026, month, 1), language) for month in range(1, 13)]
        for language in LANGUAGES
    }
    assert all(len(set(each)) == 12 for each in names.values())
    assert names["de"][2] == "März 2026"
    assert names["en"][11] == "December 2026"
    assert names["zh"][0] == "2026年1月"


def test_every_language_says_everything_and_keeps_its_blanks_to_fill() -> None:
    for language in LANGUAGES:
        own = words(language)
        assert all(own)
        assert own.issue.count("%s") == own.because.count("%s") == 1
    assert len({words(language).contents for language in LANGUAGES}) == 3
    assert words("pl") == words("en")
