"""To stop without waiting for what was never sent."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from scrapy.core.engine import ExecutionEngine
from scrapy.crawler import Crawler

from crawler.fetching.refusals import Withdrawn

if TYPE_CHECKING:
    from scrapy.core.downloader import Slot

winding_down: Final = object()
"""The signal that a crawl is ending: whoever waits, waits no longer."""


class PromptCrawler(Crawler):
    """A crawler that, whatever ends it, ends with the answers under way.

    Scrapy's own sends first what waits for its turn: minutes, for a polite crawl.
    """

    def _create_engine(self) -> ExecutionEngine:
        return _PromptEngine(self, lambda _: self.stop_async())


class _PromptEngine(ExecutionEngine):
    async def close_spider_async(self, *, reason: str = "cancelled") -> None:
        """Close the spider; what waits for its turn, a retry or a pause goes back unsent."""
        closing = asyncio.ensure_future(super().close_spider_async(reason=reason))
        await asyncio.sleep(0)  # from here on, nothing more is scheduled
        self.signals.send_catch_log(winding_down)
        for slot in self.downloader.slots.values():
            withdraw(slot)
        await closing


def withdraw(slot: Slot) -> None:
    """Take back the requests that wait in *slot* for their turn; each ends as ``Withdrawn``."""
    while slot.queue:
        _, turn = slot.queue.popleft()
        turn.errback(Withdrawn())
