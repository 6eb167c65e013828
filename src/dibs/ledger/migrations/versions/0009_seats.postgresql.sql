-- What each column means is said in tables.py.

ALTER TABLE allocations ADD COLUMN service_id INTEGER REFERENCES services (id);
ALTER TABLE allocations ADD COLUMN slot_starts_at TIMESTAMPTZ;
ALTER TABLE allocations ADD COLUMN capacity INTEGER;

UPDATE allocations SET
  service_id = bookings.service_id,
  slot_starts_at = bookings.starts_at,
  capacity = greatest(services.capacity, allocations.lane + 1)
FROM bookings JOIN services ON services.id = bookings.service_id
WHERE bookings.id = allocations.booking_id;

ALTER TABLE allocations ALTER COLUMN service_id SET NOT NULL;
ALTER TABLE allocations ALTER COLUMN slot_starts_at SET NOT NULL;
ALTER TABLE allocations ALTER COLUMN capacity SET NOT NULL;

ALTER TABLE allocations ADD CONSTRAINT lane_is_a_seat CHECK (lane < capacity);

-- Bookings that overlap are seats of one class: of the same service, with the same start, each in
-- a lane of its own. The first constraint sees to the lanes, these two to the class.
ALTER TABLE allocations ADD CONSTRAINT allocations_no_overlap_of_services
  EXCLUDE USING gist (resource_id WITH =, service_id WITH <>, tstzrange(starts_at, ends_at) WITH &&);
ALTER TABLE allocations ADD CONSTRAINT allocations_no_overlap_of_starts
  EXCLUDE USING gist (resource_id WITH =, slot_starts_at WITH <>, tstzrange(starts_at, ends_at) WITH &&);
