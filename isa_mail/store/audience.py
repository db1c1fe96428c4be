"""Stage the people of one run: a million rows of lists, one person a key, in a few megabytes of memory.

    stage(rows of all lists), settle()  ->  people, in list order, each with the further rows of the same person
    suppress(keys), note_states(...)    ->  counts and pages by (state in the journal, suppressed)

Edge: a private SQLite database without a name, which SQLite keeps in memory while it is small and else in a file of the
system's folder for temporary files. Nobody else can open that file, and it is gone when the database is closed or the
process ends, however it ends: staging leaves nothing behind. What is to stay is written by `journal.py`.

Duplicates are found by sorting, after the last row: to look each of a million shuffled addresses up in an index that
does not fit into memory takes three times as long.

Sources: sqlite.org/inmemorydb.html (temporary databases), sqlite.org/tempfiles.html.
"""

import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, NamedTuple, Self, TypeAlias

from isa_mail.model.findings import Place
from isa_mail.model.mail import State
from isa_mail.model.people import RefusedRow, StagedRow
from isa_mail.store.database import FileKind, explained

_SCHEMA = """CREATE TABLE people (
    id INTEGER PRIMARY KEY,             -- also the order of the lists
    key TEXT NOT NULL,
    list INTEGER NOT NULL,
    line INTEGER,
    cells TEXT NOT NULL,
    language TEXT,                      -- as the list says; NULL: it does not
    role TEXT,                          -- 'first' of several rows, 'duplicate', 'left out'; NULL: the only row
    suppressed INTEGER NOT NULL DEFAULT 0,
    state TEXT                          -- in the journal; NULL: not there
);
CREATE TABLE duplicates (first INTEGER NOT NULL, id INTEGER NOT NULL);
CREATE TABLE refused (file TEXT NOT NULL, line INTEGER, text TEXT NOT NULL, reason TEXT NOT NULL);
CREATE TABLE states (key TEXT NOT NULL, state TEXT NOT NULL);
CREATE TABLE previous (key TEXT NOT NULL)"""

_SETTLE = """CREATE INDEX people_by_key ON people (key);
INSERT INTO duplicates SELECT first, p.id FROM
    (SELECT key AS doubled, min(id) AS first FROM people GROUP BY key HAVING count(*) > 1)
    JOIN people p ON p.key = doubled WHERE p.id != first;
UPDATE people SET role = 'duplicate' WHERE id IN (SELECT id FROM duplicates);
UPDATE people SET role = 'first' WHERE id IN (SELECT first FROM duplicates);
CREATE INDEX duplicates_by_first ON duplicates (first)"""

_PERSON = "coalesce(role, 'first') = 'first'"
_ROW = "key, list, line, cells, language"
_ADD = f"INSERT INTO people ({_ROW}) VALUES (?, ?, ?, ?, ?)"
_PAGE = 500  # rows read at a time; between pages the database is free for changes

_KIND = FileKind(
    noun="temporary file that the lists are read into",
    application_id=0,
    version=0,
    schema=_SCHEMA,
    write_ahead=False,
    keep_hint="Nothing was sent. Run the same command again; another folder for temporary files is set by TMPDIR.",
)


class Kind(NamedTuple):
    """What a run knows of a person beside the lists."""

    state: State | None  # in the journal; None: not there
    suppressed: bool


class Person(NamedTuple):
    """A person of the audience: the row that wins, and the further rows of the same person."""

    id: int
    row: StagedRow
    others: tuple[StagedRow, ...]


PersonsRow: TypeAlias = tuple[int, str | None, str, int, int | None, str, str | None]
"""The row that stands for a person: its number, "first" if there are others, and what a StagedRow has. A plain tuple,
as SQLite gives it: there may be a million."""


class Audience:
    """The people of one run; a context manager that lets go of them. Every method may raise StoreError."""

    def __init__(self) -> None:
        """Open an empty one."""
        import sqlite3

        self._connection = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._finalizer = weakref.finalize(self, self._connection.close)
        with self._explained():
            for pragma in ("cache_size = -4000", "journal_mode = OFF", "synchronous = OFF"):
                self._connection.execute(f"PRAGMA {pragma}")
            self._script(_SCHEMA)
            self._connection.execute("BEGIN")  # never committed: nothing is to stay

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of everything; closing twice does no harm."""
        self._finalizer()

    # --- reading the lists ---

    def stage(self, rows: Iterable[StagedRow]) -> None:
        """Take rows in the order of the lists."""
        with self._explained():
            self._connection.executemany(_ADD, rows)

    def refuse(self, rows: Iterable[RefusedRow]) -> None:
        """Keep refused rows, to be named."""
        values = ((row.place.file, row.place.line, row.text, row.reason) for row in rows)
        with self._explained():
            self._connection.executemany("INSERT INTO refused VALUES (?, ?, ?, ?)", values)

    def settle(self) -> None:
        """After the last row: of all rows of a person, the first one stands."""
        with self._explained():
            self._script(_SETTLE)

    def add(self, row: StagedRow) -> bool:
        """After `settle`: add one more person; say whether it is one."""
        with self._explained():
            if self._one("SELECT count(*) FROM people WHERE key = ?", row.key):
                return False
            self._connection.execute(_ADD, row)
            return True

    def leave_out(self, identities: Iterable[int]) -> None:
        """Leave people out of this run, who stay on the lists."""
        with self._explained():
            rows = ((identity,) for identity in identities)
            self._connection.executemany("UPDATE people SET role = 'left out' WHERE id = ?", rows)

    # --- what is known of them ---

    def suppress(self, keys: Iterable[str]) -> None:
        """Mark those who left."""
        with self._explained():
            rows = ((key,) for key in keys)
            self._connection.executemany("UPDATE people SET suppressed = 1 WHERE key = ?", rows)

    def note_states(self, states: Iterable[tuple[str, State]]) -> None:
        """Note what the journal says of each key."""
        with self._explained():
            self._connection.executemany("INSERT INTO states VALUES (?, ?)", states)
            self._script(
                "CREATE INDEX states_by_key ON states (key);\n"
                "UPDATE people SET state = states.state FROM states WHERE states.key = people.key"
            )

    def note_previous(self, keys: Iterable[str]) -> None:
        """Note who was to get the edition before this one."""
        with self._explained():
            self._connection.executemany("INSERT INTO previous VALUES (?)", ((key,) for key in keys))
            self._script("CREATE INDEX previous_by_key ON previous (key)")

    # --- who they are ---

    def counts(self) -> Mapping[Kind, int]:
        """Count the people by what is known of them."""
        rows = self._read(f"SELECT state, suppressed, count(*) FROM people WHERE {_PERSON} GROUP BY 1, 2")
        return {Kind(State(state) if state else None, bool(left)): number for state, left, number in rows}

    def pages(self, kinds: Iterable[Kind], holding: str = "") -> Iterator[list[PersonsRow]]:
        """Yield the rows that stand for the people of some kinds in list order, some at a time.

        Changing them in between is allowed.

        With `holding`, only rows in which that stands, or which are one of several; before and after each cell there
        is a UNIT_SEPARATOR.
        """
        wanted = [(kind.state, int(kind.suppressed)) for kind in kinds]
        where = " OR ".join("(state IS ? AND suppressed = ?)" for _ in wanted) or "0"
        if holding:
            where = f"({where}) AND (role = 'first' OR instr(char(31) || cells || char(31), ?))"
        query = (
            f"SELECT id, role, {_ROW} FROM people WHERE id > ? AND {_PERSON} AND ({where}) "
            f"ORDER BY id LIMIT {_PAGE}"
        )
        values = [*(value for pair in wanted for value in pair), *([holding] if holding else ())]
        last, more = 0, True
        while more:
            rows = self._read(query, last, *values)
            yield rows
            last = rows[-1][0] if rows else last
            more = len(rows) == _PAGE

    def others(self, first: int) -> tuple[StagedRow, ...]:
        """Return the further rows of a person of several rows, by the number of the one that stands for them."""
        query = (
            f"SELECT {_ROW} FROM people WHERE id IN (SELECT id FROM duplicates WHERE first = ?) ORDER BY id"
        )
        return tuple(StagedRow(*row) for row in self._read(query, first))

    def keys(self) -> Iterator[str]:
        """Yield the key of every row, in no order; nothing may be changed before the last one."""
        with self._explained():
            for (key,) in self._connection.execute("SELECT key FROM people"):
                yield key

    def search(self, words: Sequence[str], most: int) -> Iterator[tuple[Person, bool]]:
        """Yield the first `most` people in whose row all `words` stand, whatever their case; and whether each has left.

        SQLite folds the case of ASCII alone: where it cannot, any character will do, and Python looks again.
        """
        folded = [word.casefold() for word in words]
        patterns = [f"%{''.join(map(_loose, word))}%" for word in words]
        like = r" AND cells LIKE ? ESCAPE '\'" * len(patterns)
        query = (
            f"SELECT id, role, suppressed, {_ROW} FROM people WHERE id > ? AND {_PERSON}{like} "
            f"ORDER BY id LIMIT {_PAGE}"
        )
        last, more, found = 0, True, 0
        while more and found < most:
            rows = self._read(query, last, *patterns)
            for last, role, left, *row in rows:
                cells = row[3].casefold()
                if found < most and all(word in cells for word in folded):
                    found += 1
                    yield self._person(last, role, row), bool(left)
            more = len(rows) == _PAGE

    def find(self, key: str) -> tuple[Person, bool] | None:
        """After `settle`: return the person of this key, and whether they have left."""
        query = f"SELECT id, role, suppressed, {_ROW} FROM people WHERE key = ? AND {_PERSON}"
        for identity, role, left, *row in self._read(query, key):
            return self._person(identity, role, row), bool(left)
        return None

    def duplicates(self) -> Iterator[tuple[StagedRow, StagedRow]]:
        """Yield each row that is no person of its own, after the row that stands for it, in list order."""
        query = (
            "SELECT d.rowid, f.key, f.list, f.line, f.cells, f.language, p.key, p.list, p.line, p.cells, p.language "
            "FROM duplicates d JOIN people f ON f.id = d.first JOIN people p ON p.id = d.id "
            f"WHERE d.rowid > ? ORDER BY d.rowid LIMIT {_PAGE}"
        )
        for _, *row in self._pages(query):
            yield StagedRow(*row[:5]), StagedRow(*row[5:])

    def duplicates_by_list(self) -> Mapping[int, int]:
        """Count the rows that are no people of their own, by list."""
        query = "SELECT list, count(*) FROM people WHERE id IN (SELECT id FROM duplicates) GROUP BY list"
        return dict(self._read(query))

    def refused(self) -> Iterator[RefusedRow]:
        """Yield the refused rows in list order."""
        query = f"SELECT rowid, file, line, text, reason FROM refused WHERE rowid > ? ORDER BY rowid LIMIT {_PAGE}"
        for _, file, line, text, reason in self._pages(query):
            yield RefusedRow(Place(file, line), text, reason)

    # --- against the journal, and the edition before ---

    def gone(self, states: Iterable[State]) -> tuple[str, ...]:
        """Return the keys that the journal has in one of `states`, and no list any more."""
        marks = [state.value for state in states]
        query = (
            f"SELECT key FROM states WHERE state IN ({', '.join('?' for _ in marks)}) "
            "AND NOT EXISTS (SELECT 1 FROM people p WHERE p.key = states.key) ORDER BY rowid"
        )
        return tuple(key for (key,) in self._read(query, *marks))

    def new_keys(self) -> tuple[str, ...]:
        """Return who would get this edition, and was not to get the one before."""
        return self._keys(
            f"SELECT key FROM people WHERE {_PERSON} AND NOT suppressed "
            "AND NOT EXISTS (SELECT 1 FROM previous WHERE previous.key = people.key) ORDER BY id"
        )

    def lost_keys(self) -> tuple[str, ...]:
        """Return who was to get the edition before, and is not on the lists of this run."""
        return self._keys(
            "SELECT key FROM previous WHERE NOT EXISTS "
            f"(SELECT 1 FROM people WHERE people.key = previous.key AND {_PERSON}) ORDER BY rowid"
        )

    def newly_suppressed_keys(self) -> tuple[str, ...]:
        """Return who was to get the edition before, is on the lists still, and has left."""
        return self._keys(
            f"SELECT key FROM people WHERE {_PERSON} AND suppressed "
            "AND EXISTS (SELECT 1 FROM previous WHERE previous.key = people.key) ORDER BY id"
        )

    # --- inside ---

    def _person(self, identity: int, role: str | None, row: Sequence[Any]) -> Person:
        return Person(identity, StagedRow(*row), self.others(identity) if role == "first" else ())

    def _keys(self, query: str) -> tuple[str, ...]:
        return tuple(key for (key,) in self._read(query))

    def _pages(self, query: str) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query whose first column numbers them and whose first parameter is the last number."""
        last, more = 0, True
        while more:
            rows = self._read(query, last)
            for row in rows:
                last = row[0]
                yield row
            more = len(rows) == _PAGE

    def _read(self, query: str, *values: object) -> list[Any]:
        with self._explained():
            return self._connection.execute(query, values).fetchall()

    def _one(self, query: str, *values: object) -> Any:
        return self._connection.execute(query, values).fetchone()[0]

    def _script(self, statements: str) -> None:
        for statement in statements.split(";\n"):
            self._connection.execute(statement)

    def _explained(self) -> AbstractContextManager[None]:
        return explained(None, _KIND)


def _loose(char: str) -> str:
    """Write a character for LIKE: literally, or as any character where upper and lower case are beyond ASCII."""
    if char in r"\%_":
        return "\\" + char
    return char if char.isascii() or char.lower() == char.upper() else "_"
