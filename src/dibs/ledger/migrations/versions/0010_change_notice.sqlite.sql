-- What each column means is said in tables.py.

ALTER TABLE services
  ADD COLUMN change_notice INTEGER NOT NULL DEFAULT 0 CHECK (change_notice >= 0);
