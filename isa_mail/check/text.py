"""What a reader would stumble over in a single passage: no end mark, a leftover of the pattern, another language.

    "Am Rande der Veranstaltungen führte … das folgende Interview" -> T709    "‹Überschrift›" -> T710

Pure.
"""

import re
from collections.abc import Iterator, Sequence

from isa_mail.check.codes import finding
from isa_mail.check.passages import RUNNING, Passage, Role
from isa_mail.check.texts import Texts
from isa_mail.model.findings import Finding
from isa_mail.model.newsletter import Kind

_LEFTOVER = re.compile(r"‹[^‹›\n]*›")
_ANGLED = re.compile(r"«[^«»]*»")
_ENDED = re.compile(r"""[.!?:;…。！？：；]["'„“”‚‘’»«)\]）】》」』*_]*\Z""")
_SENTENCE_END = re.compile(r"(?<!\d)[.!?…]\s+[A-ZÄÖÜ„“\"]|[。！？]")
_ENDS_IN_ADDRESS = re.compile(
    r"(?:\S+@\S+|\b(?:https?://|www\.)\S+|\b[\w-]+\.(?:org|de|com|net|cn|eu)(?:/\S*)?)\Z"
)
_ADDRESS_CHARACTERS = 200  # in which the end of an address is looked for
_LEAST = {"de": 60, "en": 60, "zh": 20}  # characters; shorter lines may be headings, places, names
_SENTENCES = frozenset({Role.PARAGRAPH, Role.QUOTED, Role.SPOKEN})


def text_findings(passages: Sequence[Passage], language: str, texts: Texts) -> Iterator[Finding]:
    """Look at each passage by itself."""
    for number, passage in enumerate(passages):
        yield from _leftovers(passage, texts)
        behind = passages[number + 1] if number + 1 < len(passages) else None
        if passage.role in _SENTENCES and _lacks_end(passage, behind, language):
            yield finding(
                "T709",
                texts.locate(passage.place, passage.text.rstrip()[-20:]),
                f"The paragraph ends without an end mark: …{passage.text.rstrip()[-40:]}",
                "Put a full stop, or look whether the rest of the sentence was lost.",
            )


def _leftovers(passage: Passage, texts: Texts) -> Iterator[Finding]:
    """Find what keeps a place: a value, or the beginning of a paragraph. In a sentence, ‹so› is a Swiss quotation."""
    text = _ANGLED.sub(lambda quotation: " " * len(quotation[0]), passage.text)
    for found in _LEFTOVER.finditer(text):
        before, behind = text[: found.start()].rstrip()[-1:], text[found.end() :].lstrip()[:1]
        begins = not before
        is_value = (begins or before in ",，:：") and (not behind or behind in ",，:：")
        if begins if passage.role in RUNNING else is_value:
            yield finding(
                "T710",
                texts.locate(passage.place, found[0]),
                f"{found[0]} is left over from the pattern of new editions.",
                "Write what belongs there, or delete the line.",
            )


def _lacks_end(passage: Passage, behind: Passage | None, language: str) -> bool:
    """Whether a passage is a sentence and does not end as one; what only looks like a line of its own is let be."""
    text = passage.text.rstrip()
    if (
        "\n" in text
        or "‹" in text
        or _ENDED.search(text)
        or _ENDS_IN_ADDRESS.search(text[-_ADDRESS_CHARACTERS:])
    ):
        return False
    whole = _SENTENCE_END.search(text) is not None
    if passage.kind is Kind.EDITORIAL and not whole and _closes(passage, behind):
        return False  # Mit herzlichen Grüßen
    if text.endswith((",", "，", "–", "—")):
        return False  # a greeting, or a thought that goes on
    return len(text) >= _LEAST[language] or (whole and len(text) > _LEAST[language] // 2)


def _closes(passage: Passage, behind: Passage | None) -> bool:
    return behind is None or behind.section != passage.section or behind.role is Role.SIGNATURE
