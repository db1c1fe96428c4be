"""Picture files -> pictures that travel inside the mail.

    images/stand.jpg, 4000×3000, 1.2 MB, turned, with GPS -> Placed(Picture("stand-3f2a…@news.example.org"), 536, 402)

Pure: bytes in, bytes out; `files.py` reads them. The only page with Pillow. What leaves is upright, sRGB, opaque
(transparent logos vanish in dark mode), twice as wide as shown, JPEG or PNG because Outlook knows no more, and without
any metadata: camera files carry positions and names. Same file and same Pillow, same bytes.
"""

import hashlib
import io
import re
import struct
import unicodedata
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from isa_mail.errors import ContentError
from isa_mail.model.findings import Place
from isa_mail.model.rendering import Picture
from isa_mail.render.formats import READABLE, kind, refused

if TYPE_CHECKING:
    from PIL import Image

MAX_FILE_BYTES = 40_000_000
MAX_PIXELS = 100_000_000  # a 100-megapixel camera; decoded 300 MB
_JPEG_QUALITY = 82
_SHARPNESS = 2  # file pixels for each pixel shown
_ORIENTATION = 0x0112  # EXIF 2.3 section 4.6.4 A


@dataclass(frozen=True, slots=True)
class Frame:
    """The room a picture may take, in CSS pixels."""

    width: int
    height: int


FIGURE = Frame(536, 560)  # the column's measure; a portrait must not fill more than a screen
LEAD = Frame(600, 440)  # the whole column
LOGO = Frame(200, 56)


@dataclass(frozen=True, slots=True)
class Placed:
    """A picture and the size at which it is shown, in CSS pixels."""

    picture: Picture
    src: str  # where the HTML finds it: cid: and the content id, unless the letter is told otherwise
    width: int
    height: int
    source_width: int  # of the file, upright, in its own pixels
    animated: bool  # or of several pages: only the first one is left


def place_picture(data: bytes, name: str, frame: Frame, *, domain: str, place: Place) -> Placed:
    """Prepare one picture. `name` is the file's name; `domain` ends the content id (RFC 2392).

    Raises ContentError at `place` for a file that is no picture, is broken, or is too large to be decoded safely.
    """
    key = (hashlib.sha256(data).digest(), name, frame, domain)
    if key not in _ready:
        while len(_ready) >= _READY_MOST:
            del _ready[next(iter(_ready))]  # the one that has been there longest
        _ready[key] = _prepared(data, name, frame, domain, place)
    return _ready[key]


# The preview renders at every save, and the web version shows what the letter shows: decoded once is enough.
_ready: dict[tuple[bytes, str, Frame, str], Placed] = {}
_READY_MOST = 200


def _prepared(data: bytes, name: str, frame: Frame, domain: str, place: Place) -> Placed:
    with _decoding(data, name, place):
        image, source, animated = _upright(data, frame, name, place)
        width, height = _fit(source, frame)
        target = (min(source[0], width * _SHARPNESS), min(source[1], height * _SHARPNESS))
        pixels = _opaque(image)
        if pixels.size != target:
            from PIL import Image

            pixels = pixels.resize(target, Image.Resampling.LANCZOS)
        encoded, suffix = _encode(pixels, photograph=image.format in ("JPEG", "MPO"))
    stem = f"{_stem(name)}-{hashlib.sha256(encoded).hexdigest()[:12]}"
    picture = Picture(
        content_id=f"{stem}@{domain}",
        filename=f"{stem}.{suffix}",
        media_type="image/jpeg" if suffix == "jpg" else "image/png",
        data=encoded,
    )
    return Placed(picture, f"cid:{picture.content_id}", width, height, source[0], animated)


@contextmanager
def _decoding(data: bytes, name: str, place: Place) -> Iterator[None]:
    """Turn everything a decoder can throw at a bad file into a sentence."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's notes about odd but readable files
            yield
    except Image.DecompressionBombError as error:
        raise _too_large(name, place) from error
    except (
        OSError,
        ValueError,
        SyntaxError,
        EOFError,
        OverflowError,
        KeyError,
        IndexError,
        MemoryError,
        struct.error,
    ) as error:
        raise _unreadable(data, name, place) from error


def _unreadable(data: bytes, name: str, place: Place) -> ContentError:
    format_name = kind(data)
    reason = refused(format_name) if format_name else None
    if reason:
        return ContentError(f"The picture {name!r} is {reason[0]}.", place=place, hint=reason[1])
    if format_name:
        return ContentError(
            f"The picture {name!r} is a {format_name} file that cannot be read: incomplete, or of a rare kind.",
            place=place,
            hint="Copy it again from where it came, or open it in a picture program and save it as JPEG or PNG.",
        )
    return ContentError(
        f"The file {name!r} is {'no picture that isa-mail knows' if data else 'empty'}.",
        place=place,
        hint="Use a JPEG or PNG file; GIF, BMP, TIFF and WebP are converted.",
    )


def _too_large(name: str, place: Place) -> ContentError:
    return ContentError(
        f"The picture {name!r} has more than {MAX_PIXELS // 1_000_000} million pixels.",
        place=place,
        hint="Save it smaller: 1200 pixels in width are enough for the newsletter.",
    )


def _upright(
    data: bytes, frame: Frame, name: str, place: Place
) -> tuple["Image.Image", tuple[int, int], bool]:
    """Decode, turned as the camera was held; give also the full size, since a JPEG is decoded at a fraction of it."""
    # Pillow registers these two formats only when they are imported.
    from PIL import Image, ImageOps, TiffImagePlugin, WebPImagePlugin  # noqa: F401

    image = Image.open(io.BytesIO(data), formats=READABLE)
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise _too_large(name, place)
    # MPO: a phone's .jpg with a preview inside.
    animated = image.format != "MPO" and bool(getattr(image, "is_animated", False))
    needed = max(frame.width, frame.height) * _SHARPNESS
    if image.format in ("JPEG", "MPO"):
        scale = needed / max(1, min(width, height))
        size = (max(1, int(width * scale)), max(1, int(height * scale)))
        image.draft(None, size)  # decodes 1/2, 1/4 or 1/8
    kept = image.format
    image.load()
    turned = image.getexif().get(_ORIENTATION, 1) in (5, 6, 7, 8)  # width and height change places
    upright = ImageOps.exif_transpose(image)
    upright.format = kept
    return upright, (height, width) if turned else (width, height), animated


def _fit(size: tuple[int, int], frame: Frame) -> tuple[int, int]:
    """Scale down into the frame, never up."""
    scale = min(1.0, frame.width / size[0], frame.height / size[1])
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _opaque(image: "Image.Image") -> "Image.Image":
    """Convert to RGB or grey in sRGB, 8 bits each, transparency laid on white."""
    from PIL import Image

    profile = image.info.get("icc_profile")
    if image.mode == "F":
        raise ValueError("floating-point pixels have no agreed range")
    if image.mode.startswith("I"):  # 16 bits of grey: convert() would clip instead of scale
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    elif "A" in image.getbands() or "transparency" in image.info:
        drawn = image.convert("RGBA")
        ground = Image.new("RGBA", drawn.size, "#ffffff")
        image = Image.alpha_composite(ground, drawn).convert("RGB")
    elif image.mode not in ("L", "RGB", "CMYK"):
        image = image.convert("RGB")
    return _to_srgb(image, profile)


def _to_srgb(image: "Image.Image", profile: bytes | None) -> "Image.Image":
    """Apply an embedded colour profile before it is thrown away: phones photograph in Display P3, printers in CMYK."""
    from PIL import ImageCms

    converted = None
    if profile:
        # A broken profile, or one for other channels: the plain conversion is close enough.
        with suppress(ImageCms.PyCMSError, OSError, ValueError):
            own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(
                image, own, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
    if converted is not None:
        return converted
    return image.convert("RGB") if image.mode == "CMYK" else image


def _encode(image: "Image.Image", *, photograph: bool) -> tuple[bytes, str]:
    """Write a photograph as JPEG; a drawing as PNG, unless JPEG takes less than half of it."""
    from PIL import Image

    clean = Image.frombytes(image.mode, image.size, image.tobytes())  # pixels only: no EXIF, profile, comment
    jpeg = io.BytesIO()
    clean.save(jpeg, "JPEG", quality=_JPEG_QUALITY, optimize=True, progressive=True)
    if photograph:
        return jpeg.getvalue(), "jpg"
    png = io.BytesIO()
    clean.save(png, "PNG", optimize=True)
    if len(jpeg.getvalue()) * 2 < len(png.getvalue()):
        return jpeg.getvalue(), "jpg"
    return png.getvalue(), "png"


def _stem(name: str) -> str:
    """Make a file name fit for a content id: ASCII letters, digits and hyphens."""
    stem = name.rpartition(".")[0] or name
    for umlaut, letters in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        stem = unicodedata.normalize("NFC", stem.lower()).replace(umlaut, letters)
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40] or "picture"
