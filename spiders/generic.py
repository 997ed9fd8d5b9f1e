"""Any site that no other module here is about: its pages are read without knowledge of it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.errors import UsageError
from crawler.fetching.spider import DocumentSpider
from crawler.reading.generic import GenericPage

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    from crawler.fetching.arguments import Arguments


class GenericSpider(DocumentSpider):
    """A document's page, or the pages of a whole site, from the address that it is told."""

    page = GenericPage
    name = page.site
    start_urls: list[str] = []

    @classmethod
    def bound(cls, given: Mapping[str, str]) -> type[Self]:
        """Return the spider of the site that the argument *url* is on."""
        url = given.get("url", "").strip()
        try:
            parts = urlsplit(url)
        except ValueError:
            parts = urlsplit("")
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise UsageError("argument url: give the http or https address to begin at")
        if "ids" in given:
            raise UsageError("argument ids: the addresses of the site's documents are not known")
        page = GenericPage.at(f"{parts.scheme}://{parts.netloc}/")
        front = f"{parts.scheme}://{parts.netloc}/"
        names = {"page": page, "name": page.site, "start_urls": [front]}
        return type(cls.__name__, (cls,), {**names, "__module__": cls.__module__})

    @classmethod
    def told(cls, given: Mapping[str, str]) -> Arguments:
        """Return what *given* tells a crawl. Raise ``UsageError`` if it names no site."""
        if cls.page is GenericPage:
            cls.bound(given)
        return super().told(given)
