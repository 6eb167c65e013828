"""Passkeys, with the virtual authenticator of Chromium: they are added, used, named and removed,
and every wrong way to sign in is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Page, expect

from tests.browser.office_pages import Look, build_look
from tests.support.answers import refusal_of
from tests.support.office import OWNER, PASSWORD, PREFIX, OfficeBrowser, owner_token
from tests.support.server import Server

NewPage = Callable[..., Page]
EVIL = "<b>My phone</b>"
ACCOUNT = f"{PREFIX}/account"


@pytest.fixture
def look(pytestconfig: pytest.Config) -> Look:
    return build_look(pytestconfig)


@pytest.fixture
def office(server: Server) -> str:
    """Return the address of an office with a host name: passkeys don't work with a numeric
    address."""
    owner = OfficeBrowser(server.url)
    assert owner.use_link(owner_token(server), **OWNER).status_code == 201
    owner.post("/users", {"name": "Mike", "email": "mike@example.com", "role": "manager"})
    owner.close()
    return server.url.replace("127.0.0.1", "localhost")


def give_authenticator(page: Page) -> Callable[..., Any]:
    """Add a virtual authenticator that can verify its user. Returns a function that sends it
    commands."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})

    def send(command: str, values: dict[str, Any] | None = None) -> Any:
        named = {"authenticatorId": made["authenticatorId"], **(values or {})}
        return session.send(f"WebAuthn.{command}", named)

    return send


def sign_in(page: Page, office: str, email: str = OWNER["email"]) -> None:
    page.goto(f"{office}/office/account")
    page.locator('input[name="email"]').fill(email)
    page.locator('input[name="password"]').fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator(".page h1")).to_be_focused()


def add_passkey(page: Page, name: str = EVIL) -> None:
    page.get_by_role("button", name="Add a passkey").click()
    form = page.get_by_role("dialog")
    form.get_by_label("What it is called").fill(name)
    form.get_by_label("Current password", exact=True).fill(PASSWORD)
    form.get_by_role("button", name="Go on").click()
    expect(form).to_have_count(0)
    expect(page.get_by_text(name, exact=True)).to_be_visible()


def fetch(page: Page, path: str, body: Any = None, method: str = "POST") -> dict[str, Any]:
    """Send a request from the page itself. Returns the status and the body of the answer."""
    found: dict[str, Any] = page.evaluate(
        """async ([path, body, method]) => {
          const headers = { "Content-Type": "application/json" };
          const said = body === null ? undefined : JSON.stringify(body);
          const answer = await fetch(path, { method, headers, body: said });
          const text = await answer.text();
          return { status: answer.status, body: text ? JSON.parse(text) : null };
        }""",
        [path, body, method],
    )
    return found


def catch_request(page: Page, path: str, act: Callable[[], None]) -> dict[str, Any]:
    """Return the body of the request that `act` sends to this path. The request is aborted before
    it reaches the server."""
    bodies: list[dict[str, Any]] = []

    def catch(route: Any) -> None:
        bodies.append(json.loads(route.request.post_data))
        route.abort()

    page.route(f"**{path}", catch)
    act()
    expect(page.get_by_role("alert").filter(has_text="reached").first).to_be_visible()
    page.unroute(f"**{path}")
    return bodies[0]


@pytest.mark.parametrize(("width", "height", "dark"), [(390, 844, False), (1280, 860, True)])
def test_a_passkey_is_added_used_named_and_removed(
    server: Server,
    office: str,
    new_page: NewPage,
    watch_errors: Callable[[Page], None],
    look: Look,
    width: int,
    height: int,
    dark: bool,
) -> None:
    page = new_page(width, height, dark)
    watch_errors(page)
    give_authenticator(page)
    sign_in(page, office)
    page.get_by_role("button", name="Add a passkey").click()
    form = page.get_by_role("dialog")
    look(page, "passkey-form")
    form.get_by_label("What it is called").fill(EVIL)
    form.get_by_label("Current password", exact=True).fill("wrong password")
    form.get_by_role("button", name="Go on").click()
    expect(form.get_by_role("alert")).to_have_text("This is not your password.")
    page.keyboard.press("Escape")
    add_passkey(page)
    expect(page.get_by_text("not used yet")).to_be_visible()

    fetch(page, f"{PREFIX}/session", method="DELETE")
    page.reload()
    look(page, "passkey-sign-in")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("· last used")).to_be_visible()
    look(page, "passkeys")

    page.get_by_role("button", name="Add a passkey").click()
    form.get_by_label("What it is called").fill("Again")
    form.get_by_label("Current password", exact=True).fill(PASSWORD)
    form.get_by_role("button", name="Go on").click()
    expect(form.get_by_role("alert")).to_contain_text("has a passkey for this office already")
    page.keyboard.press("Escape")
    page.get_by_role("button", name=f"Rename “{EVIL}”").click()
    form.get_by_label("What it is called").fill("Key")
    form.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Remove “Key”").click()
    form.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("not used yet")).to_have_count(0)
    expect(page.get_by_role("button", name="Remove “Key”")).to_have_count(0)

    fetch(page, f"{PREFIX}/session", method="DELETE")
    page.reload()
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert").filter(has_text="can’t be used").first).to_be_visible()
    actions = [action for (action,) in server.sql("SELECT action FROM audit ORDER BY id")]
    passkeys = [action for action in actions if "passkey" in action]
    assert passkeys == ["user.passkey_added", "user.passkey_renamed", "user.passkey_removed"]


def test_a_passkey_is_both_factors(server: Server, office: str, new_page: NewPage) -> None:
    """A user with a second factor needs no code. The authenticator must verify the person: having
    the device is not enough."""
    page = new_page()
    send = give_authenticator(page)
    sign_in(page, office)
    add_passkey(page)
    server.sql("UPDATE users SET totp = 'anything' WHERE id = 1")
    fetch(page, f"{PREFIX}/session", method="DELETE")
    page.reload()
    send("setUserVerified", {"isUserVerified": False})
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert").filter(has_text="Nothing was confirmed").first).to_be_visible()
    send("setUserVerified", {"isUserVerified": True})
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("· last used")).to_be_visible()


def test_what_was_signed_is_good_once_here_and_for_its_user(
    server: Server, office: str, new_page: NewPage
) -> None:
    page = new_page()
    give_authenticator(page)
    sign_in(page, office)
    add_passkey(page)
    fetch(page, f"{PREFIX}/session", method="DELETE")
    page.reload()
    path = f"{PREFIX}/session/passkey"
    button = page.get_by_role("button", name="Sign in with a passkey")
    shown = catch_request(page, path, button.click)

    # Another origin can't send the answer, and an answer that was signed for another origin is
    # refused.
    other = httpx2.post(f"{office}{path}", json=shown, headers={"Origin": "https://evil.example"})
    assert refusal_of(other) == (403, "cross_site")
    elsewhere = fetch(page, path, {**shown, "origin": "https://evil.example"})
    assert elsewhere["status"] == 422

    # An answer to a challenge that the server didn't make is refused.
    forged = json.loads(json.dumps(shown))
    forged["credential"]["response"]["clientDataJSON"] = (
        "eyJ0eXBlIjoid2ViYXV0aG4uZ2V0IiwiY2hhbGxlbmdlIjoiQUFBQSIsIm9yaWdpbiI6Imh0dHA6Ly94In0"
    )
    assert fetch(page, path, forged)["body"]["code"] == "wrong_passkey"

    # An answer is accepted only once.
    assert fetch(page, path, shown)["status"] == 201
    assert fetch(page, path, shown)["body"]["code"] == "wrong_passkey"

    # The passkey now belongs to another user, so an answer for its former user is refused.
    fetch(page, f"{PREFIX}/session", method="DELETE")
    page.reload()
    shown = catch_request(page, path, button.click)
    server.sql("UPDATE passkeys SET user_id = 2")
    assert fetch(page, path, shown)["body"]["code"] == "wrong_passkey"
    server.sql("UPDATE passkeys SET user_id = 1")

    # The user is disabled.
    page.reload()
    shown = catch_request(page, path, button.click)
    server.sql("UPDATE users SET disabled_at = 1 WHERE id = 1")
    assert fetch(page, path, shown)["body"]["code"] == "wrong_passkey"
    server.sql("UPDATE users SET disabled_at = NULL WHERE id = 1")

    # The counter is behind, as with a copy of the authenticator.
    page.reload()
    shown = catch_request(page, path, button.click)
    server.sql("UPDATE passkeys SET sign_count = 1000")
    assert fetch(page, path, shown)["body"]["code"] == "wrong_passkey"
    server.sql("UPDATE passkeys SET sign_count = 0")

    # The challenge has expired.
    page.reload()
    shown = catch_request(page, path, button.click)
    server.sql("UPDATE passkey_challenges SET expires_at = 1")
    assert fetch(page, path, shown)["body"]["code"] == "wrong_passkey"
    assert server.sql("SELECT count(*) FROM user_sessions") == [(1,)]


#: Asks the authenticator to sign a challenge, as a script on a page of any origin can do.
SIGN = """async (options) => {
  const bytes = (text) => Uint8Array.from(
    atob(text.replaceAll("-", "+").replaceAll("_", "/")), (each) => each.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const made = await navigator.credentials.get(
    { publicKey: { ...options, challenge: bytes(options.challenge), allowCredentials: [] } });
  const { clientDataJSON, authenticatorData, signature, userHandle } = made.response;
  return { id: made.id, rawId: text(made.rawId), type: made.type, response: {
    clientDataJSON: text(clientDataJSON), authenticatorData: text(authenticatorData),
    signature: text(signature), userHandle: text(userHandle) } };
}"""


def test_what_was_signed_for_another_origin_is_refused(
    server: Server, office: str, new_page: NewPage, tmp_path: Path
) -> None:
    """Another port of the same host has the same passkeys, but is another origin."""
    page = new_page()
    send = give_authenticator(page)
    sign_in(page, office)
    add_passkey(page)
    credentials = send("getCredentials")["credentials"]
    begin, end = f"{PREFIX}/session/passkey/begin", f"{PREFIX}/session/passkey"
    here = fetch(page, begin)["body"]["options"]
    assert here["rpId"] == "localhost"
    assert fetch(page, end, {"credential": page.evaluate(SIGN, here)})["status"] == 201
    options = fetch(page, begin)["body"]["options"]
    elsewhere = Server.start(tmp_path / "elsewhere")
    try:
        other = new_page()
        send_other = give_authenticator(other)
        other.goto(f"{elsewhere.url.replace('127.0.0.1', 'localhost')}/office")
        credential = {**credentials[0], "signCount": 50}
        send_other("addCredential", {"credential": credential})
        signed = other.evaluate(SIGN, options)
    finally:
        elsewhere.stop()
    answer = fetch(page, end, {"credential": signed})
    assert answer["body"]["code"] == "wrong_passkey"


def test_passkeys_are_ones_own(server: Server, office: str, new_page: NewPage) -> None:
    page = new_page()
    give_authenticator(page)
    sign_in(page, office)
    add_passkey(page)
    ((number,),) = server.sql("SELECT id FROM passkeys")
    server.sql("UPDATE passkeys SET user_id = 2")
    path = f"{ACCOUNT}/passkeys/{number}"
    assert fetch(page, path, {"name": "Mine"}, "PATCH")["status"] == 404
    assert fetch(page, path, method="DELETE")["status"] == 404
    assert fetch(page, ACCOUNT, method="GET")["body"]["passkeys"] == []
    assert server.sql("SELECT name FROM passkeys") == [(EVIL,)]

    # A challenge that was made for another user adds no passkey to this user.
    confirm = f"{ACCOUNT}/passkeys/confirm"
    server.sql("DELETE FROM passkeys")
    page.reload()

    def add() -> None:
        page.get_by_role("button", name="Add a passkey").click()
        form = page.get_by_role("dialog")
        form.get_by_label("What it is called").fill("Stolen")
        form.get_by_label("Current password", exact=True).fill(PASSWORD)
        form.get_by_role("button", name="Go on").click()

    fresh = new_page()
    give_authenticator(fresh)
    sign_in(fresh, office)
    page = fresh
    made = catch_request(page, confirm, add)
    server.sql("UPDATE passkey_challenges SET user_id = 2")
    assert fetch(page, confirm, made)["body"]["code"] == "wrong_passkey"
    server.sql("UPDATE passkey_challenges SET user_id = 1")
    assert fetch(page, confirm, made)["status"] == 201
    assert fetch(page, confirm, made)["body"]["code"] == "wrong_passkey"


def test_an_address_of_numbers_has_no_passkeys(server: Server, office: str) -> None:
    browser = OfficeBrowser(server.url)
    assert refusal_of(browser.post("/session/passkey/begin")) == (409, "no_passkeys_here")
    assert browser.sign_in(OWNER["email"]).status_code == 201
    answer = browser.post("/account/passkeys", {"current_password": PASSWORD})
    assert refusal_of(answer) == (409, "no_passkeys_here")
    browser.close()


def test_what_is_no_passkey_is_refused_in_words(server: Server, office: str) -> None:
    browser = OfficeBrowser(office)
    for credential in (
        {"id": "x"},
        {"id": 5, "response": []},
        {"id": "x", "response": {"clientDataJSON": "????"}},
        {"id": "x", "response": {"clientDataJSON": "e30"}},
        {"id": None, "response": {"clientDataJSON": None}},
        {"id": "x" * 5_000, "response": {"clientDataJSON": "x" * 5_000}},
    ):
        answer = browser.post("/session/passkey", {"credential": credential})
        assert refusal_of(answer) == (401, "wrong_passkey"), credential
    browser.close()
