-- What each table means is said in tables.py.

CREATE TABLE imported (
  source TEXT NOT NULL,
  kind TEXT NOT NULL,
  source_id TEXT NOT NULL,
  imported_id INTEGER,
  at INTEGER NOT NULL,
  PRIMARY KEY (source, kind, source_id)
) STRICT;

CREATE TABLE import_conflicts (
  id INTEGER NOT NULL,
  source TEXT NOT NULL,
  kind TEXT NOT NULL,
  source_id TEXT NOT NULL,
  reason TEXT NOT NULL,
  "row" TEXT NOT NULL,
  in_the_way INTEGER,
  at INTEGER NOT NULL,
  settled_at INTEGER,
  PRIMARY KEY (id),
  FOREIGN KEY(in_the_way) REFERENCES bookings (id)
) STRICT;
CREATE UNIQUE INDEX import_conflicts_by_source ON import_conflicts (source, kind, source_id);
