-- What is in these columns is said in catalog_tables.py.

ALTER TABLE business ADD COLUMN translations text NOT NULL DEFAULT '{}';
ALTER TABLE services ADD COLUMN translations text NOT NULL DEFAULT '{}';
ALTER TABLE resources ADD COLUMN translations text NOT NULL DEFAULT '{}';

CREATE TABLE categories (
  name text NOT NULL,
  translations text NOT NULL DEFAULT '{}',
  PRIMARY KEY (name)
);
