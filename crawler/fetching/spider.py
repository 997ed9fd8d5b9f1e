"""What every spider does: follow a site's links, and read the pages that are about documents."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from functools import lru_cache, partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar, Final
from urllib.parse import urlsplit

from scrapy import Request, Spider, signals
from scrapy.exceptions import CloseSpider

from crawler.errors import (
    GonePageError,
    LoginPageError,
    NotADocumentError,
    PageError,
    WrongPageError,
)
from crawler.fetching.arguments import parse_arguments
from crawler.fetching.links import follow, is_login
from crawler.fetching.outcome import BUG, FOLLOWED, READ, count_refused
from crawler.fetching.refusals import UNKNOWN, Postponed, reason_of
from crawler.reading import notices

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator
    from typing import Self

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.settings import BaseSettings
    from scrapy.statscollectors import StatsCollector
    from twisted.python.failure import Failure

    from crawler.items import RawDocument
    from crawler.reading.page import DocumentPage

logger = logging.getLogger(__name__)

NO_LINKS: Final = "no_links"
"""The reason of a list that leads to no page of the site."""
_PAGE_TYPES: Final = frozenset({"", "text/html", "application/xhtml+xml", "text/plain"})
_KNOWN_LINKS: Final = 1 << 16
"""How many links are remembered for what they are: navigation comes on every page."""


class DocumentSpider(Spider):
    """Crawl one site, and yield the documents that its pages are about.

    A subclass names its ``page`` class and ``start_urls``. What a crawl may be told is in
    ``crawler.fetching.arguments``; what became of its pages is counted in the stats, as
    ``crawler.fetching.outcome`` says.
    """

    page: ClassVar[type[DocumentPage]]

    def __init__(self, name: str | None = None, **given: str) -> None:
        super().__init__(name)
        template = self.page.url_template
        self.arguments = parse_arguments(given, template)
        self.allowed_domains = sorted(template.hosts)
        self._follow = lru_cache(_KNOWN_LINKS)(partial(follow, template=template))
        self._seen: set[str] = set()
        self._read = 0

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
        for url in self._starts():
            if self.crawler.engine.needs_backout():
                await self.crawler.signals.wait_for(signals.scheduler_empty)
            is_document = self.page.url_template.doc_id(url) is not None
            yield Request(url, errback=self.fail, cb_kwargs={"alone": is_document})

    def parse(self, response: Response, *, alone: bool = False) -> Iterator[RawDocument | Request]:
        """Yield the links of *response*, then its document, if it is the page of one.

        A page that is *alone* is not followed.
        """
        if self._is_full():
            return
        asked = _asked(response.request) if response.request else response.url
        if reason := _fault(response):
            count_refused(self._stats, reason, asked)
            return
        here = self._page(response.url, response)
        links = [] if alone else self._links(here, response.meta.get("depth", 0))
        if self._doc_id(asked) is not None:
            yield from links
            page = here if asked == response.url else self._page(asked, response)
            yield from self._document(page, response.url)
        elif self._doc_id(here.url) is not None and self._is_new(here.url, asked):
            yield from links
            yield from self._document(here, here.url)
        else:
            yield from self._list(here, asked, links)

    def fail(self, failure: Failure) -> None:
        """Count a page that could not be fetched."""
        error = failure.value
        if error is None or isinstance(error, Postponed):
            return
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy adds it
        reason = reason_of(error)
        if reason == UNKNOWN:
            logger.warning("%s: %r", request.url, error)
        count_refused(self._stats, reason, _asked(request))

    def count_bug(self, response: Response | Failure | None) -> None:
        """Count an exception in our own code, which Scrapy has logged."""
        request = getattr(response, "request", None)
        count_refused(self._stats, BUG, _asked(request) if request else self.name)

    @property
    def _stats(self) -> StatsCollector:
        return self.crawler.stats

    def _doc_id(self, url: str) -> str | None:
        return self.page.url_template.doc_id(url)

    def _is_full(self) -> bool:
        return self.arguments.limit is not None and self._read >= self.arguments.limit

    def _is_new(self, *urls: str) -> bool:
        """Tell whether the first of *urls* was not seen yet; from now on, they all are."""
        keys = [link.key if (link := self._follow(url)) else url for url in urls]
        is_new = keys[0] not in self._seen
        self._seen.update(keys)
        return is_new

    def _starts(self) -> Iterator[str]:
        """Yield the addresses to start at, each page once."""
        told = self.arguments
        if told.ids is not None:
            # Not noted as seen: nothing is followed, and a long range would fill the memory.
            yield from (self._address(doc_id) for doc_id in told.ids)
            return
        urls = told.urls or ([told.url] if told.url else self.start_urls)
        yield from (url for url in urls if self._is_new(url))

    def _address(self, doc_id: str) -> str:
        """Return the document's address, at the scheme and host that the crawl was told."""
        url = self.page.url_template.format(doc_id)
        if self.arguments.url is None:
            return url
        told = urlsplit(self.arguments.url)
        return urlsplit(url)._replace(scheme=told.scheme, netloc=told.netloc).geturl()

    def _page(self, url: str, response: Response) -> DocumentPage:
        return self.page(
            url,
            response.body,
            content_type=_content_type(response),
            fetched_at=datetime.now(UTC),
        )

    def _links(self, page: DocumentPage, depth: int) -> Iterator[Request]:
        """Yield a request for each page that *page*, at *depth*, leads to for the first time."""
        deepest = self.arguments.depth
        if deepest is not None and depth >= deepest:
            return
        for url in page.links():
            link = self._follow(url)
            if link is None or link.key in self._seen:
                continue
            self._seen.add(link.key)
            # Documents first, which keeps the queue short; but a limit on the depth counts the
            # shortest way to a page, so there nothing overtakes what is nearer.
            priority = int(link.is_document) - (0 if deepest is None else 2 * depth)
            yield Request(url, errback=self.fail, priority=priority)

    def _list(self, page: DocumentPage, asked: str, links: Iterable[Request]) -> Iterator[Request]:
        """Yield *links*, those of the list at *page*; say why, if it leads nowhere."""
        self._is_new(page.url, asked)
        is_empty = True
        for request in links:
            is_empty = False
            yield request
        if is_empty and (reason := self._emptiness(page)):
            count_refused(self._stats, reason, asked)
        else:
            self._stats.inc_value(FOLLOWED)

    def _emptiness(self, page: DocumentPage) -> str | None:
        """Return why *page*, a list that leads nowhere new, is none; ``None`` if it is one."""
        try:
            notices.check_body(page)
            notices.check(page)
        except PageError as error:
            return error.reason
        return None if any(map(self._follow, page.links())) else NO_LINKS

    def _document(self, page: DocumentPage, landed: str) -> Iterator[RawDocument]:
        """Yield the document of *page*, whose answer came from the address *landed*."""
        try:
            self._check_landing(page.url, landed)
            document = page.document()
        except PageError as error:
            logger.info("%s", error)
            count_refused(self._stats, error.reason, page.url)
            return
        if self._is_full():
            return
        self._read += 1
        self._stats.inc_value(READ)
        yield document
        if self._is_full():
            raise CloseSpider("limit")

    def _check_landing(self, asked: str, landed: str) -> None:
        """Raise a ``PageError`` if the document at *asked* cannot be at *landed*."""
        if asked == landed:
            return
        doc_id = self._doc_id(landed)
        if doc_id not in {None, self._doc_id(asked)}:
            raise WrongPageError(asked, f"redirected to document {doc_id}")
        if is_login(landed):
            raise LoginPageError(asked, f"redirected to {landed}")
        if urlsplit(landed).path in {"", "/"}:
            raise NotADocumentError(asked, "redirected to the front page")


def _asked(request: Request) -> str:
    """Return the address that was asked for, before redirects."""
    urls: list[str] = request.meta.get("redirect_urls") or [request.url]
    return urls[0]


def _fault(response: Response) -> str | None:
    """Return why *response* is no page at all, or ``None`` if it may be one."""
    if response.status == HTTPStatus.GONE:
        return GonePageError.reason
    if response.status != HTTPStatus.OK:
        return f"http_{response.status}"
    if not response.body:
        return "empty"
    if _content_type(response).partition(";")[0].strip().lower() not in _PAGE_TYPES:
        return "not_html"
    return None


def _content_type(response: Response) -> str:
    return (response.headers.get("Content-Type") or b"").decode("latin-1")
