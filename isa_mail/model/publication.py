"""The publication, its settings and its mail server: what isa-mail.toml and .env say.

Pure: values.
"""

from enum import StrEnum
from typing import NamedTuple, NewType
from urllib.parse import quote

Fingerprint = NewType("Fingerprint", str)
"""SHA-256 in hexadecimal over everything that went into a build. People see the first 12 digits."""


class Input(NamedTuple):
    """One thing that went into a build: a file, or the publication's settings."""

    name: str  # relative to the workspace, with "/"
    sha256: str


class Mailbox(NamedTuple):
    """A display name and an address (RFC 5322 section 3.4). `address` is ASCII, as it goes on the wire."""

    name: str  # "" if none
    address: str


class Colours(NamedTuple):
    """The two brand colours, six-digit hexadecimal with "#"."""

    primary: str
    accent: str


class Translation(NamedTuple):
    """What the publication is called in one of its languages; None: as in all others."""

    language: str
    name: str | None
    sender: Mailbox | None
    reply_to: Mailbox | None
    imprint: str | None


class Publication(NamedTuple):
    """What isa-mail.toml says of the newsletter itself; all of it enters the fingerprint."""

    name: str
    sender: Mailbox
    reply_to: Mailbox | None
    list_id: str  # "newsletter.example.org", RFC 2919, without angle brackets
    imprint: str  # lines separated by "\n"
    colours: Colours
    logo: str | None  # path of a picture, relative to the workspace
    languages: tuple[str, ...]  # the first one is the fallback
    translations: tuple[Translation, ...] = ()
    web_address: str | None = None  # "https://www.example.org/newsletter/"; editions lie below it
    linked_pictures: bool = False  # the letter shows them from web_address instead of carrying them

    def web_folder(self, edition: str) -> str | None:
        """Say where the web folder of an edition will lie; None: nowhere that we know of."""
        return f"{self.web_address}{quote(edition)}/" if self.web_address else None

    def in_language(self, language: str) -> "Publication":
        """Give the publication as a reader of `language` knows it."""
        own = next((each for each in self.translations if each.language == language), None)
        if own is None:
            return self
        return self._replace(
            name=own.name or self.name,
            sender=own.sender or self.sender,
            reply_to=own.reply_to or self.reply_to,
            imprint=own.imprint or self.imprint,
        )

    @property
    def unsubscribe(self) -> str:
        """The address that takes unsubscriptions: whoever reads the replies."""
        return (self.reply_to or self.sender).address


class DeliverySettings(NamedTuple):
    """[delivery] in isa-mail.toml."""

    provider: str = ""  # whose limits the others are, unless they are given themselves; "": nobody's
    sessions: int = 1
    messages_per_minute: int = 30
    messages_per_day: int = 0  # 0: no limit
    retry_after_seconds: int = 900
    retry_for_seconds: int = 7200

    @property
    def is_paced(self) -> bool:
        """Whether there is a limit a minute or a day."""
        return self.messages_per_minute > 0 or self.messages_per_day > 0


class Security(StrEnum):
    """SMTP_SECURITY. There is no "opportunistic": what is asked for must be had."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


class SmtpSettings(NamedTuple):
    """The mail server, from .env and the environment."""

    host: str
    port: int
    security: Security
    user: str | None
    password: str | None
    ca_file: str | None = None
    timeout_seconds: float | None = None  # None: 60 s a step, 600 s after the final dot
    token_command: str | None = None  # prints an OAuth token; instead of a password

    def __repr__(self) -> str:
        """Without the password, and without what may hold one."""
        return f"SmtpSettings({self.host!r}, {self.port}, {self.security.value!r}, {self.user!r})"
