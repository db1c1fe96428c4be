"""By which words German, English and Chinese newsletters show what a line is.

    greets("Liebe Mitglieder,") -> True    closes("Mit herzlichen Grüßen") -> True    is_loose("Der neue Steg") -> True

Pure. Questions about one line's text, a line of a pattern for each language; `links.py` has those about links, and what
stands around a line is asked in `sections.py`.
"""

import re
from datetime import date

from isa_mail.typography.months import MONTH_NUMBERS
from isa_mail.typography.scripts import is_ideograph

_GREETING = re.compile(
    r"(?:(?:Liebe[rs]?|Sehr (?:geehrte|verehrte)[rs]?|Verehrte|Werte|Guten Tag|Hallo|Moin|Grüß Gott)\b"
    r"|(?:Dear|Hello|Ladies and)\b"
    r"|尊敬的|亲爱的|敬爱的|各位|您好|大家好).{0,140}[,，:：!！]",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"(?:Mit (?:\w+ ){0,3}(?:Grüßen|Gruß|Wünschen)|(?:Herzlich|Viel|Best|Freundlich|Schön|Lieb)e (?:\w+ )?Grüße"
    r"|Herzlichst|Hochachtungsvoll|Es grüß(?:t|en)\b.{0,40}|Ihre?|Eure?"
    r"|(?:With )?(?:[Kk]ind|[Bb]est|[Ww]arm)(?:est)? (?:regards|wishes)"
    r"|Yours (?:sincerely|faithfully|truly)|Sincerely(?: yours)?|(?:With )?[Bb]est"
    r"|此致(?:敬礼)?|敬礼|顺颂.{2,6}|谨致问候|致以.{0,12}(?:问候|敬意)|祝好|敬上)"
    r"(?:\s+(?:aus|from|für|for|und|zum|an)\s.{1,60})?[,，!！。.]?",
)
_END_MARK = re.compile(r"[.!?…:;,。！？：；，、][\"“”‘’«»)\]）」』]*$")
_CAPTION = re.compile(
    r"\b(?:Fotos?|Bild(?:er)?|Abb(?:ildung)?|Photos?|Picture|Image|Credit)\b\.?\s?[:(]|\((?:Fotos?|Bild|Photo)\b"
    r"|v\.\s?l\.(?:\s?n\.\s?r\.)?|von links|from left|left to right"
    r"|(?:^|\s)bei (?:seiner|ihrer|der) (?:Rede|Ansprache|Begrüßung|Eröffnung|Übergabe|Unterzeichnung)"
    r"|\bim Gespräch mit\b|\bduring (?:his|her) (?:speech|talk)"
    r"|摄影|照片|图片|图：|（图|^图|从左至右|左起",
)
_INTERVIEW = re.compile(
    r"Interview|Gespräch\b|\bsprach(?:en)?\b.{0,60}\bmit\b"
    r"|\binterviewed\b|\bspoke (?:to|with)\b|\btalked to\b"
    r"|访谈|采访|专访|对话|问答",
    re.IGNORECASE,
)
_NAMES_INTERVIEW = re.compile(r"Interview|Im Gespräch|Gespräch|\w+ Fragen|访谈|专访|对话")
_EVENTS = re.compile(
    r"(?:Die nächsten |Unsere |Weitere |Kommende )?(?:Termine|Veranstaltungen)\b|Terminvorschau|Terminkalender"
    r"|(?:Upcoming )?(?:Events|Dates)\b|Calendar|Save the date"
    r"|(?:近期)?活动(?:预告)?|日程|会议安排",
    re.IGNORECASE,
)
_EVENT = re.compile(
    r"(?:\d{1,2}\.(?:\s?(?:[–-]|und|bis)\s?\d{1,2}\.)?\s?(?:\d{1,2}\.|[A-Z][a-zä]+)\s?(?:\d{4})?"
    r"|\d{1,2}(?:[–-]\d{1,2})? [A-Z][a-z]+(?: \d{4})?|[A-Z][a-z]+ \d{1,2}(?:[–-]\d{1,2})?(?:, \d{4})?"
    r"|(?:\d{4}年)?\d{1,2}月\d{1,2}日?(?:[—至–-]+(?:\d{1,2}月)?\d{1,2}日)?)\s?[:：]\s?\S.+"
)
_NOTICE = re.compile(
    r"\w*(?:Bericht|Studie|Broschüre|Leitfaden|Publikation|Veröffentlichung|Jahrbuch|Handbuch"
    r"|Report|Study|Brochure|Guide|Publication|Handbook)\b"
    r"|.*(?:报告|手册|白皮书|研究|指南)",
)
_VOICES = re.compile(r"\b(?:Stimmen|Zitate|Meinungen|Voices|Quotes)\b|声音|感言|心声", re.IGNORECASE)
_TURN = re.compile(r"(?P<speaker>[^:：.!?。！？„“\"]{1,50})[:：]\s*(?P<words>\S.*)", re.DOTALL)
_NOT_SPEAKERS = re.compile(
    r"(?:Lesen|Mehr|Weitere|Informationen|Hier|Anmeldung|Kontakt|Ort|Datum|Termin|Zeit|Tel|Telefon|Fax|Adresse"
    r"|E-?Mail|Mail|Web|Internet|https?|mailto|Foto|Bild|Photo"
    r"|Read|More|Find|Contact|Phone|Venue|Date|Place)\b"
    r"|阅读|点击|更多|了解|查看|联系|电话|地点|时间|网址|详情|图片|摄影",
    re.IGNORECASE,
)
_ASKED = re.compile(r"(?:Frage|Antwort|Question|Answer|Q|A|F|问|答|记者)(?:\s?\d+)?")
_DATE = re.compile(
    r"(?:(?P<day>\d{1,2})\.?\s)?\b(?P<month>[A-Za-zä]{3,9})\s(?P<year>(?:19|20)\d\d)\b|"
    r"\b(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?(?P<y>(?:19|20)\d\d)\b|"
    r"(?P<zy>(?:19|20)\d\d)年(?P<zm>\d{1,2})月(?:(?P<zd>\d{1,2})日)?"
)
_NUMBER = re.compile(
    r"(?:Ausgabe|Nummer|Nr\.|Heft|Issue|No\.|Number|Edition)\s?(?P<number>\d+(?:\s?/\s?\d{2,4})?)|"
    r"第(?P<chinese>\d+)期"
)


def mostly_chinese(text: str) -> bool:
    """Say whether a text has Chinese characters enough to be measured by them."""
    return sum(map(is_ideograph, text)) > len(text) / 3


def greets(text: str) -> bool:
    """Say whether a line greets the readers."""
    return len(text) <= 160 and _GREETING.fullmatch(text) is not None


def closes(text: str) -> bool:
    """Say whether a line is the closing formula of a letter."""
    return _CLOSING.fullmatch(text) is not None


def ends(text: str) -> bool:
    """Say whether a line ends as a sentence does."""
    return _END_MARK.search(text) is not None


def is_loose(text: str) -> bool:
    """Say whether a line is short and has no end mark, as headings and captions."""
    longest, words = (36, 99) if mostly_chinese(text) else (120, 16)
    return (
        len(text) <= longest and len(text.split()) <= words and not ends(text) and any(map(str.isalnum, text))
    )


def asks_or_calls(text: str) -> bool:
    """Say whether a line is a short question or exclamation, as some headings are."""
    return (
        len(text) <= (24 if mostly_chinese(text) else 70)
        and re.search(r"[^.!?。][?!？！]$", text) is not None
    )


def is_caption(text: str) -> bool:
    """Say whether a line speaks as captions do."""
    return _CAPTION.search(text) is not None


def announces_interview(text: str) -> bool:
    return _INTERVIEW.search(text) is not None


def names_interview(text: str) -> bool:
    """Say whether a line that announces an interview is its heading, and no sentence that leads to it."""
    return _NAMES_INTERVIEW.match(text) is not None


def turn(text: str) -> re.Match[str] | None:
    """Match a line that opens with a speaker: its groups are `speaker` and `words`."""
    found = _TURN.fullmatch(text)
    if found is None or _NOT_SPEAKERS.match(found["speaker"]):
        return None
    speaker = found["speaker"].strip()
    first = speaker[:1]
    known = _ASKED.fullmatch(speaker) is not None
    if not known and (not (first.isupper() or is_ideograph(first)) or len(speaker.split()) > 5):
        return None
    return found


def is_events_title(text: str) -> bool:
    return _EVENTS.match(text) is not None


def is_event(text: str) -> bool:
    """Say whether a line is `16.–19. Oktober: title`."""
    return _EVENT.fullmatch(text) is not None


def is_notice_title(text: str) -> bool:
    return _NOTICE.match(text) is not None


def is_voices_title(text: str) -> bool:
    return _VOICES.search(text) is not None


def find_number(text: str) -> str:
    """Find the number of the issue; "" if none is named."""
    found = _NUMBER.search(text)
    return (found["number"] or found["chinese"]).replace(" ", "") if found else ""


def is_only_number_and_date(text: str) -> bool:
    """Say whether a line below the title holds the issue's number or date and nothing else."""
    rest = _DATE.sub("", _NUMBER.sub("", text))
    return rest != text and not re.search(r"\w", re.sub(r"\b(?:vom|of|from|im)\b", "", rest))


def find_date(text: str) -> tuple[date, bool] | None:
    """Find a date, and say whether it names its day; without one it is the first of the month."""
    for found in _DATE.finditer(text):
        month = MONTH_NUMBERS.get((found["month"] or "").casefold()) or int(found["m"] or found["zm"] or 0)
        year = int(found["year"] or found["y"] or found["zy"])
        day = found["day"] or found["d"] or found["zd"]
        try:
            return date(year, month, int(day or 1)), day is not None
        except ValueError:
            continue
    return None
