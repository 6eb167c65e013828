-- What each table means is said in tables.py.

ALTER TABLE imported ADD COLUMN meaning TEXT;
ALTER TABLE import_conflicts ADD COLUMN meaning TEXT;
