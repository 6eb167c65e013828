"""Dibs: self-hosted appointment booking."""

__version__ = "0.1.0"
