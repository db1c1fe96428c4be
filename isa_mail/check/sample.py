"""What a new workspace brings along, and must not go out with somebody's own letter, or to somebody's own people.

    the sample edition, lists = ["members.csv"]           -> S102
    an own edition, the imprint of the sample             -> S103, and one more for each other such setting
    [zh] in isa-mail.toml, and languages = ["de"]         -> S104

Pure. On the sample edition itself nothing is said of the settings: there, they belong to it.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from isa_mail.check.codes import finding
from isa_mail.check.texts import SETTINGS, Texts
from isa_mail.model.findings import Finding, Place
from isa_mail.model.publication import Mailbox, Publication

_TABLE = re.compile(r"\s*\[\s*(de|en|zh)\s*\]")
_READ_BY_ALL = ("name", "sender", "reply_to", "list_id", "imprint")  # in every mail, or where its answers go
_TRANSLATED = ("name", "sender", "reply_to", "imprint")


class Sample(NamedTuple):
    """What a new workspace begins with, and what of its files is in use."""

    publication: Publication
    lists: tuple[str, ...]
    test_to: Mailbox | None
    edition: bool  # whether the edition that is looked at is still the sample
    logo: bool  # whether the logo is the sample's, whatever its file is called


def edition_finding(sample_edition: bool, others: Sequence[str], place: Place) -> Iterator[Finding]:
    """Keep the sample edition from people; `others` are the lists that are not the example list."""
    if sample_edition and others:
        yield finding(
            "S102",
            place,
            f"The edition is still the sample that came with the workspace, and {', '.join(others)} "
            f"{'is a list' if len(others) == 1 else 'are lists'} of your own.",
            "Name the edition that you mean; or delete the sample's folder in editions/, once you need it no longer.",
        )


def setting_findings(
    publication: Publication, lists: Sequence[str], test_to: Mailbox | None, sample: Sample, texts: Texts
) -> Iterator[Finding]:
    """Point out each setting that an edition of one's own still takes from the sample."""
    if sample.edition:
        return
    for name in _READ_BY_ALL:
        if _same(getattr(publication, name), getattr(sample.publication, name)):
            instead = " or take the line out." if name == "reply_to" else " it stands in every mail."
            joint = "," if name == "reply_to" else ":"
            yield _left("S103", name, "", f"Write your own{joint}{instead}", texts)
    if sample.logo:
        yield _left("S101", "logo", "", "Put your own picture there, or take the line out.", texts)
    if tuple(lists) == sample.lists:
        yield _left("S101", "lists", "", "Name your own, in recipients/.", texts)
    if test_to and _same(test_to, sample.test_to):
        yield _left("S101", "test_to", "", "Write your own address, or take the line out.", texts)
    for translation in publication.translations:
        language = translation.language
        theirs = next((each for each in sample.publication.translations if each.language == language), None)
        for name in _TRANSLATED if theirs else ():
            if _same(getattr(translation, name), getattr(theirs, name)):
                hint = (
                    "Write your own; without an edition in this language, "
                    f'take the table [{language}] and "{language}" in languages out.'
                )
                yield _left("S101", name, language, hint, texts)


def table_findings(languages: Sequence[str], texts: Texts) -> Iterator[Finding]:
    """Point out a table of a language in which there is no letter: nothing of it is used."""
    for number, text in enumerate(texts.lines.get(SETTINGS, ()), 1):
        table = _TABLE.match(text)
        if table and table[1] not in languages:
            yield finding(
                "S104",
                Place(SETTINGS, number),
                f"There is a table [{table[1]}], but languages does not name {table[1]!r}.",
                f"Take the table out, or add {table[1]!r} to languages.",
            )


def _same(own: object, theirs: object) -> bool:
    """Whether a setting is the sample's; of a mailbox, the address counts."""
    if isinstance(own, Mailbox) and isinstance(theirs, Mailbox):
        return own.address == theirs.address
    return own is not None and own == theirs


def _left(code: str, name: str, table: str, hint: str, texts: Texts) -> Finding:
    of = f" of [{table}]" if table else ""
    return finding(code, texts.setting(name, table), f"{name}{of} is still that of the sample.", hint)
