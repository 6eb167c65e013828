-- What each column means is said in catalog_tables.py.

CREATE TABLE letter_words (
  kind TEXT NOT NULL,
  language TEXT NOT NULL,
  subject TEXT NOT NULL,
  opening TEXT NOT NULL,
  closing TEXT NOT NULL,
  PRIMARY KEY (kind, language)
) STRICT;
