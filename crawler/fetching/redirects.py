"""Redirects, within the site."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crawler.fetching.refusals import Refusal
from crawler.fetching.sources.captures import is_captured
from crawler.fetching.spider import DocumentSpider
from crawler.reading.links import redirect_target

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

_OF_ONE_HOST: Final = frozenset({"proxy", "_scheme_proxy", "_auth_proxy", "download_slot"})
"""What Scrapy notes of a request's host, which a redirect may change."""


class SiteRedirectMiddleware:
    """Follow redirects within the site, ``REDIRECT_MAX_TIMES`` at most.

    Scrapy's own drops a redirect to another site without a word; here each has its reason. One
    from any other page to a document's is left to the spider: it is a link, and may be known.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._most = crawler.settings.getint("REDIRECT_MAX_TIMES")
        self._rise = crawler.settings.getint("REDIRECT_PRIORITY_ADJUST")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the middleware of *crawler*."""
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """Return *response*, or the request that it redirects to."""
        if is_captured(request, response):
            return response
        url = redirect_target(request.url, response.status, response.headers.get("Location"))
        if url is None:
            return response
        seen = [*request.meta.get("redirect_urls", []), request.url]
        if url in seen or len(seen) > self._most:
            raise Refusal("redirect_loop")
        if not self._allows(url, request):
            raise Refusal("offsite")
        spider = self._crawler.spider
        if isinstance(spider, DocumentSpider) and spider.is_link(seen[0], url):
            return response
        meta = {key: value for key, value in request.meta.items() if key not in _OF_ONE_HOST}
        again = request.replace(
            url=url, priority=request.priority + self._rise, meta=meta | {"redirect_urls": seen}
        )
        again.headers.pop("Proxy-Authorization", None)
        return again

    def _allows(self, url: str, request: Request) -> bool:
        """Tell whether a redirect of *request* may lead to *url*."""
        if request.meta.get("dont_obey_robotstxt"):  # a host may keep its robots.txt elsewhere
            return url.startswith(("http://", "https://"))
        spider = self._crawler.spider
        return isinstance(spider, DocumentSpider) and spider.page.url_template.on_site(url)
