"""Whether a refusal means that there is no such address, so that nobody should write there again.

    "550 5.1.1 no such user"         -> True
    "550 5.7.1 rejected as spam"     -> False: that is about us, not about the person
    "550 User unknown"               -> True

Pure. The status code decides where there is one; words only where it says nothing.

Sources: RFC 3463 sections 3.1 and 3.2 (X.1.1 no such mailbox, X.1.2 no such domain, X.1.3 no valid address, X.1.6 moved
without a new address), RFC 7505 section 4 (X.1.10 the domain takes no mail).
"""

import re

_NO_SUCH_ADDRESS = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"})
_SAYS_NOTHING = frozenset({"5.0.0", "5.1.0"})
_REPLY = re.compile(r"(5\d\d)\b(?:[ ](5\.\d{1,3}\.\d{1,3})\b)?")
_WORDS = re.compile(
    r"\b(?:user|recipient|mailbox|address|account|empfänger|benutzer|postfach)\b.{0,40}?"
    r"(?:\bunknown|\bunbekannt|\bnot found|\bnot exist|n't exist|\bno longer exist|\bexistiert nicht|\bnicht gefunden)"
    r"|\b(?:no such|unknown|unbekannter|invalid) (?:user|recipient|mailbox|address|empfänger|benutzer)\b",
    re.IGNORECASE,
)


def is_no_such_address(reply: str) -> bool:
    """Tell a hard bounce by the reply of a failed delivery."""
    found = _REPLY.match(reply)
    if found is None:
        return False
    code, enhanced = found.groups()
    if enhanced is not None and enhanced not in _SAYS_NOTHING:
        return enhanced in _NO_SUCH_ADDRESS
    return code in ("550", "551", "553") and _WORDS.search(reply) is not None
