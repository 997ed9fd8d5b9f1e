"""Whole crawls, in the process of their test: real pages, a real archive and a real database."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scrapy.settings import Settings

from crawler.fetching.stopping import PromptCrawler
from crawler.storage import CaptureRow, Store, database_url, open_store
from crawler.storage.captures import in_order
from crawler.storage.database import connect
from crawler.storage.merge import to_document
from crawler.storage.tables import CRAWLS, DOCUMENTS, PAGES
from spiders.wenku365 import Wenku365Spider
from tests.commands.conftest import document_page

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sqlalchemy import URL, RowMapping, Table

    from crawler.fetching.spider import DocumentSpider
    from crawler.items import Document
    from tests.commands.conftest import Web

SITE = "http://www.wenku365.com"


@dataclass(frozen=True)
class Place:
    """Where crawls keep what they read, and how they are set."""

    data: Path
    address: str
    """Of the database."""
    spider: type[DocumentSpider] = Wenku365Spider

    def crawl(self, settings: Mapping[str, object] | None = None, /, **given: str) -> Crawled:
        """Crawl as *given* tells, to the end."""
        crawler = self.crawler(settings)
        asyncio.run(crawler.crawl_async(**given))
        return Crawled(crawler.stats.get_stats())

    def crawler(self, settings: Mapping[str, object] | None = None) -> PromptCrawler:
        """Return what crawls, in the event loop that runs."""
        told = {
            "DOCSHELF_DATA": str(self.data),
            "DOCSHELF_DATABASE_URL": self.address,
            "DOCSHELF_BATCH_SECONDS": 0.01,
            "DOCSHELF_RETRY_DELAY": 0.01,
            "DOCSHELF_DATABASE_WAIT": 0,
            "DOCSHELF_DISK_PATIENCE": 0,
            "DOCSHELF_READERS": 0,
            "DOWNLOAD_DELAY": 0,
            "TWISTED_REACTOR_ENABLED": False,
            "STATS_DUMP": False,
        }
        found = Settings()
        found.setmodule("crawler.settings", priority="project")
        found.update({**told, **(settings or {})}, priority="cmdline")
        return PromptCrawler(self.spider, found)

    def crawls(self) -> list[RowMapping]:
        return self._rows(CRAWLS)

    def pages(self) -> dict[str, RowMapping]:
        """Return the rows of the frontier, by the path of their address."""
        return {row["url"].removeprefix(SITE): row for row in self._rows(PAGES)}

    def states(self) -> dict[str, tuple[str, str | None]]:
        """Return the state of each page and its reason, by the path of its address."""
        return {path: (row["state"], row["reason"]) for path, row in self.pages().items()}

    def documents(self) -> list[Document]:
        names = [column.name for column in DOCUMENTS.columns]
        width = names.index("first_seen_at")
        return [to_document(list(row.values())[:width]) for row in self._rows(DOCUMENTS)]

    def doc_ids(self) -> list[str]:
        return sorted(document.doc_id for document in self.documents())

    def kept_from(self) -> dict[str, str]:
        """Return the record that each document was read from."""
        return {row["doc_id"]: row["capture_id"] for row in self._rows(DOCUMENTS)}

    def captures(self) -> list[CaptureRow]:
        engine = connect(self._url, read_only=True)
        with engine.connect() as connection:
            found = list(in_order(connection))
        engine.dispose()
        return found

    def change(self, statement: str, **values: object) -> None:
        """Do *statement* to the database."""
        engine = connect(self._url)
        with engine.begin() as connection:
            connection.exec_driver_sql(statement, values or None)
        engine.dispose()

    def store(self, *, claim: str | None = None) -> Store:
        return open_store(self._url, claim=claim)

    @property
    def warcs(self) -> list[str]:
        """The names of the archive's files."""
        return sorted(path.name for path in (self.data / "warc").glob("*.warc.gz*"))

    @property
    def _url(self) -> URL:
        return database_url({"DOCSHELF_DATABASE_URL": self.address})

    def _rows(self, table: Table) -> list[RowMapping]:
        engine = connect(self._url, read_only=True)
        with engine.connect() as connection:
            rows = list(connection.execute(table.select().order_by(*table.primary_key)).mappings())
        engine.dispose()
        return rows


@dataclass(frozen=True)
class Crawled:
    """What a crawl counted."""

    stats: Mapping[str, Any]

    @property
    def ended(self) -> str:
        """Scrapy's reason for its end."""
        return str(self.stats["finish_reason"])

    def count(self, name: str) -> int:
        return int(self.stats.get(f"docshelf/{name}", 0))


def listing(*paths: str) -> str:
    """Return a page that leads to *paths*."""
    return "<html><title>文档</title>" + "".join(f'<a href="{path}">x</a>' for path in paths)


def new_requests(place: Place, web: Web, **given: str) -> list[str]:
    """Crawl on; return the paths that are asked."""
    asked = len(web.asked)
    crawled = place.crawl(**given)
    assert crawled.ended == "finished"
    assert not any(name.endswith(".open") for name in place.warcs)
    paths = [url.removeprefix(SITE) for url in web.asked[asked:]]
    return [path for path in paths if path != "/robots.txt"]


def put_site(web: Web) -> None:
    """Put a front page, a list and three documents, of which only the list leads to the third."""
    web.put("/", listing("/p-1000001.html", "/p-1000002.html", "/c-1.html"))
    web.put("/c-1.html", listing("/p-1000003.html"))
    for doc_id in range(1000001, 1000004):
        web.put(f"/p-{doc_id}.html", document_page(doc_id, '<a href="/c-1.html">x</a>'))
