"""Who said it, and who signs.

    "Oberbürgermeister Ruprecht Hagel, Stadt Hafenau" -> ("Ruprecht Hagel", "Oberbürgermeister, Stadt "
    "Hafenau")

Pure. An attribution is a name, a comma and all the rest; an office that stands before the name goes behind it.
"""

import re
from collections.abc import Sequence

from isa_mail.intake.source import Line

_B = "[ \u00a0]"
_OFFICE = (
    r"(?:(?=[A-ZÄÖÜ])(?i:[\w-]*?(?:meister|minister|sekretär|präsident|direktor|dezernent|leiter|sprecher|führer"
    r"|konsul|botschafter|kanzler|inhaber|beauftragte|manager|referent|anwalt|ingenieur|rektor|dekan|gründer"
    r"|vorsitzende|vorstand|rat|rätin))(?:in|r|n)?"
    r"|(?:Lord |Vice |Deputy |Managing )?(?:Mayor|President|Minister|Director|Chair(?:man|woman|person)?"
    r"|Secretary(?:[ -]General)?|Governor|Ambassador|Consul|Chancellor|Head|CEO))"
)
_BEFORE_NAME = re.compile(
    rf"(?P<office>{_OFFICE}(?:{_B}a\.{_B}D\.)?(?: (?:und|and) {_OFFICE})?){_B}(?P<rest>.+)", re.DOTALL
)
_NAME = re.compile(
    rf"(?:(?:Dr|Prof|Dipl)\.(?:-Ing\.)?{_B}(?:h\.{_B}c\.{_B})?)*"
    rf"[A-ZÄÖÜÉ][\w’'-]*\.?"
    rf"(?:{_B}(?:von|van|de|der|den|zu|zur|vom|al|da|di|Graf|Freiherr)(?={_B}))*"
    rf"(?:{_B}[A-ZÄÖÜÉ][\w’'-]*\.?){{1,3}}"
)
_CHINESE_NAME = re.compile(r"[\u4e00-\u9fff·]{2,12}")
_FUNCTION = re.compile(
    rf"{_OFFICE}\b|a\.{_B}D\.|Geschäfts|[Vv]orsitz|[Vv]orstand|Ehren|[Ll]eitung|\bManager\b"
    r"|主席|会长|市长|秘书长|主任|总经理|部长|理事|局长"
)
_SAID = re.compile(
    rf"[,，]?{_B}*(?:so|sagt|sagte|erklärt|erklärte|betont|betonte|meint|meinte|lobt|lobte|berichtet|berichtete"
    rf"|says|said|adds|added|explains|explained){_B}(?P<who>[^.!?:]{{3,160}})\.?"
)
_CHINESE_SAID = re.compile(r"[，,]?(?P<who>[^。，！？]{2,30})(?:说|表示|指出|强调)。?")


def is_name(text: str) -> bool:
    """Say whether a line is a person's name and nothing else."""
    return len(text) <= 60 and (
        _NAME.fullmatch(text) is not None or _CHINESE_NAME.fullmatch(text) is not None
    )


def is_function(text: str) -> bool:
    """Say whether a line speaks of an office."""
    return len(text) <= 120 and _FUNCTION.search(text) is not None


def said_by(behind: str) -> str:
    """Read who said it from what stands behind a quotation: ", so Tina Probe."; "" if nobody is named "
    "so."""
    found = _SAID.fullmatch(behind) or _CHINESE_SAID.fullmatch(behind)
    if found is None:
        return ""
    who = found["who"].strip()
    name, _ = attribution(who)
    return who if is_name(name) or _CHINESE_SAID.fullmatch(behind) else ""


def attribution(text: str) -> tuple[str, str]:
    """Split a speaker into name and role; no word is lost."""
    text = text.strip()
    office = _BEFORE_NAME.fullmatch(text)
    if office is not None and _NAME.match(office["rest"]):
        name, rest = _name_and_rest(office["rest"])
        return name, ", ".join(filter(None, (office["office"], rest)))
    return _name_and_rest(text)


def _name_and_rest(text: str) -> tuple[str, str]:
    comma = re.search(r"(?<!\d),|,(?!\d)|，", text)
    name = _NAME.match(text)
    if name is not None and name.end() < len(text) and (comma is None or name.end() < comma.start()):
        rest = text[name.end() :].strip(" \u00a0")
        if rest[:1] in "(（" or rest.split(" ")[0] in (
            "bei",
            "während",
            "von",
            "aus",
            "auf",
            "at",
            "during",
            "from",
            "of",
            "zur",
            "zum",
        ):
            return name[0], rest
    if comma is None:
        return text, ""
    return text[: comma.start()].strip(), text[comma.end() :].strip()


def signatories(lines: Sequence[Line]) -> tuple[list[tuple[str, str]], int, bool]:
    """Read who signs in the lines below a closing formula: names with titles, how many lines they are, whether paired.

    Two columns pair by position; else a name's title follows its comma or stands in the line below.
    """
    with_link = next((number for number, line in enumerate(lines) if line.has_link), len(lines))
    lines = lines[:with_link]  # a signature cannot hold a link
    if lines and lines[0].cells and all(map(is_name, lines[0].cells)):
        return _in_columns(lines)
    people: list[tuple[str, str]] = []
    used = 0
    while used < len(lines):
        name, _, title = lines[used].text.partition(",")
        if not is_name(name.strip()) or (title and len(lines[used].text) > 120):
            break
        below = lines[used + 1] if used + 1 < len(lines) else None
        used += 1
        if below is not None and not title and _is_title_below(below):
            title = below.text
            used += 1
        elif people and not title:
            used -= 1  # a second name without a title may be a heading
            break
        people.append((name.strip(), title.strip()))
    return people, used, False


def _is_title_below(line: Line) -> bool:
    """Say whether the line below a name is that person's title."""
    if is_function(line.text):
        return True
    return not line.gap and len(line.text) <= 120 and not is_name(line.text)


def _in_columns(lines: Sequence[Line]) -> tuple[list[tuple[str, str]], int, bool]:
    names = lines[0].cells
    titles = [""] * len(names)
    used = 1
    for line in lines[1:]:
        if len(line.cells) != len(names):
            break
        titles = [", ".join(filter(None, pair)) for pair in zip(titles, line.cells, strict=True)]
        used += 1
    return list(zip(names, titles, strict=True)), used, used > 1
