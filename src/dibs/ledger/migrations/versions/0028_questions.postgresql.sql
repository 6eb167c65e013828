-- What is in these columns is said in catalog_tables.py and tables.py.

ALTER TABLE business ADD COLUMN terms text;
ALTER TABLE services ADD COLUMN terms text;
ALTER TABLE services ADD COLUMN questions text NOT NULL DEFAULT '[]';

ALTER TABLE bookings ADD COLUMN answers text NOT NULL DEFAULT '[]';
ALTER TABLE bookings ADD COLUMN accepted_terms text;
ALTER TABLE bookings ADD COLUMN terms_accepted_at timestamptz;
