"""The mail server and the journal's place, from .env and the environment.

    SMTP_HOST=smtp.example.org, SMTP_USER=news -> SmtpSettings("smtp.example.org", 587, STARTTLS, "news", …)

Edge: reads .env; the environment is passed in and wins. The only page with python-dotenv. No password is ever
part of a message.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from isa_mail.errors import SettingsError
from isa_mail.model.findings import Place
from isa_mail.model.publication import Security, SmtpSettings

ENV_FILE = ".env"
NAMES = (
    "SMTP_HOST",
    "SMTP_PORT",
    "SMTP_SECURITY",
    "SMTP_USER",
    "SMTP_PASSWORD",
    "SMTP_TOKEN_COMMAND",
    "SMTP_CA_FILE",
    "SMTP_TIMEOUT_SECONDS",
)
STATE_NAME = "ISA_MAIL_STATE_DIR"
_OURS = ("SMTP_", "ISA_MAIL_")  # how our names begin; others in .env are for other programs
_DEFAULT_PORTS = {
    Security.STARTTLS: 587,
    Security.TLS: 465,
    Security.NONE: 25,
}  # RFC 6409, RFC 8314, RFC 5321
_HOST = re.compile(r"[\w.-]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")  # a name, an IPv4 address, or an IPv6 address


class _Values(NamedTuple):
    """Each value with the place it came from, so that an error can name it."""

    values: Mapping[str, str]
    places: Mapping[str, Place]

    def get(self, name: str) -> str:
        return self.values.get(name, "").strip()

    def wrong(self, name: str, message: str, hint: str) -> SettingsError:
        return SettingsError(message, place=self.places.get(name, Place(ENV_FILE)), hint=hint)


def read_state_directory(root: Path, environment: Mapping[str, str]) -> Path:
    """Say where the journal lies: ISA_MAIL_STATE_DIR (from the workspace, if relative), else .isa-mail/ in it."""
    found = _collect(root, environment)
    return _path(found, STATE_NAME, root).resolve() if found.get(STATE_NAME) else root / ".isa-mail"


def read_smtp_settings(root: Path, environment: Mapping[str, str]) -> SmtpSettings | None:
    """Read the mail server's settings; None if no SMTP_HOST is set: then mail goes to the outbox.

    Raises SettingsError, with .env and its line, for what cannot be meant.
    """
    found = _collect(root, environment)
    host = found.get("SMTP_HOST")
    if not host:
        return None
    if not _HOST.fullmatch(host):
        raise found.wrong(
            "SMTP_HOST",
            f"SMTP_HOST is {host!r}, which is no server's name.",
            "Write the name alone, for example smtp.example.org; the port has a line of its own, SMTP_PORT=587.",
        )
    security = _security(found)
    user, password = found.get("SMTP_USER"), found.values.get("SMTP_PASSWORD", "")
    token_command = _token_command(found)
    if user and not password and not token_command:
        raise found.wrong(
            "SMTP_USER",
            "SMTP_USER is set, but SMTP_PASSWORD is not.",
            f"Add SMTP_PASSWORD=… (or SMTP_TOKEN_COMMAND=…) to {ENV_FILE}, or remove SMTP_USER if the server wants "
            "no login.",
        )
    if password and token_command:
        raise found.wrong(
            "SMTP_TOKEN_COMMAND",
            "SMTP_PASSWORD and SMTP_TOKEN_COMMAND are both set.",
            "Keep the one that the provider wants, and remove the other.",
        )
    if token_command and not user:
        raise found.wrong(
            "SMTP_TOKEN_COMMAND",
            "SMTP_TOKEN_COMMAND is set, but SMTP_USER is not.",
            f"Add SMTP_USER=… to {ENV_FILE}: the account that the token is for.",
        )
    return SmtpSettings(
        host=host,
        port=_port(found, security),
        security=security,
        user=user or None,
        password=password or None,
        ca_file=_ca_file(found, root),
        timeout_seconds=_timeout(found),
        token_command=token_command or None,
    )


def _collect(root: Path, environment: Mapping[str, str]) -> _Values:
    values: dict[str, str] = {}
    places: dict[str, Place] = {}
    path = root / ENV_FILE
    if path.is_file():
        from dotenv.parser import parse_stream

        try:
            with path.open(encoding="utf-8-sig") as file:
                bindings = list(parse_stream(file))
        except (UnicodeDecodeError, OSError) as error:
            raise SettingsError(
                f"{ENV_FILE} cannot be read: {_reason(error)}.",
                place=Place(ENV_FILE),
                hint="Save it again as plain text in UTF-8 (in Notepad: Save as, encoding UTF-8).",
            ) from error
        for binding in bindings:
            place = Place(ENV_FILE, binding.original.line)
            if binding.error or (binding.key is not None and binding.value is None):
                raise SettingsError(
                    "This line is no NAME=value.",
                    place=place,
                    hint=f"Write for example SMTP_HOST=smtp.example.org; {ENV_FILE}.example shows all names.",
                )
            if binding.key is not None and binding.value is not None:
                _check_name(binding.key, place)
                # parse_stream gives values as typed: no ${…} is expanded, which would break passwords.
                values[binding.key], places[binding.key] = binding.value, place
    for name in (*NAMES, STATE_NAME):
        if name in environment:
            values[name], places[name] = environment[name], Place(f"environment variable {name}")
    return _Values(values, places)


def _check_name(name: str, place: Place) -> None:
    """Refuse a misspelt name: unset, SMTP_HOST would mean that mail goes to the outbox."""
    known = (*NAMES, STATE_NAME)
    if name.upper().startswith(_OURS) and name not in known:
        from difflib import get_close_matches

        near = get_close_matches(name.upper(), known, n=1)
        meant = f"Did you mean {near[0]}? " if near else ""
        raise SettingsError(
            f"There is no setting {name}.", place=place, hint=f"{meant}{ENV_FILE}.example shows all names."
        )


def _reason(error: OSError | UnicodeDecodeError) -> str:
    return "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error.strerror)


def _security(found: _Values) -> Security:
    text = found.get("SMTP_SECURITY").casefold()
    try:
        return Security(text or Security.STARTTLS)
    except ValueError:
        raise found.wrong(
            "SMTP_SECURITY",
            f"SMTP_SECURITY is {text!r}.",
            "Use starttls (usually port 587), tls (usually port 465), or none for a server on this machine.",
        ) from None


def _port(found: _Values, security: Security) -> int:
    text = found.get("SMTP_PORT")
    if not text:
        return _DEFAULT_PORTS[security]
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise found.wrong("SMTP_PORT", f"SMTP_PORT is {text!r}.", "Use a number, for example 587.")
    return int(text)


def _token_command(found: _Values) -> str:
    text = found.get("SMTP_TOKEN_COMMAND")
    if not text:
        return text
    import shlex

    try:
        shlex.split(text)
    except ValueError:
        raise found.wrong(
            "SMTP_TOKEN_COMMAND",
            "SMTP_TOKEN_COMMAND has a quote that does not close.",
            "Write the program and its arguments as in a terminal, without | and >.",
        ) from None
    return text


def _timeout(found: _Values) -> float | None:
    text = found.get("SMTP_TIMEOUT_SECONDS")
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0
    if not 0 < seconds < 86_400:
        raise found.wrong(
            "SMTP_TIMEOUT_SECONDS", f"SMTP_TIMEOUT_SECONDS is {text!r}.", "Use seconds, such as 60."
        )
    return seconds


def _path(found: _Values, name: str, root: Path) -> Path:
    """Read a path: from the workspace if it is relative, "~" being someone's home."""
    text = found.get(name)
    try:
        return root / Path(text).expanduser()
    except RuntimeError:
        raise found.wrong(
            name,
            f"{name} names {text}, and there is no such home folder.",
            "Write the whole path, from / or from a drive's letter.",
        ) from None


def _ca_file(found: _Values, root: Path) -> str | None:
    text = found.get("SMTP_CA_FILE")
    if not text:
        return None
    path = _path(found, "SMTP_CA_FILE", root)
    if not path.is_file():
        raise found.wrong(
            "SMTP_CA_FILE",
            f"SMTP_CA_FILE names {text}, which does not exist.",
            "Correct the path, or remove the line to trust the system's certificates.",
        )
    return str(path)
