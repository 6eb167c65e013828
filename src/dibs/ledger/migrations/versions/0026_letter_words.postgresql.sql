-- What each column means is said in catalog_tables.py.

CREATE TABLE letter_words (
  kind text NOT NULL,
  language text NOT NULL,
  subject text NOT NULL,
  opening text NOT NULL,
  closing text NOT NULL,
  PRIMARY KEY (kind, language)
);
