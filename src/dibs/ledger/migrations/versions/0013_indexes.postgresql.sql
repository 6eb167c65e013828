-- What each column means is said in tables.py.

-- Customers are found by their e-mail address in any case, what is over by its status.
CREATE INDEX bookings_by_email ON bookings (lower(customer_email));
CREATE INDEX bookings_by_status ON bookings (status, ends_at);
CREATE INDEX bookings_without_customer ON bookings (changed_at) WHERE customer_email IS NULL;

-- What refers to a booking is also looked for when a booking is deleted.
CREATE INDEX audit_by_booking ON audit (booking_id);
CREATE INDEX outbox_by_booking ON outbox (booking_id);
CREATE INDEX import_conflicts_by_booking ON import_conflicts (in_the_way);

-- The audit is pruned by age, but for moves, which are shown with a booking.
CREATE INDEX audit_by_age ON audit (at) WHERE action != 'booking.rescheduled';

-- Nearly all entries are finished: what is to be sent has a small index of its own.
DROP INDEX outbox_by_due;
CREATE INDEX outbox_by_due ON outbox (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX outbox_finished ON outbox (created_at) WHERE due_at IS NULL;
CREATE INDEX outbox_by_topic ON outbox (topic, created_at) WHERE booking_id IS NULL;

CREATE INDEX sessions_by_email ON sessions (email);
CREATE INDEX sessions_by_use ON sessions (coalesce(used_at, created_at));
