"""The build folder: what `build` wrote, and whether it is still what lies in the workspace.

    build/2026-09/  newsletter.html  newsletter.txt  newsletter.eml  letter.json  manifest.json
    build/2026-09/de/newsletter.html …                          in an edition with language folders
    build/2026-09/web/  index.html  pictures/stand-3f2a.jpg     what goes to the web site

Edge: hashes what a build is made from, writes the folder as a whole or not at all, reads it back. The fingerprint
covers texts, pictures, attachments, templates, the publication's settings and the letter made of them; not .env, pace
or lists.
"""

import hashlib
import json
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from isa_mail.errors import BuildError
from isa_mail.model.findings import Finding, Place, Severity
from isa_mail.model.publication import Fingerprint, Input, Publication
from isa_mail.workspace.find import SENT_FILE, SETTINGS_FILE, Workspace

if TYPE_CHECKING:
    from isa_mail.model.rendering import RenderedEdition

MANIFEST_FILE = "manifest.json"
LETTER_FILE = "letter.json"
HTML_FILE, TEXT_FILE, MESSAGE_FILE = "newsletter.html", "newsletter.txt", "newsletter.eml"
WEB_FOLDER = "web"
PUBLICATION_INPUT = f"{SETTINGS_FILE} (publication)"
_VERSION = 2
_LITTER = (
    "thumbs.db",
    "desktop.ini",
    "icon\r",
    "__macosx",
)  # what systems leave in folders; no letter has it


class BuiltLetter(NamedTuple):
    """One language's files, as bytes, by file name."""

    language: str
    folder: str  # "" or the language folder's name
    subject: str
    files: Mapping[str, bytes]


class Build(NamedTuple):
    """What the manifest says of a build on disk."""

    edition: str
    fingerprint: Fingerprint
    inputs: tuple[Input, ...]
    folders: Mapping[str, str]  # language -> its folder below build/EDITION ("" for the folder itself)
    subjects: Mapping[str, str]  # language -> subject, fallbacks in place
    sizes: Mapping[str, Mapping[str, int]]  # language -> file name -> octets
    directory: Path
    blocking: tuple[Finding, ...] = ()  # what was found that must not be sent, unless somebody accepts it

    def letter(self, language: str) -> bytes:
        """Read the compiled letter of one language.

        Raises BuildError if the file is gone.
        """
        path = self.directory / self.folders[language] / LETTER_FILE
        try:
            return path.read_bytes()
        except OSError as error:
            raise BuildError(
                f"The compiled letter of {self.edition} cannot be read: {error.strerror}.",
                hint=f"Make it again: isa-mail build {self.edition}",
            ) from error


def inputs(workspace: Workspace, edition: str, publication: Publication) -> tuple[Input, ...]:
    """Hash everything that a build of `edition` is made from, sorted by name."""
    files = dict(_edition_files(workspace, edition)) | dict(_template_files(workspace))
    if publication.logo:
        files[publication.logo] = _as_spelled_on_disk(workspace.root / publication.logo)
    hashes = {name: _sha256(path.read_bytes()) for name, path in files.items() if path.is_file()}
    settings = json.dumps(_named(publication), ensure_ascii=False, sort_keys=True)
    hashes[PUBLICATION_INPUT] = _sha256(settings.encode())
    return tuple(Input(name, digest) for name, digest in sorted(hashes.items()))


def _named(value: Any) -> object:
    """Give each value its name, so that a setting more or less does not make one pass for another."""
    if hasattr(value, "_asdict"):
        return {name: _named(part) for name, part in value._asdict().items()}
    return [_named(part) for part in value] if isinstance(value, tuple) else value


def fingerprint(
    entries: tuple[Input, ...], rendered: "tuple[RenderedEdition, ...]", version: str
) -> Fingerprint:
    """Sum up in one hash what a build is made from, and what was made of it.

    The same files give another letter when isa-mail, or a library that it uses, has become another.
    """
    parts = [f"{entry.sha256} {entry.name}\n" for entry in entries]
    parts += [repr((edition.subject, edition.html, edition.text)) for edition in rendered]
    return Fingerprint(_sha256("".join((*parts, version)).encode()))


def changed(then: tuple[Input, ...], now: tuple[Input, ...]) -> tuple[str, ...]:
    """Name what differs between two sets of inputs, each with the word that fits."""
    before = {entry.name: entry.sha256 for entry in then}
    after = {entry.name: entry.sha256 for entry in now}
    words = []
    for name in sorted(before.keys() | after.keys()):
        if name not in after:
            words.append(f"{name} is gone")
        elif name not in before:
            words.append(f"{name} is new")
        elif before[name] != after[name]:
            words.append(f"{name} has changed")
    return tuple(words)


def write_build(
    workspace: Workspace,
    edition: str,
    letters: tuple[BuiltLetter, ...],
    web: Mapping[str, bytes],
    entries: tuple[Input, ...],
    fingerprint: Fingerprint,
    version: str,
    blocking: tuple[Finding, ...] = (),
) -> Build:
    """Write build/EDITION/ anew. A kill in the middle leaves the old build, or none; never half of one.

    `web` is what goes into its web folder, by path; `blocking` is what keeps `send` from sending it.
    """
    import shutil

    directory = workspace.build_directory(edition)
    fresh = directory.with_name(f".{edition}.new")
    if fresh.exists():  # left over from a killed build
        shutil.rmtree(fresh)
    files = {f"{WEB_FOLDER}/{path}": data for path, data in web.items()}
    for letter in letters:
        files |= {f"{letter.folder}/{name}".lstrip("/"): data for name, data in letter.files.items()}
    for name, data in files.items():
        (fresh / name).parent.mkdir(parents=True, exist_ok=True)
        (fresh / name).write_bytes(data)
    manifest = {
        "version": _VERSION,
        "isa_mail": version,
        "edition": edition,
        "fingerprint": fingerprint,
        "languages": {
            letter.language: {
                "folder": letter.folder,
                "subject": letter.subject,
                "sizes": {name: len(data) for name, data in letter.files.items()},
            }
            for letter in letters
        },
        "inputs": {entry.name: entry.sha256 for entry in entries},
        "blocking": [
            {"code": each.code, "file": each.place.file, "line": each.place.line}
            | {"message": each.message, "hint": each.hint}
            for each in blocking
        ],
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=2) + "\n"
    (fresh / MANIFEST_FILE).write_text(text, encoding="utf-8", newline="\n")
    if directory.exists():
        shutil.rmtree(directory)
    fresh.rename(directory)
    return read_build(workspace, edition)


def read_build(workspace: Workspace, edition: str) -> Build:
    """Read what the last `build` of an edition wrote.

    Raises BuildError if there is none, or none that can be read.
    """
    path = workspace.build_directory(edition) / MANIFEST_FILE
    hint = f"Make it: isa-mail build {edition}"
    if not path.is_file():
        raise BuildError(f"{edition} has not been built yet.", place=workspace.place(path.parent), hint=hint)
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        if manifest["version"] != _VERSION:
            raise ValueError("another version")
        languages = manifest["languages"]
        if not languages:
            raise ValueError("no letter")
        return Build(
            edition=edition,
            fingerprint=Fingerprint(manifest["fingerprint"]),
            inputs=tuple(Input(name, digest) for name, digest in manifest["inputs"].items()),
            folders={language: entry["folder"] for language, entry in languages.items()},
            subjects={language: entry["subject"] for language, entry in languages.items()},
            sizes={language: entry["sizes"] for language, entry in languages.items()},
            directory=path.parent,
            blocking=tuple(
                Finding(
                    each["code"],
                    Severity.BLOCKS,
                    Place(each["file"], each["line"]),
                    each["message"],
                    each["hint"],
                )
                for each in manifest["blocking"]
            ),
        )
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise BuildError(
            f"The build of {edition} is damaged, or was made by another version of isa-mail.",
            place=workspace.place(path),
            hint=f"Make it again: isa-mail build {edition}",
        ) from error


def built_at(workspace: Workspace, edition: str) -> float | None:
    """Give the time of an edition's last build, in seconds since 1970; None if there is none."""
    path = workspace.build_directory(edition) / MANIFEST_FILE
    return path.stat().st_mtime if path.is_file() else None


def changed_at(workspace: Workspace, edition: str) -> float:
    """Give the time at which the youngest of an edition's files was written; 0 if it has none."""
    return max((path.stat().st_mtime for _, path in _edition_files(workspace, edition)), default=0.0)


def read_current_build(workspace: Workspace, edition: str, publication: Publication) -> Build:
    """Read a build that is exactly what lies in the workspace now.

    Raises BuildError if there is no build, or if it is older than its inputs; then the error names the files.
    """
    build = read_build(workspace, edition)
    differences = changed(build.inputs, inputs(workspace, edition, publication))
    if differences:
        raise BuildError(
            f"The build of {edition} is out of date: {'; '.join(differences)}.",
            place=workspace.place(build.directory),
            hint=f"Look at the draft (isa-mail preview {edition}), then make it again: isa-mail build {edition}",
        )
    return build


def _edition_files(workspace: Workspace, edition: str) -> Iterator[tuple[str, Path]]:
    root = workspace.edition_directory(edition)
    for path in sorted(root.rglob("*")):
        inside = path.relative_to(root)
        hidden = any(map(is_litter, inside.parts))
        if path.is_file() and not hidden and path.name != SENT_FILE:
            yield path.relative_to(workspace.root).as_posix(), path


def is_litter(name: str) -> bool:
    """Say whether a program left a file or folder of this name, and nobody put it there."""
    return name.startswith((".", "~$")) or name.casefold() in _LITTER


def _as_spelled_on_disk(path: Path) -> Path:
    """Find a file whatever way its umlauts are composed, as rendering does: macOS and zip files take them apart."""
    if path.name.isascii() or path.exists() or not path.parent.is_dir():
        return path
    wanted = unicodedata.normalize("NFC", path.name)
    there = path.parent.iterdir()
    return next((each for each in there if unicodedata.normalize("NFC", each.name) == wanted), path)


def _template_files(workspace: Workspace) -> Iterator[tuple[str, Path]]:
    for directory in reversed(workspace.templates):  # the workspace's own come last and win
        if directory.is_dir():
            for path in sorted(directory.rglob("*")):
                if path.is_file() and not path.name.startswith("."):
                    yield f"templates/{path.relative_to(directory).as_posix()}", path


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
