"""What is an address that mail can be sent to, and what it looks like on the wire.

    "Ann@Bücher.example" -> "Ann@xn--bcher-kva.example"        "jürgen@example.org", if it may -> "jürgen@example.org"
    "Müller, Jürgen <j@example.org>" -> Mailbox(name="Müller, Jürgen", address="j@example.org")

Pure. Lists, settings and the command line all ask this page. A plain ASCII address is decided by one regular
expression, so that a million rows take seconds; everything else by email-validator, which is imported then.
The tests hold the expression against email-validator. No DNS is asked: whether a mailbox exists is the mail
server's word. `.test`, `.invalid` and `.example` are accepted, since rehearsals and examples need them.

Sources: RFC 5321 sections 2.3.11, 4.1.2 and 4.5.3.1, RFC 5322 section 3.4, RFC 5891 (A-labels), RFC 6531 section
3.3 (addresses beyond ASCII), RFC 2606.
"""

import re

from isa_mail.errors import AddressError
from isa_mail.model.publication import Mailbox

# Blanks and invisible characters that pasting from Word, Excel and web pages leaves around an address.
_AROUND = " \u00a0\u1680\u202f\u205f\u2060\u3000\ufeff\u00ad" + "".join(map(chr, range(0x2000, 0x2010)))
_CONTROL = r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]"
_BLANK = r"\s"  # a no-break blank is one, too
_FULL_WIDTH = "[\uff01-\uff5e]"
_INVISIBLE = r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]"

# The usual address. At most 64 characters, so that neither the part before the @ (64) nor a label (63) is too long;
# `xn--` and its like, and top-level domains that are no mail domains, are email-validator's.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]++"
_LABEL = r"[A-Za-z0-9]++(?:-[A-Za-z0-9]++)*+"
_PLAIN = re.compile(
    rf"{_ATOM}(?:\.{_ATOM})*+@(?:{_LABEL}\.)+{_LABEL}(?<=[A-Za-z])"
    r"(?<!\.(?i:arpa))(?<!\.(?i:local))(?<!\.(?i:localhost))(?<!\.(?i:onion))"
)
_LONGEST_PLAIN = 64
_LONGEST_LOCAL_PART = 64  # octets: RFC 5321 section 4.5.3.1.1
_LONGEST_ADDRESS = 254  # RFC 5321 section 4.5.3.1.3: a path of 256 octets, less its angle brackets

_ODD_IN_DOMAIN = r"[\x21-\x7e](?<![A-Za-z0-9.-])"
_ODD_BEFORE_AT = r"[(),:;\[\]\\]"
_CALLED = {",": "a comma", ";": "a semicolon", ":": "a colon", "_": "an underscore", "/": "a slash"}

_HINT = "Write it as name@example.org: one @, no blanks, a domain with a dot."


def parse_address(text: str, *, international: bool = False) -> str:
    """Return the address as it goes on the wire: its domain in lower case and in A-labels.

    It is ASCII; where `international` allows it, other characters may stand before the @: only servers that offer
    SMTPUTF8 take such an address. Blanks, no-break blanks and invisible characters around it are taken off; the part
    before the @ keeps its case. Raises AddressError for anything that is not exactly one such address; what is
    returned holds no control character, blank, quote, comma or angle bracket.
    """
    address = text.strip(_AROUND)
    if is_plain_address(address):
        local, at, domain = address.rpartition("@")
        return f"{local}{at}{domain.lower()}"
    return _parse_unusual(address, international=international)


def is_plain_address(text: str) -> bool:
    """Decide the usual case: plain ASCII, nothing around it. False means: ask `parse_address`.

    Whoever reads a million addresses asks this first.
    """
    return len(text) <= _LONGEST_PLAIN and _PLAIN.fullmatch(text) is not None


def parse_mailbox(text: str, *, international: bool = False) -> Mailbox:
    """Read `Name <a@b>` or a bare address; `international` as in `parse_address`.

    It is always one mailbox: a comma in front of the angle bracket belongs to the name. A name in quotes
    loses them, with its backslashes. Raises AddressError; the name that is returned is one line.
    """
    if not text.isprintable() and re.search(_CONTROL, text):
        raise _refusal(text, "it holds a line break or another control character")
    stripped = text.strip(_AROUND)
    if not stripped.endswith(">"):
        return Mailbox("", parse_address(stripped, international=international))
    before, bracket, inside = stripped[:-1].rpartition("<")
    if not bracket:
        raise _refusal(text, 'it ends in ">" but has no "<"')
    name = _display_name(before.strip(_AROUND), text)
    return Mailbox(name, parse_address(inside, international=international))


def mention_of(address: str) -> re.Pattern[str]:
    """Return what finds an address in any text: whatever its case, umlauts of its domain spelt out or not.

    It does not find it inside a longer address, as anna@example.org in johanna@example.org.
    """
    local, _, domain = address.lower().rpartition("@")
    domains = {re.escape(each) for each in (domain, ".".join(map(_spelt_out, domain.split("."))))}
    return re.compile(
        rf"(?<![\w.+-]){re.escape(local)}@(?:{'|'.join(sorted(domains))})(?![\w-]|\.\w)", re.IGNORECASE
    )


def _spelt_out(label: str) -> str:
    """Read an A-label as people write it (RFC 5890 section 2.3.2.1)."""
    try:
        return label[4:].encode("ascii").decode("punycode") if label.startswith("xn--") else label
    except UnicodeError:
        return label


def _display_name(raw: str, text: str) -> str:
    """Return the name as people read it; `text` is the whole mailbox, for the error."""
    if len(raw) >= 2 and raw[0] == raw[-1] == '"':
        return re.sub(r"\\(.)", r"\1", raw[1:-1])
    if "<" in raw or ">" in raw:
        raise _refusal(text, "it holds more than one address in angle brackets")
    return raw


def _parse_unusual(address: str, *, international: bool) -> str:
    """Decide everything that is not plain ASCII, and say why not in words for staff."""
    _refuse_frequent_mistakes(address)
    if not (international or address.partition("@")[0].isascii()):
        raise _refusal(address, "umlauts and Chinese characters before the @ do not reach every mail server")
    # Late: this import costs some 30 modules, and most lists never need it.
    from email_validator import EmailNotValidError, validate_email

    local, _, domain = address.rpartition("@")
    # email-validator knows a switch for ".test" and none for ".invalid", whose rules are the same.
    head, _, top = domain.rpartition(".")
    invalid = top.lower() == "invalid"
    try:
        found = validate_email(
            f"{local}@{head}.test" if invalid else address,
            allow_smtputf8=international,
            check_deliverability=False,
            strict=True,
            test_environment=True,
        )
    except EmailNotValidError as error:
        raise _refusal(address, _in_our_words(str(error))) from None
    local = found.local_part  # composed: RFC 6532 section 3.1
    wire = f"{local}@{found.ascii_domain.removesuffix('test') + 'invalid' if invalid else found.ascii_domain}"
    if "." not in found.ascii_domain:
        raise _refusal(address, "its domain has no dot")
    if len(wire.encode()) > _LONGEST_ADDRESS or len(local.encode()) > _LONGEST_LOCAL_PART:
        raise _refusal(
            address,
            f"it is longer than {_LONGEST_ADDRESS} characters, or than {_LONGEST_LOCAL_PART} before the @",
        )
    return wire


def _refuse_frequent_mistakes(address: str) -> None:
    """Raise AddressError for what staff get wrong most, in plainer words than a library's."""
    if not address:
        raise _refusal(address, "it is empty")
    if re.search(_CONTROL, address):
        raise _refusal(address, "it holds a line break or another control character")
    if re.search(_INVISIBLE, address):
        raise _refusal(address, "it holds an invisible character; type it anew instead of pasting it")
    if re.search(_FULL_WIDTH, address):
        raise _refusal(address, "it holds full-width characters; type it anew with plain ones")
    if "<" in address or ">" in address:
        raise _refusal(address, "angle brackets have no place in it")
    if '"' in address:
        raise _refusal(address, "quotes have no place in it")
    if address.count("@") != 1:
        reason = "there is no @ in it" if "@" not in address else "there is more than one @ in it"
        raise _refusal(address, reason)
    if re.search(_BLANK, address):
        raise _refusal(address, "there is a blank in it")
    _refuse_odd_characters(address)


def _refuse_odd_characters(address: str) -> None:
    local, _, domain = address.partition("@")
    if odd := re.search(_ODD_BEFORE_AT, local):
        raise _refusal(address, f"{_CALLED.get(odd[0], odd[0])} has no place before the @")
    if domain.endswith(","):
        raise _refusal(address, "there is a comma at its end")
    if "," in domain:
        raise _refusal(address, "there is a comma after the @ where a dot should be")
    if odd := re.search(_ODD_IN_DOMAIN, domain):
        raise _refusal(address, f"{_CALLED.get(odd[0], odd[0])} has no place after the @")
    if domain.isascii() and domain and "." not in domain:
        raise _refusal(address, "its domain has no dot")


def _in_our_words(said: str) -> str:
    """Make what email-validator says the end of a sentence, in the words of this page."""
    words = said.rstrip(".").replace("@-sign", "@").replace("period", "dot").replace(". It ", ": it ")
    words = words.replace("email address", "address").replace("An address", "an address")
    return f"{words[0].lower()}{words[1:]}"


def _refusal(text: str, reason: str) -> AddressError:
    """Word the refusal; `reason` goes on after a colon and has no full stop."""
    shown = text if len(text) <= 80 else f"{text[:80]}…"
    return AddressError(
        f"{shown!r} is not an address that mail can be sent to: {reason}.",
        hint=_HINT,
        reason=f"{reason[0].upper()}{reason[1:]}.",
    )
