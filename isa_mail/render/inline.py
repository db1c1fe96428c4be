"""Style rules -> style attributes, because GMX, WEB.DE and others drop every `<style>`.

    '<style>p{margin:0}</style><p>' -> '<p style="margin:0">'

Pure, and the only page with premailer and cssutils. Each argument below answers a measured fault of premailer
3.10: stripped `!important`, width attributes overwritten, rewritten links, minimised colours, a log on stderr, network
access.
"""

import logging
import os
import re

from isa_mail.errors import BuildError
from isa_mail.model.findings import Place


def inline(html: str) -> str:
    """Inline the plain `<style>` blocks; those with data-premailer="ignore" stay as they are.

    Raises BuildError if the result would lose its doctype and fall into quirks mode.
    """
    # Its cache takes 128 entries by default, fewer than a letter has selectors: every save parsed the style sheet anew.
    os.environ.setdefault("PREMAILER_CACHE_MAXSIZE", "1024")
    import cssutils
    from premailer import Premailer

    cssutils.ser.prefs.minimizeColorHash = False  # "#112233" must not become "#123": Word shows that black
    inliner = Premailer(
        html,
        strip_important=False,
        keep_style_tags=False,
        remove_classes=False,
        disable_basic_attributes=["width", "height"],
        align_floating_images=False,
        disable_validation=True,
        cssutils_logging_level=logging.CRITICAL,
        allow_network=False,
        allow_loading_external_files=False,
        base_url=None,
        preserve_internal_links=True,
        preserve_inline_attachments=True,
        exclude_pseudoclasses=True,
        include_star_selectors=False,
        method="html",
    )
    result: str = inliner.transform(pretty_print=False)
    if not result.startswith("<!DOCTYPE html>"):
        raise BuildError(
            "The letter's HTML does not begin with <!DOCTYPE html>, in capitals.",
            place=Place("templates/newsletter.html.j2", 1),
            hint="Make <!DOCTYPE html> the first line of the template.",
        )
    return _without_blanks(result)


def check_stylesheet(css: str, place: Place) -> None:
    """Refuse a style sheet with a parse error: premailer would silently drop the rules after it.

    Raises BuildError at `place`, with the parser's line.
    """
    depth = 0
    for number, line in enumerate(re.sub(r"/\*.*?\*/", _keep_lines, css, flags=re.DOTALL).split("\n"), 1):
        for character in line:
            depth += {"{": 1, "}": -1}.get(character, 0)
            if depth < 0:
                raise _css_error("has a } too many", Place(place.file, number))
    if depth:
        raise _css_error("has a { that is never closed", place)


def minify(css: str) -> str:
    """Leave out comments and needless blanks: the kept style has a budget of 2 KB."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css)
    css = re.sub(r" ?([{};,]) ?", r"\1", css)
    css = re.sub(r": ", ":", css)
    return css.replace(";}", "}").strip()


def _keep_lines(comment: re.Match[str]) -> str:
    return "\n" * comment[0].count("\n")


def _css_error(what: str, place: Place) -> BuildError:
    return BuildError(
        f"The style sheet {what}.",
        place=place,
        hint="Compare it with the original, or remove it from templates/ to use the original again.",
    )


def _without_blanks(html: str) -> str:
    """Drop needless blanks in styles, and those that indent the templates, except in preformatted text."""
    html = re.sub(r'style="[^"]*"', lambda style: re.sub("([;,]) ", r"\1", style[0]), html)
    parts = re.split(r"(<pre\b.*?</pre>)", html, flags=re.DOTALL)
    return "".join(part if part.startswith("<pre") else re.sub(r"\n\s+", "\n", part) for part in parts)
