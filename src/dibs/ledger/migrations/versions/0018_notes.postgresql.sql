-- What each column means is said in tables.py.

ALTER TABLE bookings ADD COLUMN notes text NOT NULL DEFAULT '';

-- Of two checkouts of one visitor the newer one stays theirs. The other has nobody now, and ends at
-- its deadline like any other.
UPDATE bookings SET visitor = NULL
WHERE deadline IS NOT NULL AND EXISTS (
    SELECT 1 FROM bookings AS newer
    WHERE newer.deadline IS NOT NULL AND newer.visitor = bookings.visitor
        AND newer.service_id = bookings.service_id AND newer.id > bookings.id
);
CREATE UNIQUE INDEX bookings_one_checkout ON bookings (visitor, service_id) WHERE deadline IS NOT NULL;
