"""Bodies as they were before they were compressed for the way."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final

import brotli  # type: ignore[import-untyped]  # it has no types
from scrapy.exceptions import NotConfigured
from scrapy.responsetypes import responsetypes

from crawler.fetching.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

_CHUNK: Final = 1 << 16
_ANY_HEAD: Final = zlib.MAX_WBITS | 32
"""Gzip or zlib, whatever the header calls it: servers mix the two up."""


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

    def process_response(self, request: Request, response: Response) -> Response:  # noqa: ARG002  # Scrapy's signature
        """Return *response* with its body decompressed. Raise ``Refusal`` if it cannot be."""
        encodings = _encodings(response)
        if not encodings or not response.body:
            return response
        body = response.body
        while encodings and encodings[-1] in _DECODERS:
            body = decode(body, encodings.pop(), self._max_bytes)
        headers = response.headers.copy()
        if encodings:
            headers["Content-Encoding"] = ", ".join(encodings)
        else:
            headers.pop("Content-Encoding")
        kind = responsetypes.from_args(headers=headers, url=response.url, body=body)
        return response.replace(cls=kind, headers=headers, body=body)


def decode(body: bytes, encoding: str, max_bytes: int) -> bytes:
    """Return *body* without its *encoding*: gzip, x-gzip, deflate or br.

    Raise ``Refusal`` if it is broken or incomplete, or has more than *max_bytes* (0: no limit).
    """
    try:
        return _DECODERS[encoding](body, max_bytes)
    except (zlib.error, brotli.error) as error:
        raise Refusal("bad_encoding") from error


def _inflate(body: bytes, max_bytes: int) -> bytes:
    try:
        return _inflate_as(_ANY_HEAD, body, max_bytes)
    except zlib.error:
        # Old Microsoft servers send deflate without a head.
        return _inflate_as(-zlib.MAX_WBITS, body, max_bytes)


def _gunzip(body: bytes, max_bytes: int) -> bytes:
    return _inflate_as(_ANY_HEAD, body, max_bytes)


def _inflate_as(form: int, body: bytes, max_bytes: int) -> bytes:
    found = bytearray()
    is_first = True
    # A gzip file may have several members; what else follows the first is rubbish.
    while is_first or body.startswith(b"\x1f\x8b"):
        is_first = False
        stream = zlib.decompressobj(form)
        while not stream.eof:
            found += stream.decompress(body, _CHUNK)
            _check_size(found, max_bytes)
            if not stream.eof and not stream.unconsumed_tail:
                found += stream.flush()
                break
            body = stream.unconsumed_tail
        if not stream.eof:
            raise Refusal("bad_encoding")
        body = stream.unused_data
    return bytes(found)


def _unbrotli(body: bytes, max_bytes: int) -> bytes:
    stream = brotli.Decompressor()
    found = bytearray(stream.process(body, output_buffer_limit=_CHUNK))
    while not stream.is_finished():
        _check_size(found, max_bytes)
        more = stream.process(b"", output_buffer_limit=_CHUNK)
        if not more:
            raise Refusal("bad_encoding")
        found += more
    return bytes(found)


def _check_size(found: bytearray, max_bytes: int) -> None:
    if 0 < max_bytes < len(found):
        raise Refusal("too_large")


def _encodings(response: Response) -> list[str]:
    """Return the names of the encodings of *response*, in the order in which they were applied."""
    joined = b",".join(response.headers.getlist("Content-Encoding")).decode("latin-1")
    return [name for part in joined.split(",") if (name := part.strip().lower())]


_DECODERS: Final[dict[str, Callable[[bytes, int], bytes]]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _inflate,
    "br": _unbrotli,
}
