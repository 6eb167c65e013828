"""Users of the office: requests as their browsers and programs send them."""

from __future__ import annotations

import re
from typing import Any

import httpx2

from tests.support.server import Server
from tests.support.waiting import until

PREFIX = "/api/v1/admin"
PASSWORD = "correct horse battery"
OWNER = {"name": "Olga Owner", "email": "olga@example.com"}
LINK = re.compile(r"/office/welcome#([\w-]+)")


def owner_token(server: Server) -> str:
    """Return the secret of the owner link that a server has printed at its start."""

    def find() -> str | None:
        found = LINK.findall(server.log.read_text())
        return found[-1] if found else None

    return until(find, "the server prints the owner link")


class OfficeBrowser:
    """A browser on the pages of a server's office, with cookies of its own."""

    def __init__(self, url: str, **headers: str) -> None:
        said = {"Origin": url, "User-Agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0"} | headers
        self.http = httpx2.Client(base_url=url + PREFIX, timeout=30, verify=False, headers=said)

    def get(self, path: str, **options: Any) -> httpx2.Response:
        return self.http.get(path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> httpx2.Response:
        return self.http.post(path, json=body, **options)

    def patch(self, path: str, body: Any = None, **options: Any) -> httpx2.Response:
        return self.http.patch(path, json=body, **options)

    def delete(self, path: str, **options: Any) -> httpx2.Response:
        return self.http.delete(path, **options)

    def use_link(self, token: str, password: str = PASSWORD, **more: Any) -> httpx2.Response:
        return self.post("/links/use", {"token": token, "password": password, **more})

    def sign_in(self, email: str, password: str = PASSWORD, **more: Any) -> httpx2.Response:
        return self.post("/session", {"email": email, "password": password, **more})

    def user(self) -> dict[str, Any] | None:
        """Return the user who is signed in, or None."""
        found: dict[str, Any] | None = self.get("/session").json()["user"]
        return found

    def close(self) -> None:
        self.http.close()
