-- What is in these columns is said in catalog_tables.py.

ALTER TABLE business ADD COLUMN translations TEXT NOT NULL DEFAULT '{}';
ALTER TABLE services ADD COLUMN translations TEXT NOT NULL DEFAULT '{}';
ALTER TABLE resources ADD COLUMN translations TEXT NOT NULL DEFAULT '{}';

CREATE TABLE categories (
  name TEXT NOT NULL,
  translations TEXT NOT NULL DEFAULT '{}',
  PRIMARY KEY (name)
) STRICT;
