-- What each column means is said in tables.py.

CREATE TABLE trial_write (
  one INTEGER NOT NULL CHECK (one = 1),
  filler BYTEA NOT NULL,
  PRIMARY KEY (one)
);
