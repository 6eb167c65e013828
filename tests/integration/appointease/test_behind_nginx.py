"""The nginx snippet of the documentation, in a real nginx, as part of the site of a WordPress."""

from __future__ import annotations

import re
import socket
import subprocess
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from tests.support.appointease import API, BOOKING_API, PluginClient
from tests.support.days import working_day
from tests.support.server import Server
from tests.support.waiting import until

PAGE = Path(__file__).parents[3] / "docs/how-to/coming-from-appointease.md"
#: The rest of the site: one that only serves its pages, or a WordPress in PHP.
PAGES = """
    location / {{ try_files $uri $uri/ /index.php?$args; }}
    location ~ \\.php$ {{
      try_files $uri =404;
      return 200 "the site itself";
    }}
"""
WORDPRESS = """
    location / {{ proxy_pass http://127.0.0.1:{php}; }}
"""
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
    {answers}
    {snippet}
  }}
}}
"""


#: A part of WordPress that is enough to find a REST route, with a plugin that gives away all
#: customers. It reads addresses no more strictly than the real WordPress.
MINIMAL_WORDPRESS = r"""<?php
$filters = [];
function add_filter($name, $filter, $priority = 10, $count = 1) {
    $GLOBALS['filters'][$name][] = [$filter, $count];
}
function apply_filters($name, ...$given) {
    foreach ($GLOBALS['filters'][$name] ?? [] as [$filter, $count]) {
        $given[0] = $filter(...array_slice($given, 0, $count));
    }
    return $given[0];
}
class WP_Error {
    function __construct(public $code, public $message, public $data) {}
}
class WP_REST_Request {
    function __construct(private $route) {}
    function get_route() { return $this->route; }
}
foreach (glob(__DIR__ . '/mu-plugins/*.php') as $file) {
    require $file;
}
$path = rawurldecode(parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH) ?: '/');
$route = $_POST['rest_route'] ?? $_GET['rest_route'] ?? null;
if (preg_match('#^/(index\.php/)?wp-json(/.*)?$#i', $path, $match)) {
    $route = $match[2] ?? '/';
}
if (!is_string($route)) {
    echo 'the site itself';
    return;
}
$known = ['/appointease/v1/debug/appointments' => 'every customer', '/wp/v2/posts' => 'a post'];
$endpoints = apply_filters('rest_endpoints', $known);
$answer = apply_filters('rest_pre_dispatch', null, null, new WP_REST_Request($route));
foreach ($endpoints as $pattern => $said) {
    if ($answer === null && preg_match('@^' . $pattern . '$@i', rtrim($route, '/'))) {
        $answer = $said;
    }
}
if (!is_string($answer)) {
    http_response_code(404);
    $answer = json_encode(['code' => $answer ? $answer->message : 'rest_no_route']);
}
echo $answer;
"""
LEAK = "appointease/v1/debug/appointments"
#: Spellings of an address that nginx and WordPress read differently.
SPELLINGS: list[tuple[str, str, dict[str, str] | None]] = [
    ("GET", "/wp-json/Appointease/v1/debug/appointments", None),
    ("GET", f"/WP-JSON/{LEAK}", None),
    ("GET", f"/index.php/wp-json/{LEAK}", None),
    ("GET", f"/?rest_route=/wp/v2/posts&rest_route=/{LEAK}", None),
    ("GET", f"/?rest%5Froute=/{LEAK}", None),
    ("GET", f"/?rest.route=/{LEAK}", None),
    ("GET", "/?rest_route=/%61ppointease/v1/debug/appointments", None),
    ("GET", "/index.php/wp-json/%61ppointease/v1/debug/appointments/", None),
    ("POST", "/", {"rest_route": f"/{LEAK}"}),
    ("POST", "/?rest_route=/wp/v2/posts", {"rest.route": f"/{LEAK}"}),
]


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    return port


@pytest.fixture
def site(start_server: Callable[..., Server], tmp_path: Path) -> Iterator[str]:
    """Yield the address of a site that passes the plugin's paths to Dibs."""
    with handing_over(start_server, tmp_path, PAGES) as url:
        yield url


@pytest.fixture
def wordpress(start_server: Callable[..., Server], tmp_path: Path) -> Iterator[str]:
    """Yield the address of such a site whose WordPress has the plugin active, in
    `tmp_path/wordpress`."""
    folder = tmp_path / "wordpress"
    (folder / "mu-plugins").mkdir(parents=True)
    (folder / "index.php").write_text(MINIMAL_WORDPRESS, encoding="utf-8")
    port = free_port()
    php = subprocess.Popen(
        ["/usr/bin/php", "-d", "opcache.enable=0", "-S", f"127.0.0.1:{port}", "index.php"],
        cwd=folder,
        stderr=subprocess.DEVNULL,
    )
    try:
        until(lambda: is_listening(port), "PHP answers", within=10)
        answers = WORDPRESS.replace("{php}", str(port))
        with handing_over(start_server, tmp_path, answers) as url:
            yield url
    finally:
        php.terminate()
        php.wait(10)


def is_listening(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def handing_over(
    start_server: Callable[..., Server], tmp_path: Path, answers: str
) -> Iterator[str]:
    dibs = start_server(limits="on", max_write_rate_per_ip="5/minute", trusted_proxies="127.0.0.1")
    documented = re.findall(r"```nginx\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(documented) == 2
    snippet = "".join(documented).replace("127.0.0.1:8000", dibs.url.removeprefix("http://"))
    (tmp_path / "site").mkdir()
    (tmp_path / "site/index.php").write_text("<?php // nobody may read this")
    port = free_port()
    config = tmp_path / "nginx.conf"
    text = SITE.format(folder=tmp_path, port=port, snippet=snippet, answers=answers.format())
    config.write_text(text, encoding="utf-8")
    nginx = subprocess.Popen(["/usr/sbin/nginx", "-p", str(tmp_path), "-c", str(config)])
    url = f"http://127.0.0.1:{port}"

    def is_up() -> bool:
        try:
            return httpx2.get(url, verify=False).status_code == 200
        except httpx2.TransportError:
            return False

    try:
        until(is_up, "nginx answers", within=10)
        yield url
    finally:
        nginx.terminate()
        nginx.wait(10)


def test_the_site_hands_over_the_plugins_paths_and_no_others(site: str) -> None:
    client = PluginClient(site, "c1", working_day())
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
    heartbeat = {"action": "heartbeat", "data[appointease_poll][date]": str(working_day())}
    answer = httpx2.post(f"{site}/wp-admin/admin-ajax.php", data=heartbeat, verify=False)
    assert answer.status_code == 200
    assert "server_time" in answer.json()


@pytest.mark.scenario(17)
def test_behind_it_limits_count_the_visitors_address_whatever_they_claim(site: str) -> None:
    slot_request = {
        "date": str(working_day()),
        "time": "10:00",
        "employee_id": 1,
        "client_id": "c1",
    }
    elsewhere = httpx2.HTTPTransport(local_address="127.0.0.2", verify=False)
    with httpx2.Client(base_url=site, transport=elsewhere) as visitor:
        statuses = [
            visitor.post(
                f"{API}/slots/select",
                json=slot_request,
                headers={"X-Forwarded-For": f"198.51.100.{n}"},
            ).status_code
            for n in range(6)
        ]
    assert statuses == [200] * 5 + [429]


def test_no_spelling_of_an_address_reaches_the_plugin(wordpress: str, tmp_path: Path) -> None:
    """Without the guide's must-use plugin, all of these addresses reach the plugin, except those
    that nginx recognizes."""

    def read_answer(method: str, address: str, form: dict[str, str] | None) -> str:
        with httpx2.Client(base_url=wordpress) as visitor:
            return visitor.request(method, address, data=form).text

    reached = [each for each in SPELLINGS if read_answer(*each) == "every customer"]
    assert len(reached) >= 6
    (closing,) = re.findall(r"```php\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "wordpress/mu-plugins/dibs.php").write_text(textwrap.dedent(closing))
    for each in reached:
        assert read_answer(*each) == '{"code":"This is answered by Dibs."}', each
    assert read_answer("GET", "/index.php/wp-json/wp/v2/posts", None) == "a post"
    assert read_answer("GET", "/", None) == "the site itself"
