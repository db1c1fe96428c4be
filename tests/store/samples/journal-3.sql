PRAGMA application_id = 1230192970;
BEGIN TRANSACTION;
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
INSERT INTO "deliveries" VALUES(1,1,'anna@example.org','anna@example.org','Anna Probe','de','{"e_mail":"anna@example.org","vorname":"Anna","first_name":"Anna","name":"Anna Probe","address":"anna@example.org"}','recipients/members.csv',2,'de','sent','','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','2026-09-01T14:00:00.000000+02:00','250 2.0.0 Ok: queued as 4711','2026-09-01T12:00:00.123456+00:00',1);
INSERT INTO "deliveries" VALUES(2,1,'bernd@example.org','bernd@example.org','Bernd "B." Köhler',NULL,'{"e_mail":"bernd@example.org","name":"Bernd \"B.\" Köhler","address":"bernd@example.org"}','recipients/members.csv',3,'de','claimed','unknown','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','2026-09-01T14:00:00.000000+02:00','the line broke','2026-09-01T13:00:00.123456+00:00',1);
INSERT INTO "deliveries" VALUES(3,1,'chen@example.org','chen@example.org','陈 伟','zh','{"mail":"chen@example.org","sprache":"Chinesisch","language":"zh","ort":"成都","address":"chen@example.org"}','recipients/press.xlsx#Presse',7,'zh','failed','failed','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','2026-09-01T14:00:00.000000+02:00','550 5.1.1 no such user','2026-09-01T12:00:00.123456+00:00',1);
INSERT INTO "deliveries" VALUES(4,1,'dora@example.org','Dora@example.org','',NULL,'{"mail":"Dora@example.org","address":"Dora@example.org"}','recipients/press.xlsx#Presse',8,'de','pending','',NULL,NULL,'',NULL,0);
INSERT INTO "deliveries" VALUES(5,1,'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff','','',NULL,'{}','',NULL,'de','sent','','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','2026-09-01T14:00:00.000000+02:00','250','2026-09-01T12:00:00.123456+00:00',1);
INSERT INTO "deliveries" VALUES(6,1,'feng@example.org','feng@example.org','Feng','zh','{"name":"Feng","greeting":"您好","address":"feng@example.org"}','recipients/members.csv',10,'zh','deferred','','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','2026-09-01T14:00:00.000000+02:00','450 4.2.1 later','2026-09-01T12:00:00.123456+00:00',1);
INSERT INTO "deliveries" VALUES(7,1,'gita@example.org','gita@example.org','Gita',NULL,'{"name":"Gita","note":"knows (erased)","address":"gita@example.org"}','recipients/members.csv',11,'de','pending','','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','2026-09-01T14:00:00.000000+02:00','',NULL,0);
CREATE TABLE departures (               -- mails that left and were not accepted: providers count these, too
    dispatch INTEGER NOT NULL REFERENCES dispatches (id),
    at TEXT NOT NULL                    -- UTC; of the outcome
);
CREATE TABLE dispatches (           -- one edition over one transport
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
INSERT INTO "dispatches" VALUES(1,'2026-09','smtp','bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb','2026-09-02T14:00:00.000000+02:00','2026-09-01T12:00:00.123456+00:00','2026-09-01T13:00:00.123456+00:00','');
CREATE TABLE inputs (                   -- what a build was made from, to name the files that changed
    fingerprint TEXT NOT NULL,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    PRIMARY KEY (fingerprint, name)
) WITHOUT ROWID;
CREATE TABLE letters (                  -- never deleted: rows still point at old ones
    fingerprint TEXT NOT NULL,
    language TEXT NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (fingerprint, language)
);
INSERT INTO "letters" VALUES('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','de',X'657273746572204272696566');
INSERT INTO "letters" VALUES('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','zh',X'6469207969');
INSERT INTO "letters" VALUES('bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb','de',X'7A776569746572204272696566');
CREATE UNIQUE INDEX deliveries_by_key ON deliveries (dispatch, key);
CREATE INDEX deliveries_in_order ON deliveries (dispatch);
CREATE INDEX deliveries_deferred ON deliveries (dispatch, at) WHERE state = 'deferred';
COMMIT;
PRAGMA user_version = 3;
