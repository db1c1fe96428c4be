"""Whether the addresses in a letter answer.

    https://zwei-ufer.example.org/weg (404) -> H106      https://alt.example.org/ -> https://neu.example.org/ -> H107

Edge: the network, and only when a person has asked for it by name. Each address is asked once, without cookies and
under our own name. What forbids programs to look (401, 403, 429 …) is there, as far as anybody can tell.
"""

import http.client
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import quote, urldefrag, urlsplit, urlunsplit

from isa_mail.check.codes import finding
from isa_mail.model.findings import Finding, Place
from isa_mail.model.merging import MergeField
from isa_mail.model.newsletter import Link

_SECONDS = 10.0
_AT_ONCE = 8
_GONE = (404, 410)
_PERMANENT = (301, 308)


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of asking for one address."""

    trouble: str = ""  # why a reader would find nothing; "": there is something
    moved_to: str = ""  # where the server says that it lies for good


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows redirections, and remembers the last permanent one."""

    def __init__(self) -> None:
        self.moved_to = ""
        self.for_good = True

    def redirect_request(  # type: ignore[no-untyped-def]
        self, req, fp, code, msg, headers, newurl
    ) -> urllib.request.Request | None:
        self.for_good = self.for_good and code in _PERMANENT
        self.moved_to = newurl if self.for_good else self.moved_to
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def online_findings(links: Sequence[Link]) -> Iterator[Finding]:
    """Ask for the address of every link, each once, eight at a time."""
    wanted: dict[str, list[Place]] = {}
    for link in links:
        address = _address(link)
        if address:
            wanted.setdefault(address, []).append(link.place)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        answers = dict(zip(wanted, pool.map(ask, wanted), strict=True))
    for address, places in wanted.items():
        answer = answers[address]
        for place in places:
            if answer.trouble:
                yield finding(
                    "H106",
                    place,
                    f"{address} {answer.trouble}.",
                    "Open it in your browser; if there is nothing, find the new address.",
                )
            elif answer.moved_to and not _is_trifle(address, answer.moved_to):
                yield finding(
                    "H107",
                    place,
                    f"{address} has moved to {answer.moved_to}",
                    "Write the new address: the old one may go away.",
                )


def ask(address: str) -> Answer:
    """Ask for one address as a browser would; its content is not read."""
    redirects = _Redirects()
    opener = urllib.request.build_opener(redirects)
    answer = Answer()
    for method in ("HEAD", "GET"):  # some servers answer HEAD wrongly
        request = urllib.request.Request(
            address, method=method, headers={"User-Agent": "isa-mail check --online", "Accept": "*/*"}
        )
        answer = _answer(opener, request, redirects)
        if not answer.trouble:
            return answer
    return answer


def _answer(
    opener: urllib.request.OpenerDirector, request: urllib.request.Request, redirects: _Redirects
) -> Answer:
    try:
        with opener.open(request, timeout=_SECONDS):
            return Answer(moved_to=redirects.moved_to)
    except urllib.error.HTTPError as error:
        with error:
            if error.code in _GONE:
                return Answer(f"answers {error.code}: there is nothing")
            if error.code >= 500:
                return Answer(f"answers {error.code}: the server has trouble")
            return Answer()  # it is there, and not for programs
    except urllib.error.URLError as error:
        if isinstance(error.reason, ssl.SSLError):
            return Answer("has a certificate that browsers warn of")
        return Answer(f"cannot be reached: {_reason(error.reason)}")
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Answer(f"cannot be reached: {_reason(error)}")


def _reason(reason: object) -> str:
    if isinstance(reason, TimeoutError):
        return f"no answer in {_SECONDS:.0f} seconds"
    return str(getattr(reason, "strerror", None) or reason)


def _address(link: Link) -> str:
    """Write an address as it can be asked for; "" if a reader's value belongs in it, or if it is none of the web."""
    pieces = []
    for part in link.href:
        value = part.fallback if isinstance(part, MergeField) else part
        if value is None:
            return ""
        pieces.append(quote(value, safe="") if isinstance(part, MergeField) else value)
    try:
        parts = urlsplit(urldefrag("".join(pieces).strip()).url)
        host = (parts.hostname or "").encode("idna").decode("ascii")
        port = f":{parts.port}" if parts.port else ""
    except ValueError:  # UnicodeError is one
        return ""
    if parts.scheme.lower() not in ("http", "https") or not host:
        return ""
    path, query = (quote(piece, safe="%/:=&?~+!$,;'@()*[]-._") for piece in (parts.path, parts.query))
    return urlunsplit((parts.scheme.lower(), f"{host}{port}", path, query, ""))


def _is_trifle(address: str, other: str) -> bool:
    """Whether two addresses differ by what nobody needs to change: http and https, www., a closing slash."""

    def bare(text: str) -> str:
        return text.partition("://")[2].removeprefix("www.").rstrip("/")

    return bare(address) == bare(other)
