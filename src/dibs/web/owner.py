"""The API for the owner's command line.

The command line asks a running Dibs, because in embedded mode the holds are only in the memory of
that process. It sends a token that can only be made with the secret key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Header
from pydantic import Field

from dibs.errors import Invalid, NotFound
from dibs.web.field_types import Model, bearer
from dibs.web.schemas import rfc3339

if TYPE_CHECKING:
    from dibs.desk import Desk
    from dibs.desk.live_claims import LiveClaim

PATH = "/api/v1/owner/claims"


class Release(Model):
    claims: list[str] = Field(default_factory=list)
    address: str = ""


def routes(desk: Desk) -> APIRouter:
    tokens = desk.context.tokens

    async def as_owner(authorization: Annotated[str | None, Header()] = None) -> None:
        """Check the owner's token. Raises NotFound without it, as for an unknown path."""
        try:
            token = bearer(authorization)
        except Invalid:
            token = None
        if token is None or not tokens.is_owner_token(token):
            raise NotFound

    api = APIRouter(include_in_schema=False, dependencies=[Depends(as_owner)])

    @api.get(PATH)
    async def list_claims() -> list[dict[str, Any]]:
        return [show_claim(each) for each in await desk.claims.find_all()]

    @api.post(f"{PATH}/release")
    async def release_claims(wanted: Release) -> list[dict[str, Any]]:
        return [
            show_claim(each) for each in await desk.claims.release(wanted.claims, wanted.address)
        ]

    return api


def show_claim(claim: LiveClaim) -> dict[str, Any]:
    return {
        "claim": claim.claim,
        "kind": claim.kind,
        "service_id": claim.service_id,
        "resource_id": claim.resource_id,
        "starts_at": rfc3339(claim.starts_at),
        "ends_at": rfc3339(claim.ends_at),
        "expires_at": rfc3339(claim.expires_at),
        "address": claim.address,
    }
