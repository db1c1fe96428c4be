"""How long the letter is for the programs that cut long ones off.

    88 KB of HTML -> Finding("R101", warning, "The letter's HTML has 88 KB … Longest: 30-messe.txt (21 KB), …")

Pure. Gmail shows the first 102 KB of HTML and hides the rest behind a link, and with it the way to unsubscribe.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from isa_mail.model.findings import Finding, Place, Severity
from isa_mail.model.merging import Template
from isa_mail.render.letter import Letter

HTML_WARN_BYTES = 80_000
HTML_MAX_BYTES = 100_000
_NAMED = 3  # of the longest sections


def size_findings(html: str, template: Template, arranged: Letter, place: Place) -> Iterator[Finding]:
    """Point out a letter that is cut off, or may soon be. `html` is `template` with marks in its holes."""
    size = sum(len(part.encode()) for part in template if isinstance(part, str))
    if size < HTML_WARN_BYTES:
        return
    longest = ", ".join(f"{name} ({octets / 1000:.0f} KB)" for name, octets in _longest(html, arranged))
    yield Finding(
        "R101",
        Severity.BLOCKS if size >= HTML_MAX_BYTES else Severity.WARNING,
        place,
        f"The letter's HTML has {size / 1000:.0f} KB; Gmail cuts it off at 102 KB, before the link to unsubscribe."
        + (f" Longest: {longest}." if longest else ""),
        "Shorten long sections, and link to the full text.",
    )


def _longest(html: str, arranged: Letter) -> Iterable[tuple[str, int]]:
    """Measure sections from heading to heading; those without one count with the section above them."""
    pieces = (*arranged.opening, *arranged.pieces)
    starts = [(html.find(f'id="{piece.anchor}"'), piece.section.name) for piece in pieces]
    marks = [(at, name) for at, name in starts if at >= 0] + [(len(html), "")]
    sizes = [(f"{name}.txt", len(html[at:end].encode())) for (at, name), (end, _) in pairwise(marks)]
    return sorted(sizes, key=lambda each: -each[1])[:_NAMED]
