-- What each column means is said in tables.py.

ALTER TABLE bookings ADD COLUMN notes TEXT NOT NULL DEFAULT '';
