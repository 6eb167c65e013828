"""Who may do what in the office: every route with every role and key, and without any."""

from __future__ import annotations

import re
from typing import Any

import httpx2
import pytest

from dibs.desk.office.permissions import KEY_SCOPES, ROLE_SCOPES, SCOPES
from tests.integration.office.conftest import NewBrowser, NewUser
from tests.support.answers import fields, refusal_of
from tests.support.office import OWNER, PASSWORD, PREFIX, OfficeBrowser
from tests.support.office_operations import NO_SCOPE, OPERATIONS, PUBLIC, QUERIES
from tests.support.server import Server

pytestmark = pytest.mark.scenario(57)


def send(browser: OfficeBrowser, operation: str, **options: Any) -> httpx2.Response:
    """Send the example of an operation, with ids that don't exist."""
    method, path = operation.split()
    path = re.sub(r"\{\w*reference\w*\}", "AAAAA-AAAAA", path)
    path = path.replace("/{kind}/", "/confirmed/")
    body = OPERATIONS[operation][1]
    more: dict[str, Any] = {} if body is None else {"json": body}
    if operation in QUERIES:
        more["params"] = QUERIES[operation]
    path = re.sub(r"\{\w+\}", "2147483647", path)
    return browser.http.request(method, path, **more, **options)


def test_every_route_of_the_office_is_tested_here(office: Server) -> None:
    paths = office.http.get("/api/openapi.json").json()["paths"]
    found = {
        f"{method.upper()} {path.removeprefix(PREFIX)}"
        for path, methods in paths.items()
        if path.startswith(f"{PREFIX}/")
        for method in methods
    }
    assert found == set(OPERATIONS)
    assert {scope for scope, _ in OPERATIONS.values()} <= {NO_SCOPE, PUBLIC, *SCOPES}


def is_let_through(answer: httpx2.Response) -> bool:
    """Tell whether the guard let a request through. Later refusals don't matter."""
    if answer.status_code in (401, 403):
        return answer.json()["code"] not in ("not_signed_in", "forbidden")
    assert answer.status_code < 500, answer.text
    return True


@pytest.mark.parametrize("operation", OPERATIONS)
def test_nobody_gets_in_without_signing_in(browser: NewBrowser, operation: str) -> None:
    answer = send(browser(), operation)
    if OPERATIONS[operation][0] == PUBLIC:
        assert is_let_through(answer)
    else:
        assert refusal_of(answer) == (401, "not_signed_in")


@pytest.mark.parametrize("role", ["manager", "staff"])
def test_a_role_may_do_what_its_scopes_say(browser: NewBrowser, user: NewUser, role: Any) -> None:
    """Owners have all scopes; what they may do is tested with each topic."""
    made = user(role)
    signed_in = browser()
    for operation, (scope, _) in OPERATIONS.items():
        if operation in ("POST /session", "DELETE /session", "POST /account/password"):
            continue
        if signed_in.user() is None:
            signed_in.sign_in(made["email"])
        expected = scope in (NO_SCOPE, PUBLIC) or scope in ROLE_SCOPES[made["role"]]
        answer = send(signed_in, operation)
        assert is_let_through(answer) == expected, (operation, answer.text)


def test_a_key_may_do_what_its_scopes_say(browser: NewBrowser, owner: OfficeBrowser) -> None:
    made: dict[str, str] = {}
    for scope in (KEY_SCOPES[0], "audit:read"):
        answer = owner.post("/keys", {"name": f"For {scope}", "scopes": [scope]})
        assert answer.status_code == 201, answer.text
        made[scope] = answer.json()["token"]
    program = browser(Origin="https://elsewhere.example")
    for has, token in made.items():
        for operation, (needed, _) in OPERATIONS.items():
            if needed == PUBLIC:
                continue
            answer = send(program, operation, headers={"Authorization": f"Bearer {token}"})
            assert is_let_through(answer) == (needed == has), (has, operation, answer.text)


@pytest.mark.parametrize("scope", ["users", "keys", "everything", ""])
def test_no_key_may_manage_users_or_keys(owner: OfficeBrowser, scope: str) -> None:
    answer = owner.post("/keys", {"name": "Mighty", "scopes": [scope]})
    assert refusal_of(answer) == (422, "invalid")


def test_a_key_is_good_until_it_is_over_or_revoked(
    browser: NewBrowser, owner: OfficeBrowser, office: Server
) -> None:
    answer = owner.post("/keys", {"name": "Reports", "scopes": ["audit:read"]})
    key, token = answer.json()["key"], answer.json()["token"]
    assert token.startswith("dibs_key_")
    assert token not in repr(office.sql("SELECT * FROM api_keys"))
    assert token not in owner.get("/keys").text
    headers = {"Authorization": f"Bearer {token}"}
    program = browser()
    assert program.get("/audit", headers=headers).status_code == 200
    for wrong in (f"Bearer {token}x", "Bearer dibs_key_unknown_unknown", "Basic abc", "Bearer"):
        answer = program.get("/audit", headers={"Authorization": wrong})
        assert refusal_of(answer) == (401, "not_signed_in")
    # With an invalid key, a valid session in the same request doesn't help.
    answer = owner.get("/audit", headers={"Authorization": "Bearer dibs_key_unknown_unknown"})
    assert refusal_of(answer) == (401, "not_signed_in")
    assert owner.delete(f"/keys/{key['id']}").status_code == 204
    assert refusal_of(program.get("/audit", headers=headers)) == (401, "not_signed_in")
    assert refusal_of(owner.delete(f"/keys/{key['id']}")) == (404, "not_found")
    past = {"name": "Late", "scopes": ["letters"], "expires_at": "2020-01-01T00:00:00Z"}
    assert fields(owner.post("/keys", past)) == {"expires_at": "out_of_range"}


def test_a_lesser_role_counts_from_the_next_request_on(
    browser: NewBrowser, user: NewUser, owner: OfficeBrowser
) -> None:
    made = user("owner")
    signed_in = browser()
    signed_in.sign_in(made["email"])
    assert signed_in.get("/users").status_code == 200
    assert owner.patch(f"/users/{made['id']}", {"role": "manager"}).status_code == 200
    assert refusal_of(signed_in.get("/users")) == (403, "forbidden")


def test_nobody_gives_themselves_a_role(browser: NewBrowser, user: NewUser) -> None:
    made = user("staff")
    signed_in = browser()
    signed_in.sign_in(made["email"])
    for more in ({"role": "owner"}, {"resource_id": 2}, {"scopes": ["users"]}, {"id": 1}):
        answer = signed_in.patch("/account", {"name": "Eve", **more})
        assert refusal_of(answer) == (422, "invalid")
        assert list(fields(answer).values()) == ["unknown_field"]
    found = signed_in.user()
    assert found is not None
    assert (found["name"], found["role"]) == (made["name"], "staff")
    assert refusal_of(signed_in.patch(f"/users/{made['id']}", {"role": "owner"})) == (
        403,
        "forbidden",
    )


def test_the_sessions_of_others_are_not_ones_own(
    browser: NewBrowser, user: NewUser, owner: OfficeBrowser
) -> None:
    made = user("manager")
    signed_in = browser()
    signed_in.sign_in(made["email"])
    (of_owner, *_) = owner.get("/account").json()["sessions"]
    assert refusal_of(signed_in.delete(f"/account/sessions/{of_owner['id']}")) == (404, "not_found")
    assert owner.user() is not None
    other = browser()
    other.sign_in(made["email"])
    found = signed_in.get("/account").json()["sessions"]
    assert [each["is_this"] for each in found].count(True) == 1
    ended = next(each for each in found if not each["is_this"])
    assert ended["browser"] == "Firefox on Linux"
    for each in found:
        if not each["is_this"]:
            assert signed_in.delete(f"/account/sessions/{each['id']}").status_code == 204
    assert other.user() is None
    assert signed_in.user() is not None


def test_who_is_disabled_is_out_at_once(
    browser: NewBrowser, user: NewUser, owner: OfficeBrowser
) -> None:
    made = user("manager")
    signed_in = browser()
    signed_in.sign_in(made["email"])
    assert owner.post(f"/users/{made['id']}/disable").json()["disabled_at"]
    assert refusal_of(signed_in.get("/account")) == (401, "not_signed_in")
    assert refusal_of(signed_in.sign_in(made["email"])) == (401, "wrong_password")
    assert owner.post(f"/users/{made['id']}/enable").json()["disabled_at"] is None
    assert signed_in.sign_in(made["email"]).status_code == 201


def test_a_new_password_ends_all_other_sessions(browser: NewBrowser, user: NewUser) -> None:
    made, new = user("manager"), "a quite different one"
    here, elsewhere = browser(), browser()
    for each in (here, elsewhere):
        each.sign_in(made["email"])
    former = here.http.cookies["dibs_office"]
    wrong = {"current_password": "not the password", "password": new}
    assert refusal_of(here.post("/account/password", wrong)) == (401, "wrong_password")
    weak = {"current_password": PASSWORD, "password": made["email"]}
    assert fields(here.post("/account/password", weak)) == {"password": "too_simple"}
    same = {"current_password": PASSWORD, "password": PASSWORD}
    assert fields(here.post("/account/password", same)) == {"password": "unchanged"}
    changed = here.post("/account/password", {"current_password": PASSWORD, "password": new})
    assert changed.status_code == 200
    assert here.user() is not None
    assert here.http.cookies["dibs_office"] != former
    assert elsewhere.user() is None
    assert refusal_of(elsewhere.sign_in(made["email"])) == (401, "wrong_password")
    assert elsewhere.sign_in(made["email"], new).status_code == 201


@pytest.mark.parametrize(
    "name",
    [
        "<img src=x onerror=alert(1)>",
        "\u202eevil",
        "x" * 200,
        "=cmd|' /C calc'!A0",
        "Ann 🎉 O'Hara",
    ],
)
def test_a_name_comes_back_as_it_was_typed(
    browser: NewBrowser, user: NewUser, owner: OfficeBrowser, name: str
) -> None:
    made = user("manager")
    answer = owner.patch(f"/users/{made['id']}", {"name": name})
    if answer.status_code == 200:
        assert answer.json()["name"] == name
        assert answer.headers["content-type"] == "application/json"
    else:
        # Characters that turn the text direction are refused in all names.
        assert (fields(answer), name[0]) == ({"name": "malformed"}, "\u202e")
    assert fields(owner.patch(f"/users/{made['id']}", {"name": "x" * 10_000})) == {
        "name": "too_long"
    }


def test_the_audit_says_who_did_it_and_from_where(
    user: NewUser, owner: OfficeBrowser, browser: NewBrowser
) -> None:
    made = user("staff")
    owner.patch(f"/users/{made['id']}", {"role": "manager", "resource_id": None})
    (entry, *_) = owner.get("/audit?limit=1").json()["entries"]
    changed = {"user": made["id"], "role": ["staff", "manager"], "resource_id": [1, None]}
    assert (entry["actor"], entry["by"], entry["action"]) == (
        "user",
        OWNER["name"],
        "user.changed",
    )
    assert (entry["address"], entry["details"]) == ("127.0.0.1", changed)
    whole, before = [], None
    while True:
        said = owner.get("/audit", params={"limit": 7, **({"before": before} if before else {})})
        whole += [each["id"] for each in said.json()["entries"]]
        before = said.json()["next"]
        if before is None:
            break
    assert whole == sorted(set(whole), reverse=True)
    assert whole[-1] == 1
