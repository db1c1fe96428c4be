"""The journal's longer SQL statements; each tells which states it may change.

    pending, deferred = open     claimed = in hand     sent, written, failed, unknown, suppressed = done

Pure: texts. Only `records.py` and `journal.py` run them. `past` is what an earlier hand-over of an open row ended
with: 'unknown' for ever once it was unknown, 'failed' after a refusal, '' otherwise.

The rows of an edition are found by going through the table once (NOT INDEXED): they lie together in it, and an index of
them would make every new row a tenth dearer.
"""

from collections.abc import Iterable

WHEN_TRIED_AGAIN = " (when tried again)"
"""Follows the reply that put a second try off, where the row is back to unknown or failed: that is not its cause."""

DELIVERY_COLUMNS = """v.id, v.key, v.header, v.line, v.cells, v.recipient_language, v.language, v.state,
    CASE WHEN v.state IN ('pending', 'deferred') AND v.past != 'unknown' THEN d.build ELSE v.build END,
    v.reply, v.at, v.attempts"""
"""What `Records._deliveries` reads, of deliveries v and their dispatch d. An open row gets the dispatch's current
letter, unless an earlier hand-over may have arrived: then the very same bytes."""

_REFRESHED = ("header", "line", "cells", "recipient_language", "language")

STAGE = f"""INSERT INTO deliveries (dispatch, build, key, {", ".join(_REFRESHED)}, state)
    VALUES (?, ?, ?, {", ".join("?" for _ in _REFRESHED)}, 'pending')
    ON CONFLICT (dispatch, key) DO UPDATE SET
    {", ".join(f"{c} = CASE past WHEN 'unknown' THEN {c} ELSE excluded.{c} END" for c in _REFRESHED)},
    state = CASE WHEN state != 'suppressed' THEN state WHEN past = '' THEN 'pending' ELSE past END
    WHERE state IN ('pending', 'deferred', 'suppressed')"""

SET_BUILD = """INSERT INTO dispatches (edition, transport, build)
    SELECT ?, ?, id FROM builds WHERE fingerprint = ? AND date = ?
    ON CONFLICT (edition, transport) DO UPDATE SET build = excluded.build"""

CLOSE_REOPENED = f"""UPDATE deliveries SET state = past,
    reply = CASE state WHEN 'deferred' THEN reply || '{WHEN_TRIED_AGAIN}' ELSE reply END
    WHERE dispatch = ? AND state IN ('pending', 'deferred') AND past != ''"""

RETURN_TO_PAST = f"{CLOSE_REOPENED} AND key = ?"

DELETE_OPEN = """DELETE FROM deliveries
    WHERE dispatch = ? AND key = ? AND state IN ('pending', 'deferred') AND past = ''"""

FORGET_REHEARSAL = """DELETE FROM deliveries
    WHERE dispatch = (SELECT id FROM dispatches WHERE edition = ? AND transport = ?)"""

REOPEN = "UPDATE deliveries SET state = 'pending' WHERE dispatch = ? AND key = ? AND state IN ('unknown', 'failed')"

CLAIM = """UPDATE deliveries INDEXED BY deliveries_by_key SET state = 'claimed',
    build = CASE past WHEN 'unknown' THEN build ELSE ? END, at = ?
    WHERE dispatch = ? AND key IN ({}) AND state IN ('pending', 'deferred')"""

START = "UPDATE dispatches SET started_at = ? WHERE id = ? AND started_at IS NULL"

TOUCH = "UPDATE dispatches SET last_at = ? WHERE id = ?"

# '' < 'failed' < 'unknown', so max() keeps the gravest of all hand-overs. The plus signs make SQLite look the row up by
# its number, which is sooner done than by its key.
_RECORD = """UPDATE deliveries SET state = ?, reply = ?, at = ?, attempts = ?, past = max(past, ?)
    WHERE id = ? AND +dispatch = ? AND +key = ?"""

RECORD_CLAIMED = f"{_RECORD} AND state = 'claimed'"

RECORD_OPEN = f"{_RECORD} AND state IN ('claimed', 'pending', 'deferred')"

DEFERRED = f"""SELECT {DELIVERY_COLUMNS} FROM deliveries v JOIN dispatches d ON d.id = v.dispatch
    WHERE v.dispatch = ? AND v.state = 'deferred' AND v.at >= ? AND v.at <= ? ORDER BY v.at LIMIT ?"""

# After the clock was set back, what an earlier run put off must not look like what this one did.
DEFERRED_EARLIER = "UPDATE deliveries SET at = ? WHERE dispatch = ? AND state = 'deferred' AND at >= ?"

# What was accepted stays in its row; all else that left may be tried again, and its row then tells of that.
DEPARTED = "INSERT INTO departures (dispatch, at) VALUES (?, ?)"

HAND_OVERS = """SELECT v.at FROM deliveries v NOT INDEXED JOIN dispatches d ON v.dispatch = d.id
    WHERE d.transport = 'smtp' AND d.last_at >= ?1 AND v.state = 'sent' AND v.at >= ?1
    UNION ALL SELECT at FROM departures WHERE at >= ?1 ORDER BY 1"""

COUNTS = """SELECT v.state, count(*) FROM dispatches d JOIN deliveries v NOT INDEXED ON v.dispatch = d.id
    WHERE d.edition = ? AND d.transport = ? GROUP BY v.state"""

OPEN_OR_CLAIMED = """SELECT key FROM deliveries INDEXED BY deliveries_by_key
    WHERE dispatch = ? AND key IN ({}) AND state IN ('claimed', 'pending', 'deferred')"""

OF_PERSON = f"""SELECT d.edition, d.transport, {DELIVERY_COLUMNS}
    FROM deliveries v JOIN dispatches d ON d.id = v.dispatch
    JOIN builds b ON b.id = d.build
    WHERE v.key IN (?, ?) ORDER BY coalesce(d.started_at, b.date), d.id"""

ERASED = """SELECT v.key, v.state FROM dispatches d JOIN deliveries v NOT INDEXED ON v.dispatch = d.id
    WHERE d.edition = ? AND d.transport = ? AND v.cells = ''"""

# Of somebody who was erased and came back there may be two rows. What was known of the second one counts, unless that
# is nothing, since they had left.
FORGET_RETURNED = """DELETE FROM deliveries WHERE key = ?1 AND state = 'suppressed' AND past = ''
    AND EXISTS (SELECT 1 FROM deliveries o WHERE o.dispatch = deliveries.dispatch AND o.key = ?2)"""

ERASE = """UPDATE OR REPLACE deliveries SET key = ?, header = NULL, cells = '', recipient_language = NULL,
    line = NULL, reply = ?,
    state = CASE WHEN state NOT IN ('pending', 'deferred') THEN state WHEN past = '' THEN 'suppressed' ELSE past END
    WHERE id = ?"""

MENTIONS = "SELECT id, key, cells, reply FROM deliveries WHERE mentions(cells || char(10) || reply)"

UNUSED_HEADERS = "DELETE FROM headers WHERE id NOT IN (SELECT header FROM deliveries WHERE header NOT NULL)"

KEYS = """SELECT v.id, v.key FROM dispatches d JOIN deliveries v NOT INDEXED ON v.dispatch = d.id
    WHERE d.edition = ? AND d.transport = ? AND v.id > ? AND v.state != 'suppressed' AND v.cells != ''
    ORDER BY v.id LIMIT ?"""

ANYTHING_SENT = """SELECT 1 FROM dispatches d JOIN deliveries v ON v.dispatch = d.id
    WHERE d.transport = 'smtp' AND (v.state IN ('sent', 'unknown', 'claimed') OR v.past = 'unknown') LIMIT 1"""


def marks(values: Iterable[object]) -> str:
    """Write one question mark a value, for `IN (…)`."""
    return ", ".join("?" for _ in values)
