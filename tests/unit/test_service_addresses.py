"""The addresses of services: each service has one, whatever the services are called."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dibs.web.service_addresses import service_addresses, services_by_slug
from tests.support.dibs_in_process import demo_catalog

URL = "https://studio.example"


@pytest.mark.parametrize(
    ("names", "slugs"),
    [
        ({1: "Haircut", 2: "Beard"}, ["haircut", "beard"]),
        ({1: "Haircut", 2: "haircut!"}, ["haircut", "haircut-2"]),
        # The second one's own name is the address that the third one would get.
        ({1: "Haircut", 3: "Haircut 2", 2: "Haircut"}, ["haircut", "haircut-2", "haircut-2-2"]),
        ({2: "Haircut", 1: "Haircut 3", 3: "Haircut"}, ["haircut", "haircut-3", "haircut-3-3"]),
        ({1: "---", 2: "1"}, ["1", "1-2"]),
    ],
)
def test_each_service_has_an_address_of_its_own(names: dict[int, str], slugs: list[str]) -> None:
    catalog = demo_catalog()
    like = next(iter(catalog.services.values()))
    services = {number: replace(like, id=number, name=name) for number, name in names.items()}
    catalog = replace(catalog, services=services)
    assert [(slug, each.id) for slug, each in services_by_slug(catalog).items()] == list(
        zip(slugs, names, strict=True)
    )
    assert service_addresses(catalog, URL).keys() == names.keys()
