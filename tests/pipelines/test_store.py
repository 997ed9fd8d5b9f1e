"""The last step, in real crawls: each is a process, so that nothing Scrapy prints is missed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import create_engine, text

from crawler.storage import database_url as address_of
from crawler.storage import open_store

if TYPE_CHECKING:
    from sqlalchemy import URL


PROJECT = Path(__file__).parents[2]

CRAWL = Path(__file__).with_name("crawl_items.py")


def _crawl(url: str, count: int = 0, **settings: object) -> tuple[dict[str, Any], str]:
    done = subprocess.run(
        [sys.executable, CRAWL, url, str(count), json.dumps(settings)],
        check=True,
        capture_output=True,
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        text=True,
        timeout=120,
    )
    return json.loads(done.stdout), done.stderr


def _url(address: str) -> URL:
    return address_of({"DOCSHELF_DATABASE_URL": address})


def _execute(address: str, statement: str) -> None:
    engine = create_engine(_url(address))
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_all_is_kept_and_counted(database_url: str) -> None:
    stats, errors = _crawl(database_url, 1230)
    assert errors == ""
    assert stats["docshelf/documents/new"] == 1230
    assert stats["item_scraped_count"] == 1231
    assert stats["finish_reason"] == "finished"
    assert "docshelf/store/failed" not in stats
    with open_store(_url(database_url), read_only=True) as store:
        assert sum(1 for _ in store.documents()) == 1230
    stats, _ = _crawl(database_url, 1230)
    assert stats["docshelf/documents/unchanged"] == 1230


def test_a_database_that_cannot_be_opened_stops_the_crawl(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(b"just some words, long enough to be looked at\n" * 100)
    stats, errors = _crawl(f"sqlite:///{path}", 10)
    assert stats["finish_reason"] == "database"
    assert "not a SQLite database" in stats["docshelf/store/failed"]
    assert "Traceback" not in errors
    assert errors.count("\n") == 1


@pytest.mark.parametrize("size", [10, 500])
def test_a_failed_commit_stops_the_crawl(size: int, database_url: str) -> None:
    open_store(_url(database_url)).close()
    _execute(database_url, "ALTER TABLE documents RENAME COLUMN url TO address")
    stats, errors = _crawl(database_url, 100, DOCSHELF_BATCH_SIZE=size, DOCSHELF_BATCH_SECONDS=9999)
    # With 500 it is the last flush that fails, when Scrapy has long decided how to end.
    assert stats["finish_reason"] == ("database" if size == 10 else "finished")
    assert "documents" in stats["docshelf/store/failed"]
    assert min(size, 100) <= stats["docshelf/documents/unstored"] <= 100
    assert "docshelf/documents/new" not in stats
    assert "Traceback" not in errors
    assert errors.count("\n") == 1


def test_refused_documents_are_a_failure(database_url: str) -> None:
    open_store(_url(database_url)).close()
    _execute(
        database_url,
        "CREATE UNIQUE INDEX one_url_only ON documents (title)",
    )
    stats, errors = _crawl(database_url, 10)
    assert stats["docshelf/documents/new"] == 1
    assert stats["docshelf/documents/refused"] == 9
    assert "refused documents" in stats["docshelf/store/failed"]
    assert errors.count("not kept, the database refuses it") == 9
    with open_store(_url(database_url), read_only=True) as store:
        assert len(list(store.documents())) == 1
