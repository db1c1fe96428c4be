"""Errors for the people who use isa-mail: what happened, where, and what to do next.

Everything that a person can cause or mend is an `IsaMailError`; anything else that is raised is a bug and
keeps its traceback. The hint is a required argument, so that no error can be written without one.

Pure. `cli/` turns these into words and an exit status; nothing else catches them to print.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # every command loads this page, and the nouns take as long to load as Click does
    from isa_mail.model.findings import Place


class IsaMailError(Exception):
    """Base of all expected errors: one sentence, the place it is about, the next step."""

    def __init__(self, message: str, *, hint: str, place: "Place | None" = None) -> None:
        """`message` and `hint` are full sentences for staff; neither ever holds a password."""
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.place = place


class Several(IsaMailError):
    """Several errors found in one go, so that staff mend them all before the next try."""

    def __init__(self, errors: Sequence[IsaMailError]) -> None:
        """`errors` holds at least one error, in the order in which they are to be shown."""
        super().__init__(errors[0].message, hint=errors[0].hint, place=errors[0].place)
        self.errors = tuple(errors)


class ContentError(IsaMailError):
    """A section, an edition or one of its pictures cannot be used as it is."""


class PictureError(ContentError):
    """A picture is missing, or is none that can be shown."""


class SettingsError(IsaMailError):
    """isa-mail.toml, .env or the environment says something that cannot be meant."""


class AddressError(IsaMailError):
    """A text is not an e-mail address that can be written to."""

    def __init__(self, message: str, *, hint: str, reason: str = "", place: "Place | None" = None) -> None:
        """`reason` is the sentence for where the text stands beside it; by default the message."""
        super().__init__(message, hint=hint, place=place)
        self.reason = reason or message


class ListError(IsaMailError):
    """A recipient list cannot be read at all (a single bad row is a `RefusedRow`, not an error)."""


class MergeError(IsaMailError):
    """A merge field has neither a value nor a fallback for some recipient."""


class BuildError(IsaMailError):
    """There is no build, or it is older than what it was made from."""


class SendRefused(IsaMailError):
    """A safety rule of `send` says no; nothing was sent."""


class StoreError(IsaMailError):
    """The journal or the suppressions cannot be read or written: stop before the next mail."""


class Busy(IsaMailError):
    """Another `send` is running: of the same edition, or of any at a set pace; exit status 4."""


class TransportError(IsaMailError):
    """The mail server cannot be reached, is not trusted, or refuses the login: no verdict on anyone."""


class PreviewError(IsaMailError):
    """The preview cannot be served, e.g. because its port is taken."""
