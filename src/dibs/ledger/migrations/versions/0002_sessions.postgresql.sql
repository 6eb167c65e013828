-- What each table means is said in tables.py.

ALTER TABLE outbox ALTER COLUMN booking_id DROP NOT NULL;
ALTER TABLE outbox ADD COLUMN due_at timestamptz;
ALTER TABLE outbox ADD COLUMN attempts integer NOT NULL DEFAULT 0;
CREATE INDEX outbox_by_due ON outbox (due_at);

CREATE TABLE sign_in_codes (
  email text NOT NULL,
  code text NOT NULL,
  tries integer NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (email)
);
CREATE INDEX sign_in_codes_by_expiry ON sign_in_codes (expires_at);

CREATE TABLE sessions (
  token text NOT NULL,
  email text NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (token)
);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
