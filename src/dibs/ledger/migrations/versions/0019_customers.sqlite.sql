-- What each column means is said in tables.py and customer_tables.py. What bookings are found by is
-- filled in by the revision itself.

ALTER TABLE bookings ADD COLUMN customer_key TEXT;
ALTER TABLE bookings ADD COLUMN search TEXT NOT NULL DEFAULT '';
ALTER TABLE bookings ADD COLUMN source TEXT NOT NULL DEFAULT 'page'
  CHECK (source IN ('page', 'office', 'api', 'import'));
ALTER TABLE bookings ADD COLUMN sort_name TEXT NOT NULL DEFAULT '';

UPDATE bookings SET source = CASE
    WHEN EXISTS (
      SELECT 1 FROM imported
      WHERE imported.kind = 'appointment' AND imported.imported_id = bookings.id
    ) THEN 'import'
    WHEN EXISTS (
      SELECT 1 FROM audit
      WHERE audit.booking_id = bookings.id
        AND audit.action = 'booking.confirmed' AND audit.actor = 'key'
    ) THEN 'api'
    ELSE 'office'
  END
  WHERE visitor IS NULL AND customer_name IS NOT NULL;

CREATE INDEX bookings_by_customer ON bookings (customer_key, starts_at, status, resource_id);
CREATE INDEX bookings_by_name ON bookings (sort_name, customer_key);
CREATE INDEX bookings_by_creation ON bookings (created_at);

CREATE TABLE contacts (
  id INTEGER NOT NULL,
  key TEXT NOT NULL,
  name TEXT NOT NULL,
  email TEXT NOT NULL,
  phone TEXT,
  phone_e164 TEXT,
  search TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  sort_name TEXT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (key)
) STRICT;
CREATE INDEX contacts_by_name ON contacts (sort_name, "key");

CREATE TABLE customer_notes (
  id INTEGER NOT NULL,
  customer_key TEXT NOT NULL,
  text TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  user_id INTEGER,
  key_id INTEGER,
  PRIMARY KEY (id),
  FOREIGN KEY(user_id) REFERENCES users (id),
  FOREIGN KEY(key_id) REFERENCES api_keys (id)
) STRICT;
CREATE INDEX customer_notes_by_customer ON customer_notes (customer_key);
