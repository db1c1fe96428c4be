"""How well one colour can be read on another, and the nearest that can.

    contrast("#7fb2c8", "#ffffff") -> 2.3        readable_on_white("#7fb2c8") -> "#437f98"

Pure. Colours are six-digit hexadecimal with "#". Source: WCAG 2.2, "relative luminance", "contrast ratio" and
success criterion 1.4.3.
"""

from colorsys import hls_to_rgb, rgb_to_hls

LEAST_CONTRAST = 4.5  # WCAG 1.4.3, for text
_STEPS = 200  # on the way to black; a step is at most 1.3 of 255


def contrast(one: str, other: str) -> float:
    """Give the contrast ratio of two colours, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def readable_on_white(colour: str) -> str:
    """Give a colour of the same hue that reaches LEAST_CONTRAST with white, darker by as little as it needs."""
    hue, lightness, saturation = rgb_to_hls(*(channel / 255 for channel in channels(colour)))
    for step in range(_STEPS + 1):
        candidate = (
            colour if step == 0 else hexadecimal(hls_to_rgb(hue, lightness * (1 - step / _STEPS), saturation))
        )
        if contrast(candidate, "#ffffff") >= LEAST_CONTRAST:
            return candidate.lower()
    return "#000000"


def channels(colour: str) -> tuple[int, int, int]:
    """Split "#0f4c5c" into red, green and blue, 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def hexadecimal(shares: tuple[float, float, float]) -> str:
    """Write red, green and blue, 0 to 1, as "#0f4c5c"."""
    return "#" + "".join(f"{round(share * 255):02x}" for share in shares)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
