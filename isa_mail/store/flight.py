r"""The flight log: which mails left and which were answered, line by line, between two commits of the journal.

    departs anna@example.org                  "S anna@example.org\n"      before the final dot is sent
    arrived anna@example.org                  "A anna@example.org sent 2026-09-01T08:00:00+00:00 250 Ok\n"
    returns anna@example.org                  "R anna@example.org\n"      the line broke, nothing was taken

Edge: one file beside the journal. What is noted in a round of the run, a few lines, is written with one system call
before the round's mails leave, and survives the death of the process without a sync; so after a kill exactly those are
in doubt that have an S and nothing after it. It says nothing about a power cut: the log counts only on the boot that
wrote it, and only whole. To be seen as whole, and to have room for the answers when the disk is full, the file is
filled with zeros ahead, and its first line says how long it is.
"""

import errno
import os
import re
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import NamedTuple, Self

from isa_mail.errors import StoreError
from isa_mail.model.findings import Place
from isa_mail.model.mail import Delivery, State
from isa_mail.store.statements import WHEN_TRIED_AGAIN

STOPPED = "isa-mail was stopped while this message was in hand; nobody saw the server's answer"

_MAGIC = "isa-mail flight log 1"
_CHUNK = 1 << 18  # octets that are filled ahead at a time
_RESERVE = 1 << 16  # octets that are kept for the lines of a round and the answers after it, several hundred
_LONGEST_HEAD = 4096  # octets
_LINES = 500  # read at a time
_LONGEST_REPLY = 500  # characters; the journal keeps all of it
_CONTROLS = r"[\x00-\x1f]+"
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class Landing(NamedTuple):
    """What the log knows of a mail that left and was answered."""

    state: State
    reply: str
    at: datetime


def boot_id() -> str:
    """Say which start of this computer this is; "" where nobody can tell."""
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return ""


class FlightLog:
    """The log of one run; a new one takes the place of the last."""

    def __init__(self, handle: int, path: Path, name: str) -> None:
        """Use `FlightLog.begin`."""
        self._handle = handle
        self._path = path
        self._name = name
        self._size = 0  # of the file
        self._used = 0  # of it, by what was written
        self._noted: list[str] = []
        self._said_at: tuple[datetime | None, str] = (None, "")  # many answers come at one moment

    @classmethod
    def begin(cls, path: Path, name: str) -> Self:
        """Begin an empty log; `name` is that of the run, which the journal knows, too. Raises StoreError."""
        try:
            flags = os.O_RDWR | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
            log = cls(os.open(path, flags, 0o600), path, name)
            log._grow()
        except OSError as error:
            raise _refusal(path, error) from error
        return log

    def departs(self, key: str) -> None:
        """Note that a mail is about to leave: once `write` has returned. Raises StoreError: then it must not."""
        if self._used + _RESERVE > self._size:
            try:
                self._grow()
            except OSError as error:
                raise _refusal(self._path, error) from error
        self._noted.append(f"S {key}\n")

    def arrived(self, outcome: Delivery) -> None:
        """Note what became of it."""
        if outcome.at is not self._said_at[0]:
            self._said_at = (outcome.at, outcome.at.isoformat() if outcome.at else "")
        reply = outcome.reply[:_LONGEST_REPLY]
        reply = reply if reply.isprintable() else re.sub(_CONTROLS, " ", reply)
        self._noted.append(f"A {outcome.entered.key} {outcome.state} {self._said_at[1]} {reply}\n")

    def returns(self, key: str) -> None:
        """Note that nothing of it was taken."""
        self._noted.append(f"R {key}\n")

    def write(self) -> None:
        """Write all that was noted since the last time, in one call. Raises StoreError: it may be tried again."""
        if not self._noted:
            return
        octets = "".join(self._noted).encode("utf-8", "replace")
        try:
            while self._used + len(octets) > self._size:  # a round of very many sessions
                self._grow()
            os.lseek(self._handle, self._used, os.SEEK_SET)
            if os.write(self._handle, octets) < len(octets):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError as error:
            raise _refusal(self._path, error) from error
        self._used += len(octets)
        self._noted.clear()

    def close(self) -> None:
        """Close the file; closing twice does no harm."""
        handle, self._handle = self._handle, -1
        if handle >= 0:
            os.close(handle)

    def _grow(self) -> None:
        """Fill the next stretch with zeros, then say in the first line that it is there."""
        size = self._size + _CHUNK
        os.lseek(self._handle, self._size, os.SEEK_SET)
        self._put(bytes(_CHUNK))
        head = f"{_MAGIC} {size:015} {self._name}\n".encode()
        os.lseek(self._handle, 0, os.SEEK_SET)
        self._put(head)
        self._size, self._used = size, self._used or len(head)

    def _put(self, octets: bytes) -> None:
        """Write all of it: a disk that is nearly full takes a part without a word, and refuses the rest."""
        while octets:
            octets = octets[os.write(self._handle, octets) :]


def read_flights(
    path: Path, name: str, open_among: Callable[[Sequence[str]], Container[str]]
) -> Mapping[str, Landing | None] | None:
    """Read the log of the run with this name: a landing for each mail that left, None if it was never answered.

    Only of those whom `open_among` finds open or claimed in the journal: a log may tell of a million people, and the
    journal knows nearly all of them already. None for the whole if it cannot be trusted: missing, cut, of another run,
    or of another start of the computer.
    """
    if not name or not boot_id() or not name.startswith(boot_id()):
        return None
    flights: dict[str, Landing | None] = {}
    rest = b""  # what follows the last line: zeros, if the log is whole
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if file.readline(_LONGEST_HEAD) != f"{_MAGIC} {size:015} {name}\n".encode():
                return None
            while octets := list(islice(file, _LINES)):
                if not octets[-1].endswith(b"\n"):
                    rest = octets.pop()
                lines = [line[:-1].decode("utf-8", "replace").split(" ", 2) for line in octets]
                _follow(flights, lines, open_among([line[1] for line in lines]))
    except (OSError, ValueError, KeyError, IndexError):
        return None
    return flights if rest and not rest.strip(b"\0") else None


def _follow(
    flights: dict[str, Landing | None], lines: Iterable[Sequence[str]], wanted: Container[str]
) -> None:
    """Take in what some lines say of those who are wanted. Raises an error for a line that none of ours is."""
    for kind, key, *more in lines:
        if kind not in ("S", "A", "R"):
            raise ValueError(f"a line that begins with {kind!r}")
        if key not in wanted:
            continue
        if kind == "S":
            flights[key] = None
        elif kind == "R":
            del flights[key]
        else:
            state, at, reply = more[0].split(" ", 2)
            flights[key] = Landing(State(state), reply, datetime.fromisoformat(at))


def departed_after(path: Path, name: str) -> bool:
    """Say whether mails left in a run that is later than the one with this name.

    Then the journal that knows only the earlier one is not the last that was written. A log that was begun when the
    disk had no room for more tells of no mail.
    """
    try:
        with path.open("rb") as file:
            head, first = file.readline(_LONGEST_HEAD), file.read(2)
    except OSError:
        return False
    begun = head.decode("utf-8", "replace").removeprefix(_MAGIC).split()[-1:]
    return head.startswith(_MAGIC.encode()) and first == b"S " and begun > name.split()[-1:]


def is_behind(row: Delivery, flights: Mapping[str, Landing | None]) -> bool:
    """Say whether an open row knows less than the flight log: then the journal has lost what was written last."""
    key = row.key
    if key not in flights or row.state not in (State.PENDING, State.DEFERRED):
        return False
    landing = flights[key]
    if row.state is State.PENDING:  # with attempts, a person may have asked for one more
        return row.attempts == 0
    return landing is None or landing.state is not State.DEFERRED


def behind(journal: Path, log: Path) -> StoreError:
    """Word the refusal to go on with a journal that knows less than the flight log."""
    return StoreError(
        f"The journal is older than {log.name} beside it: it has lost what was written last, and people whom it takes "
        "for open may have got the mail.",
        place=Place(str(journal)),
        hint=f"Bring back {journal.name}-wal if somebody took it away, or the newest copy of the whole folder. Only if "
        f"you know from the mail server who got it: delete {log.name}; then the journal is believed as it is.",
    )


def as_it_stands(row: Delivery, past: State | None, flights: Mapping[str, Landing | None] | None) -> Delivery:
    """Say what a row is while no run is: a claimed one as the log says, and unknown where it cannot be trusted.

    `past`: unknown or failed, if an earlier hand-over ended so. A person asked for one more; if that came to
    nothing, or was put off, the row is what it was, and has to be asked for again.
    """
    was_put_off = row.state is State.DEFERRED
    if row.state is State.CLAIMED:
        row = _after_the_end(row, flights)
        was_put_off = row.left and row.state is State.DEFERRED
    if past is None or row.state not in (State.PENDING, State.DEFERRED):
        return row
    return row._replace(state=past, reply=row.reply + WHEN_TRIED_AGAIN if was_put_off else row.reply)


def _after_the_end(row: Delivery, flights: Mapping[str, Landing | None] | None) -> Delivery:
    key = row.key
    if flights is not None and key not in flights:
        return row._replace(state=State.DEFERRED if row.attempts else State.PENDING)
    landing = flights.get(key) if flights is not None else None
    if landing is None:
        return row._replace(state=State.UNKNOWN, reply=STOPPED, attempts=row.attempts + 1, left=True)
    return row._replace(
        state=landing.state, reply=landing.reply, at=landing.at, attempts=row.attempts + 1, left=True
    )


def flight_logs(folder: Path) -> tuple[Path, ...]:
    """Name all logs beside a journal."""
    return tuple(sorted(folder.glob("*.flights")))


def _refusal(path: Path, error: OSError) -> StoreError:
    return StoreError(
        f"The flight log beside the journal cannot be written: {error.strerror or error}.",
        place=Place(str(path)),
        hint="Make room on the disk and see that you may write there, then run the same command again; it goes on "
        "where it stopped.",
    )
