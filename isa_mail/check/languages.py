"""Two languages, one letter: the same sections, links, pictures and numbers; each in its own language.

    20-reise.txt in de/ only -> B101     the link to /anmeldung in de/ alone -> B102     23 Delegierte, 32名代表 -> B104

Pure. Sections are matched by the names of their files.
"""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from isa_mail.check.codes import finding
from isa_mail.check.links import target
from isa_mail.check.numbers import digits, values
from isa_mail.check.passages import Role, section_passages
from isa_mail.check.texts import Texts
from isa_mail.model.findings import Finding, Place
from isa_mail.model.newsletter import Edition, Section
from isa_mail.typography.languages import OWN_NAMES
from isa_mail.typography.scripts import guess_language, is_ideograph
from isa_mail.walk import figures, links

_LEAST_LETTERS = 60  # of a section, before its language is judged
_NOT_COMPARED = frozenset({Role.DESCRIPTION, Role.CAPTION, Role.SIGNATURE})


def language_findings(editions: Sequence[Edition], texts: Texts) -> Iterator[Finding]:
    """Compare the languages with each other, and each with what it claims to be."""
    for edition in editions:
        for section in edition.sections:
            yield from _wrong_language(section, edition.language)
    first = editions[0] if editions else None
    for other in editions[1:]:
        assert first is not None
        yield from _headlines(first, other, texts)
        yield from _sections(first, other)
        yield from _sections(other, first)
        both = {section.name: section for section in other.sections}
        for section in first.sections:
            if section.name in both:
                yield from _pair(section, both[section.name], (first.language, other.language))


def _wrong_language(section: Section, language: str) -> Iterator[Finding]:
    text = " ".join(passage.text for passage in section_passages(section))
    if len(re.findall(r"[^\W\d_]", text)) < _LEAST_LETTERS:
        return
    guessed = guess_language(text)
    if guessed == language or not _is_sure(text, guessed, language):
        return
    yield finding(
        "B106",
        section.place,
        f"The section seems to be {_name(guessed)}, and the edition is {_name(language)}.",
        "Translate it, or put it into the folder of its own language.",
    )


def _is_sure(text: str, guessed: str, language: str) -> bool:
    """Script speaks for itself; German and English are told apart by the words that only one of them has."""
    characters = sum(map(is_ideograph, text))
    if "zh" in (guessed, language):
        return characters > len(text) / 4 if guessed == "zh" else characters < len(text) / 20
    own = _common_words(text, language)
    return _common_words(text, guessed) >= 5 and own * 4 <= _common_words(text, guessed)


def _common_words(text: str, language: str) -> int:
    common = {
        "de": "der die das und ist nicht ein eine von mit zu den auf für im dem sich wir sie bei zum zur",
        "en": "the and of to is that for with as was by this it from our we you are",
    }[language].split()
    return sum(word in common for word in re.findall(r"[^\W\d_]+", text.casefold()))


def _headlines(first: Edition, other: Edition, texts: Texts) -> Iterator[Finding]:
    for what, one, two in (
        ("subject", first.subject, other.subject),
        ("title", (first.title,), (other.title,)),
    ):
        if one == two and any(char.isalpha() for piece in one if isinstance(piece, str) for char in piece):
            shown = "".join(piece for piece in one if isinstance(piece, str))
            yield finding(
                "B105",
                texts.locate(other.place, shown) if what == "title" else other.place,
                f"The {what} is the same in {_name(first.language)} and {_name(other.language)}: {shown}",
                f"Translate the {what}: it is what readers see first.",
            )
            return


def _sections(one: Edition, other: Edition) -> Iterator[Finding]:
    there = {section.name for section in other.sections}
    for section in one.sections:
        if section.name not in there:
            yield finding(
                "B101",
                section.place,
                f"{section.name}.txt stands in {_name(one.language)} only.",
                f"Write it in {_name(other.language)} too, under the same file name; or accept it, if it is meant so.",
            )


def _pair(one: Section, other: Section, languages: tuple[str, str]) -> Iterator[Finding]:
    names = tuple(_name(language) for language in languages)
    pages = [{_page(target(link)): link.place for link in links(section)} for section in (one, other)]
    yield from _difference("B102", pages, (one, other), names, "The link to {} is missing in {}.")
    shown = [{figure.path: figure.place for figure in figures(section.body)} for section in (one, other)]
    yield from _difference("B103", shown, (one, other), names, "The picture {} is missing in {}.")
    yield from _numbers(one, other, names)


def _difference(
    code: str,
    found: Sequence[dict[str, Place]],
    sections: tuple[Section, Section],
    names: tuple[str, ...],
    sentence: str,
) -> Iterator[Finding]:
    for number in (0, 1):
        for what, place in found[number].items():
            if what not in found[1 - number]:
                yield finding(
                    code,
                    place,
                    sentence.format(what, f"{names[1 - number]} ({sections[1 - number].place.file})"),
                    "Give both languages the same, or accept it, if it is meant so.",
                )


def _page(address: str) -> str:
    """What two languages may differ in is left out: a language's own folder or host, and the query's lang."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    path = re.sub(r"/(?:de|zh|en|cn|zh-cn|zh-hans)(?=/|\.|\Z)", "", parts.path, flags=re.IGNORECASE).rstrip(
        "/"
    )
    query = re.sub(r"(?:^|&)(?:lang|language|l|sprache)=[\w-]+", "", parts.query)
    host = re.sub(r"\A(?:de|zh|en|cn|www)\.", "", parts.netloc.casefold())
    scheme = "" if parts.scheme in ("http", "https") else f"{parts.scheme}:"
    return f"{scheme}{host}{path}?{query}".rstrip("?")


def _numbers(one: Section, other: Section, names: tuple[str, ...]) -> Iterator[Finding]:
    texts = [
        "\n".join(passage.text for passage in section_passages(section) if passage.role not in _NOT_COMPARED)
        for section in (one, other)
    ]
    sections = (one, other)
    missing = [sorted(digits(texts[n]) - values(texts[1 - n])) for n in (0, 1)]
    if not any(missing):
        return
    said = "; ".join(
        f"{names[n]} has {', '.join(f'{number:f}' for number in missing[n])}" for n in (0, 1) if missing[n]
    )
    place = sections[0 if missing[0] else 1].place
    yield finding(
        "B104",
        place,
        f"The numbers of the two languages differ: {said}.",
        f"Compare {sections[0].place.file} with {sections[1].place.file}.",
    )


def _name(language: str) -> str:
    return OWN_NAMES.get(language, language)
