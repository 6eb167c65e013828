"""The addresses of services on the booking page: `/book/haircut`.

If the whole of Dibs is under a path that ends in `/book`, its services are directly below that
path, so that no address has the word twice.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import quote

from dibs.setting_types import OWN_PATHS
from dibs.web.middleware.base_path import base_path_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dibs.ledger.catalog import Catalog, Service

PREFIX = "/book"
NO_LETTERS = re.compile(r"[\W_]+")
MAX_SLUG_LENGTH = 60


def prefix_of(base_path: str) -> str:
    """Return the part of an address between the base path and the name of a service."""
    return "" if base_path.endswith(PREFIX) else PREFIX


def service_addresses(catalog: Catalog, public_url: str) -> dict[int, str]:
    """Return the whole address of the page about each service, by the id of the service."""
    start = public_url + prefix_of(base_path_of(public_url))
    return {
        service.id: f"{start}/{quote(slug)}" for slug, service in services_by_slug(catalog).items()
    }


def services_by_slug(catalog: Catalog) -> Mapping[str, Service]:
    """Return the services by their slugs: the words that addresses have instead of their names.

    The id of the service is added to a slug that is a path of Dibs itself, that is empty, or that
    another service has already. It is added again while another service has the result: the name
    of that service may end in the same number.
    """
    found: dict[str, Service] = {}
    for service in catalog.services.values():
        slug = slug_of(service.name)
        while not slug or slug in found or slug in OWN_PATHS:
            slug = f"{slug}-{service.id}".lstrip("-")
        found[slug] = service
    return found


def slug_of(name: str) -> str:
    """Return a name as a part of an address: small letters and digits of any script, joined by
    hyphens."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(each for each in plain if not unicodedata.combining(each))
    return NO_LETTERS.sub("-", letters)[:MAX_SLUG_LENGTH].strip("-")
