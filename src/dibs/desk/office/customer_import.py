"""Imports customers from a list: reads each line, and says why a line is refused."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from dibs.email_address import read_address
from dibs.errors import FieldError, Invalid
from dibs.ledger import contacts
from dibs.ledger.bookings import Customer
from dibs.ledger.customer_keys import find_key
from dibs.ledger.database import retry_on_conflict
from dibs.ledger.journal import record_change
from dibs.phone_number import MAX_LENGTH as MAX_PHONE_LENGTH
from dibs.phone_number import read_phone, tidy_phone
from dibs.plain_text import is_blank, unprintable_in
from dibs.search_text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from dibs.desk.context import DeskContext
    from dibs.ledger.database import Transaction
    from dibs.ledger.journal import Author

MAX_LINES = 10_000
MAX_NAME_LENGTH = 200
SEPARATORS = ",;\t"
#: The headings that other programs give these columns, folded.
NAMES: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "full name", "customer", "kunde", "nom", "nombre", "vorname name"),
    "first": ("first name", "firstname", "given name", "vorname", "prenom"),
    "last": ("last name", "lastname", "surname", "family name", "nachname"),
    "email": ("email", "e-mail", "mail", "email address", "e-mail address", "e-mail-adresse"),
    "phone": ("phone", "phone number", "telephone", "mobile", "telefon", "tel", "handy"),
}
#: What becomes of a line: brought in, known already, or why it can't be brought in.
Verdict = Literal[
    "new", "known", "twice", "no_name", "no_contact", "bad_email", "bad_phone", "bad_text"
]


@dataclass(frozen=True)
class ImportLine:
    """A line of the list. `number` is the line as an editor counts it. `customer` is None if the
    line can't be used."""

    number: int
    name: str
    email: str
    phone: str
    verdict: Verdict
    customer: Customer | None = None


@dataclass(frozen=True)
class ImportReport:
    """What became of each line. `is_done`: the new customers have been imported, and it was no dry
    run."""

    lines: list[ImportLine]
    encoding: str
    separator: str
    is_done: bool


class CustomerImport:
    def __init__(self, context: DeskContext) -> None:
        self._context = context

    @retry_on_conflict
    async def import_list(self, author: Author, content: bytes, *, dry_run: bool) -> ImportReport:
        """Import the customers of a CSV file that are new. A dry run only says which these are.

        Raises Invalid (no list of customers), Unavailable.
        """
        catalog = await self._context.ledger.known_catalog()
        text, encoding = decode(content)
        separator = find_separator(text)
        lines = list(read_lines(text, separator, catalog.business.country))

        def write(tx: Transaction) -> list[ImportLine]:
            told = _mark_known(lines, contacts.known_keys(tx.connection, set(_keys(lines))))
            new = [each.customer for each in told if each.verdict == "new" and each.customer]
            contacts.insert_contacts(tx, new)
            if new:
                record_change(tx, author, "customers.imported", {"customers": len(new)})
            return told

        if not dry_run:
            told = await self._context.ledger.database.write(write)
            return ImportReport(told, encoding, separator, is_done=True)
        known = await self._context.ledger.database.read(contacts.known_keys, set(_keys(lines)))
        return ImportReport(_mark_known(lines, known), encoding, separator, is_done=False)


def decode(content: bytes) -> tuple[str, str]:
    """Return the text of a file, and its encoding: that of its byte order mark, or else UTF-8, or
    else that of Windows. Raises Invalid."""
    for mark, name in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if content.startswith(mark):
            try:
                return content.decode(name), name.removesuffix("-sig").upper()
            except UnicodeDecodeError:
                raise _file_error("malformed", "Its encoding can't be read.") from None
    try:
        return content.decode(), "UTF-8"
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace"), "Windows-1252"


def find_separator(text: str) -> str:
    """Return the separator of the columns: the one that is most frequent in the first line."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(SEPARATORS, key=first.count)


def read_lines(text: str, separator: str, country: str | None) -> Iterator[ImportLine]:
    """Read the lines below the heading. Raises Invalid."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    columns: Mapping[str, int] | None = None
    seen: set[str] = set()
    count = 0
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if columns is None:
                columns = _columns(cells)
                continue
            count += 1
            if count > MAX_LINES:
                raise _file_error("too_long", f"It has more than {MAX_LINES:,} customers.")
            line = _read(reader.line_num, _values(columns, cells), country)
            yield _reject_repeated(line, seen)
    except csv.Error:
        raise _file_error("malformed", "It is no CSV file.") from None
    if columns is None:
        raise _file_error("required", "It is empty.")


def _columns(cells: Sequence[str]) -> Mapping[str, int]:
    """Return the position of each known column. Raises Invalid if a needed column is missing."""
    headings = [fold(cell) for cell in cells]
    found = {
        what: headings.index(name)
        for what, names in NAMES.items()
        for name in names[::-1]
        if name in headings
    }
    if not {"name", "first", "last"} & found.keys():
        raise _file_error("required", "Its first line has no column “name”.")
    if not {"email", "phone"} & found.keys():
        raise _file_error("required", "Its first line has neither a column “email” nor “phone”.")
    return found


def _values(columns: Mapping[str, int], cells: Sequence[str]) -> Mapping[str, str]:
    return {
        what: _clean_cell(cells[index]) if index < len(cells) else ""
        for what, index in columns.items()
    }


def _clean_cell(cell: str) -> str:
    """Return a cell without a ' in front of a formula. Exported files have it, so that spreadsheets
    don't run the cell."""
    text = cell.strip()
    return text[1:] if text[:1] == "'" and text[1:2] in set("=+-@") else text


def _read(number: int, values: Mapping[str, str], country: str | None) -> ImportLine:
    typed = values.get("name") or f"{values.get('first', '')} {values.get('last', '')}"
    name, email, phone = typed.strip(), values.get("email", ""), values.get("phone", "")
    line = ImportLine(number, name[:MAX_NAME_LENGTH], email[:254], phone[:100], "new")
    verdict = _verdict_of_text(name, email, phone)
    if verdict is not None:
        return replace(line, verdict=verdict)
    address = read_address(email) if email else ""
    if address is None:
        return replace(line, verdict="bad_email")
    tidy = tidy_phone(phone)
    if not tidy:
        return replace(line, customer=Customer(name, address))
    read = read_phone(tidy, country) if len(tidy) <= MAX_PHONE_LENGTH else None
    if read is None:
        return replace(line, verdict="bad_phone")
    return replace(line, customer=Customer(name, address, read.typed, read.e164))


def _verdict_of_text(name: str, email: str, phone: str) -> Verdict | None:
    if is_blank(name):
        return "no_name"
    if len(name) > MAX_NAME_LENGTH or any(map(unprintable_in, (name, email, phone))):
        return "bad_text"
    return None if email or phone else "no_contact"


def _reject_repeated(line: ImportLine, seen: set[str]) -> ImportLine:
    if line.customer is None:
        return line
    key = _key(line.customer)
    if key in seen:
        return replace(line, verdict="twice")
    seen.add(key)
    return line


def _keys(lines: Sequence[ImportLine]) -> Iterator[str]:
    return (_key(each.customer) for each in lines if each.customer is not None)


def _key(customer: Customer) -> str:
    return find_key(customer.email, customer.phone, customer.phone_e164)


def _mark_known(lines: Sequence[ImportLine], known: set[str]) -> list[ImportLine]:
    return [
        replace(each, verdict="known")
        if each.verdict == "new" and each.customer is not None and _key(each.customer) in known
        else each
        for each in lines
    ]


def _file_error(code: str, said: str) -> Invalid:
    return Invalid(FieldError("file", code, said=said))
