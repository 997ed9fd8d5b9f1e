"""Last step: into the database, in groups, on a thread of their own.

Scrapy logs what a pipeline's ``open_spider`` raises with a traceback, and exits 0 after what its
``close_spider`` raises. So nothing is raised here: a failure stops the crawl with the reason
``database`` and is in the stats (see ``crawler.fetching.outcome``), where the ``crawl`` command
finds it.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final, Self

from scrapy.exceptions import CloseSpider, DropItem

from crawler.errors import CrawlerError, StorageError
from crawler.fetching.archiving import Archiving
from crawler.fetching.outcome import KEPT, STORE_CODE, STORE_FAILED
from crawler.items import Document
from crawler.storage import database_url, open_store
from crawler.storage.store import BATCH, WAIT_SECONDS
from crawler.storage.writer import BATCH_SECONDS, Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from scrapy.crawler import Crawler
    from scrapy.statscollectors import StatsCollector

    from crawler.storage import Counts, Store

logger = logging.getLogger(__name__)

CLOSE_REASON: Final = "database"


class StorePipeline:
    """Keeps every ``Document``; anything else passes."""

    def __init__(  # noqa: PLR0913 - where it is, how it ends, what goes along: each by name
        self,
        open_: Callable[[], Store],
        stats: StatsCollector,
        stop: Callable[[], Coroutine[object, object, None]],
        *,
        archiving: Callable[[], Archiving | None] = lambda: None,
        batch_size: int = BATCH,
        batch_seconds: float = BATCH_SECONDS,
    ) -> None:
        self._open = open_
        self._stats = stats
        self._stop = stop
        self._find_archiving = archiving
        self._archiving: Archiving | None = None
        self._batch_size = batch_size
        self._batch_seconds = batch_seconds
        self._writer: Writer | None = None
        self._stopping: asyncio.Task[None] | None = None
        self._is_closing = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the pipeline for *crawler*, whose database is opened when its spider is."""
        settings = crawler.settings
        wait_seconds = settings.getfloat("DOCSHELF_DATABASE_WAIT", WAIT_SECONDS)

        async def stop() -> None:
            await crawler.engine.close_spider_async(reason=CLOSE_REASON)

        return cls(
            lambda: open_store(database_url(settings), wait_seconds=wait_seconds),
            crawler.stats,
            stop,
            archiving=lambda: crawler.get_extension(Archiving),
            batch_size=settings.getint("DOCSHELF_BATCH_SIZE", BATCH),
            batch_seconds=settings.getfloat("DOCSHELF_BATCH_SECONDS", BATCH_SECONDS),
        )

    async def open_spider(self) -> None:
        """Open the database, or ask Scrapy to close the spider."""
        try:
            store = await asyncio.to_thread(self._open)
        except StorageError as error:
            self._is_closing = True
            self._fail(error)
            raise CloseSpider(CLOSE_REASON) from error
        archiving = self._archiving = self._find_archiving()
        self._writer = Writer(
            store,
            batch_size=self._batch_size,
            batch_seconds=self._batch_seconds,
            on_commit=self._count,
            on_failure=self._fail,
            before_commit=archiving.sync if archiving is not None else None,
        )
        if archiving is not None:
            archiving.note = self._writer.note

    async def process_item(self, item: object) -> object:
        """Return *item*, once there is room for it on its way into the database."""
        if isinstance(item, Document) and self._writer is not None:
            capture = self._archiving.claim(item) if self._archiving is not None else None
            try:
                await self._writer.put(item, capture)
            except StorageError as error:
                # Said once, by the failure itself; each document is counted.
                raise DropItem("not kept: the database failed", log_level="DEBUG") from error
        return item

    async def close_spider(self) -> None:
        """Wait until all is kept, or it is certain that it cannot be."""
        self._is_closing = True
        if self._writer is None:
            return
        if self._archiving is not None:
            self._archiving.settle_rest()
        try:
            await self._writer.close()
        except StorageError:
            self._stats.set_value(f"{KEPT}unstored", self._writer.unstored)

    def _count(self, counts: Counts) -> None:
        for name in ("new", "changed", "unchanged", "refused"):
            if count := getattr(counts, name):
                self._stats.inc_value(KEPT + name, count)
        if counts.refused:
            self._stats.set_value(STORE_FAILED, "it refused documents; the log names them")

    def _fail(self, failure: BaseException) -> None:
        self._stats.set_value(STORE_FAILED, str(failure))
        is_bug = not isinstance(failure, CrawlerError)
        if isinstance(failure, CrawlerError):
            self._stats.set_value(STORE_CODE, int(failure.exit_code))
        logger.error("%s", failure, exc_info=failure if is_bug else None)
        if not self._is_closing:
            self._stopping = asyncio.create_task(self._stop())
