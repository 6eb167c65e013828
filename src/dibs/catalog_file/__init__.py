"""Reads and writes the catalog as a TOML file. Reading names every fault by its line."""

from dibs.catalog_file.pictures import PictureFolder
from dibs.catalog_file.reader import parse, read_tables
from dibs.catalog_file.table_writer import as_tables
from dibs.catalog_file.writer import dump

__all__ = ["PictureFolder", "as_tables", "dump", "parse", "read_tables"]
