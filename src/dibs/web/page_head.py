"""The head of the booking page, for search engines and for programs that show shared links.

The browser makes the page itself. These are the parts of its head that programs read without
running scripts: title, description, and the business with its services as JSON-LD
(https://schema.org/LocalBusiness).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import orjson

from dibs.appearance import DEFAULT_APPEARANCE
from dibs.preview_picture import MEDIA_TYPE, SIZE
from dibs.web.appearance import icon_address, style_sheet_address
from dibs.web.preview import preview_address

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dibs.ledger.catalog import Business, Catalog, Service

ICON = re.compile(r'<link rel="icon"[^>]*>')
#: How many characters of a description search engines show.
MAX_DESCRIPTION_LENGTH = 160


@dataclass(frozen=True)
class PageLanguages:
    """The `known` languages of the page, and the language that was `asked` for in its address, if
    any."""

    known: tuple[str, ...]
    asked: str | None


def head_of(
    catalog: Catalog,
    addresses: Mapping[int, str],
    public_url: str,
    service: Service | None,
    languages: PageLanguages,
) -> str:
    """Return the title and the other tags of the head as HTML, in the language of the catalog.

    `addresses` are the addresses of the services by the ids of the services. `service` is the one
    that the page is about, or None if the page is about all of them.
    """
    business = catalog.business
    title = business.name if service is None else f"{service.name} · {business.name}"
    address = f"{public_url}/" if service is None else addresses[service.id]
    description = _shorten(_description(catalog, service))
    tags = [
        f"<title>{escape(title)}</title>",
        *_links_of_languages(address, languages),
        '<meta property="og:type" content="website">',
        f'<meta property="og:title" content="{escape(title)}">',
        f'<meta property="og:site_name" content="{escape(business.name)}">',
        f'<meta property="og:url" content="{escape(address)}">',
    ]
    if description:
        tags.append(f'<meta name="description" content="{escape(description)}">')
        tags.append(f'<meta property="og:description" content="{escape(description)}">')
    tags += _pictures(catalog, public_url, service)
    tags.append(f'<meta property="og:image:alt" content="{escape(title)}">')
    data = _json_ld(catalog, addresses, public_url, service)
    tags.append(f'<script type="application/ld+json">{_script_safe(data)}</script>')
    return "\n    ".join(tags)


def _links_of_languages(address: str, languages: PageLanguages) -> list[str]:
    """Return links to the page in each language, so that search engines can show readers the one in
    their own language."""
    canonical = address if languages.asked is None else f"{address}?lang={languages.asked}"
    return [
        f'<link rel="canonical" href="{escape(canonical)}">',
        f'<link rel="alternate" hreflang="x-default" href="{escape(address)}">',
        *(
            f'<link rel="alternate" hreflang="{tag}" href="{escape(address)}?lang={tag}">'
            for tag in languages.known
        ),
    ]


def add_appearance(page: str, business: Business) -> str:
    """Return the HTML of the page with the appearance of a business.

    Addresses begin with `./`, which the caller replaces with the base path. The style sheet of the
    appearance comes after the page's own, so that it wins.
    """
    look = business.appearance
    icon = f'<link rel="icon" href="{_icon(business)}">'
    if look.logo is not None:
        icon += f'<link rel="apple-touch-icon" href="./pictures/small/{look.logo}">'
    page = ICON.sub(lambda _: icon, page, count=1)
    tags = f'  <meta name="theme-color" content="{look.accent}">\n  '
    if look != DEFAULT_APPEARANCE:
        tags += f'  <link rel="stylesheet" href=".{style_sheet_address(look)}">\n  '
    return page.replace("</head>", f"{tags}</head>", 1)


def _icon(business: Business) -> str:
    look = business.appearance
    if look.logo is not None:
        return f"./pictures/small/{look.logo}"
    return f".{escape(icon_address(look, business.name))}"


def _pictures(catalog: Catalog, public_url: str, service: Service | None) -> list[str]:
    """Return the tags of the picture that is shown with a shared address: the picture of the
    service or the business, else the logo, which is shown small, else a picture that Dibs draws."""
    look = catalog.business.appearance
    large = (service.picture if service is not None else None) or look.picture
    name = large or look.logo
    if name is None:
        width, height = SIZE
        address = f"{public_url}{preview_address(catalog.business)}"
        return [
            f'<meta property="og:image" content="{escape(address)}">',
            f'<meta property="og:image:type" content="{MEDIA_TYPE}">',
            f'<meta property="og:image:width" content="{width}">',
            f'<meta property="og:image:height" content="{height}">',
            '<meta name="twitter:card" content="summary_large_image">',
        ]
    card = "summary_large_image" if large else "summary"
    return [
        f'<meta property="og:image" content="{escape(public_url)}/pictures/{name}">',
        f'<meta name="twitter:card" content="{card}">',
    ]


def catalog_script(catalog: dict[str, Any]) -> str:
    """Return the catalog as an HTML element, so that the page needn't ask for it first."""
    return f'<script type="application/json" id="catalog">{_script_safe(catalog)}</script>'


def _description(catalog: Catalog, service: Service | None) -> str:
    if service is not None:
        return service.description or service.name
    return ", ".join(each.name for each in catalog.services.values())


def _shorten(text: str) -> str:
    words = " ".join(text.split())
    if len(words) <= MAX_DESCRIPTION_LENGTH:
        return words
    return words[: MAX_DESCRIPTION_LENGTH - 1].rstrip() + "…"


def _json_ld(
    catalog: Catalog, addresses: Mapping[int, str], public_url: str, service: Service | None
) -> dict[str, Any]:
    business: dict[str, Any] = {
        "@type": "LocalBusiness",
        "@id": f"{public_url}/#business",
        "name": catalog.business.name,
        "url": f"{public_url}/",
    }
    look = catalog.business.appearance
    if look.logo is not None:
        business["logo"] = f"{public_url}/pictures/{look.logo}"
    if look.picture is not None:
        business["image"] = f"{public_url}/pictures/{look.picture}"
    if catalog.business.email:
        business["email"] = catalog.business.email
    if catalog.business.phone:
        business["telephone"] = catalog.business.phone
    if catalog.business.place:
        business["address"] = catalog.business.place
    if service is not None:
        return {
            "@context": "https://schema.org",
            **_service(service, addresses, public_url),
            "provider": business,
            "offers": _offer(catalog, service, addresses),
        }
    offers = [
        {**_offer(catalog, each, addresses), "itemOffered": _service(each, addresses, public_url)}
        for each in catalog.services.values()
    ]
    return {"@context": "https://schema.org", **business, "makesOffer": offers}


def _service(service: Service, addresses: Mapping[int, str], public_url: str) -> dict[str, Any]:
    found = {"@type": "Service", "name": service.name, "url": addresses[service.id]}
    if service.description:
        found["description"] = service.description
    if service.category is not None:
        found["category"] = service.category
    if service.picture is not None:
        found["image"] = f"{public_url}/pictures/{service.picture}"
    return found


def _offer(catalog: Catalog, service: Service, addresses: Mapping[int, str]) -> dict[str, Any]:
    offer: dict[str, Any] = {"@type": "Offer", "url": addresses[service.id]}
    if service.price is None or not catalog.business.currency:
        return offer
    currency = {"priceCurrency": catalog.business.currency}
    if service.price_from:
        least = {"@type": "PriceSpecification", "minPrice": str(service.price), **currency}
        return {**offer, "priceSpecification": least}
    return {**offer, "price": str(service.price), **currency}


def _script_safe(data: dict[str, Any]) -> str:
    """Return JSON that can't end the script element that it is in, nor begin a comment there."""
    text = orjson.dumps(data).decode()
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
