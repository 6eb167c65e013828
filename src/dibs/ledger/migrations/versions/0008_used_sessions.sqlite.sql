-- What each table means is said in tables.py.

ALTER TABLE sessions ADD COLUMN used_at INTEGER;
