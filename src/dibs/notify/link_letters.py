"""Letters with the link by which a user of the office chooses a password.

The link is a secret, so it must not be readable in the database, neither with the user nor in the
outbox. Like a sign-in code, it is computed from the secret key and the salt of its event. The event
has the salt, and a hash of the link that shows whether the link is still good. Only with the secret
key can the link be made from them. So a letter that is sent again has the same link. A letter is
not sent if its link was used, was replaced or has expired.
"""

from __future__ import annotations

import math
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from dibs.ledger import deliveries, outbox, user_links
from dibs.ledger.deliveries import Draft
from dibs.notify.letterhead import named_letterhead
from dibs.notify.mail import Content, Headers, NoLongerTrue, write_message

if TYPE_CHECKING:
    from datetime import timedelta

    from dibs.ledger.database import Database, Transaction
    from dibs.ledger.deliveries import Delivery
    from dibs.letters.writer import LetterWriter
    from dibs.notify.codes import CodeHash
    from dibs.notify.mail import Message

TOPIC = "user.link"
LETTER = "user_link"
#: Why a user gets a link: they are invited, or they are to choose a new password.
LinkKind = Literal["invited", "reset"]


@dataclass(frozen=True)
class LinkOrder:
    """An order for the letter with a link, while its recipient is not known yet."""

    salt: str
    kind: LinkKind
    business: str
    language: str


def new_order(kind: LinkKind, business: str, language: str) -> LinkOrder:
    return LinkOrder(secrets.token_hex(16), kind, business, language)


def put_order(tx: Transaction, order: LinkOrder, link: str, email: str) -> None:
    """Order the letter with a link, due at once. `link` is the hash of the link's token."""
    payload = {
        "salt": order.salt,
        "kind": order.kind,
        "business": order.business,
        "language": order.language,
        "link": link,
    }
    event_id = outbox.put(tx, TOPIC, payload)
    draft = Draft(LETTER, "staff", email, tx.now)
    deliveries.insert_deliveries(tx, event_id, None, [draft])


def link_address(public_url: str, token: str) -> str:
    """Return the address of a link. The token is behind a #, so that no browser sends it and no log
    has it."""
    return f"{public_url}/office/welcome#{token}"


class LinkLetters:
    def __init__(
        self,
        database: Database,
        hashes: CodeHash,
        writer: LetterWriter,
        sender: str,
        public_url: str,
        good_for: timedelta,
    ) -> None:
        self._database = database
        self._hashes = hashes
        self._writer = writer
        self._sender = sender
        self._public_url = public_url
        self._days = max(1, math.floor(good_for.total_seconds() / 86_400))

    async def write(self, delivery: Delivery) -> Message:
        said, now = delivery.payload, self._database.clock.now()
        link = await self._database.read(user_links.find_link, said["link"], now)
        if link is None or link.user is None:
            raise NoLongerTrue("the link was used, replaced or is over")
        address = link_address(self._public_url, self._hashes.link_token(said["salt"]))
        business = await named_letterhead(self._database, self._public_url, said["business"])
        letter = self._writer.write_user_link(
            address, link.user.name, self._days, business, said["language"], said["kind"]
        )
        content = Content(letter.subject, letter.text, letter.html)
        headers = Headers(sender_name=business.name)
        return write_message(self._sender, delivery.address, content, now, headers)
