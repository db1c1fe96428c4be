"""The pages of the preview: a frame with the letter in it, its text part, its pictures; or the errors.

    GET /?language=de&view=phone -> the frame      GET /letter/3/de -> the letter, in a frame without scripts

Edge: Flask. It reads `current.py` and writes nothing; whatever a browser asks for, no file is looked up. The
guards follow from what any page on the Internet may try on a server of this machine: the Host header is checked
(DNS rebinding), only GET is answered, and Content-Security-Policy (CSP Level 3) lets nothing in from outside.
"""

import re
from collections.abc import Iterator
from importlib.resources import files
from typing import TYPE_CHECKING
from urllib.parse import quote

from isa_mail.preview.current import Current
from isa_mail.preview.draft import DraftLetter
from isa_mail.typography.languages import OWN_NAMES

if TYPE_CHECKING:
    from flask import Flask
    from flask.typing import ResponseReturnValue
    from werkzeug.wrappers import Response

_VIEWS = {"desktop": "Desktop", "phone": "Phone", "text": "Text"}
_FRAME_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; frame-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_LETTER_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)
_CID = re.compile(r'cid:([^\s"<>()]+)')
_HEARTBEAT_SECONDS = 15.0  # a browser that has gone away is noticed at the next write


def make_site(current: Current, *, port: int) -> "Flask":
    """Return the application that shows `current` under the names that this machine has for itself."""
    from flask import Flask

    site = Flask("isa_mail.preview", template_folder=None, static_folder=None)
    _guard(site, port)
    _add_frame(site, current)
    _add_letter(site, current)
    return site


def _guard(site: "Flask", port: int) -> None:
    """Refuse what a person in front of this browser would not ask; add the headers that all answers carry."""
    from flask import Response, request

    hosts = {f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]")}

    @site.before_request
    def refuse() -> "Response | None":
        if request.headers.get("Host", "").lower() not in hosts:
            return Response("This preview answers to this machine only.\n", 403, mimetype="text/plain")
        if request.method not in ("GET", "HEAD"):
            return Response("This preview only shows.\n", 405, {"Allow": "GET, HEAD"}, mimetype="text/plain")
        return None

    @site.after_request
    def add_headers(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", _FRAME_POLICY)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        response.headers["Cache-Control"] = "no-store"
        return response


def _add_frame(site: "Flask", current: Current) -> None:
    """Add the frame, its looks and manners, and the news that the draft has changed."""
    from flask import Response, render_template_string, request

    package = files("isa_mail.preview")
    page, style, script = (
        (package / name).read_text(encoding="utf-8") for name in ("frame.html", "frame.css", "frame.js")
    )

    @site.get("/")
    def frame() -> str:
        state = current.state
        letters = state.draft.letters if state.draft else {}
        language = request.args.get("language", "")
        view = request.args.get("view", "")
        language = language if language in letters or not letters else next(iter(letters))
        return render_template_string(
            page,
            state=state,
            letter=letters.get(language),
            language=language,
            languages={code: OWN_NAMES.get(code, code) for code in letters},
            view=view if view in _VIEWS else "desktop",
            views=_VIEWS,
        )

    @site.get("/frame.css")
    def frame_css() -> Response:
        return Response(style, mimetype="text/css")

    @site.get("/frame.js")
    def frame_js() -> Response:
        return Response(script, mimetype="text/javascript")

    @site.get("/news/<int:version>")
    def news(version: int) -> Response:
        return Response(_news(current, version), mimetype="text/event-stream")


def _add_letter(site: "Flask", current: Current) -> None:
    """Add the letters and their pictures. The version in the address is for browsers, which like to keep things."""
    from flask import Response, abort

    @site.get("/letter/<int:version>/<language>")
    def letter(version: int, language: str) -> "ResponseReturnValue":
        draft = current.state.draft
        if draft is None or language not in draft.letters:
            abort(404)
        html = _with_pictures(draft.letters[language], f"/picture/{version}/{quote(language, safe='')}/")
        return Response(html, headers={"Content-Security-Policy": _LETTER_POLICY}, mimetype="text/html")

    @site.get("/picture/<int:version>/<language>/<int:number>")
    def picture(version: int, language: str, number: int) -> "ResponseReturnValue":
        draft = current.state.draft
        if draft is None or language not in draft.letters or number >= len(draft.letters[language].pictures):
            abort(404)
        shown = draft.letters[language].pictures[number]
        return Response(shown.data, mimetype=shown.media_type)


def _with_pictures(letter: DraftLetter, folder: str) -> str:
    """Return the letter with its cid: addresses (RFC 2392) as numbers in `folder`; unknown ones stay, broken."""
    addresses = {picture.content_id: f"{folder}{number}" for number, picture in enumerate(letter.pictures)}
    return _CID.sub(lambda found: addresses.get(found[1], found[0]), letter.html)


def _news(current: Current, version: int) -> Iterator[str]:
    """Yield server-sent events: the version whenever it is not the one that the browser shows."""
    while (newest := current.wait(version, seconds=_HEARTBEAT_SECONDS)) is not None:
        yield f"data: {newest}\n\n" if newest != version else ": still here\n\n"
        version = newest
