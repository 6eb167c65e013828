"""`dibs serve`, `dibs demo` and `dibs migrate`: the server and its database."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

import dibs
from dibs import catalog_file
from dibs.cli.environment import read_settings, run_with_database
from dibs.cli.options import DataFolder, Host, Port
from dibs.cli.output import say
from dibs.desk import administration
from dibs.salon_pictures import draw_salon
from dibs.server import prepare, serve_forever
from dibs.setting_types import LOCAL_OUTBOX

if TYPE_CHECKING:
    from dibs.ledger.database import Database
    from dibs.settings import Settings


def serve(host: Host = None, port: Port = None, data: DataFolder = None) -> None:
    """Run Dibs."""
    settings = read_settings(host=host, port=port, data=data)
    serve_forever(settings)


class DemoBusiness(StrEnum):
    """The businesses that a demo can show."""

    STUDIO = "studio"
    SALON = "salon"


FILES = {DemoBusiness.STUDIO: "demo.toml", DemoBusiness.SALON: "salon.toml"}


def demo(
    host: Host = None,
    port: Port = None,
    data: DataFolder = None,
    business: Annotated[
        DemoBusiness, typer.Option(help="A small studio, or a salon with many services.")
    ] = DemoBusiness.STUDIO,
) -> None:
    """Run Dibs with a demo business. A database that has a business already keeps it. Letters are
    shown at /outbox on this machine, unless DIBS_SMTP_URL is set."""
    settings = read_settings(host=host, port=port, data=data, smtp_url=LOCAL_OUTBOX)
    fill_database(settings, business)
    serve_forever(settings)


def fill_database(settings: Settings, business: DemoBusiness) -> None:
    """Bring the database up to date, and give it the business of the demo if it has none."""
    text = Path(dibs.__file__).with_name(FILES[business]).read_text(encoding="utf-8")

    async def fill(database: Database) -> None:
        if not await administration.is_empty(database):
            return
        with TemporaryDirectory() as folder:
            if business is DemoBusiness.SALON:
                draw_salon(Path(folder))
            pictures = catalog_file.PictureFolder(Path(folder))
            wanted = catalog_file.parse(text, pictures.find)
        new = tuple(pictures.pictures.values())
        await administration.apply(database, wanted, new_pictures=new)

    run_with_database(settings, fill)


def migrate_database(data: DataFolder = None) -> None:
    """Bring the database to this version of Dibs."""
    settings = read_settings(data=data)
    prepare(settings)
    say(f"{settings.database_file if settings.is_embedded else 'PostgreSQL'} is up to date")
