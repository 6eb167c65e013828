"""`/outbox`: the letters that Dibs keeps while it has no mail server, for people at this machine.

Letters contain sign-in codes and links that change bookings. So they are only shown to programs of
this machine that call it by a name of this machine. They are not shown through a proxy, nor under
another name, which a page of another site could use (DNS rebinding).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import jinja2
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from dibs.errors import NotFound
from dibs.setting_types import is_loopback
from dibs.web.asgi import header
from dibs.web.middleware.forwarded_headers import FORWARDED

if TYPE_CHECKING:
    from email.message import EmailMessage

    from starlette.requests import Request
    from starlette.routing import BaseRoute
    from starlette.types import Scope

    from dibs.notify.local_outbox import KeptLetter, LocalOutbox

PATH = "/outbox"
NUMBER = re.compile(r"[0-9]{1,9}")
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline';"
    " img-src 'self' data:;"
    " frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
}
#: The headers of a letter's HTML. Its links open in another tab, and it can't run scripts.
LETTER_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline';"
    " img-src 'self' data:;"
    " form-action 'none'; frame-ancestors 'self';"
    " sandbox allow-popups allow-popups-to-escape-sandbox",
}
HEAD = "<head>"
BASE = '<base target="_blank">'

_pages = jinja2.Environment(
    loader=jinja2.PackageLoader("dibs.web", "templates"), autoescape=True, trim_blocks=True
)


def routes(outbox: LocalOutbox, base_path: str) -> list[BaseRoute]:
    async def show_list(request: Request) -> Response:
        _check_reader(request.scope)
        page = _pages.get_template("outbox.html")
        text = page.render(letters=[_summary(each) for each in outbox.letters], base=base_path)
        return HTMLResponse(text, headers=HEADERS)

    async def show_letter(request: Request) -> Response:
        letter = _find(outbox, request)
        page = _pages.get_template("letter.html")
        text = page.render(
            letter=_summary(letter),
            text=_part(letter.email, "plain"),
            has_calendar=_attachment(letter.email) is not None,
            base=base_path,
        )
        return HTMLResponse(text, headers=HEADERS)

    async def show_html(request: Request) -> Response:
        html = _part(_find(outbox, request).email, "html")
        return HTMLResponse(html.replace(HEAD, HEAD + BASE, 1), headers=LETTER_HEADERS)

    async def send_calendar(request: Request) -> Response:
        file = _attachment(_find(outbox, request).email)
        if file is None:
            raise NotFound
        named = {"Content-Disposition": 'attachment; filename="appointment.ics"'}
        return Response(file, headers=HEADERS | named, media_type="text/calendar")

    return [
        Route(PATH, show_list),
        Route(PATH + "/{number}", show_letter),
        Route(PATH + "/{number}/letter", show_html),
        Route(PATH + "/{number}/appointment.ics", send_calendar),
    ]


def _find(outbox: LocalOutbox, request: Request) -> KeptLetter:
    """Return the letter that a request names. Raises NotFound."""
    _check_reader(request.scope)
    number: str = request.path_params["number"]
    found = outbox.find(int(number)) if NUMBER.fullmatch(number) else None
    if found is None:
        raise NotFound("This letter is no longer kept.")
    return found


def _check_reader(scope: Scope) -> None:
    """Check that the request comes from this machine. Raises NotFound if not, as if there were no
    such page."""
    peer = scope["client"][0] if scope.get("client") else ""
    name = (header(scope, b"host") or b"").decode("latin-1").lower().rpartition(":")
    host = name[0] if name[2].isdecimal() else "".join(name)
    is_forwarded = not FORWARDED.isdisjoint(each for each, _ in scope["headers"])
    if is_forwarded or not is_loopback(peer) or not is_loopback(host.strip("[]")):
        raise NotFound


def _summary(letter: KeptLetter) -> dict[str, str | int]:
    email = letter.email
    return {
        "number": letter.number,
        "to": letter.to,
        "subject": str(email["Subject"]),
        "sender": str(email["From"]),
        "date": email["Date"].datetime.strftime("%Y-%m-%d %H:%M UTC"),
    }


def _part(email: EmailMessage, kind: str) -> str:
    """Return the part of a letter that is of this kind, `plain` or `html`, or an empty text if it
    has none."""
    body = email.get_body((kind,))
    text: str = body.get_content() if body is not None else ""
    return text


def _attachment(email: EmailMessage) -> str | None:
    """Return the calendar file of a letter, or None if it has none."""
    for part in email.iter_attachments():
        text: str = part.get_content()
        return text
    return None
