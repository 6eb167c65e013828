-- What each column means is said in tables.py.

CREATE TABLE trial_write (
  one INTEGER NOT NULL CHECK (one = 1),
  filler BLOB NOT NULL,
  PRIMARY KEY (one)
) STRICT;
