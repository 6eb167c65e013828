"""Feeds, letters and the state of the server in the office."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.office.conftest import NewBrowser, NewUser
from tests.support.answers import fields, refusal_of
from tests.support.mail import MailSink
from tests.support.office import OWNER, OfficeBrowser, owner_token
from tests.support.server import Server

pytestmark = pytest.mark.scenario(57)


def test_a_feed_is_made_read_and_revoked(owner: OfficeBrowser, office: Server) -> None:
    answer = owner.post("/feeds", {"resource_id": 1})
    assert answer.status_code == 201, answer.text
    feed, address = answer.json()["feed"], answer.json()["address"]
    assert (feed["resource_id"], feed["resource"]) == (1, "Sarah Johnson")
    path = address.removeprefix(office.url)
    assert office.http.get(path).text.startswith("BEGIN:VCALENDAR")
    assert feed in owner.get("/feeds").json()
    token = path.removeprefix("/feeds/").removesuffix(".ics")
    assert token not in owner.get("/feeds").text
    assert token not in owner.get("/audit").text
    assert token not in repr(office.sql("SELECT * FROM feeds"))
    assert owner.delete(f"/feeds/{feed['id']}").status_code == 204
    assert office.http.get(path).status_code == 404
    assert feed not in owner.get("/feeds").json()
    assert refusal_of(owner.delete(f"/feeds/{feed['id']}")) == (404, "not_found")
    actions = [each["action"] for each in owner.get("/audit?limit=2").json()["entries"]]
    assert actions == ["feed.revoked", "feed.created"]
    assert refusal_of(owner.post("/feeds", {"resource_id": 777})) == (404, "not_found")
    assert fields(owner.post("/feeds", {"token": "x"})) == {"token": "unknown_field"}


def test_staff_have_feeds_of_their_own_calendar_alone(
    owner: OfficeBrowser, browser: NewBrowser, user: NewUser
) -> None:
    of_all = owner.post("/feeds", {}).json()["feed"]
    of_other = owner.post("/feeds", {"resource_id": 2}).json()["feed"]
    of_own = owner.post("/feeds", {"resource_id": 1}).json()["feed"]
    staff = browser()
    staff.sign_in(user("staff")["email"])
    assert {each["resource_id"] for each in staff.get("/feeds").json()} == {1}
    assert refusal_of(staff.post("/feeds", {"resource_id": 2})) == (404, "not_found")
    assert refusal_of(staff.post("/feeds", {})) == (403, "forbidden")
    assert staff.post("/feeds", {"resource_id": 1}).status_code == 201
    for feed in (of_all, of_other):
        assert refusal_of(staff.delete(f"/feeds/{feed['id']}")) == (404, "not_found")
        assert feed in owner.get("/feeds").json()
    assert staff.delete(f"/feeds/{of_own['id']}").status_code == 204


def test_letters_are_shown_in_each_language(owner: OfficeBrowser) -> None:
    found = owner.get("/letters").json()
    assert {"de", "en"} <= set(found["languages"])
    assert not found["can_be_sent"]
    kinds = [(each["kind"], each["recipient"]) for each in found["letters"]]
    assert len(kinds) == len(set(kinds)) == 12
    for language, word in (("en", "booked"), ("de", "Termin")):
        found = owner.get("/letters", params={"language": language}).json()
        (letter, *_) = found["letters"]
        assert word in letter["subject"] + letter["text"]
        shown = owner.get("/letters/html", params={"language": language})
        assert shown.headers["content-type"].startswith("text/html")
        policy = shown.headers["content-security-policy"]
        assert "sandbox" in policy
        assert "default-src 'none'" in policy
        assert word in shown.text
    notice = {"kind": "calendar_unreadable", "recipient": "staff", "language": "fr"}
    assert "Un calendrier ne peut pas être lu" in owner.get("/letters/html", params=notice).text
    assert refusal_of(owner.get("/letters/html", params={"recipient": "business"}))[0] == 404
    assert refusal_of(owner.get("/letters", params={"language": "<b>"})) == (422, "invalid")
    test = {"kind": "confirmed", "recipient": "customer"}
    assert refusal_of(owner.post("/letters/test", test)) == (409, "no_mail_server")


def test_a_test_goes_to_the_user_who_asks_and_to_nobody_else(
    start_server: Callable[..., Server],
) -> None:
    sink = MailSink()
    server = start_server(smtp_url=sink.url, mail_from="dibs@example.com")
    owner = OfficeBrowser(server.url)
    assert owner.use_link(owner_token(server), **OWNER).status_code == 201
    test: dict[str, Any] = {"kind": "moved", "recipient": "customer", "language": "de"}
    assert owner.post("/letters/test", test).json() == {"to": OWNER["email"]}
    (message,) = sink.messages_to(OWNER["email"])
    assert "Studio" in str(message["From"])
    notice = {"kind": "calendar_unreadable", "recipient": "staff"}
    assert owner.post("/letters/test", notice).status_code == 200
    assert "can’t be read" in sink.messages_to(OWNER["email"])[-1]["Subject"]
    assert fields(owner.post("/letters/test", test | {"to": "eve@example.com"})) == {
        "to": "unknown_field"
    }
    sink.stop()
    failed = owner.post("/letters/test", test)
    assert refusal_of(failed) == (503, "letter_not_sent")
    assert "refuses connections" in failed.json()["detail"]
    owner.close()


def test_the_state_of_the_server_has_no_secrets(
    owner: OfficeBrowser, office: Server, start_server: Callable[..., Server]
) -> None:
    facts = {each["name"]: each["value"] for each in owner.get("/server").json()}
    assert facts["database"] in ("SQLite", "PostgreSQL")
    assert (facts["public_url"], facts["mail"]) == (office.url, "none")
    server = start_server(smtp_url="smtp://dibs:hunter22@127.0.0.1:1", mail_from="d@example.com")
    browser = OfficeBrowser(server.url)
    assert browser.use_link(owner_token(server), **OWNER).status_code == 201
    said = browser.get("/server").text
    assert "127.0.0.1" in said
    assert "hunter22" not in said
    browser.close()
