"""`dibs claims`: it lists the current holds and checkouts, and the owner releases some."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from tests.support.commands import Outcome, dibs
from tests.support.days import working_day
from tests.support.follower import Follower
from tests.support.server import Server
from tests.support.stack import Stack

StartServer = Callable[..., Server]

pytestmark = pytest.mark.scenario(35)


@pytest.fixture(params=["embedded", "production"])
def server(request: pytest.FixtureRequest) -> Server:
    if request.param == "embedded":
        start: StartServer = request.getfixturevalue("start_server")
        return start()
    stack: Stack = request.getfixturevalue("stack")
    return stack.node()


def command(server: Server, *arguments: str) -> Outcome:
    given = server.settings if "database_url" in server.settings else {"data": server.data}
    outcome = dibs("claims", *arguments, **given)
    assert outcome.code == 0, outcome.complained
    return outcome


def list_claims(server: Server) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads("\n".join(command(server, "--json").said))
    return rows


def test_holds_and_checkouts_are_listed_with_their_address(server: Server) -> None:
    ann, bob = server.visitor(), server.visitor()
    hold = ann.hold("10:00").json()
    checkout = bob.check_out("11:00").json()
    server.visitor().book("12:00")
    rows = list_claims(server)
    assert [(row["claim"], row["kind"], row["address"]) for row in rows] == [
        (hold["claim"], "hold", "127.0.0.1"),
        (checkout["claim"], "checkout", "127.0.0.1"),
    ]
    assert {row["service"] for row in rows} == {"Consultation"}
    assert {row["resource"] for row in rows} == {"Sarah Johnson"}
    lines = command(server).said
    assert len(lines) == 2
    assert hold["claim"] in lines[0]


def test_a_claim_is_released_and_viewers_see_it(server: Server) -> None:
    ann, bob = server.visitor(), server.visitor()
    hold = ann.hold("10:00").json()
    checkout = bob.check_out("11:00").json()
    viewer = Follower(server.url, f"/api/v1/boards/1/{working_day()}/stream")
    try:
        viewer.until_shown({"10:00": "held", "11:00": "pending"})
        assert command(server, "release", hold["claim"]).said[-1] == "1 released"
        viewer.until_shown({"11:00": "pending"})
        assert command(server, "release", checkout["claim"]).said[-1] == "1 released"
        viewer.until_shown({})
    finally:
        viewer.close()
    assert ann.prolong(hold, 60).status_code == 404
    assert bob.confirm(checkout).status_code != 201
    assert list_claims(server) == []


def test_all_that_comes_from_an_address_is_released_and_bookings_stay(server: Server) -> None:
    for clock in ("10:00", "11:00"):
        server.visitor().hold(clock)
    booking = server.visitor().book("12:00").json()
    assert command(server, "release", "--address", "192.0.2.1").said == ["0 released"]
    assert command(server, "release", "--address", "127.0.0.1").said[-1] == "2 released"
    assert [state["state"] for state in server.visitor().board()["busy"]] == ["taken"]
    assert command(server, "release", booking["claim"]).said == ["0 released"]


def test_a_claim_id_is_never_taken_for_an_option(server: Server) -> None:
    visitor = server.visitor()
    made = [visitor.hold("10:00"), visitor.check_out("11:00"), visitor.book("12:00")]
    assert all(re.fullmatch("[0-9a-f]{16}", answer.json()["claim"]) for answer in made)


def test_while_no_dibs_runs_the_checkouts_are_listed(start_server: StartServer) -> None:
    server = start_server()
    server.visitor().hold("10:00")
    checkout = server.visitor().check_out("11:00").json()
    server.stop()
    assert [row["claim"] for row in list_claims(server)] == [checkout["claim"]]
    assert command(server, "release", checkout["claim"]).said[-1] == "1 released"
    assert list_claims(server) == []


def test_without_a_name_nothing_is_released(start_server: StartServer) -> None:
    outcome = dibs("claims", "release", data=start_server().data)
    assert outcome.code == 1
    assert outcome.complained == ["dibs: Name the claims to release, or an --address."]


@pytest.mark.parametrize("token", [None, "x" * 43, "ü"])
def test_nobody_else_can_ask_a_running_dibs(server: Server, token: str | None) -> None:
    headers = [] if token is None else [(b"Authorization", f"Bearer {token}".encode())]
    for answer in (
        httpx2.get(f"{server.url}/api/v1/owner/claims", headers=headers),
        httpx2.post(f"{server.url}/api/v1/owner/claims/release", json={}, headers=headers),
    ):
        assert answer.status_code == 404
