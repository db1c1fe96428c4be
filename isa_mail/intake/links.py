"""Lines that are nothing but a link, and what such a link should say.

    link("Lesen Sie mehr über die Stadt Au: Link") -> ("Mehr über die Stadt Au", "")

Pure. A pasted text has lost its addresses: what is left of a link is the word "Link" behind a colon, or "click here".
"""

import re

_URL = re.compile(r"(?P<href>(?:https?://|www\.)[^\s<>„“”]+?)[.,;]?$", re.IGNORECASE)
_LINK_WORD = re.compile(
    r"[\s:：,，>»→(（\[]*(?:(?:zum |>> ?)?Link|(?:bitte )?(?:hier )?klicken|click here|链接|点击(?:此处|这里|阅读)?)"
    r"[\s.)）\]»→>]*$",
    re.IGNORECASE,
)
_BARE_LINK = re.compile(
    r"(?:(?:Hier )?[Ww]eiterlesen|Mehr (?:lesen|erfahren|dazu|Informationen)"
    r"|Zum (?:Artikel|Bericht|Beitrag|Programm|Video)|Zur (?:Anmeldung|Website|Webseite|Studie)|Jetzt anmelden"
    r"|Read more|Learn more|Continue reading|Register now"
    r"|阅读全文|了解更多|查看详情|更多信息|点击报名)[\s.…>»→]*"
)
_CHINESE_LINK = re.compile(
    r"(?:请)?点击(?:此处|这里)(?:阅读|查看|了解|下载|报名)[^，。！？；\s]{1,40}[》”）]?"
)
_LONGEST = 300  # characters
_SENTENCE = re.compile(r"(?<![\d.])(?<!\b\w)[.!?]\s|[。！？]")
_LABELS = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"Lesen Sie (?:hier )?mehr (?P<rest>(?:über|zu[mr]?|von|aus) .+)", "Mehr {}"),
        (r"(?P<rest>(?:\w+ )?Informationen .+?) (?:finden|erhalten|gibt es) ?(?:Sie )?(?:hier|unter)", "{}"),
        (r"(?P<rest>Mehr .+?)(?: (?:lesen|finden|erfahren) Sie)? hier", "{}"),
        (r"Hier (?:geht es|geht’s|gelangen Sie|kommen Sie) (?P<rest>zu[mr]? .+)", "{}"),
        (r"Lesen Sie (?:hier )?(?P<rest>.+)", "{} lesen"),
        (r"Read (?:here )?more (?P<rest>(?:about|on) .+?)(?: here)?", "More {}"),
        (r"(?:You (?:can|will) )?[Ff]ind (?P<rest>(?:more|further) information .+?)(?: here)?", "{}"),
        (r"(?P<rest>(?:More|Further) information .+?) (?:can be found|is available)? ?here", "{}"),
        (r"Read (?P<rest>.+?) here", "Read {}"),
        (r"(?:请)?(?:点击|在)(?:此处|这里)(?P<rest>(?:阅读|查看|了解|下载).+)", "{}"),
    )
)


def link(text: str) -> tuple[str, str] | None:
    """Read a line that is nothing but a link: its words and its address ("" if that is lost). None: it "
    "is none."""
    if len(text) > _LONGEST:
        return None
    found = _URL.search(text)
    if found is not None:
        words = text[: found.start()].rstrip(" :：,，>»→(（–-")
        if not _SENTENCE.search(words):
            href = found["href"] if "://" in found["href"] else f"https://{found['href']}"
            return (label(words) if words else found["href"]), href
    if _BARE_LINK.fullmatch(text):
        return text.strip(" .…>»→"), ""
    if _CHINESE_LINK.fullmatch(text):
        return label(text), ""
    word = _LINK_WORD.search(text)
    if word is None:
        return None
    words = text[: word.start()].rstrip(" :：,，")
    if not words:
        return text.strip(" .:：>»→()（）[]"), ""
    says = re.search(r"klicken|click|点击", word[0]) is not None
    if _SENTENCE.search(words) or not (says or re.search(r"[:：→>»(（\[]", word[0])):
        return None
    return label(words), ""


def label(words: str) -> str:
    """Write the words of a link so that they name what is there: "Lesen Sie mehr über X" becomes "Mehr "
    "über X"."""
    for pattern, pattern_of_label in _LABELS:
        found = pattern.fullmatch(words)
        if found is not None:
            said = pattern_of_label.format(found["rest"])
            return said[:1].upper() + said[1:]
    return words
