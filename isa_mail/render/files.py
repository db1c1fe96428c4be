"""The files of an edition that travel with the mail: found, held inside their folder, read.

    "images/stand am morgen.jpg" -> the bytes of editions/2026-09/images/stand am morgen.jpg

Edge: reads the disk, writes nothing. A path in a text is data from anywhere: after following all links it must be a
regular file inside the folder it is relative to, so that no section can mail out /etc/passwd.
"""

import difflib
import mimetypes
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath

from isa_mail.errors import ContentError
from isa_mail.model.findings import Finding, Place, Severity
from isa_mail.model.rendering import Attachment
from isa_mail.render.pictures import MAX_FILE_BYTES

MAX_ATTACHMENT_BYTES = (
    10_000_000  # all together: many servers refuse mail above 10 to 20 MB, and base64 adds a third
)
# Left by Windows and macOS; names with "." or "~$" in front are left by others.
_LITTER = ("thumbs.db", "desktop.ini", "icon\r", "__macosx")
# What Gmail or Outlook refuse, many servers with them, and also inside a zip file: programs, scripts, shortcuts.
_REFUSED = re.compile(
    r"\.(ade|adp|apk|app|appx|bat|cab|chm|cmd|com|cpl|dll|dmg|exe|hta|ins|iso|isp|jar|js|jse|lnk|mde|msc|msi|msp|mst"
    r"|pif|ps1|reg|scr|sct|shb|sys|url|vb|vbe|vbs|vhd|ws|wsc|wsf|wsh|xll)"
)
_LINK_INSTEAD = "Put large files on your web site and link to them."
_TYPES = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".ics": "text/calendar",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def read_picture(path: str, directory: Path, place: Place) -> bytes:
    """Read a picture named in a text, relative to `directory`.

    Raises ContentError at `place` if it is missing (the hint has the nearest name there is), lies outside the
    directory, is no regular file or too large.
    """
    file = _inside(path, directory, place)
    if not file.exists():
        raise ContentError(
            f"The picture {path!r} does not exist.", place=place, hint=_nearest(path, directory)
        )
    if not file.is_file():
        raise ContentError(
            f"{path!r} is no file.", place=place, hint="Name a picture file, such as images/stand.jpg."
        )
    return _read(file, path, MAX_FILE_BYTES, place, "Save it smaller: 1200 pixels in width are enough.")


def read_attachments(directory: Path, place: Place) -> tuple[Attachment, ...]:
    """Read all files of attachments/, in the order of their names. No such folder: none.

    Raises ContentError if one lies elsewhere (a link), or if together they are too large to be mailed.
    """
    folder = directory / "attachments"
    if not folder.is_dir():
        return ()
    names = sorted(entry.name for entry in folder.iterdir() if is_meant(entry) and not entry.is_dir())
    found = tuple(_attachment(f"attachments/{name}", directory, place) for name in names)
    total = sum(len(attachment.data) for attachment in found)
    if total > MAX_ATTACHMENT_BYTES:
        raise ContentError(
            f"The attachments have {total / 1e6:.1f} MB together; {MAX_ATTACHMENT_BYTES / 1e6:.0f} MB is the limit.",
            place=place,
            hint=_LINK_INSTEAD,
        )
    return found


def attachment_findings(directory: Path, workspace: Path) -> Iterator[Finding]:
    """Point out what in attachments/ will not arrive, or not as meant. Places are relative to `workspace`."""
    for stray in sorted(directory.glob("*/attachments")):
        if stray.is_dir() and any(is_meant(entry) for entry in stray.iterdir()):
            yield Finding(
                "R107",
                Severity.WARNING,
                Place(stray.relative_to(workspace).as_posix()),
                "What lies in this folder is not attached.",
                "Move it into the edition's own attachments/, which all languages share.",
            )
    folder = directory / "attachments"
    for entry in sorted(folder.iterdir()) if folder.is_dir() else ():
        if not is_meant(entry):
            continue
        place = Place(entry.relative_to(workspace).as_posix())
        if entry.is_dir():
            yield Finding(
                "R107",
                Severity.WARNING,
                place,
                "This is a folder, and only files are attached.",
                "Move its files up into attachments/, or take it away.",
            )
        elif entry.stat().st_size == 0:
            yield Finding(
                "R107", Severity.WARNING, place, "This attachment is empty.", "Copy it anew, or take it away."
            )
        if _REFUSED.fullmatch(entry.suffix.lower()) and not entry.is_dir():
            yield Finding(
                "R106",
                Severity.WARNING,
                place,
                f"Many mail servers refuse a mail with a file of the kind {entry.suffix.lower()}.",
                "Put it on your web site and link to it; inside a zip file it is refused as well.",
            )


def _attachment(path: str, directory: Path, place: Place) -> Attachment:
    file = _inside(path, directory, place)
    if not file.is_file():
        raise ContentError(f"{path!r} is no file.", place=place, hint="Take it out of attachments/.")
    data = _read(file, path, MAX_ATTACHMENT_BYTES, place, _LINK_INSTEAD)
    suffix = PurePosixPath(path).suffix.lower()
    # Only the table that comes with Python: the system's own differs from machine to machine.
    media_type = _TYPES.get(suffix) or mimetypes.MimeTypes().guess_type("x" + suffix)[0]
    name = unicodedata.normalize("NFC", PurePosixPath(path).name)
    return Attachment(name, media_type or "application/octet-stream", data)


def is_meant(entry: Path) -> bool:
    """Whether a person put the file there, and no program left it."""
    name = entry.name.lower()
    return not name.startswith((".", "~$")) and name not in _LITTER


def _inside(path: str, directory: Path, place: Place) -> Path:
    """Find the file that a typed path means, and make sure that it lies inside."""
    plain = path.strip().replace("\\", "/")  # as Windows' Explorer gives it
    if "\0" in plain or plain.startswith("/") or PureWindowsPath(plain).drive or ":" in plain.split("/")[0]:
        raise _outside(path, place)
    root = directory.resolve()
    file = root
    for step in plain.split("/"):
        file = file / _spelling_on_disk(file, step)
    try:
        file = file.resolve()
    except (OSError, RuntimeError) as error:  # a loop of links
        raise _outside(path, place) from error
    if not file.is_relative_to(root):
        raise _outside(path, place)
    return file


def _outside(path: str, place: Place) -> ContentError:
    return ContentError(
        f"The file {path!r} lies outside the edition's folder.",
        place=place,
        hint="Copy it into the folder images/ of the edition, and write images/ and its name.",
    )


def _spelling_on_disk(folder: Path, name: str) -> str:
    """Find a name whatever way its umlauts are composed: macOS and zip files take them apart."""
    if name.isascii() or not folder.is_dir():
        return name
    wanted = unicodedata.normalize("NFC", name)
    return next((e.name for e in folder.iterdir() if unicodedata.normalize("NFC", e.name) == wanted), name)


def _nearest(path: str, directory: Path) -> str:
    folder = directory / "images"
    there = sorted(f"images/{entry.name}" for entry in folder.iterdir()) if folder.is_dir() else []
    by_fold = {name.casefold(): name for name in there}
    near = difflib.get_close_matches(path.replace("\\", "/").casefold(), by_fold, 1, 0.5)
    if near:
        return f"Did you mean {by_fold[near[0]]!r}? Capitals count."
    return "Put the picture into the folder images/ of the edition, and write images/ and its name."


def _read(file: Path, path: str, limit: int, place: Place, smaller: str) -> bytes:
    try:
        if file.stat().st_size > limit:
            raise ContentError(
                f"The file {path!r} is larger than {limit // 1_000_000} MB.",
                place=place,
                hint=smaller,
            )
        return file.read_bytes()
    except OSError as error:
        raise ContentError(
            f"The file {path!r} cannot be read: {error.strerror}.", place=place, hint="Check its permissions."
        ) from error
