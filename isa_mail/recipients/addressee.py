"""Who somebody is, out of what a list says in its columns for salutation, titles, names and position.

    "Frau Prof. Dr.-Ing.", "Karla", "Gräfin von Muster" -> Addressee(FEMALE, PROFESSOR, last="Gräfin von Muster", …)

Pure. Address books put these things into each other's cells: a title before the surname, an office into the salutation,
"Müller, Jürgen" into one cell, the names of organisations where people should stand. Nothing is guessed: what is not
sure is left empty, and somebody without a usable name is nobody.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, IntEnum

from isa_mail.model.people import Recipient


class Sex(Enum):
    """As the list says it; None where it does not."""

    FEMALE = "f"
    MALE = "m"


class Title(IntEnum):
    """The titles that are spoken; the higher one counts."""

    NONE = 0
    DOCTOR = 1
    PROFESSOR = 2


@dataclass(frozen=True, slots=True)
class Addressee:
    """A person with a usable name. `whole` is the whole name as it is read aloud, "" if a part of it is missing."""

    sex: Sex | None
    title: Title
    office: str  # German, in the form for the person's sex: "Oberbürgermeisterin"; "" if none
    chinese_office: str  # "市长"; "" if none
    last: str  # the surname with all that belongs to it; "" if it cannot be told
    whole: str


_HANZI = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff·]+")
_DOUBLE_SURNAMES = (
    "欧阳",
    "司马",
    "上官",
    "诸葛",
    "司徒",
    "东方",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "令狐",
    "端木",
)

_SEXES: Mapping[str, Sex] = {
    **dict.fromkeys(
        ("frau", "fr", "frl", "fräulein", "ms", "mrs", "miss", "madam", "weiblich", "female"), Sex.FEMALE
    ),
    **dict.fromkeys(("herr", "herrn", "hr", "hrn", "mr", "mister", "männlich", "male"), Sex.MALE),
    **dict.fromkeys(("女士", "小姐", "夫人", "女"), Sex.FEMALE),
    **dict.fromkeys(("先生", "男"), Sex.MALE),
}
_LETTERS: Mapping[str, Sex] = {"w": Sex.FEMALE, "f": Sex.FEMALE, "m": Sex.MALE}  # only as the whole cell
_SEVERAL = {"familie", "eheleute", "ehepaar", "damen", "herren", "firma", "team", "family", "und", "and"}

_PROFESSOR = re.compile(r"\bprof|教授", re.IGNORECASE)
_DOCTOR = re.compile(r"\bd?dr(?:in|es)?\b|\bdo[kc]tor|\bph\.?\s?d\b|博士", re.IGNORECASE)
_TITLE_WORD = re.compile(
    r"(?:prof|d?dr|dipl|mag|ing|med|phil|jur|rer|nat|pol|oec|h|c|e|hc|habil|lic|mult|univ|apl|jun|em|vet|dent|ph|d)"
    r"(?:[.-][\w.-]*)|prof|professorin|professor|d?dr|doktor|doctor",
    re.IGNORECASE,
)
_NOBILITY: Mapping[str, Sex] = {
    **dict.fromkeys(("graf", "freiherr", "baron", "fürst", "prinz", "herzog", "ritter", "edler"), Sex.MALE),
    **dict.fromkeys(("gräfin", "freifrau", "freiin", "baronin", "baronesse", "fürstin"), Sex.FEMALE),
    **dict.fromkeys(("prinzessin", "herzogin", "edle"), Sex.FEMALE),
}
_PARTICLES = {
    "von",
    "vom",
    "zu",
    "zum",
    "zur",
    "van",
    "der",
    "den",
    "de",
    "di",
    "da",
    "del",
    "dela",
    "la",
    "le",
} | {*("ten", "ter", "op", "af", "av", "und", "dos", "das", "du", "el", "al", "bin", "ibn", "v.", "v.d.")}

_OFFICES: Mapping[str, str] = {  # of him -> of her
    **{
        name: f"{name}in"
        for name in (
            *("Oberbürgermeister", "Bürgermeister", "Bezirksbürgermeister", "Ministerpräsident", "Minister"),
            *("Staatsminister", "Bundesminister", "Staatssekretär", "Präsident", "Vizepräsident", "Senator"),
            *(
                "Regierungspräsident",
                "Bundeskanzler",
                "Bundespräsident",
                "Botschafter",
                "Generalkonsul",
                "Konsul",
            ),
            *("Rektor", "Oberkreisdirektor", "Stadtpräsident", "Landtagspräsident"),
        )
    },
    "Landrat": "Landrätin",
}
_OFFICE = re.compile(
    rf"(?:Erste[rn]? )?({'|'.join(sorted([*_OFFICES, *_OFFICES.values()], key=len, reverse=True))})(?![\w-])"
)
_HIS = {hers: his for his, hers in _OFFICES.items()}
_FORMER = re.compile(
    r"\ba\.?\s?D\b\.?|\bi\.?\s?R\b\.?|außer Dienst|[Ee]hem|[Ff]rüher|[Ff]ormer|\bAlt|\bEx-|(?:^|\s)[前原]"
)
_CHINESE_OFFICE = re.compile(
    "副?(?:市长|区长|县长|省长|州长|部长|局长|处长|司长|主任|主席|会长|理事长|秘书长|董事长|总经理|总裁|院长|校长|书记|大使|总领事|领事)$"
)

_AFTER_NAME = re.compile(
    r"\s*[(（][^()（）]*[)）]|\s+a\.?\s?D\.?$|\s+i\.?\s?R\.?$|,\s*(?:Md[BLEP]\w*|[A-Z]\.?\s?[A-Z].*)$"
)
_USABLE = re.compile(r"[^\W\d_](?:[^\W\d_]|[ .'’´`·-](?![ -])){0,79}")
_NOBODY = {"nn", "n.n.", "n. n.", "n.n", "na", "unbekannt", "unknown", "keine", "test", "namenlos"}
_ORGANISATIONS = {
    *(
        "gmbh",
        "ggmbh",
        "mbh",
        "ag",
        "kg",
        "ohg",
        "gbr",
        "se",
        "ug",
        "e.v.",
        "ev",
        "e.g.",
        "ltd",
        "ltd.",
        "inc",
        "inc.",
    ),
    *(
        "verein",
        "verband",
        "stadt",
        "gemeinde",
        "landkreis",
        "kreis",
        "amt",
        "ministerium",
        "behörde",
        "büro",
    ),
    *("redaktion", "sekretariat", "poststelle", "geschäftsstelle", "pressestelle", "vorstand", "vorzimmer"),
    *("firma", "institut", "hochschule", "universität", "schule", "kammer", "ihk", "hwk", "stiftung", "bank"),
    *(
        "info",
        "kontakt",
        "team",
        "service",
        "zentrale",
        "verwaltung",
        "empfang",
        "office",
        "company",
        "university",
    ),
    *(
        "atelier",
        "verlag",
        "zeitung",
        "agentur",
        "hafen",
        "stadtverwaltung",
        "rathaus",
        "konsulat",
        "botschaft",
    ),
}
_CHINESE_ORGANISATION = re.compile(
    "(?:公司|局|政府|学校|大学|学院|协会|中心|办公室|集团|委员会|银行|厂|部|处|会)$"
)


def addressee_of(person: Recipient) -> Addressee | None:
    """Find out who a recipient is; None if there is no name to greet somebody by, or if it is several people."""
    fields = person.fields
    salutation, gender = fields.get("salutation", ""), fields.get("gender", "")
    if set(_words(salutation)) & _SEVERAL:
        return None
    title_cell, position = fields.get("title", ""), fields.get("position", "")
    first, titles_a = _untitled(fields.get("first_name", ""))
    last, titles_b = _untitled(fields.get("last_name", ""))
    whole, titles_c = _untitled(person.name)
    if last and not first and _is_whole_chinese(last):
        first, last = "", ""  # the whole name stands below "Nachname"
    if last:
        whole = ""
    else:
        first, last, whole, more = _parted(whole, first)
        titles_c += more
    titles = " ".join((title_cell, salutation, titles_a, titles_b, titles_c))
    sex = _sex(salutation) or _sex(gender) or _sex(titles_a + titles_b + titles_c)
    noble = " ".join(word for word in title_cell.split() if word.casefold() in _NOBILITY)
    noble = noble or " ".join(word for word in salutation.split() if word.casefold() in _NOBILITY)
    first, last = _with_particles(first, f"{noble} {last}".strip() if last else "")
    sex = sex or next(
        (_NOBILITY[word.casefold()] for word in last.split() if word.casefold() in _NOBILITY), None
    )
    former = _FORMER.search(f"{title_cell} {salutation} {position} {fields.get('last_name', '')}")
    office = "" if former else _office((salutation, title_cell, position))
    if office in _HIS:
        sex = sex or Sex.FEMALE
    organisation = fields.get("organisation", "")
    first, last = (name if _is_name(name, organisation) else "" for name in (first, last))
    if not whole and first and last:
        whole = _whole(first, last)
    whole = whole if _is_name(whole, organisation) else ""
    if not whole and not last:
        return None
    title = Title.PROFESSOR if _PROFESSOR.search(titles) else Title.NONE
    title = title or (Title.DOCTOR if _DOCTOR.search(titles) else Title.NONE)
    return Addressee(
        sex=sex,
        title=title,
        office=_agreeing(office, sex),
        chinese_office="" if former else _chinese_office((position, title_cell, salutation)),
        last=last,
        whole=whole,
    )


def is_chinese(text: str) -> bool:
    """Say whether a name is written in Chinese characters."""
    return _HANZI.fullmatch(text) is not None


# --- salutation and office --------------------------------------------------------------------------------


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text.casefold())


def _sex(text: str) -> Sex | None:
    """Read a sex out of a cell; None if it names none, or both."""
    bare = text.strip(" .").casefold()
    if bare in _LETTERS:
        return _LETTERS[bare]
    found = {_SEXES[word] for word in _words(text) if word in _SEXES}
    found |= {_NOBILITY[word] for word in _words(text) if word in _NOBILITY}
    return found.pop() if len(found) == 1 else None


def _office(cells: tuple[str, ...]) -> str:
    """Find an office that stands at the start of a cell, as in "Bürgermeisterin der Stadt X"; salutations aside."""
    for cell in cells:
        words = [word for word in cell.split() if word.strip(".").casefold() not in _SEXES]
        if found := _OFFICE.match(" ".join(words)):
            return found[1]
    return ""


def _agreeing(office: str, sex: Sex | None) -> str:
    his = _HIS.get(office, office)
    return _OFFICES.get(his, "") if sex is Sex.FEMALE else his if sex else ""


def _chinese_office(cells: tuple[str, ...]) -> str:
    found = (_CHINESE_OFFICE.search(cell) for cell in cells)
    return next((match[0] for match in found if match), "")


# --- names ------------------------------------------------------------------------------------------------


def _untitled(name: str) -> tuple[str, str]:
    """Part a name from the salutation and the titles in front of it, and from what stands after it."""
    words, titles = _AFTER_NAME.sub("", name).split(), []
    while words and (_TITLE_WORD.fullmatch(words[0]) or words[0].strip(".").casefold() in _SEXES):
        titles.append(words.pop(0))
    rest = " ".join(words)
    if chinese := re.fullmatch("([\u3400-\u9fff]{2,4}?)(先生|女士|小姐|博士|教授)", rest):
        return chinese[1], " ".join([*titles, chinese[2]])
    return rest, " ".join(titles)


def _parted(name: str, first: str) -> tuple[str, str, str, str]:
    """Part a whole name into first name, surname, whole name, and titles found between them.

    "Müller, Dr. Jürgen" and two words are sure; of "Ana María García Márquez" only the whole name is.
    """
    before, comma, after = (part.strip() for part in name.partition(","))
    if comma and after and "," not in after:
        given, titles = _untitled(after)
        return given, before, "", f" {titles}"
    if is_chinese(name) and len(name) > 1 and "·" not in name:
        length = 2 if name.startswith(_DOUBLE_SURNAMES) and len(name) > 2 else 1
        return name[length:], name[:length], "", ""
    words = name.split()
    named = next((n for n, word in enumerate(words) if n and _belongs_to_surname(word)), None)
    if named or len(words) == 2:
        return " ".join(words[: named or 1]), " ".join(words[named or 1 :]), "", ""
    return first, "", name if len(words) > 2 or "·" in name else "", ""


def _is_whole_chinese(name: str) -> bool:
    return is_chinese(name) and len(name) > 1 and name not in _DOUBLE_SURNAMES


def _with_particles(first: str, last: str) -> tuple[str, str]:
    """Move "von" and "Graf" from the end of the first name to the surname, where they belong."""
    words = first.split()
    while last and len(words) > 1 and _belongs_to_surname(words[-1]):
        last = f"{words.pop()} {last}"
    return " ".join(words), last


def _belongs_to_surname(word: str) -> bool:
    return word in _PARTICLES or word.casefold() in _NOBILITY


def _whole(first: str, last: str) -> str:
    return last + first if is_chinese(first) and is_chinese(last) else f"{first} {last}"


def _is_name(name: str, organisation: str) -> bool:
    """Say whether this can be a person's name: letters, and no organisation's."""
    if not _USABLE.fullmatch(name) or name.casefold() in _NOBODY or name == organisation:
        return False
    if is_chinese(name) and len(name) > 1 and (len(name) > 5 or _CHINESE_ORGANISATION.search(name)):
        return False
    return not {word.strip(",").casefold() for word in name.split()} & (_ORGANISATIONS | _SEXES.keys())
