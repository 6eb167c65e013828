"""The address that a request comes from, whatever the request claims."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import pytest

from dibs.web.middleware.client_ip import address_of, came_by_https

pytestmark = pytest.mark.scenario(17)

OURS = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


def scope(peer: str | None, *forwarded: str) -> dict[str, Any]:
    headers = [(b"host", b"dibs"), *((b"x-forwarded-for", each.encode()) for each in forwarded)]
    return {"client": (peer, 4711) if peer else None, "headers": headers}


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.7", [], "203.0.113.7"),
        ("203.0.113.7", ["198.51.100.1"], "203.0.113.7"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["1.2.3.4, 198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["1.2.3.4", "198.51.100.1, 10.9.9.9"], "198.51.100.1"),
        ("10.0.0.1", ["10.0.0.2"], "10.0.0.2"),
        ("10.0.0.1", ["198.51.100.1, nonsense"], "10.0.0.1"),
        ("10.0.0.1", [", ,"], "10.0.0.1"),
        ("10.0.0.1", ["9.9.9.8:1234"], "9.9.9.8"),
        ("10.0.0.1", ["9.9.9.8:1234, 10.0.0.2:80"], "9.9.9.8"),
        ("10.0.0.1", ["[2001:db8:1:2:3:4:5:6]:1234"], "2001:db8:1:2::"),
        ("10.0.0.1", ["[2001:db8:1:2:3:4:5:6]"], "2001:db8:1:2::"),
        ("10.0.0.1", ["9.9.9.8:"], "10.0.0.1"),
        ("10.0.0.1", ["9.9.9.8:x"], "10.0.0.1"),
        ("10.0.0.1", ["[9.9.9.8"], "10.0.0.1"),
        ("::ffff:10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("fd00::1", ["2001:db8:1:2:3:4:5:6"], "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::9", [], "2001:db8:1:2::"),
        (None, ["198.51.100.1"], ""),
        ("testclient", ["198.51.100.1"], "testclient"),
    ],
)
def test_only_trusted_proxies_are_believed(
    peer: str | None, forwarded: list[str], address: str
) -> None:
    assert address_of(scope(peer, *forwarded), OURS) == address


@pytest.mark.parametrize(
    ("scheme", "peer", "said", "https"),
    [
        ("https", "203.0.113.7", None, True),
        ("http", "203.0.113.7", None, False),
        ("http", "203.0.113.7", "https", False),
        ("http", "10.0.0.1", "https", True),
        ("http", "10.0.0.1", "HTTPS, http", True),
        ("http", "10.0.0.1", "http, https", False),
        ("http", "10.0.0.1", "", False),
        ("http", None, "https", False),
    ],
)
def test_https_is_told_by_the_connection_or_a_trusted_proxy(
    scheme: str, peer: str | None, said: str | None, https: bool
) -> None:
    asked = scope(peer) | {"scheme": scheme}
    if said is not None:
        asked["headers"].append((b"x-forwarded-proto", said.encode()))
    assert came_by_https(asked, OURS) is https
