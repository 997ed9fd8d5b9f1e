"""What every spider does: follow a site's links, and read the pages that are about documents."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Protocol
from urllib.parse import quote, urljoin, urlsplit

from scrapy import Request, Spider, signals
from scrapy.exceptions import CloseSpider

from crawler.errors import NoReaderError
from crawler.fetching.arguments import parse_arguments
from crawler.fetching.discovery import Discovery, Links, search_of
from crawler.fetching.download import CAPTURED_AT
from crawler.fetching.outcome import (
    BUG,
    FOLLOWED,
    READ,
    UNCHANGED,
    UNKNOWN_LAYOUT,
    count_refused,
)
from crawler.fetching.quota import Quota
from crawler.fetching.reading.pages import PageReader, RawPage, Taken
from crawler.fetching.refusals import UNKNOWN, Later, Postponed, reason_of
from crawler.fetching.sources.captures import CAPTURE, Wanted
from crawler.fetching.sources.listing import Listing
from crawler.reading.judging import LIST, NOT_MODIFIED, head_verdict
from crawler.reading.links import redirect_target

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
    from typing import Self

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.settings import BaseSettings
    from scrapy.statscollectors import StatsCollector
    from twisted.python.failure import Failure

    from crawler.fetching.arguments import Arguments
    from crawler.fetching.sources.forms import SourceForm
    from crawler.items import RawDocument
    from crawler.reading.page import DocumentPage
    from crawler.storage.pages import Found

logger = logging.getLogger(__name__)


class Keeping(Protocol):
    """Who is told what a spider takes answers for."""

    def settle(self, request: Request, taken: Taken, response: Response | None = None) -> None:
        """Take down what the answer to *request* was taken for."""

    def postpone(self, request: Request, why: Later | None) -> None:
        """Have *request* asked again: later, as *why* says; or as if it never had been."""

    def give_up(self, request: Request) -> None:
        """Take down that nothing comes of *request* any more."""

    def give_back(self, request: Request) -> None:
        """Have *request* asked again, as if it never had been."""

    def fail(self, failure: BaseException) -> None:
        """End the crawl for *failure*."""


class DocumentSpider(Spider):
    """Crawl one site, and yield the documents that its pages are about.

    A subclass names its ``page`` class and ``start_urls``. What a crawl may be told is in
    ``crawler.fetching.arguments``; what became of its pages is counted in the stats, as
    ``crawler.fetching.outcome`` says.
    """

    page: ClassVar[type[DocumentPage]]
    search_url: ClassVar[str] = ""
    """Where the site is searched, with ``{query}``; absolute, or seen from the front page."""
    category_url: ClassVar[str] = ""
    """Where a category's list begins, with ``{category}``; absolute, or seen from there."""

    def __init__(self, name: str | None = None, **given: str) -> None:
        super().__init__(name)
        self.given = given
        """What the crawl was told, as it was given."""
        self.arguments = self.told(given)
        self.allowed_domains = sorted(self.page.url_template.hosts)
        self.discovery = Discovery(
            self.page.url_template,
            deepest=self.arguments.depth,
            search=search_of(self._front, self.search_url, self.arguments.query),
        )
        """What pages lead to."""
        self.reader = PageReader(type(self), given, self.discovery)
        self.read: Callable[[RawPage], Awaitable[Taken]] = self.reader.read_here
        """Reads a page: here, or beside the crawl."""
        self.quota = Quota(self.arguments.limit)
        self.frontier: Keeping | None = None
        """Who is told what an answer was taken for, before anything is yielded of it."""
        self._read: set[str] = set()

    @classmethod
    def bound(cls, given: Mapping[str, str]) -> type[Self]:  # noqa: ARG003 - others use it
        """Return the spider for what *given* tells: itself, unless that says which site it is."""
        return cls

    @classmethod
    def told(cls, given: Mapping[str, str]) -> Arguments:
        """Return what *given* tells a crawl of this site. Raise ``UsageError`` if it is wrong."""
        return parse_arguments(
            given,
            cls.page.url_template,
            has_search=bool(cls.search_url),
            has_categories=bool(cls.category_url),
        )

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:  # noqa: ANN401
        """Return the spider of *crawler*."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.count_bug, signals.spider_error)
        crawler.signals.connect(spider.count_bug, signals.item_error)
        return spider

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Put the contact into the user agent, unless one is chosen for this run."""
        super().update_settings(settings)
        if contact := settings["DOCSHELF_CONTACT"]:
            agent = f"{settings['USER_AGENT']} (+{contact})"
            settings.set("USER_AGENT", agent, priority="spider")

    async def start(self) -> AsyncIterator[Request]:
        """Yield what is asked besides the pages of the frontier: the captures of a source."""
        if self.arguments.source is not None:
            async for request in self._captured(self.arguments.source):
                yield request

    def starts(self) -> Iterator[Found]:
        """Yield the places that the crawl starts at, in an order that never changes."""
        if self.arguments.source is None:
            yield from map(self.discovery.seed, self._starts())

    async def parse(
        self, response: Response, *, alone: bool = False
    ) -> AsyncIterator[RawDocument | Links]:
        """Yield the links of *response*, then its document, if it is the page of one.

        A page that is *alone* is not followed.
        """
        request = response.request
        asked = asked_address(request) if request else response.url
        depth = response.meta.get("depth", 0) if request else 0
        location = response.headers.get("Location")
        target = redirect_target(response.url, response.status, location)
        if target is not None and self.is_link(asked, target):
            self.quota.give_back(asked)
            self._stats.inc_value(FOLLOWED)
            self._tell(request, Taken("redirect"), response)
            yield Links(self.discovery.target(target, depth))
            return
        try:
            taken = await self._take(response, asked, depth, alone=alone)
        except NoReaderError as error:
            if self.frontier is None or request is None:
                raise
            self.frontier.give_back(request)
            self.frontier.fail(error)
            return
        finally:
            self.quota.give_back(asked)
        self._tell(request, taken, response)
        is_full = self.quota.is_full
        self._count(taken, asked)
        yield Links(taken.found)
        if taken.document is not None and not is_full:
            yield taken.document
        if self.quota.is_full and not is_full:
            raise CloseSpider("limit")

    def is_link(self, asked: str, target: str) -> bool:
        """Tell whether a redirect from *asked* to *target* leads from another page to a document's.

        That is no other answer to what was asked, but a link.
        """
        return self.doc_id(asked) is None and self.doc_id(target) is not None

    def doc_id(self, url: str) -> str | None:
        """Return the ID of the document whose address *url* is, ``None`` if it is no document's."""
        return self.page.url_template.doc_id(url)

    def fail(self, failure: Failure) -> None:
        """Count a page that could not be fetched."""
        error = failure.value
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy adds it
        self.quota.give_back(asked_address(request))
        if error is None or isinstance(error, Postponed):
            if self.frontier is not None:
                self.frontier.postpone(request, error if isinstance(error, Later) else None)
            return
        reason = reason_of(error)
        self._tell(request, Taken(reason))
        if self.frontier is not None:
            self.frontier.give_up(request)
        if reason == UNKNOWN:
            logger.warning("%s: %r", request.url, error)
        count_refused(self._stats, reason, asked_address(request))

    def count_bug(self, response: Response | Failure | None) -> None:
        """Count an exception in our own code, which Scrapy has logged."""
        request = getattr(response, "request", None)
        count_refused(self._stats, BUG, asked_address(request) if request else self.name)

    @property
    def _stats(self) -> StatsCollector:
        return self.crawler.stats

    @property
    def _front(self) -> str:
        return self.start_urls[0] if self.start_urls else ""

    def _tell(
        self, request: Request | None, taken: Taken, response: Response | None = None
    ) -> None:
        if self.frontier is not None and request is not None:
            self.frontier.settle(request, taken, response)

    def _is_read_first(self, asked: str) -> bool:
        """Tell whether the document at *asked* counts: a source may have several captures of it."""
        if self.arguments.source is None:
            return True
        key = self.doc_id(asked) or asked
        is_new = key not in self._read
        self._read.add(key)
        return is_new

    async def _turn(self) -> None:
        """Wait until another request can be sent."""
        if self.crawler.engine.needs_backout():
            await self.crawler.signals.wait_for(signals.scheduler_empty)

    async def _captured(self, source: SourceForm) -> AsyncIterator[Request]:
        """Yield a request for each capture of *source*; nothing is followed from there."""
        wanted = Wanted(self.page.url_template, self.arguments.ids)
        listing = Listing(self.crawler, source, wanted)
        with suppress(Postponed):  # the crawl is ending
            async for capture in listing.captures():
                await self._turn()
                meta: dict[str, Any] = {CAPTURE: capture}
                if capture.asked:
                    meta["redirect_urls"] = [capture.asked]
                yield Request(capture.url, errback=self.fail, cb_kwargs={"alone": True}, meta=meta)

    def _starts(self) -> Iterator[str]:
        """Yield the addresses to start at."""
        told = self.arguments
        if told.ids is not None:
            yield from (self._address(doc_id) for doc_id in told.ids)
            return
        front, urls = self._front, told.urls or ([told.url] if told.url else self.start_urls)
        if told.query is not None:
            urls = [urljoin(front, self.search_url.replace("{query}", quote(told.query, safe="")))]
        elif told.category is not None:
            urls = [urljoin(front, self.category_url.replace("{category}", told.category))]
        elif told.sitemap is not None:
            urls = [told.sitemap]
        yield from urls

    def _address(self, doc_id: str) -> str:
        """Return the document's address, at the scheme and host that the crawl was told."""
        url = self.page.url_template.format(doc_id)
        if self.arguments.url is None:
            return url
        told = urlsplit(self.arguments.url)
        return urlsplit(url)._replace(scheme=told.scheme, netloc=told.netloc).geturl()

    async def _take(self, response: Response, asked: str, depth: int, *, alone: bool) -> Taken:
        verdict = head_verdict(response.status, truncated="dataloss" in response.flags)
        if verdict is not None:
            return Taken(verdict)
        captured_at = response.meta.get(CAPTURED_AT) if response.request else None
        page = RawPage(
            asked=asked,
            landed=response.url,
            content_type=_content_type(response),
            body=response.body,
            captured_at=captured_at or datetime.now(UTC),
            depth=depth,
            alone=alone,
        )
        return await self.read(page)

    def _count(self, taken: Taken, asked: str) -> None:
        if taken.document is not None:
            if self._is_read_first(asked):
                self.quota.read += 1
                self._stats.inc_value(READ)
                if taken.is_unknown_layout:
                    self._stats.inc_value(UNKNOWN_LAYOUT)
        elif taken.verdict == LIST:
            self._stats.inc_value(FOLLOWED)
        elif taken.verdict == NOT_MODIFIED and self.doc_id(asked) is not None:
            self.quota.read += 1
            self._stats.inc_value(UNCHANGED)
        elif taken.verdict == NOT_MODIFIED:
            self._stats.inc_value(FOLLOWED)
        else:
            if taken.problem:
                logger.info("%s", taken.problem)
            count_refused(self._stats, taken.verdict, asked)


def asked_address(request: Request) -> str:
    """Return the address that was asked for, before redirects."""
    urls: list[str] = request.meta.get("redirect_urls") or [request.url]
    return urls[0]


def _content_type(response: Response) -> str:
    return (response.headers.get("Content-Type") or b"").decode("latin-1")
