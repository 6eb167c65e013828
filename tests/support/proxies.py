"""Real reverse proxies in front of real nodes, set up as the documentation says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import httpx2

from tests.support.redis_server import free_port
from tests.support.server import Server
from tests.support.waiting import until

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to"
STARTS_WITHIN = 15.0
NGINX = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 2048; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  {site}
}}
"""


class Proxy:
    """A running reverse proxy. `url` is its address, with the path under which Dibs is."""

    def __init__(self, command: list[str], folder: Path, port: int, path: str = "") -> None:
        self.url = f"http://127.0.0.1:{port}{path}"
        with (folder / "proxy.log").open("ab") as log:
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, env=os.environ | {"HOME": str(folder)}
            )
        until(self._answers, "the proxy answers", within=STARTS_WITHIN)

    def _answers(self) -> bool:
        try:
            return httpx2.get(f"{self.url}/health/live", verify=False).status_code == 200
        except httpx2.TransportError:
            return False

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=10)


def nginx(folder: Path, nodes: list[Server], path: str = "", *, strips: bool = False) -> Proxy:
    """Start nginx with docs/how-to/nginx.conf on a free port, in front of these two nodes. If there
    is a `path`, everything is below it, and nginx strips it from requests if `strips` is set."""
    folder.mkdir()
    port = free_port()
    site = _before(nodes, (HOW_TO / "nginx.conf").read_text(encoding="utf-8"))
    site = site.replace("listen 80;", f"listen 127.0.0.1:{port};")
    if path:
        site = site.replace("location /", f"location {path}/")
    if strips:
        passing = rf"(location {path}(/\S*) {{\s+proxy_pass http://dibs);"
        site, count = re.subn(passing, r"\1\2;", site)
        assert count == 2
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, site=site), encoding="utf-8")
    command = ["/usr/sbin/nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]
    return Proxy(command, folder, port, path)


def caddy(folder: Path, nodes: list[Server]) -> Proxy:
    """Start Caddy with docs/how-to/Caddyfile on a free port, in front of these two nodes."""
    folder.mkdir()
    port = free_port()
    site = _before(nodes, (HOW_TO / "Caddyfile").read_text(encoding="utf-8"))
    site = site.replace("book.example.com", f"http://127.0.0.1:{port}")
    (folder / "Caddyfile").write_text(f"{{\n\tadmin off\n}}\n{site}", encoding="utf-8")
    program = Path(sys.executable).with_name("caddy")
    command = [str(program), "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]
    return Proxy(command, folder, port)


def _before(nodes: list[Server], config: str) -> str:
    for documented, node in zip(("127.0.0.1:8001", "127.0.0.1:8002"), nodes, strict=True):
        config, count = re.subn(re.escape(documented), node.url.removeprefix("http://"), config)
        assert count == 1, f"{documented} isn't in the documentation"
    return config
