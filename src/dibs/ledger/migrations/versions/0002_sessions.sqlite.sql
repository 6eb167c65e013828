-- What each table means is said in tables.py. SQLite can't take a NOT NULL away from a column.

CREATE TABLE outbox_that_falls_due (
  id INTEGER NOT NULL,
  topic TEXT NOT NULL,
  booking_id INTEGER,
  payload TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  due_at INTEGER,
  attempts INTEGER NOT NULL DEFAULT 0,
  delivered_at INTEGER,
  PRIMARY KEY (id),
  FOREIGN KEY(booking_id) REFERENCES bookings (id)
) STRICT;
INSERT INTO outbox_that_falls_due (id, topic, booking_id, payload, created_at, delivered_at)
SELECT id, topic, booking_id, payload, created_at, delivered_at FROM outbox;
DROP TABLE outbox;
ALTER TABLE outbox_that_falls_due RENAME TO outbox;
CREATE INDEX outbox_by_due ON outbox (due_at);

CREATE TABLE sign_in_codes (
  email TEXT NOT NULL,
  code TEXT NOT NULL,
  tries INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (email)
) STRICT;
CREATE INDEX sign_in_codes_by_expiry ON sign_in_codes (expires_at);

CREATE TABLE sessions (
  token TEXT NOT NULL,
  email TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (token)
) STRICT;
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
