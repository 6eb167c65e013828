"""The nginx snippet of the documentation, in a real nginx, added to the site of a WordPress."""

from __future__ import annotations

import re
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest

from support.days import working_day
from support.seed import API, BOOKING_API, SeedClient
from support.server import Server
from support.waiting import until

PAGE = Path(__file__).parents[3] / "docs/how-to/coming-from-appointease.md"
SITE = """
daemon off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    root {folder}/site;
    index index.php;
    error_page 404 /404.html;
    location / {{ try_files $uri $uri/ /index.php?$args; }}
    location ~ \\.php$ {{
      try_files $uri =404;
      return 200 "the site itself";
    }}
    {snippet}
  }}
}}
"""


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    return port


@pytest.fixture
def site(start_server: Callable[..., Server], tmp_path: Path) -> Iterator[str]:
    """The address of a site that hands the plugin's paths to Dibs."""
    dibs = start_server(limits="on", limit_writes="5/minute", trusted_proxies="127.0.0.1")
    documented = re.findall(r"```nginx\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(documented) == 2
    snippet = "".join(documented).replace("127.0.0.1:8000", dibs.url.removeprefix("http://"))
    (tmp_path / "site").mkdir()
    (tmp_path / "site/index.php").write_text("<?php // nobody may read this")
    port = free_port()
    config = tmp_path / "nginx.conf"
    config.write_text(SITE.format(folder=tmp_path, port=port, snippet=snippet), encoding="utf-8")
    nginx = subprocess.Popen(["/usr/sbin/nginx", "-p", str(tmp_path), "-c", str(config)])
    url = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        try:
            return httpx2.get(url, verify=False).status_code == 200
        except httpx2.TransportError:
            return False

    try:
        until(answers, "nginx answers", within=10)
        yield url
    finally:
        nginx.terminate()
        nginx.wait(10)


def test_the_site_hands_over_the_plugins_paths_and_no_others(site: str) -> None:
    client = SeedClient(site, "c1", working_day())
    for other in ("/", "/a-post/", "/?p=1", "/index.php", "/wp-json/wp/v2/posts"):
        assert client.http.get(other).text == "the site itself", other
    assert client.http.get(f"{BOOKING_API}/services").json()[0]["name"] == "Consultation"
    assert client.select("10:00").status_code == 200
    assert client.deselect("10:00", client_id=None).json() == {"success": True}
    for route in ("/appointease/v1/slots/poll", "%2Fappointease%2Fv1%2Fslots%2Fpoll"):
        for base in ("/index.php", "/"):
            for slash in ("", "/"):
                query = f"rest_route={route}{slash}&date={client.day}&employee_id=1"
                poll = client.http.get(f"{base}?{query}")
                assert poll.json()["active_selections"] == []
    assert client.http.get("/?rest_route=/wp/v2/posts").text == "the site itself"
    made = client.book("10:00")
    assert made.status_code == 200
    assert client.appointment(made.json()["strong_id"]).status_code == 200
    client.http.close()


def test_the_site_hands_over_the_heartbeat(site: str) -> None:
    beat = {"action": "heartbeat", "data[appointease_poll][date]": str(working_day())}
    answer = httpx2.post(f"{site}/wp-admin/admin-ajax.php", data=beat, verify=False)
    assert answer.status_code == 200
    assert "server_time" in answer.json()


@pytest.mark.scenario(17)
def test_behind_it_limits_count_the_visitors_address_whatever_they_claim(site: str) -> None:
    wish = {"date": str(working_day()), "time": "10:00", "employee_id": 1, "client_id": "c1"}
    elsewhere = httpx2.HTTPTransport(local_address="127.0.0.2", verify=False)
    with httpx2.Client(base_url=site, transport=elsewhere) as visitor:
        statuses = [
            visitor.post(
                f"{API}/slots/select", json=wish, headers={"X-Forwarded-For": f"198.51.100.{n}"}
            ).status_code
            for n in range(6)
        ]
    assert statuses == [200] * 5 + [429]
