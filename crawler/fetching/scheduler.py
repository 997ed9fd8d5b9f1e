"""Scrapy's scheduler: what the frontier leases, ready to be asked."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from scrapy import Request
from scrapy.core.scheduler import BaseScheduler
from scrapy.utils.defer import deferred_from_coro

from crawler.fetching import steady
from crawler.fetching.frontier import Frontier
from crawler.fetching.spider import DocumentSpider
from crawler.fetching.units import UNIT, unit_of
from crawler.storage.tables import Kind

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Self

    from scrapy import Spider
    from scrapy.crawler import Crawler
    from twisted.internet.defer import Deferred

    from crawler.fetching.units import Unit
    from crawler.storage.pages import Lease, Supply

_LOW: Final = 16
"""With fewer pages in hand, more are leased."""


class Scheduler(BaseScheduler):
    """Hands out the pages that the frontier leases, and takes back what begins them anew.

    A redirect belongs to the page that it began with, and waits in memory for its turn. So does
    all that is asked without a frontier: from a source, or in Scrapy's shell.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._patience = timedelta(seconds=crawler.settings.getfloat("DOCSHELF_PATIENCE"))
        self._frontier: Frontier | None = None
        self._spider: Spider | None = None
        self._again: deque[Request] = deque()
        self._leases: deque[Lease] = deque()
        self._depths: Counter[int] = Counter()
        """How many pages of each depth are asked, and not committed."""
        self._floor: int | None = None
        self._next_due: datetime | None = None
        self._timer: asyncio.TimerHandle | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the scheduler of *crawler*."""
        return cls(crawler)

    def open(self, spider: Spider) -> None:
        """Begin with the crawl of *spider*, or go on with it."""
        self._spider = spider
        frontier = self._crawler.get_extension(Frontier)
        if isinstance(spider, DocumentSpider) and frontier is not None and is_crawl(spider):
            frontier.open(spider, on_supply=self._receive, on_end=self._end)
            self._frontier = frontier if frontier.is_open else None

    def close(self, reason: str) -> Deferred[None] | None:
        """Return what fires when all is kept."""
        if self._timer is not None:
            self._timer.cancel()
        if self._frontier is None:
            return None
        is_finished, is_held = reason == "finished", bool(self._leases)
        closing = self._frontier.close(
            is_over=is_finished and not is_held, is_held=is_finished and is_held
        )
        return deferred_from_coro(closing)

    def __len__(self) -> int:
        """Return how many pages are in hand."""
        return len(self._again) + len(self._leases)

    def has_pending_requests(self) -> bool:
        """Tell whether there is, or will soon be, something to ask."""
        frontier = self._frontier
        if self._again or frontier is None:
            return bool(self._again)
        if frontier.is_busy:
            return True
        if not self._leases:
            return self._is_soon(self._next_due)
        # They wait for the site, or for nearer pages, which are soon to be asked.
        return frontier.resumes_at is None or self._is_soon(frontier.resumes_at)

    def enqueue_request(self, request: Request) -> bool:
        """Take *request*: a redirect, or one of no row."""
        unit_of(request)
        self._again.append(request)
        return True

    def next_request(self) -> Request | None:
        """Return what is to be asked next, ``None`` if nothing is for now."""
        if self._again:
            return self._again.popleft()
        frontier = self._frontier
        if frontier is None:
            return None
        if len(self._leases) < _LOW and not frontier.is_closing:
            frontier.want_more(is_starved=not self._leases)
        if not self._leases or frontier.is_full or self._is_held():
            return None
        lease = self._leases.popleft()
        self._depths[lease.depth] += 1
        return self._request(lease, frontier.begin(lease))

    def _request(self, lease: Lease, unit: Unit) -> Request:
        spider = self._spider
        if not isinstance(spider, DocumentSpider):
            raise TypeError(f"{spider!r} has no frontier")
        is_document = lease.kind == Kind.SEED and spider.doc_id(lease.url) is not None
        told = {"If-None-Match": lease.etag, "If-Modified-Since": lease.last_modified}
        return Request(
            lease.url,
            errback=spider.fail,
            cb_kwargs={"alone": True} if is_document else {},
            headers={name: value for name, value in told.items() if value},
            meta={UNIT: unit, "depth": lease.depth},
        )

    def _is_held(self) -> bool:
        """Tell whether the next page has to wait for others, or for the site."""
        frontier = self._frontier
        if frontier is None:
            return False
        if frontier.resumes_at is not None:
            if steady.now() < frontier.resumes_at:
                self._wake_at(frontier.resumes_at)
                return True
            frontier.resume()
        if not frontier.is_nearest_first:
            return False
        # Whatever is nearer may show a shorter way to what this page leads to.
        depth = self._leases[0].depth
        if any(count and nearer < depth for nearer, count in self._depths.items()):
            return True
        return self._floor is not None and self._floor < depth and self._is_soon(self._next_due)

    def _receive(self, supply: Supply) -> None:
        self._leases.extend(supply.leases)
        if self._frontier is not None and self._frontier.is_nearest_first:
            # What waited may be nearer than what was leased meanwhile.
            self._leases = deque(sorted(self._leases, key=lambda lease: lease.priority))
        self._floor, self._next_due = supply.floor, supply.next_due
        if self._is_soon(supply.next_due):
            self._wake_at(supply.next_due)
        self._wake()

    def _end(self, unit: Unit) -> None:
        """Take down that *unit* is kept."""
        if unit.lease is not None:
            self._depths[unit.lease.depth] -= 1

    def _is_soon(self, moment: datetime | None) -> bool:
        return moment is not None and moment - steady.now() <= self._patience

    def _wake_at(self, moment: datetime | None) -> None:
        if moment is None:
            return
        if self._timer is not None:
            self._timer.cancel()
        seconds = max((moment - steady.now()).total_seconds(), 0.0)
        self._timer = asyncio.get_running_loop().call_later(seconds + 0.001, self._ripen)

    def _ripen(self) -> None:
        self._timer = None
        if self._frontier is not None and not self._frontier.is_closing:
            self._frontier.flush()
        self._wake()

    def _wake(self) -> None:
        """Have the engine ask for requests now; by itself it does every five seconds."""
        slot = self._crawler.engine._slot  # noqa: SLF001 - nothing public does
        if slot is not None:
            slot.nextcall.schedule()


def is_crawl(spider: DocumentSpider) -> bool:
    """Tell whether *spider* crawls; not so in Scrapy's shell, nor when it fetches one page."""
    is_shell = spider.settings.getbool("KEEP_ALIVE")
    return not is_shell and getattr(spider.start, "__func__", None) is DocumentSpider.start
