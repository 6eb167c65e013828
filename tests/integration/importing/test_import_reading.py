"""How the plugin's database is found and read."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import pytest

from dibs.appointease.importer import mysql
from tests.support.mariadb import PASSWORD, PASSWORD_IN_URL, MariaDb
from tests.support.plugin import PluginSite, Target, on


def test_tables_are_found_by_their_other_names(site: PluginSite, embedded: Target) -> None:
    site.appoint(1, on("10:00"))
    site.run(
        "RENAME TABLE wp_appointments TO wp_appointease_appointments",
        "RENAME TABLE wp_appointease_services TO wp_services",
        "RENAME TABLE wp_appointease_staff TO wp_staff",
        "DROP TABLE wp_appointease_availability, wp_appointease_categories, wp_appointease_timeoff,"
        " wp_appointease_blackout_dates, wp_appointease_customers, wp_options",
    )
    said = embedded.run_import(site)
    assert "appointments: 1 new (1 confirmed)" in said


def test_one_of_several_sites_is_named_by_its_prefix(
    mariadb: MariaDb, site: PluginSite, embedded: Target
) -> None:
    site.run(
        "CREATE TABLE wp_2_appointments LIKE wp_appointments",
        "CREATE TABLE wp_2_appointease_services LIKE wp_appointease_services",
        "CREATE TABLE wp_2_appointease_staff LIKE wp_appointease_staff",
    )
    refused = embedded.dibs("import", "appointease", site.url)
    assert (refused.code, len(refused.complained)) == (1, 1)
    assert "--prefix wp_ or wp_2_" in refused.complained[0]
    assert "services: 0 new" in embedded.run_import(site, "--prefix", "wp_2_")
    assert "services: 2 new" in embedded.run_import(f"{site.url}?prefix=wp_")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://a@b/c", "mysql://user:password@host/database"),
        ("mysql://user@host", "mysql://user:password@host/database"),
        ("mysql://user@host:port/site", "no URL like"),
        ("{url}?charset=utf8", "not charset"),
        ("{url}_gone", "can't be read"),
        ("{wrong}", "Access denied"),
        ("mysql://dibs@127.0.0.1:1/site", "Can't connect"),
        ("{empty}", "has no tables of AppointEase"),
        ("{url}?prefix=other_", "has no table other_"),
        ("mysql://dibs@studio..example/site", "studio..example can't be the name of a host"),
        (f"mysql://dibs@{'a' * 64}.example/site", "can't be the name of a host"),
    ],
)
def test_what_can_not_be_read_is_said_in_a_line(
    mariadb: MariaDb, site: PluginSite, embedded: Target, url: str, said: str
) -> None:
    empty = mariadb.url(mariadb.new_database())
    wrong = site.url.replace(PASSWORD_IN_URL, "wrong")
    outcome = embedded.dibs(
        "import", "appointease", url.format(url=site.url, wrong=wrong, empty=empty)
    )
    assert (outcome.code, len(outcome.complained)) == (1, 1)
    assert said in outcome.complained[0]
    assert PASSWORD not in outcome.complained[0]


@pytest.mark.parametrize(
    "given",
    [
        "dibs:Se#cret@127.0.0.1/site",
        "dibs:Se/cret@127.0.0.1/site",
        "dibs:Se?cret@127.0.0.1/site",
        "dibs:12/cret@127.0.0.1/site",
        "dibs:12/cret?prefix=wp_@127.0.0.1/site",
        "dibs:12#cret@127.0.0.1/site",
        "dibs:12?cret@127.0.0.1/site",
        "dibs:S@12/cret@127.0.0.1/site",
        "dibs:[cret@127.0.0.1/site",
        "dibs:[cret]@127.0.0.1/site",
        "dibs:cret\u2100@127.0.0.1/site",
        "dibs:cret\udc80@127.0.0.1/site",
    ],
)
def test_no_part_of_a_password_that_is_not_encoded_is_shown(embedded: Target, given: str) -> None:
    outcome = embedded.dibs("import", "appointease", f"mysql://{given}")
    assert (outcome.code, len(outcome.complained)) == (1, 1)
    assert "have to be percent-encoded" in outcome.complained[0]
    assert "or the password is given by MYSQL_PWD" in outcome.complained[0]
    assert "cret" not in outcome.complained[0]
    assert "12" not in outcome.complained[0]


def test_options_without_values_are_said_in_a_line(site: PluginSite, embedded: Target) -> None:
    site.run("ALTER TABLE wp_options CHANGE option_value value longtext")
    outcome = embedded.dibs("import", "appointease", site.url)
    assert (outcome.code, len(outcome.complained)) == (1, 1)
    assert "can't be read: Unknown column 'option_value'" in outcome.complained[0]


def test_a_prefix_may_hold_any_letter(site: PluginSite, embedded: Target) -> None:
    tables = ("appointments", "appointease_services", "appointease_staff", "options")
    site.run(*(f"CREATE TABLE `a%s{name}` SELECT * FROM wp_{name}" for name in tables))
    assert "services: 2 new" in embedded.run_import(site, "--prefix", "a%s")


@contextmanager
def _listening(greeting: bytes) -> Iterator[str]:
    """Yield the URL of a server that isn't MySQL: it sends this greeting to every client, and
    nothing else."""
    with socket.create_server(("127.0.0.1", 0)) as listener, ExitStack() as connections:

        def greet() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    connections.enter_context(connection).sendall(greeting)

        thread = threading.Thread(target=greet)
        thread.start()
        try:
            yield f"mysql://dibs:word@127.0.0.1:{listener.getsockname()[1]}/site"
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


@pytest.mark.parametrize(
    "greeting",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"\x00\x00\x00\x00",
        b"\x01\x00\x00\x00\x0a",
        b"\x05\x00\x00\x00\x0aabc\x00",
        b"\x50\x00\x00\x00\x0a5.5\x00" + b"\xff" * 200,
    ],
    ids=["silence", "SSH", "empty", "short", "no version", "not UTF-8"],
)
def test_what_is_not_mysql_is_given_up_soon(
    embedded: Target, monkeypatch: pytest.MonkeyPatch, greeting: bytes
) -> None:
    monkeypatch.setattr(mysql, "CONNECT_SECONDS", 0.5)
    monkeypatch.setattr(mysql, "READ_SECONDS", 30)
    began = time.monotonic()
    with _listening(greeting) as url:
        outcome = embedded.dibs("import", "appointease", url)
    assert time.monotonic() - began < 20
    assert outcome.complained == [
        "dibs: 127.0.0.1/site can't be read: what listens there doesn't answer as MySQL does"
    ]


def test_the_password_may_come_from_the_environment(
    site: PluginSite, embedded: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MYSQL_PWD", PASSWORD)
    assert "services: 2 new" in embedded.run_import(site.url.replace(f":{PASSWORD_IN_URL}@", "@"))
