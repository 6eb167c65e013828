"""The operations of the office's API: the scope that each needs, and a body that is well formed.

`NO_SCOPE` means every user, but no API key. `PUBLIC` means everybody.
"""

from __future__ import annotations

from typing import Any

from tests.support.office import PASSWORD

NO_SCOPE = "a user"
PUBLIC = "everybody"
TOKEN = "x" * 43
NAME = {"name": "Nobody"}
PROOF = {"current_password": PASSWORD}
NOWHERE = {"resource_id": 2**31 - 1, "starts_at": "2027-01-01T10:00:00Z"}
USER = {"name": "Nobody", "email": "nobody@example.com", "role": "manager"}

#: The scope and a body of each operation. The ids are of things that don't exist.
OPERATIONS: dict[str, tuple[str, Any]] = {
    "GET /session": (PUBLIC, None),
    "POST /session": (PUBLIC, {"email": "nobody@example.com", "password": PASSWORD}),
    "DELETE /session": (PUBLIC, None),
    "POST /session/passkey/begin": (PUBLIC, None),
    "POST /session/passkey": (PUBLIC, {"credential": {"id": "x"}}),
    "POST /links/read": (PUBLIC, {"token": TOKEN}),
    "POST /links/use": (PUBLIC, {"token": TOKEN, "password": PASSWORD}),
    "GET /setup": ("catalog:write", None),
    "POST /setup/check": ("catalog:write", {"business": {}}),
    "POST /setup": ("catalog:write", {"business": {}}),
    "GET /account": (NO_SCOPE, None),
    "PATCH /account": (NO_SCOPE, NAME),
    "POST /account/password": (NO_SCOPE, {**PROOF, "password": "another good one"}),
    "DELETE /account/sessions/{session_id}": (NO_SCOPE, None),
    "POST /account/second-factor": (NO_SCOPE, PROOF),
    "POST /account/second-factor/confirm": (NO_SCOPE, {"setup": "x", "code": "000000"}),
    "POST /account/second-factor/remove": (NO_SCOPE, PROOF),
    "POST /account/recovery-codes": (NO_SCOPE, PROOF),
    "POST /account/passkeys": (NO_SCOPE, PROOF),
    "POST /account/passkeys/confirm": (NO_SCOPE, {"credential": {"id": "x"}, **NAME}),
    "PATCH /account/passkeys/{passkey_id}": (NO_SCOPE, NAME),
    "DELETE /account/passkeys/{passkey_id}": (NO_SCOPE, None),
    "GET /users": ("users", None),
    "POST /users": ("users", USER),
    "PATCH /users/{user_id}": ("users", NAME),
    "POST /users/{user_id}/disable": ("users", None),
    "POST /users/{user_id}/enable": ("users", None),
    "POST /users/{user_id}/reset": ("users", None),
    "GET /keys": ("keys", None),
    "POST /keys": ("keys", {"name": "Key", "scopes": ["letters"]}),
    "DELETE /keys/{key_id}": ("keys", None),
    "GET /audit": ("audit:read", None),
    "GET /audit/names": ("audit:read", None),
    "GET /audit.csv": ("audit:read", None),
    "GET /audit.json": ("audit:read", None),
    "GET /reports/{name}": ("reports:read", None),
    "GET /reports/{name}.csv": ("reports:read", None),
    "GET /feeds": (NO_SCOPE, None),
    "POST /feeds": (NO_SCOPE, {"resource_id": 2**31 - 1}),
    "DELETE /feeds/{feed_id}": (NO_SCOPE, None),
    "GET /calendar-subscriptions": ("calendar:read", None),
    "POST /calendar-subscriptions": (
        "bookings:write",
        {"resource_id": 2**31 - 1, "address": "https://nobody.invalid/", **NAME},
    ),
    "PATCH /calendar-subscriptions/{subscription_id}": ("bookings:write", NAME),
    "POST /calendar-subscriptions/{subscription_id}/read": ("bookings:write", None),
    "DELETE /calendar-subscriptions/{subscription_id}": ("bookings:write", None),
    "GET /letters": ("letters", None),
    "GET /letters/html": ("letters", None),
    "POST /letters/test": ("letters", {"kind": "confirmed", "recipient": "customer"}),
    "GET /letters/words": ("letters", None),
    "GET /letters/words/{kind}/{language}": ("letters", None),
    "PUT /letters/words/{kind}/{language}": ("catalog:write", {"version": "x"}),
    "POST /letters/words/{kind}/{language}/preview": ("letters", {}),
    "GET /server": ("settings", None),
    "POST /pictures": ("catalog:write", None),
    "GET /catalog": ("catalog:read", None),
    "GET /catalog.toml": ("catalog:read", None),
    "GET /appearance": ("catalog:read", None),
    "PUT /catalog.toml": ("catalog:write", {"toml": "x", "version": "x"}),
    "PUT /catalog/business": ("catalog:write", {"table": {}, "version": "x"}),
    "PUT /catalog/closures": ("catalog:write", {"closures": [], "version": "x"}),
    "PUT /catalog/categories": ("catalog:write", {"categories": [], "version": "x"}),
    "PUT /catalog/order": ("catalog:write", {"ids": []}),
    "PUT /catalog/order/resources": ("catalog:write", {"ids": []}),
    "POST /catalog/services": ("catalog:write", {"table": {}}),
    "PUT /catalog/services/{key}": ("catalog:write", {"table": {}, "version": "x"}),
    "POST /catalog/services/{key}/retire": ("catalog:write", {"version": "x"}),
    "POST /catalog/resources": ("catalog:write", {"table": {}}),
    "PUT /catalog/resources/{key}": ("catalog:write", {"table": {}, "version": "x"}),
    "POST /catalog/resources/{key}/retire": ("catalog:write", {"version": "x"}),
    "GET /calendar": ("calendar:read", None),
    "GET /calendar/stream": ("calendar:read", None),
    "GET /bookings": ("bookings:read", None),
    "GET /bookings/export": ("bookings:read", None),
    "GET /bookings/{reference}": ("bookings:read", None),
    "POST /bookings/{reference}/letters": ("bookings:write", None),
    "POST /bookings/end-many": (
        "bookings:write",
        {"action": "cancel", "references": ["AAAAA-AAAAA"]},
    ),
    "GET /customers": ("customers:read", None),
    "GET /customers/{customer_id}": ("customers:read", None),
    "POST /customers/{customer_id}/notes": ("customers:write", {"text": "x"}),
    "DELETE /customers/{customer_id}/notes/{note_id}": ("customers:write", None),
    "GET /customers/{customer_id}/export": ("customers:write", None),
    "POST /customers/{customer_id}/erase": ("customers:write", {}),
    "POST /customers/{customer_id}/merge": ("customers:write", {"into": "x"}),
    "POST /customers/import/check": ("customers:write", None),
    "POST /customers/import": ("customers:write", None),
    "POST /bookings": ("bookings:write", {**NOWHERE, "service_id": 1, "customer": NAME}),
    "PATCH /bookings/{reference}": ("bookings:write", {"notes": "x"}),
    "POST /bookings/{reference}/cancel": ("bookings:write", None),
    "POST /bookings/{reference}/complete": ("bookings:write", None),
    "POST /bookings/{reference}/no-show": ("bookings:write", None),
    "POST /bookings/{reference}/reopen": ("bookings:write", {}),
    "POST /bookings/{reference}/approve": ("bookings:write", None),
    "POST /bookings/{reference}/decline": ("bookings:write", {}),
    "POST /closures": ("bookings:write", {**NOWHERE, "ends_at": "2027-01-01T11:00:00Z"}),
    "DELETE /closures/{closure_id}": ("bookings:write", None),
}
#: The query that some operations need. The resource doesn't exist, so that no stream is opened.
QUERIES: dict[str, dict[str, str]] = {
    "GET /appearance": {"accent": "#0a6b4f", "radius": "4", "font": "serif"},
    **{
        operation: {"from": "2027-01-01", "resource": "2147483647"}
        for operation in ("GET /calendar", "GET /calendar/stream")
    },
    **{
        operation: {"from": "2027-01-01", "to": "2027-01-31"}
        for operation in ("GET /reports/{name}", "GET /reports/{name}.csv")
    },
}
