"""The first run creates the first catalog, with the checks and messages of the catalog file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.answers import fields, refusal_of
from tests.support.commands import dibs
from tests.support.office import OWNER, OfficeBrowser, owner_token
from tests.support.server import Server

BUSINESS = {"name": "North", "time_zone": "Europe/Berlin", "currency": "EUR", "language": "de"}
PERSON = {"id": 1, "name": "Sarah", "hours": {"mon": ["09:00-17:00"]}}
SERVICE = {"id": 1, "name": "Haircut", "duration": 30, "price": "30.00", "resources": [1]}
WHOLE = {"business": BUSINESS, "resources": [PERSON], "services": [SERVICE]}


@pytest.fixture
def empty(start_server: Callable[..., Server]) -> Server:
    """Start a server without a business."""
    return start_server(command="serve")


@pytest.fixture
def owner(empty: Server) -> Any:
    browser = OfficeBrowser(empty.url)
    made = browser.use_link(owner_token(empty), **OWNER)
    assert made.json()["has_business"] is False
    yield browser
    browser.close()


def test_the_first_catalog_is_made_once_and_is_seen_at_once(
    empty: Server, owner: OfficeBrowser
) -> None:
    assert refusal_of(empty.http.get("/api/v1/business")) == (404, "not_found")
    found = owner.get("/setup").json()
    assert found["address"] == f"{empty.url}/"
    assert {"de", "en"} <= set(found["languages"])
    assert owner.post("/setup/check", {"business": BUSINESS}).json() == {"warnings": []}
    assert owner.get("/session").json()["has_business"] is False
    assert owner.post("/setup", WHOLE).json() == {"address": f"{empty.url}/"}
    assert empty.http.get("/api/v1/business").json()["name"] == "North"
    assert [each["name"] for each in empty.http.get("/api/v1/services").json()] == ["Haircut"]
    assert owner.get("/session").json()["has_business"] is True
    assert refusal_of(owner.post("/setup", WHOLE)) == (409, "has_business")
    (entry, *_) = owner.get("/audit?limit=1").json()["entries"]
    assert (entry["action"], entry["by"]) == ("business.set_up", OWNER["name"])
    exported = dibs("catalog", "export", "--data", empty.data, **empty.settings)
    assert 'name = "North"' in exported.said


def test_a_fault_has_the_words_of_the_catalog_file(owner: OfficeBrowser) -> None:
    wrong = {
        "business": {"name": " ", "time_zone": "Berlin", "currency": "Euro", "logo": 1},
        "resources": [{**PERSON, "hours": {"mon": ["17:00-09:00"], "xyz": []}}],
        "services": [{**SERVICE, "duration": 0, "price": "a lot", "resources": [1]}],
    }
    answer = owner.post("/setup/check", wrong)
    assert refusal_of(answer) == (422, "invalid")
    said = {each["field"]: each["detail"] for each in answer.json()["errors"]}
    assert said["business.time_zone"] == "'Berlin' is no IANA time zone like Europe/Berlin"
    assert said["business.currency"] == 'write the three capital letters of a currency, like "EUR"'
    assert {
        "business.name",
        "business.logo",
        "resources.0.hours.mon",
        "resources.0.hours.xyz",
        "services.0.duration",
        "services.0.price",
    } <= set(said)
    nobody = {**WHOLE, "services": [{**SERVICE, "resources": [2]}]}
    answer = owner.post("/setup", nobody)
    assert fields(answer) == {"services.0.resources": "malformed"}
    assert answer.json()["errors"][0]["detail"] == "there is no resource 2"
    assert owner.get("/session").json()["has_business"] is False


def test_a_service_that_nobody_could_book_is_told_of(owner: OfficeBrowser) -> None:
    long = {**WHOLE, "services": [{**SERVICE, "duration": 600}]}
    (warning,) = owner.post("/setup/check", long).json()["warnings"]
    assert "Haircut" in warning


@pytest.mark.parametrize("body", [{}, [], {"business": []}, {"business": None}, {"more": 1}])
def test_what_are_no_tables_is_refused(owner: OfficeBrowser, body: Any) -> None:
    for path in ("/setup/check", "/setup"):
        assert refusal_of(owner.post(path, body)) == (422, "invalid")
