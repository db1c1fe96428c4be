"""What kind of file a picture is, by its content: names lie, and a phone calls its HEIC files .jpg.

    b"….ftypheic…" -> "HEIC"        refused("HEIC") -> ("HEIC: only Apple's programs show it", "Save it as …")

Pure. `pictures.py` decodes what can travel in a mail; this page has a word for what cannot, and for what is broken.
"""

import re

READABLE = ("JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF")  # no EPS, PSD and so on: decoders nobody here needs

_AS_JPEG = "Open it in a picture program and save it as JPEG."
_AS_PNG = "Export it as PNG from the program that it was drawn with: 1200 pixels wide, a logo 400."
_REFUSED = {
    "SVG": ("mail programs show none", _AS_PNG),
    "HEIC": (
        "only Apple's programs show it",
        "Save it as JPEG; an iPhone takes JPEG itself with Settings, Camera, Formats, Most Compatible.",
    ),
    "AVIF": ("most mail programs cannot show it", _AS_JPEG),
    "JPEG XL": ("most mail programs cannot show it", _AS_JPEG),
    "JPEG 2000": ("most mail programs cannot show it", _AS_JPEG),
    "PDF": (
        "a document, and no picture",
        "Put it into attachments/, or export the page as PNG, 1200 pixels wide.",
    ),
    "PostScript": ("made for printing; mail programs show none", _AS_PNG),
    "Photoshop": ("a picture still in work; mail programs show none", _AS_JPEG),
    "Windows metafile": ("a drawing that mail programs do not show", _AS_PNG),
    "a Word, Excel or zip file": (
        "no picture",
        "Save the picture inside it as a file of its own: JPEG or PNG.",
    ),
    "a web page": ("no picture", "Save the picture itself from the page, not the page around it."),
    "a video": ("no picture", "Put it on your web site, and link a picture of it."),
}
_BEGINNINGS = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"\xff\x0a", "JPEG XL"),
    (b"\x00\x00\x00\x0cJXL ", "JPEG XL"),
    (b"\x00\x00\x00\x0cjP  ", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"),
    (b"%PDF", "PDF"),
    (b"%!PS", "PostScript"),
    (b"\xc5\xd0\xd3\xc6", "PostScript"),
    (b"8BPS", "Photoshop"),
    (b"\xd7\xcd\xc6\x9a", "Windows metafile"),
    (b"PK\x03\x04", "a Word, Excel or zip file"),
    (b"\xd0\xcf\x11\xe0", "a Word, Excel or zip file"),
    (b"\x1aE\xdf\xa3", "a video"),
)
# ISO/IEC 14496-12 section 4.3: the length, "ftyp", the major brand, its version, the brands that it is compatible with.
_BRANDS = {"avif": "AVIF", "avis": "AVIF"} | dict.fromkeys(("heic", "heix", "heim", "heis", "hevc"), "HEIC")
_SVG = re.compile(r"<(?:[\w-]+:)?svg[\s>]", re.IGNORECASE)
_MARKUP_WITHIN = 4096  # bytes: XML declaration, doctype and an editor's comment may stand before it


def kind(data: bytes) -> str | None:
    """Name the format of a file; None for one that nobody here has heard of."""
    if data[4:8] == b"ftyp":
        brands = data[8 : int.from_bytes(data[:4], "big")][:256].decode("latin-1")
        named = (_BRANDS.get(brands[at : at + 4]) for at in range(0, len(brands), 4))
        return next(filter(None, named), "a video")
    if data[40:44] == b" EMF":
        return "Windows metafile"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    for beginning, name in _BEGINNINGS:
        if data.startswith(beginning):
            return name
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    text = data[:_MARKUP_WITHIN].decode("utf-16" if wide else "latin-1", "ignore")
    if "<html" in text.lower():
        return "a web page"
    return "SVG" if _SVG.search(text) else None


def refused(name: str) -> tuple[str, str] | None:
    """Say why a format does not travel, and what to do instead; None for the READABLE ones."""
    if name not in _REFUSED:
        return None
    why, hint = _REFUSED[name]
    return f"{name}: {why}", hint
