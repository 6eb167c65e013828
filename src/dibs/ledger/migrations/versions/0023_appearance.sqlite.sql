-- What each column means is said in appearance.py.

ALTER TABLE business ADD COLUMN accent TEXT NOT NULL DEFAULT '#2457c5';
ALTER TABLE business ADD COLUMN radius INTEGER NOT NULL DEFAULT 10;
ALTER TABLE business ADD COLUMN font TEXT NOT NULL DEFAULT 'system';
ALTER TABLE business ADD COLUMN logo TEXT REFERENCES pictures (name);
ALTER TABLE business ADD COLUMN picture TEXT REFERENCES pictures (name);
