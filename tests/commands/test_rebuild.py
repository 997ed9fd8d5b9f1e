"""``scrapy rebuild``: from the archive alone, what the crawl had kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.collection.shelf import Shelf
from tests.commands.test_crawl_archive import FAST, put_site, rows

if TYPE_CHECKING:
    from pathlib import Path

    from tests.commands.conftest import Answer, Documents, Scrapy, Web


def test_it_equals_what_the_crawl_kept(
    web: Web,
    scrapy: Scrapy,
    answer: type[Answer],
    document: Documents,
    database_url: str,
    tmp_path: Path,
) -> None:
    crawled = f"sqlite:///{tmp_path}/crawled.db"
    for turn in range(2):
        put_site(web, answer, document)
        done = scrapy(
            *("crawl", "wenku365", *FAST, "-a", "url=http://www.wenku365.com/"),
            *("-a", f"again={turn}"),
            DOCSHELF_DATABASE_URL=crawled,
        )
        assert done.returncode == 0
    asked = len(web.asked)
    done = scrapy("rebuild", "--workers", "2", DOCSHELF_DATABASE_URL=database_url)
    assert done.returncode == 0, done.stderr
    assert "  wenku365: documents: 6 new" in done.stderr.splitlines()
    documents, captures = rows(database_url)
    assert (documents, captures) == rows(crawled)
    assert {row["kind"] for row in captures} == {"response", "revisit"}
    assert len(web.asked) == asked


def test_documents_are_not_replaced_unasked(scrapy: Scrapy, tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "data", f"sqlite:///{tmp_path}/data/docshelf.db")
    shelf.fill()
    before = shelf.rows()
    done = scrapy("rebuild")
    where = f"{tmp_path}/data/docshelf.db"
    said = f"database {where} holds 6 documents, which would be replaced; say --yes if they may be"
    assert (done.returncode, done.stderr) == (2, f"scrapy rebuild: {said}\n")
    done = scrapy("rebuild", "--yes", "--workers", "1")
    assert (done.returncode, done.stderr.splitlines()[-1]) == (
        0,
        "  wenku365: documents: 6 unchanged",
    )
    assert shelf.rows() == before
