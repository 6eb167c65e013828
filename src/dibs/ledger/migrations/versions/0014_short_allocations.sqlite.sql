-- What each column means is said in tables.py. SQLite can't add a constraint to a table, so the table
-- is made anew. An allocation has four days at most: 345,600,000,000 microseconds.

CREATE TABLE new_allocations (
  id INTEGER NOT NULL,
  resource_id INTEGER NOT NULL,
  lane INTEGER NOT NULL CHECK (lane >= 0),
  starts_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  booking_id INTEGER NOT NULL,
  service_id INTEGER NOT NULL,
  slot_starts_at INTEGER NOT NULL,
  capacity INTEGER NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT allocation_has_length CHECK (ends_at > starts_at),
  CONSTRAINT allocation_is_short CHECK (ends_at - starts_at <= 345600000000),
  CONSTRAINT lane_is_a_seat CHECK (lane < capacity),
  FOREIGN KEY(resource_id) REFERENCES resources (id),
  FOREIGN KEY(booking_id) REFERENCES bookings (id),
  FOREIGN KEY(service_id) REFERENCES services (id)
) STRICT;

INSERT INTO new_allocations
SELECT
  id, resource_id, lane, starts_at, ends_at, booking_id, service_id, slot_starts_at, capacity
FROM allocations;

DROP TABLE allocations;
ALTER TABLE new_allocations RENAME TO allocations;
CREATE INDEX allocations_by_booking ON allocations (booking_id);
CREATE INDEX allocations_by_end ON allocations (resource_id, ends_at);

-- Bookings that overlap are seats of one class: of the same service, with the same start, each in
-- a lane of its own. Whoever writes a row, by whatever path, meets these two. What overlaps
-- a new row ends less than four days after it, so no later rows are looked at.

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
      OR other.service_id <> NEW.service_id
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
      OR other.service_id <> NEW.service_id
      OR other.slot_starts_at <> NEW.slot_starts_at
    )
)
BEGIN
  SELECT RAISE(ABORT, 'allocations_no_overlap');
END;

-- Only checkouts have a deadline, and what was imported has no visitor.
DROP INDEX bookings_by_deadline;
CREATE INDEX bookings_by_deadline ON bookings (deadline) WHERE deadline IS NOT NULL;
DROP INDEX bookings_by_visitor;
CREATE INDEX bookings_by_visitor ON bookings (visitor) WHERE visitor IS NOT NULL;
