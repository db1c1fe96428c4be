"""What no rule touches: addresses, the targets of links and pictures, merge fields, code.

    masked("Siehe https://example.org/a--b .") -> "Siehe ████… .", as long as the text

Pure. Rules see the masked line, in which such a stretch is a run of one private character: neither a letter nor a
blank nor a mark, so that no rule finds anything in it or joins it to anything.
"""

import re
from collections.abc import Collection, Sequence

MASK = "\ue000"
"""Stands for each character that no rule may change."""

_UNTOUCHED = re.compile(
    r"""
      \b(?:https?|ftp|mailto|tel|file):[^\s<>"„“”‚‘»«，。；：！？）》]+
    | \bwww\.[^\s<>"„“”‚‘»«，。；：！？）》]+
    | (?<![\w.+-])[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]+(?:\.[\w-]+)+                 # an e-mail address
    | (?<![\w.-])(?:[\w-]{1,63}\.){1,8}                                    # a host and what is below it
      (?:com|org|net|info|eu|de|at|ch|cn|uk|edu|gov|io|test|invalid|example)\b(?:/[^\s<>"„“”)]*)?
    | (?<=\])\((?:<[^<>\n]*>|[^()\n]*(?:\([^()\n]*\)[^()\n]*)*)\)       # the target in [words](target)
    | \{\{(?:(?!\{\{)[^\n])*?\}\}                                                 # {{ merge_field | fallback }}
    | (?P<ticks>`+)[^\n]*?(?<!`)(?P=ticks)(?!`)                        # code
    | \b[A-Za-z]:\\[^\s"„“]+                                          # a path of Windows
    | &\#?\w+;                                                        # a character reference
    """,
    re.VERBOSE | re.IGNORECASE,
)
_CODE_OVER_LINES = re.compile(
    r"(?<![\w`])(`+)(?![\s`])(?:(?!\n[ \t]*\n).){1,500}?(?<!`)\1(?![\w`])", re.DOTALL
)
_ENDS = ".,;:!?'"


def masked(line: str, keep: Collection[str] = ()) -> str:
    """Put MASK in the place of each character that no rule may change; the length stays.

    `keep` names words and phrases of a person's own that are left alone, too.
    """
    line = _UNTOUCHED.sub(_mask, line)
    for words in keep:
        if words.strip() and words in line:
            line = re.sub(rf"(?<!\w){re.escape(words)}(?!\w)", lambda found: MASK * len(found[0]), line)
    return line


def masked_lines(lines: Sequence[str]) -> list[str]:
    """Mask code that begins in one line of a paragraph and ends in another, in lines that are masked by themselves."""
    text = "\n".join(lines)
    if "`" not in text:
        return list(lines)
    return _CODE_OVER_LINES.sub(lambda found: re.sub(r"[^\n]", MASK, found[0]), text).split("\n")


def _mask(found: re.Match[str]) -> str:
    whole = found[0]
    kept = (
        whole if whole[:1] in "({`&" else whole.rstrip(_ENDS)
    )  # the full stop of the sentence is none of an address
    return MASK * len(kept) + whole[len(kept) :]
