"""Half-width marks between Chinese characters: T601.

    "大家好,欢迎!" -> "大家好，欢迎！"

Pure. Only where a Chinese character stands before the mark, and a Chinese one or nothing behind it: 3.5, Wi-Fi and
addresses keep their marks.
"""

import re
from collections.abc import Iterator

from isa_mail.typography.change import Change
from isa_mail.typography.scripts import is_chinese, is_ideograph

_FULL_WIDTH = {",": "，", ".": "。", ":": "：", ";": "；", "!": "！", "?": "？"}
_MARK = re.compile(r"(?P<mark>[,.:;!?])[ ]?(?=(?P<behind>[^\s,.:;!?])|\s*$)")
_BRACKETS = re.compile(r"\((?P<inside>[^()\n]{1,60})\)")


def chinese_changes(line: str, language: str) -> Iterator[Change]:
    """Find half-width marks in a line of Chinese text."""
    if language != "zh":
        return
    for found in _MARK.finditer(line):
        before = line[: found.start()].rstrip("”’》）\"'")[-1:]
        behind = found["behind"]
        if is_ideograph(before) and (behind is None or is_ideograph(behind) or behind in "“‘《（"):
            yield Change(found.start(), found.end(), _FULL_WIDTH[found["mark"]], "T601")
    for found in _BRACKETS.finditer(line):
        if is_chinese(line[found.start() - 1 : found.start()]) and any(map(is_ideograph, found["inside"])):
            yield Change(found.start(), found.start() + 1, "（", "T601")
            yield Change(found.end() - 1, found.end(), "）", "T601")
