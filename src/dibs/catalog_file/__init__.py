"""The catalog as a TOML file: read with every fault named by its line, and written."""

from dibs.catalog_file.pictures import PictureFolder
from dibs.catalog_file.reader import parse, read_tables
from dibs.catalog_file.table_writer import as_tables
from dibs.catalog_file.writer import dump

__all__ = ["PictureFolder", "as_tables", "dump", "parse", "read_tables"]
