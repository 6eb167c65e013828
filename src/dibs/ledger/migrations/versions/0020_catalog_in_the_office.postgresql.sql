-- What each column means is said in tables.py. Services were in the order of their ids until now.

ALTER TABLE services ADD COLUMN position integer NOT NULL DEFAULT 0;
ALTER TABLE closures
  ADD COLUMN from_office integer NOT NULL DEFAULT 0 CHECK (from_office IN (0, 1));
