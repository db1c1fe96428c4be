"""The lists as `send` would read them, and what there is to tell about them.

    isa-mail.toml or --to, --where -> StagedLists        lists + suppressions + journal -> Overview

Joins recipients/, store/ and workspace/. Writes nothing: what is staged goes away with the audience.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from isa_mail.errors import ListError, SendRefused
from isa_mail.model.mail import TransportName
from isa_mail.model.merging import MergeField
from isa_mail.model.people import Recipient
from isa_mail.model.publication import Mailbox
from isa_mail.pipeline.audience import ListSource, People, StagedLists, stage_lists
from isa_mail.workspace.find import Workspace
from isa_mail.workspace.settings import Settings

if TYPE_CHECKING:
    from isa_mail.message.template import MessageTemplate
    from isa_mail.store.audience import Audience, Kind
    from isa_mail.store.records import Records
    from isa_mail.store.suppressions import Suppressions


LetterFields: TypeAlias = Mapping[str, Collection[MergeField]]
"""The merge fields of each letter, by its language."""


class Comparison(NamedTuple):
    """The lists now against those of the last edition sent, by keys."""

    edition: str
    new: tuple[str, ...]  # would get this edition, and were not to get that one
    gone: tuple[str, ...]  # were to get that one, and are not on these lists
    suppressed: tuple[str, ...]  # were to get that one, are on these lists, and have left


class Letters(NamedTuple):
    """How many people get which letter."""

    languages: Mapping[str, int]  # people by the language of their letter
    without: Mapping[
        str, int
    ]  # people by their own language, or the list's word for it, where no letter is in it
    fallback: str  # the language of the letter that these get


class Overview(NamedTuple):
    """What `isa-mail lists` tells."""

    lists: StagedLists
    unused_lists: tuple[str, ...]
    people: People  # all who would get a mail
    suppressed: People
    suppression_changed: datetime | None
    letters: Letters
    greeted: int  # how many are greeted by name
    alike: (
        bool  # whether the edition greets everybody alike, since no letter of it asks for a greeting by name
    )
    previous: Comparison | None
    language_of: Callable[[Recipient], str]  # the letter that a person gets
    greeting_of: Callable[[Recipient], str | None]  # in that letter; None: the edition's own

    def greetings(self) -> Iterator[tuple[Recipient, str | None]]:
        """Yield everyone who would get a mail with the greeting of their letter; None: the edition's own."""
        for person in self.people:
            yield person, self.greeting_of(person)


@contextmanager
def overview(
    workspace: Workspace,
    settings: Settings,
    edition: str | None,
    names: Sequence[str],
    where: Sequence[tuple[str, str]],
    *,
    letters: LetterFields | None = None,
) -> Iterator[Overview]:
    """Read the lists, and compare them with the last edition sent before `edition` (None: of all).

    `letters` are the merge fields of each letter by its language; None or empty: as if there were a letter in every
    language of the publication, that greets by name. Raises ListError, SendRefused if no list is named, StoreError.
    """
    from isa_mail.recipients.greetings import greeting
    from isa_mail.store.audience import Kind
    from isa_mail.store.records import Records
    from isa_mail.store.suppressions import Suppressions

    languages = tuple(letters or settings.publication.languages)
    asks = {
        language: not letters or any(field.name == "greeting" for field in letters[language])
        for language in languages
    }

    language_of = language_chooser(languages, settings)

    def by_name(person: Recipient) -> bool:
        language = language_of(person)
        return asks[language] and greeting(person, language) is not None

    def greeting_of(person: Recipient) -> str | None:
        language = language_of(person)
        if not asks[language]:
            return None
        if not letters:
            return greeting(person, language)
        return greeted(person, language, letters[language]).fields.get("greeting")

    with ExitStack() as stack:
        lists, used = read_lists(workspace, settings, names, where)
        audience = stack.enter_context(lists.audience)
        changed = None
        if workspace.suppressions.exists():
            suppressions = stack.enter_context(Suppressions.open(workspace.suppressions, create=False))
            mark_who_left(audience, suppressions)
            changed = suppressions.last_change()
        previous = None
        if workspace.journal.exists() and not (names or where):  # a selection says nothing of the lists
            journal = stack.enter_context(Records.open(workspace.journal))
            previous = compare(audience, journal, edition, settings.copy_to)
        people, left = (_people(lists, Kind(None, suppressed=suppressed)) for suppressed in (False, True))
        yield Overview(
            lists=lists,
            unused_lists=workspace.unused_lists(used),
            people=people,
            suppressed=left,
            suppression_changed=changed,
            letters=count_letters(people, languages, fallback_language(languages, settings)),
            greeted=sum(map(by_name, people)),
            alike=not any(asks.values()),
            previous=previous,
            language_of=language_of,
            greeting_of=greeting_of,
        )


def letters_of(workspace: Workspace, settings: Settings, edition: str) -> LetterFields | None:
    """Read which letters an edition has; None if one of them cannot be read, which `check` tells."""
    from isa_mail.pipeline.making import try_editions
    from isa_mail.walk import merge_fields

    editions, errors = try_editions(workspace, settings, edition)
    return None if errors else {each.language: tuple(merge_fields(each)) for each in editions}


def language_chooser(languages: Collection[str], settings: Settings) -> Callable[[Recipient], str]:
    """Return what chooses one of the letter's `languages`: the recipient's, else the publication's first of these."""
    letter = letter_chooser(languages, settings)
    return lambda recipient: letter(recipient.language)


def letter_chooser(languages: Collection[str], settings: Settings) -> Callable[[str | None], str]:
    """Return what chooses one of the letter's `languages` for people of a language; see `language_chooser`."""
    fallback = fallback_language(languages, settings)
    own = {language: language for language in languages}
    return lambda language: own.get(language or "", fallback)


def fallback_language(languages: Collection[str], settings: Settings) -> str:
    """Choose the letter of those whose own language has none."""
    wanted = (*settings.publication.languages, *languages)
    return next(language for language in wanted if language in languages)


def _people(lists: StagedLists, kind: "Kind") -> People:
    return People(lists, ((kind,),), lists.audience.counts().get(kind, 0))


def read_lists(
    workspace: Workspace, settings: Settings, names: Sequence[str], where: Sequence[tuple[str, str]]
) -> tuple[StagedLists, tuple[Path, ...]]:
    """Read the lists `names`, or those of isa-mail.toml, into an audience; and say which files they are.

    Whom `where` does not choose is left out. Raises ListError, and SendRefused if no list is named.
    """
    from isa_mail.recipients.select import selector
    from isa_mail.store.audience import Audience

    names = names or settings.lists
    if not names:
        raise SendRefused(
            "No recipient list is named.",
            place=workspace.place(workspace.settings_file),
            hint='Write lists = ["members.csv"] into isa-mail.toml, or name one: --to members.csv',
        )
    sources = tuple(list_source(workspace, name) for name in names)
    lists = stage_lists(sources, Audience(), root=workspace.root)
    if where:
        holds = selector(where, lists.columns)
        everyone = lists.people(tuple(lists.audience.counts()))
        lists.audience.leave_out(identity for identity, person in everyone if not holds(person))
    return lists, tuple(source.path for source in sources)


def list_source(workspace: Workspace, name: str) -> ListSource:
    """Find a list by its name; what follows a # is a workbook's sheet, unless a file is called like that.

    Raises ListError.
    """
    try:
        return ListSource(workspace.list_file(name))
    except ListError:
        file, mark, sheet = name.rpartition("#")
        if not mark:
            raise
        return ListSource(workspace.list_file(file), sheet.strip())


def mark_who_left(
    audience: "Audience", suppressions: "Suppressions", further: Collection[str] = ()
) -> dict[str, str]:
    """Mark those people of a run who left, those who were erased as well.

    Return the key of each person whose keyed hash is one of `further`, by that hash. All people are hashed only where
    somebody was erased at all.
    """
    audience.suppress(entry.address for entry in suppressions.list() if entry.address is not None)
    erased = suppressions.erased()
    if not erased and not further:
        return {}
    found = {digits: key for key, digits in suppressions.recognise(audience.keys(), erased.union(further))}
    audience.suppress(key for digits, key in found.items() if digits in erased)
    return {digits: key for digits, key in found.items() if digits in further}


def compare(
    audience: "Audience", journal: "Records", edition: str | None, copy_to: Mailbox | None
) -> Comparison | None:
    """Compare the people of a run, those who left marked, with the last edition sent before `edition`.

    `copy_to` stands on no list, so nothing is said of it.
    """
    previous = journal.last_edition_before(edition or "", TransportName.SMTP)
    if previous is None:
        return None
    copy = copy_to.address.lower() if copy_to else None
    audience.note_previous(key for key in journal.keys(previous, TransportName.SMTP) if key != copy)
    new = tuple(key for key in audience.new_keys() if key != copy)
    return Comparison(previous, new, audience.lost_keys(), audience.newly_suppressed_keys())


def greeted(person: Recipient, language: str, letter: Iterable[MergeField]) -> Recipient:
    """Give a person the merge value `greeting`, if a letter in `language` with these merge fields asks for it.

    Whoever cannot be greeted by name gets the field's fallback, which is the edition's own greeting; where the
    letter has none, the formula for people unknown.
    """
    from isa_mail.recipients.greetings import UNKNOWN_PERSON, greeting

    fallbacks = [field.fallback for field in letter if field.name == "greeting"]
    if not fallbacks:
        return person
    words = greeting(person, language) or (UNKNOWN_PERSON[language] if None in fallbacks else None)
    fields = {name: value for name, value in person.fields.items() if name != "greeting"}
    return person._replace(fields=fields | {"greeting": words} if words else fields)


def greeter(
    templates: "Mapping[str, MessageTemplate]", language_of: Callable[[Recipient], str]
) -> Callable[[Recipient], Recipient] | None:
    """Return what greets a person in the letter that they get; None if no letter asks for it."""
    letters = {
        language: [field for field in template.fields if field.name == "greeting"]
        for language, template in templates.items()
    }
    if not any(letters.values()):
        return None

    def greet(person: Recipient) -> Recipient:
        language = language_of(person)
        return greeted(person, language, letters[language])

    return greet


def count_letters(people: People, letters: Collection[str], fallback: str) -> Letters:
    """Count who gets which letter; people whose language has none get the one in `fallback`."""
    languages: Counter[str] = Counter()
    without: dict[str, int] = {}
    for own, number in people.languages().items():
        languages[own if own in letters else fallback] += number
        if own and own not in letters:
            without[own] = number
    return Letters(languages, without, fallback)
