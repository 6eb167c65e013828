-- What each table means is said in tables.py. Codes are good for minutes: nobody misses those that
-- are waiting for longer than it takes to ask for another.

DROP TABLE sign_in_codes;
CREATE TABLE sign_in_codes (
  email text NOT NULL,
  browser text NOT NULL,
  code text NOT NULL,
  tries integer NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (email, browser)
);
CREATE INDEX sign_in_codes_by_expiry ON sign_in_codes (expires_at);

CREATE TABLE code_counts (
  asked_by text NOT NULL,
  codes integer NOT NULL,
  ends_at timestamptz NOT NULL,
  PRIMARY KEY (asked_by)
);
CREATE INDEX code_counts_by_end ON code_counts (ends_at);
