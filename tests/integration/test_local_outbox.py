"""Without a mail server, somebody who tries Dibs reads its letters at /outbox, on the same
machine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx2
import icalendar
import pytest

from tests.support.days import at, working_day
from tests.support.server import Server
from tests.support.waiting import until

NAME = 'Ann "<b>O\u2019Neil</b>" & Co \U0001f600'


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server.start(tmp_path_factory.mktemp("outbox") / "data", smtp_url="local:")
    yield server
    server.stop()


def list_kept(server: Server, address: str) -> list[str]:
    """Return the paths of the letters to an address, the newest first."""
    page = server.http.get("/outbox").text
    found = re.findall(r'<a href="(/outbox/\d+)">.*?to (\S+?),', page, re.DOTALL)
    return [path for path, to in found if to == address]


def test_the_letter_of_a_booking_is_shown(server: Server) -> None:
    assert "Letters are not sent, but shown" in server.log.read_text()
    booked = server.visitor().book(at("10:00", working_day()), email="ann@example.com", name=NAME)
    assert booked.status_code == 201, booked.text
    (path,) = until(lambda: list_kept(server, "ann@example.com"), "the letter is there")
    page = server.http.get(path)
    assert "ann@example.com" in page.text
    assert "<b>O" not in page.text
    html = server.http.get(f"{path}/letter")
    assert "sandbox allow-popups" in html.headers["content-security-policy"]
    assert '<base target="_blank">' in html.text
    assert booked.json()["manage_url"].replace("&", "&amp;") in html.text
    file = server.http.get(f"{path}/appointment.ics")
    assert file.headers["content-type"].startswith("text/calendar")
    (event,) = icalendar.Calendar.from_ical(file.text).walk("VEVENT")
    assert booked.json()["reference"] in str(event["UID"])


def test_a_sign_in_code_is_shown(server: Server) -> None:
    assert server.http.get("/api/v1/business").json()["can_sign_in"] is True
    asked = server.http.post("/api/v1/session/codes", json={"email": "bob@example.com"})
    assert asked.status_code == 202, asked.text
    (path,) = until(lambda: list_kept(server, "bob@example.com"), "the letter is there")
    code = re.findall(r"\b\d{6}\b", server.http.get(path).text)[-1]
    signed_in = server.http.post("/api/v1/session", json={"email": "bob@example.com", "code": code})
    assert signed_in.status_code in (200, 201), signed_in.text
    assert server.http.get(f"{path}/appointment.ics").status_code == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "book.example"},
        {"Host": "127.0.0.1.book.example:80"},
        {"Host": ""},
        {"X-Forwarded-For": "9.9.9.9"},
        {"Forwarded": "for=9.9.9.9"},
    ],
)
def test_nobody_else_sees_them(server: Server, headers: dict[str, str]) -> None:
    for path in ("/outbox", "/outbox/1", "/outbox/1/letter", "/outbox/1/appointment.ics"):
        assert httpx2.get(server.url + path, headers=headers).status_code == 404


@pytest.mark.parametrize("number", ["0", "99", "x", "\u0661", "9" * 5000, "-1"])
def test_a_letter_that_is_not_kept_is_not_found(server: Server, number: str) -> None:
    assert server.http.get(f"/outbox/{number}").status_code == 404


def test_this_machine_has_several_names(server: Server) -> None:
    port = server.url.rpartition(":")[2]
    for host in (f"localhost:{port}", "LOCALHOST", f"[::1]:{port}", "127.0.0.1"):
        assert httpx2.get(f"{server.url}/outbox", headers={"Host": host}).status_code == 200


def test_with_a_mail_server_or_none_there_is_no_outbox(tmp_path: Path) -> None:
    server = Server.start(tmp_path / "data")
    assert server.http.get("/outbox").status_code == 404
    server.stop()
