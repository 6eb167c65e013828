-- What each table means is said in tables.py.

-- These say bookings by the names that the code had then.
DELETE FROM idempotency;
