"""Runs Dibs: prepares the data folder, opens the port, and runs uvicorn until it has to stop."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import gc
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING

import structlog
import uvicorn

from dibs.app import build, create_app, open_database, public_url
from dibs.connection_bounds import ConnectionBounds
from dibs.connections import Server, connections_of
from dibs.desk.office.links import link_address, make_owner_link
from dibs.errors import CannotStart, DatabaseUnusable, Unavailable
from dibs.ledger.migrate import has_bookings, migrate
from dibs.logs import configure_logging
from dibs.private_files import (
    create_private_file,
    is_open_to_others,
    make_private,
    make_private_folder,
)
from dibs.secret_key import is_key_missing, key_file, secret_key
from dibs.setting_types import LOCAL_OUTBOX

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import TextIO

    from dibs.settings import Settings

log = structlog.get_logger()

BACKLOG = 2048
DRAIN_SECONDS = 10


def prepare(settings: Settings) -> None:
    """Bring the database up to date. If no database is set, make the data folder for it first.

    Only this system user may read the files of the embedded mode.

    Raises CannotStart, DatabaseUnusable, DatabaseTooNew.
    """
    if not settings.database_url:
        _make_folder(settings.data)
    if settings.is_embedded:
        create_private_file(settings.database_file)
    migrate(settings.database)
    if settings.is_embedded:
        for suffix in ("", "-wal", "-shm"):
            make_private(settings.database_file.with_name(settings.database_file.name + suffix))


def serve_forever(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM. Raises CannotStart and what `prepare` raises."""
    configure_logging(settings.log_level)
    if settings.limits == "off":
        log.warning("DIBS_LIMITS=off: there are no limits, anybody may ask as often as they like")
    has_mail_server = settings.smtp_url not in ("", LOCAL_OUTBOX)
    if has_mail_server and "mail_from" not in settings.model_fields_set:
        log.warning("DIBS_MAIL_FROM is not set: mail servers seldom accept messages from localhost")
    if not settings.is_embedded:
        secret_key(settings)
    prepare(settings)
    if not settings.is_embedded:
        _check_connection(settings.database_url)
    with _listening(settings.host, settings.port) as listener, _alone(settings) as tell_address:
        port = listener.getsockname()[1]
        tell_address(local_address(listener))
        settings = settings.model_copy(update={"port": port})
        _warn_of_files(settings)
        dibs = build(settings, secret_key(settings))
        answers = create_app(dibs)
        bounds = ConnectionBounds(settings, public_url(settings))
        config = uvicorn.Config(
            answers.app,
            http=connections_of(bounds, answers),
            loop="uvloop",
            # Dibs has no WebSockets, and an upgrade would take a connection away from its stream.
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            # Dibs reads forwarded addresses itself: see DIBS_TRUSTED_PROXIES.
            proxy_headers=False,
            timeout_graceful_shutdown=DRAIN_SECONDS,
        )
        _exclude_from_garbage_collection()
        print(f"Dibs is ready: {public_url(settings)}/", flush=True)
        if settings.smtp_url == LOCAL_OUTBOX:
            print(f"Letters are not sent, but shown: {local_address(listener)}/outbox", flush=True)
        _offer_owner_link(settings)
        Server(config, dibs.streams).run(sockets=[listener])


def _offer_owner_link(settings: Settings) -> None:
    """Print a link that makes the first user of the office, unless there is a user already."""

    async def make() -> str | None:
        database = open_database(settings)
        try:
            return await make_owner_link(database, settings.user_link_lifetime)
        finally:
            await database.close()

    try:
        token = asyncio.run(make())
    except Unavailable as error:
        # Dibs starts without printing the link. It is printed at the next start.
        log.warning("no owner link could be made", reason=error.detail)
        return
    if token is not None:
        print(
            "Nobody can use the office of the business yet. This link, which is good once, makes"
            f" you its owner:\n  {link_address(public_url(settings), token)}",
            flush=True,
        )


def _exclude_from_garbage_collection() -> None:
    """Exclude all present objects from garbage collection, because most of them live as long as the
    process, and a look at all of them blocks the event loop for a tenth of a second.

    The second collection tells the collector how few objects are left. By this number it decides
    when to look at all objects again.
    """
    gc.collect()
    gc.freeze()
    gc.collect()


def _check_connection(url: str) -> None:
    """Check that PostgreSQL can be used. Raises DatabaseUnusable."""
    from dibs.ledger.postgresql import check_connection  # only the production mode has use for it

    asyncio.run(check_connection(url))


def _warn_of_files(settings: Settings) -> None:
    """Warn of faults of the data folder that the owner should know before anybody books."""
    if not settings.is_embedded:
        return
    folder = settings.database_file.absolute().parent
    if is_open_to_others(folder):
        log.warning(
            f"other users of this machine can look into the data folder: chmod 700 {folder}"
        )
    if is_key_missing(settings) and has_bookings(settings.database_file):
        log.warning(
            f"{key_file(settings)} is missing and a new key is made: manage links that customers"
            " have been given no longer work. If you have restored a backup, stop Dibs, put the"
            " old key there or into DIBS_SECRET_KEY, and start it again"
        )


def _make_folder(folder: Path) -> None:
    try:
        make_private_folder(folder)
    except OSError as error:
        raise DatabaseUnusable(
            f"The data folder {folder} can't be made: {error.strerror}."
        ) from error


@contextmanager
def _alone(settings: Settings) -> Iterator[Callable[[str], None]]:
    """Make sure that this is the only process of the embedded mode, because holds live in its
    memory. Raises CannotStart.

    Yields a function that writes the address of this process into the lock file, for
    `find_running_server`. In the production mode it does nothing.
    """
    if not settings.is_embedded:
        yield lambda address: None
        return
    with _lock_file(settings).open("a") as lock:
        if not _is_locked_by_us(lock):
            raise CannotStart(f"Another Dibs is running on {settings.database_file} already.")

        def tell_address(address: str) -> None:
            lock.truncate(0)
            lock.write(address)
            lock.flush()

        yield tell_address


def find_running_server(settings: Settings) -> str | None:
    """Return the address of the Dibs that runs on this data folder, or None if there is none.

    It is always None in the production mode, where there may be several nodes.
    """
    file = _lock_file(settings)
    if not settings.is_embedded or not file.exists():
        return None
    with file.open() as lock:
        return None if _is_locked_by_us(lock) else lock.read() or None


def _lock_file(settings: Settings) -> Path:
    return settings.database_file.with_name(f"{settings.database_file.name}.lock")


def _is_locked_by_us(lock: TextIO) -> bool:
    """Lock the file until it is closed. Returns False if another process has locked it."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def local_address(listener: socket.socket) -> str:
    """Return the address at which this machine reaches the socket. A socket that listens on all
    addresses is reached at the loopback address."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - not to listen
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    """Open the socket to listen on. It is opened here, and not by uvicorn, so that a taken port is
    known before anything starts.

    Raises CannotStart.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise CannotStart(f"Can't listen on {host}: {error}.") from error
    with listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
            listener.listen(BACKLOG)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise CannotStart(
                    f"Port {port} is taken; choose another one with --port."
                ) from error
            raise CannotStart(f"Can't listen on {host} port {port}: {error.strerror}.") from error
        yield listener
