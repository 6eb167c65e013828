-- What each column means is said in tables.py. SQLite can't add a column that has to have a value,
-- so the table is made anew.

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
  CONSTRAINT lane_is_a_seat CHECK (lane < capacity),
  FOREIGN KEY(resource_id) REFERENCES resources (id),
  FOREIGN KEY(booking_id) REFERENCES bookings (id),
  FOREIGN KEY(service_id) REFERENCES services (id)
) STRICT;

INSERT INTO new_allocations
SELECT
  allocations.id, allocations.resource_id, allocations.lane, allocations.starts_at,
  allocations.ends_at, allocations.booking_id, bookings.service_id, bookings.starts_at,
  max(services.capacity, allocations.lane + 1)
FROM allocations
JOIN bookings ON bookings.id = allocations.booking_id
JOIN services ON services.id = bookings.service_id;

DROP TABLE allocations;
ALTER TABLE new_allocations RENAME TO allocations;
CREATE INDEX allocations_by_booking ON allocations (booking_id);
CREATE INDEX allocations_by_end ON allocations (resource_id, ends_at);

-- Bookings that overlap are seats of one class: of the same service, with the same start, each in
-- a lane of its own. Whoever writes a row, by whatever path, meets these two.

CREATE TRIGGER allocations_no_overlap_on_insert
BEFORE INSERT ON allocations
WHEN EXISTS (
  SELECT 1 FROM allocations AS other
  WHERE other.resource_id = NEW.resource_id
    AND other.starts_at < NEW.ends_at
    AND other.ends_at > NEW.starts_at
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
    AND (
      other.lane = NEW.lane
      OR other.service_id <> NEW.service_id
      OR other.slot_starts_at <> NEW.slot_starts_at
    )
)
BEGIN
  SELECT RAISE(ABORT, 'allocations_no_overlap');
END;
