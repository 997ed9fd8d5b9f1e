"""Answers with their bodies as they were before they were compressed for the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.exceptions import NotConfigured
from scrapy.responsetypes import responsetypes

from crawler.fetching.refusals import Refusal
from crawler.fetching.sources.captures import AS_IT_CAME
from crawler.reading.codings import CodingError, decode_body, names_of

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response


class DecodingMiddleware:
    """Ask for compressed bodies, and decompress them.

    Scrapy's own keeps what it can of a body that was cut short, which would then replace the
    whole page of an earlier crawl. Here a body that is broken, or has no end, is refused as
    ``bad_encoding``, and one of more than ``DOWNLOAD_MAXSIZE`` bytes as ``too_large``. A
    body in another encoding is left as it came.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the middleware of *crawler*."""
        if not crawler.settings.getbool("COMPRESSION_ENABLED"):
            raise NotConfigured
        return cls(crawler.settings.getint("DOWNLOAD_MAXSIZE"))

    def process_request(self, request: Request) -> None:
        """Ask for a compressed body."""
        request.headers.setdefault("Accept-Encoding", "gzip, deflate, br")

    def process_response(self, request: Request, response: Response) -> Response:
        """Return *response* with its body decompressed. Raise ``Refusal`` if it cannot be."""
        codings = names_of(response.headers.getlist("Content-Encoding"))
        if not codings or not response.body or AS_IT_CAME in request.meta:
            return response
        max_bytes = request.meta.get("download_maxsize", self._max_bytes)
        try:
            body, codings = decode_body(response.body, codings, max_bytes)
        except CodingError as error:
            raise Refusal(error.reason) from error
        headers = response.headers.copy()
        if codings:
            headers["Content-Encoding"] = ", ".join(codings)
        else:
            headers.pop("Content-Encoding")
        kind = responsetypes.from_args(headers=headers, url=response.url, body=body)
        return response.replace(cls=kind, headers=headers, body=body)
