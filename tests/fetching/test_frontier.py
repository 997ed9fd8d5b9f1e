"""What a crawl keeps, and what becomes of its pages: whole crawls of a small web."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from crawler.storage.tables import State
from tests.commands.conftest import document_page
from tests.fetching.crawling import SITE

if TYPE_CHECKING:
    from tests.commands.conftest import Web
    from tests.fetching.crawling import Place

DONE = (State.DONE, None)
BLIND = {"ROBOTSTXT_OBEY": False}


def put_documents(web: Web, count: int) -> dict[str, str]:
    """Put as many documents into *web*; return what tells a crawl to read them."""
    for number in range(count):
        web.put(f"/p-{1000001 + number}.html", document_page(1000001 + number))
    return documents(f"1000001-{1000000 + count}")


def documents(ids: str) -> dict[str, str]:
    return {"ids": ids, "url": f"{SITE}/"}


def test_all_is_kept_and_counted(any_place: Place, web: Web) -> None:
    told = put_documents(web, 60)
    crawled = any_place.crawl({"DOCSHELF_BATCH_SIZE": 7}, **told)
    assert crawled.ended == "finished"
    assert crawled.count("documents/new") == crawled.count("read") == 60
    assert "docshelf/store/failed" not in crawled.stats
    assert len(any_place.doc_ids()) == 60
    asked = len(web.asked)
    crawled = any_place.crawl(**told)
    assert crawled.ended == "finished"
    assert len(web.asked) == asked  # nothing was due
    crawled = any_place.crawl(**told, again="1")
    assert crawled.count("documents/unchanged") == 60
    assert len(any_place.doc_ids()) == 60


def test_a_database_that_cannot_be_opened_ends_the_crawl(
    place: Place, web: Web, caplog: pytest.LogCaptureFixture
) -> None:
    place.data.mkdir()
    (place.data / "docshelf.db").write_bytes(b"just some words, long enough to be looked at\n" * 99)
    crawled = place.crawl(**put_documents(web, 3))
    assert crawled.ended == "database"
    assert "not a SQLite database" in crawled.stats["docshelf/store/failed"]
    assert web.asked == []
    assert lines_of(caplog) == [crawled.stats["docshelf/store/failed"]]


@pytest.mark.parametrize("size", [1, 500])
def test_a_failed_commit_ends_the_crawl(
    any_place: Place, web: Web, size: int, caplog: pytest.LogCaptureFixture
) -> None:
    told = put_documents(web, 20)
    any_place.crawl(**documents("9"))
    any_place.change("ALTER TABLE documents RENAME COLUMN url TO address")
    groups = {"DOCSHELF_BATCH_SIZE": size, "DOCSHELF_BATCH_SECONDS": 9999}
    crawled = any_place.crawl(groups, **told)
    # With 500 it is the last group that fails, when Scrapy has long decided how to end.
    assert crawled.ended == "database"
    assert "documents" in crawled.stats["docshelf/store/failed"]
    assert min(size, 20) <= crawled.count("documents/unstored") <= 22
    assert crawled.count("documents/new") == 0
    assert lines_of(caplog) == [crawled.stats["docshelf/store/failed"]]
    assert any(name.endswith(".open") for name in any_place.warcs)
    any_place.change("ALTER TABLE documents RENAME COLUMN address TO url")
    asked = web.counts
    crawled = any_place.crawl(**told)
    assert crawled.ended == "finished"
    assert len(any_place.doc_ids()) == 20
    assert all((web.counts - asked)[url] == 0 for url in asked if "/p-" in url)  # adopted
    assert not any(name.endswith(".open") for name in any_place.warcs)


def test_refused_documents_are_a_failure(
    any_place: Place, web: Web, caplog: pytest.LogCaptureFixture
) -> None:
    any_place.crawl(**documents("9"))
    any_place.change("CREATE UNIQUE INDEX one_size_only ON documents (page_count)")
    crawled = any_place.crawl(**put_documents(web, 10))
    assert crawled.count("documents/new") == 1
    assert crawled.count("documents/refused") == 9
    assert "refused documents" in crawled.stats["docshelf/store/failed"]
    assert sum("not kept, the database refuses it" in line for line in lines_of(caplog)) == 9
    assert len(any_place.doc_ids()) == 1


def lines_of(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what was logged as errors: each in one line, without a traceback."""
    records = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert all(record.exc_info is None for record in records)
    assert all("\n" not in record.getMessage() for record in records)
    return [record.getMessage() for record in records]
