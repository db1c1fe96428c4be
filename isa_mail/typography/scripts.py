"""The script that a character is written in, and the language that a text is in.

    "，" -> Chinese    "Das Boot liegt am Kai." -> "de"    "船" among German lines -> "zh"

Pure. A language can be told from its script and its commonest words.
"""

import re

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
