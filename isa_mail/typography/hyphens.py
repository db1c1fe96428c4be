"""Hyphens that a line break left inside words: T301, T302.

    "der Landes-hauptstadt" -> "der Landeshauptstadt"; "Aus- und Weiterbildung", "Hightech-Zonen" stay

Pure. No dictionary: rules about the two halves, and what the same text tells. A hyphen before a capital or a digit is
never touched. What the rules alone say is a proposal; it is safe where the text has the joined word elsewhere, or where
a joining s (Fertigungs-industrie) leaves no other reading. The trials behind the rules: docs/import.md.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from isa_mail.typography.change import Change

_BROKEN = re.compile(
    r"(?<![\w/.@–-])(?P<left>[^\W\d_]{2,})-(?P<gap>[ \u00a0]?)(?P<right>[^\W\d_]{2,})(?![\w/@-]|\.\w)"
)
_WORD = re.compile(r"[^\W\d_]+")
_HYPHENED = re.compile(r"(?<![^\W_])[^\W_]+(?:-[^\W_]+)+")
_JOINING_S = re.compile(r"(?:ungs|heits|keits|schafts|ions|täts|lings|tums)$")
_VOWEL = re.compile("[aeiouyäöüéèà]", re.IGNORECASE)
_ONSET = re.compile(  # what a German syllable begins with
    r"(?:[bcdfghjklmnpqrstvwxz]?|b[lr]|ch[lrw]?|c[lr]|d[r]|f[lr]|g[lnr]|k[lnrw]|p[flnrs]|pf[lr]|ph[lr]?|qu|r?h|s[cklmnpqtvw]|sch[lmnrw]?"
    r"|scr|spl|spr|str|t[hrsw]|thr|tsch|tz|wr|zw)(?=[aeiouyäöüéèà])",
    re.IGNORECASE,
)
_FUNCTION_WORDS = frozenset(
    "und oder bis sowie als wie noch beziehungsweise bzw statt ohne mit nach in auf aber auch nicht weder "
    "entweder et and or to nor plus versus vs über unter vor zu zum zur den die das der".split()
)
_PREFIXES = frozenset(
    "nicht non ex co sino anglo franko italo russo austro afro euro indo pro anti pseudo quasi semi vize "
    "mini maxi mega sozio psycho techno bio öko neo post prä ultra inter intra multi hetero homo kilo "
    "mikro makro tele video audio foto nord süd ost west mitte links rechts schwarz weiß rot grün blau "
    "gelb grau braun rosa süß bitter dreiviertel baden nordrhein rheinland schleswig sachsen "
    "mecklenburg elsass bosnien österreich dual real live online offline open high low long short full "
    "part all self cross user peer work life cloud web data end face state well know make check log plug "
    "back stand follow pick shut lock burn hand feed first last best second third one two three four "
    "mother father brother sister vice under over up down off on in out by top air e be de re d l".split()
)
_ENDINGS = frozenset(
    "vu vis up ups ins outs downs in out off on by how down over back end air class time line to of "
    "the art free made based friendly related wide driven level ready tech innen ost west nord süd "
    "weiß schwarz rot grün blau gelb grau sauer süß westfalen pfalz holstein anhalt vorpommern "
    "württemberg lothringen ungarn".split()
)
_FORMANT = re.compile(
    r"(?:basiert|gestützt|ähnlich|spezifisch|weit|frei|nah|fähig|orientiert|bezogen|relevant|konform|"
    r"kompatibel|gesteuert|getrieben|geführt|finanziert|gefördert|zertifiziert|geschützt|förmig|mäßig|"
    r"pflichtig|bedingt|intern|extern|typisch|neutral|affin|gerecht|kritisch|feindlich|freundlich|"
    r"lastig|süchtig|müde|abhängig|unabhängig|übergreifend|unterstützt|optimiert|integriert|vernetzt|"
    r"verwandt|verdächtig|berechtigt|erfahren|betrieben|nahe|eigen|fern|bereinigt|stark|arm|reich)(?:e[nmrs]?|end[a-z]*|er[a-z]*)?"
)
_ADJECTIVE = re.compile(
    r"(?:isch|lich|ig|al|iv|ell|är|ös|haft|sam|bar|deutsch)(?:e|en|er|es|em|ere|eren|ste|sten)?$",
    re.IGNORECASE,
)
_BARE_ADJECTIVE = re.compile(r"(?:isch|lich|ig|iv|ell|är|ös|haft|sam|bar|deutsch)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a whole text tells about its words, case-folded."""

    words: frozenset[str]  # that stand in it without a hyphen
    hyphened: Counter[str]  # how often each hyphened form stands in it
    capital: frozenset[str]  # the hyphened forms that have a capital behind the hyphen somewhere


def vocabulary(lines: Iterable[str]) -> Vocabulary:
    """Read the words of a text."""
    words: set[str] = set()
    hyphened: Counter[str] = Counter()
    capital: set[str] = set()
    for line in lines:
        forms = _HYPHENED.findall(line)
        hyphened.update(form.casefold() for form in forms)
        capital.update(form.casefold() for form in forms if form.partition("-")[2][:1].isupper())
        words.update(word.casefold() for word in _WORD.findall(_HYPHENED.sub(" ", line)))
    return Vocabulary(frozenset(words), hyphened, frozenset(capital))


def hyphen_changes(line: str, language: str, known: Vocabulary) -> Iterator[Change]:
    """Find hyphens to take out. `language` is that of the line, `known` what the whole text tells."""
    if language == "zh":
        return
    for found in _BROKEN.finditer(line):
        left, gap, right = found["left"], found["gap"], found["right"]
        start, end = found.end("left"), found.start("right")
        if gap and right[0].isupper():
            if language == "de" and not _suspends(line, found) and left[0].isupper():
                yield Change(start + 1, end, "", "T302", safe=False)
        elif right.islower() and (left.islower() or left[1:].islower()) and right not in _FUNCTION_WORDS:
            evident = f"{left}{right}".casefold() in known.words and left.lower() not in _PREFIXES
            if evident or (language == "de" and _broken(left, right, known)):
                safe = evident or (not gap and _JOINING_S.search(left) is not None)
                yield Change(start, end, "", "T301", safe)
    for found in re.finditer(r"(?<=[“”’‘\")»])-(?P<gap>[ \u00a0]+)(?=[A-ZÄÖÜ][^\W\d_])", line):
        yield Change(found.start("gap"), found.end("gap"), "", "T302")


def _suspends(line: str, found: re.Match[str]) -> bool:
    """Say whether a hyphen stands for a word that follows later: Handels-, Industrie- und Hafenstadt."""
    behind = line[found.end() : found.end() + 1]
    before = re.search(r"-,?[ \u00a0]$", line[: found.start()])
    return behind == "-" or before is not None


def _broken(left: str, right: str, known: Vocabulary) -> bool:
    """Say whether two halves look like one German word that was broken."""
    whole = f"{left}-{right}".casefold()
    if known.hyphened[whole] > 1 or whole in known.capital:
        return False  # nobody breaks a word twice at the same place
    low = left.lower()
    if low in _PREFIXES or right in _ENDINGS or _FORMANT.fullmatch(right):
        return False
    if _BARE_ADJECTIVE.search(left) and _ADJECTIVE.search(right):
        return False
    return _VOWEL.search(left) is not None and _ONSET.match(right) is not None
