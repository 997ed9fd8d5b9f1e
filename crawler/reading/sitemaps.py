"""Sitemaps: the addresses that a site lists for crawlers, in XML, as text, or in robots.txt.

They are searched for addresses and never parsed as XML: entities are not expanded, and what is
broken is read as far as it goes.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from crawler.reading.codings import decode_body

if TYPE_CHECKING:
    from collections.abc import Iterator

_GZIP: Final = b"\x1f\x8b"
_LONGEST: Final = 2048
"""No address is longer, in bytes (sitemaps.org)."""
_MOST: Final = 50_000
"""No sitemap lists more (sitemaps.org)."""
_LOCATION: Final = re.compile(
    rb"<(?:\w{1,20}:)?loc>\s{0,99}(?:<!\[CDATA\[)?\s{0,99}([^<>\s]{1,2048})", re.IGNORECASE
)
_INDEX: Final = re.compile(rb"<(?:\w{1,20}:)?sitemapindex[\s>]", re.IGNORECASE)
_LINE: Final = re.compile(rb"^\s{0,9}(https?://\S{1,2048})\s{0,9}$", re.MULTILINE)
_ROBOTS: Final = re.compile(
    rb"^[ \t]{0,9}sitemap[ \t]{0,9}:[ \t]{0,9}(\S{1,2048})", re.IGNORECASE | re.MULTILINE
)
_HEAD: Final = 4096


class Sitemap(NamedTuple):
    """What a sitemap lists."""

    urls: tuple[str, ...]
    """Addresses, as written, each once."""
    is_index: bool
    """They are the addresses of other sitemaps."""


def read_sitemap(body: bytes, max_bytes: int = 0) -> Sitemap:
    r"""Return what a sitemap, a sitemap index or a robots.txt lists.

    *body* may be compressed. Raise ``CodingError`` if it is broken, or unpacks to more than
    *max_bytes* (0: no limit).

    >>> read_sitemap(b"<urlset><url><loc>https://a.example/p-1.html?a&amp;b</loc></url></urlset>")
    Sitemap(urls=('https://a.example/p-1.html?a&b',), is_index=False)
    >>> read_sitemap(b"User-agent: *\nSitemap: https://a.example/sitemap.xml.gz\n")
    Sitemap(urls=('https://a.example/sitemap.xml.gz',), is_index=True)
    """
    if body.startswith(_GZIP):
        body, _ = decode_body(body, ["gzip"], max_bytes)
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        body = body.decode("utf-16", "replace").encode()
    for pattern, is_index in (
        (_LOCATION, _INDEX.search(body, 0, _HEAD) is not None),
        (_ROBOTS, True),
        (_LINE, False),
    ):
        if urls := tuple(dict.fromkeys(_texts(pattern, body))):
            return Sitemap(urls, is_index)
    return Sitemap((), is_index=False)


def _texts(pattern: re.Pattern[bytes], body: bytes) -> Iterator[str]:
    for number, found in enumerate(pattern.finditer(body)):
        if number == _MOST:
            return
        yield html.unescape(found[1].decode("utf-8", "replace")).removesuffix("]]")
