"""Link addresses as staff type them -> addresses that every mail program opens.

    "https://müller.example/Über uns" -> "https://xn--mller-kva.example/%C3%9Cber%20uns"

Pure. Non-ASCII is percent-encoded as UTF-8 and hosts become A-labels here, before premailer would percent-encode a
host and break it. `%41` that is there already stays. A merge field may stand in the path, query or fragment, where its
value is percent-encoded; never in scheme or host, where somebody else's list could redirect the link.

Sources: RFC 3986 sections 2 and 3, RFC 3987 section 3.1, RFC 5891 (IDNA), RFC 6068 (mailto).
"""

import re

from isa_mail.errors import ContentError
from isa_mail.model.findings import Place
from isa_mail.model.newsletter import Link
from isa_mail.render.fields import Marks

SCHEMES = ("http", "https", "mailto", "tel")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_AUTHORITY = re.compile(r"//([^/?#]*)")
_MUST_ENCODE = re.compile(r"%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]")
_SPELLING = "Write the whole address, for example https://www.example.org/page or mailto:name@example.org."


def address(link: Link, marks: Marks, place: Place) -> str:
    """Write a link's address in ASCII, merge fields as marks.

    Raises ContentError, at the merge field or else at `place`, for an address that no reader could or should open.
    """
    for part in link.href:
        if not isinstance(part, str):
            place = part.place
            break
    href = "".join(part if isinstance(part, str) else marks.url(part) for part in link.href).strip()
    shown = "".join(part if isinstance(part, str) else "{{ " + part.name + " }}" for part in link.href)[:80]
    if href.startswith("#") and len(href) > 1:
        return _encode(href)
    scheme = _SCHEME.match(href)
    if scheme is None or marks.is_in(scheme[1]):
        raise ContentError(_no_target(shown, href, marks), place=place, hint=_SPELLING)
    name, rest = scheme[1].lower(), href[scheme.end() :]
    if name not in SCHEMES:
        raise ContentError(
            f"The link address {shown!r} begins with {name!r}, which readers cannot open from a mail.",
            place=place,
            hint=_SPELLING,
        )
    if name in ("http", "https"):
        return f"{name}:{_web(rest, shown, marks, place)}"
    return f"{name}:{_other(rest, shown, marks, place)}"


def _no_target(shown: str, href: str, marks: Marks) -> str:
    if not href or href == "#":
        return "A link has no target."
    if marks.is_in(href):
        return f"In the link address {shown!r} a merge field stands before or in the host."
    return f"The link address {shown!r} does not say what kind of address it is."


def _web(rest: str, shown: str, marks: Marks, place: Place) -> str:
    """Check and write what follows `https:`."""
    found = _AUTHORITY.match(rest)
    if found is None or not found[1]:
        raise ContentError(f"The link address {shown!r} has no host.", place=place, hint=_SPELLING)
    if marks.is_in(found[1]):
        raise ContentError(
            f"In the link address {shown!r} a merge field stands in the host.",
            place=place,
            hint="A merge field may stand after the host only, for example https://www.example.org/{{ city }}.",
        )
    return f"//{_authority(found[1], shown, place)}{_encode(rest[found.end() :])}"


def _authority(authority: str, shown: str, place: Place) -> str:
    import idna

    user, at, host = authority.rpartition("@")
    name, colon, port = host.partition(":") if not host.startswith("[") else (host, "", "")
    name = name.lower()
    if not name.isascii():
        try:
            name = idna.encode(name, uts46=True).decode("ascii")
        except idna.IDNAError:
            name = ""
    if not re.fullmatch(r"\[[0-9a-f:.]+\]|[a-z0-9_.-]+", name) or (port and not port.isdecimal()):
        raise ContentError(f"The link address {shown!r} has no valid host.", place=place, hint=_SPELLING)
    return f"{_encode(user)}{at}{name}{colon}{port}"


def _other(rest: str, shown: str, marks: Marks, place: Place) -> str:
    """Check and write what follows `mailto:` or `tel:`; fields are for the query (`?subject=`) alone."""
    target = rest.partition("?")[0]
    if not target.strip("/ "):
        raise ContentError(f"The link address {shown!r} has no target.", place=place, hint=_SPELLING)
    if marks.is_in(target):
        raise ContentError(
            f"In the link address {shown!r} a merge field stands in the address itself.",
            place=place,
            hint="In such a link a merge field may stand after ?subject= or ?body= only.",
        )
    return _encode(rest)


def _encode(text: str) -> str:
    """Percent-encode what RFC 3986 does not allow; what is encoded already stays."""
    return _MUST_ENCODE.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), text)
