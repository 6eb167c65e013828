"""Which addresses are allowed, and to which networks they may lead."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from dibs.busy_times.addresses import is_public, may_connect, parse_address


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("https://cal.example/a/b.ics?key=1", "https://cal.example/a/b.ics?key=1"),
        (" webcal://cal.example/x ", "https://cal.example/x"),
        ("WEBCAL://Cal.Example", "https://cal.example/"),
        ("http://cal.example:8080/x#part", "http://cal.example:8080/x"),
        ("https://cal.example:443/x", "https://cal.example/x"),
        ("https://münchen.example/Käse", "https://xn--mnchen-3ya.example/K%C3%A4se"),
        ("https://cal.example/a%20b?c=%2F", "https://cal.example/a%20b?c=%2F"),
        ("https://[2001:db8::1]:99/x", "https://[2001:db8::1]:99/x"),
    ],
)
def test_addresses_as_people_copy_them(typed: str, text: str) -> None:
    assert parse_address(typed).text == text


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "cal.example/x",
        "ftp://cal.example/x",
        "file:///etc/passwd",
        "gopher://cal.example:70/x",
        "https://",
        "https:///x",
        "https://ann:secret@cal.example/x",
        "https://cal.example/a b",
        "https://cal.example/a\r\nX-Evil: 1",
        "https://cal.example:99999/x",
        "https://cal.example:0/x",
        "https://cal.example:x/x",
        "https://2130706433/x",
        "https://0x7f.1/x",
        "https://127.1/x",
        "https://0177.0.0.1/x",
        "https://exa mple/x",
        "https://[::1/x",
        "https://cal.example/" + "x" * 2000,
    ],
)
def test_what_is_no_address_of_a_calendar(typed: str) -> None:
    with pytest.raises(ValueError, match=r"^((?!secret).)*$"):
        parse_address(typed)


@pytest.mark.parametrize("typed", ["https://ann:s3cret/", "https://[s3cret/", "https://s3cret]/"])
def test_a_refusal_does_not_contain_the_address(typed: str) -> None:
    with pytest.raises(ValueError, match="HOST") as refusal:
        parse_address(typed)
    assert "s3cret" not in str(refusal.value)


def test_only_the_host_is_shown() -> None:
    shown = parse_address("https://cal.example:99/private-0123456789/basic.ics").shortened
    assert shown == "https://cal.example:99/…"


PUBLIC = ["93.184.216.34", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
NOT_PUBLIC = [
    *("0.0.0.0", "0.1.2.3", "127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "172.31.255.255"),
    *("192.168.1.1", "169.254.169.254", "100.64.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1"),
    *("203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "192.0.0.1"),
    *("::", "::1", "fe80::1", "fc00::1", "fd12:3456::1", "fec0::1", "ff02::1", "2001:db8::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1"),
    *("64:ff9b::a00:1", "2002:7f00:1::", "2002:a00:1::", "2001:0:4136:e378:8000:63bf:3fff:fdd2"),
    *("64:ff9b:1::7f00:1", "100::1", "::127.0.0.1"),
]


@pytest.mark.parametrize("ip", PUBLIC)
def test_public_addresses(ip: str) -> None:
    assert is_public(ip_address(ip))


@pytest.mark.parametrize("ip", NOT_PUBLIC)
def test_addresses_that_only_some_networks_reach(ip: str) -> None:
    assert not is_public(ip_address(ip))


@pytest.mark.parametrize(
    ("named", "allowed"),
    [
        ((), False),
        (("radicale",), True),
        (("radicale:5232",), True),
        (("radicale:80",), False),
        (("dicale",), False),
        (("10.0.0.5",), False),
    ],
)
def test_named_hosts_may_be_in_a_private_network(named: tuple[str, ...], allowed: bool) -> None:
    address = parse_address("http://radicale:5232/ann/")
    assert may_connect("10.0.0.5", address, named) is allowed


def test_a_scope_is_no_way_around() -> None:
    assert not may_connect("fe80::1%eth0", parse_address("http://router/x"), ())
