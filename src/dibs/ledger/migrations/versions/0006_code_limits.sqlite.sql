-- What each table means is said in tables.py. Codes are good for minutes: nobody misses those that
-- are waiting for longer than it takes to ask for another.

DROP TABLE sign_in_codes;
CREATE TABLE sign_in_codes (
  email TEXT NOT NULL,
  browser TEXT NOT NULL,
  code TEXT NOT NULL,
  tries INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (email, browser)
) STRICT;
CREATE INDEX sign_in_codes_by_expiry ON sign_in_codes (expires_at);

CREATE TABLE code_counts (
  asked_by TEXT NOT NULL,
  codes INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  PRIMARY KEY (asked_by)
) STRICT;
CREATE INDEX code_counts_by_end ON code_counts (ends_at);
