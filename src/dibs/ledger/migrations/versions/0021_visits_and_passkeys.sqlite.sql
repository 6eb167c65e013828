-- What each column means is said in tables.py and user_tables.py.

CREATE TABLE visit_counts (
  day TEXT NOT NULL,
  held INTEGER NOT NULL,
  checked_out INTEGER NOT NULL,
  booked INTEGER NOT NULL,
  PRIMARY KEY (day)
) STRICT;

CREATE TABLE passkeys (
  id INTEGER NOT NULL,
  user_id INTEGER NOT NULL,
  credential TEXT NOT NULL,
  public_key TEXT NOT NULL,
  sign_count INTEGER NOT NULL,
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  used_at INTEGER,
  PRIMARY KEY (id),
  UNIQUE (credential),
  FOREIGN KEY(user_id) REFERENCES users (id)
) STRICT;
CREATE INDEX passkeys_by_user ON passkeys (user_id);

CREATE TABLE passkey_challenges (
  challenge TEXT NOT NULL,
  user_id INTEGER,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (challenge),
  FOREIGN KEY(user_id) REFERENCES users (id)
) STRICT;
CREATE INDEX passkey_challenges_by_expiry ON passkey_challenges (expires_at);
