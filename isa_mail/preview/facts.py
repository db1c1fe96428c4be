"""What the page is told: drafts, letters and people as plain data that JSON can hold.

    State(draft=Draft("2026-09", …)) -> {"edition": "2026-09", "findings": [{"place": "20-reise.txt:7", …}], …}

Pure. `site.py` answers with it, `export.py` writes it into the page; `frame.js` shows it as text, never as markup.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, TypeAlias

from isa_mail.errors import IsaMailError
from isa_mail.model.findings import Finding, Place, Severity
from isa_mail.preview.blocks import locate
from isa_mail.preview.current import State
from isa_mail.preview.draft import Draft, Limit, Reader
from isa_mail.preview.letter import Letter, take_apart
from isa_mail.typography.languages import OWN_NAMES

Facts: TypeAlias = dict[str, Any]
"""What JSON can hold."""

_WHEN_SENT = "(the moment when it is sent)"
_ORDER = list(Severity)


@lru_cache(maxsize=8)
def anyones(draft: Draft, language: str) -> Letter:
    """Take apart the letter to nobody in particular, once a draft: all its pictures are asked for, one by one."""
    return take_apart(draft.message(language, None))


def state_facts(state: State, findings: Iterable[Finding] | None = None) -> Facts:
    """Tell all that is the same for every reader. `findings` takes the place of the draft's own."""
    facts: Facts = {
        "version": state.version,
        "drawn": state.drawn,
        "errors": _once(error_facts(error) for error in state.errors),
    }
    draft = state.draft
    if draft is None:
        return facts | {"languages": [], "findings": []}
    shown = draft.findings if findings is None else tuple(findings)
    return facts | {
        "edition": draft.edition,
        "title": draft.title,
        "languages": [{"code": code, "name": OWN_NAMES.get(code, code)} for code in draft.languages],
        "fingerprint": draft.fingerprint[:12],
        "standing": {
            "current": draft.standing.is_current,
            "words": draft.standing.words,
            "hint": draft.standing.hint,
        },
        "shades": {scheme: dict(shades) for scheme, shades in draft.shades.items()},
        "findings": finding_facts(draft, shown),
    }


def _once(errors: Iterable[Facts]) -> list[Facts]:
    """Leave out what was told already: a broken template is broken in every language."""
    return list({tuple(error.values()): error for error in errors}.values())


def error_facts(error: IsaMailError) -> Facts:
    """Tell an error as staff read it: place, what happened, what to do."""
    return {"place": str(error.place or ""), "message": error.message, "hint": error.hint}


def letter_facts(draft: Draft, letter: Letter, language: str) -> Facts:
    """Tell what there is to know of one reader's letter, its HTML aside."""
    pictures = [file.data for file in letter.pictures.values()] + [
        each.data for each in draft.linked.values()
    ]
    weights: list[tuple[str, int, Limit | None]] = [
        ("HTML", len(letter.html), draft.limits.get("html")),
        ("Whole mail", letter.octets, draft.limits.get("message")),
        ("Plain text", len(letter.text.encode()), None),
        (f"Pictures: {len(pictures)}", sum(map(len, pictures)), None),
        *((f"Attached: {each.name}", len(each.data), None) for each in letter.attachments),
    ]
    headers = [(name, _WHEN_SENT if name == "Date" else value) for name, value in letter.headers]
    return {
        "sender": letter.sender,
        "subject": letter.subject,
        "snippet": letter.snippet,
        "text": letter.text,
        "headers": [{"name": name, "value": value} for name, value in headers],
        "sizes": [
            {"name": name, "octets": octets}
            | ({"warn": limit.warn, "most": limit.most, "words": limit.words} if limit else {})
            for name, octets, limit in weights
        ],
        "lines": _lines(draft, language),
    }


def reader_facts(draft: Draft | None, reader: Reader, number: int) -> Facts:
    """Tell who somebody is. `number` stands for the person in addresses, so that no history holds who was looked at."""
    person = reader.recipient
    return {
        "number": number,
        "address": person.address,
        "name": person.name,
        "place": str(person.place),
        "left": reader.left,
        "language": draft.language_of(person) if draft else None,
        "wants": person.language if draft and person.language not in draft.languages else None,
    }


def finding_facts(draft: Draft, findings: Iterable[Finding]) -> list[Facts]:
    """Tell findings, the gravest first, with the language that they are about."""
    languages = {source.file: language for language, sources in draft.sources.items() for source in sources}
    return [
        {
            "code": finding.code,
            "severity": finding.severity.value,
            "message": finding.message,
            "hint": finding.hint,
            "place": str(finding.place),
            "language": languages.get(finding.place.file),
        }
        for finding in sorted(findings, key=lambda finding: _ORDER.index(finding.severity))
    ]


@lru_cache(maxsize=8)
def _lines(draft: Draft, language: str) -> Mapping[str, int]:
    """Say which line became which block, the lines that are seen first; the same for every reader."""
    html = anyones(draft, language).html.decode()
    located = locate(draft.sources.get(language, ()), html)
    return {str(Place(file, line)): block for (file, line), block in located.items()}
