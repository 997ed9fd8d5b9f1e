"""What every spider does: follow a site's links, and read the pages that are about documents."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote, urljoin, urlsplit

from scrapy import Request, Spider, signals
from scrapy.exceptions import CloseSpider

from crawler.fetching.arguments import parse_arguments
from crawler.fetching.download import CAPTURED_AT
from crawler.fetching.outcome import BUG, FOLLOWED, READ, UNKNOWN_LAYOUT, count_refused
from crawler.fetching.quota import Quota
from crawler.fetching.refusals import UNKNOWN, Postponed, reason_of
from crawler.fetching.sources.captures import CAPTURE, Wanted
from crawler.fetching.sources.frontier import Frontier
from crawler.reading.judging import LIST, Reading, head_verdict, read_answer
from crawler.reading.links import Link, follow, is_download, is_own, redirect_target, result_page

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
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
    from crawler.reading.sitemaps import Sitemap

logger = logging.getLogger(__name__)


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
        self.arguments = self.told(given)
        self.allowed_domains = sorted(self.page.url_template.hosts)
        self._seen: set[str] = set()
        self.quota = Quota(self.arguments.limit)
        self.on_read: Callable[[Request, Reading], None] = lambda _request, _reading: None
        """What is told what an answer was taken for, before anything is yielded of it."""

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
        """Yield the requests that the crawl begins with, no faster than they can be sent."""
        if self.arguments.source is not None:
            async for request in self._captured(self.arguments.source):
                yield request
            return
        for url in self._starts():
            await self._turn()
            is_document = self.page.url_template.doc_id(url) is not None
            yield Request(url, errback=self.fail, cb_kwargs={"alone": is_document})

    def parse(self, response: Response, *, alone: bool = False) -> Iterator[RawDocument | Request]:
        """Yield the links of *response*, then its document, if it is the page of one.

        A page that is *alone* is not followed.
        """
        asked = asked_address(response.request) if response.request else response.url
        was_full = self.quota.is_full
        self.quota.give_back(asked)
        location = response.headers.get("Location")
        target = redirect_target(response.url, response.status, location)
        if target is not None and self.is_link(asked, target):
            self._stats.inc_value(FOLLOWED)
            if self._is_new(target, asked):
                yield Request(target, errback=self.fail)
            return
        reading = self._read_answer(response, asked)
        self._count(reading, asked)
        if was_full:
            return
        if reading.sitemap is not None:
            yield from self._listed(reading.sitemap, response.meta.get("depth", 0))
        if reading.page is None:
            return
        if self._doc_id(asked) is None:
            self._is_new(response.url, asked)
        if not alone:
            yield from self._links(reading.page, response.meta.get("depth", 0))
        if reading.document is not None:
            yield reading.document
            if self.quota.is_full:
                raise CloseSpider("limit")

    def is_link(self, asked: str, target: str) -> bool:
        """Tell whether a redirect from *asked* to *target* leads from another page to a document's.

        That is no other answer to what was asked, but a link.
        """
        return self._doc_id(asked) is None and self._doc_id(target) is not None

    def fail(self, failure: Failure) -> None:
        """Count a page that could not be fetched."""
        error = failure.value
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy adds it
        self.quota.give_back(asked_address(request))
        if error is None or isinstance(error, Postponed):
            return
        reason = reason_of(error)
        self.on_read(request, Reading(verdict=reason))
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

    def _doc_id(self, url: str) -> str | None:
        return self.page.url_template.doc_id(url)

    def _follow(self, url: str) -> Link | None:
        link = follow(url, self.page.url_template)
        if link is None and self.arguments.query is not None:
            search_url = urljoin(self.start_urls[0], self.search_url)
            return result_page(url, search_url, self.arguments.query, self.page.url_template)
        return link

    def _is_new(self, *urls: str) -> bool:
        """Tell whether the first of *urls* was not seen yet; from now on, they all are."""
        keys = [link.key if (link := self._follow(url)) else url for url in urls]
        is_new = keys[0] not in self._seen
        self._seen.update(keys)
        return is_new

    def _is_read_first(self, asked: str) -> bool:
        """Tell whether the document at *asked* counts: a source may have several captures of it."""
        return self.arguments.source is None or self._is_new(asked)

    async def _turn(self) -> None:
        """Wait until another request can be sent."""
        if self.crawler.engine.needs_backout():
            await self.crawler.signals.wait_for(signals.scheduler_empty)

    async def _captured(self, source: SourceForm) -> AsyncIterator[Request]:
        """Yield a request for each capture of *source*; nothing is followed from there."""
        wanted = Wanted(self.page.url_template, self.arguments.ids)
        frontier = Frontier(self.crawler, source, wanted)
        with suppress(Postponed):  # the crawl is ending
            async for capture in frontier.captures():
                await self._turn()
                meta: dict[str, Any] = {CAPTURE: capture}
                if capture.asked:
                    meta["redirect_urls"] = [capture.asked]
                yield Request(capture.url, errback=self.fail, cb_kwargs={"alone": True}, meta=meta)

    def _starts(self) -> Iterator[str]:
        """Yield the addresses to start at, each page once."""
        told = self.arguments
        if told.ids is not None:
            # Not noted as seen: nothing is followed, and a long range would fill the memory.
            yield from (self._address(doc_id) for doc_id in told.ids)
            return
        front, urls = self.start_urls[0], told.urls or ([told.url] if told.url else self.start_urls)
        if told.query is not None:
            urls = [urljoin(front, self.search_url.replace("{query}", quote(told.query, safe="")))]
        elif told.category is not None:
            urls = [urljoin(front, self.category_url.replace("{category}", told.category))]
        elif told.sitemap is not None:
            urls = [told.sitemap]
        yield from (url for url in urls if self._is_new(url))

    def _address(self, doc_id: str) -> str:
        """Return the document's address, at the scheme and host that the crawl was told."""
        url = self.page.url_template.format(doc_id)
        if self.arguments.url is None:
            return url
        told = urlsplit(self.arguments.url)
        return urlsplit(url)._replace(scheme=told.scheme, netloc=told.netloc).geturl()

    def _read_answer(self, response: Response, asked: str) -> Reading:
        verdict = head_verdict(response.status, truncated="dataloss" in response.flags)
        if verdict is not None:
            reading = Reading(verdict=verdict)
        else:
            reading = self._read_page(response, asked)
        if response.request:
            self.on_read(response.request, reading)
        return reading

    def _read_page(self, response: Response, asked: str) -> Reading:
        captured_at = response.meta.get(CAPTURED_AT) if response.request else None
        return read_answer(
            self.page,
            asked=asked,
            landed=response.url,
            content_type=_content_type(response),
            body=response.body,
            captured_at=captured_at or datetime.now(UTC),
        )

    def _count(self, reading: Reading, asked: str) -> None:
        if reading.document is not None:
            if self._is_read_first(asked):
                self.quota.read += 1
                self._stats.inc_value(READ)
                if reading.is_unknown_layout:
                    self._stats.inc_value(UNKNOWN_LAYOUT)
        elif reading.verdict == LIST:
            self._stats.inc_value(FOLLOWED)
        else:
            if reading.error is not None:
                logger.info("%s", reading.error)
            count_refused(self._stats, reading.verdict, asked)

    def _listed(self, sitemap: Sitemap, depth: int) -> Iterator[Request]:
        """Yield a request for each page or sitemap that *sitemap*, found at *depth*, lists."""
        if not sitemap.is_index:
            yield from self._requests(sitemap.urls, depth)
            return
        for url in sitemap.urls:
            if is_own(url, self.page.url_template) and self._is_new(url):
                yield Request(url, errback=self.fail)

    def _links(self, page: DocumentPage, depth: int) -> Iterator[Request]:
        """Yield a request for each page that *page*, at *depth*, leads to for the first time."""
        return self._requests(page.links(), depth)

    def _requests(self, urls: Iterable[str], depth: int) -> Iterator[Request]:
        """Yield a request for each of *urls*, found at *depth*, that is followed and new."""
        deepest = self.arguments.depth
        if deepest is not None and depth >= deepest:
            return
        found: dict[str, tuple[str, Link]] = {}
        for url in urls:
            link = self._follow(url)
            if link is None or link.key in self._seen:
                continue
            known = found.get(link.key)
            if known is None or (is_download(known[0]) and not is_download(url)):
                found[link.key] = (url, link)
        self._seen.update(found)
        for url, link in found.values():
            # Documents first, which keeps the queue short; but a limit on the depth counts the
            # shortest way to a page, so there nothing overtakes what is nearer.
            priority = int(link.is_document) - (0 if deepest is None else 2 * depth)
            yield Request(url, errback=self.fail, priority=priority)


def asked_address(request: Request) -> str:
    """Return the address that was asked for, before redirects."""
    urls: list[str] = request.meta.get("redirect_urls") or [request.url]
    return urls[0]


def _content_type(response: Response) -> str:
    return (response.headers.get("Content-Type") or b"").decode("latin-1")
