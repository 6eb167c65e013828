-- What each column means is said in catalog_tables.py. Resources were in the order of their ids until now.

CREATE TABLE pictures (
  name text NOT NULL,
  width integer NOT NULL,
  height integer NOT NULL,
  content bytea NOT NULL,
  small bytea NOT NULL,
  stored_at timestamptz NOT NULL,
  PRIMARY KEY (name)
);
CREATE INDEX pictures_by_age ON pictures (stored_at);

ALTER TABLE business ADD COLUMN phone text;
ALTER TABLE business ADD COLUMN place text;
ALTER TABLE services ADD COLUMN category text;
ALTER TABLE services ADD COLUMN picture text REFERENCES pictures (name);
ALTER TABLE services ADD COLUMN price_from integer NOT NULL DEFAULT 0 CHECK (price_from IN (0, 1));
ALTER TABLE services
  ADD COLUMN price_on_request integer NOT NULL DEFAULT 0 CHECK (price_on_request IN (0, 1));
ALTER TABLE services
  ADD COLUMN place_kind text NOT NULL DEFAULT 'address'
  CHECK (place_kind IN ('address', 'phone', 'video', 'customer'));
ALTER TABLE resources ADD COLUMN about text NOT NULL DEFAULT '';
ALTER TABLE resources ADD COLUMN picture text REFERENCES pictures (name);
ALTER TABLE resources ADD COLUMN position integer NOT NULL DEFAULT 0;
