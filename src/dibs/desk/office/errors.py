"""The errors that only the office raises."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dibs.errors import Conflict, OverrideNeeded, SignInFailed, Unavailable

if TYPE_CHECKING:
    from collections.abc import Sequence


class WrongPassword(SignInFailed):
    """The e-mail address or the password is wrong."""

    code = "wrong_password"


class SecondFactorNeeded(SignInFailed):
    """Enter the code of your authenticator app, too."""

    code = "second_factor_needed"


class WrongSecondFactor(SignInFailed):
    """This is not the code that your authenticator app shows, or it was used before."""

    code = "wrong_second_factor"


class WrongPasskey(SignInFailed):
    """This passkey can't be used: it is unknown or was removed, or the attempt was too old."""

    code = "wrong_passkey"


class LinkExpired(SignInFailed):
    """This link is no longer good; ask for a new one."""

    code = "link_expired"


class EmailTaken(Conflict):
    """Somebody with this e-mail address is a user already."""

    code = "email_taken"


class LastOwner(Conflict):
    """This is the last owner; make somebody else an owner first."""

    code = "last_owner"


class PasskeyTaken(Conflict):
    """This passkey has been added already."""

    code = "passkey_taken"


class NoPasskeysHere(Conflict):
    """Passkeys need an address with a name and https, or localhost."""

    code = "no_passkeys_here"


class HasBusiness(Conflict):
    """The business is set up already."""

    code = "has_business"


class ChangedMeanwhile(Conflict):
    """Somebody else has changed this meanwhile; look at it again."""

    code = "changed_meanwhile"


class BookingsConcerned(OverrideNeeded):
    """Bookings are concerned; they stay as they are, if you agree to that."""

    code = "bookings_concerned"

    def __init__(self, references: Sequence[str] = ()) -> None:
        super().__init__(["bookings"], references)


class NoAddress(Conflict):
    """The customer of this booking has no e-mail address."""

    code = "no_address"


class CannotMerge(Conflict):
    """These two can't become one customer."""

    code = "cannot_merge"


class LetterNotSent(Unavailable):
    """The letter could not be sent."""

    code = "letter_not_sent"


class NoMailServer(Conflict):
    """No mail server is set up, so no letter can be sent; DIBS_SMTP_URL names one."""

    code = "no_mail_server"
