"""A built letter as a mail program gets it, and as the less able ones show it.

    a workspace -> (Letter(language="de", message=b"From: …", html="<!DOCTYPE html>…", text="Städtebund …"), …)

Edge: builds a copy of a workspace in a temporary folder; nothing of the workspace itself is touched.
"""

import re
import shutil
from base64 import b64encode
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

from isa_mail.pipeline.building import build
from isa_mail.typography.width import display_width
from isa_mail.workspace.built import MESSAGE_FILE, inputs
from isa_mail.workspace.find import SETTINGS_FILE, find_workspace
from isa_mail.workspace.settings import read_settings

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Letter:
    """One language's newsletter.eml."""

    language: str
    data: bytes = field(repr=False)

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

    @property
    def style_size(self) -> int:
        """Octets in all <style> elements, those in comments for Word left out."""
        seen = re.sub(r"<!--.*?-->", "", self.html, flags=re.DOTALL)
        return sum(len(rules.encode()) for rules in re.findall(r"<style[^>]*>(.*?)</style>", seen, re.DOTALL))

    @property
    def sections(self) -> int:
        """How many there are; the editorial, which has no heading, is one."""
        return self.html.count("<h2") + 1

    @property
    def longest_line(self) -> int:
        """Columns of the text part's longest line; a link alone on its line may be as long as it is."""
        lines = (line for line in self.text.splitlines() if not re.fullmatch(r"\s*<\S+>", line))
        return max(display_width(line, chinese=self.language == "zh") for line in lines)

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


def letters_of(place: Path = ROOT) -> tuple[Letter, ...]:
    """Read an .eml file, or build the newest edition of the workspace around a folder.

    Raises what `isa-mail build` raises.
    """
    if place.is_file():
        data = place.read_bytes()
        return (Letter(str(message_from_bytes(data)["Content-Language"] or "und"), data),)
    workspace = find_workspace(place, {})
    settings = read_settings(workspace.settings_file)
    name = workspace.edition(None)
    with TemporaryDirectory(prefix="isa-mail-") as temporary:
        copy = Path(temporary)
        entries = (entry.name for entry in inputs(workspace, name, settings.publication))
        for file in (SETTINGS_FILE, *entries):
            if (workspace.root / file).is_file():  # packaged templates and the settings' hash are none
                (copy / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(workspace.root / file, copy / file)
        built = build(find_workspace(copy, {}), settings, name, allow_clipping=True).build
        return tuple(
            Letter(language, (built.directory / folder / MESSAGE_FILE).read_bytes())
            for language, folder in built.folders.items()
        )
