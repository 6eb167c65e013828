"""Pictures: uploaded in the office, named in the catalog, visible to everybody."""

from __future__ import annotations

from typing import Any

import pytest

from dibs.ledger.users import Role
from dibs.pictures import MAX_FILE
from tests.integration.office.conftest import NewBrowser, NewUser
from tests.integration.office.test_catalog import add, change, part_of
from tests.support.answers import fields, refusal_of
from tests.support.office import OfficeBrowser
from tests.support.pictures import draw_file, open_picture
from tests.support.server import Server

FOREVER = "public, max-age=31536000, immutable"


def upload(browser: OfficeBrowser, file: bytes, **options: Any) -> Any:
    return browser.http.post("/pictures", content=file, **options)


def upload_drawing(browser: OfficeBrowser, **drawing: Any) -> str:
    answer = upload(browser, draw_file(**drawing))
    assert answer.status_code == 201, answer.text
    name: str = answer.json()["name"]
    return name


def test_an_uploaded_picture_is_shown_to_everybody(owner: OfficeBrowser, office: Server) -> None:
    answer = upload(owner, draw_file("JPEG", (2000, 1000)))
    assert answer.status_code == 201
    made = answer.json()
    assert (made["width"], made["height"]) == (1600, 800)
    for url, width in ((made["url"], 1600), (made["small_url"], 320)):
        path = "/pictures/" + url.partition("/pictures/")[2]
        shown = office.http.get(path)
        assert shown.status_code == 200
        assert shown.headers["content-type"] == "image/jpeg"
        assert shown.headers["cache-control"] == FOREVER
        assert shown.headers["x-content-type-options"] == "nosniff"
        assert shown.headers["cross-origin-resource-policy"] == "cross-origin"
        assert shown.headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert open_picture(shown.content).size[0] == width
        head = office.http.head(path)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == str(len(shown.content))


@pytest.mark.parametrize(
    "name", ["0" * 32 + ".jpg", "nothing", "..%2f..%2fsecret.key", "%00", "x" * 5000]
)
def test_a_picture_that_there_is_not(office: Server, name: str) -> None:
    for path in ("/pictures/", "/pictures/small/"):
        assert refusal_of(office.http.get(path + name)) == (404, "not_found")


@pytest.mark.parametrize(
    "file", [b"", b"GIF89a", b"<svg onload=alert(1)>", draw_file("JPEG")[:700], draw_file("BMP")]
)
def test_what_is_no_picture_is_refused(owner: OfficeBrowser, file: bytes) -> None:
    answer = upload(owner, file)
    assert refusal_of(answer) == (422, "invalid")
    assert fields(answer) == {"picture": "malformed"}


def test_a_file_that_is_too_large_is_refused(owner: OfficeBrowser) -> None:
    answer = upload(owner, bytes(MAX_FILE + 1))
    assert refusal_of(answer) == (413, "too_large")
    # A valid picture of this size is accepted, although other bodies end at 2 MB.
    assert upload(owner, draw_file("JPEG") + bytes(MAX_FILE - 100_000)).status_code == 201


def test_only_who_may_change_the_catalog_uploads(
    browser: NewBrowser, user: NewUser, office: Server, owner: OfficeBrowser
) -> None:
    assert refusal_of(upload(browser(), draw_file())) == (401, "not_signed_in")
    roles: tuple[tuple[Role, int], ...] = (("staff", 403), ("manager", 201))
    for role, status in roles:
        person = browser()
        person.sign_in(user(role)["email"])
        assert upload(person, draw_file()).status_code == status
    elsewhere = {"Origin": "https://evil.example"}
    assert upload(owner, draw_file(), headers=elsewhere).status_code == 403
    for scope, status in (("catalog:read", 403), ("catalog:write", 201)):
        key = owner.post("/keys", {"name": "Pictures", "scopes": [scope]}).json()["token"]
        program = browser()
        assert upload(
            program, draw_file(), headers={"Authorization": f"Bearer {key}"}
        ).status_code == (status)


def test_a_service_and_a_person_have_pictures(owner: OfficeBrowser, office: Server) -> None:
    name = upload_drawing(owner, colour="#123456")
    person = add(owner, "resources", name="Vera", about="Cuts since 2009", picture=name)
    service = add(
        owner,
        "services",
        name="Cut",
        duration=30,
        resources=[person],
        picture=name,
        category="Hair",
    )
    [shown] = [each for each in office.http.get("/api/v1/services").json() if each["id"] == service]
    assert (shown["picture"]["name"], shown["category"]) == (name, "Hair")
    [seen] = [each for each in office.http.get("/api/v1/resources").json() if each["id"] == person]
    assert (seen["picture"]["small_url"], seen["about"]) == (
        f"{office.url}/pictures/small/{name}",
        "Cuts since 2009",
    )
    assert f'picture = "{name}"' in owner.get("/catalog.toml").text
    assert change(owner, "services", service, picture=None).status_code == 200
    assert part_of(owner, "services", service)["table"]["picture"] is None
    part = part_of(owner, "resources", person)
    answer = owner.post(f"/catalog/resources/{person}/retire", {"version": part["version"]})
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    "picture", ["0" * 32 + ".jpg", "haircut.jpg", "", "../x.png", "x" * 10_000]
)
def test_a_picture_has_to_be_stored(owner: OfficeBrowser, picture: str) -> None:
    answer = change(owner, "resources", 1, picture=picture)
    assert refusal_of(answer) == (422, "invalid")
    assert fields(answer) == {"picture": "malformed"}
