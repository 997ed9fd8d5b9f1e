"""All that one answer yields belongs to its unit: seen here, where it leaves the spider."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy import Request

from crawler.fetching.discovery import Links
from crawler.fetching.frontier import Frontier
from crawler.fetching.units import Unit, unit_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from typing import Self

    from scrapy.crawler import Crawler
    from scrapy.http import Response


class JoiningMiddleware:
    """Gather links into the unit of their page, and let items pass, which join it at the end."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the middleware of *crawler*."""
        return cls(crawler)

    async def process_spider_output(
        self, response: Response, result: AsyncIterator[Any]
    ) -> AsyncIterator[Any]:
        """Yield the items of *result*."""
        frontier, unit = self._joined(response)
        if frontier is None:
            async for one in result:
                yield one
            return
        try:
            async for one in result:
                if self._passes(one, frontier, unit):
                    yield one
        finally:
            frontier.end(unit)

    def _joined(self, response: Response) -> tuple[Frontier | None, Unit]:
        frontier = self._crawler.get_extension(Frontier)
        return frontier, unit_of(response.request) if response.request is not None else Unit()

    def _passes(self, one: object, frontier: Frontier, unit: Unit) -> bool:
        if isinstance(one, Links):
            frontier.add(unit, one.found)
            return False
        if not frontier.is_open:
            return True
        if isinstance(one, Request):
            message = f"{one}: a spider yields Links, and the frontier makes the requests"
            raise TypeError(message)
        frontier.expect(unit, one)
        return True
