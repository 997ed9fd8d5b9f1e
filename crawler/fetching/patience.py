"""To ask again, later: after a passing failure, and when the site says so."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import TYPE_CHECKING, Final

from scrapy import signals
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.exceptions import DontCloseSpider, NotConfigured
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.httpobj import urlparse_cached
from scrapy.utils.misc import load_object
from scrapy.utils.response import response_status_message

from crawler.fetching.refusals import Postponed, Refusal, Withdrawn
from crawler.fetching.sources.captures import is_captured
from crawler.fetching.stopping import winding_down, withdraw

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

_TOO_MANY_REQUESTS: Final = 429


class PatienceMiddleware:
    """Ask a page again that failed in passing, ``RETRY_TIMES`` times.

    Each wait is longer than the one before, or as long as the site says (Retry-After). A page
    waits aside and holds up no other. Status 429 is meant for the crawl, not for the page: the
    whole host waits. Told to wait longer than ``DOCSHELF_MAX_WAIT``, a page is given up as
    ``retry_later``.
    """

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        if not settings.getbool("RETRY_ENABLED"):
            raise NotConfigured
        self._crawler = crawler
        self._codes = frozenset(map(int, settings.getlist("RETRY_HTTP_CODES")))
        self._passing = tuple(load_object(kind) for kind in settings.getlist("RETRY_EXCEPTIONS"))
        self._delay = settings.getfloat("DOCSHELF_RETRY_DELAY")
        self._longest = settings.getfloat("DOCSHELF_MAX_WAIT")
        self._waiting: dict[Request, asyncio.TimerHandle] = {}
        self._paused: dict[str, float] = {}  # host -> the moment from which it may be asked again
        self._ending = asyncio.Event()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the middleware of *crawler*."""
        middleware = cls(crawler)
        crawler.signals.connect(middleware.spider_idle, signals.spider_idle)
        crawler.signals.connect(middleware.wind_down, winding_down)
        return middleware

    def __len__(self) -> int:
        return len(self._waiting)

    async def process_request(self, request: Request) -> None:
        """Wait while the host of *request* is paused."""
        if self._paused and (wait := self._pause_of(request)):
            await self._sleep(wait)

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        """Return *response*, unless its page is worth another request."""
        if response.status not in self._codes or is_captured(request, response):
            return response
        told = parse_retry_after(response.headers.get("Retry-After"), datetime.now(UTC))
        wait = self._growing(request) if told is None else told
        if response.status == _TOO_MANY_REQUESTS:
            self._pause(request, wait)
        if wait > self._longest:
            raise Refusal("retry_later")
        reason = response_status_message(response.status)
        return await self._again(request, reason, wait) or response

    async def process_exception(self, request: Request, exception: Exception) -> Request | None:
        """Ask *request* again if *exception* may pass."""
        if isinstance(exception, Withdrawn):
            wait = self._pause_of(request)
            if request.callback is not NO_CALLBACK:
                self._postpone(request, wait)
            await self._sleep(wait)  # somebody waits for it right here
            return request.copy()
        if isinstance(exception, self._passing):
            return await self._again(request, exception, self._growing(request))
        return None

    def spider_idle(self) -> None:
        """Keep the crawl going while pages wait."""
        if self._waiting:
            raise DontCloseSpider

    def wind_down(self) -> None:
        """Wait no longer: what waits is left to the next run."""
        self._ending.set()
        for timer in self._waiting.values():
            timer.cancel()
        self._waiting.clear()

    def _growing(self, request: Request) -> float:
        retries: int = request.meta.get("retry_times", 0)
        return min(self._delay * float(2**retries), self._longest)

    async def _again(
        self, request: Request, reason: str | Exception, wait: float
    ) -> Request | None:
        """Ask *request* again after *wait* seconds, or return ``None`` if it was asked enough."""
        spider = self._crawler.spider
        again = spider and get_retry_request(request, spider=spider, reason=reason)
        if not again:
            return None
        again.dont_filter = False  # which would let it be redirected to another site
        if request.callback is NO_CALLBACK:  # such as robots.txt: its pages wait right here
            await self._sleep(wait)
            return again
        self._postpone(again, wait)
        return None

    def _postpone(self, request: Request, wait: float) -> None:
        if not self._ending.is_set():
            timer = asyncio.get_running_loop().call_later(wait, self._resume, request)
            self._waiting[request] = timer
        raise Postponed

    def _resume(self, request: Request) -> None:
        del self._waiting[request]
        self._crawler.engine.crawl(request)

    async def _sleep(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._ending.wait(), seconds)
        except TimeoutError:
            return
        raise Postponed

    def _pause(self, request: Request, wait: float) -> None:
        host = _host(request)
        self._paused[host] = max(self._paused.get(host, 0.0), monotonic() + wait)
        slot = self._crawler.engine.downloader.slots.get(request.meta.get("download_slot", host))
        if slot is not None:
            withdraw(slot)

    def _pause_of(self, request: Request) -> float:
        """Return the seconds that the host of *request* is still paused."""
        host = _host(request)
        wait = self._paused.get(host, 0.0) - monotonic()
        if wait > self._longest:
            raise Refusal("retry_later")
        if wait <= 0:
            self._paused.pop(host, None)
        return max(wait, 0.0)


def parse_retry_after(header: bytes | None, now: datetime) -> float | None:
    """Return the seconds that a Retry-After *header* asks for at *now*.

    ``None`` if it asks for nothing that can be understood.

    >>> now = datetime(2026, 11, 24, 8, 0, 0, tzinfo=UTC)
    >>> parse_retry_after(b"120", now), parse_retry_after(b"Tue, 24 Nov 2026 08:00:30 GMT", now)
    (120.0, 30.0)
    >>> parse_retry_after(b"Tue, 24 Nov 2026 07:00:00 GMT", now), parse_retry_after(b"soon", now)
    (0.0, None)
    """
    if header is None:
        return None
    text = header.decode("latin-1").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max((moment - now).total_seconds(), 0.0)


def _host(request: Request) -> str:
    return urlparse_cached(request).hostname or ""
