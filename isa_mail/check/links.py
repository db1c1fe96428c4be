"""Links that lead nowhere, say nothing or tell too much.

    [hier](http://192.168.1.4/x?utm_source=nl) -> H101, H103, H104, H105

Pure: no address is asked here. That a link has a target, and one that mail programs open, content/ has seen to
(C105, C106).
"""

import ipaddress
import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

from isa_mail.check.codes import finding
from isa_mail.check.passages import words
from isa_mail.model.findings import Finding
from isa_mail.model.merging import MergeField
from isa_mail.model.newsletter import Edition, Link
from isa_mail.walk import links

_GENERIC = frozenset(
    """
    hier link links mehr weiter weiterlesen klicken klick klicke sie lesen lies jetzt dieser diesem seite website
    webseite infos info informationen weitere details zum zur den der die das auf
    here click this more read link links page learn see details info information website web site the for to on
    点击这里 点击此处 请点击 点击 这里 此处 链接 更多 详情 查看详情 查看更多 阅读更多 更多信息 阅读全文 全文 查看
    """.split()
)
_TELLING = frozenset(
    "hier link mehr weiter weiterlesen klicken klick klicke lesen here click more read details info infos "
    "informationen information weitere".split()
)
_PLACEHOLDER_HOSTS = re.compile(
    r"(?:www\.)?(?:example\.(?:org|com|net)|beispiel\.de|domain\.(?:de|com)|ihre-?domain\.\w+|yourdomain\.\w+)"
)
_PLACEHOLDER = re.compile(r"\bx{3,}\b|\b(?:todo|tbd|fixme|link|url|adresse|platzhalter|placeholder)\b")
_LOCAL_HOST = re.compile(
    r"localhost|.*\.(?:local|lan|intern|internal|home|corp|fritz\.box)|fritz\.box", re.IGNORECASE
)
_TRACKING_NAMES = re.compile(
    r"utm_\w+|fbclid|gclid|dclid|msclkid|mc_[ce]id|_hsenc|_hsmi|mkt_tok|oly_\w+|vero_id|igshid|yclid|wickedid|s_cid"
)
_TRACKING_HOSTS = re.compile(
    r"(?:.+\.)?(?:safelinks\.protection\.outlook\.com|list-manage\.com|sendgrid\.net|mailchi\.mp|click\.\w+\.\w+"
    r"|bit\.ly|tinyurl\.com|t\.co|goo\.gl|ow\.ly|lnkd\.in|is\.gd|buff\.ly|urldefense\.com|urldefense\.proofpoint\.com"
    r"|t\.cn|dwz\.cn|url\.cn)"
)


def link_findings(edition: Edition) -> Iterator[Finding]:
    """Look at every link of an edition."""
    for section in edition.sections:
        for link in links(section):
            yield from _address(link)
            yield from _words(link)


def target(link: Link) -> str:
    """Write a link's target as text, merge fields by their names."""
    return "".join(
        f"{{{{ {part.name} }}}}" if isinstance(part, MergeField) else part for part in link.href
    ).strip()


def _address(link: Link) -> Iterator[Finding]:
    shown, label = target(link), f"The link „{words(link.children)[:60]}“"
    try:
        parts = urlsplit(shown)
        host = (parts.hostname or "").casefold()
    except ValueError:
        return  # rendering refuses it
    if parts.scheme.casefold() not in ("http", "https"):
        return
    if _is_local(host):
        yield finding(
            "H101",
            link.place,
            f"{label} goes to {host}, which only works in your office: {shown[:80]}",
            "Write the address that readers can open from anywhere.",
        )
    elif _is_placeholder(host, parts.path, shown):
        yield finding(
            "H102",
            link.place,
            f"{label} goes to a placeholder: {shown[:80]}",
            "Write the address that is meant, or take the link away.",
        )
    elif parts.scheme.casefold() == "http":
        yield finding(
            "H104",
            link.place,
            f"{label} begins with http://, so anybody on the way can read and change the page: {shown[:80]}",
            "Open it with https:// in your browser; if that works, write it so.",
        )
    names = sorted(
        {
            name
            for name, _ in parse_qsl(parts.query, keep_blank_values=True)
            if _TRACKING_NAMES.fullmatch(name)
        }
    )
    if _TRACKING_HOSTS.fullmatch(host):
        yield finding(
            "H105",
            link.place,
            f"{label} goes by {host}, which notes who follows it and hides where it leads.",
            "Open it, and write the address that the browser shows then.",
        )
    elif names:
        yield finding(
            "H105",
            link.place,
            f"{label} carries {', '.join(names)}, which tells the other side where a reader came from.",
            f"Take {', '.join(names)} out of the address, and try whether it still works.",
        )


def _is_local(host: str) -> bool:
    if _LOCAL_HOST.fullmatch(host) or (host and "." not in host and ":" not in host):
        return not _PLACEHOLDER.search(host)  # http://intranet/, but https://todo
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_private or address.is_loopback or address.is_link_local


def _is_placeholder(host: str, path: str, whole: str) -> bool:
    if _PLACEHOLDER_HOSTS.fullmatch(host) and path in ("", "/"):
        return True
    if host and "." not in host and ":" not in host:
        return True
    return _PLACEHOLDER.search(host) is not None or any(mark in whole for mark in ("‹", "›", "…", "xxx"))


def _words(link: Link) -> Iterator[Finding]:
    label = words(link.children)
    said = re.findall(r"[^\W\d_]+", label.casefold())
    if not said or not all(word in _GENERIC for word in said):
        return
    if any(word in _TELLING or not word.isascii() for word in said):
        yield finding(
            "H103",
            link.place,
            f"The link „{label}“ does not say where it leads.",
            "Let its words name the target, like „Mehr über die Stadt Grünhafen“: many readers jump from link to link.",
        )
