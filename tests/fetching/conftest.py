"""A web, and places for crawls of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.commands.conftest import Web, web
from tests.fetching.crawling import Place

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["web"]


@pytest.fixture
def place(web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Return a place for crawls of *web*, with a SQLite file."""
    monkeypatch.setenv("http_proxy", web.proxy)
    return Place(tmp_path / "data", f"sqlite:///{tmp_path}/data/docshelf.db")


@pytest.fixture
def any_place(place: Place, database_url: str) -> Place:
    """Return a place for crawls, with each kind of database in turn."""
    return Place(place.data, database_url)
