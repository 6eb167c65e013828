"""A real mail server that keeps what it is given, and can be told to refuse or to hang."""

from __future__ import annotations

import asyncio
import re
import ssl
import threading
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from tests.support.waiting import until


class MailSink:
    """Listens on a free port until `stop`. `answer` is its answer to a message, and
    `answer_to_recipient` its answer to a recipient. `recipients` has those of each envelope."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        """With `tls`, the server offers STARTTLS."""
        self._tls = tls
        #: The user and the password of each login.
        self.logins: list[tuple[bytes, bytes]] = []
        #: Whether each message came encrypted.
        self.encrypted: list[bool] = []
        self.messages: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.answer = "250 OK"
        self.answer_to_recipient = "250 OK"
        self.answer_to_sender = "250 OK"
        self.accepts_logins = True
        self.attempts = 0
        self._loop = asyncio.new_event_loop()
        self._hanging = asyncio.Event()
        self._callers: list[SMTP] = []
        started = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(started,), daemon=True)
        self._thread.start()
        started.wait(10)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def messages_to(self, address: str) -> list[EmailMessage]:
        return [message for message in self.messages if message["To"] == address]

    def codes_to(self, address: str) -> list[str]:
        """Return the codes in messages to the address. Letters about bookings have no code."""
        texts = map(text_of, self.messages_to(address))
        return [code[0] for text in texts if (code := re.search(r"\b\d{6}\b", text))]

    def code_for(self, address: str, *, which: int = 0) -> str:
        """Wait for a message with a code to the address, and return the code."""

        def find_code() -> str | None:
            codes = self.codes_to(address)
            return codes[which] if len(codes) > which else None

        return until(find_code, f"a code for {address} has come")

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    async def handle_MAIL(  # noqa: N802 - aiosmtpd looks for this name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, _: list[str]
    ) -> str:
        if self.answer_to_sender.startswith("250"):
            envelope.mail_from = address
        return self.answer_to_sender

    async def handle_RCPT(  # noqa: N802 - aiosmtpd looks for this name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, _: list[str]
    ) -> str:
        if self.answer_to_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.answer_to_recipient

    async def handle_DATA(  # noqa: N802 - aiosmtpd looks for this name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        self.attempts += 1
        if self.answer == "hang":
            await self._hanging.wait()
        if self.answer == "closed in the middle":
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
            return "421 closing"
        if self.answer.startswith("250"):
            self.recipients.append(envelope.rcpt_tos)
            self.encrypted.append(session.ssl is not None)
            parse: Callable[..., Any] = message_from_bytes
            self.messages.append(parse(envelope.original_content, policy=policy.default))
        return self.answer

    def _log_in(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        self.logins.append((data.login, data.password))
        return AuthResult(success=self.accepts_logins, handled=False)

    def _answer_caller(self) -> SMTP:
        caller = SMTP(
            self,
            hostname="sink.example",
            loop=self._loop,
            tls_context=self._tls,
            auth_require_tls=False,
            authenticator=self._log_in,
        )
        self._callers.append(caller)
        return caller

    def _run(self, started: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        listening = self._loop.create_server(self._answer_caller, "127.0.0.1", 0)
        server = self._loop.run_until_complete(listening)
        self.port = server.sockets[0].getsockname()[1]
        started.set()
        self._loop.run_forever()
        self._loop.run_until_complete(self._end(server))
        self._loop.close()

    async def _end(self, server: asyncio.Server) -> None:
        """Close all connections. The loop is for a connection that is being accepted: it can be
        closed only when it has its transport."""
        server.close()
        myself = asyncio.current_task()
        while others := asyncio.all_tasks() - {myself}:
            self._abort_connections()
            await asyncio.wait(others, timeout=0.1)
        self._abort_connections()
        for _ in range(3):  # A transport closes in the turn after it was aborted.
            await asyncio.sleep(0)

    def _abort_connections(self) -> None:
        for caller in self._callers:
            if isinstance(caller.transport, asyncio.WriteTransport):
                caller.transport.abort()


def text_of(message: EmailMessage) -> str:
    """Return what a mail program without HTML shows of a message."""
    body = message.get_body(("plain",))
    assert body is not None
    text: str = body.get_content()
    return text
