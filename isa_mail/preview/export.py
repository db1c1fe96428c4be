"""The preview as a folder that opens without a server: one page with everything in it.

    export(draft, Path("entwurf"), None) -> entwurf/index.html

Edge: writes one file. It is the same page with the same script; what the server would answer stands in the page as
data. One file, because a page beside its pictures loses them where a zip archive is only looked into. Nothing in it is
personal unless a person is given: no lists, and no findings about them.
"""

import hashlib
import json
from base64 import b64encode
from pathlib import Path

from isa_mail.errors import PreviewError
from isa_mail.model.findings import Place
from isa_mail.preview.current import State
from isa_mail.preview.draft import Draft, Reader
from isa_mail.preview.facts import Facts, anyones, letter_facts, reader_facts, state_facts
from isa_mail.preview.letter import Letter, take_apart
from isa_mail.preview.site import page_file

_MARK = '<meta name="generator" content="isa-mail preview">'


def export(draft: Draft, folder: Path, reader: Reader | None) -> Path:
    """Write the page, with the letter to nobody in particular and, if there is one, to `reader`; return its path.

    Raises MergeError, and PreviewError if something else is in the way or the folder cannot be written.
    """
    page = folder / "index.html"
    text = _page(_data(draft, reader))
    try:
        if page.exists() and _MARK not in page.read_text(encoding="utf-8", errors="replace"):
            raise PreviewError(
                "There is another index.html in the folder.",
                place=Place(str(page)),
                hint="Name a folder of its own: isa-mail preview --export DIR",
            )
        folder.mkdir(parents=True, exist_ok=True)
        page.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise PreviewError(
            f"The preview cannot be written: {error.strerror}.",
            place=Place(str(page)),
            hint="Name a folder that you may write to: isa-mail preview --export DIR",
        ) from error
    return page


def _data(draft: Draft, reader: Reader | None) -> Facts:
    ours = {source.file for sources in draft.sources.values() for source in sources}
    findings = [finding for finding in draft.findings if finding.place.file in ours]
    state = state_facts(State(1, draft, drawn=1), findings)
    letters: Facts = {}
    pictures: Facts = {}
    for language in draft.languages:
        letter = anyones(draft, language)
        letters[f"{language}/0"] = _letter(draft, letter, language)
        if reader:
            own = take_apart(draft.message(language, reader.recipient))
            letters[f"{language}/1"] = _letter(draft, own, language)
        for address, file in letter.pictures.items():
            pictures[address] = _data_address(file.media_type, file.data)
    for address, picture in draft.linked.items():
        pictures[address] = _data_address(picture.media_type, picture.data)
    data: Facts = {"draft": state, "letters": letters, "pictures": pictures, "people": []}
    if reader:
        told = reader_facts(draft, reader, 1)
        data |= {"people": [told], "draft": state | {"reader": told}}
    return data


def _letter(draft: Draft, letter: Letter, language: str) -> Facts:
    return letter_facts(draft, letter, language) | {"html": letter.html.decode()}


def _data_address(media_type: str, data: bytes) -> str:
    return f"data:{media_type};base64,{b64encode(data).decode('ascii')}"


def _page(data: Facts) -> str:
    """Put looks, manners and data into the page, and a policy that lets nothing else in."""
    style, script = page_file("frame.css"), page_file("frame.js")
    digest = b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    policy = (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    written = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    exchanged = {
        '<link rel="stylesheet" href="frame.css">': f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f"{_MARK}\n<style>{style}</style>",
        '<script src="frame.js" defer></script>': "",
        "</body>": f'<script type="application/json" id="data">{written}</script>\n<script>{script}</script>\n</body>',
    }
    page = page_file("frame.html")
    for mark, text in exchanged.items():
        assert page.count(mark) == 1, mark
        page = page.replace(mark, text)
    return page
