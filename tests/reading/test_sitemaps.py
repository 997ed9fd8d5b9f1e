from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.reading.codings import CodingError
from crawler.reading.sitemaps import Sitemap, read_sitemap

HOME = "https://www.wenku365.com"
SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def urlset(*urls: str) -> bytes:
    entries = "".join(f"<url>\n<loc> {url} </loc><lastmod>2020</lastmod></url>" for url in urls)
    return f'<?xml version="1.0"?><urlset xmlns="{SPACE}">{entries}</urlset>'.encode()


def test_a_sitemap() -> None:
    found = read_sitemap(urlset(f"{HOME}/p-1.html", f"{HOME}/p-2.html?a=1&amp;b=2"))
    assert found == Sitemap((f"{HOME}/p-1.html", f"{HOME}/p-2.html?a=1&b=2"), is_index=False)


def test_an_index_of_sitemaps() -> None:
    body = f"<s:sitemapindex><s:sitemap><s:loc><![CDATA[{HOME}/1.xml]]></s:loc>".encode()
    assert read_sitemap(body) == Sitemap((f"{HOME}/1.xml",), is_index=True)


def test_a_sitemap_that_is_compressed() -> None:
    body = gzip.compress(urlset(f"{HOME}/p-1.html"))
    assert read_sitemap(body).urls == (f"{HOME}/p-1.html",)
    with pytest.raises(CodingError):
        read_sitemap(body[:-20])
    with pytest.raises(CodingError):
        read_sitemap(gzip.compress(bytes(1 << 20)), max_bytes=1000)


def test_a_sitemap_that_is_plain_text() -> None:
    body = f"{HOME}/p-1.html\r\n{HOME}/p-2.html\n\nno address\n".encode()
    assert read_sitemap(body) == Sitemap((f"{HOME}/p-1.html", f"{HOME}/p-2.html"), is_index=False)


def test_a_robots_txt() -> None:
    body = f"User-agent: *\nDisallow: /s\nSitemap: {HOME}/1.xml\n SITEMAP:{HOME}/2.xml.gz\n"
    assert read_sitemap(body.encode()) == Sitemap(
        (f"{HOME}/1.xml", f"{HOME}/2.xml.gz"), is_index=True
    )


def test_entities_are_not_expanded() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><urlset><loc>&b;</loc>'
    assert read_sitemap(bomb).urls == ("&b;",)


def test_no_more_is_listed_than_a_sitemap_may() -> None:
    assert len(read_sitemap(urlset(*map(str, range(60_000)))).urls) == 50_000


@given(st.binary(max_size=300))
def test_nothing_breaks_it(body: bytes) -> None:
    try:
        found = read_sitemap(b"<urlset><loc>" + body)
    except CodingError:
        return
    assert all(found.urls)
