"""The journal's tables, and its rows as values.

    ("ann@example.org", 1, 7, "ann@example.org\\x1fAnn", …) <-> Delivery(Entered("ann@example.org", …), …)

Pure. Only `records.py` and `journal.py` ask. No RETURNING and no STRICT: some systems that run Python 3.11 have
SQLite 3.34.
"""

import json
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import groupby, repeat
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from isa_mail.model.mail import Delivery, State
from isa_mail.model.people import UNIT_SEPARATOR, Entered, ListHeader
from isa_mail.model.publication import Fingerprint
from isa_mail.store.database import FileKind

if TYPE_CHECKING:
    import sqlite3

SCHEMA = """CREATE TABLE builds (               -- never deleted: rows still point at old ones
    id INTEGER PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    date TEXT NOT NULL,                 -- of the Date header, with its zone: a retry has the same bytes
    UNIQUE (fingerprint, date)
);
CREATE TABLE dispatches (               -- one edition over one transport
    id INTEGER PRIMARY KEY,
    edition TEXT NOT NULL,
    transport TEXT NOT NULL,
    build INTEGER NOT NULL REFERENCES builds (id), -- that open rows will get
    started_at TEXT,                    -- UTC; the first claim; NULL: nothing was in hand yet
    last_at TEXT,                       -- UTC; the last claim or outcome
    flight TEXT NOT NULL DEFAULT '',    -- the name of the last run's flight log, which begins with the boot id
    UNIQUE (edition, transport)
);
CREATE TABLE letters (                  -- never deleted, as builds are
    fingerprint TEXT NOT NULL,
    language TEXT NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (fingerprint, language)
);
CREATE TABLE inputs (                   -- what a build was made from, to name the files that changed
    fingerprint TEXT NOT NULL,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    PRIMARY KEY (fingerprint, name)
) WITHOUT ROWID;
CREATE TABLE headers (                  -- what the cells of rows stand for
    id INTEGER PRIMARY KEY,
    header TEXT NOT NULL UNIQUE         -- JSON
);
CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY,             -- also the order of the lists
    dispatch INTEGER NOT NULL REFERENCES dispatches (id),
    key TEXT NOT NULL,                  -- the address in lower case; of someone erased, the keyed hash of it
    header INTEGER REFERENCES headers (id), -- NULL once erased
    line INTEGER,
    cells TEXT NOT NULL,                -- '' once erased: no more than state, code and time is kept
    recipient_language TEXT,
    language TEXT NOT NULL,             -- of the letter
    state TEXT NOT NULL,
    past TEXT NOT NULL DEFAULT '',      -- '', 'failed' or 'unknown': see journal.py
    build INTEGER NOT NULL REFERENCES builds (id), -- of the last claim; before, what was current when the row was made
    reply TEXT NOT NULL DEFAULT '',
    at TEXT,                            -- UTC; when the state was entered
    attempts INTEGER NOT NULL DEFAULT 0 -- hand-overs that were answered, or broke off
);
CREATE TABLE departures (               -- mails that left and were not accepted: providers count these, too
    dispatch INTEGER NOT NULL REFERENCES dispatches (id),
    at TEXT NOT NULL                    -- UTC; of the outcome
);
CREATE UNIQUE INDEX deliveries_by_key ON deliveries (dispatch, key);
CREATE INDEX deliveries_deferred ON deliveries (dispatch, at) WHERE state = 'deferred'"""

_FROM_1_TO_2 = """ALTER TABLE dispatches ADD COLUMN last_at TEXT;
ALTER TABLE dispatches ADD COLUMN flight TEXT NOT NULL DEFAULT '';
UPDATE dispatches SET last_at = (SELECT max(at) FROM deliveries WHERE dispatch = dispatches.id);
CREATE INDEX deliveries_deferred ON deliveries (dispatch, at) WHERE state = 'deferred'"""

_FROM_2_TO_3 = """CREATE TABLE departures (dispatch INTEGER NOT NULL REFERENCES dispatches (id), at TEXT NOT NULL);
INSERT INTO departures SELECT dispatch, at FROM deliveries
    WHERE attempts > 0 AND at NOT NULL AND state NOT IN ('sent', 'written')"""

_FROM_3_TO_4 = """CREATE TABLE builds (id INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL, date TEXT NOT NULL,
    UNIQUE (fingerprint, date));
INSERT INTO builds (fingerprint, date) SELECT fingerprint, date FROM dispatches
    UNION SELECT coalesce(v.fingerprint, d.fingerprint), coalesce(v.date, d.date)
    FROM deliveries v JOIN dispatches d ON d.id = v.dispatch;
CREATE TABLE headers (id INTEGER PRIMARY KEY, header TEXT NOT NULL UNIQUE);
INSERT INTO headers (header) SELECT DISTINCT header_of(file, fields) FROM deliveries WHERE address != '';
CREATE TABLE new_deliveries (id INTEGER PRIMARY KEY, dispatch INTEGER NOT NULL REFERENCES dispatches (id),
    key TEXT NOT NULL, header INTEGER REFERENCES headers (id), line INTEGER, cells TEXT NOT NULL,
    recipient_language TEXT, language TEXT NOT NULL, state TEXT NOT NULL, past TEXT NOT NULL DEFAULT '',
    build INTEGER NOT NULL REFERENCES builds (id), reply TEXT NOT NULL DEFAULT '', at TEXT,
    attempts INTEGER NOT NULL DEFAULT 0);
INSERT INTO new_deliveries SELECT v.id, v.dispatch, v.key, h.id, v.line,
    CASE WHEN v.address = '' THEN '' ELSE cells_of(v.address, v.name, v.fields) END,
    v.recipient_language, v.language, v.state, v.past, b.id, v.reply, v.at, v.attempts
    FROM deliveries v JOIN dispatches d ON d.id = v.dispatch
    JOIN builds b ON b.fingerprint = coalesce(v.fingerprint, d.fingerprint) AND b.date = coalesce(v.date, d.date)
    LEFT JOIN headers h ON v.address != '' AND h.header = header_of(v.file, v.fields) ORDER BY v.id;
CREATE TABLE new_dispatches (id INTEGER PRIMARY KEY, edition TEXT NOT NULL, transport TEXT NOT NULL,
    build INTEGER NOT NULL REFERENCES builds (id), started_at TEXT, last_at TEXT, flight TEXT NOT NULL DEFAULT '',
    UNIQUE (edition, transport));
INSERT INTO new_dispatches SELECT d.id, d.edition, d.transport, b.id, d.started_at, d.last_at, d.flight
    FROM dispatches d JOIN builds b ON b.fingerprint = d.fingerprint AND b.date = d.date;
SELECT none_is_lost((SELECT count(*) FROM deliveries), (SELECT count(*) FROM new_deliveries));
DROP TABLE deliveries;
DROP TABLE dispatches;
ALTER TABLE new_dispatches RENAME TO dispatches;
ALTER TABLE new_deliveries RENAME TO deliveries;
CREATE UNIQUE INDEX deliveries_by_key ON deliveries (dispatch, key);
CREATE INDEX deliveries_deferred ON deliveries (dispatch, at) WHERE state = 'deferred'"""


def _prepare(connection: "sqlite3.Connection") -> None:
    """Give a connection the functions that `_FROM_3_TO_4` calls: until then, people stood there in JSON."""

    def header_of(file: str, fields: str) -> str:
        names = tuple({"address": "", **json.loads(fields)})
        return header_text(
            ListHeader(file, tuple(zip(names, range(len(names)), strict=True)), len(names), None)
        )

    def cells_of(address: str, name: str, fields: str) -> str:
        values = {"address": "", **json.loads(fields)} | {"address": address}
        return UNIT_SEPARATOR.join([value.replace(UNIT_SEPARATOR, " ") for value in (*values.values(), name)])

    def none_is_lost(before: int, after: int) -> None:
        if before != after:
            raise ValueError("rows of no dispatch")

    connection.create_function("header_of", 2, header_of)
    connection.create_function("none_is_lost", 2, none_is_lost)
    connection.create_function("cells_of", 3, cells_of)


JOURNAL = FileKind(
    noun="journal",
    application_id=int.from_bytes(b"ISAJ"),
    version=4,
    schema=SCHEMA,
    write_ahead=True,
    keep_hint="Do not delete it: it knows who has got which edition, and without it people get mails twice. Restore "
    "the folder .isa-mail from a backup, or ask whoever looks after this machine.",
    upgrades=(_FROM_1_TO_2, _FROM_2_TO_3, _FROM_3_TO_4),
    prepare=_prepare,
)

_CODE = re.compile(r"[245]\d\d\b(?: [245]\.\d{1,3}\.\d{1,3}\b)?")
_STATES = {state.value: state for state in State}
_CLAIMED, _PAST = State.CLAIMED, (State.FAILED, State.UNKNOWN)
# Named tuples from tuples of their values, without a call of Python for each: a queue may have a million rows.
_entered, _delivery = partial(tuple.__new__, Entered), partial(tuple.__new__, Delivery)


def deliveries(
    rows: Sequence[Sequence[Any]],
    header_of: Callable[[int], ListHeader],
    build_of: Callable[[int], tuple[Fingerprint, datetime]],
) -> list[Delivery]:
    """Make Deliveries of statements.DELIVERY_COLUMNS, and whatever follows: column by column, a third of the work.

    `header_of` and `build_of` return what stands under a number; they are asked for every row.
    Raises ValueError, TypeError, LookupError or AttributeError if no journal of ours wrote one of the rows.
    """
    if not rows:
        return []
    (
        ids,
        keys,
        numbers,
        lines,
        cells,
        own_languages,
        languages,
        states,
        numbers_of_builds,
        replies,
        times,
        attempts,
        *_,
    ) = zip(*rows, strict=True)
    known = [None if number is None else header_of(number) for number in numbers]
    for header, group in groupby(zip(known, keys, cells, strict=True), key=itemgetter(0)):
        _, group_keys, group_cells = zip(*group, strict=True)
        if header is None and any(group_cells):
            raise ValueError("cells of no list")
        if header and [address.lower() for address in header.addresses(group_cells)] != list(group_keys):
            raise ValueError("an address under another key")
    builds = [build_of(number) for number in numbers_of_builds]
    return list(
        map(
            _delivery,
            zip(
                map(_entered, zip(ids, keys, known, lines, cells, own_languages, strict=True)),
                languages,
                [_STATES[state] for state in states],
                [fingerprint for fingerprint, _ in builds],
                [date for _, date in builds],
                replies,
                [at and datetime.fromisoformat(at) for at in times],
                attempts,
                repeat(False),
                strict=False,
            ),
        )
    )


def header_text(header: ListHeader) -> str:
    """Write what the cells of rows stand for; the same for equal headers."""
    return json.dumps(header, ensure_ascii=False)


def header_from(text: str) -> ListHeader:
    """Read what `header_text` has written. Raises ValueError or TypeError for anything else."""
    file, fields, name, language = json.loads(text)
    header = ListHeader(file, tuple((str(field), int(cell)) for field, cell in fields), int(name), language)
    if not {*(cell for _, cell in header.fields), language or 0} <= set(range(header.name + 1)):
        raise ValueError("a cell that the list does not have")
    return header


def outcome_values(row: Delivery, at: str) -> tuple[Any, ...]:
    """Make the values that an outcome changes: state, reply, time (`at`, in UTC), attempts, past.

    Raises ValueError for a claim: a bug of the caller.
    """
    if row.state is _CLAIMED:
        raise ValueError("a claim is no outcome")
    state = str(row.state)
    return state, row.reply, at, row.attempts, state if row.state in _PAST else ""


def reply_code(reply: str) -> str:
    """Return of a reply what names nobody: "550 5.1.1". Servers repeat the address in the text."""
    found = _CODE.match(reply)
    return found[0] if found else ""


def utc(at: datetime) -> str:
    """Write an aware time in UTC, so that texts sort like times."""
    return zoned(at.astimezone(UTC) if at.tzinfo else at)


def zoned(at: datetime) -> str:
    """Write an aware time with its own zone. Raises ValueError if it has none: a bug of the caller."""
    if at.tzinfo is None:
        raise ValueError("a time without a zone")
    return at.isoformat(timespec="microseconds")
