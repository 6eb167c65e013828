"""The words of letters that the owner has changed, as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from dibs.ledger.catalog_tables import letter_words
from dibs.letter_words import LetterWords

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from dibs.ledger.database import Transaction
    from dibs.letter_words import WordsKey


def read(connection: Connection) -> dict[WordsKey, LetterWords]:
    """Return the changed words of letters, by kind of letter and language, in that order."""
    rows = connection.execute(select(letter_words)).all()
    found = {
        (row.kind, row.language): LetterWords(row.subject, row.opening, row.closing) for row in rows
    }
    return dict(sorted(found.items()))


def replace(tx: Transaction, wanted: Mapping[WordsKey, LetterWords]) -> None:
    tx.connection.execute(delete(letter_words))
    for (kind, language), words in wanted.items():
        row = {"kind": kind, "language": language, **words.as_table()}
        tx.connection.execute(insert(letter_words).values(row))
