"""No typed letter, number or sign is lost, moved or changed: whatever the text, it is in the Edition or in a finding.

The letters, digits and signs of a section, walked in the order of the file, are those of the source in the same order;
those that are missing are exactly the ones that findings quote as not shown.
"""

import re
from collections import Counter
from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from isa_mail.content.section import read_section
from isa_mail.errors import IsaMailError
from isa_mail.model.findings import Finding
from isa_mail.model.merging import MergeField
from isa_mail.model.newsletter import Event, Figure, Kind, Link, OrderedList

_NEVER_MARKUP = "„“。§%€→"
_ENTITIES = re.compile("&(?:amp|nbsp|auml|#8222|shy);|[ä„\xad]")
# fmt: off
_BEGINNINGS = [
    "", "", "", " ", "  ", "   ", "    ", "\t", "\xa0", "\u3000", "> ", ">", "> > ", "- ", "* ", "+ ", "-", "+",
    "1. ", "2. ", "3. ", "4. ", "8. ", "16. ", "01. ", "1) ", "2) ", "3) ", "1.", "2.", "1、", "   1. ", "   2. ",
    "- 1. ", "  - ", "> 1. ", "> 2. ", "> - ", "> — ", "— ", "-- ", "——", "# ", "## ", "####### ", "#",
    "```", "~~~", "> ```", "- ```", "  ```", "---", "***", "===", "| a | b |", "|---|---|", "\\", "<!-- ",
    "[a]: ", "[^1]: ", "{{ stadt }} ", "**Name:** ", "**Name**：", "16.–19. Oktober: ", "- 3. Mai: Messe, ",
    "![Stand](b.jpg)", '![Stand](images/a b.jpg "Titel")', "![](b.jpg)", "![", "[Mehr](https://example.org)",
]
_PIECES = [
    "Wort", "Köln", "中文", "展会，", "。", "x", "8", "2019", "-5", "§", "5 %", " ", " ", "  ", "\t", "\xa0", "\u2028",
    "1. ", "2. ", "8.", "16. bis 19. Oktober", "“", '"', "'", "(", ")", ",", "，", ":", "：", "-", "–", "—", "→",
    "*", "**", "***", "_", "__", "~~", "`", "``", "```", "\\", "\\*", "\\\\", "|", "#", " #", " ##", ">", "<", "+", "=",
    "[", "]", "](", "![", "!", "[Mehr](", "[]()", "[](https://example.org)", "[^1]", "[Mehr](<a b>)", "€",
    "[Mehr](https://example.org)", '[Mehr](https://example.org "Titel")', "![Stand](b.jpg)", "[![B](b.jpg)](c)",
    "<https://example.org/a_b>", "<tina@example.org>", "<b>", "</b>", " -->", "<br />", "&", ";", "javascript:x",
    "&amp;", "&nbsp;", "&auml;", "&#8222;", "&shy;", "{{ stadt }}", "{{ stadt | Ort }}", r"\{{", "}}", "{",
]
# fmt: on
_ENDS = ["\n", "\n", "\n", "\n\n", "\n\n", "\r\n", "\r", "  \n", "\\\n", "\n>\n", "\n\xa0\n"]


@st.composite
def sources(draw: st.DrawFn) -> str:
    """Make a text of few kinds of lines, so that they go on with each other."""
    beginnings = draw(st.lists(st.sampled_from(_BEGINNINGS), min_size=1, max_size=5))
    pieces = draw(st.lists(st.sampled_from(_PIECES), min_size=1, max_size=8))
    line = st.tuples(
        st.sampled_from(beginnings), st.lists(st.sampled_from(pieces), max_size=4), st.sampled_from(_ENDS)
    )
    return "".join(f"{begin}{''.join(text)}{end}" for begin, text, end in draw(st.lists(line, max_size=9)))


kinds = st.sampled_from([kind.value for kind in Kind])


def walk(value: object) -> Iterator[str]:
    """Yield all that stands in a value, in the order in which it was typed; an ordered list's numbers, too."""
    match value:
        case str():
            yield value
        case MergeField(name, fallback):
            yield f"{name} {fallback or ''}"
        case Link(children, href):
            text, address = "".join(walk(children)), "".join(walk(href))
            yield f"{text}\n"
            yield "" if text in (address, address.removeprefix("mailto:")) else address
        case Figure(path, alt, caption):
            yield from walk((alt, path, caption))
        case OrderedList(items):
            for number, item in enumerate(items, 1):
                yield from walk((f"\n{number}", item))
        case Event(when, title, place):
            yield from walk((when, title, place))
        case tuple():
            for item in value:
                yield from walk(item)
        case _:
            yield "\n"
            for slot in getattr(type(value), "__slots__", ()):
                yield from walk(getattr(value, slot)) if slot not in ("place", "level") else ()
            yield "\n"


def characters(text: str) -> str:
    """Return the letters, digits and signs of a text, in order; entities are left out, however they are written."""
    text = _ENTITIES.sub("", text.replace("-5", "minus5"))
    return "".join(char for char in text if char.isalnum() or char in _NEVER_MARKUP)


def not_shown(findings: tuple[Finding, ...]) -> str:
    """Return what findings quote as typed and not shown."""
    return "".join(found.message[1 : found.message.rindex("“")] for found in findings if found.code == "C110")


def is_part_in_order(part: str, whole: str) -> bool:
    """Say whether `part` is `whole` with some characters left out."""
    rest = iter(whole)
    return all(char in rest for char in part)


@settings(deadline=None, max_examples=300)
@given(kinds, sources())
def test_every_letter_digit_and_sign_is_kept_or_named(kind: str, source: str) -> None:
    try:
        section, findings = read_section(f"Kind: {kind}\n\n{source}".encode(), name="a", file="a.txt")
    except IsaMailError as error:
        assert error.hint
        return
    typed, kept, hidden = characters(source), characters("".join(walk(section.body))), not_shown(findings)
    assert is_part_in_order(kept, typed)
    assert Counter(typed) - Counter(kept) == Counter(characters(hidden))
