"""Keep a second `send` of the same edition out, and at a set pace a send of another one.

    SendLock(".isa-mail/2026-09.lock") held here -> Busy there, at once; is_held(".isa-mail/2026-09.lock") -> True

Edge: an SQLite file of its own, held by BEGIN EXCLUSIVE. The operating system takes the lock back when the process
dies, however it dies, so that no left-over file ever has to be deleted by hand; and it works on Windows, too.
"""

import os
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from isa_mail.errors import Busy, StoreError
from isa_mail.model.findings import Place

if TYPE_CHECKING:
    import sqlite3


class SendLock:
    """A context manager: inside its block nobody else is in a block of the same path."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None

    def __enter__(self) -> Self:
        """Take the lock without waiting. Raises Busy if someone has it, StoreError if the file cannot be used."""
        import sqlite3

        connection = None
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
            connection = sqlite3.connect(self._path, timeout=0, isolation_level=None, check_same_thread=False)
            connection.execute("BEGIN EXCLUSIVE")
        except (sqlite3.Error, OSError) as error:
            if connection is not None:
                connection.close()
            raise self._refusal(error) from error
        self._connection = connection
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let the lock go. Its file stays: deleting it could let two in."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _refusal(self, error: Exception) -> Busy | StoreError:
        place = Place(str(self._path))
        if getattr(error, "sqlite_errorname", "").startswith("SQLITE_BUSY"):
            return Busy(
                "Another send of the same edition is running.",
                hint="Wait until it has finished, or stop it in its window with Ctrl-C; isa-mail status shows how far "
                "it is.",
            )
        return StoreError(
            f"The lock file of this edition cannot be used: {error}.",
            place=place,
            hint="See that its folder may be written to by you, and delete the lock file if no send is running.",
        )


def is_held(path: Path) -> bool:
    """Say whether somebody is in a block of this path, by trying. Raises StoreError if the file cannot be used."""
    if not path.exists():
        return False
    try:
        with SendLock(path):
            return False
    except Busy:
        return True
