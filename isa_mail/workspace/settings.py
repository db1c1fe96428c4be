"""isa-mail.toml -> Settings: the publication, its lists, its pace.

    sender = "Newsletter <newsletter@example.org>" -> Publication(sender=Mailbox("Newsletter", …), …)

Edge: reads one file. Every error names `isa-mail.toml:line`. TOML because a technical person writes this file
once; unknown keys are errors with the nearest match, so that a misspelt `replyto` is not silently nothing.
"""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from isa_mail.addresses import parse_mailbox
from isa_mail.errors import AddressError, SettingsError
from isa_mail.model.findings import Place
from isa_mail.model.publication import Colours, DeliverySettings, Mailbox, Publication, Translation
from isa_mail.typography.contrast import LEAST_CONTRAST, contrast, readable_on_white
from isa_mail.typography.languages import language_code
from isa_mail.workspace.find import SETTINGS_FILE
from isa_mail.workspace.providers import PROVIDERS

_KEYS = (
    "name",
    "sender",
    "reply_to",
    "list_id",
    "imprint",
    "logo",
    "languages",
    "web_address",
    "pictures",
    "lists",
    "test_to",
    "copy_to",
    "colours",
    "delivery",
)
_TRANSLATED = ("name", "sender", "reply_to", "imprint")  # in a table of the language's name
_COLOUR = r"#[0-9a-fA-F]{6}"
_LIST_ID = re.compile(
    r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+"
)
_WEB_ADDRESS = r"https://([^\s/?#@:\[\]]+)(:\d+)?(/[^?#]*)?"
_CONTROL = r"[\x00-\x1f\x7f\x85\u2028\u2029]"


class Settings(NamedTuple):
    """All of isa-mail.toml. Only `publication` is part of a build's fingerprint."""

    publication: Publication
    lists: tuple[str, ...]  # names in recipients/, or paths from the workspace
    test_to: Mailbox | None
    copy_to: Mailbox | None
    copy_to_place: Place
    logo_place: Place
    delivery: DeliverySettings


def read_settings(path: Path) -> Settings:
    """Read and check isa-mail.toml.

    Raises SettingsError with the line for the first thing that cannot be meant.
    """
    text = _text(path)
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _broken(error) from error
    reader = _Reader(text, table)
    languages = _languages(reader)
    tables = tuple(key for key in table if language_code(key) == key)  # one too many is a finding, S104
    reader.refuse_unknown((), (*_KEYS, *tables))
    for language in tables:
        reader.refuse_unknown((language,), _TRANSLATED)
    reader.refuse_unknown(("colours",), ("primary", "accent"))
    reader.refuse_unknown(("delivery",), DeliverySettings._fields)
    copy_to = reader.mailbox("copy_to")
    return Settings(
        publication=_publication(reader, languages),
        lists=reader.strings("lists", ()),
        test_to=reader.mailbox("test_to"),
        copy_to=copy_to,
        copy_to_place=reader.place("copy_to"),
        logo_place=reader.place("logo"),
        delivery=_delivery(reader),
    )


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise SettingsError(
            f"{SETTINGS_FILE} is not UTF-8.",
            place=Place(SETTINGS_FILE),
            hint="Save it again as plain text in UTF-8 (in Notepad: Save as, encoding UTF-8).",
        ) from error
    except OSError as error:
        raise SettingsError(
            f"{SETTINGS_FILE} cannot be read: {error.strerror}.",
            place=Place(SETTINGS_FILE),
            hint="Check the file's permissions.",
        ) from error


def _broken(error: tomllib.TOMLDecodeError) -> SettingsError:
    found = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
    what = re.sub(r"\s*\(at .*\)$", "", str(error))
    return SettingsError(
        f"{SETTINGS_FILE} is not valid TOML: {what}.",
        place=Place(SETTINGS_FILE, int(found[1]) if found else None),
        hint='Text stands in quotes, for example name = "Stadtbrief"; lists in brackets: ["a.csv", "b.csv"].',
    )


class _Reader:
    """Typed access to the parsed table, with the line of each key for errors."""

    def __init__(self, text: str, table: Mapping[str, Any]) -> None:
        self._lines = text.split("\n")
        self._table = table

    def place(self, *path: str) -> Place:
        """Find the line of a key: the first `key =` after its table's head. None if it is not there."""
        start = 0
        if len(path) == 2:
            start = next((n for n, line in enumerate(self._lines) if _heads(line, path[0])), 0)
        rest = enumerate(self._lines[start:], start + 1)
        numbers = (n for n, line in rest if _sets(line, path[-1]) or _heads(line, path[-1]))
        return Place(SETTINGS_FILE, next(numbers, None))

    def wrong(self, path: tuple[str, ...], message: str, hint: str) -> SettingsError:
        return SettingsError(message, place=self.place(*path), hint=hint)

    def value(self, *path: str) -> Any:
        value: Any = self._table
        for key in path:
            if not isinstance(value, dict):
                raise self.wrong(
                    path[:1], f"{path[0]} is a table.", f"Write [{path[0]}] on a line of its own."
                )
            value = value.get(key)
            if value is None:
                return None
        return value

    def refuse_unknown(self, table: tuple[str, ...], known: tuple[str, ...]) -> None:
        value = self.value(*table) if table else self._table
        if value is None:
            return
        if not isinstance(value, dict):
            raise self.wrong(table, f"{table[0]} is a table.", f"Write [{table[0]}] on a line of its own.")
        for key in value:
            if key not in known:
                from difflib import get_close_matches

                near = get_close_matches(key, known, 1, 0.6)
                hint = f"Did you mean {near[0]}? " if near else ""
                raise self.wrong(
                    (*table, key),
                    f"{key!r} is no setting of isa-mail.",
                    f"{hint}Known here: {', '.join(known)}.",
                )

    def string(self, *path: str, required: bool = False, lines: bool = False) -> str:
        value = self.value(*path)
        name = path[-1]
        if required and (value is None or (isinstance(value, str) and not value.strip())):
            raise self.wrong(path, f"{name} is missing.", f'Add a line like {name} = "…".')
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self.wrong(path, f"{name} is not a text.", f'Put it in quotes: {name} = "…".')
        if not (lines or value.isprintable()) and re.search(_CONTROL, value):
            raise self.wrong(
                path, f"{name} has a line break or a control character.", "Write it on one line."
            )
        return value.strip()

    def strings(self, name: str, default: tuple[str, ...]) -> tuple[str, ...]:
        value = self.value(name)
        if value is None:
            return default
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.wrong((name,), f"{name} is not a list of texts.", f'Write {name} = ["…", "…"].')
        return tuple(item.strip() for item in value)

    def mailbox(self, *path: str, required: bool = False) -> Mailbox | None:
        text, name = self.string(*path, required=required), path[-1]
        if not text:
            return None
        try:
            return parse_mailbox(text)
        except AddressError as error:
            raise self.wrong(
                path,
                f"{name} is no e-mail address: {error.message}",
                error.hint or 'Write "Name <a@b.org>".',
            ) from error


def _heads(line: str, name: str) -> bool:
    """Whether a line begins the table of this name."""
    return "".join(line.partition("]")[0].split()) == f"[{name}"


def _sets(line: str, key: str) -> bool:
    """Whether a line says what this key is."""
    name, equals, _ = line.partition("=")
    return bool(equals) and name.strip().strip("\"'") == key


def _publication(reader: _Reader, languages: tuple[str, ...]) -> Publication:
    sender = reader.mailbox("sender", required=True)
    assert sender is not None
    return Publication(
        name=reader.string("name", required=True),
        sender=sender,
        reply_to=reader.mailbox("reply_to"),
        list_id=_list_id(reader),
        imprint=reader.string("imprint", required=True, lines=True),
        colours=Colours(_colour(reader, "primary", "#1f4e79"), _colour(reader, "accent", "#b3261e")),
        logo=reader.string("logo").replace("\\", "/") or None,
        languages=languages,
        translations=tuple(_translation(reader, each) for each in languages if reader.value(each)),
        web_address=_web_address(reader),
        linked_pictures=_linked_pictures(reader),
    )


def _translation(reader: _Reader, language: str) -> Translation:
    return Translation(
        language=language,
        name=reader.string(language, "name") or None,
        sender=reader.mailbox(language, "sender"),
        reply_to=reader.mailbox(language, "reply_to"),
        imprint=reader.string(language, "imprint", lines=True) or None,
    )


def _list_id(reader: _Reader) -> str:
    text = reader.string("list_id", required=True)
    if not _LIST_ID.fullmatch(text) or len(text) > 255:  # RFC 2919 section 3
        raise reader.wrong(
            ("list_id",),
            f"{text!r} is no list id.",
            'Use a name in your own domain: "newsletter.example.org".',
        )
    return text.lower()


def _colour(reader: _Reader, name: str, default: str) -> str:
    text = reader.string("colours", name) or default
    if not re.fullmatch(_COLOUR, text):
        raise reader.wrong(
            ("colours", name), f"{name} is {text!r}.", 'Use six digits, for example "#1f4e79".'
        )
    colour = text.lower()
    ratio = contrast(colour, "#ffffff")
    if ratio < LEAST_CONTRAST:
        # Cut off, not rounded: 4.49 must not be shown as the 4.5 that it misses.
        shown = f"{int(ratio * 100) / 100:g}"
        raise reader.wrong(
            ("colours", name),
            f'{name} "{colour}" has a contrast of {shown} to 1 with white; at least {LEAST_CONTRAST} is needed.',
            f'A near one that passes: "{readable_on_white(colour)}".',
        )
    return colour


def _languages(reader: _Reader) -> tuple[str, ...]:
    names = reader.strings("languages", ("de",))
    codes = tuple(language_code(name) for name in names)
    for name, code in zip(names, codes, strict=True):
        if code is None:
            raise reader.wrong(
                ("languages",), f"{name!r} is no language that isa-mail knows.", "Known: de, en, zh."
            )
    if not codes:
        raise reader.wrong(("languages",), "languages is empty.", 'Name at least one: languages = ["de"].')
    return tuple(dict.fromkeys(code for code in codes if code))


def _web_address(reader: _Reader) -> str | None:
    text = reader.string("web_address")
    if not text:
        return None
    import idna

    found = re.fullmatch(_WEB_ADDRESS, text)
    try:
        host = idna.encode(found[1].lower(), uts46=True).decode("ascii") if found else ""
    except idna.IDNAError:
        host = ""
    if not found or not host:
        raise reader.wrong(
            ("web_address",),
            f"web_address is {text!r}, and not the https address of a folder.",
            'Write where your web site shows the editions, for example "https://www.example.org/newsletter/".',
        )
    path = quote(found[3] or "/", safe="/%~!$&'()*+,;=:@-._")
    return f"https://{host}{found[2] or ''}{path.rstrip('/')}/"


def _linked_pictures(reader: _Reader) -> bool:
    text = reader.string("pictures") or "embedded"
    if text not in ("embedded", "linked"):
        raise reader.wrong(
            ("pictures",),
            f"pictures is {text!r}.",
            'Write "embedded" (inside the mail) or "linked" (from the web).',
        )
    if text == "linked" and not reader.string("web_address"):
        raise reader.wrong(
            ("pictures",),
            "Linked pictures need a place on the web.",
            'Add a line like web_address = "https://www.example.org/newsletter/".',
        )
    return text == "linked"


def _delivery(reader: _Reader) -> DeliverySettings:
    """Read [delivery]: the provider's numbers, or those of nobody in particular; each that is given itself wins."""
    provider = reader.string("delivery", "provider")
    if provider and provider not in PROVIDERS:
        raise reader.wrong(
            ("delivery", "provider"),
            f"{provider!r} is no provider that isa-mail knows.",
            f"Known: {', '.join(PROVIDERS)}. Leave the line out for any other.",
        )
    defaults = PROVIDERS.get(provider, DeliverySettings())
    values: dict[str, int] = {}
    for name in DeliverySettings._fields:
        value = None if name == "provider" else reader.value("delivery", name)
        if value is None:
            continue
        if not isinstance(value, int) or isinstance(value, bool) or value < (name == "sessions"):
            raise reader.wrong(
                ("delivery", name),
                f"{name} is {value!r}.",
                f"Use a whole number, for example {getattr(defaults, name)}.",
            )
        values[name] = value
    return defaults._replace(provider=provider, **values)
