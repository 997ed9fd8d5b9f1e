"""Last step: on the way into the database, together with all else that the page brought.

A failure to keep is no matter of one document: it stops the crawl, see
``crawler.fetching.frontier``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from crawler.fetching.frontier import Frontier
from crawler.items import Document

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class StorePipeline:
    """Keeps every ``Document``; anything else passes."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the pipeline of *crawler*."""
        return cls(crawler)

    def process_item(self, item: object) -> object:
        """Return *item*, once it has joined what its page brought."""
        frontier = self._crawler.get_extension(Frontier)
        if isinstance(item, Document) and frontier is not None:
            frontier.join(item)
        return item
