"""A MariaDB of the tests' own: a server on a free port, its data in a temporary folder."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pymysql

from tests.support.postgres import free_port
from tests.support.waiting import until

STARTS_WITHIN = 30.0
USER = "dibs"
PASSWORD = "p@s:s/w#r?d%é€"
PASSWORD_IN_URL = quote(PASSWORD, safe="")
_numbers = itertools.count()

#: Nothing is encrypted over a socket, and reading the certificates takes a twentieth of a second.
PLAIN = {"ssl_disabled": True}


class MariaDb:
    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="dibs-mariadb-"))
        self.port = free_port()
        self._unprivileged = []
        if os.geteuid() == 0:
            shutil.chown(self.folder, "nobody", "nogroup")
            self._unprivileged = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
        subprocess.run(
            [
                *self._unprivileged,
                "mariadb-install-db",
                "--no-defaults",
                f"--datadir={self.folder / 'data'}",
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
            ],
            check=True,
            capture_output=True,
            cwd="/",
        )
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *self._unprivileged,
                    "/usr/sbin/mariadbd",
                    "--no-defaults",
                    f"--datadir={self.folder / 'data'}",
                    f"--socket={self.folder / 'socket'}",
                    f"--pid-file={self.folder / 'pid'}",
                    f"--port={self.port}",
                    "--bind-address=127.0.0.1",
                    "--innodb-flush-log-at-trx-commit=0",
                    # As on many shared hosts: zero dates and texts that are cut off are accepted.
                    "--sql-mode=",
                ],
                stdout=subprocess.DEVNULL,
                stderr=log,
                cwd="/",
            )
        until(self._answers, "MariaDB answers", within=STARTS_WITHIN)
        self.run("mysql", f"CREATE USER {USER}@'127.0.0.1' IDENTIFIED BY '{PASSWORD}'")

    def _answers(self) -> bool:
        assert self._process.poll() is None, (self.folder / "log").read_text()
        ping = ["mariadb-admin", "--no-defaults", f"--socket={self.folder / 'socket'}", "ping"]
        return subprocess.run(ping, check=False, capture_output=True).returncode == 0

    def run(self, database: str, *statements: str, charset: str = "utf8mb4") -> None:
        connection = pymysql.connect(
            unix_socket=str(self.folder / "socket"),
            user="root",
            database=database,
            charset=charset,
            autocommit=True,
            **PLAIN,
        )
        with connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def fill(self, database: str, table: str, rows: list[dict[str, Any]]) -> None:
        connection = pymysql.connect(
            unix_socket=str(self.folder / "socket"),
            user="root",
            database=database,
            charset="utf8mb4",
            autocommit=True,
            **PLAIN,
        )
        with connection, connection.cursor() as cursor:
            for row in rows:
                columns = ", ".join(f"`{name}`" for name in row)
                marks = ", ".join(["%s"] * len(row))
                cursor.execute(
                    f"INSERT INTO `{table}` ({columns}) VALUES ({marks})", [*row.values()]
                )

    def new_database(self) -> str:
        name = f"site_{next(_numbers)}"
        self.run(
            "mysql",
            f"CREATE DATABASE {name} CHARACTER SET utf8mb4",
            f"GRANT SELECT ON {name}.* TO {USER}@'127.0.0.1'",
        )
        return name

    def url(self, database: str) -> str:
        return f"mysql://{USER}:{PASSWORD_IN_URL}@127.0.0.1:{self.port}/{database}"

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(timeout=20)
        shutil.rmtree(self.folder, ignore_errors=True)
