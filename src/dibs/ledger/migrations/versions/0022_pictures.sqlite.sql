-- What each column means is said in catalog_tables.py. Resources were in the order of their ids until now.

CREATE TABLE pictures (
  name TEXT NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  content BLOB NOT NULL,
  small BLOB NOT NULL,
  stored_at INTEGER NOT NULL,
  PRIMARY KEY (name)
) STRICT;
CREATE INDEX pictures_by_age ON pictures (stored_at);

ALTER TABLE business ADD COLUMN phone TEXT;
ALTER TABLE business ADD COLUMN place TEXT;
ALTER TABLE services ADD COLUMN category TEXT;
ALTER TABLE services ADD COLUMN picture TEXT REFERENCES pictures (name);
ALTER TABLE services ADD COLUMN price_from INTEGER NOT NULL DEFAULT 0 CHECK (price_from IN (0, 1));
ALTER TABLE services
  ADD COLUMN price_on_request INTEGER NOT NULL DEFAULT 0 CHECK (price_on_request IN (0, 1));
ALTER TABLE services
  ADD COLUMN place_kind TEXT NOT NULL DEFAULT 'address'
  CHECK (place_kind IN ('address', 'phone', 'video', 'customer'));
ALTER TABLE resources ADD COLUMN about TEXT NOT NULL DEFAULT '';
ALTER TABLE resources ADD COLUMN picture TEXT REFERENCES pictures (name);
ALTER TABLE resources ADD COLUMN position INTEGER NOT NULL DEFAULT 0;
