"""The letter's own words in its three languages, and its dates.

    words("de").contents -> "In dieser Ausgabe"; long_date(date(2026, 9, 30), "de") -> "30. September 2026"

Pure. Read by `render/`; staff never have to type these.
"""

from datetime import date
from typing import NamedTuple

from isa_mail.typography.months import MONTHS


class Words(NamedTuple):
    """What the letter says by itself, in one language."""

    issue: str  # with %s for the number
    contents: str
    picture: str
    picture_missing: str
    link_missing: str
    events: str  # caption of the table of events
    because: str  # with %s for the reader's address
    unsubscribe: str
    imprint: str
    web_version: str
    colon: str
    attribution: str  # the dash before the speaker of a quotation, in the text part


_WORDS = {
    "de": Words(
        issue="Ausgabe %s",
        contents="In dieser Ausgabe",
        picture="Bild",
        picture_missing="‹Bild fehlt›",
        link_missing="‹Link fehlt›",
        events="Datum, Veranstaltung, Ort",
        because="Sie erhalten diesen Newsletter, weil %s in unserem Verteiler steht.",
        unsubscribe="Newsletter abbestellen",
        imprint="Impressum",
        web_version="Im Browser ansehen",
        colon=":",
        attribution="– ",
    ),
    "en": Words(
        issue="Issue %s",
        contents="In this issue",
        picture="Picture",
        picture_missing="‹picture missing›",
        link_missing="‹link missing›",
        events="Date, event, place",
        because="You are receiving this newsletter because %s is on our mailing list.",
        unsubscribe="Unsubscribe from this newsletter",
        imprint="Legal notice",
        web_version="View in your browser",
        colon=":",
        attribution="— ",
    ),
    "zh": Words(
        issue="第%s期",
        contents="本期内容",
        picture="图片",
        picture_missing="‹缺图片›",
        link_missing="‹缺链接›",
        events="日期、活动、地点",
        because="您收到本通讯，是因为您的邮箱（%s）在我们的收件人名单中。",
        unsubscribe="退订本通讯",
        imprint="出版信息",
        web_version="在浏览器中查看",
        colon="：",
        attribution="——",
    ),
}


def words(language: str) -> Words:
    """Look up a language's words; one we do not know gets English, which most readers can place."""
    return _WORDS.get(language, _WORDS["en"])


def long_date(day: date, language: str) -> str:
    """Write a date as running text has it: 30. September 2026, 30 September 2026, 2026年9月30日."""
    if language == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    if language == "de":
        return f"{day.day}. {MONTHS['de'][day.month - 1]} {day.year}"
    return f"{day.day} {MONTHS['en'][day.month - 1]} {day.year}"


def month_and_year(day: date, language: str) -> str:
    """Write the month that an edition is named after: September 2026, 2026年9月."""
    if language == "zh":
        return f"{day.year}年{day.month}月"
    months = MONTHS.get(language, MONTHS["en"])
    return f"{months[day.month - 1]} {day.year}"
