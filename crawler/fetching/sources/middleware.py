"""Where a live answer would come from the site, a captured one comes from its source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.exceptions import NotConfigured

from crawler.fetching.download import CAPTURED_AT, hand_over
from crawler.fetching.sources.answers import response_of
from crawler.fetching.sources.captures import CAPTURE
from crawler.fetching.spider import DocumentSpider

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from crawler.fetching.sources.captures import Capture


class SourceMiddleware:
    """Answer a request for a capture from its source; any other goes on its way."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the middleware of *crawler*, if its spider takes pages from a source."""
        spider = crawler.spider
        if not isinstance(spider, DocumentSpider) or spider.arguments.source is None:
            raise NotConfigured
        return cls(crawler)

    async def process_request(self, request: Request) -> Response | None:
        """Return the captured answer, once it is kept as one that just came. Raise ``Refusal``."""
        capture: Capture | None = request.meta.get(CAPTURE)
        if capture is None:
            return None
        exchange = await capture.exchange()
        request.meta[CAPTURED_AT] = exchange.started_at
        await hand_over(self._crawler.signals, exchange, request)
        return response_of(exchange, request)
