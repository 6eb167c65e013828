-- What each column means is said in tables.py.

ALTER TABLE allocations ADD CONSTRAINT allocation_is_short
  CHECK (ends_at - starts_at <= INTERVAL '4 days');

-- Only checkouts have a deadline, and what was imported has no visitor.
DROP INDEX bookings_by_deadline;
CREATE INDEX bookings_by_deadline ON bookings (deadline) WHERE deadline IS NOT NULL;
DROP INDEX bookings_by_visitor;
CREATE INDEX bookings_by_visitor ON bookings (visitor) WHERE visitor IS NOT NULL;
