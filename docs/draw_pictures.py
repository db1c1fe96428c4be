"""Draw the sample edition's pictures, the logo and the attached programme.

    python docs/draw_pictures.py -> images/logo.png, editions/2026-09/images/*.jpg, .../attachments/*.pdf

Edge: writes files into the workspace around it. Pillow only, no clock and no unseeded chance: the same Pillow
gives the same bytes. Coordinates are pixels of the finished picture; everything is drawn SCALE times larger
and reduced once, which is what makes the edges smooth. The pictures carry no text (mail programs recolour
text around them, never in them) and no person who exists.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

ROOT = Path(__file__).resolve().parent.parent
EDITION = ROOT / "editions" / "2026-09"
SCALE = 3

Point = tuple[float, float]
Colour = tuple[int, ...]

INK, NIGHT, PETROL, TEAL = "#082a35", "#0b3a47", "#0f4c5c", "#2f7a82"
REED, MIST, CREAM, GOLD = "#8fbfb6", "#cfe3da", "#fbf0da", "#f5c262"
PEACH, CORAL, BRICK, WINE = "#f6c79b", "#e58a5f", "#b5402a", "#742a22"


def rgb(colour: str, alpha: int = 255) -> Colour:
    """Turn "#rrggbb" into numbers."""
    return (*(int(colour[i : i + 2], 16) for i in (1, 3, 5)), alpha)


def mix(one: str, other: str, share: float) -> str:
    """Mix two colours; `share` is how much of the other one goes in, 0 to 1."""
    pairs = zip(rgb(one)[:3], rgb(other)[:3], strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def curve(points: Sequence[Point], steps: int = 14) -> list[Point]:
    """Run a smooth line through the points (Catmull-Rom)."""
    ends = [points[0], *points, points[-1]]
    line: list[Point] = []
    for a, b, c, d in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        for step in range(steps):
            t = step / steps
            line.append(
                tuple(  # type: ignore[arg-type]
                    0.5
                    * (
                        2 * q
                        + (r - p) * t
                        + (2 * p - 5 * q + 4 * r - s) * t**2
                        + (3 * q - p - 3 * r + s) * t**3
                    )
                    for p, q, r, s in zip(a, b, c, d, strict=True)
                )
            )
    return [*line, points[-1]]


def mirrored(points: Iterable[Point], axis: float) -> list[Point]:
    """Mirror points at a vertical axis."""
    return [(2 * axis - x, y) for x, y in points]


class Sheet:
    """A sheet to draw on, in pixels of the finished picture."""

    def __init__(self, width: int, height: int, ground: str = CREAM) -> None:
        self.width, self.height = width, height
        self.image = Image.new("RGB", (width * SCALE, height * SCALE), ground)
        self.pen = ImageDraw.Draw(self.image, "RGBA")

    def shape(self, points: Iterable[Point], colour: str, alpha: int = 255) -> None:
        self.pen.polygon([(x * SCALE, y * SCALE) for x, y in points], fill=rgb(colour, alpha))

    def box(
        self, x: float, y: float, w: float, h: float, colour: str, alpha: int = 255, round_: float = 0
    ) -> None:
        edges = (x * SCALE, y * SCALE, (x + w) * SCALE - 1, (y + h) * SCALE - 1)
        if edges[2] > edges[0] and edges[3] > edges[1]:
            self.pen.rounded_rectangle(edges, round_ * SCALE, fill=rgb(colour, alpha))

    def disc(
        self, x: float, y: float, rx: float, colour: str, alpha: int = 255, ry: float | None = None
    ) -> None:
        ry = rx if ry is None else ry
        self.pen.ellipse(
            ((x - rx) * SCALE, (y - ry) * SCALE, (x + rx) * SCALE, (y + ry) * SCALE), fill=rgb(colour, alpha)
        )

    def line(self, points: Iterable[Point], colour: str, width: float, alpha: int = 255) -> None:
        dots = [(x * SCALE, y * SCALE) for x, y in points]
        self.pen.line(dots, fill=rgb(colour, alpha), width=max(1, round(width * SCALE)), joint="curve")

    def fade(self, points: Sequence[Point], stops: Sequence[tuple[float, str, int]]) -> None:
        """Fill a shape with a vertical gradient: stops are (y, colour, alpha), from top to bottom."""
        top, bottom = min(y for _, y in points), max(y for _, y in points)
        left, right = min(x for x, _ in points), max(x for x, _ in points)
        x0, y0 = math.floor(left * SCALE), math.floor(top * SCALE)
        size = (math.ceil(right * SCALE) - x0 + 1, math.ceil(bottom * SCALE) - y0 + 1)
        strip = Image.new("RGBA", (1, size[1]))
        for row in range(size[1]):
            strip.putpixel((0, row), _between(stops, (row + y0) / SCALE))
        paint = strip.resize(size)
        mask = Image.new("L", size, 0)
        ImageDraw.Draw(mask).polygon([(x * SCALE - x0, y * SCALE - y0) for x, y in points], fill=255)
        mask = ImageChops.multiply(mask, paint.getchannel("A"))
        self.image.paste(paint.convert("RGB"), (x0, y0), mask)

    def sky(self, stops: Sequence[tuple[float, str]], bottom: float | None = None) -> None:
        low = self.height if bottom is None else bottom
        edge = [(0, stops[0][0]), (self.width, stops[0][0]), (self.width, low), (0, low)]
        self.fade(edge, [(y, colour, 255) for y, colour in stops])

    def glow(self, x: float, y: float, radius: float, colour: str, strength: float, flat: float = 1) -> None:
        """Lay light around a point, fading outwards; `flat` below 1 presses it together."""
        size = (round(2 * radius * SCALE), round(2 * radius * flat * SCALE))
        ramp = Image.radial_gradient("L").point(lambda v: round(max(0.0, 1 - v / 181) ** 2 * 255 * strength))
        mask = ramp.resize(size, Image.Resampling.BICUBIC)
        self.image.paste(
            rgb(colour)[:3], (round((x - radius) * SCALE), round((y - radius * flat) * SCALE)), mask
        )

    def mirror(
        self,
        waterline: float,
        bottom: float,
        squash: float,
        tint: str,
        share: float,
        seed: int,
        depth_tone: float = 0.35,
    ) -> None:
        """Fill the water below the line with the scene above it: pressed together, rippled and tinted."""
        depth = round((bottom - waterline) * SCALE)
        source = round(depth / squash)
        line = round(waterline * SCALE)
        scene = self.image.crop((0, line - source, self.image.width, line)).transpose(
            Image.Transpose.FLIP_TOP_BOTTOM
        )
        scene = scene.resize((self.image.width, depth), Image.Resampling.BICUBIC)
        chance = Random(seed)
        phases = [chance.uniform(0, math.tau) for _ in range(4)]
        for row in range(depth):
            far = row / depth
            sway = sum(
                math.sin(row / SCALE / (2.2 + 9 * far) * f + p)
                for f, p in zip((1, 0.6, 1.7, 0.31), phases, strict=True)
            )
            shift = round(sway * SCALE * (0.8 + 3.6 * far))
            strip = ImageChops.offset(scene.crop((0, row, scene.width, row + 1)), shift, 0)
            self.image.paste(strip, (0, line + row))
        area = [(0, waterline), (self.width, waterline), (self.width, bottom), (0, bottom)]
        low = round(255 * min(1, share * 2))
        self.fade(
            area, [(waterline, tint, round(255 * share * 0.6)), (bottom, mix(tint, INK, depth_tone), low)]
        )

    def save(self, path: Path, seed: int) -> None:
        """Reduce, add a breath of paper grain and write a JPEG."""
        picture = self.image.resize((self.width, self.height), Image.Resampling.LANCZOS)
        half = (self.width * 2 // 3, self.height * 2 // 3)
        noise = Image.frombytes("L", half, Random(seed).randbytes(half[0] * half[1]))
        noise = noise.filter(ImageFilter.GaussianBlur(0.7)).resize(picture.size, Image.Resampling.BICUBIC)
        grain = noise.point(lambda v: round(128 + (v - 128) * 0.1))
        picture = ImageChops.soft_light(picture, Image.merge("RGB", (grain, grain, grain)))
        buffer = BytesIO()
        picture.save(buffer, "JPEG", quality=85, optimize=True, progressive=True, subsampling=2)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(buffer.getvalue())


def _between(stops: Sequence[tuple[float, str, int]], y: float) -> Colour:
    """Find the colour of a gradient at height y."""
    if y <= stops[0][0]:
        return rgb(stops[0][1], stops[0][2])
    for (y0, c0, a0), (y1, c1, a1) in pairwise(stops):
        if y <= y1:
            share = (y - y0) / max(y1 - y0, 1e-9)
            return rgb(mix(c0, c1, share), round(a0 + (a1 - a0) * share))
    return rgb(stops[-1][1], stops[-1][2])


# --- things that several pictures share -------------------------------------------------------------------


def cloud(sheet: Sheet, x: float, y: float, width: float, colour: str, alpha: int, seed: int) -> None:
    """A flat cloud: three or four bars with round ends, one on the other."""
    chance = Random(seed)
    for row in range(4):
        part = width * chance.uniform(0.35, 1) * (1 - 0.12 * row)
        shift = chance.uniform(-0.25, 0.25) * width
        sheet.box(round(x - part / 2 + shift), y - row * 13, part, 13, colour, alpha, 6.5)


def gulls(sheet: Sheet, places: Iterable[tuple[float, float, float]], colour: str) -> None:
    """Birds far away: two arcs each."""
    for x, y, size in places:
        wing = curve([(x - size, y - size * 0.28), (x - size * 0.45, y - size * 0.42), (x, y)])
        sheet.line(wing, colour, max(1.4, size * 0.09))
        sheet.line(mirrored(wing, x), colour, max(1.4, size * 0.09))


def tree(sheet: Sheet, x: float, y: float, size: float, dark: str, light: str) -> None:
    """A round tree with a lit side."""
    sheet.box(x - size * 0.05, y - size * 0.5, size * 0.1, size * 0.5, mix(dark, INK, 0.4))
    for dx, dy, r in ((-0.26, -0.55, 0.3), (0.24, -0.52, 0.28), (0, -0.82, 0.32), (0.02, -0.55, 0.34)):
        sheet.disc(x + dx * size, y + dy * size, r * size, dark)
    for dx, dy, r in ((-0.3, -0.62, 0.17), (-0.06, -0.92, 0.18), (-0.02, -0.62, 0.16)):
        sheet.disc(x + dx * size, y + dy * size, r * size, light)


def roof(sheet: Sheet, x: float, y: float, half: float, height: float, colour: str, edge: str) -> None:
    """A Chinese roof with lifted eaves; (x, y) is the middle of the eaves' line."""
    lift = height * 0.42
    side = curve(
        [(x + half * 0.3, y - height), (x + half * 0.55, y - height * 0.42), (x + half, y - lift)], 10
    )
    low = curve([(x + half, y - lift), (x + half * 0.72, y), (x, y + height * 0.05)], 10)
    right = [*side, *low]
    sheet.shape([*right, *reversed(mirrored(right, x))], colour)
    rim = curve([(x + half + 2, y - lift - 2), (x + half * 0.72, y - 1), (x, y + height * 0.05 - 1)], 12)
    sheet.line([*rim, *reversed(mirrored(rim, x))], edge, max(1.5, height * 0.09))


def pagoda(sheet: Sheet, x: float, base: float, width: float, tiers: int) -> None:
    """A pagoda; the light comes from the left."""
    y, w = base, width
    step = width * 0.46
    for tier in range(tiers):
        body = w * 0.56
        sheet.box(x - body / 2, y - step, body, step, mix(BRICK, WINE, 0.25))
        sheet.box(x - body / 2, y - step, body * 0.36, step, mix(BRICK, CORAL, 0.55))
        for k in (-0.27, 0, 0.27):
            sheet.box(x + k * body - body * 0.06, y - step * 0.66, body * 0.12, step * 0.4, GOLD, 235, 2)
        roof(
            sheet, x, y - step + 2, w * 0.56, step * 0.5, NIGHT if tier % 2 else mix(NIGHT, PETROL, 0.5), GOLD
        )
        y -= step * 1.14
        w *= 0.9
        step *= 0.93
    sheet.box(x - 2.5, y - width * 0.26, 5, width * 0.42, GOLD)
    for k in range(3):
        sheet.disc(x, y - width * 0.05 - k * width * 0.07, width * (0.045 - 0.01 * k), GOLD)


def moon_bridge(sheet: Sheet, x: float, y: float, radius: float, colour: str, rail: str) -> None:
    """An arched bridge over still water: with its mirror image the arch closes to a circle."""
    outer = [(x + 2.25 * radius * math.cos(a), 0.0) for a in (math.pi, 0.0)]
    crown = [(outer[0][0], y), (x - 1.5 * radius, y - 0.5 * radius), (x - 0.7 * radius, y - 1.22 * radius)]
    top = curve([*crown, (x, y - 1.4 * radius), *reversed(mirrored(crown, x))], 16)
    arch = [
        (x + radius * math.cos(a), y - radius * math.sin(a)) for a in (math.pi * k / 40 for k in range(41))
    ]
    sheet.shape([*top, *arch], colour)
    lifted = [(px, py - radius * 0.2) for px, py in top]
    sheet.line(lifted, rail, radius * 0.05)
    for px, py in top[4::7]:
        sheet.line([(px, py), (px, py - radius * 0.24)], rail, radius * 0.05)


# --- two shores: a German harbour town and a Chinese river town at dawn -------------------------------------


def house(sheet: Sheet, x: float, base: float, w: float, h: float, kind: str, wall: str, seed: int) -> None:
    """A gabled town house seen from the quay: `kind` is point, step or bell."""
    chance = Random(seed)
    peak = {"point": 0.95, "step": 0.85, "bell": 0.8}[kind] * w
    top = base - h
    gable: list[Point] = [(x, top), (x + w / 2, top - peak), (x + w, top)]
    if kind == "step":
        left = [(x + w * 0.125 * k, top - peak * 0.25 * (k + j)) for k in range(4) for j in (0, 1)]
        gable = [*left, *reversed(mirrored(left, x + w / 2))]
    if kind == "bell":
        left = curve([(x, top), (x + w * 0.06, top - peak * 0.3), (x + w * 0.27, top - peak * 0.5)], 8)
        left += curve(
            [(x + w * 0.27, top - peak * 0.5), (x + w * 0.32, top - peak * 0.85), (x + w / 2, top - peak)], 8
        )
        gable = [*left, *reversed(mirrored(left, x + w / 2))]
    sheet.shape([(x, base), *gable, (x + w, base)], wall)
    right = [(px, py) for px, py in gable if px >= x + w * 0.72] + [(x + w, base), (x + w * 0.72, base)]
    sheet.shape(right, GOLD, 34)  # the side that looks towards the sun
    sheet.line(gable, mix(wall, CREAM, 0.5), 3)
    rows, pane = int((h - 30) // 38), w / 3.9
    for row in range(rows):
        for column in range(3):
            lit = chance.random() < 0.55
            px, py = x + w * 0.5 + (column - 1) * pane * 1.12 - pane * 0.3, top + 10 + row * 38
            sheet.box(px, py, pane * 0.6, 22, GOLD if lit else mix(wall, INK, 0.55), 255, 2)
            sheet.line([(px + pane * 0.3, py), (px + pane * 0.3, py + 22)], wall, 1.6)
            sheet.box(px - 2, py + 23, pane * 0.6 + 4, 2.4, mix(wall, CREAM, 0.45))
    sheet.box(x + w * 0.4, base - 30, w * 0.2, 30, mix(wall, INK, 0.65), 255, 3)
    for dy in (0.25, 0.55):
        sheet.box(x + w / 2 - 4, top - peak * dy, 8, 12, mix(wall, INK, 0.55), 255, 3)


def church(sheet: Sheet, x: float, base: float, w: float, h: float) -> None:
    """A brick tower with a copper spire."""
    sheet.box(x - w / 2, base - h, w, h, mix(BRICK, WINE, 0.45))
    sheet.box(x + w * 0.18, base - h, w * 0.32, h, mix(BRICK, CORAL, 0.35))
    spire = [(x - w * 0.56, base - h), (x, base - h - w * 2.5), (x + w * 0.56, base - h)]
    sheet.shape(spire, mix(TEAL, PETROL, 0.25))
    sheet.shape([spire[1], spire[2], (x + w * 0.14, base - h)], mix(TEAL, REED, 0.5))
    sheet.disc(x, base - h + w * 0.55, w * 0.24, CREAM)
    sheet.line([(x, base - h + w * 0.55), (x, base - h + w * 0.39)], INK, 2)
    sheet.line([(x, base - h + w * 0.55), (x + w * 0.12, base - h + w * 0.6)], INK, 2)
    for k in range(2):
        for dx in (-0.22, 0.08):
            sheet.box(x + dx * w, base - h + w * (1.05 + 0.75 * k), w * 0.14, w * 0.42, INK, 150, w * 0.07)


def crane(sheet: Sheet, x: float, base: float, size: float, colour: str, trim: str) -> None:
    """A harbour crane on a portal, its jib towards the water."""

    def at(dx: float, dy: float) -> Point:
        return x + dx * size, base - dy * size

    for a, b in (((-0.3, 0), (-0.2, 0.42)), ((0.3, 0), (0.2, 0.42)), ((-0.25, 0.2), (0.25, 0.2))):
        sheet.line([at(*a), at(*b)], colour, size * 0.045)
    sheet.line([at(-0.3, 0), at(0.25, 0.2)], colour, size * 0.02)
    sheet.line([at(0.3, 0), at(-0.25, 0.2)], colour, size * 0.02)
    sheet.shape([at(-0.27, 0.42), at(0.27, 0.42), at(0.27, 0.48), at(-0.27, 0.48)], colour)
    sheet.shape([at(-0.3, 0.48), at(0.16, 0.48), at(0.2, 0.6), at(0.14, 0.72), at(-0.3, 0.68)], trim)
    sheet.shape([at(0.02, 0.53), at(0.17, 0.53), at(0.18, 0.6), at(0.13, 0.66), at(0.02, 0.66)], CREAM, 220)
    tip, foot, mast = at(1.12, 1.34), at(0.12, 0.62), at(-0.1, 1.12)
    for dx, dy in ((0, 0), (-0.07, 0.09)):
        sheet.line([(foot[0] + dx * size, foot[1] - dy * size), tip], colour, size * 0.024)
    for k in range(1, 9):
        t = k / 9
        low = (foot[0] + (tip[0] - foot[0]) * t, foot[1] + (tip[1] - foot[1]) * t)
        high = (foot[0] - 0.07 * size * (1 - t) + (tip[0] - foot[0]) * t, low[1] - 0.09 * size * (1 - t))
        sheet.line([low, high], colour, size * 0.014)
    sheet.line([at(-0.16, 0.68), mast, at(0.06, 0.66)], colour, size * 0.03)
    sheet.line([mast, tip], colour, size * 0.012)
    sheet.line([tip, at(1.12, 0.78)], colour, size * 0.01)
    sheet.line([at(1.0, 0.68), at(1.12, 0.78), at(1.24, 0.68)], colour, size * 0.01)
    sheet.shape([at(0.94, 0.68), at(1.3, 0.68), at(1.3, 0.54), at(0.94, 0.54)], BRICK)
    for k in range(1, 5):
        sheet.line([at(0.94 + 0.072 * k, 0.67), at(0.94 + 0.072 * k, 0.55)], WINE, size * 0.008)


def junk(sheet: Sheet, x: float, y: float, size: float) -> None:
    """A sailing junk with battened sails, and its shadow on the water."""
    sheet.disc(x, y + size * 0.1, size * 0.75, INK, 60, size * 0.07)
    for mast, width, height, lean in ((-0.28, 0.42, 0.95, 0.05), (0.2, 0.52, 1.3, 0.08)):
        foot, head = (x + mast * size, y - size * 0.05), (x + mast * size, y - size * (height + 0.12))
        sheet.line([foot, head], INK, size * 0.025)
        left, right = foot[0] - width * size * 0.36, foot[0] + width * size * 0.64
        low, high = y - size * 0.16, y - size * height
        lee = curve(
            [(right, low), (right + size * lean, (low + high) / 2), (foot[0] + size * 0.12, high)], 10
        )
        sheet.shape([(left, low + size * 0.04), *lee, (foot[0] - size * 0.1, high + size * 0.05)], BRICK)
        sheet.shape([(foot[0] + size * 0.03, low), *lee, (foot[0] + size * 0.03, high)], CORAL, 150)
        for k in range(1, 6):
            t = k / 6
            sheet.line(
                [
                    (
                        left + (foot[0] - size * 0.1 - left) * t,
                        low + (high - low) * t + size * 0.04 * (1 - t),
                    ),
                    (lee[round(t * (len(lee) - 1))][0], lee[round(t * (len(lee) - 1))][1]),
                ],
                WINE,
                size * 0.014,
            )
    hull = curve(
        [(x - size * 0.72, y - size * 0.24), (x - size * 0.45, y + size * 0.02), (x, y + size * 0.09)], 8
    )
    hull += curve(
        [(x, y + size * 0.09), (x + size * 0.5, y + size * 0.02), (x + size * 0.76, y - size * 0.18)], 8
    )
    sheet.shape([*hull, (x + size * 0.5, y - size * 0.08), (x - size * 0.42, y - size * 0.08)], NIGHT)
    sheet.line(hull, GOLD, size * 0.018, 200)


def barge(sheet: Sheet, x: float, y: float, size: float) -> None:
    """A river barge with containers."""
    sheet.disc(x, y + size * 0.08, size * 1.05, INK, 60, size * 0.05)
    for k, colour in enumerate((BRICK, TEAL, PEACH, CORAL, TEAL)):
        left = x - size * 0.72 + k * size * 0.23
        for row in range(2 if k not in (0, 4) else 1):
            tone = colour if row == 0 else (CORAL, GOLD, BRICK)[k % 3]
            sheet.box(left, y - size * (0.21 + 0.13 * row), size * 0.22, size * 0.125, tone)
            for rib in range(1, 6):
                dx = left + rib * size * 0.036
                sheet.line(
                    [(dx, y - size * (0.2 + 0.13 * row)), (dx, y - size * (0.095 + 0.13 * row))], INK, 1, 70
                )
    sheet.box(x + size * 0.5, y - size * 0.34, size * 0.24, size * 0.27, CREAM, 255, 2)
    sheet.box(x + size * 0.53, y - size * 0.3, size * 0.18, size * 0.07, PETROL)
    sheet.line([(x + size * 0.62, y - size * 0.34), (x + size * 0.62, y - size * 0.52)], INK, 2)
    hull = [(x - size, y - size * 0.1), (x + size * 0.95, y - size * 0.1), (x + size * 0.86, y + size * 0.06)]
    sheet.shape([*hull, (x - size * 0.86, y + size * 0.06)], NIGHT)
    sheet.box(x - size * 0.95, y - size * 0.1, size * 1.87, size * 0.022, GOLD, 220)


def reeds(sheet: Sheet, x: float, y: float, count: int, height: float, seed: int) -> None:
    """Reeds in the foreground."""
    chance = Random(seed)
    for _ in range(count):
        foot, tall = x + chance.gauss(0, 1) * height * 0.42, height * chance.uniform(0.45, 1)
        lean = chance.uniform(-0.28, 0.2) * tall
        stem = curve([(foot, y), (foot + lean * 0.25, y - tall * 0.55), (foot + lean, y - tall)], 8)
        sheet.line(stem, INK, 3.2)
        if chance.random() < 0.45:
            head = curve([(foot + lean * 0.8, y - tall * 0.86), (foot + lean, y - tall)], 4)
            sheet.line(head, mix(WINE, INK, 0.3), 8)
            for tip in (head[0], head[-1]):
                sheet.disc(*tip, 4, mix(WINE, INK, 0.3))
        blade = [(foot, y), (foot + lean * 0.9, y - tall * 0.5), (foot + lean * 2.6, y - tall * 0.72)]
        sheet.shape([*curve(blade, 8), (foot + lean * 0.7, y - tall * 0.4), (foot - 4, y)], NIGHT)


def _left_shore(sheet: Sheet, line: float) -> None:
    haze = mix(REED, PEACH, 0.3)
    for k, (x, w, h) in enumerate(((0.0, 90, 150), (170.0, 84, 160), (420.0, 80, 150), (510.0, 66, 120))):
        sheet.shape(
            [(x, line), (x, line - h), (x + w / 2, line - h - w * 0.8), (x + w, line - h), (x + w, line)],
            haze,
        )
        sheet.box(x + w * 0.2, line - h + 14, 8, 14, mix(haze, CREAM, 0.5), 255 if k % 2 else 160)
    church(sheet, 318, line, 74, 330)
    tones = (PETROL, BRICK, TEAL, CREAM, WINE, mix(CORAL, BRICK, 0.3), NIGHT)
    kinds = ("point", "step", "bell", "point", "step", "point", "bell")
    x = -34.0
    for k, (w, h) in enumerate(((92, 214), (98, 178), (84, 236), (88, 196), (96, 150), (80, 196), (86, 140))):
        wall = mix(tones[k], PEACH, 0.35) if tones[k] == CREAM else tones[k]
        house(sheet, x, line, w, h, kinds[k], wall, 20 + k)
        x += w
    crane(sheet, 648, line, 168, INK, mix(BRICK, WINE, 0.2))
    sheet.box(0, line - 14, 764, 14, INK)
    for k in range(25):
        sheet.box(8 + k * 31, line - 8, 17, 8, mix(INK, TEAL, 0.4))


def _right_shore(sheet: Sheet, line: float) -> None:
    haze = mix(REED, PEACH, 0.42)
    for x, w, h in (
        (1010, 34, 150),
        (1052, 26, 215),
        (1088, 42, 128),
        (1440, 36, 190),
        (1486, 30, 270),
        (1528, 44, 160),
    ):
        sheet.fade(
            [(x, line), (x, line - h), (x + w, line - h), (x + w, line)],
            [(line - h, haze, 255), (line, PEACH, 120)],
        )
    sheet.line([(1065, line - 215), (1065, line - 262)], haze, 3)
    sheet.line([(1501, line - 270), (1501, line - 330)], haze, 3)
    hill = curve(
        [
            (1120, line),
            (1190, line - 62),
            (1300, line - 108),
            (1420, line - 98),
            (1530, line - 70),
            (1640, line - 92),
        ]
    )
    sheet.fade(
        [*hill, (1640, line), (1120, line)], [(line - 108, mix(TEAL, PETROL, 0.3), 255), (line, NIGHT, 255)]
    )
    pagoda(sheet, 1316, line - 88, 176, 6)
    chance = Random(5)
    for k in range(15):
        spot = 1176 + k * 30 + chance.uniform(-9, 9)
        base = line - 20 - 62 * math.sin(min(1, (spot - 1150) / 250) * math.pi / 2)
        tone = mix(PETROL, TEAL, chance.uniform(0, 0.6))
        tree(sheet, spot, base + 16, chance.uniform(44, 66), tone, mix(tone, REED, 0.38))
    for x, half, height in ((1440, 84, 62), (1560, 74, 52), (1225, 56, 46)):
        sheet.box(x - half * 0.74, line - 62, half * 1.48, 60, mix(CREAM, PEACH, 0.55))
        sheet.box(x + half * 0.1, line - 62, half * 0.64, 60, mix(PEACH, CORAL, 0.35))
        for k in range(-2, 3):
            sheet.box(x + k * half * 0.31 - 3, line - 62, 6, 60, BRICK)
        sheet.box(x - 11, line - 40, 22, 40, WINE, 255, 3)
        roof(sheet, x, line - 56, half, height, NIGHT, GOLD)
        for side in (-0.55, 0.55):
            sheet.line([(x + side * half, line - 54), (x + side * half, line - 46)], INK, 1.5)
            sheet.disc(x + side * half, line - 38, 8, CORAL, 255, 9)
    sheet.box(1110, line - 10, 500, 10, INK)
    moon_bridge(sheet, 1042, line, 54, NIGHT, mix(BRICK, CORAL, 0.4))


def two_shores() -> Sheet:
    sheet, line = Sheet(1600, 1000), 640.0
    sheet.sky([(0, "#2b7180"), (210, "#7fb6b0"), (400, "#efdcb6"), (560, "#f6bd8c"), (640, "#ee9f73")], line)
    sheet.glow(860, 590, 560, GOLD, 0.75)
    for radius, alpha in ((330, 20), (250, 26), (180, 34)):
        sheet.disc(860, 585, radius, CREAM, alpha)
    sheet.disc(860, 585, 116, "#fdf3d8")
    for left, top, span, seed in (
        (270, 170, 330, 3),
        (1180, 120, 300, 8),
        (700, 262, 230, 12),
        (1500, 300, 260, 15),
    ):
        cloud(sheet, left, top, span, CREAM, 105, seed)
    far = curve(
        [
            (560, 640),
            (660, 596),
            (760, 606),
            (860, 570),
            (960, 600),
            (1060, 540),
            (1150, 572),
            (1250, 500),
            (1340, 556),
            (1450, 470),
            (1560, 545),
            (1680, 500),
        ]
    )
    sheet.fade([*far, (1680, 640)], [(470, mix(REED, TEAL, 0.25), 235), (640, PEACH, 190)])
    near = curve([(-40, 520), (120, 560), (260, 540), (430, 590), (640, 600), (800, 638)])
    sheet.fade([*near, (800, 640), (-40, 640)], [(520, mix(REED, TEAL, 0.2), 225), (640, PEACH, 190)])
    _left_shore(sheet, line)
    _right_shore(sheet, line)
    sheet.glow(860, 620, 420, "#ffe9b8", 0.4, 0.5)
    sheet.mirror(line, 1000, 0.8, "#3a8088", 0.42, 4)
    sheet.glow(860, 700, 330, "#ffe3a6", 0.4, 0.5)
    chance = Random(31)
    for _ in range(120):
        y = 650 + 330 * chance.random() ** 1.3
        spread = 40 + (y - 640) * 0.62
        width = (10 + (y - 640) * 0.22) * chance.uniform(0.5, 1.3)
        x = 860 + chance.gauss(0, 0.5) * spread
        sheet.box(x - width / 2, y, width, 2 + (y - 640) * 0.008, "#ffeec4", chance.randint(90, 200), 2)
    for _ in range(90):
        y = 660 + 330 * chance.random()
        width = (14 + (y - 640) * 0.3) * chance.uniform(0.5, 1.4)
        sheet.box(
            chance.uniform(-20, 1600), y, width, 1.6 + (y - 640) * 0.006, CREAM, chance.randint(18, 60), 2
        )
    barge(sheet, 372, 742, 172)
    junk(sheet, 1040, 862, 150)
    gulls(sheet, ((560, 250, 26), (622, 214, 18), (505, 300, 15), (1000, 210, 14), (1046, 236, 10)), NIGHT)
    sheet.fade([(0, 860), (1600, 860), (1600, 1000), (0, 1000)], [(860, INK, 0), (1000, INK, 150)])
    reeds(sheet, 1510, 1010, 52, 190, 9)
    reeds(sheet, 60, 1010, 38, 135, 17)
    return sheet


# --- the journey: a train between karst mountains -----------------------------------------------------------


def karst(sheet: Sheet, x: float, base: float, w: float, h: float, tone: str, haze: str, seed: int) -> None:
    """One karst mountain: a steep rounded tower that fades into mist at its foot."""
    chance = Random(seed)
    lean = chance.uniform(-0.1, 0.1) * w
    left = [(x - w / 2, base), (x - w * chance.uniform(0.4, 0.46), base - h * 0.35)]
    left += [
        (x - w * chance.uniform(0.3, 0.36) + lean, base - h * 0.72),
        (x - w * 0.16 + lean, base - h * 0.95),
    ]
    right = [(x + lean + w * 0.06, base - h), (x + lean + w * chance.uniform(0.24, 0.3), base - h * 0.84)]
    right += [(x + w * chance.uniform(0.36, 0.42), base - h * 0.45), (x + w / 2, base)]
    outline = curve([*left, *right], 12)
    sheet.fade(
        outline, [(base - h, tone, 255), (base - h * 0.35, mix(tone, haze, 0.4), 255), (base, haze, 255)]
    )
    lit = curve(
        [
            *left,
            (x + lean - w * 0.02, base - h * 0.99),
            (x - w * 0.06 + lean, base - h * 0.7),
            (x - w * 0.16, base - h * 0.35),
            (x - w * 0.12, base),
        ],
        12,
    )
    sheet.fade(lit, [(base - h, PEACH, 105), (base - h * 0.3, PEACH, 30), (base, haze, 0)])
    for _ in range(int(w / 26)):
        px, py = x + lean + chance.uniform(-0.12, 0.22) * w, base - h * chance.uniform(0.35, 0.85)
        size = chance.uniform(0.05, 0.12) * h
        sheet.line(
            curve([(px, py), (px + size * 0.14, py + size * 0.5), (px + size * 0.05, py + size)], 6),
            tone,
            2.4,
            130,
        )


def viaduct(sheet: Sheet, y: float, floor: float) -> None:
    """A railway viaduct with round arches across the whole picture."""
    stone, shade = mix(CREAM, PEACH, 0.45), mix(REED, TEAL, 0.35)
    span, pier = 188, 34
    for k in range(-1, 10):
        left = -70 + k * span
        sheet.box(left, y, span, 30, stone)
        r = (span - pier) / 2
        middle = left + span / 2
        arch = [
            (middle + r * math.cos(a), y + 30 + r - r * math.sin(a))
            for a in (math.pi * j / 30 for j in range(31))
        ]
        sheet.fade(
            [(left, y + 28), (left + span, y + 28), (left + span, y + 30 + r), *arch, (left, y + 30 + r)],
            [(y + 28, stone, 255), (y + 30 + r, mix(stone, PEACH, 0.3), 255)],
        )
        inner = [(px - 13, py) for px, py in arch]
        sheet.shape(
            [*[q for q in arch if q[0] > middle], *reversed([q for q in inner if q[0] > middle - 13])], shade
        )
        for edge in (left - pier / 2, left + span - pier / 2):
            sheet.fade(
                [(edge, y + 29 + r), (edge + pier, y + 29 + r), (edge + pier + 4, floor), (edge - 4, floor)],
                [(y + 30 + r, mix(stone, PEACH, 0.3), 255), (floor, mix(stone, CORAL, 0.35), 255)],
            )
            sheet.fade(
                [(edge - 13, y + 29 + r), (edge, y + 29 + r), (edge - 4, floor), (edge - 17, floor)],
                [(y + 30 + r, shade, 255), (floor, mix(shade, PETROL, 0.3), 255)],
            )
    sheet.box(0, y - 9, 1600, 10, mix(stone, CREAM, 0.6))
    sheet.box(0, y + 1, 1600, 5, shade, 150)


def train(sheet: Sheet, nose: float, y: float) -> None:
    """A high-speed train running to the right; `nose` is its tip, y the top of the rail."""
    height, white, under = 62, "#fdf8ec", mix(MIST, TEAL, 0.35)
    for k in range(18):
        x = 40 + k * 176
        sheet.line([(x, y), (x, y - 112), (x + 44, y - 112)], NIGHT, 4)
        sheet.line([(x, y - 96), (x + 40, y - 110)], NIGHT, 2.4)
    for low in (112, 96):
        sheet.line([(0, y - low), (1600, y - low)], NIGHT, 1.6, 200)
    body = [(-20, y - 6), (-20, y - height), (nose - 190, y - height)]
    body += curve(
        [(nose - 190, y - height), (nose - 110, y - height + 6), (nose - 38, y - 34), (nose, y - 13)], 12
    )
    body += curve([(nose, y - 13), (nose - 8, y - 7), (nose - 30, y - 5)], 6)
    sheet.shape(body, white)
    sheet.shape([(-20, y - 6), (-20, y - 16), (nose - 2, y - 16), (nose, y - 13), (nose - 30, y - 5)], under)
    stripe = curve([(nose - 210, y - 27), (nose - 120, y - 26), (nose - 26, y - 23)], 8)
    sheet.shape([(-20, y - 27), *stripe, (nose - 18, y - 19), (-20, y - 20)], BRICK)
    glass = curve([(nose - 138, y - height + 6), (nose - 100, y - height + 10), (nose - 62, y - 40)], 8)
    sheet.shape([*glass, (nose - 78, y - 37), (nose - 128, y - 43)], NIGHT)
    sheet.shape([glass[4], glass[12], (glass[12][0] - 16, y - 43), (glass[4][0] - 14, y - 46)], REED, 150)
    sheet.disc(nose - 30, y - 25, 5, GOLD, 255, 3)
    for car in range(5):
        end = nose - 196 - car * 270
        sheet.line([(end - 268, y - height + 1), (end - 268, y - 7)], under, 3)
        for k in range(8):
            sheet.box(end - 42 - k * 28, y - 51, 19, 17, PETROL, 255, 4)
            sheet.shape(
                [(end - 40 - k * 28, y - 50), (end - 32 - k * 28, y - 50), (end - 39 - k * 28, y - 38)],
                REED,
                120,
            )
        sheet.box(end - 262, y - 53, 14, 42, under, 255, 3)
        for wheel in (-30, -56, -206, -232):
            sheet.disc(end + wheel, y - 3, 7, INK)
    for wheel in (-120, -146):
        sheet.disc(nose + wheel, y - 3, 7, INK)
    sheet.box(0, y - 1, 1600, 3, INK)


def terraces(sheet: Sheet, top: float) -> None:
    """Rice terraces in the foreground: narrow ponds that mirror the sky, and rows of young rice."""
    tones = (mix(TEAL, PETROL, 0.35), mix(TEAL, PETROL, 0.8), NIGHT)
    for row, tone in enumerate(tones):
        y = top + row * 50
        edge = curve(
            [
                (-60, y - 34),
                (180, y - 46 + row * 8),
                (430, y - 4),
                (700, y + 24 - row * 6),
                (960, y + 20),
                (1200, y - 18),
                (1430, y - 40),
                (1680, y - 22),
            ]
        )
        sheet.fade(
            [*edge, (1680, 1010), (-60, 1010)], [(y - 46, tone, 255), (y + 70, mix(tone, INK, 0.4), 255)]
        )
        sheet.line(edge, mix(tone, GOLD, 0.55), 3.5, 190)
        high = [(x, py + 11 + 2 * row) for x, py in edge]
        low = [(x, py + 31 + 3 * row + 5 * math.sin(x / 90 + row)) for x, py in edge]
        water = mix(PEACH, REED, 0.2 + 0.16 * row)
        sheet.fade([*high, *reversed(low)], [(y - 40, water, 235), (y + 66, mix(water, TEAL, 0.4), 235)])
        for k, (px, py) in enumerate(low):
            for j in range(2):
                x, size = px + j * 11, 9 + 3 * row + 2 * math.sin(k * 1.7 + j)
                for lean in (-0.55, -0.15, 0.3, 0.65):
                    foot = (x, py + 5 - j)
                    sheet.line(
                        [foot, (x + lean * size, py + 5 - size)], mix(tone, REED, 0.12 if j else 0.3), 2
                    )


def boat(sheet: Sheet, x: float, y: float, size: float) -> None:
    """A small boat with a mat roof, one person at the oar."""
    sheet.disc(x, y + size * 0.1, size * 1.1, INK, 70, size * 0.08)
    person = x + size * 0.72
    sheet.line(
        [(person + size * 0.08, y - size * 0.48), (person + size * 0.62, y + size * 0.2)], NIGHT, size * 0.03
    )
    sheet.box(person - size * 0.07, y - size * 0.6, size * 0.15, size * 0.5, BRICK, 255, size * 0.06)
    sheet.line([(person, y - size * 0.5), (person + size * 0.14, y - size * 0.42)], BRICK, size * 0.06)
    sheet.disc(person + size * 0.01, y - size * 0.68, size * 0.075, PEACH)
    sheet.disc(person + size * 0.01, y - size * 0.72, size * 0.078, INK, 255, size * 0.05)
    mat = [
        (x - 0.46 * size * math.cos(a), y - 0.4 * size * math.sin(a))
        for a in (math.pi * k / 24 for k in range(25))
    ]
    sheet.shape(mat, mix(CORAL, GOLD, 0.3))
    for k in (-0.24, 0, 0.24):
        tall = 0.4 * size * math.sin(math.acos(k / 0.46))
        sheet.line([(x + k * size, y), (x + k * size, y - tall)], BRICK, size * 0.02)
    hull = curve(
        [
            (x - size * 1.1, y - size * 0.2),
            (x - size * 0.7, y + size * 0.06),
            (x, y + size * 0.1),
            (x + size * 0.75, y + size * 0.06),
            (x + size * 1.1, y - size * 0.16),
        ],
        8,
    )
    sheet.shape([*hull, (x + size * 0.7, y - size * 0.04), (x - size * 0.7, y - size * 0.04)], NIGHT)


def bamboo(sheet: Sheet, x: float, height: float, lean: float, seed: int) -> None:
    """A bamboo stem with leaves, near the eye."""
    chance = Random(seed)
    stem = curve([(x, 1010), (x + lean * 0.3, 1010 - height * 0.5), (x + lean, 1010 - height)], 12)
    tone = mix(NIGHT, TEAL, chance.uniform(0.05, 0.35))
    sheet.line(stem, tone, 11)
    sheet.line([(px - 2.5, py) for px, py in stem], mix(tone, REED, 0.35), 2.4)
    for px, py in stem[::3]:
        sheet.line([(px - 7, py), (px + 7, py)], mix(tone, REED, 0.4), 2.6)
    for px, py in stem[8::2]:
        for _ in range(4):
            angle, size = chance.uniform(-0.5, math.pi + 0.5), chance.uniform(40, 84)
            ex, ey = px + size * math.cos(angle), py + size * abs(math.sin(angle)) * 0.8 + 8
            mx, my, wide = (px + ex) / 2, (py + ey) / 2, 7.5
            dx, dy = -(ey - py) / size * wide, (ex - px) / size * wide
            leaf = [
                *curve([(px, py), (mx + dx, my + dy - 4), (ex, ey)], 6),
                *curve([(ex, ey), (mx - dx, my - dy - 4), (px, py)], 6),
            ]
            sheet.shape(leaf, mix(tone, TEAL, chance.uniform(0, 0.5)))


def journey() -> Sheet:
    sheet, line = Sheet(1600, 1000), 716
    sheet.sky([(0, "#3f8a92"), (240, "#9cc7bb"), (430, "#f3dfba"), (640, "#f7c08e")], line)
    sheet.glow(560, 286, 480, "#ffeec2", 0.75)
    sheet.disc(560, 286, 96, mix(CORAL, PEACH, 0.2))
    for left, top, w, seed in (
        (250, 130, 260, 41),
        (900, 96, 300, 44),
        (1330, 210, 240, 52),
        (660, 320, 220, 50),
    ):
        cloud(sheet, left, top, w, CREAM, 120, seed)
    haze = "#f8dcb2"
    layers = (
        (
            650,
            mix(REED, PEACH, 0.4),
            (
                (50, 150, 330),
                (215, 130, 250),
                (370, 120, 200),
                (700, 140, 260),
                (830, 130, 330),
                (985, 150, 400),
                (1130, 120, 300),
                (1260, 150, 440),
                (1420, 140, 360),
                (1560, 150, 430),
            ),
        ),
        (
            670,
            mix(REED, TEAL, 0.45),
            (
                (-20, 220, 470),
                (150, 150, 330),
                (300, 140, 250),
                (620, 150, 230),
                (1080, 190, 480),
                (1230, 150, 350),
                (1520, 230, 540),
            ),
        ),
        (
            690,
            mix(TEAL, PETROL, 0.3),
            (
                (60, 190, 330),
                (210, 150, 220),
                (450, 170, 180),
                (930, 210, 300),
                (1360, 220, 430),
                (1600, 240, 400),
            ),
        ),
    )
    for depth, (base, tone, peaks) in enumerate(layers):
        for k, (x, w, h) in enumerate(peaks):
            karst(sheet, x, base, w, h, tone, haze, depth * 10 + k)
        area = [(0, base - 150), (1600, base - 150), (1600, line), (0, line)]
        sheet.fade(area, [(base - 150, haze, 0), (base, haze, 120), (line, haze, 170)])
    bank = curve(
        [
            (-40, line - 20),
            (300, line - 34),
            (620, line - 14),
            (900, line - 26),
            (1240, line - 38),
            (1660, line - 18),
        ]
    )
    sheet.fade(
        [*bank, (1660, line), (-40, line)], [(line - 38, mix(TEAL, REED, 0.2), 255), (line, PETROL, 255)]
    )
    chance = Random(77)
    for k in range(34):
        tone = mix(TEAL, PETROL, chance.uniform(0, 0.8))
        tree(
            sheet,
            k * 49 + chance.uniform(-16, 16),
            line - 14,
            chance.uniform(34, 56),
            tone,
            mix(tone, REED, 0.35),
        )
    viaduct(sheet, 530, line)
    train(sheet, 1180, 522)
    sheet.mirror(line, 1000, 0.72, "#3a8088", 0.4, 11)
    for _ in range(80):
        y = line + 8 + 190 * chance.random()
        width = (16 + (y - line) * 0.4) * chance.uniform(0.5, 1.4)
        sheet.box(
            chance.uniform(-20, 1600), y, width, 1.6 + (y - line) * 0.007, CREAM, chance.randint(30, 100), 2
        )
    boat(sheet, 480, 826, 62)
    terraces(sheet, 902)
    gulls(sheet, ((770, 190, 20), (822, 164, 14), (726, 228, 12)), NIGHT)
    for x, height, lean, seed in (
        (1500, 760, -60, 61),
        (1556, 600, 30, 62),
        (1452, 480, -80, 63),
        (1604, 900, -30, 64),
    ):
        bamboo(sheet, x, height, lean, seed)
    return sheet


# --- the fair: a market hall of iron and glass --------------------------------------------------------------


def person(
    sheet: Sheet, x: float, base: float, h: float, look: tuple[str, str, str, str], pose: str, side: int
) -> None:
    """One visitor: `look` is coat, legs, skin and hair; `pose` is stand, point, cup or walk, then perhaps a hair style.

    `side` is 1 for someone who looks to the right, -1 for the left.
    """
    coat, legs, skin, hair = look
    pose, _, style = pose.partition(" ")

    def at(dx: float, dy: float) -> Point:
        return x + side * dx * h, base - dy * h

    sheet.disc(x, base, h * 0.2, INK, 60, h * 0.025)
    if style == "long":
        sheet.box(x - h * 0.075, base - 0.97 * h, h * 0.15, h * 0.2, hair, 255, h * 0.06)
    if style == "bun":
        sheet.disc(*at(-0.055, 0.985), h * 0.034, hair)
    stride = 0.09 if pose == "walk" else 0.035
    for foot, hip in ((-stride, -0.04), (stride, 0.04)):
        if not style:
            sheet.shape(
                [at(hip - 0.045, 0.5), at(hip + 0.045, 0.5), at(foot + 0.03, 0.02), at(foot - 0.03, 0.02)],
                legs,
            )
        else:
            shin = [
                at(foot * 0.9 - 0.022, 0.32),
                at(foot * 0.9 + 0.03, 0.32),
                at(foot + 0.02, 0.02),
                at(foot - 0.015, 0.02),
            ]
            sheet.shape(shin, mix(skin, WINE, 0.12))
        sheet.shape(
            [at(foot - 0.035, 0.025), at(foot + 0.03, 0.03), at(foot + 0.075, 0), at(foot - 0.035, 0)], INK
        )
    if style:
        sheet.shape([at(-0.1, 0.5), at(0.1, 0.5), at(0.125, 0.25), at(-0.125, 0.25)], legs)
    sheet.box(x - 0.025 * h, base - 0.86 * h, 0.05 * h, 0.08 * h, mix(skin, WINE, 0.25))
    torso = curve(
        [
            at(-0.1, 0.44),
            at(-0.105, 0.62),
            at(-0.125, 0.76),
            at(-0.07, 0.815),
            at(0, 0.825),
            at(0.07, 0.815),
            at(0.12, 0.76),
            at(0.1, 0.62),
            at(0.11, 0.44),
        ],
        8,
    )
    sheet.shape(torso, coat)
    sheet.shape([at(-0.03, 0.825), at(0.035, 0.825), at(0.01, 0.66)], CREAM)
    sheet.line([at(0.01, 0.66), at(0.012, 0.45)], mix(coat, INK, 0.35), h * 0.008)
    arms = {
        "stand": ([(-0.11, 0.76), (-0.15, 0.6), (-0.12, 0.46)], [(0.11, 0.76), (0.15, 0.6), (0.13, 0.46)]),
        "walk": ([(-0.11, 0.76), (-0.17, 0.62), (-0.2, 0.48)], [(0.11, 0.76), (0.16, 0.6), (0.24, 0.52)]),
        "point": ([(-0.11, 0.76), (-0.15, 0.6), (-0.12, 0.46)], [(0.11, 0.76), (0.24, 0.72), (0.36, 0.8)]),
        "cup": ([(-0.11, 0.76), (-0.15, 0.6), (-0.12, 0.46)], [(0.11, 0.76), (0.16, 0.6), (0.24, 0.66)]),
    }[pose]
    for arm in arms:
        sheet.line([at(*joint) for joint in arm], mix(coat, INK, 0.2), h * 0.055)
        for joint in (arm[0], arm[1]):
            sheet.disc(*at(*joint), h * 0.0275, mix(coat, INK, 0.2))
        sheet.disc(*at(*arm[2]), h * 0.026, skin)
    if pose == "cup":
        hx, hy = at(0.25, 0.68)
        sheet.box(hx - h * 0.022, hy - h * 0.03, h * 0.044, h * 0.06, CREAM, 255, 2)
    sheet.disc(x, base - 0.915 * h, h * 0.062, skin, 255, h * 0.072)
    cap = [
        at(0.068 * math.cos(a) - 0.006, 0.922 + 0.078 * math.sin(a))
        for a in (math.pi * k / 20 for k in range(-3, 21))
    ]
    sheet.shape([*cap, at(-0.05, 0.9), at(-0.01, 0.955), at(0.05, 0.955)], hair)


def _hall(sheet: Sheet, floor: float) -> None:
    sheet.sky([(0, mix(TEAL, PETROL, 0.4)), (floor, mix(REED, PEACH, 0.35))], floor)
    for k in range(5):
        middle, half, spring = 160 + k * 320, 128, 250
        arch = [
            (middle + half * math.cos(a), spring - half * math.sin(a))
            for a in (math.pi * j / 40 for j in range(41))
        ]
        window = [(middle + half, floor - 130), *arch, (middle - half, floor - 130)]
        sheet.shape([(px + (9 if px > middle else -9), py - 9 * (py < spring)) for px, py in window], NIGHT)
        sheet.fade(window, [(120, "#a9d0c4", 255), (360, "#f6e3bd", 255), (floor - 130, "#f4b988", 255)])
        hills = curve(
            [
                (middle - half, 470),
                (middle - 60, 430 - 24 * (k % 3)),
                (middle + 30, 466),
                (middle + half, 436),
            ]
        )
        sheet.shape(
            [*hills, (middle + half, floor - 130), (middle - half, floor - 130)], mix(REED, TEAL, 0.3), 190
        )
        if k == 2:
            sheet.glow(middle, 380, 200, "#fff2cf", 0.8)
        for j in (-2, -1, 0, 1, 2):
            sheet.line(
                [(middle + j * 43, floor - 130), (middle + j * 43, spring - half * math.cos(j * 0.34) + 3)],
                NIGHT,
                3,
            )
        for y in (250, 330, 410, 490):
            sheet.line([(middle - half, y), (middle + half, y)], NIGHT, 3)
        for r in (44, 86):
            ring = [
                (middle + r * math.cos(a), spring - r * math.sin(a))
                for a in (math.pi * j / 30 for j in range(31))
            ]
            sheet.line(ring, NIGHT, 3)
    for k in range(6):
        sheet.box(k * 320 - 11, 60, 22, floor - 60, NIGHT)
        sheet.box(k * 320 - 4, 60, 4, floor - 60, mix(TEAL, REED, 0.4), 160)
        for side in (-1, 1):
            brace = [(k * 320 + side * 8, 190), (k * 320 + side * 40, 110), (k * 320 + side * 130, 70)]
            sheet.line(curve(brace), NIGHT, 9)
    sheet.box(0, 52, 1600, 24, NIGHT)
    sheet.box(0, 0, 1600, 12, INK)
    for k in range(41):
        sheet.line([(k * 40, 12), (k * 40 + 20, 54), (k * 40 + 40, 12)], INK, 4)
    sheet.box(0, floor - 130, 1600, 130, mix(TEAL, PETROL, 0.55))
    for k in range(81):
        sheet.line([(k * 20, floor - 130), (k * 20, floor)], NIGHT, 1.5, 120)


def _pennants(sheet: Sheet) -> None:
    """Long banners from the roof: colours and waves only, no text."""
    for k, (x, tone) in enumerate(((320, BRICK), (640, PETROL), (960, BRICK), (1280, PETROL))):
        sheet.shape([(x - 34, 74), (x + 34, 74), (x + 34, 296), (x, 322), (x - 34, 296)], tone)
        sheet.shape([(x + 12, 74), (x + 34, 74), (x + 34, 296), (x + 12, 313)], INK, 50)
        sheet.disc(x, 138, 21, GOLD if k % 2 else CREAM)
        for j in range(3):
            wave = [(x - 25 + t * 5, 200 + j * 26 + 5 * math.sin(t * 1.25)) for t in range(11)]
            sheet.line(wave, CREAM, 4)


def _stand_left(sheet: Sheet, floor: float) -> None:
    """A ship's stand: awning, shelves, a model of a lock with a ship in it."""
    sheet.box(70, floor - 300, 420, 300, mix(CREAM, PEACH, 0.25))
    sheet.box(70, floor - 300, 16, 300, BRICK)
    sheet.box(474, floor - 300, 16, 300, BRICK)
    for k in range(12):
        edge = [(58 + k * 37, floor - 312), (95 + k * 37, floor - 312), (95 + k * 37, floor - 262)]
        sheet.shape([*edge, (58 + k * 37, floor - 262)], BRICK if k % 2 else CREAM)
        sheet.disc(76.5 + k * 37, floor - 262, 18.5, BRICK if k % 2 else CREAM, 255, 15)
    sheet.box(112, floor - 222, 150, 100, PETROL, 255, 4)
    sheet.fade(
        [(118, floor - 216), (256, floor - 216), (256, floor - 128), (118, floor - 128)],
        [(floor - 216, REED, 255), (floor - 128, PEACH, 255)],
    )
    moon_bridge(sheet, 187, floor - 158, 22, NIGHT, BRICK)
    sheet.box(118, floor - 158, 138, 30, TEAL)
    for k, tall in enumerate((34, 58, 46, 70, 52)):
        sheet.box(300 + k * 32, floor - 130 - tall, 20, tall, (TEAL, CORAL, PETROL, GOLD, BRICK)[k], 255, 2)
    sheet.box(290, floor - 130, 172, 6, NIGHT)
    sheet.box(110, floor - 84, 340, 84, PETROL)
    sheet.box(100, floor - 92, 360, 12, mix(CREAM, PEACH, 0.4), 255, 3)
    for k in range(5):
        wave = [(130 + t * 8, floor - 64 + k * 12 + 4 * math.sin(t * 0.8 + k)) for t in range(39)]
        sheet.line(wave, mix(TEAL, REED, 0.15 * k), 3)


def _stand_middle(sheet: Sheet, floor: float) -> None:
    """The joint stand: a ring under the roof, a round counter, a model of a harbour crane."""
    for x in (690, 910):
        sheet.line([(x, 76), (x, 352)], NIGHT, 2)
    sheet.disc(800, 372, 176, NIGHT, 255, 42)
    sheet.disc(800, 366, 176, CREAM, 255, 40)
    sheet.disc(800, 362, 160, mix(TEAL, PETROL, 0.5), 255, 30)
    sheet.fade(
        [
            (648, 375),
            *[
                (800 + 152 * math.cos(a), 375 + 24 * math.sin(a))
                for a in (math.pi * k / 30 for k in range(31))
            ][::-1],
        ],
        [(375, CREAM, 60), (400, GOLD, 220)],
    )
    sheet.glow(800, 470, 260, "#fff0c8", 0.35)
    crane(sheet, 768, floor - 104, 118, PETROL, GOLD)
    sheet.fade(
        [(610, floor - 92), (990, floor - 92), (960, floor), (640, floor)],
        [(floor - 92, BRICK, 255), (floor, WINE, 255)],
    )
    sheet.disc(800, floor - 94, 196, mix(CREAM, PEACH, 0.3), 255, 15)
    sheet.disc(800, floor - 98, 196, CREAM, 255, 14)
    for x in (664, 936):
        sheet.box(x - 13, floor - 128, 26, 26, PETROL, 255, 4)
        for dx, dy in ((-12, -26), (0, -34), (12, -26), (-6, -18), (8, -16)):
            sheet.disc(x + dx, floor - 128 + dy + 10, 11, TEAL if dx else mix(TEAL, REED, 0.5), 255, 13)
    sheet.disc(800, floor - 46, 32, CREAM)
    moon_bridge(sheet, 800, floor - 42, 12, PETROL, PETROL)


def _stand_right(sheet: Sheet, floor: float) -> None:
    """A stand with a Chinese roof, lanterns and a round moon gate."""
    sheet.box(1120, floor - 260, 400, 260, mix(CREAM, MIST, 0.5))
    sheet.disc(1320, floor - 118, 106, BRICK)
    sheet.disc(1320, floor - 118, 94, "#f3d3a6")
    sheet.disc(1350, floor - 150, 24, CORAL)
    clip = [
        (1320 + 94 * math.cos(a), floor - 118 + 94 * math.sin(a))
        for a in (math.pi * k / 30 for k in range(4, 27))
    ]
    sheet.shape(clip, mix(REED, TEAL, 0.5))
    karst(sheet, 1286, floor - 78, 62, 84, TEAL, REED, 3)
    karst(sheet, 1340, floor - 78, 50, 58, mix(TEAL, REED, 0.3), REED, 4)
    sheet.box(1226, floor - 24, 190, 24, mix(CREAM, MIST, 0.5))
    for x in (1132, 1508):
        sheet.box(x - 11, floor - 262, 22, 262, BRICK)
    roof(sheet, 1320, floor - 250, 262, 92, NIGHT, GOLD)
    sheet.box(1192, floor - 350, 256, 14, NIGHT, 255, 6)
    for x in (1176, 1464):
        sheet.line([(x, floor - 252), (x, floor - 222)], NIGHT, 2)
        sheet.disc(x, floor - 198, 25, CORAL, 255, 27)
        sheet.disc(x - 7, floor - 200, 8, GOLD, 150, 22)
        sheet.box(x - 11, floor - 226, 22, 6, GOLD)
        sheet.box(x - 11, floor - 174, 22, 6, GOLD)
        sheet.line([(x, floor - 168), (x, floor - 148)], GOLD, 3)
    sheet.box(1150, floor - 76, 100, 76, TEAL)
    sheet.box(1142, floor - 84, 116, 11, CREAM, 255, 3)
    sheet.box(1402, floor - 76, 100, 76, TEAL)
    sheet.box(1394, floor - 84, 116, 11, CREAM, 255, 3)


def fair() -> Sheet:
    sheet, floor = Sheet(1600, 1000), 716
    _hall(sheet, floor)
    _pennants(sheet)
    for stand in (_stand_left, _stand_right, _stand_middle):
        stand(sheet, floor)
    light, dark = "#f3c7a0", "#d79a72"
    behind = (
        (236, "stand", 1, (TEAL, NIGHT, light, INK)),
        (1204, "cup long", 1, (CREAM, NIGHT, light, INK)),
        (1450, "stand", -1, (BRICK, NIGHT, light, WINE)),
    )
    for x, pose, side, look in behind:
        person(sheet, x, floor - 4, 206, look, pose, side)
    for left in (110, 1150, 1402):
        sheet.box(left - 8, floor - 90, 340 if left == 110 else 116, 90, PETROL if left == 110 else TEAL)
        sheet.box(left - 14, floor - 96, 352 if left == 110 else 128, 11, CREAM, 255, 3)
    sheet.mirror(floor, 1000, 0.9, mix(PEACH, REED, 0.35), 0.5, 8, 0.12)
    for k in range(5):
        x = 160 + k * 320
        sheet.fade(
            [
                (x - 100, floor + 20),
                (x + 100, floor + 20),
                (x + 40 + (x - 800) * 0.5, 1000),
                (x - 230 + (x - 800) * 0.5, 1000),
            ],
            [(floor + 20, "#ffeecb", 0), (floor + 100, "#ffeecb", 70), (1000, "#ffeecb", 10)],
        )
    crowd = (
        (560, 770, 226, (GOLD, NIGHT, dark, INK), "point bun", 1),
        (1040, 762, 222, (PETROL, INK, light, WINE), "cup", -1),
        (1102, 770, 212, (CORAL, WINE, dark, INK), "stand long", -1),
        (424, 800, 240, (PETROL, INK, light, mix(GOLD, WINE, 0.4)), "cup", -1),
        (330, 806, 230, (BRICK, WINE, light, INK), "stand long", 1),
        (1330, 812, 246, (NIGHT, INK, light, INK), "stand", -1),
        (1236, 818, 232, (mix(CREAM, PEACH, 0.4), PETROL, dark, WINE), "point bun", 1),
        (718, 872, 262, (TEAL, INK, light, INK), "walk", 1),
        (880, 878, 250, (BRICK, NIGHT, light, WINE), "walk long", -1),
        (96, 884, 258, (mix(TEAL, REED, 0.4), PETROL, light, WINE), "walk bun", 1),
        (1510, 880, 268, (mix(CORAL, BRICK, 0.3), INK, dark, INK), "walk", -1),
    )
    for x, base, tall, look, pose, side in crowd:
        sheet.fade(
            [
                (x - tall * 0.12, base),
                (x + tall * 0.12, base),
                (x + tall * 0.1, base + tall * 0.45),
                (x - tall * 0.1, base + tall * 0.45),
            ],
            [(base, look[0], 90), (base + tall * 0.45, look[0], 0)],
        )
        person(sheet, x, base, tall, look, pose, side)
    sheet.glow(800, 380, 700, "#fff0c8", 0.16)
    return sheet


# --- the plenary meeting: a speaker at the lectern ----------------------------------------------------------


def _stage(sheet: Sheet) -> None:
    """A curtain, and a screen with the moon bridge on it."""
    sheet.sky([(0, INK), (500, NIGHT), (1000, mix(NIGHT, PETROL, 0.4))])
    for k in range(40):
        x = k * 41 - 10
        sheet.fade(
            [(x, 0), (x + 26, 0), (x + 30, 800), (x - 4, 800)],
            [(0, PETROL, 150), (500, TEAL, 110), (800, PETROL, 90)],
        )
        sheet.fade([(x + 4, 0), (x + 11, 0), (x + 12, 800), (x + 2, 800)], [(0, TEAL, 90), (800, REED, 40)])
    sheet.glow(560, 330, 900, REED, 0.4)
    sheet.box(92, 92, 896, 536, INK, 255, 10)
    left, top, right, low = 106, 106, 974, 614
    picture = Sheet(right - left, low - top)
    picture.sky([(0, "#79b2ac"), (150, "#d5dcc0"), (300, "#f8cf9c"), (352, "#f2a877")], 352)
    picture.glow(434, 300, 380, "#fff0c4", 0.8)
    picture.disc(434, 296, 78, "#fdf3d8")
    for x, w, h, seed in (
        (60, 190, 150, 1),
        (190, 130, 100, 2),
        (690, 150, 190, 3),
        (800, 190, 250, 4),
        (590, 120, 90, 5),
    ):
        karst(picture, x, 354, w, h, mix(REED, TEAL, 0.45), "#f6c394", seed)
    for x in (20, 64, 112, 168, 700, 752, 800, 850):
        tree(picture, x, 356, 60, mix(TEAL, PETROL, 0.4), mix(TEAL, REED, 0.45))
    moon_bridge(picture, 434, 352, 104, NIGHT, mix(BRICK, CORAL, 0.3))
    picture.mirror(352, 508, 0.7, "#3a8088", 0.4, 21)
    gulls(picture, ((610, 120, 18), (654, 100, 12)), NIGHT)
    sheet.image.paste(picture.image, (left * SCALE, top * SCALE))
    sheet.shape([(left, top), (left + 330, top), (left + 60, low), (left, low)], CREAM, 16)
    sheet.fade(
        [(0, 770), (1600, 770), (1600, 1000), (0, 1000)],
        [(770, mix(CORAL, WINE, 0.35), 255), (900, WINE, 255)],
    )
    sheet.box(0, 764, 1600, 8, mix(CORAL, PEACH, 0.5))
    for x in (60, 190):
        sheet.box(x - 40, 690, 80, 78, CREAM, 255, 8)
        sheet.box(x + 14, 690, 26, 78, mix(CREAM, CORAL, 0.35), 255, 8)
        for k in range(11):
            angle = math.pi * (0.08 + 0.084 * k)
            tip = (x + 118 * math.cos(angle), 690 - 60 - 110 * math.sin(angle) * (0.8 + 0.2 * (k % 3)))
            middle = (x + 44 * math.cos(angle), 690 - 60 * math.sin(angle) - 24)
            side = [(x - 7, 692), (middle[0] - 12, middle[1]), tip]
            other = [tip, (middle[0] + 12, middle[1] + 8), (x + 7, 692)]
            sheet.shape([*curve(side, 8), *curve(other, 8)], mix(TEAL, REED if k % 2 else PETROL, 0.35))


def _speaker(sheet: Sheet, x: float, y: float) -> None:
    """A woman with short brown hair and glasses; (x, y) is the middle of her face."""
    skin, shade, hair, coat = "#f4c6a0", "#e0a27c", "#8a5a44", BRICK
    back = [
        (x - 84, y - 20),
        (x - 70, y - 92),
        (x, y - 122),
        (x + 72, y - 90),
        (x + 84, y - 10),
        (x + 74, y + 62),
        (x + 40, y + 84),
    ]
    back += [(x - 44, y + 84), (x - 76, y + 60), (x - 84, y - 20)]
    sheet.shape(curve(back, 12), mix(hair, WINE, 0.22))
    sheet.shape(
        [(x - 33, y + 50), (x + 33, y + 50), (x + 36, y + 128), (x, y + 158), (x - 36, y + 128)], shade
    )
    body = [(x - 184, y + 430), (x - 172, y + 236), (x - 138, y + 146), (x - 38, y + 108), (x, y + 150)]
    sheet.shape([*curve([*body, *reversed(mirrored(body, x))], 12)], coat)
    sheet.fade(
        [(x + 40, y + 114), (x + 138, y + 148), (x + 171, y + 236), (x + 183, y + 430), (x + 92, y + 430)],
        [(y + 114, WINE, 70), (y + 430, WINE, 150)],
    )
    sheet.shape(
        [(x - 40, y + 110), (x, y + 156), (x + 40, y + 110), (x + 26, y + 320), (x - 26, y + 320)], CREAM
    )
    sheet.shape([(x - 30, y + 106), (x, y + 150), (x + 30, y + 106), (x, y + 190)], shade)
    for side in (-1, 1):
        lapel = [
            (x + side * 40, y + 108),
            (x + side * 82, y + 190),
            (x + side * 54, y + 204),
            (x + side * 66, y + 226),
            (x + side * 6, y + 350),
        ]
        sheet.shape([*lapel, (x + side * 20, y + 200)], mix(coat, WINE, 0.35 if side < 0 else 0.6))
    face = [
        (x - 62, y - 40),
        (x - 62, y + 12),
        (x - 46, y + 62),
        (x - 16, y + 88),
        (x + 16, y + 88),
        (x + 46, y + 62),
    ]
    face += [(x + 62, y + 12), (x + 62, y - 40), (x + 40, y - 84), (x - 40, y - 84), (x - 62, y - 40)]
    sheet.shape(curve(face, 12), skin)
    sheet.shape(
        curve(
            [
                (x + 24, y - 60),
                (x + 62, y - 34),
                (x + 62, y + 12),
                (x + 46, y + 62),
                (x + 12, y + 88),
                (x + 38, y + 40),
                (x + 44, y - 10),
            ],
            10,
        ),
        shade,
        110,
    )
    fringe = [
        (x - 72, y + 10),
        (x - 78, y - 50),
        (x - 50, y - 108),
        (x + 10, y - 122),
        (x + 62, y - 96),
        (x + 78, y - 40),
    ]
    fringe += [
        (x + 70, y + 8),
        (x + 58, y - 34),
        (x + 30, y - 64),
        (x - 8, y - 74),
        (x - 40, y - 56),
        (x - 60, y - 30),
        (x - 72, y + 10),
    ]
    sheet.shape(curve(fringe, 12), hair)
    for k in range(4):
        strand = [
            (x - 66 + k * 5, y - 20 - k * 14),
            (x - 40 + k * 14, y - 88 - k * 4),
            (x + 14 + k * 14, y - 108 + k * 4),
        ]
        sheet.line(curve(strand), mix(hair, PEACH, 0.5), 2.6, 150)
    for side in (-1, 1):
        sheet.line(
            curve([(x + side * 14, y - 24), (x + side * 28, y - 31), (x + side * 44, y - 25)]),
            mix(hair, WINE, 0.6),
            4.5,
        )
        sheet.disc(x + side * 28, y - 3, 4.4, INK, 255, 5.2)
        ring = [
            (x + side * 28 + 21 * math.cos(a), y - 4 + 17 * math.sin(a))
            for a in (math.tau * k / 40 for k in range(42))
        ]
        sheet.line(ring, NIGHT, 3.4)
        sheet.line([(x + side * 48, y - 8), (x + side * 63, y - 12)], NIGHT, 3.4)
        sheet.disc(x + side * 38, y + 26, 13, CORAL, 70, 9)
        sheet.disc(x + side * 66, y + 34, 5, GOLD)
    sheet.line(curve([(x - 8, y - 8), (x, y - 11), (x + 8, y - 8)]), NIGHT, 3.4)
    sheet.line(curve([(x + 2, y + 4), (x + 8, y + 22), (x - 3, y + 26)]), mix(shade, WINE, 0.3), 3.4)
    smile = [
        (x + 25 * math.cos(a), y + 38 + 18 * math.sin(a))
        for a in (math.pi * (0.1 + 0.04 * k) for k in range(21))
    ]
    sheet.line(smile, mix(BRICK, WINE, 0.3), 4.2)


def _arm(sheet: Sheet, joints: Sequence[Point], coat: str, skin: str, side: int) -> None:
    """An arm in a sleeve, with an open hand at its end."""
    for start, end, width in ((joints[0], joints[1], 66), (joints[1], joints[2], 54)):
        sheet.line([start, end], coat, width)
        sheet.disc(*start, width / 2, coat)
    sheet.disc(*joints[1], 30, coat)
    hx, hy = joints[2]
    angle = math.atan2(hy - joints[1][1], hx - joints[1][0])
    sheet.line(
        [
            (hx - 6 * math.cos(angle), hy - 6 * math.sin(angle)),
            (hx + 10 * math.cos(angle), hy + 10 * math.sin(angle)),
        ],
        CREAM,
        46,
    )
    px, py = hx + 34 * math.cos(angle), hy + 34 * math.sin(angle)
    sheet.disc(px, py, 24, skin)
    for k, spread in enumerate((-0.42, -0.14, 0.14, 0.42)):
        a = angle + spread
        reach = (44, 54, 54, 44)[k]
        tip = (px + reach * math.cos(a), py + reach * math.sin(a))
        sheet.line([(px, py), tip], skin, 13)
        sheet.disc(*tip, 6.5, skin)
    thumb = angle - side * 1.25
    tip = (px + 40 * math.cos(thumb), py + 40 * math.sin(thumb))
    sheet.line([(px, py), tip], skin, 14)
    sheet.disc(*tip, 7, skin)


def _lectern(sheet: Sheet, x: float, top: float) -> None:
    wood, dark = mix(PEACH, CORAL, 0.35), mix(CORAL, WINE, 0.35)
    sheet.shape([(x - 178, top + 34), (x + 178, top + 34), (x + 140, 1000), (x - 140, 1000)], wood)
    sheet.fade(
        [(x + 70, top + 34), (x + 178, top + 34), (x + 140, 1000), (x + 60, 1000)],
        [(top, dark, 160), (1000, WINE, 200)],
    )
    sheet.shape(
        [(x - 214, top + 36), (x - 176, top - 14), (x + 176, top - 14), (x + 214, top + 36)],
        mix(wood, CREAM, 0.5),
    )
    sheet.box(x - 214, top + 34, 428, 20, dark, 255, 5)
    sheet.shape([(x - 84, top + 24), (x - 68, top - 6), (x + 58, top - 6), (x + 72, top + 24)], "#fffdf6")
    for k in range(4):
        sheet.line([(x - 60 + k * 2, top + 17 - k * 6), (x + 50 - k * 3, top + 17 - k * 6)], REED, 2)
    for side in (-1, 1):
        stalk = curve([(x + side * 118, top + 8), (x + side * 112, top - 52), (x + side * 66, top - 92)], 12)
        sheet.line(stalk, INK, 6)
        sheet.disc(x + side * 60, top - 97, 15, INK, 255, 12)
        sheet.disc(x + side * 57, top - 99, 7, TEAL, 255, 5)
    sheet.disc(x, top + 126, 68, CREAM)
    emblem(sheet, x, top + 126, 62)


def emblem(sheet: Sheet, x: float, y: float, radius: float) -> None:
    """A round sign: the moon bridge and its mirror image close around the rising sun."""
    tile = Sheet(math.ceil(2 * radius), math.ceil(2 * radius), PETROL)
    c, r = radius, radius * 0.56
    for flip, body in ((1, CREAM), (-1, mix(TEAL, REED, 0.62))):
        crown = [
            (c - 1.1 * radius, c - flip * 0.1 * radius),
            (c - 0.84 * radius, c - flip * 0.26 * radius),
            (c - 0.4 * radius, c - flip * 0.66 * radius),
        ]
        top = curve([*crown, (c, c - flip * 0.8 * radius), *reversed(mirrored(crown, c))], 24)
        tile.shape([(c - 1.2 * radius, c), *top, (c + 1.2 * radius, c)], body)
        inside = [
            (c + r * math.cos(k * math.pi / 60), c - flip * r * math.sin(k * math.pi / 60)) for k in range(61)
        ]
        tile.shape(inside, PETROL if flip == 1 else mix(PETROL, INK, 0.25))
    rise, sun = 0.13 * radius, r * 0.62
    tile.disc(c, c - rise, sun, mix(CORAL, GOLD, 0.3))
    tile.shape(
        [(c - r, c), (c + r, c), (c + r * 0.75, c + r * 0.66), (c - r * 0.75, c + r * 0.66)],
        mix(PETROL, INK, 0.25),
    )
    for k, part in enumerate((0.9, 0.62, 0.34)):
        width, bar = sun * part, c + radius * (0.02 + 0.17 * k)
        tile.box(c - width, bar, 2 * width, 0.1 * radius, mix(BRICK, CORAL, 0.45), 255, 0.05 * radius)
    for k in range(5):
        tile.box(0, c + radius * 0.17 * k - radius * 0.02, 2 * radius, radius * (0.04 + 0.008 * k), PETROL)
    mask = Image.new("L", tile.image.size, 0)
    ImageDraw.Draw(mask).ellipse((0, 0, 2 * radius * SCALE - 1, 2 * radius * SCALE - 1), fill=255)
    sheet.image.paste(tile.image, (round((x - radius) * SCALE), round((y - radius) * SCALE)), mask)


def _audience(sheet: Sheet) -> None:
    """The first rows from behind, dark, with a rim of stage light."""
    chance = Random(13)
    for row, (y, size, tone) in enumerate(((884, 46, mix(NIGHT, PETROL, 0.35)), (960, 60, INK))):
        for k in range(13 - 3 * row):
            x = k * (132 + 40 * row) + (30 if row else -14) + chance.uniform(-14, 14)
            lift, hair = (
                chance.uniform(-12, 12),
                chance.choice((tone, mix(tone, WINE, 0.4), mix(tone, GOLD, 0.16))),
            )
            shoulders = curve(
                [
                    (x - size * 1.7, 1010),
                    (x - size * 1.35, y + size * 1.25 + lift),
                    (x - size * 0.5, y + size * 0.9 + lift),
                    (x + size * 0.5, y + size * 0.9 + lift),
                    (x + size * 1.35, y + size * 1.25 + lift),
                    (x + size * 1.7, 1010),
                ],
                10,
            )
            sheet.shape(shoulders, tone)
            sheet.line(shoulders, CORAL, 2.4, 110)
            sheet.box(x - size * 0.3, y + lift, size * 0.6, size, mix(tone, CORAL, 0.18))
            sheet.disc(x, y + 4 + lift, size * 0.72, mix(CORAL, PEACH, 0.3), 150, size * 0.88)
            sheet.disc(x, y + 7 + lift, size * 0.72, hair, 255, size * 0.88)
            if k % 4 == 1:
                sheet.disc(x, y - size * 0.8 + lift, size * 0.3, hair)
            if k % 4 == 3:
                sheet.box(x - size * 0.72, y + lift, size * 1.44, size * 1.15, hair, 255, size * 0.4)


def plenary() -> Sheet:
    sheet = Sheet(1600, 1000)
    _stage(sheet)
    sheet.fade([(1110, 0), (1270, 0), (1600, 780), (820, 780)], [(0, "#fff2cf", 46), (780, "#fff2cf", 6)])
    sheet.disc(1210, 776, 380, "#fff2cf", 46, 34)
    sheet.glow(1210, 400, 420, "#fff0c8", 0.28)
    _arm(sheet, [(1068, 516), (984, 636), (884, 566)], mix(BRICK, WINE, 0.2), "#f4c6a0", -1)
    _speaker(sheet, 1210, 330)
    _arm(sheet, [(1352, 516), (1414, 636), (1346, 696)], mix(BRICK, WINE, 0.45), "#e9b48c", 1)
    _lectern(sheet, 1210, 676)
    _audience(sheet)
    return sheet


# --- the logo, the programme, and all of it -----------------------------------------------------------------


def logo(size: int = 240) -> Image.Image:
    """Draw the emblem on an opaque disc with a light rim, so that it stands on white and on black."""
    sheet = Sheet(size, size, CREAM)
    half = size / 2
    sheet.disc(half, half, half, CREAM)
    emblem(sheet, half, half, half - 9)
    disc = Image.new("L", sheet.image.size, 0)
    ImageDraw.Draw(disc).ellipse((0, 0, size * SCALE - 1, size * SCALE - 1), fill=255)
    picture = sheet.image.resize((size, size), Image.Resampling.LANCZOS)
    picture.putalpha(disc.resize((size, size), Image.Resampling.LANCZOS))
    return picture


def programme() -> bytes:
    """Write a one-page PDF by hand: five objects, a cross-reference table, WinAnsi text (ISO 32000-1 7.5)."""
    lines = (
        (22, "Hafen im Wandel"),
        (13, "Herbsttagung des Städtebunds Zwei Ufer"),
        (13, "Grünhafen, Alter Fischmarkt, 12. und 13. November 2026"),
        (11, ""),
        (12, "Donnerstag, 12. November"),
        (11, "13.00 Uhr    Ankunft, Suppe, Sanddornsaft"),
        (11, "14.00 Uhr    Begrüßung: Oberbürgermeisterin Dr. Henrike Sandvoß"),
        (11, "14.30 Uhr    Was ein Hafen ohne Kräne kann: drei Beispiele"),
        (11, "16.30 Uhr    Rundfahrt auf der Barkasse „Elfriede“"),
        (11, "19.00 Uhr    Gemeinsames Abendessen im Speicher 4"),
        (11, ""),
        (12, "Freitag, 13. November"),
        (11, "09.00 Uhr    Werkstätten: Wärme, Wege, Wohnen am Wasser"),
        (11, "11.30 Uhr    Gespräch mit Songdu und Zhuwan"),
        (11, "13.00 Uhr    Ende der Tagung"),
    )
    text, y = b"BT\n", 760
    for size, line in lines:
        data = line.encode("cp1252").replace(b"\\", rb"\\").replace(b"(", rb"\(").replace(b")", rb"\)")
        text += b"/F1 %d Tf 1 0 0 1 72 %d Tm (%b) Tj\n" % (size, y, data)
        y -= round(size * 1.9)
    text += b"ET"
    info = b"\xfe\xff" + "Programm der Herbsttagung in Grünhafen".encode("utf-16-be")
    resources = b"<< /Font << /F1 5 0 R >> >>"
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R /Lang (de-DE) >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources %b >>" % resources,
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(text), text),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Title <%b> >>" % info.hex().encode(),
    )
    out, offsets = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    count = len(objects) + 1
    end = b"trailer\n<< /Size %d /Root 1 0 R /Info 6 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n" % count + table + end


PICTURES: tuple[tuple[Callable[[], Sheet], str], ...] = (
    (two_shores, "zwei-ufer.jpg"),
    (journey, "zug-nach-qingling.jpg"),
    (fair, "Markthalle für Wassertechnik.jpg"),
    (plenary, "rednerin.jpg"),
)


def main() -> None:
    for seed, (draw, name) in enumerate(PICTURES):
        draw().save(EDITION / "images" / name, seed)
    (ROOT / "images").mkdir(exist_ok=True)
    logo().save(ROOT / "images" / "logo.png", optimize=True)
    (EDITION / "attachments").mkdir(parents=True, exist_ok=True)
    (EDITION / "attachments" / "Programm Herbsttagung Grünhafen.pdf").write_bytes(programme())


if __name__ == "__main__":
    main()
