"""To ask a source what it has, with all that holds for asking a site but its robots.txt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from scrapy import Request
from scrapy.http.request import NO_CALLBACK

from crawler.fetching.refusals import FETCH_ERRORS, Refusal, reason_of
from crawler.fetching.sources.captures import AS_IT_CAME, OF_SOURCE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scrapy.crawler import Crawler
    from scrapy.http import Response

_MOST_BYTES: Final = 256 * 1024 * 1024
"""The largest answer of a source: an index without pages lists a whole site at once."""


class Asker:
    """Asks through the engine, so that delays, retries, limits and proxies are those of a crawl.

    A source is named by the user, and asked as an interface for machines: no robots.txt.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    async def ask(
        self, url: str, *, headers: Mapping[str, str] | None = None, as_it_came: bool = False
    ) -> Response:
        """Return the answer at *url*, whatever its status; *as_it_came*: not unpacked.

        Raise ``Refusal`` if none comes, ``Postponed`` if the crawl is ending.
        """
        meta: dict[str, Any] = {
            OF_SOURCE: True,
            "dont_obey_robotstxt": True,
            "allow_offsite": True,
            "download_maxsize": _MOST_BYTES,
        }
        if as_it_came:
            meta[AS_IT_CAME] = True
        request = Request(url, callback=NO_CALLBACK, headers=dict(headers or {}), meta=meta)
        try:
            return await self._crawler.engine.download_async(request)
        except FETCH_ERRORS as error:
            raise Refusal(reason_of(error)) from error
