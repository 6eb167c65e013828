"""`dibs user` beside a running server: users are added, listed, disabled and reset."""

from __future__ import annotations

import json
from typing import Any

from tests.support.commands import dibs
from tests.support.office import LINK, OfficeBrowser
from tests.support.server import Server


def user(server: Server, *arguments: str) -> Any:
    return dibs("user", *arguments, "--data", server.data, **server.settings)


def test_users_are_managed_from_the_command_line(server: Server) -> None:
    added = user(server, "add", "Mike@Example.com", "--name", "Mike", "--role", "manager")
    assert added.code == 0, added.complained
    (token,) = LINK.findall(added.said[0])
    browser = OfficeBrowser(server.url)
    assert browser.use_link(token).status_code == 201
    assert user(server, "list").said == ["mike@example.com  Mike  manager"]
    assert user(server, "disable", "mike@example.com").said == ["mike@example.com is disabled"]
    assert browser.user() is None
    (row,) = json.loads("\n".join(user(server, "list", "--json").said))
    assert row["disabled_at"]
    assert (row["email"], row["role"], row["has_password"]) == ("mike@example.com", "manager", True)
    reset = user(server, "reset", "mike@example.com")
    (token,) = LINK.findall(reset.said[0])
    assert user(server, "list").said == ["mike@example.com  Mike  manager  has no password yet"]
    assert browser.use_link(token).status_code == 201
    browser.close()


def test_what_can_not_be_is_said_in_one_line(server: Server) -> None:
    assert user(server, "add", "olga@example.com", "--name", "Olga").code == 0
    faults = {
        ("add", "olga@example.com"): "Somebody with this e-mail address is a user already.",
        ("add", "no address"): "no address is no e-mail address like name@example.com.",
        ("add", "a@example.com", "--role", "king"): "The role is owner, manager or staff.",
        ("add", "a@example.com", "--role", "staff"): "Say whose calendar is theirs.",
        ("add", "a@example.com", "--resource", "99"): "There is no resource 99.",
        ("disable", "b@example.com"): "There is no user b@example.com.",
        ("reset", "b@example.com"): "There is no user b@example.com.",
        ("disable", "olga@example.com"): "This is the last owner; make somebody else an owner"
        " first.",
    }
    for arguments, said in faults.items():
        outcome = user(server, *arguments)
        assert (outcome.code, outcome.complained) == (1, [f"dibs: {said}"]), arguments
