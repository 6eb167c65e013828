-- What each table means is said in tables.py.

ALTER TABLE imported ADD COLUMN meaning text;
ALTER TABLE import_conflicts ADD COLUMN meaning text;
