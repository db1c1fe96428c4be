"""What is readable and yet probably wrong: text in the wrong encoding, and domains with a slip of the finger.

    "MÃ¼ller" -> "Müller"    "Karl ??" -> damaged    "gmial.com" -> "gmail.com"    "t-onlin.de" -> "t-online.de"

Pure. These are warnings, never refusals and never corrections: there may be a Mr. Ã, and somebody owns gmial.com.
"""

import re
from functools import cache, lru_cache

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


@lru_cache(10_000)
def provider_meant(domain: str) -> str | None:
    """Say of a domain in lower case which mail provider's it is one slip away from; None: it is not.

    Remembered, since most of a million people share their domains.
    """
    if domain in _PROVIDERS or domain in _REAL:
        return None
    name, _, ending = domain.rpartition(".")
    if (meant := f"{name}.{_ENDINGS.get(ending)}") in _PROVIDERS:
        return meant
    if "." not in name:
        for right in _names_with(ending):
            if -2 < len(name) - len(right) < 2 and _is_one_letter_off(name, right):
                return f"{right}.{ending}"
    return None


@cache
def _names_with(ending: str) -> tuple[str, ...]:
    """Give what stands before the ending in providers' domains, where that is long enough to be mistyped."""
    split = (provider.rpartition(".") for provider in _PROVIDERS)
    return tuple(name for name, _, its_ending in split if its_ending == ending and len(name) >= _SHORTEST)


def _is_one_letter_off(word: str, right: str) -> bool:
    """Whether one letter is missing, too many or another, or two beside each other have changed places."""
    same = 0
    for typed, meant in zip(word, right, strict=False):
        if typed != meant:
            break
        same += 1
    word, right = word[same:], right[same:]
    swapped = word[1:2] + word[:1] + word[2:]
    return word[1:] == right[1:] or word[1:] == right or word == right[1:] or swapped == right
