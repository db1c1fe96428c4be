"""The addresses of the preview: the page, what it is told, the letters and their pictures.

    GET /KEY/ -> the page    GET /KEY/draft -> JSON    GET /KEY/letter/3/de/0 -> the letter, in a frame without scripts

Edge: Flask. It reads `current.py` and the lists and writes nothing; whatever a browser asks for, no file is looked up.
The guards follow from what any page on the Internet may try on a server of this machine: Host and Origin are checked
(DNS rebinding, foreign pages), only GET is answered, and Content-Security-Policy (CSP Level 3) lets nothing in from
outside. All lies below a key that other users of this machine do not know.
"""

from collections.abc import Iterator
from contextlib import suppress
from importlib.resources import files
from typing import TYPE_CHECKING
from urllib.parse import quote

from isa_mail.errors import IsaMailError, ListError
from isa_mail.model.people import Recipient
from isa_mail.preview.current import Current
from isa_mail.preview.draft import Draft, Reader, Readers
from isa_mail.preview.facts import (
    Facts,
    anyones,
    error_facts,
    finding_facts,
    letter_facts,
    reader_facts,
    state_facts,
)
from isa_mail.preview.letter import Letter, take_apart, with_addresses

if TYPE_CHECKING:
    from flask import Blueprint, Flask
    from flask.typing import ResponseReturnValue
    from werkzeug.wrappers import Response

_PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; frame-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_LETTER_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)
_HEARTBEAT_SECONDS = 15.0  # a browser that has gone away is noticed at the next write
_LONGEST_SEARCH = 200  # characters


class _Asked:
    """Numbers for the people who were looked for: 0 is nobody in particular."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers
        self._keys = [""]

    def number(self, person: Recipient) -> int:
        if person.key not in self._keys:
            self._keys.append(person.key)
        return self._keys.index(person.key)

    def reader(self, number: int) -> Reader | None:
        """Look the person up anew, whose row may have changed.

        Raises IndexError for a number that nobody has, ListError for somebody who is on the lists no more.
        """
        if number == 0:
            return None
        reader = self._readers.find(self._keys[number])
        if reader is None:
            raise ListError(
                f"{self._keys[number]} is on the lists no more.",
                hint="Choose somebody else, or nobody in particular.",
            )
        return reader


def make_site(current: Current, readers: Readers, *, port: int, key: str, shown: Recipient | None) -> "Flask":
    """Return the application that shows `current` below `key`, under the names that this machine has for itself."""
    from flask import Blueprint, Flask

    site = Flask("isa_mail.preview", template_folder=None, static_folder=None)
    pages = Blueprint("pages", "isa_mail.preview")
    asked = _Asked(readers)
    _guard(site, port)
    _add_page(pages)
    _add_facts(pages, current, readers, asked, asked.number(shown) if shown else 0)
    _add_letters(pages, current, asked)
    site.register_blueprint(pages, url_prefix=f"/{key}")
    return site


def _guard(site: "Flask", port: int) -> None:
    """Refuse what a person in front of this browser would not ask; add the headers that all answers carry."""
    from flask import Response, request

    hosts = {f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]")}
    origins = {f"http://{host}" for host in hosts}

    @site.before_request
    def refuse() -> "Response | None":
        origin = request.headers.get("Origin", "").lower()
        foreign = request.headers.get("Sec-Fetch-Site") == "cross-site"
        asks_for_page = request.headers.get("Sec-Fetch-Mode") == "navigate"  # a link elsewhere may lead here
        if (
            request.headers.get("Host", "").lower() not in hosts
            or (origin and origin not in origins)
            or (foreign and not asks_for_page)
        ):
            return Response("This preview answers to this machine only.\n", 403, mimetype="text/plain")
        if request.method not in ("GET", "HEAD"):
            return Response("This preview only shows.\n", 405, {"Allow": "GET, HEAD"}, mimetype="text/plain")
        return None

    @site.after_request
    def add_headers(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", _PAGE_POLICY)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers["Cache-Control"] = "no-store"
        return response


def page_file(name: str) -> str:
    """Read one of the page's three files: frame.html, frame.css, frame.js."""
    return (files("isa_mail.preview") / name).read_text(encoding="utf-8")


def _add_page(pages: "Blueprint") -> None:
    """Add the page, its looks and its manners."""
    from flask import Response

    page, style, script = map(page_file, ("frame.html", "frame.css", "frame.js"))

    @pages.get("/")
    def frame() -> Response:
        return Response(page, mimetype="text/html")

    @pages.get("/frame.css")
    def frame_css() -> Response:
        return Response(style, mimetype="text/css")

    @pages.get("/frame.js")
    def frame_js() -> Response:
        return Response(script, mimetype="text/javascript")


def _add_facts(pages: "Blueprint", current: Current, readers: Readers, asked: _Asked, first: int) -> None:
    """Add what the page is told: the draft, the people, and the news that the draft has changed."""
    from flask import Response, request

    def told(reader: Reader) -> Facts:
        return reader_facts(current.state.draft, reader, asked.number(reader.recipient))

    @pages.get("/draft")
    def draft() -> Facts:
        facts = state_facts(current.state)
        with suppress(IsaMailError):  # who is on the lists no more is not shown
            reader = asked.reader(first)
            if reader:
                facts |= {"reader": told(reader)}
        return facts

    @pages.get("/people")
    def people() -> Facts:
        words = request.args.get("words", "")[:_LONGEST_SEARCH]
        try:
            return {"people": [told(reader) for reader in readers.search(words)]}
        except IsaMailError as error:
            return {"people": [], "error": error_facts(error)}

    @pages.get("/lists/<int:version>")
    def lists(version: int) -> Facts:
        found, trouble, drawn = None, None, current.state.draft
        try:
            found = drawn.list_findings() if drawn else None
        except IsaMailError as error:
            trouble = f"{error.message} {error.hint}"
        except Exception as error:  # a bug, which must not look as if nothing were to be said of the lists
            trouble = f"isa-mail has a bug: {type(error).__name__}: {error}. Please report it."
        if trouble:
            trouble = f"The lists could not be looked at here; try isa-mail check. {trouble}"
        return {
            "findings": finding_facts(drawn, found) if drawn and found is not None else None,
            "error": trouble,
        }

    @pages.get("/news/<int:version>")
    def news(version: int) -> Response:
        return Response(_news(current, version), mimetype="text/event-stream")


def _add_letters(pages: "Blueprint", current: Current, asked: _Asked) -> None:
    """Add the letters and their pictures. The version in the address is for browsers, which like to keep things."""
    from flask import Response, abort

    def draft_in(language: str) -> Draft:
        draft = current.state.draft
        if draft is None or language not in draft.languages:
            abort(404)
        return draft

    def letter_to(draft: Draft, language: str, number: int) -> Letter:
        try:
            reader = asked.reader(number)
        except IndexError:
            abort(404)
        return take_apart(draft.message(language, reader.recipient)) if reader else anyones(draft, language)

    @pages.get("/facts/<int:version>/<language>/<int:number>")
    def facts(version: int, language: str, number: int) -> Facts:
        draft = draft_in(language)
        try:
            return letter_facts(draft, letter_to(draft, language, number), language)
        except IsaMailError as error:
            return {"error": error_facts(error)}

    @pages.get("/letter/<int:version>/<language>/<int:number>")
    def letter(version: int, language: str, number: int) -> "ResponseReturnValue":
        draft = draft_in(language)
        try:
            html = letter_to(draft, language, number).html
        except IsaMailError:
            abort(404)  # the page has the reason from the facts
        folder = f"../../../picture/{version}/{quote(language, safe='')}/"
        known = {address: f"{folder}{at}" for at, address in enumerate(_pictures(draft, language))}
        return Response(
            with_addresses(html, known),
            headers={"Content-Security-Policy": _LETTER_POLICY},
            mimetype="text/html",
        )

    @pages.get("/picture/<int:version>/<language>/<int:number>")
    def picture(version: int, language: str, number: int) -> "ResponseReturnValue":
        pictures = list(_pictures(draft_in(language), language).values())
        if number >= len(pictures):
            abort(404)
        media_type, data = pictures[number]
        return Response(data, mimetype=media_type)


def _pictures(draft: Draft, language: str) -> dict[str, tuple[str, bytes]]:
    """Return media type and octets of all pictures of a letter by the address that the letter has for them."""
    inside = anyones(draft, language).pictures
    found = {address: (file.media_type, file.data) for address, file in inside.items()}
    return found | {address: (each.media_type, each.data) for address, each in draft.linked.items()}


def _news(current: Current, version: int) -> Iterator[str]:
    """Yield server-sent events: the version whenever it is not the one that the browser shows."""
    while (newest := current.wait(version, seconds=_HEARTBEAT_SECONDS)) is not None:
        yield f"data: {newest}\n\n" if newest != version else ": still here\n\n"
        version = newest
