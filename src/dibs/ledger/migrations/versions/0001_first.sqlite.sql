-- The ledger on SQLite. What each table and status means is said in tables.py.

CREATE TABLE business (
  id INTEGER NOT NULL CHECK (id = 1),
  name TEXT NOT NULL,
  zone TEXT NOT NULL,
  currency TEXT NOT NULL,
  slot_interval INTEGER NOT NULL,
  version INTEGER NOT NULL,
  PRIMARY KEY (id)
) STRICT;

CREATE TABLE idempotency (
  scope TEXT NOT NULL,
  "key" TEXT NOT NULL,
  request TEXT NOT NULL,
  status INTEGER NOT NULL,
  body TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (scope, "key")
) STRICT;
CREATE INDEX idempotency_by_age ON idempotency (created_at);

CREATE TABLE resources (
  id INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('staff', 'room', 'equipment')),
  name TEXT NOT NULL,
  zone TEXT,
  retired INTEGER NOT NULL CHECK (retired IN (0, 1)),
  version INTEGER NOT NULL,
  PRIMARY KEY (id)
) STRICT;

CREATE TABLE services (
  id INTEGER NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  duration INTEGER NOT NULL CHECK (duration > 0),
  buffer_before INTEGER NOT NULL CHECK (buffer_before >= 0),
  buffer_after INTEGER NOT NULL CHECK (buffer_after >= 0),
  slot_interval INTEGER,
  notice INTEGER NOT NULL CHECK (notice >= 0),
  horizon_days INTEGER,
  price TEXT,
  capacity INTEGER NOT NULL CHECK (capacity > 0),
  retired INTEGER NOT NULL CHECK (retired IN (0, 1)),
  PRIMARY KEY (id)
) STRICT;

CREATE TABLE boards (
  resource_id INTEGER NOT NULL,
  day TEXT NOT NULL,
  version INTEGER NOT NULL,
  PRIMARY KEY (resource_id, day),
  FOREIGN KEY(resource_id) REFERENCES resources (id)
) STRICT;

CREATE TABLE bookings (
  id INTEGER NOT NULL,
  reference TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('pending', 'confirmed', 'completed', 'no_show', 'cancelled', 'expired')),
  token TEXT NOT NULL,
  claim TEXT NOT NULL,
  visitor TEXT,
  deadline INTEGER,
  service_id INTEGER NOT NULL,
  resource_id INTEGER NOT NULL,
  starts_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  price TEXT,
  customer_name TEXT,
  customer_email TEXT,
  customer_phone TEXT,
  created_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT pending_has_deadline CHECK ((status = 'pending') = (deadline IS NOT NULL)),
  UNIQUE (reference),
  UNIQUE (token),
  FOREIGN KEY(service_id) REFERENCES services (id),
  FOREIGN KEY(resource_id) REFERENCES resources (id)
) STRICT;
CREATE INDEX bookings_by_deadline ON bookings (deadline);
CREATE INDEX bookings_by_start ON bookings (starts_at);
CREATE INDEX bookings_by_visitor ON bookings (visitor);

CREATE TABLE closures (
  id INTEGER NOT NULL,
  resource_id INTEGER,
  starts TEXT NOT NULL,
  ends TEXT NOT NULL CHECK (ends > starts),
  reason TEXT NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY(resource_id) REFERENCES resources (id)
) STRICT;

CREATE TABLE overrides (
  resource_id INTEGER NOT NULL,
  day TEXT NOT NULL,
  hours TEXT NOT NULL,
  PRIMARY KEY (resource_id, day),
  FOREIGN KEY(resource_id) REFERENCES resources (id)
) STRICT;

CREATE TABLE schedules (
  resource_id INTEGER NOT NULL,
  weekday INTEGER NOT NULL CHECK (weekday BETWEEN 1 AND 7),
  opens INTEGER NOT NULL,
  closes INTEGER NOT NULL CHECK (closes > opens),
  PRIMARY KEY (resource_id, weekday, opens),
  FOREIGN KEY(resource_id) REFERENCES resources (id)
) STRICT;

CREATE TABLE service_resources (
  service_id INTEGER NOT NULL,
  resource_id INTEGER NOT NULL,
  PRIMARY KEY (service_id, resource_id),
  FOREIGN KEY(service_id) REFERENCES services (id),
  FOREIGN KEY(resource_id) REFERENCES resources (id)
) STRICT;

CREATE TABLE allocations (
  id INTEGER NOT NULL,
  resource_id INTEGER NOT NULL,
  lane INTEGER NOT NULL CHECK (lane >= 0),
  starts_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  booking_id INTEGER NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT allocation_has_length CHECK (ends_at > starts_at),
  FOREIGN KEY(resource_id) REFERENCES resources (id),
  FOREIGN KEY(booking_id) REFERENCES bookings (id)
) STRICT;
CREATE INDEX allocations_by_booking ON allocations (booking_id);
CREATE INDEX allocations_by_end ON allocations (resource_id, ends_at);

CREATE TABLE audit (
  id INTEGER NOT NULL,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  booking_id INTEGER NOT NULL,
  details TEXT NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY(booking_id) REFERENCES bookings (id)
) STRICT;

CREATE TABLE outbox (
  id INTEGER NOT NULL,
  topic TEXT NOT NULL,
  booking_id INTEGER NOT NULL,
  payload TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  delivered_at INTEGER,
  PRIMARY KEY (id),
  FOREIGN KEY(booking_id) REFERENCES bookings (id)
) STRICT;

-- No two live bookings overlap: whoever writes a row, by whatever path, meets these two.

CREATE TRIGGER allocations_no_overlap_on_insert
BEFORE INSERT ON allocations
WHEN EXISTS (
  SELECT 1 FROM allocations AS other
  WHERE other.resource_id = NEW.resource_id
    AND other.lane = NEW.lane
    AND other.starts_at < NEW.ends_at
    AND other.ends_at > NEW.starts_at
)
BEGIN
  SELECT RAISE(ABORT, 'allocations_no_overlap');
END;

CREATE TRIGGER allocations_no_overlap_on_update
BEFORE UPDATE ON allocations
WHEN EXISTS (
  SELECT 1 FROM allocations AS other
  WHERE other.id <> OLD.id
    AND other.resource_id = NEW.resource_id
    AND other.lane = NEW.lane
    AND other.starts_at < NEW.ends_at
    AND other.ends_at > NEW.starts_at
)
BEGIN
  SELECT RAISE(ABORT, 'allocations_no_overlap');
END;
