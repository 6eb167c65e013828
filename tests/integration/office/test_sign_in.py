"""Users sign in to the office and out of it, and nobody else gets in."""

from __future__ import annotations

from collections.abc import Callable

import httpx2
import pytest

from tests.integration.office.conftest import NewBrowser
from tests.support.answers import fields, refusal_of
from tests.support.office import OWNER, PASSWORD, PREFIX, OfficeBrowser, owner_token
from tests.support.server import Server

OFFICE_COOKIE = "dibs_office"

pytestmark = pytest.mark.scenario(56)


def test_the_link_of_the_first_start_makes_the_owner_once(
    start_server: Callable[..., Server],
) -> None:
    server = start_server()
    token, browser = owner_token(server), OfficeBrowser(server.url)
    assert browser.get("/session").json() == {
        "user": None,
        "is_set_up": False,
        "has_business": None,
    }
    assert browser.post("/links/read", {"token": token}).json() == {"user": None}
    weak = browser.use_link(token, "Olga Owner", **OWNER)
    assert (refusal_of(weak), fields(weak)) == ((422, "invalid"), {"password": "too_simple"})
    nameless = browser.use_link(token)
    assert fields(nameless) == {"name": "required", "email": "required"}
    made = browser.use_link(token, **OWNER)
    assert made.status_code == 201
    user = made.json()["user"]
    assert (user["name"], user["email"], user["role"]) == (
        "Olga Owner",
        "olga@example.com",
        "owner",
    )
    assert browser.get("/session").json() == {
        "user": user,
        "is_set_up": True,
        "has_business": True,
    }
    for again in (
        browser.post("/links/read", {"token": token}),
        browser.use_link(token, name="Eve", email="eve@example.com"),
    ):
        assert refusal_of(again) == (401, "link_expired")
    assert server.sql("SELECT email, role FROM users") == [("olga@example.com", "owner")]
    stored = repr(server.sql("SELECT * FROM user_sessions") + server.sql("SELECT * FROM users"))
    assert browser.http.cookies[OFFICE_COOKIE] not in stored
    assert PASSWORD not in stored
    server.stop()
    before = server.log.read_text().count("/office/welcome#")
    restarted = start_server()
    assert restarted.answers()
    assert restarted.log.read_text().count("/office/welcome#") == before == 1
    browser.close()


def test_the_cookie_is_kept_from_scripts_and_other_sites(browser: NewBrowser) -> None:
    answer = browser().sign_in(OWNER["email"].upper())
    assert answer.status_code == 201
    cookies = answer.headers.get_list("set-cookie")
    assert [each.partition("=")[0] for each in cookies] == [OFFICE_COOKIE, "dibs_office_known"]
    for cookie in cookies:
        assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))


def test_by_https_the_cookie_is_for_this_host_alone(start_server: Callable[..., Server]) -> None:
    server = start_server(trusted_proxies="127.0.0.1")
    safe = OfficeBrowser(server.url, **{"X-Forwarded-Proto": "https"})
    answer = safe.use_link(owner_token(server), **OWNER)
    assert answer.headers.get_list("set-cookie")[0].startswith("__Host-dibs_office=")
    assert "Secure" in answer.headers.get_list("set-cookie")[0]
    safe.close()


def test_an_unknown_address_and_a_wrong_password_are_answered_alike(browser: NewBrowser) -> None:
    someone = browser()
    wrong = someone.sign_in(OWNER["email"], "not the password")
    unknown = someone.sign_in("nobody@example.com", "not the password")
    assert refusal_of(wrong) == (401, "wrong_password")
    assert (wrong.status_code, wrong.json()) == (unknown.status_code, unknown.json())
    assert "set-cookie" not in wrong.headers
    assert someone.user() is None


def test_a_secret_put_into_a_browser_is_never_that_of_a_session(
    browser: NewBrowser, owner: OfficeBrowser
) -> None:
    """An attacker sets the cookie before the user signs in."""
    chosen = "x" * 43
    victim = browser()
    victim.http.cookies.set(OFFICE_COOKIE, chosen)
    assert victim.user() is None
    assert victim.sign_in(OWNER["email"]).status_code == 201
    attacker = browser()
    attacker.http.cookies.set(OFFICE_COOKIE, chosen)
    assert attacker.user() is None
    former = owner.http.cookies[OFFICE_COOKIE]
    assert owner.sign_in(OWNER["email"]).status_code == 201
    assert owner.http.cookies[OFFICE_COOKIE] != former
    attacker.http.cookies.set(OFFICE_COOKIE, former)
    assert attacker.user() is None


def test_who_signs_out_is_out_there_or_everywhere(browser: NewBrowser) -> None:
    one, two, three = (browser() for _ in range(3))
    for each in (one, two, three):
        each.sign_in(OWNER["email"])
    secret = one.http.cookies[OFFICE_COOKIE]
    assert one.delete("/session").status_code == 204
    one.http.cookies.set(OFFICE_COOKIE, secret)
    assert one.user() is None
    assert two.user() is not None
    assert two.delete("/session?everywhere=true").status_code == 204
    assert three.user() is None


#: Headers with which a browser marks a request that a page of another site has caused.
FOREIGN: list[dict[str, str]] = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": ""},
]


@pytest.mark.parametrize("said", FOREIGN)
def test_no_page_of_another_site_changes_anything(
    owner: OfficeBrowser, said: dict[str, str]
) -> None:
    changes: list[Callable[[], httpx2.Response]] = [
        lambda: owner.delete("/session?everywhere=true", headers=said),
        lambda: owner.post(
            "/session", {"email": OWNER["email"], "password": PASSWORD}, headers=said
        ),
        lambda: owner.post("/links/use", {"token": "x" * 43, "password": PASSWORD}, headers=said),
    ]
    for change in changes:
        assert refusal_of(change()) == (403, "cross_site")
    assert owner.user() is not None


def test_a_page_of_its_own_may(owner: OfficeBrowser, office: Server) -> None:
    for said in ({"Sec-Fetch-Site": "same-origin"}, {"Origin": office.url}):
        answer = owner.post(
            "/session", {"email": OWNER["email"], "password": PASSWORD}, headers=said
        )
        assert answer.status_code == 201


def test_a_form_of_another_site_is_no_request(owner: OfficeBrowser) -> None:
    """A form can't send JSON, and a body with the content type of a form is refused."""
    answer = owner.http.post(
        "/session",
        content=b'{"email": "olga@example.com", "password": "x"}',
        headers={"Content-Type": "text/plain"},
    )
    assert answer.status_code == 422


def test_passwords_are_guessed_ten_times(start_server: Callable[..., Server]) -> None:
    server = start_server(limits="on")
    known = OfficeBrowser(server.url)
    assert known.use_link(owner_token(server), **OWNER).status_code == 201
    stranger = OfficeBrowser(server.url)
    for _ in range(10):
        assert refusal_of(stranger.sign_in(OWNER["email"], "a guess")) == (401, "wrong_password")
    refusal = stranger.sign_in(OWNER["email"])
    assert refusal_of(refusal) == (429, "rate_limited")
    assert refusal.json()["limit"]["setting"] == "DIBS_MAX_PASSWORD_RATE_PER_IP_AND_USER"
    assert 0 < int(refusal.headers["retry-after"]) <= 900
    # The failed attempts don't lock the owner's own browser out.
    known.delete("/session")
    for _ in range(15):
        assert known.sign_in(OWNER["email"]).status_code == 201
    forged = OfficeBrowser(server.url)
    forged.http.cookies.set("dibs_office_known", "s" + "A" * 48)
    assert refusal_of(forged.sign_in(OWNER["email"])) == (429, "rate_limited")
    for each in (known, stranger, forged):
        each.close()


def test_one_address_tries_a_hundred_names(start_server: Callable[..., Server]) -> None:
    server = start_server(limits="on", max_password_rate_per_ip="5/hour")
    stranger = OfficeBrowser(server.url)
    for number in range(5):
        answer = stranger.sign_in(f"user{number}@example.com", "a guess")
        assert refusal_of(answer) == (401, "wrong_password")
    refusal = stranger.sign_in("user5@example.com", "a guess")
    assert refusal_of(refusal) == (429, "rate_limited")
    assert refusal.json()["limit"]["setting"] == "DIBS_MAX_PASSWORD_RATE_PER_IP"
    stranger.close()


@pytest.mark.parametrize("path", ["", "/", "/users", "/welcome", "/a/b", "/%2e%2e/x"])
def test_the_page_has_a_strict_policy_wherever_it_is_opened(office: Server, path: str) -> None:
    answer = office.http.get(f"/office{path}")
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    for rule in ("default-src 'self'", "frame-ancestors 'none'", "form-action 'none'"):
        assert rule in policy
    assert "unsafe" not in policy
    assert "<style" not in answer.text
    assert "style=" not in answer.text
    assert 'src="/office/assets/' in answer.text


def test_what_is_said_of_a_session_is_kept_by_no_cache(office: Server) -> None:
    answer = httpx2.get(f"{office.url}{PREFIX}/session", verify=False)
    assert answer.headers["cache-control"] == "no-store"
