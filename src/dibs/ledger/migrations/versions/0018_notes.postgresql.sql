-- What each column means is said in tables.py.

ALTER TABLE bookings ADD COLUMN notes text NOT NULL DEFAULT '';
