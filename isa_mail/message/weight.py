"""How much a message may weigh, and what weighs most in it.

    a message of 12,400,000 octets -> Finding("R105", …)     one of 24,000,000 -> BuildError, naming the heaviest

Pure. Sizes are those on the wire: base64 makes files a third larger. RFC 1870 lets each server set its own limit, and a
message goes through several: Postfix, as it is installed, takes 10,240,000 octets, Exchange 10 MB, Gmail 25 MB.
"""

from collections.abc import Iterator

from isa_mail.errors import BuildError
from isa_mail.model.findings import Finding, Place, Severity
from isa_mail.model.rendering import Attachment, Picture, RenderedEdition

WARN_OCTETS = 10_000_000
MAX_OCTETS = 20_000_000
_NAMED = 3  # of the heaviest parts


def weight_findings(rendered: RenderedEdition, octets: int, place: Place) -> Iterator[Finding]:
    """Judge a finished message of this rendering by its size.

    Raises BuildError above MAX_OCTETS.
    """
    if octets < WARN_OCTETS:
        return
    heaviest = ", ".join(f"{name} ({size / 1e6:.1f} MB)" for name, size in _heaviest(rendered))
    hint = "Put large files on your web site and link to them"
    if rendered.pictures:
        hint += ', or let the letter link its pictures: pictures = "linked" in isa-mail.toml'
    if octets > MAX_OCTETS:
        raise BuildError(
            f"A mail of this edition has {octets / 1e6:.1f} MB; {MAX_OCTETS / 1e6:.0f} MB is the limit. "
            f"Heaviest: {heaviest}.",
            place=place,
            hint=f"{hint}.",
        )
    yield Finding(
        "R105",
        Severity.WARNING,
        place,
        f"A mail of this edition has {octets / 1e6:.1f} MB; many servers take no more than 10 MB. "
        f"Heaviest: {heaviest}.",
        f"{hint}.",
    )


def _heaviest(rendered: RenderedEdition) -> list[tuple[str, int]]:
    files: tuple[Picture | Attachment, ...] = (*rendered.pictures, *rendered.attachments)
    sizes = [(file.filename, len(file.data) * 78 // 57) for file in files]  # 57 octets make a line of base64
    return sorted(sizes, key=lambda each: -each[1])[:_NAMED]
