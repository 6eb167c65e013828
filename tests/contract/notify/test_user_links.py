"""Links by mail with which users of the office choose a password."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from dibs.desk import Desk, administration
from dibs.desk.office.accounts import Client
from dibs.desk.office.errors import LinkExpired
from dibs.desk.office.invitations import Invitation
from dibs.ledger.journal import Author
from dibs.ledger.tables import metadata
from dibs.ledger.users import NewUser
from tests.contract.notify.booking_scene import with_addresses
from tests.contract.notify.scene import Scene
from tests.support.dibs_in_process import demo_catalog
from tests.support.mail import text_of
from tests.support.office import PASSWORD

pytestmark = pytest.mark.anyio

BY_OWNER = Author("owner")
MIKE = NewUser("mike@example.com", 'Mike <b>"O’Hara"</b>', "manager")
CLIENT = Client("192.0.2.1", "Firefox on Linux")


async def invite(scene: Scene) -> Invitation:
    invitation = await scene.desk.office.invitations.invite(MIKE, BY_OWNER)
    await scene.codes.mail_worker.deliver_due()
    return invitation


def link_in(scene: Scene) -> str:
    found = re.search(r"/office/welcome#([\w-]+)", text_of(scene.mail_server.messages[-1]))
    assert found is not None
    return found[1]


async def dump_database(scene: Scene) -> str:
    def read(connection: Any) -> str:
        return "".join(
            repr(tuple(row))
            for table in metadata.tables
            for row in connection.execute(text(f"SELECT * FROM {table}"))
        )

    return await scene.database.read(read)


async def test_who_is_invited_gets_the_link_that_the_owner_sees(scene: Scene) -> None:
    invitation = await invite(scene)
    assert invitation.is_mailed
    (message,) = scene.mail_server.messages
    assert message["To"] == "mike@example.com"
    assert message["Subject"].startswith("Your access to the office of ")
    assert MIKE.name in text_of(message)
    assert "for 2 days" in text_of(message)
    assert link_in(scene) == invitation.token
    user, session = await scene.desk.office.links.use(link_in(scene), PASSWORD, None, CLIENT)
    assert (user.email, session is not None) == ("mike@example.com", True)


async def test_the_database_never_has_the_link(scene: Scene) -> None:
    """Neither before the letter is sent, nor while it waits for another try, nor afterwards."""
    scene.mail_server.closed = True
    invitation = await invite(scene)
    assert invitation.token not in await dump_database(scene)
    scene.mail_server.closed = False
    await scene.try_again()
    assert link_in(scene) == invitation.token
    assert invitation.token not in await dump_database(scene)


async def test_a_reset_is_told_in_other_words(scene: Scene) -> None:
    first = await invite(scene)
    again = await scene.desk.office.invitations.reset(first.user.id, BY_OWNER)
    await scene.codes.mail_worker.deliver_due()
    message = scene.mail_server.messages[-1]
    assert message["Subject"].startswith("Choose a new password for the office of ")
    assert link_in(scene) == again.token != first.token
    with pytest.raises(LinkExpired):
        await scene.desk.office.links.read(first.token)


@pytest.mark.parametrize("ends", ["used", "replaced", "over", "disabled"])
async def test_a_link_that_is_no_longer_good_is_not_sent(scene: Scene, ends: str) -> None:
    scene.mail_server.closed = True
    invitation = await invite(scene)
    if ends == "used":
        await scene.desk.office.links.use(invitation.token, PASSWORD, None, CLIENT)
    elif ends == "over":
        scene.clock.advance(timedelta(days=3).total_seconds())
    elif ends == "replaced":
        await scene.desk.office.invitations.reset(invitation.user.id, BY_OWNER)
    else:
        disable = "UPDATE users SET disabled_at = created_at"
        await scene.database.write(lambda tx: tx.connection.execute(text(disable)))
    scene.mail_server.closed = False
    await scene.try_again()
    sent = scene.mail_server.messages
    assert len(sent) == (1 if ends == "replaced" else 0)
    assert all(invitation.token not in text_of(each) for each in sent)
    states = [state for state, _ in await scene.deliveries()]
    assert sorted(states) == (["dropped", "sent"] if ends == "replaced" else ["dropped"])


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", "Wählen Sie ein Passwort"),
        ("fr", "Choisissez un mot de passe"),
        ("es", "Elija una contraseña"),
        ("ar", "اختر كلمة مرور"),
    ],
)
async def test_the_letter_is_in_the_language_of_the_business(
    scene: Scene, language: str, words: str
) -> None:
    catalog = with_addresses(demo_catalog())
    german = replace(catalog, business=replace(catalog.business, language=language))
    await administration.apply(scene.database, german)
    await invite(scene)
    assert words in text_of(scene.mail_server.messages[-1])


async def test_without_a_mail_server_the_link_is_only_shown(scene: Scene) -> None:
    invitation = await Desk(scene.desk.context).office.invitations.invite(MIKE, BY_OWNER)
    assert not invitation.is_mailed
    assert (await scene.desk.office.links.read(invitation.token)).user == invitation.user
    await scene.codes.mail_worker.deliver_due()
    assert scene.mail_server.messages == []
