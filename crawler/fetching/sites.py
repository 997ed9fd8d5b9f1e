"""The sites of this project, found as Scrapy finds spiders."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from scrapy.spiderloader import get_spider_loader

from crawler.errors import UsageError
from crawler.fetching.spider import DocumentSpider
from crawler.reading.generic import NAME, GenericPage

if TYPE_CHECKING:
    from urllib.parse import SplitResult

    from scrapy.settings import BaseSettings

    from crawler.reading.page import DocumentPage


def sites(settings: BaseSettings) -> dict[str, type[DocumentSpider]]:
    """Return the sites' spiders by the sites' names, in order; that of any site is none."""
    loader = get_spider_loader(settings)
    spiders = ((name, loader.load(name)) for name in sorted(loader.list()) if name != NAME)
    return {name: spider for name, spider in spiders if issubclass(spider, DocumentSpider)}


def site(name: str, settings: BaseSettings) -> type[DocumentSpider]:
    """Return the spider of the site *name*. Raise ``UsageError`` if there is none."""
    known = sites(settings)
    if name == NAME:
        spider = get_spider_loader(settings).load(NAME)
        return cast("type[DocumentSpider]", spider)
    if name not in known:
        if not name:
            raise UsageError(f"name a site: there are {', '.join(known)}")
        close = difflib.get_close_matches(name, known, n=1)
        hint = f"; did you mean {close[0]}?" if close else ""
        raise UsageError(f"unknown site {name!r}: there are {', '.join(known)}{hint}")
    return known[name]


def owner(url: str, settings: BaseSettings) -> type[DocumentSpider]:
    """Return the spider of the site that *url* is on.

    Raise ``UsageError`` if *url* is no http or https address, or no site's.
    """
    _checked(url)
    known = sites(settings)
    for spider in known.values():
        if spider.page.url_template.on_site(url):
            return spider
    raise UsageError(f"no site owns {url}: there are {', '.join(known)}")


def reader(url: str, settings: BaseSettings) -> type[DocumentPage]:
    """Return the class that reads the page at *url*: its site's, or the generic one.

    Raise ``UsageError`` if *url* is no http or https address.
    """
    parts = _checked(url)
    spiders = sites(settings).values()
    own = (spider.page for spider in spiders if spider.page.url_template.on_site(url))
    return next(own, None) or GenericPage.at(f"{parts.scheme}://{parts.netloc}/")


def _checked(url: str) -> SplitResult:
    """Return the parts of *url*. Raise ``UsageError`` if it is no http or https address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise UsageError(f"{url!r} is no http or https address")
    return parts
