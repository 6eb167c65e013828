"""The front desk: the use cases, by topic. Every surface calls it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from dibs.desk.booking import BookingDesk
from dibs.desk.holding import Holding
from dibs.desk.live_claims import LiveClaims
from dibs.desk.looking import Looking
from dibs.desk.managing import Managing
from dibs.desk.sign_in import SignIn
from dibs.desk.sweeping import sweep

if TYPE_CHECKING:
    from dibs.desk.parts import Parts
    from dibs.notify.codes import Codes


class Desk:
    def __init__(self, parts: Parts, codes: Codes | None = None) -> None:
        self.parts = parts
        self.holding = Holding(parts)
        self.booking = BookingDesk(parts)
        self.managing = Managing(parts, self.holding)
        self.looking = Looking(parts)
        self.claims = LiveClaims(parts)
        self.sign_in = SignIn(parts, codes)
        self.sweep = partial(sweep, parts)
