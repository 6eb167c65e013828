"""Pictures, as they are stored: each under a name that is made from its content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import exists, insert, not_, or_, select, update

from dibs.errors import FieldError, Invalid
from dibs.ledger.catalog_tables import business, pictures, resources, services

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sqlalchemy import Column, Connection

    from dibs.ledger.catalog import Catalog
    from dibs.ledger.database import Transaction
    from dibs.pictures import Picture

#: The columns that name a picture.
REFERENCES: tuple[Column[str | None], ...] = (
    *(services.c.picture, resources.c.picture),
    *(business.c.logo, business.c.picture),
)
#: The condition that no column names a picture.
is_unused = not_(or_(*(exists().where(each == pictures.c.name) for each in REFERENCES)))


def store(tx: Transaction, picture: Picture) -> None:
    """Store a picture. One that is stored already counts as new again, so that it isn't removed as
    unused before it is used."""
    again = update(pictures).where(pictures.c.name == picture.name).values(stored_at=tx.now)
    if tx.connection.execute(again).rowcount == 0:
        tx.connection.execute(
            insert(pictures).values(
                name=picture.name,
                width=picture.width,
                height=picture.height,
                content=picture.content,
                small=picture.small,
                stored_at=tx.now,
            )
        )


def read(connection: Connection, name: str, *, is_small: bool) -> bytes | None:
    """Return the content of a picture, or None if there is no picture of that name."""
    column = pictures.c.small if is_small else pictures.c.content
    content = connection.execute(select(column).where(pictures.c.name == name)).scalar()
    return None if content is None else bytes(content)


def read_named(connection: Connection, catalog: Catalog) -> dict[str, bytes]:
    """The contents of the pictures that a catalog names."""
    names = {name for _, name in _list_named_pictures(catalog)}
    rows = connection.execute(
        select(pictures.c.name, pictures.c.content).where(pictures.c.name.in_(names))
    )
    return {row.name: bytes(row.content) for row in rows}


def find_missing(connection: Connection, names: Collection[str]) -> set[str]:
    """Return those of these names that no stored picture has."""
    if not names:
        return set()
    found = select(pictures.c.name).where(pictures.c.name.in_(set(names)))
    return set(names) - set(connection.execute(found).scalars())


def check_stored(connection: Connection, wanted: Catalog, expected: Collection[str] = ()) -> None:
    """Raise Invalid if the catalog names a picture that is neither stored nor `expected` to be.

    While the catalog is locked the picture stays stored, because removing pictures takes that lock,
    too.
    """
    named = dict(_list_named_pictures(wanted))
    missing = find_missing(connection, set(named.values()) - set(expected))
    if missing:
        raise Invalid(
            *(
                FieldError(path, "malformed", said="there is no such picture; upload it again")
                for path, name in named.items()
                if name in missing
            )
        )


def _list_named_pictures(catalog: Catalog) -> Iterator[tuple[str, str]]:
    """Yield where the catalog names a picture, as a path in its tables, and the picture's name."""
    look = catalog.business.appearance
    for key, name in (("logo", look.logo), ("picture", look.picture)):
        if name is not None:
            yield f"business.{key}", name
    for index, service in enumerate(catalog.services.values()):
        if service.picture is not None:
            yield f"services.{index}.picture", service.picture
    for index, resource in enumerate(catalog.resources.values()):
        if resource.picture is not None:
            yield f"resources.{index}.picture", resource.picture
