"""A shelf of each kind of database, and one that needs no server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.collection.shelf import Shelf

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """Return what two crawls kept, with a SQLite file."""
    found = Shelf(tmp_path, f"sqlite:///{tmp_path}/docshelf.db")
    found.fill()
    return found


@pytest.fixture
def any_shelf(tmp_path: Path, database_url: str) -> Shelf:
    """Return what two crawls kept, with each kind of database in turn."""
    found = Shelf(tmp_path, database_url)
    found.fill()
    return found
