"""What is readable and yet probably wrong: text in the wrong encoding, and domains with a slip of the finger.

    "MÃ¼ller" -> "Müller"    "Karl ??" -> damaged    "gmial.com" -> "gmail.com"    "t-onlin.de" -> "t-online.de"

Pure. These are warnings, never refusals and never corrections: there may be a Mr. Ã, and somebody owns gmial.com.
"""

import re
from collections.abc import Mapping
from functools import cache

# A character that stands for the first octet of a UTF-8 sequence, then one that stands for the next.
_MOJIBAKE = re.compile("[\u00c2-\u00f4][\u0080-\u00bf\u20ac\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160"
                       "\u2039\u0152\u017d\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153"
                       "\u017e\u0178]")  # fmt: skip
_LOST = re.compile("\ufffd|\\?{2}|\\w\\?\\w")

_PROVIDERS = (
    *("gmail.com", "googlemail.com", "hotmail.com", "hotmail.de", "outlook.com", "outlook.de", "icloud.com"),
    *(
        "yahoo.com",
        "yahoo.de",
        "t-online.de",
        "freenet.de",
        "posteo.de",
        "mailbox.org",
        "arcor.de",
        "live.com",
    ),
    *(
        "web.de",
        "gmx.de",
        "gmx.net",
        "gmx.at",
        "gmx.ch",
        "aol.com",
        "aol.de",
        "mail.de",
        "mail.com",
        "me.com",
    ),
    *(
        "163.com",
        "126.com",
        "qq.com",
        "sina.com",
        "sina.cn",
        "sohu.com",
        "foxmail.com",
        "aliyun.com",
        "139.com",
    ),
)
_REAL = ("email.com", "ymail.com", "cloud.com", "arco.de")  # one letter from the ones above, and somebody's
_SHORTEST = 5  # letters of a name before the dot: one letter away from "gmx" there are too many real ones
_ENDINGS = {"con": "com", "cmo": "com", "ocm": "com", "comm": "com", "dee": "de", "ed": "de"}
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789-"


def may_be_damaged(text: str) -> bool:
    """Say at once of most texts that the two questions below need not be asked."""
    return _MOJIBAKE.search(text) is not None or lost_characters(text)


def repaired(text: str) -> str | None:
    """Return what a text was before its UTF-8 was read as Windows-1252; None if it looks sound."""
    if not _MOJIBAKE.search(text):
        return None
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return None


def lost_characters(text: str) -> bool:
    """Say whether characters were replaced by question marks, as when Chinese is saved as plain CSV."""
    return ("?" in text or "\ufffd" in text) and _LOST.search(text) is not None


@cache
def slips_of_providers() -> Mapping[str, str]:
    """Give every domain that is one slip away from a mail provider's, with that: {"gmial.com": "gmail.com", …}.

    All in lower case; some 15,000, so that a million look-ups take no time.
    """
    slips: dict[str, str] = {}
    for domain in _PROVIDERS:
        name, _, ending = domain.rpartition(".")
        slips |= {f"{name}.{wrong}": domain for wrong, right in _ENDINGS.items() if right == ending}
        if len(name) >= _SHORTEST:
            slips |= {f"{wrong}.{ending}": domain for wrong in _one_letter_off(name)}
    for domain in (*_PROVIDERS, *_REAL):
        slips.pop(domain, None)
    return slips


def _one_letter_off(word: str) -> set[str]:
    splits = [(word[:n], word[n:]) for n in range(len(word) + 1)]
    left_out = {head + tail[1:] for head, tail in splits if tail}
    swapped = {head + tail[1] + tail[0] + tail[2:] for head, tail in splits if len(tail) > 1}
    replaced = {head + letter + tail[1:] for head, tail in splits if tail for letter in _LETTERS}
    added = {head + letter + tail for head, tail in splits for letter in _LETTERS}
    return left_out | swapped | replaced | added
