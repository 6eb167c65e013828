"""Users, their links and their sessions, on both databases."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import orjson
import pytest
from pwdlib import PasswordHash
from sqlalchemy import text

from dibs.desk import administration
from dibs.desk.office import users
from dibs.desk.office.errors import EmailTaken, LastOwner, LinkExpired, WrongPassword
from dibs.desk.office.links import FirstOwner, make_owner_link
from dibs.errors import DibsError, Forbidden, Invalid, NotFound
from dibs.ledger.journal import Author
from dibs.ledger.users import NewUser, Role, User
from tests.contract.office.conftest import CLIENT, Scene
from tests.support.dibs_in_process import demo_catalog
from tests.support.office import OWNER, PASSWORD

pytestmark = pytest.mark.anyio

BY_OWNER = Author("user", 1, address="192.0.2.7")


async def audit(scene: Scene) -> list[tuple[str, str, object, object]]:
    """Return action, actor, user and details of each entry in the audit."""
    rows = await scene.database.read(
        lambda connection: connection.execute(
            text("SELECT action, actor, user_id, details FROM audit ORDER BY id")
        ).all()
    )
    return [(row.action, row.actor, row.user_id, orjson.loads(row.details)) for row in rows]


async def test_of_two_who_use_the_first_link_one_becomes_the_owner(scene: Scene) -> None:
    lifetime = timedelta(hours=1)
    links = [await make_owner_link(scene.database, lifetime) for _ in range(2)]
    assert None not in links

    async def use(link: str | None, email: str) -> bool:
        assert link is not None
        try:
            await scene.dibs.desk.office.links.use(link, PASSWORD, FirstOwner(email, email), CLIENT)
        except LinkExpired:
            return False
        return True

    wanted = [use(links[0], "a@example.com"), use(links[0], "b@example.com")]
    wanted += [use(links[1], "c@example.com"), use(links[1], "d@example.com")]
    assert sorted(await asyncio.gather(*wanted)) == [False, False, False, True]
    assert len(await users.list_users(scene.database)) == 1
    assert await make_owner_link(scene.database, lifetime) is None


async def test_a_link_is_good_for_its_time_and_once(scene: Scene) -> None:
    await scene.make_owner()
    lifetime, links = timedelta(hours=1), scene.dibs.desk.office.links
    new = NewUser("mike@example.com", "Mike", "manager")
    mike, first = await users.add_user(scene.database, new, BY_OWNER, lifetime)
    second = await users.reset_user(scene.database, mike.id, BY_OWNER, lifetime)
    with pytest.raises(LinkExpired):
        await links.read(first)
    scene.clock.advance(3599)
    assert (await links.read(second)).user is not None
    scene.clock.advance(1)
    for use in (links.read(second), links.use(second, PASSWORD, None, CLIENT)):
        with pytest.raises(LinkExpired):
            await use
    third = await users.reset_user(scene.database, mike.id, BY_OWNER, lifetime)
    with pytest.raises(Invalid):
        await links.use(third, "mike@example.com", None, CLIENT)
    await links.use(third, PASSWORD, None, CLIENT)
    with pytest.raises(LinkExpired):
        await links.use(third, PASSWORD, None, CLIENT)


async def test_nobody_gets_past_their_own_password(scene: Scene) -> None:
    """An open session is not enough to choose another password."""
    await scene.make_owner()
    session = await scene.sign_in()
    with pytest.raises(Forbidden):
        await users.reset_user(scene.database, 1, BY_OWNER, timedelta(hours=1))
    assert await scene.is_in(session)
    assert await scene.is_in(await scene.sign_in())


async def test_of_two_owners_who_reset_each_other_one_can_sign_in(scene: Scene) -> None:
    await scene.make_owner()
    otto = await scene.add("otto@example.com", "owner")
    mine = users.reset_user(scene.database, otto.id, BY_OWNER, timedelta(hours=1))
    theirs = users.reset_user(scene.database, 1, Author("user", otto.id), timedelta(hours=1))
    done = await asyncio.gather(mine, theirs, return_exceptions=True)
    assert [type(each) for each in done if not isinstance(each, str)] == [LastOwner]
    everybody = await users.list_users(scene.database)
    assert [each.password is not None for each in everybody].count(True) == 1


async def test_a_session_ends_when_it_is_old_or_not_used(scene: Scene) -> None:
    day = 24 * 3600
    await scene.make_owner()
    used, left_alone = await scene.sign_in(), await scene.sign_in()
    scene.clock.advance(6 * day)
    assert await scene.is_in(used)
    scene.clock.advance(day)
    assert not await scene.is_in(left_alone)
    for days in (6, 6, 6, 4):
        assert await scene.is_in(used)
        scene.clock.advance(days * day)
    assert await scene.is_in(used)
    scene.clock.advance(day)
    assert not await scene.is_in(used)


async def test_who_is_disabled_is_out_at_once_and_stays_out(scene: Scene) -> None:
    await scene.make_owner()
    mike = await scene.add("mike@example.com")
    token = await scene.sign_in(mike.email)
    link = await users.reset_user(scene.database, mike.id, BY_OWNER, timedelta(hours=1))
    await scene.dibs.desk.office.links.use(link, PASSWORD, None, CLIENT)
    token = await scene.sign_in(mike.email)
    await users.disable_user(scene.database, mike.id, BY_OWNER)
    assert not await scene.is_in(token)
    with pytest.raises(WrongPassword):
        await scene.sign_in(mike.email)
    await users.enable_user(scene.database, mike.id, BY_OWNER)
    assert not await scene.is_in(token)
    assert await scene.is_in(await scene.sign_in(mike.email))


async def test_a_link_of_who_is_disabled_is_no_good(scene: Scene) -> None:
    await scene.make_owner()
    new = NewUser("mike@example.com", "Mike", "manager")
    mike, link = await users.add_user(scene.database, new, BY_OWNER, timedelta(hours=1))
    await users.disable_user(scene.database, mike.id, BY_OWNER)
    with pytest.raises(LinkExpired):
        await scene.dibs.desk.office.links.use(link, PASSWORD, None, CLIENT)


async def test_whose_person_is_retired_can_get_another_name_or_role(scene: Scene) -> None:
    await scene.make_owner()
    mike = await scene.add("mike@example.com", "staff", 2)
    known = demo_catalog()
    others = {each: known.resources[each] for each in known.resources if each != 2}
    services = {each: known.services[each] for each in (3, 4)}
    await administration.apply(scene.database, replace(known, services=services, resources=others))

    async def change(name: str, role: Role, resource_id: int | None) -> User:
        return await users.change_user(
            scene.database, mike.id, BY_OWNER, name=name, role=role, resource_id=resource_id
        )

    assert (await change("Mike B", "staff", 2)).name == "Mike B"
    assert (await change("Mike B", "manager", 2)).role == "manager"
    await change("Mike B", "manager", None)
    for resource_id in (2, None):
        with pytest.raises(Invalid):
            await change("Mike B", "staff", resource_id)


async def test_there_is_always_an_owner(scene: Scene) -> None:
    await scene.make_owner()
    other = await scene.add("otto@example.com", "owner")
    no_password = NewUser("late@example.com", "Late", "owner")
    await users.add_user(scene.database, no_password, BY_OWNER, timedelta(hours=1))

    async def demote(user_id: int) -> bool:
        try:
            await users.change_user(
                scene.database, user_id, BY_OWNER, name="No", role="manager", resource_id=None
            )
        except LastOwner:
            return False
        return True

    assert sorted(await asyncio.gather(demote(1), demote(other.id))) == [False, True]
    last = next(each for each in await users.list_users(scene.database) if each.role == "owner")
    with pytest.raises(LastOwner):
        await users.disable_user(scene.database, last.id, BY_OWNER)


async def test_an_address_has_one_user(scene: Scene) -> None:
    await scene.make_owner()

    async def add(number: int) -> type[DibsError] | None:
        new = NewUser("mike@example.com", f"Mike {number}", "manager")
        try:
            await users.add_user(scene.database, new, BY_OWNER, timedelta(hours=1))
        except DibsError as error:
            return type(error)
        return None

    assert sorted(map(str, await asyncio.gather(*map(add, range(3))))) == sorted(
        map(str, [None, EmailTaken, EmailTaken])
    )


async def test_staff_have_a_calendar_that_there_is(scene: Scene) -> None:
    await scene.make_owner()
    for resource in (None, 99):
        new = NewUser("mike@example.com", "Mike", "staff", resource)
        with pytest.raises(Invalid):
            await users.add_user(scene.database, new, BY_OWNER, timedelta(hours=1))
    made = await scene.add("mike@example.com", "staff", 2)
    assert (made.role, made.resource_id) == ("staff", 2)
    with pytest.raises(NotFound):
        await users.find_by_email(scene.database, "nobody@example.com")


async def test_the_audit_says_who_changed_a_user_and_how(scene: Scene) -> None:
    await scene.make_owner()
    mike = await scene.add("mike@example.com")
    await users.change_user(
        scene.database, mike.id, BY_OWNER, name="mike", role="staff", resource_id=1
    )
    await users.disable_user(scene.database, mike.id, BY_OWNER)
    said = await audit(scene)
    assert sorted(each[0] for each in said) == [
        *("user.changed", "user.created", "user.created", "user.disabled"),
        *("user.password_changed", "user.signed_in", "user.signed_in"),
    ]
    changed = {"user": mike.id, "role": ["manager", "staff"], "resource_id": [None, 1]}
    for expected in (
        ("user.created", "user", 1, {"user": 1, "role": "owner"}),
        ("user.created", "owner", None, {"user": mike.id, "role": "manager", "resource": None}),
        ("user.changed", "user", 1, changed),
        ("user.disabled", "user", 1, {"user": mike.id}),
    ):
        assert expected in said
    assert PASSWORD not in repr(said)
    assert OWNER["email"] not in repr(said)


async def test_an_unknown_address_costs_as_much_as_a_wrong_password(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time of the answer reveals nothing: each attempt checks one hash."""
    await scene.make_owner()
    await scene.add("mike@example.com")
    await users.disable_user(scene.database, 2, BY_OWNER)
    invited = NewUser("late@example.com", "Late", "manager")
    await users.add_user(scene.database, invited, BY_OWNER, timedelta(hours=1))
    accounts = scene.dibs.desk.office.accounts
    with pytest.raises(WrongPassword):
        await accounts.sign_in("warm@example.com", "wrong", None, CLIENT)
    checked: list[str] = []
    verify = PasswordHash.verify

    def count_and_verify(self: PasswordHash, password: str, known: str) -> bool:
        checked.append(known.rpartition("$")[0].rpartition("$")[0])
        return verify(self, password, known)

    monkeypatch.setattr(PasswordHash, "verify", count_and_verify)
    for email in (OWNER["email"], "nobody@example.com", "mike@example.com", "late@example.com"):
        with pytest.raises(WrongPassword):
            await accounts.sign_in(email, "wrong", None, CLIENT)
    # All hashes have the same parameters, and so the same cost.
    assert len(checked) == 4
    assert len(set(checked)) == 1
