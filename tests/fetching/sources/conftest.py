"""Exchanges to take from a source."""

from tests.archive.conftest import make_exchange

__all__ = ["make_exchange"]
