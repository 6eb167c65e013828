-- What each column and status means is said in tables.py and catalog_tables.py.

ALTER TABLE services ADD COLUMN approve_within integer CHECK (approve_within > 0);

ALTER TABLE bookings ADD COLUMN answer_until timestamptz;
ALTER TABLE bookings DROP CONSTRAINT bookings_status_check;
ALTER TABLE bookings ADD CONSTRAINT bookings_status_check
  CHECK (status IN ('pending', 'confirmed', 'completed', 'no_show', 'cancelled', 'expired', 'requested', 'declined'));
ALTER TABLE bookings
  ADD CONSTRAINT only_requests_wait CHECK ((status = 'requested') = (answer_until IS NOT NULL));
CREATE INDEX bookings_by_answer ON bookings (answer_until) WHERE answer_until IS NOT NULL;
