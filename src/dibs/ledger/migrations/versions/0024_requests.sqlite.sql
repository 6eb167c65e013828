-- What each column and status means is said in tables.py and catalog_tables.py.

ALTER TABLE services ADD COLUMN approve_within INTEGER CHECK (approve_within > 0);

-- SQLite can't change which values a column takes.
CREATE TABLE bookings_with_requests (
  id INTEGER NOT NULL,
  reference TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('pending', 'confirmed', 'completed', 'no_show', 'cancelled', 'expired', 'requested', 'declined')),
  token TEXT NOT NULL,
  claim TEXT NOT NULL,
  visitor TEXT,
  deadline INTEGER,
  service_id INTEGER NOT NULL,
  resource_id INTEGER NOT NULL,
  starts_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  price TEXT,
  customer_name TEXT,
  customer_email TEXT,
  customer_phone TEXT,
  created_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  customer_phone_e164 TEXT,
  language TEXT,
  time_zone TEXT,
  notes TEXT NOT NULL DEFAULT '',
  customer_key TEXT,
  search TEXT NOT NULL DEFAULT '',
  source TEXT NOT NULL DEFAULT 'page' CHECK (source IN ('page', 'office', 'api', 'import')),
  sort_name TEXT NOT NULL DEFAULT '',
  answer_until INTEGER,
  PRIMARY KEY (id),
  CONSTRAINT only_requests_wait CHECK ((status = 'requested') = (answer_until IS NOT NULL)),
  CONSTRAINT pending_has_deadline CHECK ((status = 'pending') = (deadline IS NOT NULL)),
  UNIQUE (reference),
  UNIQUE (token),
  FOREIGN KEY(service_id) REFERENCES services (id),
  FOREIGN KEY(resource_id) REFERENCES resources (id)
) STRICT;
INSERT INTO bookings_with_requests
SELECT
  id, reference, status, token, claim, visitor, deadline, service_id, resource_id, starts_at,
  ends_at, price, customer_name, customer_email, customer_phone, created_at, changed_at,
  customer_phone_e164, language, time_zone, notes, customer_key, search, source, sort_name, NULL
FROM bookings;
DROP TABLE bookings;
ALTER TABLE bookings_with_requests RENAME TO bookings;
CREATE INDEX bookings_by_start ON bookings (starts_at);
CREATE INDEX bookings_by_email ON bookings (lower(customer_email));
CREATE INDEX bookings_by_status ON bookings (status, ends_at);
CREATE INDEX bookings_without_customer ON bookings (changed_at) WHERE customer_email IS NULL;
CREATE INDEX bookings_by_deadline ON bookings (deadline) WHERE deadline IS NOT NULL;
CREATE INDEX bookings_by_answer ON bookings (answer_until) WHERE answer_until IS NOT NULL;
CREATE INDEX bookings_by_visitor ON bookings (visitor) WHERE visitor IS NOT NULL;
CREATE UNIQUE INDEX bookings_one_checkout ON bookings (visitor, service_id) WHERE deadline IS NOT NULL;
CREATE INDEX bookings_by_customer ON bookings (customer_key, starts_at, status, resource_id);
CREATE INDEX bookings_by_name ON bookings (sort_name, customer_key);
CREATE INDEX bookings_by_creation ON bookings (created_at);
