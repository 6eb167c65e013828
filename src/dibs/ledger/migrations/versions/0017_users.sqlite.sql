-- What each column means is said in tables.py and user_tables.py.

CREATE TABLE users (
  id INTEGER NOT NULL,
  email TEXT NOT NULL,
  name TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('owner', 'manager', 'staff')),
  resource_id INTEGER,
  password TEXT,
  totp TEXT,
  totp_used INTEGER,
  created_at INTEGER NOT NULL,
  disabled_at INTEGER,
  PRIMARY KEY (id),
  UNIQUE (email),
  CONSTRAINT staff_has_resource CHECK (role <> 'staff' OR resource_id IS NOT NULL),
  FOREIGN KEY(resource_id) REFERENCES resources (id)
) STRICT;

CREATE TABLE user_sessions (
  id INTEGER NOT NULL,
  token TEXT NOT NULL,
  user_id INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at INTEGER NOT NULL,
  address TEXT NOT NULL,
  browser TEXT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (token),
  FOREIGN KEY(user_id) REFERENCES users (id)
) STRICT;
CREATE INDEX user_sessions_by_user ON user_sessions (user_id);

CREATE TABLE user_links (
  token TEXT NOT NULL,
  user_id INTEGER,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (token),
  FOREIGN KEY(user_id) REFERENCES users (id)
) STRICT;
CREATE INDEX user_links_by_user ON user_links (user_id);

CREATE TABLE recovery_codes (
  user_id INTEGER NOT NULL,
  code TEXT NOT NULL,
  used_at INTEGER,
  PRIMARY KEY (user_id, code),
  FOREIGN KEY(user_id) REFERENCES users (id)
) STRICT;

CREATE TABLE api_keys (
  id INTEGER NOT NULL,
  name TEXT NOT NULL,
  token TEXT NOT NULL,
  scopes TEXT NOT NULL,
  created_by INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  used_at INTEGER,
  revoked_at INTEGER,
  PRIMARY KEY (id),
  UNIQUE (token),
  FOREIGN KEY(created_by) REFERENCES users (id)
) STRICT;

-- SQLite can't take a NOT NULL away from a column.
CREATE TABLE audit_of_users (
  id INTEGER NOT NULL,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  booking_id INTEGER,
  details TEXT NOT NULL,
  user_id INTEGER,
  key_id INTEGER,
  address TEXT,
  PRIMARY KEY (id),
  FOREIGN KEY(booking_id) REFERENCES bookings (id),
  FOREIGN KEY(user_id) REFERENCES users (id),
  FOREIGN KEY(key_id) REFERENCES api_keys (id)
) STRICT;
INSERT INTO audit_of_users (id, at, actor, action, booking_id, details)
SELECT id, at, actor, action, booking_id, details FROM audit;
DROP TABLE audit;
ALTER TABLE audit_of_users RENAME TO audit;
CREATE INDEX audit_by_booking ON audit (booking_id);
CREATE INDEX audit_by_age ON audit (at) WHERE action != 'booking.rescheduled';
