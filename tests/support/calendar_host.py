"""A server of calendar files, like the servers of other people's calendars."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FRAME = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//x//EN\r\n{}END:VCALENDAR\r\n"


def calendar_of(*events: tuple[datetime, datetime, str]) -> bytes:
    """Return a calendar file with these events, each with its start, end and title."""
    entries = (
        f"BEGIN:VEVENT\r\nUID:{number}@calendar.example\r\nDTSTAMP:20260101T000000Z\r\n"
        f"DTSTART:{start:%Y%m%dT%H%M%SZ}\r\nDTEND:{end:%Y%m%dT%H%M%SZ}\r\n"
        f"SUMMARY:{title}\r\nEND:VEVENT\r\n"
        for number, (start, end, title) in enumerate(events)
    )
    return FRAME.format("".join(entries)).encode()


def hour(start: datetime, title: str = "Dentist") -> tuple[datetime, datetime, str]:
    return start, start + timedelta(hours=1), title


@dataclass
class CalendarHost:
    """Such a server. `files` are its files by path, and `answers` are functions that send any other
    answer. `asked` has the path and the headers of each request."""

    port: int = 0
    files: dict[str, bytes] = field(default_factory=dict)
    answers: dict[str, Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    marks: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def redirect(self, path: str, target: str) -> None:
        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(302)
            handler.send_header("Location", target)
            handler.send_header("Content-Length", "0")
            handler.end_headers()

        self.answers[path] = answer

    def send(self, handler: BaseHTTPRequestHandler) -> None:
        path = handler.path
        self.asked.append((path, {name.lower(): each for name, each in handler.headers.items()}))
        if path in self.answers:
            self.answers[path](handler)
            return
        body, mark = self.files.get(path), self.marks.get(path)
        if mark and handler.headers.get("If-None-Match") == mark:
            handler.send_response(304)
            handler.end_headers()
            return
        handler.send_response(404 if body is None else 200)
        handler.send_header("Content-Length", str(len(body or b"")))
        if mark:
            handler.send_header("ETag", mark)
        handler.end_headers()
        handler.wfile.write(body or b"")


@contextmanager
def calendar_host() -> Iterator[CalendarHost]:
    host = CalendarHost()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            try:
                host.send(self)
            except OSError:
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    host.port = server.server_port
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield host
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
