"""Letter -> HTML with its styles inlined, merge fields still as marks.

    Strong(("佛山",)) -> <strong><span lang="zh-Hans">佛山</span></strong>

Pure but for the template files, which `templates.py` reads. All text passes through `markupsafe.escape`; tags come from
here and from the templates only.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from isa_mail.model import (
    Block,
    Code,
    Emphasis,
    LineBreak,
    Link,
    MergeField,
    Place,
    PlainText,
    RichText,
    Strong,
)
from isa_mail.render.colours import palette
from isa_mail.render.fields import BUILT_IN, Marks
from isa_mail.render.inline import check_stylesheet, inline, minify
from isa_mail.render.letter import Letter
from isa_mail.render.links import address
from isa_mail.render.pictures import FIGURE, LEAD, Frame, Placed
from isa_mail.render.templates import environment, run

if TYPE_CHECKING:
    from markupsafe import Markup

_HAN = "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_MARKS = "\u3000-\u303f\uff01-\uff65"  # Chinese punctuation belongs to the run beside it
_CHINESE = re.compile(f"[{_MARKS}]*[{_HAN}][{_HAN}{_MARKS}]*")
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
        """Escape; in a letter that is not Chinese, say which runs are, so that they get the right glyphs and voice."""
        from markupsafe import Markup, escape

        text = clean(text)
        if self.language == "zh":
            return escape(text)
        parts: list[Markup] = []
        end = 0
        for run_of_han in _CHINESE.finditer(text):
            parts.append(escape(text[end : run_of_han.start()]))
            parts.append(Markup('<span lang="zh-Hans">{}</span>').format(run_of_han[0]))
            end = run_of_han.end()
        parts.append(escape(text[end:]))
        return Markup("").join(parts)


def clean(text: str) -> str:
    """Replace control characters, which no HTML may hold, by the replacement character."""
    return _CONTROL.sub("\ufffd", text)


def block_name(block: Block) -> str:
    """Name a block's type as templates do: CallToAction -> "call_to_action"."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(block).__name__).lower()


def set_html(
    letter: Letter,
    marks: Marks,
    figures: Mapping[tuple[str, Frame], Placed],
    logo: Placed | None,
    *,
    unsubscribe: str,
    templates: tuple[Path, ...],
    workspace: Path,
) -> str:
    """Run the HTML template once and inline its styles once. `figures` by path, as typed, and frame.

    Raises BuildError at the file and line of a broken template or style sheet.
    """
    from markupsafe import Markup

    setter = Words(marks, letter.edition.language)
    filters: dict[str, Callable[..., object]] = {
        "rich": setter.rich,
        "plain": setter.plain,
        "href": setter.href,
        "block_name": block_name,
        "placed": lambda figure: figures[figure.path, FIGURE],
        "placed_lead": lambda figure: figures[figure.path, LEAD],
    }
    jinja = environment(templates, filters)
    shades = palette(letter.publication.colours)
    lang = "zh-Hans" if letter.edition.language == "zh" else letter.edition.language
    colours = {"colours": shades.light, "dark": shades.dark, "lang": lang}
    inlined = run(jinja, "style.css", colours, workspace)
    check_stylesheet(inlined, Place("templates/style.css"))
    kept = run(jinja, "head.css", colours, workspace)
    check_stylesheet(kept, Place("templates/head.css"))
    values = colours | {
        "letter": letter,
        "edition": letter.edition,
        "publication": letter.publication,
        "words": letter.words,
        "logo": logo,
        "unsubscribe": unsubscribe,
        "filler": _FILLER,
        "inlined_css": Markup(minify(inlined)),
        "kept_css": [Markup(group) for group in _groups(kept)],
    }
    return inline(run(jinja, "newsletter.html.j2", values, workspace))


def _groups(css: str) -> Iterable[str]:
    """Cut the kept style sheet where each `<style>` ends."""
    return [group for group in (minify(part) for part in _GROUP_END.split(css)) if group]
