-- What each table means is said in tables.py.

ALTER TABLE business ADD COLUMN country text;
ALTER TABLE bookings ADD COLUMN customer_phone_e164 text;
