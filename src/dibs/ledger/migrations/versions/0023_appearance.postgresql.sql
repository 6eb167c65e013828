-- What each column means is said in appearance.py.

ALTER TABLE business ADD COLUMN accent text NOT NULL DEFAULT '#2457c5';
ALTER TABLE business ADD COLUMN radius integer NOT NULL DEFAULT 10;
ALTER TABLE business ADD COLUMN font text NOT NULL DEFAULT 'system';
ALTER TABLE business ADD COLUMN logo text REFERENCES pictures (name);
ALTER TABLE business ADD COLUMN picture text REFERENCES pictures (name);
