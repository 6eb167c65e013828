"""Signs customers in by a one-time code, and answers about their sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dibs.appointease.api.credentials import (
    FORBIDDEN,
    SESSION_COOKIE,
    session_of,
    session_tokens,
)
from dibs.appointease.api.parsing import Refused, email_of, has_fields, is_given, read_json
from dibs.appointease.api.php_forms import PhpResponse
from dibs.appointease.api.routing import APPOINTEASE, Endpoint
from dibs.desk.known_browsers import SIGNED_IN
from dibs.desk.sign_in import CodeRequester
from dibs.desk.tokens import new_token
from dibs.email_address import mailbox
from dibs.errors import CodeExpired, WrongCode
from dibs.web.sign_in_cookies import (
    BROWSER_COOKIE,
    BROWSER_KEPT_FOR,
    browser_secret,
    forget,
    keep,
    keep_mark,
    known_marks,
)

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from dibs.appointease.desk import AppointEaseDesk
    from dibs.web.middleware.rate_limit import Throttle


class Sessions:
    """Sends codes, opens, renews and ends sessions."""

    def __init__(self, desk: AppointEaseDesk, throttle: Throttle) -> None:
        self._desk = desk
        self._throttle = throttle

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint(APPOINTEASE, "generate-otp", "POST", self.send_code),
            Endpoint(APPOINTEASE, "verify-otp", "POST", self.verify, "write_rate_per_ip"),
            Endpoint(APPOINTEASE, "session", "POST", self.renew, "write_rate_per_ip"),
            Endpoint(APPOINTEASE, "session", "GET", self.read, "lookup_rate_per_ip"),
            Endpoint(APPOINTEASE, "session", "DELETE", self.end, "write_rate_per_ip"),
        ]

    async def send_code(self, request: Request) -> Response:
        email = _email(await read_json(request))
        browser = browser_secret(request) or new_token()
        requester = CodeRequester(
            self._throttle.address(request.scope), browser, known_marks(request)
        )
        await self._desk.sign_in.send_code(email, requester)
        seconds = int(self._desk.context.settings.code_lifetime.total_seconds())
        answer = PhpResponse(
            {"success": True, "message": "OTP sent to your email", "expires_in": seconds}
        )
        keep(answer, BROWSER_COOKIE, browser, seconds=BROWSER_KEPT_FOR)
        return answer

    async def verify(self, request: Request) -> Response:
        body = await read_json(request)
        if not has_fields(body, "email", "otp"):
            raise Refused(400, "missing_params", "Email and OTP are required")
        email = _email(body)
        try:
            token = await self._desk.sign_in.verify(
                email, str(body["otp"]), browser_secret(request)
            )
        except WrongCode:
            raise Refused(400, "invalid_otp", "Invalid OTP code") from None
        except CodeExpired:
            raise Refused(
                400, "otp_expired", "OTP has expired. Please request a new one."
            ) from None
        answer = self._answer_with_session(
            token, int(self._desk.context.settings.session_lifetime.total_seconds())
        )
        keep_mark(self._desk.sign_in, request, answer, email, SIGNED_IN)
        return answer

    async def renew(self, request: Request) -> Response:
        """Answer with the session that the caller already has for this e-mail address. Without a
        session, the address alone signs nobody in."""
        email = _email(await read_json(request))
        for token in session_tokens(request):
            session = await self._desk.sign_in.session(token)
            if session is not None and mailbox(session.email) == mailbox(email):
                left = session.expires_at - self._desk.context.clock.now()
                return self._answer_with_session(token, int(left.total_seconds()))
        raise Refused(*FORBIDDEN)

    async def read(self, request: Request) -> Response:
        session = await session_of(self._desk, request)
        return PhpResponse({"email": session.email if session else None})

    async def end(self, request: Request) -> Response:
        everywhere = request.query_params.get("everywhere") in ("1", "true")
        for token in session_tokens(request):
            await self._desk.sign_in.end(token, everywhere=everywhere)
        answer = PhpResponse({"success": True})
        forget(answer, SESSION_COOKIE)
        return answer

    def _answer_with_session(self, token: str, seconds: int) -> Response:
        answer = PhpResponse({"success": True, "token": token, "expires_in": seconds})
        keep(answer, SESSION_COOKIE, token, seconds=seconds)
        return answer


def _email(body: dict[str, Any]) -> str:
    """Read the e-mail address from a body. Raises Refused."""
    if not is_given(body.get("email")):
        raise Refused(400, "missing_email", "Email is required")
    email = email_of(body["email"])
    if email is None:
        raise Refused(400, "invalid_email", "Valid email is required")
    return email
