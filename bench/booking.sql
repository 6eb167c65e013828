-- For pgbench: the statements of the transaction that makes a booking, each of another time.
-- `first` is a number no other run begins with, `clients` how many there are.
\set n :n + 1
\set slot :first + :n * :clients + :client_id
\set resource 1 + :slot % 50
\set half_hours :slot / 50
BEGIN;
SELECT clock_timestamp();
SELECT * FROM bookings WHERE visitor = 'visitor-' || :slot AND status = 'pending' ORDER BY starts_at, id;
INSERT INTO boards (resource_id, day, version) VALUES (:resource, DATE '2040-01-01' + :half_hours / 48, 1)
  ON CONFLICT (resource_id, day) DO UPDATE SET version = boards.version + 1;
SELECT resources.id, boards.day, business.version + resources.version AS base, coalesce(boards.version, 0) AS own
  FROM resources JOIN business ON true
  LEFT JOIN boards ON boards.resource_id = resources.id AND boards.day IN (DATE '2040-01-01' + :half_hours / 48)
  WHERE resources.id IN (:resource);
SELECT request, body FROM idempotency WHERE scope = 'visitor-' || :slot AND key = 'key-' || :slot;
SELECT allocations.lane, allocations.starts_at, allocations.ends_at, allocations.service_id,
    allocations.slot_starts_at, bookings.status, bookings.ends_at
  FROM allocations JOIN bookings ON bookings.id = allocations.booking_id
  WHERE allocations.resource_id = :resource
    AND allocations.starts_at < TIMESTAMPTZ '2040-01-01Z' + (:half_hours + 1) * INTERVAL '30 min'
    AND allocations.ends_at > TIMESTAMPTZ '2040-01-01Z' + :half_hours * INTERVAL '30 min';
INSERT INTO bookings (reference, status, token, claim, visitor, deadline, service_id, resource_id, starts_at,
    ends_at, price, customer_name, customer_email, customer_phone, created_at, changed_at)
  VALUES ('reference-' || :slot, 'confirmed', 'token-' || :slot, 'claim-' || :slot, 'visitor-' || :slot, NULL, 1,
    :resource, TIMESTAMPTZ '2040-01-01Z' + :half_hours * INTERVAL '30 min',
    TIMESTAMPTZ '2040-01-01Z' + (:half_hours + 1) * INTERVAL '30 min', NULL, 'Ann Lee', 'ann@example.com', NULL,
    now(), now())
  RETURNING id \gset booking_
INSERT INTO allocations (resource_id, lane, starts_at, ends_at, booking_id, service_id, slot_starts_at, capacity)
  VALUES (:resource, 0, TIMESTAMPTZ '2040-01-01Z' + :half_hours * INTERVAL '30 min',
    TIMESTAMPTZ '2040-01-01Z' + (:half_hours + 1) * INTERVAL '30 min', :booking_id, 1,
    TIMESTAMPTZ '2040-01-01Z' + :half_hours * INTERVAL '30 min', 1);
INSERT INTO audit (at, actor, action, booking_id, details)
  VALUES (now(), 'visitor', 'booking.confirmed', :booking_id, '{}');
INSERT INTO outbox (topic, booking_id, payload, created_at)
  VALUES ('booking.confirmed', :booking_id, '{}', now());
INSERT INTO idempotency (scope, key, request, status, body, created_at)
  VALUES ('visitor-' || :slot, 'key-' || :slot, repeat('f', 64), 201, repeat('b', 400), now());
COMMIT;
