"""The names that people give to languages, as codes.

    "Deutsch" -> "de"    "zh-CN" -> "zh"    "中文" -> "zh"

Pure. Section files, lists and isa-mail.toml all ask here, so that one word means one thing everywhere.
"""

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
