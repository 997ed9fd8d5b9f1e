"""The sites of this project, found as Scrapy finds spiders."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy.spiderloader import get_spider_loader

from crawler.errors import UsageError
from crawler.fetching.spider import DocumentSpider

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings


def sites(settings: BaseSettings) -> dict[str, type[DocumentSpider]]:
    """Return the sites' spiders by the sites' names, in order."""
    loader = get_spider_loader(settings)
    spiders = ((name, loader.load(name)) for name in sorted(loader.list()))
    return {name: spider for name, spider in spiders if issubclass(spider, DocumentSpider)}


def site(name: str, settings: BaseSettings) -> type[DocumentSpider]:
    """Return the spider of the site *name*. Raise ``UsageError`` if there is none."""
    known = sites(settings)
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
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise UsageError(f"{url!r} is no http or https address")
    known = sites(settings)
    for spider in known.values():
        if spider.page.url_template.on_site(url):
            return spider
    raise UsageError(f"no site owns {url}: there are {', '.join(known)}")
