"""The names that people give to languages, as codes; and what language a text is in.

    "Deutsch" -> "de"    "zh-CN" -> "zh"    "中文" -> "zh"

Pure. Section files, lists and isa-mail.toml all ask here, so that one word means one thing everywhere. Which language
a text is in can be told from its script and its commonest words.
"""

import re

LANGUAGES = ("de", "zh", "en")
"""The languages that a letter can be written in."""

OWN_NAMES = {"de": "Deutsch", "zh": "中文", "en": "English"}
"""Each language in its own words, as its readers look for it."""

_NAMES = {
    "de": ("de", "ger", "deu", "deutsch", "german", "德语", "德文"),
    "zh": ("zh", "cn", "chi", "zho", "chinesisch", "chinese", "中文", "汉语", "漢語", "简体中文", "普通话"),
    "en": ("en", "eng", "englisch", "english", "英语", "英文"),
}
_CODES = {name: code for code, names in _NAMES.items() for name in names}


def language_code(text: str) -> str | None:
    """Read a language as people write it, region and case aside; None if it is none of LANGUAGES."""
    name = text.strip().casefold().replace("_", "-")
    return _CODES.get(name) or _CODES.get(name.split("-")[0])


_CHINESE = re.compile(
    "[\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"
)
_IDEOGRAPH = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_LATIN_WORD = re.compile(r"[^\W\d_\u2e80-\U0010ffff]+")
_GERMAN_WORDS = frozenset(
    "der die das und ist nicht ein eine von mit zu den auf für im dem sich auch werden wir sie wird bei zum zur".split()
)
_ENGLISH_WORDS = frozenset(
    "the and of to in is that for with on as are was by this it be at from our we you".split()
)


def is_chinese(char: str) -> bool:
    """Say whether a character is Chinese, full-width punctuation included."""
    return _CHINESE.match(char) is not None


def is_ideograph(char: str) -> bool:
    """Say whether a character is a Chinese character, punctuation excluded."""
    return _IDEOGRAPH.match(char) is not None


def language_of_line(line: str, language: str) -> str:
    """Say by which language's rules a line of a text in `language` is set: its script decides.

    A line with more Chinese characters than words in Latin letters is Chinese; one without any is not.
    """
    characters, words = len(_IDEOGRAPH.findall(line)), len(_LATIN_WORD.findall(line))
    if characters:
        return "zh" if characters > words else (language if language != "zh" else "en")
    return "en" if language == "zh" and words else language


def guess_language(text: str) -> str:
    """Guess the language of a text: by its script, then by its commonest words; German if nothing speaks."""
    if len(_IDEOGRAPH.findall(text)) > len(_LATIN_WORD.findall(text)) / 2:
        return "zh"
    words = [word.casefold() for word in _LATIN_WORD.findall(text)]
    german = sum(word in _GERMAN_WORDS for word in words)
    return "en" if sum(word in _ENGLISH_WORDS for word in words) > german else "de"
