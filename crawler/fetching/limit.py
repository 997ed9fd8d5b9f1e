"""No document is asked for that a crawl with a limit would not read any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.exceptions import NotConfigured

from crawler.fetching.refusals import Postponed
from crawler.fetching.spider import DocumentSpider, asked_address
from crawler.fetching.stopping import winding_down

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler


class LimitMiddleware:
    """Hold a document's request back until it is sure that its page will be read.

    So a crawl with a ``limit`` reads all that it asks for.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the middleware of *crawler*."""
        if not issubclass(crawler.spidercls, DocumentSpider):
            raise NotConfigured
        middleware = cls(crawler)
        crawler.signals.connect(middleware.wind_down, winding_down)
        return middleware

    async def process_request(self, request: Request) -> None:
        """Wait; raise ``Postponed`` if enough were read meanwhile."""
        asked = asked_address(request)
        is_document = self._spider.page.url_template.doc_id(asked) is not None
        if is_document and not await self._spider.quota.take(asked):
            raise Postponed

    def process_exception(self, request: Request, exception: Exception) -> None:  # noqa: ARG002  # Scrapy's signature
        """Give back what will not be read for now."""
        self._spider.quota.give_back(asked_address(request))

    def wind_down(self) -> None:
        """Let nobody wait any longer."""
        self._spider.quota.end()

    @property
    def _spider(self) -> DocumentSpider:
        spider = self._crawler.spider
        if not isinstance(spider, DocumentSpider):
            raise TypeError(f"{spider!r} has no limit")
        return spider
