"""The two brand colours -> all colours of the letter, light and dark.

    Colours("#1f4e79", "#b3261e") -> Palette(ink="#1a2029", link="#1f4e79", soft="#f0f3f6", ...)

Pure. The settings take no brand colour that cannot be read on white. What is derived from one is moved towards black
(on dark ground towards white) until it reaches its own ratio. Source: WCAG 2.2, success criteria 1.4.3 and 1.4.6.
Everything is six-digit: `#123` and rgb() break in Word.
"""

from colorsys import hls_to_rgb, rgb_to_hls
from dataclasses import dataclass

from isa_mail.model.publication import Colours
from isa_mail.typography.contrast import channels, contrast, hexadecimal

TEXT_CONTRAST = 7.0  # WCAG 1.4.6; 4.5 is the duty, 1.4.3
ACCENT_CONTRAST = 4.5  # WCAG 1.4.3: bars and bullets need 3.0 only, but a theme may write with it
_WHITE, _BLACK = "#ffffff", "#000000"
_MOST_SATURATED = 0.5  # of a light colour on dark ground: more glows
_STEPS = 50  # of two hundredths each on the way to black or white


@dataclass(frozen=True, slots=True)
class Shades:
    """The colours of one appearance. Text: ink, muted, link on page, paper and soft; button_text on button."""

    page: str  # around the column, and under the footer
    paper: str  # the column
    soft: str  # boxes on the paper
    ink: str
    muted: str
    link: str
    rule: str  # hairlines; decoration only
    accent: str  # bars beside quotations, bullets of the contents, the line below the masthead
    button: str
    button_text: str


@dataclass(frozen=True, slots=True)
class Palette:
    """What templates know as `colours` (light) and `dark`."""

    light: Shades
    dark: Shades


def palette(colours: Colours) -> Palette:
    """Derive both appearances from the brand's two colours."""
    return Palette(light=_light(colours), dark=_dark(colours))


def mix(colour: str, other: str, share: float) -> str:
    """Mix `share` (0 to 1) of the first colour into the second."""
    pairs = zip(channels(colour), channels(other), strict=True)
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)


def _light(colours: Colours) -> Shades:
    page = mix(colours.primary, _WHITE, 0.08)
    soft = mix(colours.primary, _WHITE, 0.06)
    link = _reach(colours.primary, page, TEXT_CONTRAST, _BLACK)
    return Shades(
        page=page,
        paper=_WHITE,
        soft=soft,
        ink=mix(colours.primary, "#1b1d21", 0.12),
        muted=_reach(mix(colours.primary, "#5b5f66", 0.15), page, TEXT_CONTRAST, _BLACK),
        link=link,
        rule=mix(colours.primary, _WHITE, 0.2),
        accent=_reach(colours.accent, soft, ACCENT_CONTRAST, _BLACK),
        button=_reach(link, _WHITE, TEXT_CONTRAST, _BLACK),
        button_text=_WHITE,
    )


def _dark(colours: Colours) -> Shades:
    soft = mix(colours.primary, "#2a2d33", 0.1)
    page = mix(colours.primary, "#121418", 0.06)
    link = _lightened(colours.primary, soft, TEXT_CONTRAST)
    return Shades(
        page=page,
        paper=mix(colours.primary, "#1c1f24", 0.07),
        soft=soft,
        ink="#e8eaed",  # not pure white: it glares
        muted=_reach("#b4b9c1", soft, TEXT_CONTRAST, _WHITE),
        link=link,
        rule=mix(colours.primary, "#4a4f57", 0.2),
        accent=_lightened(colours.accent, soft, ACCENT_CONTRAST),
        button=link,
        button_text=_reach(page, link, TEXT_CONTRAST, _BLACK),
    )


def _reach(colour: str, ground: str, ratio: float, towards: str) -> str:
    """Move a colour towards black or white until it stands out enough from `ground`."""
    for step in range(_STEPS + 1):
        candidate = mix(towards, colour, step / _STEPS)
        if contrast(candidate, ground) >= ratio:
            return candidate
    return towards


def _lightened(colour: str, ground: str, ratio: float) -> str:
    """Make a colour lighter until it stands out, its hue kept: mixed with white it would turn grey."""
    hue, lightness, saturation = rgb_to_hls(*(channel / 255 for channel in channels(colour)))
    for step in range(_STEPS + 1):
        light = lightness + (1 - lightness) * step / _STEPS
        candidate = hexadecimal(hls_to_rgb(hue, light, min(saturation, _MOST_SATURATED)))
        if contrast(candidate, ground) >= ratio:
            return candidate
    return _WHITE
