"""A web, and places for crawls of it."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from crawler.errors import StorageError
from crawler.fetching import keeping
from crawler.storage.units import keep_units
from tests.commands.conftest import Web, web
from tests.fetching.crawling import Place

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.fetching.crawling import Crawled

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


@pytest.fixture
def break_off(place: Place, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Crawled]:
    """Return what crawls until a database takes no more than so many groups; all is archived."""

    def crawl(groups: int, **given: str) -> Crawled:
        numbers = count()

        def keep(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as it has them
            if any(unit.settled for unit in args[2]) and next(numbers) >= groups:
                raise StorageError("the database went away")
            return keep_units(*args, **kwargs)

        with monkeypatch.context() as patched:
            patched.setattr(keeping, "keep_units", keep)
            crawled = place.crawl({"CONCURRENT_REQUESTS": 1}, **given)
        assert crawled.ended == "database"
        assert [name.endswith(".open") for name in place.warcs][-1]
        return crawled

    return crawl
