"""Sites of other people, whose pages embed Dibs: static files with headers of their own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

TYPES = {"css": "text/css", "js": "text/javascript", "html": "text/html; charset=utf-8"}


@dataclass
class Site:
    """A site with its own origin. It is at `localhost`, which to browsers is another site than
    127.0.0.1, where Dibs is."""

    url: str
    files: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def shows(self, body: str, *, head: str = "", path: str = "/") -> str:
        """Add a page with this body, and return its address."""
        self.files[path] = (
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Studio</title>'
            f'<meta name="viewport" content="width=device-width">{head}</head>'
            f"<body>{body}</body></html>"
        )
        return self.url + path

    def is_strict(self, dibs: str) -> None:
        """Make the site strict. Its pages load and run only what comes from the site itself and
        from this Dibs. They allow no inline style or script, no markup made from text, and nothing
        that has not agreed to be embedded."""
        self.headers |= {
            "Content-Security-Policy": f"default-src 'none'; script-src 'self' {dibs};"
            f" style-src 'self'; connect-src {dibs}; img-src 'self';"
            " require-trusted-types-for 'script'",
            "Cross-Origin-Embedder-Policy": "require-corp",
            "Cross-Origin-Opener-Policy": "same-origin",
        }


@contextmanager
def another_site() -> Iterator[Site]:
    # Browsers ask for an icon by themselves.
    site = Site("", {"/favicon.ico": ""})

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            site.asked.append(path)
            found = site.files.get(path)
            body = (found or "").encode()
            self.send_response(404 if found is None else 200)
            ending = path.rpartition(".")[2]
            headers = {"Content-Type": TYPES.get(ending, TYPES["html"])} | site.headers
            for name, value in ({"Content-Length": str(len(body))} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.url = f"http://localhost:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
