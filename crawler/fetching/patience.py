"""To ask again, later: after a passing failure, and when the site says so."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

from scrapy.exceptions import NotConfigured
from scrapy.utils.httpobj import urlparse_cached
from scrapy.utils.misc import load_object

from crawler.fetching import steady
from crawler.fetching.frontier import Frontier
from crawler.fetching.refusals import Later, Postponed, Unavailable, Withdrawn, reason_of
from crawler.fetching.sources.captures import is_captured
from crawler.fetching.stopping import winding_down, withdraw

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

logger = logging.getLogger(__name__)

_TOO_MANY_REQUESTS: Final = 429
_LONGEST: Final = timedelta(days=366)
"""Whoever asks for more did not mean it."""
_MOST_IN_PLACE: Final = 2
_LONGEST_IN_PLACE: Final = timedelta(minutes=1)
_TRIES: Final = "docshelf_tries"


class PatienceMiddleware:
    """Have a page asked again that failed in passing, ``RETRY_TIMES`` times over all runs.

    Each wait is twice as long as the one before, or as long as the site says (Retry-After); the
    frontier waits, and holds up no other page. Status 429 is meant for the crawl, not for the
    page: the whole site waits. What has no row, such as robots.txt, is waited for in place.
    """

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        if not settings.getbool("RETRY_ENABLED"):
            raise NotConfigured
        self._crawler = crawler
        self._codes = frozenset(map(int, settings.getlist("RETRY_HTTP_CODES")))
        self._passing = tuple(load_object(kind) for kind in settings.getlist("RETRY_EXCEPTIONS"))
        self._delay = settings.getfloat("DOCSHELF_RETRY_DELAY")
        self._most = settings.getint("RETRY_TIMES")
        self._ending = asyncio.Event()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the middleware of *crawler*."""
        middleware = cls(crawler)
        crawler.signals.connect(middleware.wind_down, winding_down)
        return middleware

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        """Return *response*, unless its page is worth another request."""
        if response.status not in self._codes or is_captured(request, response):
            return response
        told = parse_retry_after(response.headers.get("Retry-After"), datetime.now(UTC))
        # No time at all is none that was told: a page that fails at once again is asked less.
        wait = None if not told else min(timedelta(seconds=min(told, 1e9)), _LONGEST)
        if response.status == _TOO_MANY_REQUESTS:
            self._pause(request, steady.now() + (wait or self._growing(0)))
        return await self._again(request, f"http_{response.status}", wait) or response

    async def process_exception(self, request: Request, exception: Exception) -> Request | None:
        """Ask *request* again if *exception* may pass."""
        if isinstance(exception, Withdrawn):
            if self._tries(request) is not None:
                raise Postponed
            await self._sleep(0.0)
            return request.copy()
        if isinstance(exception, Unavailable):
            return await self._again(request, exception.reason, None)
        if isinstance(exception, self._passing):
            return await self._again(request, reason_of(exception), None)
        return None

    def wind_down(self) -> None:
        """Wait no longer: what waits is left to the next run."""
        self._ending.set()

    def _tries(self, request: Request) -> int | None:
        """Return how often the page of *request* failed before; ``None`` if it has no row."""
        frontier = self._crawler.get_extension(Frontier)
        return None if frontier is None else frontier.attempts(request)

    def _growing(self, tries: int) -> timedelta:
        return min(timedelta(seconds=min(self._delay * 2.0**tries, 1e9)), _LONGEST)

    async def _again(self, request: Request, reason: str, told: timedelta | None) -> Request | None:
        """Have *request* asked again after the wait that it was *told*, or a growing one.

        Return the request if that was in place, ``None`` if it was asked enough.
        """
        tries = self._tries(request)
        if tries is not None:
            self._postpone(request, reason, told, tries)
            return None
        tries = request.meta.get(_TRIES, 0)
        wait = self._growing(tries) if told is None else told
        if tries >= min(self._most, _MOST_IN_PLACE) or wait > _LONGEST_IN_PLACE:
            return None
        self._tell(request, wait, reason)
        await self._sleep(wait.total_seconds())
        again = request.copy()
        again.meta[_TRIES] = tries + 1
        return again

    def _postpone(self, request: Request, reason: str, told: timedelta | None, tries: int) -> None:
        """Raise ``Later``, unless the page of *request* failed too often by itself."""
        frontier = self._crawler.get_extension(Frontier)
        is_silent = frontier is not None and frontier.is_silent(reason)
        if tries >= self._most and not is_silent:
            return
        wait = self._growing(tries) if told is None else told
        self._tell(request, wait, reason)
        raise Later(reason, steady.now() + wait, counts=not is_silent)

    def _tell(self, request: Request, wait: timedelta, reason: str) -> None:
        logger.debug("Retrying %s in %g s: %s", request.url, wait.total_seconds(), reason)

    async def _sleep(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._ending.wait(), seconds)
        except TimeoutError:
            return
        raise Postponed

    def _pause(self, request: Request, until: datetime) -> None:
        frontier = self._crawler.get_extension(Frontier)
        if frontier is not None and self._tries(request) is not None:
            frontier.hold(until)
        host = urlparse_cached(request).hostname or ""
        slot = self._crawler.engine.downloader.slots.get(request.meta.get("download_slot", host))
        if slot is not None:
            withdraw(slot)


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
