"""The audit: searched by user, action, booking and time, and saved as a whole."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.integration.office.conftest import NewUser
from tests.support.answers import fields, refusal_of
from tests.support.office import OfficeBrowser
from tests.support.server import Server

EVIL = '=HYPERLINK("http://evil.example") <b>'


def entries(owner: OfficeBrowser, **query: Any) -> list[dict[str, Any]]:
    """Return the entries of all pages of the audit."""
    found: list[dict[str, Any]] = []
    before = None
    while True:
        more: dict[str, Any] = {"before": before} if before else {}
        answer = owner.get("/audit", params={**query, **more, "limit": 200})
        assert answer.status_code == 200, answer.text
        found += answer.json()["entries"]
        before = answer.json()["next"]
        if before is None:
            return found


def test_closures_are_in_the_audit(owner: OfficeBrowser) -> None:
    """A closure of a resource and one of the whole business."""
    for resource, reason in ((1, "Dentist"), (None, EVIL)):
        wanted = {
            "resource_id": resource,
            "starts_at": "2027-02-01T10:00:00Z",
            "ends_at": "2027-02-01T11:00:00Z",
            "reason": reason,
        }
        answer = owner.post("/closures", wanted)
        assert answer.status_code == 201, answer.text
        assert owner.delete(f"/closures/{answer.json()['id']}").status_code == 204
    found = entries(owner, action="closure")[:4]
    assert [each["action"] for each in found] == ["closure.removed", "closure.added"] * 2
    assert {each["by"] for each in found} == {"Olga Owner"}
    times = {"starts": "2027-02-01T10:00", "ends": "2027-02-01T11:00"}
    assert found[0]["details"] == times | {"reason": EVIL}
    assert found[2]["details"] == times | {"resource": 1, "reason": "Dentist"}


def test_it_is_filtered_by_who_and_what(owner: OfficeBrowser, user: NewUser) -> None:
    made = user("manager")
    key = owner.post("/keys", {"name": "Books", "scopes": ["audit:read"]}).json()["key"]
    names = {each["who"]: each["name"] for each in owner.get("/audit/names").json()}
    assert names[f"user:{made['id']}"] == made["name"]
    assert names[f"key:{key['id']}"] == "Books"
    of_user = entries(owner, who=f"user:{made['id']}")
    assert of_user
    assert {each["by"] for each in of_user} == {made["name"]}
    assert {each["actor"] for each in entries(owner, who="user")} == {"user"}
    assert entries(owner, who=f"key:{key['id']}") == []
    assert {each["action"] for each in entries(owner, action="key.created")} == {"key.created"}
    kinds = {each["action"].partition(".")[0] for each in entries(owner, action="user")}
    assert kinds == {"user"}
    # A dot or a wildcard in the action has no special meaning.
    assert entries(owner, action="use_") == []
    assert len(entries(owner)) > len(entries(owner, action="user"))


def test_it_is_filtered_by_booking_and_day(owner: OfficeBrowser, office: Server) -> None:
    start = (datetime.now(UTC) + timedelta(days=30)).replace(hour=11, minute=0, second=0)
    wanted = {
        "resource_id": 1,
        "service_id": 1,
        "starts_at": start.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "customer": {"name": "Ann"},
        "override": ["hours", "past", "notice", "window"],
    }
    answer = owner.post("/bookings", wanted)
    assert answer.status_code == 201, answer.text
    reference = answer.json()["reference"]
    assert owner.post(f"/bookings/{reference}/cancel").status_code == 200
    for written in (reference, reference.lower()):
        found = entries(owner, reference=written)
        assert [each["action"] for each in found] == ["booking.cancelled", "booking.confirmed"]
    today = datetime.now(UTC).date()
    for first, last, some in ((today, today, True), (today + timedelta(days=2), None, False)):
        days = {"from": str(first)} | ({"to": str(last)} if last else {})
        assert bool(entries(owner, **days)) == some
    assert entries(owner, to=str(today - timedelta(days=2))) == []
    assert entries(owner, reference="ZZZZZ") == []


@pytest.mark.parametrize("path", ["/audit", "/audit.csv", "/audit.json"])
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"who": "user:0"}, "who"),
        ({"who": "nobody"}, "who"),
        ({"who": "visitor:1"}, "who"),
        ({"who": "user:1' OR 1=1"}, "who"),
        ({"action": "booking.%"}, "action"),
        ({"action": "x" * 61}, "action"),
        ({"reference": "<b>"}, "reference"),
        ({"from": "2026-05-02", "to": "2026-05-01"}, "to"),
        ({"from": "10000-01-01"}, "from"),
    ],
)
def test_bad_filters_are_refused_with_their_field(
    owner: OfficeBrowser, path: str, query: dict[str, str], field: str
) -> None:
    answer = owner.get(path, params=query)
    assert refusal_of(answer) == (422, "invalid")
    assert list(fields(answer)) == [field]


def test_it_is_saved_whole(owner: OfficeBrowser, office: Server) -> None:
    """There are more entries than one reading returns, and no cell is a formula."""
    author = owner.patch("/account", {"name": "=1+1"})
    assert author.status_code == 200, author.text
    try:
        now = datetime.now(UTC)
        for number in range(520):
            office.sql(
                "INSERT INTO audit (at, actor, action, details) VALUES (?, 'clock', 'test.x', ?)",
                now,
                f'{{"n": {number}}}',
            )
        saved = owner.get("/audit.json", params={"action": "test"})
        assert saved.headers["content-disposition"] == 'attachment; filename="audit.json"'
        assert [each["details"]["n"] for each in saved.json()] == list(range(519, -1, -1))
        assert owner.get("/audit.json", params={"action": "nothing"}).json() == []
        text = owner.get("/audit.csv", params={"action": "test"}).content.decode("utf-8-sig")
        lines = list(csv.DictReader(io.StringIO(text)))
        assert [line["details"] for line in lines] == [f'{{"n":{n}}}' for n in range(519, -1, -1)]
        text = owner.get("/audit.csv", params={"action": "user"}).content.decode("utf-8-sig")
        names = {line["by"] for line in csv.DictReader(io.StringIO(text))}
        assert "'=1+1" in names
        assert "=1+1" not in names
    finally:
        owner.patch("/account", {"name": "Olga Owner"})
