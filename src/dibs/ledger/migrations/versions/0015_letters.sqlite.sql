-- What each column means is said in tables.py.

ALTER TABLE business ADD COLUMN email TEXT;
ALTER TABLE business ADD COLUMN letters TEXT NOT NULL DEFAULT '';
ALTER TABLE business ADD COLUMN reminders TEXT NOT NULL DEFAULT '1440';
ALTER TABLE resources ADD COLUMN email TEXT;
ALTER TABLE resources ADD COLUMN letters TEXT NOT NULL DEFAULT 'new moved cancelled';
ALTER TABLE services ADD COLUMN reminders TEXT;
ALTER TABLE services ADD COLUMN place TEXT;
ALTER TABLE bookings ADD COLUMN language TEXT;
ALTER TABLE bookings ADD COLUMN time_zone TEXT;

CREATE TABLE deliveries (
  id INTEGER NOT NULL,
  event_id INTEGER NOT NULL,
  booking_id INTEGER,
  letter TEXT NOT NULL,
  recipient TEXT NOT NULL CHECK (recipient IN ('customer', 'staff', 'business')),
  lead INTEGER NOT NULL DEFAULT 0,
  address TEXT NOT NULL,
  starts_at INTEGER,
  state TEXT NOT NULL
    CHECK (state IN ('waiting', 'sent', 'refused', 'given_up', 'dropped')),
  reason TEXT,
  attempts INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  due_at INTEGER,
  finished_at INTEGER,
  PRIMARY KEY (id),
  CONSTRAINT only_waiting_is_due CHECK ((state = 'waiting') = (due_at IS NOT NULL)),
  FOREIGN KEY(event_id) REFERENCES outbox (id),
  FOREIGN KEY(booking_id) REFERENCES bookings (id)
) STRICT;
CREATE UNIQUE INDEX deliveries_by_event ON deliveries (event_id, letter, recipient, lead);
CREATE INDEX deliveries_by_booking ON deliveries (booking_id);
CREATE INDEX deliveries_by_due ON deliveries (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX deliveries_finished ON deliveries (created_at) WHERE due_at IS NULL;

CREATE TABLE feeds (
  id INTEGER NOT NULL,
  resource_id INTEGER,
  token TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  revoked_at INTEGER,
  PRIMARY KEY (id),
  FOREIGN KEY(resource_id) REFERENCES resources (id)
) STRICT;
CREATE UNIQUE INDEX feeds_by_token ON feeds (token);
CREATE INDEX feeds_by_resource ON feeds (resource_id);
