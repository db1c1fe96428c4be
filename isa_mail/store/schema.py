"""The journal's tables, and its rows as values.

    ("ann@example.org", "Ann", "de", '{"first_name":"Ann"}', ...) <-> Delivery(Recipient("ann@example.org", ...), ...)

Pure. Only `journal.py` asks. No RETURNING and no STRICT: some systems that run Python 3.11 have SQLite 3.34.
"""

import json
import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from isa_mail.model.findings import Place
from isa_mail.model.mail import Delivery, State
from isa_mail.model.people import Recipient
from isa_mail.store.database import FileKind

SCHEMA = """CREATE TABLE dispatches (           -- one edition over one transport
    id INTEGER PRIMARY KEY,
    edition TEXT NOT NULL,
    transport TEXT NOT NULL,
    fingerprint TEXT NOT NULL,          -- of the build that open rows will get
    date TEXT NOT NULL,                 -- of the Date header, with its zone: a retry has the same bytes
    started_at TEXT,                    -- UTC; the first claim; NULL: nothing was in hand yet
    last_at TEXT,                       -- UTC; the last claim or outcome
    flight TEXT NOT NULL DEFAULT '',    -- the name of the last run's flight log, which begins with the boot id
    UNIQUE (edition, transport)
);
CREATE TABLE letters (                  -- never deleted: rows still point at old ones
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
CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY,             -- also the order of the lists
    dispatch INTEGER NOT NULL REFERENCES dispatches (id),
    key TEXT NOT NULL,                  -- the address in lower case; of someone erased, the keyed hash of it
    address TEXT NOT NULL,              -- '' once erased: no more than state, code and time is kept
    name TEXT NOT NULL,
    recipient_language TEXT,
    fields TEXT NOT NULL,               -- JSON
    file TEXT NOT NULL,
    line INTEGER,
    language TEXT NOT NULL,             -- of the letter
    state TEXT NOT NULL,
    past TEXT NOT NULL DEFAULT '',      -- '', 'failed' or 'unknown': see journal.py
    fingerprint TEXT,                   -- of the last claim; before the first, what was current when the row was made
    date TEXT,
    reply TEXT NOT NULL DEFAULT '',
    at TEXT,                            -- UTC; when the state was entered
    attempts INTEGER NOT NULL DEFAULT 0 -- hand-overs that were answered, or broke off
);
CREATE TABLE departures (               -- mails that left and were not accepted: providers count these, too
    dispatch INTEGER NOT NULL REFERENCES dispatches (id),
    at TEXT NOT NULL                    -- UTC; of the outcome
);
CREATE UNIQUE INDEX deliveries_by_key ON deliveries (dispatch, key);
CREATE INDEX deliveries_in_order ON deliveries (dispatch);
CREATE INDEX deliveries_deferred ON deliveries (dispatch, at) WHERE state = 'deferred'"""

_FROM_1_TO_2 = """ALTER TABLE dispatches ADD COLUMN last_at TEXT;
ALTER TABLE dispatches ADD COLUMN flight TEXT NOT NULL DEFAULT '';
UPDATE dispatches SET last_at = (SELECT max(at) FROM deliveries WHERE dispatch = dispatches.id);
CREATE INDEX deliveries_deferred ON deliveries (dispatch, at) WHERE state = 'deferred'"""

_FROM_2_TO_3 = """CREATE TABLE departures (dispatch INTEGER NOT NULL REFERENCES dispatches (id), at TEXT NOT NULL);
INSERT INTO departures SELECT dispatch, at FROM deliveries
    WHERE attempts > 0 AND at NOT NULL AND state NOT IN ('sent', 'written')"""

JOURNAL = FileKind(
    noun="journal",
    application_id=int.from_bytes(b"ISAJ"),
    version=3,
    schema=SCHEMA,
    write_ahead=True,
    keep_hint="Do not delete it: it knows who has got which edition, and without it people get mails twice. Restore "
    "the folder .isa-mail from a backup, or ask whoever looks after this machine.",
    upgrades=(_FROM_1_TO_2, _FROM_2_TO_3),
)

_CODE = re.compile(r"[245]\d\d\b(?: [245]\.\d{1,3}\.\d{1,3}\b)?")
_quoted = (
    json.encoder.encode_basestring
)  # what JSONEncoder(ensure_ascii=False) writes, without its preparations
_decode = json.JSONDecoder().raw_decode
_date = lru_cache(maxsize=16)(datetime.fromisoformat)  # of a dispatch: nearly all rows have the same
_STATES = {state.value: state for state in State}


def delivery(row: tuple[Any, ...]) -> Delivery:
    """Make a Delivery from statements.DELIVERY_COLUMNS.

    Raises ValueError, TypeError or KeyError if no journal of ours wrote the row.
    """
    (
        key,
        address,
        name,
        recipient_language,
        fields,
        file,
        line,
        language,
        state,
        fingerprint,
        date,
        reply,
        at,
        attempts,
    ) = row
    if address and address.lower() != key:  # without an address: someone erased
        raise ValueError(f"{address} under the key {key}")
    return Delivery(
        Recipient(address, name, recipient_language, _decode(fields)[0], Place(file, line)),
        language,
        _STATES[state],
        fingerprint,
        _date(date),
        reply,
        datetime.fromisoformat(at) if at else None,
        attempts,
    )


def staged_row(dispatch: tuple[int, str, str], recipient: Recipient, language: str) -> tuple[Any, ...]:
    """Make the values of a new or refreshed row of a dispatch: its number, fingerprint and date."""
    address, name, own_language, fields, place = recipient
    return (
        *dispatch,
        address.lower(),
        address,
        name,
        own_language,
        "{" + ",".join([f"{_quoted(name)}:{_quoted(value)}" for name, value in fields.items()]) + "}",
        *place,
        language,
    )


def outcome_values(row: Delivery, at: str) -> tuple[Any, ...]:
    """Make the values that an outcome changes: state, reply, time (`at`, in UTC), attempts, past."""
    past = row.state.value if row.state in (State.FAILED, State.UNKNOWN) else ""
    return row.state.value, row.reply, at, row.attempts, past


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
