"""The extension that has the pages of a crawl read beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy import signals
from scrapy.exceptions import NotConfigured

from crawler.collection.confining import page_limits
from crawler.fetching.reading.readers import Readers
from crawler.fetching.scheduler import is_crawl
from crawler.fetching.spider import DocumentSpider

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Spider
    from scrapy.crawler import Crawler

    from crawler.collection.confining import Limits


class Reading:
    """Reads pages in ``DOCSHELF_READERS`` processes, each within what a page may take."""

    def __init__(self, count: int, limits: Limits) -> None:
        self._count = count
        self._limits = limits
        self._readers: Readers | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the extension of *crawler*, unless pages are to be read in its own process."""
        settings = crawler.settings
        if not settings.getint("DOCSHELF_READERS"):
            raise NotConfigured
        reading = cls(settings.getint("DOCSHELF_READERS"), page_limits(settings))
        crawler.signals.connect(reading.open, signals.spider_opened)
        crawler.signals.connect(reading.close, signals.spider_closed)
        return reading

    def open(self, spider: Spider) -> None:
        """Begin to read for *spider*."""
        if isinstance(spider, DocumentSpider) and is_crawl(spider):
            self._readers = Readers(spider.reader, self._count, self._limits)
            spider.read = self._readers.read

    async def close(self) -> None:
        """Read no more."""
        if self._readers is not None:
            await self._readers.close()
