"""Letter -> HTML with its styles inlined, merge fields still as marks.

    Strong(("佛山",)) -> <strong><span lang="zh-Hans">佛山</span></strong>

Pure but for the template files, which `templates.py` reads. All text passes through `markupsafe.escape`; tags come from
here and from the templates only.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from isa_mail.model.findings import Place
from isa_mail.model.merging import MergeField, PlainText
from isa_mail.model.newsletter import Block, Code, Emphasis, LineBreak, Link, RichText, Strong
from isa_mail.render.colours import palette
from isa_mail.render.fields import BUILT_IN, Marks
from isa_mail.render.inline import check_stylesheet, inline, minify
from isa_mail.render.letter import Letter
from isa_mail.render.links import address
from isa_mail.render.material import Material
from isa_mail.render.pictures import FIGURE, LEAD
from isa_mail.render.templates import environment, run

if TYPE_CHECKING:
    from markupsafe import Markup

_HAN = "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_MARKS = "\u3000-\u303f\uff01-\uff65"  # Chinese punctuation belongs to the run beside it
_CHINESE = re.compile(f"[{_MARKS}]*[{_HAN}][{_HAN}{_MARKS}]*")
_LETTER = "A-Za-zÀ-ÖØ-öø-ÿŒœẞ"
# Words with a small letter ("PDF" is everybody's), and neither an address nor a part of one.
_LATIN = re.compile(
    rf"(?<![{_LETTER}0-9@./-])(?=[{_LETTER} .’'-]*?[a-zß-öø-ÿœ])[{_LETTER}]+(?:[ .’'-]+[{_LETTER}]+)*"
    rf"(?!\.?[{_LETTER}0-9@/])\.?"
)
_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]"
)  # HTML allows none; lxml stops at NUL
_FILLER = "\u2007\u034f" * 75  # figure space + joiner: keeps the body's text out of the inbox's preview line
_GROUP_END = re.compile(r"/\* -{4,} \*/")


@dataclass(frozen=True, slots=True)
class Words:
    """How inline text becomes HTML in one letter."""

    marks: Marks
    language: str
    latin: str | None  # in a Chinese letter: the language of what stands in Latin letters

    def rich(self, text: RichText) -> "Markup":
        """Set running text."""
        from markupsafe import Markup

        return Markup("").join(self._inline(part) for part in text)

    def plain(self, text: PlainText | str) -> "Markup":
        """Set text without markup."""
        from markupsafe import Markup

        parts = (text,) if isinstance(text, str) else text
        return Markup("").join(self._inline(part) for part in parts)

    def href(self, link: Link) -> str:
        """Write a link's address; `edition.py` has checked it before."""
        return address(link, self.marks, BUILT_IN)

    def _inline(self, part: object) -> "Markup":
        from markupsafe import Markup

        match part:
            case str():
                return self._text(part)
            case MergeField():
                return Markup(self.marks.text(part))
            case Emphasis(children=children):
                return Markup("<em>{}</em>").format(self.rich(children))
            case Strong(children=children):
                return Markup("<strong>{}</strong>").format(self.rich(children))
            case Link(children=children):
                return Markup('<a href="{}">{}</a>').format(self.href(part), self.rich(children))
            case Code(text=text):
                return Markup("<code>{}</code>").format(clean(text))
            case LineBreak():
                return Markup("<br>")
        raise TypeError(f"{type(part).__name__} is no inline text")

    def _text(self, text: str) -> "Markup":
        """Escape, and say which runs are in another language, so that they get the right glyphs and voice."""
        from markupsafe import Markup, escape

        text = clean(text)
        pattern, lang = (_LATIN, self.latin) if self.language == "zh" else (_CHINESE, "zh-Hans")
        if lang is None:
            return escape(text)
        parts: list[Markup] = []
        end = 0
        for run_of_text in pattern.finditer(text):
            parts.append(escape(text[end : run_of_text.start()]))
            parts.append(Markup('<span lang="{}">{}</span>').format(lang, run_of_text[0]))
            end = run_of_text.end()
        parts.append(escape(text[end:]))
        return Markup("").join(parts)


def clean(text: str) -> str:
    """Replace control characters, which no HTML may hold, by the replacement character."""
    return _CONTROL.sub("\ufffd", text)


def html_lang(language: str) -> str:
    """Write a language as HTML's `lang` wants it (RFC 5646); our Chinese is in simplified characters."""
    return "zh-Hans" if language == "zh" else language


def block_name(block: Block) -> str:
    """Name a block's type as templates do: CallToAction -> "call_to_action"."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(block).__name__).lower()


@dataclass(frozen=True, slots=True)
class OtherLanguage:
    """A link from the web version to the same edition in another language."""

    lang: str
    name: str  # in that language
    href: str


@dataclass(frozen=True, slots=True)
class Web:
    """What the template needs to know for the web version; in the mail, there is none."""

    address: str  # where it will be; "": nobody has said
    description: str
    others: tuple[OtherLanguage, ...]


def set_html(
    letter: Letter,
    marks: Marks,
    material: Material,
    *,
    unsubscribe: str,
    web: Web | None = None,
    templates: tuple[Path, ...],
    workspace: Path,
) -> str:
    """Run the HTML template once and inline its styles once. `web` is for the web version; the mail has none.

    Raises BuildError at the file and line of a broken template or style sheet.
    """
    from markupsafe import Markup

    latin = next((each for each in letter.publication.languages if each != "zh"), None)
    setter = Words(marks, letter.edition.language, latin)
    filters: dict[str, Callable[..., object]] = {
        "rich": setter.rich,
        "plain": setter.plain,
        "href": setter.href,
        "block_name": block_name,
        "placed": lambda figure: material.figures[figure.path, FIGURE],
        "placed_lead": lambda figure: material.figures[figure.path, LEAD],
    }
    jinja = environment(templates, filters)
    shades = palette(letter.publication.colours)
    colours = {"colours": shades.light, "dark": shades.dark, "lang": html_lang(letter.edition.language)}
    inlined = run(jinja, "style.css", colours, workspace)
    check_stylesheet(inlined, Place("templates/style.css"))
    kept = run(jinja, "head.css", colours, workspace)
    check_stylesheet(kept, Place("templates/head.css"))
    values = colours | {
        "letter": letter,
        "edition": letter.edition,
        "publication": letter.publication,
        "words": letter.words,
        "logo": material.logo,
        "unsubscribe": unsubscribe,
        "web": web,
        "filler": _FILLER,
        "inlined_css": Markup(minify(inlined)),
        "kept_css": [Markup(group) for group in _groups(kept)],
    }
    return inline(run(jinja, "newsletter.html.j2", values, workspace))


def _groups(css: str) -> Iterable[str]:
    """Cut the kept style sheet where each `<style>` ends."""
    return [group for group in (minify(part) for part in _GROUP_END.split(css)) if group]
