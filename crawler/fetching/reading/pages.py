"""What is read of a page, and what a crawl is told of it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from crawler.reading.judging import read_answer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from crawler.fetching.discovery import Discovery
    from crawler.fetching.spider import DocumentSpider
    from crawler.items import RawDocument
    from crawler.storage.pages import Found


class RawPage(NamedTuple):
    """A whole answer of status 200, its content encoding undone, and what it answers."""

    asked: str
    """The address that was asked first."""
    landed: str
    """The address that answered."""
    content_type: str
    body: bytes
    captured_at: datetime
    depth: int
    """How many links it is away from a place to start at."""
    alone: bool
    """Whether nothing is followed from there."""


class Taken(NamedTuple):
    """What an answer was taken for, and what came of it."""

    verdict: str
    """``document``, ``list``, or the reason for which it is neither."""
    document: RawDocument | None = None
    found: Sequence[Found] = ()
    """What the page leads to."""
    is_unknown_layout: bool = False
    """Whether the site's class did not recognise the page, and the generic one read it."""
    problem: str = ""
    """Why it is no document, if its address is a document's."""


class PageReader:
    """Reads the pages of one crawl; as a value, it can be sent to another process."""

    def __init__(
        self, spider: type[DocumentSpider], given: Mapping[str, str], discovery: Discovery
    ) -> None:
        """*given* is what the crawl of *spider* was told, *discovery* finds what pages lead to."""
        self._spider = spider
        self._given = given
        self._discovery = discovery

    def __reduce__(self) -> tuple[Any, ...]:
        # A spider that is bound to a host is made anew there: it is in no module.
        place = self._spider.__module__, self._spider.__name__
        return _remade, (*place, dict(self._given), self._discovery)

    async def read_here(self, page: RawPage) -> Taken:
        """Return what *page* is taken for, read at once in this process."""
        return self.read(page)

    def read(self, page: RawPage) -> Taken:
        """Return what *page* is taken for."""
        reading = read_answer(
            self._spider.page,
            asked=page.asked,
            landed=page.landed,
            content_type=page.content_type,
            body=page.body,
            captured_at=page.captured_at,
        )
        return Taken(
            reading.verdict,
            reading.document,
            self._discovery.links(reading, page.depth, alone=page.alone),
            reading.is_unknown_layout,
            "" if reading.error is None else str(reading.error),
        )


def _remade(module: str, name: str, given: Mapping[str, str], discovery: Discovery) -> PageReader:
    spider: type[DocumentSpider] = getattr(import_module(module), name)
    return PageReader(spider.bound(given), given, discovery)
