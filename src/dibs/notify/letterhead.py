"""The business as letters show it: with its accent and its logo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dibs.ledger import catalog_rows
from dibs.letters.letter import Business

if TYPE_CHECKING:
    from dibs.ledger.catalog import Catalog
    from dibs.ledger.database import Database


def letterhead(catalog: Catalog, public_url: str) -> Business:
    """Return the business as letters show it. Without a `public_url` there is no logo, because
    nobody could load it."""
    business, look = catalog.business, catalog.business.appearance
    logo_url = f"{public_url}/pictures/small/{look.logo}" if look.logo and public_url else None
    return Business(business.name, business.email, business.time_zone, look.accent, logo_url)


async def named_letterhead(database: Database, public_url: str, name: str) -> Business:
    """Return the business for a message that isn't about an appointment. The name comes from the
    event of the message, because there may be no business yet."""
    catalog = await database.read(catalog_rows.read)
    if catalog is None:
        return Business(name, None, "UTC")
    found = letterhead(catalog, public_url)
    return Business(name, None, "UTC", found.accent, found.logo_url)
