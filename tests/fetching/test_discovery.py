"""Where a crawl starts that is told a search, a category or a sitemap, and where it goes on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, cast

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse, Response
from scrapy.utils.test import get_crawler

from crawler.errors import UsageError
from crawler.fetching.outcome import FOLLOWED
from crawler.fetching.spider import DocumentSpider
from crawler.reading import DocumentPage, UrlTemplate, css

if TYPE_CHECKING:
    from scrapy.core.engine import ExecutionEngine

HOME: Final = "https://www.books.example"


class BooksPage(DocumentPage):
    site = "books"
    url_template = UrlTemplate(f"{HOME}/b-{{doc_id}}.html", "/d-{doc_id}.html")

    title = css("h1")


class BooksSpider(DocumentSpider):
    page = BooksPage
    name = page.site
    start_urls = [f"{HOME}/"]  # noqa: RUF012 - as Scrapy has it
    search_url = "/search.html?p=0&q={query}"
    category_url = "/c-{category}.html"


class BareSpider(DocumentSpider):
    page = BooksPage
    name = "bare"
    start_urls = [f"{HOME}/"]  # noqa: RUF012 - as Scrapy has it


def spider(**told: str) -> BooksSpider:
    return BooksSpider.from_crawler(get_crawler(BooksSpider), **told)


async def started(crawl: BooksSpider) -> list[str]:
    crawl.crawler.engine = cast("ExecutionEngine", Ready())
    return [request.url async for request in crawl.start()]


class Ready:
    """An engine that can always send one more."""

    def needs_backout(self) -> bool:
        return False


def requests(
    crawl: BooksSpider, url: str, body: bytes, status: int = 200, media_type: str = "text/xml"
) -> list[Request]:
    headers = {"Content-Type": media_type}
    response = Response(url, body=body, status=status, headers=headers, request=Request(url))
    return [found for found in crawl.parse(response) if isinstance(found, Request)]


@pytest.mark.parametrize(
    ("told", "start"),
    [
        ({"query": "高考 a&b"}, f"{HOME}/search.html?p=0&q=%E9%AB%98%E8%80%83%20a%26b"),
        ({"category": "00011"}, f"{HOME}/c-00011.html"),
        ({"sitemap": f"{HOME}/robots.txt"}, f"{HOME}/robots.txt"),
    ],
)
def test_where_a_crawl_starts(told: dict[str, str], start: str) -> None:
    assert asyncio.run(started(spider(**told))) == [start]


@pytest.mark.parametrize("told", [{"query": "a"}, {"category": "1"}])
def test_a_site_that_has_none(told: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="no address for it is known on books"):
        BareSpider.told(told)


def test_a_search_is_followed_to_its_other_pages() -> None:
    links = ["/search.html?p=1&q=a", "/search.html?p=1&q=b", "/b-1.html", "/login.html"]
    body = "".join(f"<a href='{link}'>x</a>" for link in links)
    response = HtmlResponse(
        f"{HOME}/search.html?p=0&q=a",
        body=body.encode(),
        headers={"Content-Type": "text/html"},
        request=Request(f"{HOME}/search.html?p=0&q=a"),
    )
    found = [request.url for request in spider(query="a").parse(response)]
    assert found == [f"{HOME}/search.html?p=1&q=a", f"{HOME}/b-1.html"]
    assert [request.url for request in spider().parse(response)] == [f"{HOME}/b-1.html"]


def test_a_robots_txt_leads_to_the_sites_own_sitemaps() -> None:
    crawl = spider(sitemap=f"{HOME}/robots.txt")
    body = f"Sitemap: {HOME}/1.xml\nSitemap: https://cdn.example/2.xml\nSitemap: {HOME}/1.xml\n"
    found = requests(crawl, f"{HOME}/robots.txt", body.encode(), media_type="text/plain")
    assert [request.url for request in found] == [f"{HOME}/1.xml"]


@pytest.mark.parametrize("media_type", ["text/xml", "application/xml", "text/html", ""])
def test_a_sitemap_leads_to_documents_once(media_type: str) -> None:
    crawl = spider(sitemap=f"{HOME}/1.xml")
    urls = [
        f"{HOME}/b-1.html",
        "http://books.example/b-1.html?x",
        f"{HOME}/c-1.html",
        f"{HOME}/a.pdf",
    ]
    body = "<urlset>" + "".join(f"<loc>{url}</loc>" for url in urls)
    found = requests(crawl, f"{HOME}/1.xml", body.encode(), media_type=media_type)
    assert [request.url for request in found] == [f"{HOME}/b-1.html", f"{HOME}/c-1.html"]
    assert crawl.crawler.stats.get_value(FOLLOWED) == 1


def test_a_document_is_asked_for_where_it_is_viewed() -> None:
    body = "".join(f"<a href='{link}'>x</a>" for link in ("/d-1.html", "/b-1.html", "/d-2.html"))
    url = f"{HOME}/c-1.html"
    response = HtmlResponse(url, body=f"<p>{body}".encode(), request=Request(url))
    found = [request.url for request in spider().parse(response) if isinstance(request, Request)]
    assert found == [f"{HOME}/b-1.html", f"{HOME}/d-2.html"]


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        (b"", 200, "empty"),
        (b"<html>nothing</html>", 200, "not_html"),
        (b"\x1f\x8bbroken", 200, "bad_encoding"),
        (b"<urlset><loc>x</loc>", 404, "http_404"),
    ],
)
def test_a_sitemap_that_leads_nowhere(body: bytes, status: int, reason: str) -> None:
    crawl = spider(sitemap=f"{HOME}/1.xml")
    assert not requests(crawl, f"{HOME}/1.xml", body, status)
    assert crawl.crawler.stats.get_value(f"docshelf/pages/{reason}") == 1
