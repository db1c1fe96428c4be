"""The outbox: what `send` writes while no mail server is configured, one file a message.

    Message("<2019-10.3f2a@newsletter.example.org>", …) -> outbox/2019-10/new/2019-10.3f2a@….eml -> Reply(250, …)

Edge: the disk. A Maildir, so that mail programs open it; the files end in .eml, so that a double click does, too.
The file name comes from the Message-ID alone: the same message written again replaces itself.

Source: https://cr.yp.to/proto/maildir.html (tmp, new, cur; a name must hold neither "/" nor ":").
"""

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from isa_mail.delivery.transport import RunJournal
from isa_mail.errors import TransportError
from isa_mail.model.mail import Delivery, Message, Reply, State

_LONGEST_NAME = 80  # characters of the Message-ID that are kept for people; Windows counts the whole path
_TO = rb"(?m)^To:((?:[^\r]|\r\n )+)\r\n"
_LARGEST_HEAD = 16_384  # octets; the To line is among the first
_UNFIT = r"[^A-Za-z0-9@+=_.-]"


class Outbox:
    """A Maildir that messages are written to."""

    def __init__(self, directory: Path) -> None:
        """`directory` is made, mode 0700, at the first message: a dry run leaves no trace."""
        self._directory = directory

    def hand_over(self, message: Message) -> Reply:
        """Write one message; when this returns it is there to stay, also after a power cut.

        Raises TransportError if the disk says no; what is in `new/` is whole all the same.
        """
        name = _file_name(message.message_id)
        draft, final = self._directory / "tmp" / name, self._directory / "new" / name
        try:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            for folder in ("tmp", "new", "cur"):
                (self._directory / folder).mkdir(mode=0o700, exist_ok=True)
            _write(draft, b"".join(message.content))
            draft.replace(final)
            _keep_names(final.parent)
        except OSError as error:
            raise TransportError(
                f"The message could not be written to {self._directory}: {error.strerror or error}.",
                hint="Check that the disk has room and that you may write there, then run the same command again.",
            ) from error
        return Reply(250, None, f"written to {final.name}")

    def clear(self) -> None:
        """Take away the messages that lie there, also those that a mail program has marked as read; nothing else.

        Raises TransportError if the disk says no.
        """
        try:
            for folder in ("tmp", "new", "cur"):
                for path in (self._directory / folder).glob("*-*.eml*"):
                    path.unlink(missing_ok=True)
        except OSError as error:
            raise TransportError(
                f"The messages of an earlier rehearsal in {self._directory} cannot be replaced: {error.strerror}.",
                hint="Close programs that have them open, then run the same command again.",
            ) from error

    def close(self) -> None:
        """Do nothing: every message is on disk already."""


def write_all(
    rows: Iterable[Delivery],
    *,
    outbox: Outbox,
    journal: RunJournal,
    merge: Callable[[Sequence[Delivery]], Sequence[Message]],
    is_suppressed: Callable[[str], bool],
    now: Callable[[], datetime],
    stopping: Callable[[], bool],
) -> Iterator[Delivery]:
    """Write the message of every row, one after the other, each claimed before it; yield what is on disk.

    The counterpart of `run.deliver` where there is no server, with the same promises. Raises TransportError and
    StoreError; however it ends, by closing this iterator as well, what is known is stored.
    """
    known: list[Delivery] = []  # not on disk yet
    try:
        for row in rows:
            if stopping():
                break
            if is_suppressed(row.key):
                known.append(row._replace(state=State.SUPPRESSED, reply="", at=now()))
                continue
            (message,) = merge([row])
            journal.claim((row.key,), now(), known)
            stored, known = known, [row]  # as it was, should nothing come of it
            yield from stored
            reply = outbox.hand_over(message)
            known = [row._replace(state=State.WRITTEN, reply=str(reply), at=now(), attempts=row.attempts + 1)]
    finally:
        if known:
            journal.record(known, now())
    yield from known


def mails_to(directory: Path, key: str) -> Iterator[Path]:
    """Find the mails to one person in an outbox, also those that a mail program has moved to cur/."""
    for path in sorted(directory.glob("*/*")):
        if path.is_file():
            with path.open("rb") as file:
                head = file.read(_LARGEST_HEAD)
            to = re.search(_TO, head)
            if to and to[1].split()[-1].strip(b"<>").decode("utf-8", "replace").lower() == key:
                yield path


def _write(path: Path, data: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _keep_names(folder: Path) -> None:
    """Bring a rename to the disk; Windows does it by itself and opens no folders."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _file_name(message_id: str) -> str:
    """Make a name that every file system takes; the digits keep two names apart that differ by case only."""
    digits = hashlib.sha256(message_id.encode()).hexdigest()[:12]
    readable = re.sub(_UNFIT, "_", message_id.strip("<>"))[:_LONGEST_NAME].strip(".")
    return f"{readable}-{digits}.eml"
