-- What is in these columns is said in catalog_tables.py and tables.py.

ALTER TABLE business ADD COLUMN terms TEXT;
ALTER TABLE services ADD COLUMN terms TEXT;
ALTER TABLE services ADD COLUMN questions TEXT NOT NULL DEFAULT '[]';

ALTER TABLE bookings ADD COLUMN answers TEXT NOT NULL DEFAULT '[]';
ALTER TABLE bookings ADD COLUMN accepted_terms TEXT;
ALTER TABLE bookings ADD COLUMN terms_accepted_at INTEGER;
