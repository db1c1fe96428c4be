"""Greet a person by name, in German, English and Chinese, or say that it cannot be done well.

    Frau, Dr., Erika, Müller -> „Sehr geehrte Frau Dr. Müller,“    "Dear Dr Müller,"    尊敬的Erika Müller博士：
    Erika Müller             -> „Guten Tag Erika Müller,“          "Dear Erika Müller," 尊敬的Erika Müller：
    Poststelle               -> None: the edition's own greeting is better

Pure. `addressee.py` finds out who somebody is; here stand the forms. What is said to be None is never half a greeting:
no „Sehr geehrter Herr ,“. Rules: of the titles only Dr. and Prof. are spoken, the higher one; an office comes before
the name, a former one does not; Graf and Freiherr belong to the surname; without a salutation nobody's sex is guessed;
a name in Chinese characters stays whole in every letter: „Sehr geehrte Frau 张敏,“.
"""

import re

from isa_mail.model.people import Recipient
from isa_mail.recipients.addressee import Addressee, Sex, Title, addressee_of, is_chinese

UNKNOWN_PERSON = {
    "de": "Sehr geehrte Damen und Herren,",
    "zh": "尊敬的女士们、先生们：",
    "en": "Dear Sir or Madam,",
}
"""What people are called of whom nothing is known, by the language of the letter."""

_OPENING = re.compile(
    r"(?:sehr ge?ehrte|liebe|hallo|guten tag|dear)\w*\s+\S+\s+\S|(?:尊敬的|亲爱的)\w{2}", re.IGNORECASE
)
_CLOSED = (",", "!", ":", "，", "：", "！")


def greeting(person: Recipient, language: str) -> str | None:
    """Greet a person in a letter in `language` ("de", "zh" or "en"), punctuation included; None if not by name.

    A whole greeting in the list's column "Briefanrede", or in the salutation's, is taken as it is, if it suits the
    letter: a German one opens no Chinese letter.
    """
    for field in ("greeting", "salutation"):
        words = person.fields.get(field, "")
        if (
            words
            and (field == "greeting" or _OPENING.match(words))
            and is_chinese(words[0]) == (language == "zh")
        ):
            return words if words.endswith(_CLOSED) else words + ("：" if language == "zh" else ",")
    somebody = addressee_of(person)
    if somebody is None:
        return None
    return {"de": _german, "zh": _chinese, "en": _english}[language](somebody)


def _german(who: Addressee) -> str | None:
    title = {Title.NONE: "", Title.DOCTOR: "Dr.", Title.PROFESSOR: "Prof."}[who.title]
    if who.sex and who.last:
        polite = {Sex.FEMALE: "Sehr geehrte Frau", Sex.MALE: "Sehr geehrter Herr"}[who.sex]
        return _joined(polite, who.office, title, _surname(who)) + ","
    if who.whole or (who.title and who.last):
        return _joined("Guten Tag", title, who.whole or who.last) + ","
    return None


def _english(who: Addressee) -> str | None:
    title = {Title.NONE: "", Title.DOCTOR: "Dr", Title.PROFESSOR: "Professor"}[who.title]
    if who.sex and not title:
        title = {Sex.FEMALE: "Ms", Sex.MALE: "Mr"}[who.sex]
    if title and who.last:
        return _joined("Dear", title, _surname(who)) + ","
    if who.whole:
        return _joined("Dear", "" if title in ("Ms", "Mr") else title, who.whole) + ","
    return None


def _chinese(who: Addressee) -> str | None:
    """Name, then office, title or 先生 and 女士; all without blanks, except between the parts of a Latin name."""
    title = {Title.NONE: "", Title.DOCTOR: "博士", Title.PROFESSOR: "教授"}[who.title]
    polite = {None: "", Sex.FEMALE: "女士", Sex.MALE: "先生"}[who.sex]
    honorific = who.chinese_office or title or polite
    if who.whole or (honorific and who.last):
        return f"尊敬的{who.whole or who.last}{honorific}："
    return None


def _surname(who: Addressee) -> str:
    """Return what stands behind Frau, Mr and Dr.: all of a name in Chinese characters, the surname of any other."""
    return who.whole if who.whole and is_chinese(who.whole) else who.last


def _joined(*words: str) -> str:
    return " ".join(filter(None, words))
