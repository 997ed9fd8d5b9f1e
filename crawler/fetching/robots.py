"""robots.txt, obeyed as RFC 9309 says: what cannot be had for the server's fault forbids all."""

from __future__ import annotations

import asyncio
import logging
import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from scrapy import Request, signals
from scrapy.exceptions import NotConfigured
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.httpobj import urlparse_cached
from scrapy.utils.misc import build_from_crawler, load_object

from crawler.fetching.frontier import Frontier
from crawler.fetching.outcome import NO_ANSWER
from crawler.fetching.outcome import ROBOTS as READ
from crawler.fetching.refusals import FETCH_ERRORS, Postponed, Refusal, Unavailable, reason_of

if TYPE_CHECKING:
    from typing import Self, TypeAlias

    from scrapy.crawler import Crawler
    from scrapy.robotstxt import RobotParser

    Rules: TypeAlias = RobotParser | Refusal | None
    """A host's rules, why it may not be asked at all, or none."""

logger = logging.getLogger(__name__)

_LONG_DELAY: Final = 10.0
_AGAIN: Final = 25
"""After so many times the delay of a retry, a robots.txt is asked for again."""


class RobotsMiddleware:
    """Ask no page that its host's robots.txt forbids, and no faster than its Crawl-delay.

    A host with a Crawl-delay longer than ``DOCSHELF_MAX_WAIT`` is not asked at all.
    """

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        if not settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        self._crawler = crawler
        self._agent: str = settings["ROBOTSTXT_USER_AGENT"] or settings["USER_AGENT"]
        self._longest = settings.getfloat("DOCSHELF_MAX_WAIT")
        self._parser: type[RobotParser] = load_object(settings["ROBOTSTXT_PARSER"])
        self._delay = settings.getfloat("DOCSHELF_RETRY_DELAY")
        self._rules: dict[str, asyncio.Future[Rules]] = {}
        self._asked_at: dict[str, float] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the middleware of *crawler*."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raise ``Refusal`` if *request* may not be made."""
        if request.meta.get("dont_obey_robotstxt"):
            return
        parts = urlparse_cached(request)
        origin = f"{parts.scheme}://{parts.netloc}"
        pending = self._rules.get(origin)
        if pending is None or self._is_stale(origin, pending):
            pending = self._rules[origin] = asyncio.ensure_future(self._fetch(origin))
        rules = pending.result() if pending.done() else await asyncio.shield(pending)
        if isinstance(rules, Refusal):
            raise type(rules)(rules.reason)
        if rules is not None and not rules.allowed(request.url, self._agent):
            raise Refusal("robots")

    def _is_stale(self, origin: str, pending: asyncio.Future[Rules]) -> bool:
        """Tell whether the rules that could not be had are worth another request."""
        if not pending.done() or not isinstance(pending.result(), Unavailable):
            return False
        return time.monotonic() - self._asked_at[origin] >= _AGAIN * self._delay

    async def _fetch(self, origin: str) -> Rules:
        self._asked_at[origin] = time.monotonic()
        rules, reason = await self._ask(origin)
        frontier = self._crawler.get_extension(Frontier)
        if frontier is not None:
            frontier.note_robots(f"{origin}/robots.txt", reason)
        return rules

    async def _ask(self, origin: str) -> tuple[Rules, str]:
        """Return the rules of *origin*, and what its robots.txt was taken for."""
        request = Request(
            f"{origin}/robots.txt",
            callback=NO_CALLBACK,
            meta={"dont_obey_robotstxt": True, "allow_offsite": True},
        )
        try:
            response = await self._crawler.engine.download_async(request)
        except Postponed:
            del self._rules[origin]
            raise
        except FETCH_ERRORS as error:
            reason = reason_of(error)
            return _without_rules(reason), reason
        told = f"http_{response.status}"
        if (
            response.status >= HTTPStatus.INTERNAL_SERVER_ERROR
            or response.status == HTTPStatus.TOO_MANY_REQUESTS
        ):
            return Unavailable("robots_unavailable"), told
        if response.status >= HTTPStatus.MULTIPLE_CHOICES:
            return None, told
        rules = build_from_crawler(self._parser, self._crawler, response.body)
        delay = rules.crawl_delay(self._agent) or 0.0
        if delay > self._longest:
            return Refusal("crawl_delay"), READ
        self._slow_down(urlparse_cached(request).hostname or "", delay)
        await self._crawler.signals.send_catch_log_async(
            signals.robots_parsed, robotparser=rules, request=request
        )
        return rules, READ

    def _slow_down(self, host: str, delay: float) -> None:
        downloader = self._crawler.engine.downloader
        usual = self._crawler.settings.getfloat("DOWNLOAD_DELAY")
        if delay <= usual:
            return
        if delay > _LONG_DELAY:
            logger.warning("%s asks for %g s between two pages; it is obeyed", host, delay)
        # For this slot and for those that take its place: an idle slot is thrown away.
        downloader.per_slot_settings[host] = {"delay": delay, "jitter": 0.0}
        if slot := downloader.slots.get(host):
            slot.delay, slot.jitter = delay, 0.0


def _without_rules(reason: str) -> Rules:
    """Return what holds where robots.txt cannot be had, for *reason*."""
    if reason == "redirect_loop":
        return None  # RFC 9309 §2.3.1.2: as if there were none
    return Unavailable(reason if reason in NO_ANSWER else "robots_unavailable")
