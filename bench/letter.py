"""A built letter as a mail program gets it, and as the less able ones show it.

    a workspace -> (Letter(language="de", message=b"From: …", html="<!DOCTYPE html>…", text="Städtebund …"), …)

Edge: builds a copy of a workspace in a temporary folder; nothing of the workspace itself is touched.
"""

import re
import shutil
from base64 import b64encode
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

from isa_mail.pipeline.making import build
from isa_mail.workspace.built import MESSAGE_FILE, inputs
from isa_mail.workspace.find import SETTINGS_FILE, find_workspace
from isa_mail.workspace.settings import read_settings


@dataclass(frozen=True)
class Letter:
    """One language's newsletter.eml."""

    language: str
    data: bytes

    @cached_property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.data, policy=policy.default)

    @cached_property
    def html(self) -> str:
        """The HTML part as it stands in the message, lines ended by LF."""
        return self._part("html")

    @cached_property
    def text(self) -> str:
        """The plain-text part, lines ended by LF."""
        return self._part("plain")

    @cached_property
    def page(self) -> str:
        """The HTML part with its embedded pictures in place, for a browser."""
        page = self.html
        for part in self.message.walk():
            content_id = (part["Content-ID"] or "").strip("<> ")
            if content_id:
                data = b64encode(part.get_content()).decode("ascii")
                page = page.replace(f"cid:{content_id}", f"data:{part.get_content_type()};base64,{data}")
        return page

    def _part(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        if part is None:
            raise ValueError(f"the {self.language} letter has no {kind} part")
        return str(part.get_content()).replace("\r\n", "\n")


def without_style(page: str) -> str:
    """Drop every <style>, as GMX and WEB.DE do."""
    return re.sub(r"<style.*?</style>", "", page, flags=re.DOTALL)


def without_pictures(page: str) -> str:
    """Take every picture away, as a mail program does that has not been asked to show them."""
    return re.sub(r'(<img\b[^>]*?) src="[^"]*"', r"\1", page)


def read_letter(file: Path) -> Letter:
    """Read an .eml file."""
    data = file.read_bytes()
    message = message_from_bytes(data, policy=policy.default)
    return Letter(str(message["Content-Language"] or "und"), data)


def build_letters(folder: Path, edition: str | None = None) -> tuple[Letter, ...]:
    """Build an edition (None: the newest) of the workspace around `folder`, and read what was written.

    Raises what `isa-mail build` raises.
    """
    workspace = find_workspace(folder, {})
    settings = read_settings(workspace.settings_file)
    name = workspace.edition(edition)
    with TemporaryDirectory(prefix="isa-mail-") as temporary:
        copy = Path(temporary)
        entries = (entry.name for entry in inputs(workspace, name, settings.publication))
        for file in (SETTINGS_FILE, *entries):
            if (workspace.root / file).is_file():  # packaged templates and the settings' hash are none
                (copy / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(workspace.root / file, copy / file)
        built = build(find_workspace(copy, {}), settings, name).build
        return tuple(
            Letter(language, (built.directory / inside / MESSAGE_FILE).read_bytes())
            for language, inside in built.folders.items()
        )
