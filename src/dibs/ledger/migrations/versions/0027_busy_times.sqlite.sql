-- What each column means is said in calendar_tables.py and tables.py.

CREATE TABLE calendar_subscriptions (
  id INTEGER NOT NULL,
  resource_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  address TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  read_at INTEGER,
  succeeded_at INTEGER,
  expanded_at INTEGER,
  fault TEXT,
  fault_detail TEXT NOT NULL DEFAULT '',
  failures INTEGER NOT NULL DEFAULT 0,
  etag TEXT NOT NULL DEFAULT '',
  last_modified TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (id),
  FOREIGN KEY(resource_id) REFERENCES resources (id)
) STRICT;
CREATE INDEX calendar_subscriptions_by_due ON calendar_subscriptions (due_at);
CREATE INDEX calendar_subscriptions_by_resource ON calendar_subscriptions (resource_id);

CREATE TABLE imported_busy_times (
  id INTEGER NOT NULL,
  subscription_id INTEGER NOT NULL,
  resource_id INTEGER NOT NULL,
  starts_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  title TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (id),
  CONSTRAINT busy_time_has_length CHECK (ends_at > starts_at),
  FOREIGN KEY(subscription_id) REFERENCES calendar_subscriptions (id),
  FOREIGN KEY(resource_id) REFERENCES resources (id)
) STRICT;
CREATE INDEX imported_busy_times_by_subscription ON imported_busy_times (subscription_id);
CREATE INDEX imported_busy_times_by_end ON imported_busy_times (resource_id, ends_at);

-- SQLite can't let a column be without a value that had to have one, so the table is made anew.
CREATE TABLE new_allocations (
  id INTEGER NOT NULL,
  resource_id INTEGER NOT NULL,
  lane INTEGER NOT NULL CHECK (lane >= 0),
  starts_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  booking_id INTEGER,
  service_id INTEGER,
  slot_starts_at INTEGER NOT NULL,
  capacity INTEGER NOT NULL,
  busy_time_id INTEGER,
  PRIMARY KEY (id),
  CONSTRAINT allocation_has_length CHECK (ends_at > starts_at),
  CONSTRAINT allocation_is_short CHECK (ends_at - starts_at <= 345600000000),
  CONSTRAINT lane_is_a_seat CHECK (lane < capacity),
  CONSTRAINT allocation_has_one_cause CHECK ((booking_id IS NULL) <> (busy_time_id IS NULL)),
  CONSTRAINT only_bookings_have_a_service CHECK ((booking_id IS NULL) = (service_id IS NULL)),
  FOREIGN KEY(resource_id) REFERENCES resources (id),
  FOREIGN KEY(booking_id) REFERENCES bookings (id),
  FOREIGN KEY(service_id) REFERENCES services (id),
  FOREIGN KEY(busy_time_id) REFERENCES imported_busy_times (id)
) STRICT;
INSERT INTO new_allocations
SELECT
  id, resource_id, lane, starts_at, ends_at, booking_id, service_id, slot_starts_at, capacity, NULL
FROM allocations;
DROP TABLE allocations;
ALTER TABLE new_allocations RENAME TO allocations;
CREATE INDEX allocations_by_booking ON allocations (booking_id);
CREATE INDEX allocations_by_end ON allocations (resource_id, ends_at);
CREATE INDEX allocations_by_busy_time ON allocations (busy_time_id) WHERE busy_time_id IS NOT NULL;

-- As before. A busy time has no service, and no booking has the same service as that.

CREATE TRIGGER allocations_no_overlap_on_insert
BEFORE INSERT ON allocations
WHEN EXISTS (
  SELECT 1 FROM allocations AS other
  WHERE other.resource_id = NEW.resource_id
    AND other.starts_at < NEW.ends_at
    AND other.ends_at > NEW.starts_at
    AND other.ends_at < NEW.ends_at + 345600000000
    AND (
      other.lane = NEW.lane
      OR other.service_id IS NOT NEW.service_id
      OR other.slot_starts_at <> NEW.slot_starts_at
    )
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
    AND other.starts_at < NEW.ends_at
    AND other.ends_at > NEW.starts_at
    AND other.ends_at < NEW.ends_at + 345600000000
    AND (
      other.lane = NEW.lane
      OR other.service_id IS NOT NEW.service_id
      OR other.slot_starts_at <> NEW.slot_starts_at
    )
)
BEGIN
  SELECT RAISE(ABORT, 'allocations_no_overlap');
END;
