"""The catalog as the office reads and changes it, with the checks and messages of the catalog
file."""

from __future__ import annotations

import tomllib
from datetime import date
from typing import Any

import pytest

from tests.integration.office.conftest import NewBrowser
from tests.support.answers import fields, refusal_of
from tests.support.commands import dibs
from tests.support.days import at
from tests.support.office import OWNER, OfficeBrowser
from tests.support.server import Server
from tests.support.stream_paths import Follow
from tests.support.waiting import until

pytestmark = pytest.mark.scenario(57)

TEXTS = ["<img src=x onerror=alert(1)>", "\u200fשלום‎ & Söhne", "=1+1", 'Ann 🎉 O\'Hara "x" \\']


def read(owner: OfficeBrowser) -> dict[str, Any]:
    answer = owner.get("/catalog")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def part_of(owner: OfficeBrowser, kind: str, key: int) -> dict[str, Any]:
    return next(each for each in read(owner)[kind] if each["table"]["id"] == key)


def put(owner: OfficeBrowser, path: str, body: Any, **options: Any) -> Any:
    return owner.http.put(f"/catalog{path}", json=body, **options)


def change(owner: OfficeBrowser, kind: str, key: int, **changes: Any) -> Any:
    part = part_of(owner, kind, key)
    body = {"table": part["table"] | changes, "version": part["version"]}
    return put(owner, f"/{kind}/{key}", body)


def add(owner: OfficeBrowser, kind: str, **table: Any) -> int:
    answer = owner.post(f"/catalog/{kind}", {"table": table})
    assert answer.status_code == 201, answer.text
    key: int = answer.json()["id"]
    return key


@pytest.fixture
def person(owner: OfficeBrowser) -> int:
    """Add a person for this test who works every day from nine to five, except at noon."""
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    hours = {each: ["09:00-12:00", "13:00-17:00"] for each in days}
    return add(owner, "resources", name="Tess", hours=hours)


@pytest.fixture
def service(owner: OfficeBrowser, person: int) -> int:
    return add(owner, "services", name="Talk", duration=30, resources=[person])


def test_the_catalog_is_read_in_the_words_of_the_file(owner: OfficeBrowser, office: Server) -> None:
    found = read(owner)
    answer = owner.get("/catalog.toml")
    assert answer.headers["content-type"].startswith("application/toml")
    assert "catalog.toml" in answer.headers["content-disposition"]
    file = tomllib.loads(answer.text)
    for name in ("services", "resources"):
        tables = {each["table"]["id"]: each["table"] for each in found[name]}
        assert [each["id"] for each in file[name]] == list(tables)
        for each in file[name]:
            assert each.items() <= (tables[each["id"]] | {"overrides": {}}).items()
    assert file["business"].items() <= found["business"]["table"].items()
    assert "de" in found["languages"]


def test_a_file_of_the_office_is_taken_back_unchanged(
    owner: OfficeBrowser, office: Server, service: int
) -> None:
    change(owner, "services", service, description="a\nb", place="x", price="12.50", reminders=[])
    text = owner.get("/catalog.toml").text
    version = read(owner)["version"]
    answer = put(owner, ".toml", {"toml": text, "version": version})
    assert (answer.status_code, answer.json()["changes"]) == (200, [])
    (file := office.data.parent / "exported.toml").write_text(text, encoding="utf-8")
    applied = dibs("catalog", "apply", file, "--data", office.data, "--yes", **office.settings)
    assert applied.said[-1] == "nothing to change"
    assert owner.get("/catalog.toml").text == text


def test_a_service_is_added_changed_ordered_and_retired(
    owner: OfficeBrowser, office: Server, service: int, person: int
) -> None:
    def public() -> dict[int, Any]:
        return {each["id"]: each for each in office.http.get("/api/v1/services").json()}

    assert public()[service]["name"] == "Talk"
    changed = change(owner, "services", service, name="Long talk", duration=60, price="40")
    assert changed.json()["is_applied"]
    assert changed.json()["changes"] == [f"service {service} Long talk: changed"]
    assert (public()[service]["name"], public()[service]["price"]) == ("Long talk", "40")
    ids = [service, *(each for each in public() if each != service)]
    assert put(owner, "/order", {"ids": ids}).json()["changes"] == [
        "order of the services: changed"
    ]
    assert list(public()) == ids
    assert refusal_of(put(owner, "/order", {"ids": ids[1:]})) == (409, "changed_meanwhile")
    version = part_of(owner, "services", service)["version"]
    retired = owner.post(f"/catalog/services/{service}/retire", {"version": version})
    assert retired.json()["changes"] == [f"service {service} Long talk: retired"]
    assert service not in public()
    again = owner.post(f"/catalog/services/{service}/retire", {"version": version})
    assert refusal_of(again) == (404, "not_found")
    # The id is not given to another service, but the same service can come back with it.
    assert add(owner, "services", name="Other", duration=30, resources=[person]) > service
    assert (
        add(owner, "services", id=service, name="Back", duration=30, resources=[person]) == service
    )
    assert public()[service]["name"] == "Back"
    actions = [each["action"] for each in owner.get("/audit?limit=20").json()["entries"]]
    for action in ("service.added", "service.changed", "services.ordered", "service.retired"):
        assert action in actions


def test_texts_in_other_languages_are_checked_shown_and_in_the_audit(
    owner: OfficeBrowser, office: Server, service: int
) -> None:
    def public(language: str) -> Any:
        services = office.http.get("/api/v1/services", params={"lang": language}).json()
        return next(each for each in services if each["id"] == service)

    for text in TEXTS:
        texts = {"de": {"name": text, "description": text}}
        assert change(owner, "services", service, translations=texts).json()["is_applied"]
        assert (public("de")["name"], public("de")["description"]) == (text, text)
        assert part_of(owner, "services", service)["table"]["translations"] == texts
    entry = owner.get("/audit?limit=1").json()["entries"][0]
    assert entry["details"]["translations"][1] == texts
    for faulty, field in (
        ({"nl": {"name": "x"}}, "translations.nl"),
        ({"de": {"name": "x" * 10_000}}, "translations.de.name"),
        ({"de": {"name": " "}}, "translations.de.name"),
        ({"de": {"name": "a\u202eb"}}, "translations.de.name"),
        ({"de": {"about": "x"}}, "translations.de.about"),
        ({"de": "x"}, "translations.de"),
        ({"en": {"name": "x"}}, "translations.en"),
    ):
        refusal = change(owner, "services", service, translations=faulty)
        assert (refusal.status_code, list(fields(refusal))) == (422, [field])


def test_categories_have_names_in_other_languages_while_a_service_is_in_them(
    owner: OfficeBrowser, office: Server, service: int
) -> None:
    def name(categories: list[Any]) -> Any:
        version = read(owner)["categories"]["version"]
        return put(owner, "/categories", {"categories": categories, "version": version})

    wanted = {"name": "Hair", "translations": {"de": {"name": "Haare"}}}
    assert fields(name([wanted])) == {"0.name": "malformed"}
    change(owner, "services", service, category="Hair")
    answer = name([wanted])
    assert answer.json()["changes"] == ["translations of the categories: changed"]
    assert read(owner)["categories"]["table"] == [wanted]
    services = office.http.get("/api/v1/services?lang=de").json()
    assert "Haare" in [each["category"] for each in services]
    entry = owner.get("/audit?limit=1").json()["entries"][0]
    assert (entry["action"], entry["details"]["name"]) == ("category.changed", "Hair")
    assert fields(name([wanted | {"translations": {"xx": {"name": "x"}}}])) == {
        "0.translations.xx": "malformed"
    }
    old = {"categories": [], "version": "old"}
    assert refusal_of(put(owner, "/categories", old)) == (409, "changed_meanwhile")
    # The only service of the category gets another name for it: it stays the same category.
    change(owner, "services", service, category="Hair and beard")
    assert read(owner)["categories"]["table"] == [{**wanted, "name": "Hair and beard"}]
    first = part_of(owner, "services", service)["table"]
    resources = first["resources"]
    other = add(owner, "services", name="Nails", duration=30, resources=resources, category="Nails")
    # The service moves to another category, which has no translations.
    change(owner, "services", service, category="Nails")
    assert read(owner)["categories"]["table"] == []
    assert name([{**wanted, "name": "Nails"}]).status_code == 200
    change(owner, "services", service, category="Hair")
    assert read(owner)["categories"]["table"] == [{**wanted, "name": "Nails"}]
    change(owner, "services", other, category=None)
    assert read(owner)["categories"]["table"] == []


def test_a_retired_person_leaves_services_and_closures(
    owner: OfficeBrowser, service: int, person: int
) -> None:
    closures = read(owner)["closures"]
    off = {"from": "2031-01-01", "to": "2031-01-02", "resource": person, "reason": "away"}
    body = {"closures": [*closures["table"], off], "version": closures["version"]}
    assert put(owner, "/closures", body).status_code == 200
    assert off in read(owner)["closures"]["table"]
    version = part_of(owner, "resources", person)["version"]
    answer = owner.post(f"/catalog/resources/{person}/retire", {"version": version})
    assert answer.status_code == 200, answer.text
    assert any("it has no resources" in each for each in answer.json()["warnings"])
    assert part_of(owner, "services", service)["table"]["resources"] == []
    assert off not in read(owner)["closures"]["table"]


def test_faults_are_named_by_their_fields_in_the_words_of_the_file(
    owner: OfficeBrowser, service: int, person: int
) -> None:
    answer = change(owner, "services", service, name=" ", duration=0, price="1,5", resources=[777])
    assert set(fields(answer)) == {"name", "duration", "price"}
    said = {each["field"]: each["detail"] for each in answer.json()["errors"]}
    assert said["name"] == "is blank: write a name that can be seen"
    answer = change(owner, "services", service, resources=[777])
    assert answer.json()["errors"][0]["detail"] == "there is no resource 777"
    hours = {"mon": ["09:00-12:00", "11:00-13:00"], "tue": ["9-10"]}
    answer = change(owner, "resources", person, hours=hours)
    assert {each.partition(".")[0] for each in fields(answer)} == {"hours"}
    assert "hours.mon" in fields(answer)
    closures = read(owner)["closures"]
    for wrong, where in (
        ({"from": "2031-02-02", "to": "2031-02-01"}, "to"),
        ({"from": "2031-02-30", "to": "2031-03-01"}, "from"),
        ({"from": "2031-02-01T10:00Z", "to": "2031-03-01"}, "from"),
        ({"from": 3, "to": None}, "from"),
        ({"from": "2031-02-01", "to": "2031-02-01", "resource": 777}, "resource"),
        ({"from": "2031-02-01", "to": "2031-02-01", "color": "red"}, "color"),
    ):
        body = {"closures": [wrong], "version": closures["version"]}
        assert f"0.{where}" in fields(put(owner, "/closures", body)), wrong
    assert read(owner)["closures"] == closures


@pytest.mark.parametrize("extra", ["version", "retired", "position", "role", "__class__"])
def test_nothing_but_the_keys_of_the_file_can_be_set(
    owner: OfficeBrowser, service: int, extra: str
) -> None:
    before = part_of(owner, "services", service)
    assert fields(change(owner, "services", service, **{extra: 1})) == {extra: "malformed"}
    assert refusal_of(change(owner, "services", service, id=service + 1)) == (422, "invalid")
    body = {"table": before["table"], "version": before["version"], "author": "x"}
    assert fields(put(owner, f"/services/{service}", body)) == {"author": "unknown_field"}
    assert part_of(owner, "services", service) == before


@pytest.mark.parametrize("text", TEXTS)
def test_texts_come_back_as_they_were_typed(
    owner: OfficeBrowser, office: Server, service: int, person: int, text: str
) -> None:
    assert change(owner, "services", service, name=text, description=text, place=text).is_success
    assert change(owner, "resources", person, name=text).is_success
    (found,) = (
        each for each in office.http.get("/api/v1/services").json() if each["id"] == service
    )
    assert (found["name"], found["description"]) == (text, text)
    assert part_of(owner, "services", service)["table"]["place"] == text
    assert part_of(owner, "resources", person)["table"]["name"] == text


@pytest.mark.parametrize("text", ["x" * 10_000, "\u202eevil", "two\nlines", ""])
def test_texts_that_are_no_names_are_refused(
    owner: OfficeBrowser, service: int, person: int, text: str
) -> None:
    before = read(owner)
    for answer in (
        change(owner, "services", service, name=text),
        change(owner, "resources", person, name=text),
        owner.post("/catalog/services", {"table": {"name": text, "duration": 1, "resources": []}}),
    ):
        assert answer.status_code in (400, 422), answer.text
    assert read(owner) == before


def test_two_owners_at_once_lose_nothing(
    owner: OfficeBrowser, browser: NewBrowser, service: int, person: int
) -> None:
    other = browser()
    other.sign_in(OWNER["email"])
    seen = part_of(owner, "services", service)
    assert change(other, "services", service, name="Theirs").is_success
    mine = {"table": seen["table"] | {"name": "Mine"}, "version": seen["version"]}
    assert refusal_of(put(owner, f"/services/{service}", mine)) == (409, "changed_meanwhile")
    assert part_of(owner, "services", service)["table"]["name"] == "Theirs"
    # Another user's change of another part causes no conflict.
    seen = part_of(owner, "services", service)
    assert change(other, "resources", person, name="Tessa").is_success
    mine = {"table": seen["table"] | {"name": "Mine"}, "version": seen["version"]}
    assert put(owner, f"/services/{service}", mine).is_success
    assert part_of(owner, "resources", person)["table"]["name"] == "Tessa"


def test_bookings_that_a_change_concerns_are_named_and_agreed_to(
    owner: OfficeBrowser, office: Server, service: int, person: int, day: date
) -> None:
    ann = office.visitor()
    booking = ann.book(at("15:00", day), service=service, resource=person).json()
    part = part_of(owner, "resources", person)
    body = {"table": part["table"] | {"hours": {}}, "version": part["version"]}
    path = f"/resources/{person}"
    tried = put(owner, path, body, params={"dry_run": "true"}).json()
    (named,) = tried["concerned"]
    assert not tried["is_applied"]
    assert named["reference"] == booking["reference"]
    assert named["reasons"] == ["it is outside the opening hours"]
    assert named["customer"]
    refusal = put(owner, path, body)
    assert refusal_of(refusal) == (409, "bookings_concerned")
    assert refusal.json()["references"] == [booking["reference"]]
    assert part_of(owner, "resources", person) == part
    answer = owner.post("/keys", {"name": "Catalog", "scopes": ["catalog:write"]})
    headers = {"Authorization": f"Bearer {answer.json()['token']}"}
    tried = put(owner, path, body, params={"dry_run": "true"}, headers=headers).json()
    assert tried["concerned"][0]["customer"] is None
    agreed = put(owner, path, body | {"agreed": [booking["reference"]]})
    assert agreed.json()["is_applied"]
    assert ann.read(booking).json()["status"] == "confirmed"


def test_what_was_closed_in_the_office_stays_when_a_file_is_applied(
    owner: OfficeBrowser, office: Server, service: int, person: int
) -> None:
    text = owner.get("/catalog.toml").text
    starts, ends = "2031-05-05T10:00:00Z", "2031-05-05T11:00:00Z"
    blocked = owner.post(
        "/closures", {"resource_id": person, "starts_at": starts, "ends_at": ends, "reason": "Dr"}
    )
    assert blocked.status_code == 201, blocked.text
    (file := office.data.parent / "applied.toml").write_text(
        text.replace('name = "Talk"', 'name = "Chat"'), encoding="utf-8"
    )
    applied = dibs("catalog", "apply", file, "--data", office.data, "--yes", **office.settings)
    assert applied.code == 0, applied.complained
    assert any(
        each.startswith("kept, because it was made in the office: closure of Tess from 2031-05-05")
        for each in applied.said
    )
    (found,) = (each for each in read(owner)["closures"]["table"] if each["resource"] == person)
    assert (found["from"], found["reason"]) == ("2031-05-05T10:00", "Dr")
    # Applying a file that names the closure adds no second one, and it still belongs to the office.
    file.write_text(owner.get("/catalog.toml").text, encoding="utf-8")
    applied = dibs("catalog", "apply", file, "--data", office.data, "--yes", **office.settings)
    assert applied.said[-1] == "nothing to change"
    assert not any("kept" in each for each in applied.said)
    assert owner.delete(f"/closures/{blocked.json()['id']}").status_code == 204
    until(
        lambda: not any(each["resource"] == person for each in read(owner)["closures"]["table"]),
        "it is open again",
    )


def test_half_a_character_is_refused(owner: OfficeBrowser, service: int) -> None:
    version = part_of(owner, "services", service)["version"]
    body = f'{{"version": "{version}", "table": {{"name": "\\ud800", "duration": 5}}}}'
    headers = {"Content-Type": "application/json"}
    answer = owner.http.put(f"/catalog/services/{service}", content=body, headers=headers)
    assert answer.status_code == 422, answer.text


def test_a_visitor_sees_the_change_at_once(
    owner: OfficeBrowser, office: Server, service: int, person: int, day: date, follow: Follow
) -> None:
    stream = follow(office, f"/api/v1/boards/{person}/{day}/stream")
    assert stream.states[-1].data["open"]
    change(owner, "resources", person, overrides={day.isoformat(): []})
    stream.until_said(lambda event: event.name == "board" and not event.data["open"])
