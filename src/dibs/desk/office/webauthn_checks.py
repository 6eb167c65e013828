"""Makes and checks what browsers and authenticators say about passkeys, with `webauthn`.

The authenticator asks the person for a fingerprint or a PIN. So a passkey is two factors: the
device, and what its owner is or knows. Loading this module takes a quarter of a second, so it is
loaded when it is first needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    options_to_json_dict,
    parse_client_data_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from dibs.desk.office.errors import WrongPasskey

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dibs.ledger.passkeys import Passkey

MILLISECONDS = 5 * 60 * 1000
#: The errors that `webauthn` may raise for a malformed or wrong credential.
MALFORMED = (WebAuthnException, ValueError, TypeError, LookupError, AttributeError)


@dataclass(frozen=True)
class Site:
    """Where passkeys are used. `name` is the host for which they are good, and `origin` is the
    address of the pages that may use them."""

    name: str
    origin: str


@dataclass(frozen=True)
class NewPasskey:
    credential: str
    public_key: str
    sign_count: int


def registration_options(
    site: Site, challenge: bytes, handle: bytes, email: str, name: str, known: Iterable[str]
) -> dict[str, Any]:
    """Return what a browser needs to make a passkey that signs in without a typed name."""
    options = generate_registration_options(
        rp_id=site.name,
        rp_name=site.name,
        user_id=handle,
        user_name=email,
        user_display_name=name,
        challenge=challenge,
        timeout=MILLISECONDS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=base64url_to_bytes(each)) for each in known
        ],
    )
    return options_to_json_dict(options)


def authentication_options(site: Site, challenge: bytes) -> dict[str, Any]:
    """Return what a browser needs to sign in with any passkey of this site."""
    options = generate_authentication_options(
        rp_id=site.name,
        challenge=challenge,
        timeout=MILLISECONDS,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json_dict(options)


def challenge_in(credential: Mapping[str, Any]) -> bytes:
    """Return the challenge that was signed, by what the browser says. Raises WrongPasskey."""
    try:
        said = base64url_to_bytes(credential["response"]["clientDataJSON"])
        return bytes(parse_client_data_json(said).challenge)
    except MALFORMED as error:
        raise WrongPasskey from error


def check_registration(site: Site, credential: Mapping[str, Any], challenge: bytes) -> NewPasskey:
    """Check the passkey that a browser has made, and return what is to be stored. Raises
    WrongPasskey."""
    try:
        made = verify_registration_response(
            credential=dict(credential),
            expected_challenge=challenge,
            expected_rp_id=site.name,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except MALFORMED as error:
        raise WrongPasskey from error
    return NewPasskey(
        bytes_to_base64url(made.credential_id),
        bytes_to_base64url(made.credential_public_key),
        made.sign_count,
    )


def check_authentication(
    site: Site, credential: Mapping[str, Any], challenge: bytes, passkey: Passkey, handle: bytes
) -> int:
    """Check a sign-in, and return the authenticator's counter. Raises WrongPasskey, also if the
    counter has not risen."""
    try:
        said = credential["response"].get("userHandle")
        if said and base64url_to_bytes(said) != handle:
            raise WrongPasskey
        checked = verify_authentication_response(
            credential=dict(credential),
            expected_challenge=challenge,
            expected_rp_id=site.name,
            expected_origin=site.origin,
            credential_public_key=base64url_to_bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except MALFORMED as error:
        raise WrongPasskey from error
    return checked.new_sign_count
