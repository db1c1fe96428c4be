"""An edition -> all findings of this room: its door, where its pages are joined.

    check(Subject((Edition("2026-09", "de", …),), …)) -> T202, H103, P104 …

Pure: what was read and rendered is given, and nothing is changed. Reading's own findings (C), rendering's (R) and the
lists' (L) are not repeated.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from isa_mail.check.cleaning import cleaning_findings
from isa_mail.check.dates import date_findings
from isa_mail.check.languages import language_findings
from isa_mail.check.letter import (
    edition_findings,
    imprint_findings,
    rendering_findings,
    upload_findings,
)
from isa_mail.check.links import link_findings
from isa_mail.check.names import name_findings
from isa_mail.check.numbers import grouping_findings
from isa_mail.check.passages import passages
from isa_mail.check.pictures import picture_findings
from isa_mail.check.sample import Sample, setting_findings, table_findings
from isa_mail.check.text import text_findings
from isa_mail.check.texts import Texts
from isa_mail.model.findings import Finding, Glossary
from isa_mail.model.newsletter import Edition
from isa_mail.model.publication import Mailbox, Publication
from isa_mail.model.rendering import RenderedEdition

__all__ = ["Sample", "Subject", "Texts", "check"]


@dataclass(frozen=True, slots=True)
class Subject:
    """What is looked at."""

    name: str  # the edition's
    directory: str  # its folder, as places name it: "editions/2026-09"
    editions: tuple[Edition, ...]
    rendered: tuple[RenderedEdition, ...]  # those that could be rendered
    publication: Publication
    lists: tuple[str, ...]
    test_to: Mailbox | None
    sample: Sample
    texts: Texts  # the section files, each edition.txt and isa-mail.toml
    languages: Mapping[str, str]  # of each text file, by its name
    pictures: frozenset[str]  # files in images/
    glossary: Glossary


def check(subject: Subject) -> Iterator[Finding]:
    """Find everything, in no particular order."""
    for file, language in subject.languages.items():
        text = "\n".join(subject.texts.lines[file])
        yield from cleaning_findings(text, language, file, subject.glossary)
    for edition in subject.editions:
        yield from _words(edition, subject)
        yield from link_findings(edition)
        yield from edition_findings(edition, subject.texts)
    yield from picture_findings(subject.editions, subject.pictures, subject.directory)
    places = {edition.language: edition.place for edition in subject.editions}
    for rendered in subject.rendered:
        own = subject.publication.in_language(rendered.language)
        yield from rendering_findings(rendered, own, places[rendered.language])
    yield from language_findings(subject.editions, subject.texts)
    yield from imprint_findings(subject.publication, subject.texts)
    yield from setting_findings(
        subject.publication, subject.lists, subject.test_to, subject.sample, subject.texts
    )
    yield from table_findings(subject.publication.languages, subject.texts)
    yield from upload_findings(subject.publication, subject.name)


def _words(edition: Edition, subject: Subject) -> Iterator[Finding]:
    found = list(passages(edition))
    language = edition.language
    yield from text_findings(found, language, subject.texts)
    yield from name_findings(found, language, subject.texts, subject.glossary)
    yield from date_findings(found, edition.date, subject.texts)
    yield from grouping_findings(found, language, subject.texts)
