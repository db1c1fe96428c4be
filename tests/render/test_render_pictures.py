"""Pictures: upright, small, without a trace of the camera, and only from inside the edition's folder."""

import io
import os
import struct
import zlib
from pathlib import Path

import pytest
from invented import HERE, make_workspace, picture_bytes, rendered, section
from PIL import Image

from isa_mail.errors import ContentError, IsaMailError, Several
from isa_mail.model.newsletter import Figure
from isa_mail.model.rendering import RenderedEdition
from isa_mail.render.pictures import FIGURE, LOGO, place_picture


def prepare(data: bytes, name: str = "stand.jpg") -> tuple[Image.Image, int, int]:
    placed = place_picture(data, name, FIGURE, domain="brief.example.org", place=HERE)
    return Image.open(io.BytesIO(placed.picture.data)), placed.width, placed.height


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)  # type: ignore[arg-type]
    return buffer.getvalue()


def half_and_half(width: int, height: int) -> Image.Image:
    """Red above, blue below."""
    image = Image.new("RGB", (width, height), "#0000ff")
    image.paste("#ff0000", (0, 0, width, height // 2))
    return image


def with_picture(root: Path, path: str) -> RenderedEdition:
    return rendered(root, section("10-x", Figure(path, "Bild", (), HERE)))


def refused(root: Path, path: str) -> IsaMailError:
    with pytest.raises(ContentError) as caught:
        with_picture(root, path)
    assert caught.value.place == HERE
    return caught.value


SIDES = {
    1: ("top", "left"),
    2: ("top", "right"),
    3: ("bottom", "right"),
    4: ("bottom", "left"),
    5: ("left", "top"),
    6: ("right", "top"),
    7: ("right", "bottom"),
    8: ("left", "bottom"),
}  # EXIF 2.3 section 4.6.4 A: what the first row and the first column of the file are to the eye
CORNERS = {
    ("top", "left"): (255, 0, 0),
    ("top", "right"): (0, 255, 0),
    ("bottom", "left"): (0, 0, 255),
    ("bottom", "right"): (255, 255, 255),
}
OPPOSITE = {"top": "bottom", "bottom": "top", "left": "right", "right": "left"}


def as_the_camera_was_held(orientation: int) -> Image.Image:
    """A picture of 1200 x 800 to the eye, with four corners in CORNERS' colours, stored as `orientation` says."""
    row, column = SIDES[orientation]
    stored = Image.new("RGB", (1200, 800) if row in ("top", "bottom") else (800, 1200))
    half = (stored.width // 2, stored.height // 2)
    for top, side in ((0, row), (half[1], OPPOSITE[row])):
        for left, other in ((0, column), (half[0], OPPOSITE[column])):
            colour = CORNERS.get((side, other)) or CORNERS[other, side]
            stored.paste(colour, (left, top, left + half[0], top + half[1]))
    return stored


@pytest.mark.parametrize("orientation", SIDES)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_picture_is_turned_as_the_camera_was_held(kind: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    image, width, height = prepare(saved(as_the_camera_was_held(orientation), kind, exif=exif))
    assert (image.size, width, height) == ((1072, 714), 536, 357)
    shown = image.convert("RGB")
    for (vertical, horizontal), colour in CORNERS.items():
        at = (20 if horizontal == "left" else 1050, 20 if vertical == "top" else 690)
        assert shown.getpixel(at) == pytest.approx(colour, abs=6), (vertical, horizontal)
    assert not image.getexif()


SECRET = b"Hafengasse 1, bei Tina"


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _segment(marker: int, data: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def _exif() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = SECRET.decode()  # make
    exif[0x0112] = 1
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "N", (54.0, 5.0, 12.5), "E", (12.0, 7.0, 9.5)
    gps[0x1B] = SECRET  # how the position was found
    exif.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0" + SECRET  # the user's comment
    return exif.tobytes()


def _camera_jpeg() -> bytes:
    plain = saved(as_the_camera_was_held(1), "JPEG", exif=_exif(), comment=SECRET)
    extra = (
        _segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>" + SECRET + b"</x:xmpmeta>")
        + _segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x1b\x1c\x02\x5a\0\x16" + SECRET)
        + _segment(0xEB, b"JP" + SECRET)
    )
    return plain[:2] + extra + plain[2:] + b"MotionPhoto " + SECRET  # phones hang a video behind the picture


def _editor_png() -> bytes:
    plain = saved(as_the_camera_was_held(1), "PNG")
    extra = (
        _chunk(b"tEXt", b"Author\0" + SECRET)
        + _chunk(b"zTXt", b"Comment\0\0" + zlib.compress(SECRET * 9))
        + _chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + SECRET)
        + _chunk(b"eXIf", _exif().removeprefix(b"Exif\0\0"))
        + _chunk(b"tIME", struct.pack(">HBBBBB", 2026, 9, 30, 12, 0, 0))
    )
    return plain[:33] + extra + plain[33:]


@pytest.mark.parametrize(
    "data",
    [
        _camera_jpeg(),
        _editor_png(),
        saved(as_the_camera_was_held(1), "WEBP", exif=_exif(), xmp=SECRET),
        saved(as_the_camera_was_held(1), "TIFF", exif=_exif(), description=SECRET.decode()),
        saved(as_the_camera_was_held(1), "GIF", comment=SECRET),
    ],
    ids=["camera jpeg", "editor png", "webp", "tiff", "gif"],
)
def test_nothing_but_pixels_leaves_the_house(data: bytes) -> None:
    assert SECRET in data
    placed = place_picture(data, "bild.jpg", FIGURE, domain="brief.example.org", place=HERE)
    sent = placed.picture.data
    assert SECRET not in sent
    for word in (b"Exif", b"GPS", b"http:", b"Photoshop", b"ICC_PROFILE", b"CREATOR"):
        assert word not in sent
    if placed.picture.media_type == "image/jpeg":
        assert _jpeg_markers(sent) <= {0xE0, 0xDB, 0xC2, 0xC4, 0xDA}  # JFIF, tables, frame, scans
    else:
        assert set(_png_chunks(sent)) == {b"IHDR", b"IDAT", b"IEND"}


def _jpeg_markers(data: bytes) -> set[int]:
    """All markers between start and end; stuffed bytes and restarts are none."""
    assert data.startswith(b"\xff\xd8") and data.endswith(b"\xff\xd9")
    found = set()
    at = 2
    while at < len(data) - 2:
        assert data[at] == 0xFF
        found.add(data[at + 1])
        at += 2 + struct.unpack(">H", data[at + 2 : at + 4])[0]
        while data[at] != 0xFF or data[at + 1] == 0 or 0xD0 <= data[at + 1] <= 0xD7:
            at += 1
    return found


def _png_chunks(data: bytes) -> list[bytes]:
    found, at = [], 8
    while at < len(data):
        found.append(data[at + 4 : at + 8])
        at += 12 + struct.unpack(">I", data[at : at + 4])[0]
    return found


def test_wide_picture_is_twice_as_wide_as_shown_and_a_small_one_is_left_small() -> None:
    image, width, height = prepare(picture_bytes((4000, 1000)))
    assert (image.size, width, height) == ((1072, 268), 536, 134)
    image, width, height = prepare(picture_bytes((300, 200)))
    assert (image.size, width, height) == ((300, 200), 300, 200)


@pytest.mark.parametrize(
    ("mode", "kind", "pixel", "shown"),
    [
        ("L", "PNG", 100, (100, 100, 100)),
        ("1", "PNG", 1, (255, 255, 255)),
        ("I;16", "PNG", 0x8000, (128, 128, 128)),
        ("I;16", "TIFF", 0x8000, (128, 128, 128)),
        ("I", "TIFF", 0x8000, (128, 128, 128)),
        ("LA", "PNG", (100, 128), (177, 177, 177)),
        ("RGBA", "PNG", (200, 0, 0, 128), (227, 127, 127)),
        ("RGBA", "WEBP", (200, 0, 0, 0), (255, 255, 255)),
        ("CMYK", "JPEG", (255, 0, 0, 0), (0, 255, 255)),
        ("CMYK", "TIFF", (0, 0, 255, 0), (255, 255, 0)),
        ("CMYK", "TIFF", (0, 0, 0, 255), (0, 0, 0)),
        ("RGB", "BMP", (10, 200, 30), (10, 200, 30)),
        ("YCbCr", "TIFF", (128, 128, 128), (128, 128, 128)),
    ],
)
def test_every_colour_mode_becomes_one_that_mail_programs_show(
    mode: str, kind: str, pixel: object, shown: tuple[int, int, int]
) -> None:
    image = Image.new(mode, (200, 100), pixel)  # type: ignore[arg-type]
    options = {"lossless": True} if kind == "WEBP" else {}
    result, _, _ = prepare(saved(image, kind, **options), "bild." + kind.lower())
    assert result.mode in ("RGB", "L")
    assert result.format in ("JPEG", "PNG")
    assert result.convert("RGB").getpixel((50, 50)) == pytest.approx(shown, abs=3)


def test_palette_with_and_without_a_transparent_colour_keeps_its_colours() -> None:
    image = Image.new("P", (90, 30), 0)
    image.putpalette([0x33, 0x66, 0x99, 0xCC, 0x33, 0x00, 0x00, 0x00, 0x00])
    image.paste(1, (30, 0, 60, 30))
    image.paste(2, (60, 0, 90, 30))
    for kind in ("PNG", "GIF"):
        for options, third in (({}, (0, 0, 0)), ({"transparency": 2}, (255, 255, 255))):
            result, _, _ = prepare(saved(image, kind, **options), "plan." + kind.lower())
            colours = [result.convert("RGB").getpixel((x, 15)) for x in (15, 45, 75)]
            assert colours == [(0x33, 0x66, 0x99), (0xCC, 0x33, 0x00), third]


def test_transparency_is_laid_on_white_because_dark_mode_would_swallow_a_logo() -> None:
    logo = Image.new("RGBA", (100, 50), (0, 0, 0, 0))
    result, _, _ = prepare(saved(logo, "PNG"), "logo.png")
    assert result.convert("RGB").getpixel((10, 10)) == (255, 255, 255)


def profile(space: bytes, white: tuple[int, int, int], black: tuple[int, int, int]) -> bytes:
    """A small ICC profile (ICC.1:2001-04) whose colours run from `white` to `black`, in Lab as 8-bit numbers."""
    inks = 4 if space == b"CMYK" else 3
    corners = b"".join(
        bytes(white) if (number == 0) == (space == b"CMYK") else bytes(black) for number in range(2**inks)
    )
    curve = bytes(range(256))
    unity = struct.pack(">9i", *(65536 if number % 4 == 0 else 0 for number in range(9)))
    table = b"mft1\0\0\0\0" + bytes([inks, 3, 2, 0]) + unity + curve * inks + corners + curve * 3
    tags = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", 6) + b"Probe\0" + bytes(78),
        b"wtpt": b"XYZ \0\0\0\0" + struct.pack(">3i", 63190, 65536, 54061),
        b"cprt": b"text\0\0\0\0frei\0",
        b"A2B0": table,
    }
    body, listing, at = b"", b"", 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        data += bytes(-len(data) % 4)
        listing += name + struct.pack(">2I", at + len(body), len(data))
        body += data
    head = struct.pack(
        ">I4sI4s4s4s12s4s", at + len(body), b"lcms", 0x02400000, b"prtr", space, b"Lab ", bytes(12), b"acsp"
    )
    head += bytes(28) + struct.pack(">3i", 63190, 65536, 54061)
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + listing + body


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_print_colours_are_those_of_the_printers_profile_and_not_of_the_plain_sum(kind: str) -> None:
    earth = profile(b"CMYK", (255, 128, 128), (128, 168, 168))  # all inks give the same brown
    image = Image.new("CMYK", (40, 40), (255, 0, 0, 0))
    with_profile, _, _ = prepare(saved(image, kind, icc_profile=earth), "druck.jpg")
    without, _, _ = prepare(saved(image, kind), "druck.jpg")
    red, green, blue = with_profile.convert("RGB").getpixel((20, 20))
    assert red > green > blue  # L 50, a +40, b +40
    assert without.convert("RGB").getpixel((20, 20)) == pytest.approx((0, 255, 255), abs=3)
    assert "icc_profile" not in with_profile.info


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P"])
def test_colour_profile_is_applied_before_it_is_dropped(mode: str) -> None:
    earth = profile(b"RGB ", (255, 128, 128), (128, 168, 168))  # all but white is brown
    image = Image.new("RGB", (20, 20), "#808080").convert(mode)
    result, _, _ = prepare(saved(image, "PNG", icc_profile=earth), "a.png")
    red, green, blue = result.convert("RGB").getpixel((5, 5))
    assert red > green + 10 > blue + 20
    assert "icc_profile" not in result.info


@pytest.mark.parametrize("data", [b"no profile", profile(b"CMYK", (255, 128, 128), (0, 128, 128))])
def test_profile_that_does_not_fit_the_picture_is_ignored(data: bytes) -> None:
    image = Image.new("RGB", (20, 20), "#336699")
    result, _, _ = prepare(saved(image, "PNG", icc_profile=data), "a.png")
    assert result.convert("RGB").getpixel((5, 5)) == (0x33, 0x66, 0x99)


def test_drawing_stays_sharp_as_png_and_photograph_becomes_jpeg() -> None:
    assert prepare(saved(half_and_half(400, 300), "PNG"), "plan.png")[0].format == "PNG"
    noise = Image.effect_noise((600, 400), 80).convert("RGB")
    assert prepare(saved(noise, "PNG"), "foto.png")[0].format == "JPEG"
    assert prepare(saved(noise, "WEBP"), "foto.webp")[0].format == "JPEG"


def _png_bomb(side: int) -> bytes:
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + _chunk(b"IDAT", zlib.compress(bytes(100))) + _chunk(b"IEND", b"")


def _jpeg_bomb() -> bytes:
    small = saved(Image.new("RGB", (16, 16)), "JPEG")
    at = small.index(b"\xff\xc0") + 5
    return small[:at] + struct.pack(">HH", 65_000, 65_000) + small[at + 4 :]


def _bmp_bomb() -> bytes:
    return b"BM" + struct.pack("<IIIIiiHH", 0, 0, 54, 40, 30_000, 30_000, 1, 24) + bytes(24)


@pytest.mark.parametrize(
    "bomb",
    [_png_bomb(12_000), _png_bomb(40_000), _jpeg_bomb(), _bmp_bomb()],
    ids=["png above our limit", "png above Pillow's own", "jpeg", "bmp"],
)
def test_decompression_bomb_is_refused_without_being_decoded(bomb: bytes) -> None:
    import tracemalloc

    tracemalloc.start()
    with pytest.raises(ContentError, match="more than 100 million pixels"):
        prepare(bomb, "bombe.png")
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


def _brand(brand: bytes, *others: bytes) -> bytes:
    inside = brand + bytes(4) + b"".join(others)
    return struct.pack(">I", len(inside) + 8) + b"ftyp" + inside + bytes(100)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><circle r="3"/></svg>'


@pytest.mark.parametrize(
    ("data", "said", "hint"),
    [
        (SVG, "is SVG: mail programs show none", "PNG"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- Zeichnung -->\n<!DOCTYPE svg>\n" + SVG, "is SVG:", "PNG"),
        ('<?xml version="1.0"?><svg width="3">'.encode("utf-16"), "is SVG:", "PNG"),
        (_brand(b"heic", b"mif1", b"heic"), "is HEIC: only Apple's programs show it", "Most Compatible"),
        (_brand(b"mif1", b"heic"), "is HEIC:", "JPEG"),
        (_brand(b"avif", b"mif1"), "is AVIF:", "JPEG"),
        (_brand(b"isom", b"mp42"), "is a video:", "web site"),
        (b"\xff\x0a" + bytes(90), "is JPEG XL:", "JPEG"),
        (b"\x00\x00\x00\x0cjP  \r\n\x87\n" + bytes(90), "is JPEG 2000:", "JPEG"),
        (b"%PDF-1.7\n", "is PDF: a document", "attachments/"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n", "is PostScript:", "PNG"),
        (b"8BPS\0\x01" + bytes(90), "is Photoshop:", "JPEG"),
        (struct.pack("<II", 1, 88) + bytes(32) + b" EMF" + bytes(60), "is Windows metafile:", "PNG"),
        (b"PK\x03\x04" + bytes(90), "is a Word, Excel or zip file:", "JPEG or PNG"),
        (b"<!DOCTYPE html>\n<html><body><svg>", "is a web page:", "picture itself"),
        (picture_bytes((800, 600))[:3000], "is a JPEG file that cannot be read", "JPEG or PNG"),
        (picture_bytes((800, 600), "PNG")[:300], "is a PNG file that cannot be read", "JPEG or PNG"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "is a PNG file that cannot be read", "JPEG or PNG"),
        (b"GIF89a" + bytes(3), "is a GIF file that cannot be read", "JPEG or PNG"),
        (b"RIFF\x10\0\0\0WEBPVP8 " + bytes(9), "is a WEBP file that cannot be read", "JPEG or PNG"),
        (b"II*\0\x08\0\0\0\xff\xff", "is a TIFF file that cannot be read", "JPEG or PNG"),
        (saved(Image.new("F", (9, 9), 0.5), "TIFF"), "is a TIFF file that cannot be read", "JPEG or PNG"),
        (b"", "is empty", "JPEG or PNG"),
        (b"not a picture", "is no picture", "JPEG or PNG"),
    ],
)
def test_what_cannot_travel_is_refused_by_the_name_of_its_format_with_a_way_out(
    data: bytes, said: str, hint: str
) -> None:
    with pytest.raises(ContentError) as caught:
        prepare(data, "IMG_0815.jpg")  # a name proves nothing
    assert said in caught.value.message
    assert "IMG_0815.jpg" in caught.value.message
    assert hint in caught.value.hint


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF"])
def test_picture_cut_off_anywhere_is_a_picture_or_a_sentence_never_a_bug(kind: str) -> None:
    whole = saved(as_the_camera_was_held(1).resize((60, 40)), kind)
    for end in range(0, len(whole), max(1, len(whole) // 60)):
        try:
            prepare(whole[:end])
        except ContentError as error:
            assert error.hint


def test_same_file_is_decoded_once_however_often_a_preview_is_drawn() -> None:
    data = picture_bytes((900, 500), colour="#123456")
    one, other = (
        place_picture(bytes(bytearray(data)), "a.jpg", FIGURE, domain="brief.example.org", place=HERE)
        for _ in range(2)
    )
    assert one is other
    assert place_picture(data, "a.jpg", LOGO, domain="brief.example.org", place=HERE).width < one.width


def test_content_id_says_name_content_and_sender_and_is_stable() -> None:
    def content_id(name: str, colour: str) -> str:
        data = picture_bytes((40, 30), colour=colour)
        return place_picture(data, name, FIGURE, domain="brief.example.org", place=HERE).picture.content_id

    one = content_id("Größe am Stand.JPG", "#112233")
    assert one.startswith("groesse-am-stand-")
    assert one.endswith("@brief.example.org")
    assert one == content_id("Größe am Stand.JPG", "#112233")
    assert one != content_id("Größe am Stand.JPG", "#ff2233")
    assert content_id("展会.png", "#112233").startswith("picture-")


def test_missing_picture_names_the_nearest_there_is(tmp_path: Path) -> None:
    error = refused(tmp_path, "images/Stand am Morgen.jpeg")
    assert "'images/stand am morgen.jpg'" in error.hint
    assert "images/" in refused(tmp_path, "images/ganz anders.png").hint


def test_all_missing_pictures_are_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(Several) as caught:
        rendered(
            tmp_path, section("1", Figure("images/a.jpg", "", (), HERE), Figure("images/b.jpg", "", (), HERE))
        )
    assert len(caught.value.errors) == 2


@pytest.mark.parametrize(
    "path",
    [
        "../../secret.png",
        "images/../../../secret.png",
        "/etc/passwd",
        "C:\\Bilder\\a.png",
        "\\\\server\\bild.png",
        "file:///etc/passwd",
        "https://example.org/a.png",
        "images/a\0.png",
    ],
)
def test_paths_out_of_the_edition_are_refused(tmp_path: Path, path: str) -> None:
    make_workspace(tmp_path)
    (tmp_path / "secret.png").write_bytes(picture_bytes((10, 10), "PNG"))
    assert "outside" in refused(tmp_path, path).message


def test_symbolic_links_out_of_the_edition_are_refused(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path)
    (tmp_path / "secret.png").write_bytes(picture_bytes((10, 10), "PNG"))
    (folder / "images" / "link.png").symlink_to(tmp_path / "secret.png")
    (folder / "images" / "deep").symlink_to(tmp_path)
    (folder / "images" / "loop.png").symlink_to("loop.png")
    (folder / "images" / "inside.jpg").symlink_to("stand am morgen.jpg")
    assert "outside" in refused(tmp_path, "images/link.png").message
    assert "outside" in refused(tmp_path, "images/deep/secret.png").message
    refused(tmp_path, "images/loop.png")
    assert with_picture(tmp_path, "images/inside.jpg").pictures


def test_folder_instead_of_a_file_is_refused(tmp_path: Path) -> None:
    assert "no file" in refused(tmp_path, "images").message


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="only there are files that never end")
def test_pipe_or_device_is_refused_without_being_opened(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path)
    os.mkfifo(folder / "images" / "leitung.png")
    (folder / "images" / "null.png").symlink_to("/dev/zero")
    assert "is no file" in refused(tmp_path, "images/leitung.png").message
    assert "outside" in refused(tmp_path, "images/null.png").message
    (folder / "attachments").mkdir()
    os.mkfifo(folder / "attachments" / "leitung.pdf")
    with pytest.raises(ContentError, match="is no file"):
        rendered(tmp_path)


def test_too_large_a_file_is_refused_unread(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path)
    with (folder / "images" / "riesig.jpg").open("wb") as file:
        file.truncate(41_000_000)
    assert "larger than 40 MB" in refused(tmp_path, "images/riesig.jpg").message


def test_name_with_umlauts_is_found_however_it_is_composed(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path)
    (folder / "images" / "Gru\u0308n.png").write_bytes(picture_bytes((10, 10), "PNG"))
    assert with_picture(tmp_path, "images/Grün.png").pictures
    assert with_picture(tmp_path, "images\\Grün.png").pictures


def test_same_picture_twice_travels_once(tmp_path: Path) -> None:
    figure = Figure("images/stand am morgen.jpg", "Bild", (), HERE)
    letter = rendered(tmp_path, section("10-x", figure, figure))
    assert len(letter.pictures) == 2  # the logo and the picture


def test_animation_and_tiny_pictures_are_pointed_out(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path)
    frames = [half_and_half(600, 300), Image.new("RGB", (600, 300), "#00ff00")]
    frames[0].save(folder / "images" / "a.gif", save_all=True, append_images=frames[1:])
    (folder / "images" / "b.png").write_bytes(picture_bytes((80, 60), "PNG"))
    assert [finding.code for finding in with_picture(tmp_path, "images/a.gif").findings] == ["R102"]
    assert [finding.code for finding in with_picture(tmp_path, "images/b.png").findings] == ["R103"]


def test_missing_logo_is_an_error_in_the_settings(tmp_path: Path) -> None:
    make_workspace(tmp_path)
    (tmp_path / "logo.png").unlink()
    with pytest.raises(ContentError) as caught:
        rendered(tmp_path)
    assert str(caught.value.place) == "isa-mail.toml"
