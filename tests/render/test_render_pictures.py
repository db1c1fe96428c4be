"""Pictures: upright, small, without a trace of the camera, and only from inside the edition's folder."""

import io
import struct
import zlib
from pathlib import Path

import pytest
from invented import HERE, make_workspace, picture_bytes, rendered, section
from PIL import Image

from isa_mail.errors import ContentError, IsaMailError, Several
from isa_mail.model import Figure, RenderedEdition
from isa_mail.render.pictures import FIGURE, place_picture


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


def test_camera_picture_is_turned_upright_and_loses_its_metadata() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # held in portrait
    exif[0x010F] = "Kamera von Tina Probe"
    exif.get_ifd(0x8825)[1] = "N"  # GPS
    data = saved(half_and_half(4000, 3000), "JPEG", exif=exif, comment=b"geheim")
    image, width, height = prepare(data)
    assert (width, height) == (420, 560)  # a portrait fits the screen
    assert image.size == (840, 1120)
    left, right = image.getpixel((20, 500)), image.getpixel((820, 500))
    assert left[2] > 200 > right[2]  # turned clockwise: what was above is at the right
    assert right[0] > 200
    assert not image.getexif()
    assert "comment" not in image.info
    assert "icc_profile" not in image.info


def test_wide_picture_is_twice_as_wide_as_shown_and_a_small_one_is_left_small() -> None:
    image, width, height = prepare(picture_bytes((4000, 1000)))
    assert (image.size, width, height) == ((1072, 268), 536, 134)
    image, width, height = prepare(picture_bytes((300, 200)))
    assert (image.size, width, height) == ((300, 200), 300, 200)


@pytest.mark.parametrize("mode", ["CMYK", "L", "1", "P", "RGBA", "LA", "I;16"])
def test_every_colour_mode_becomes_one_that_mail_programs_show(mode: str) -> None:
    image = Image.new(mode, (200, 100))
    kind = {"CMYK": "JPEG"}.get(mode, "PNG")
    result, _, _ = prepare(saved(image, kind), "bild." + kind.lower())
    assert result.mode in ("RGB", "L")
    assert result.format in ("JPEG", "PNG")


def test_sixteen_bit_grey_is_scaled_instead_of_clipped() -> None:
    result, _, _ = prepare(saved(Image.new("I;16", (50, 50), 0x8000), "PNG"), "grau.png")
    assert abs(result.convert("L").getpixel((5, 5)) - 128) < 3


def test_transparency_is_laid_on_white_because_dark_mode_would_swallow_a_logo() -> None:
    logo = Image.new("RGBA", (100, 50), (0, 0, 0, 0))
    result, _, _ = prepare(saved(logo, "PNG"), "logo.png")
    assert result.convert("RGB").getpixel((10, 10)) == (255, 255, 255)


def test_colour_profile_is_applied_before_it_is_dropped() -> None:
    from PIL import ImageCms

    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    result, _, _ = prepare(
        saved(Image.new("RGB", (20, 20), "#336699"), "PNG", icc_profile=lab.tobytes()), "a.png"
    )
    assert result.convert("RGB").getpixel((5, 5)) == pytest.approx((0x33, 0x66, 0x99), abs=3)
    assert "icc_profile" not in result.info


def test_drawing_stays_sharp_as_png_and_photograph_becomes_jpeg() -> None:
    assert prepare(saved(half_and_half(400, 300), "PNG"), "plan.png")[0].format == "PNG"
    noise = Image.effect_noise((600, 400), 80).convert("RGB")
    assert prepare(saved(noise, "PNG"), "foto.png")[0].format == "JPEG"
    assert prepare(saved(noise, "WEBP"), "foto.webp")[0].format == "JPEG"


def test_decompression_bomb_is_refused_without_being_decoded() -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    for side in (12_000, 40_000):  # above our limit; above Pillow's own
        head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
        bomb = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")
        with pytest.raises(ContentError, match="million pixels"):
            prepare(bomb, "bombe.png")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a picture",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
        picture_bytes((800, 600))[:3000],
    ],
)
def test_what_is_no_whole_picture_is_refused_with_a_way_out(data: bytes) -> None:
    with pytest.raises(ContentError) as caught:
        prepare(data)
    assert "JPEG or PNG" in caught.value.hint


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


def test_attachments_are_read_in_order_without_the_systems_litter(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path) / "attachments"
    folder.mkdir()
    for name in ("b.pdf", "a.docx", ".DS_Store", "Thumbs.db", "~$a.docx", "c.unbekannt"):
        (folder / name).write_bytes(b"data of " + name.encode())
    found = rendered(tmp_path).attachments
    assert [(each.filename, each.media_type) for each in found] == [
        ("a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("b.pdf", "application/pdf"),
        ("c.unbekannt", "application/octet-stream"),
    ]
    assert found[1].data == b"data of b.pdf"


def test_attachment_that_is_a_link_elsewhere_or_too_large_is_refused(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path) / "attachments"
    folder.mkdir()
    (tmp_path / "geheim.txt").write_text("geheim")
    (folder / "a.txt").symlink_to(tmp_path / "geheim.txt")
    with pytest.raises(ContentError, match="outside"):
        rendered(tmp_path)
    (folder / "a.txt").unlink()
    for name in ("a.pdf", "b.pdf"):
        with (folder / name).open("wb") as file:
            file.truncate(6_000_000)
    with pytest.raises(ContentError, match=r"12\.0 MB together"):
        rendered(tmp_path)
