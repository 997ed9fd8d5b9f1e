"""Where a crawl starts that is told a search, a category or a sitemap, and where it goes on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse, Response
from scrapy.utils.test import get_crawler

from crawler.errors import UsageError
from crawler.fetching.discovery import Discovery, Links
from crawler.fetching.outcome import FOLLOWED
from crawler.fetching.spider import DocumentSpider
from crawler.reading import DocumentPage, UrlTemplate, css
from crawler.storage.tables import Kind

if TYPE_CHECKING:
    from pathlib import Path

    from crawler.storage.pages import Found

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


def taken(crawl: BooksSpider, response: Response, *, alone: bool = False) -> list[object]:
    """Return all that *response* yields."""

    async def collected() -> list[object]:
        return [one async for one in crawl.parse(response, alone=alone)]

    return asyncio.run(collected())


def led_to(crawl: BooksSpider, response: Response) -> list[Found]:
    """Return what *response* leads to: all that a page without a document yields."""
    yielded = taken(crawl, response)
    assert [type(one) for one in yielded] == [Links]
    return [found for one in yielded if isinstance(one, Links) for found in one.found]


def answer(url: str, body: bytes, status: int = 200, media_type: str = "text/xml") -> Response:
    headers = {"Content-Type": media_type}
    return Response(url, body=body, status=status, headers=headers, request=Request(url))


def list_page(url: str, *links: str) -> HtmlResponse:
    body = "".join(f"<a href='{link}'>x</a>" for link in links)
    headers = {"Content-Type": "text/html"}
    return HtmlResponse(url, body=f"<p>{body}".encode(), headers=headers, request=Request(url))


def urls_of(found: list[Found]) -> list[str]:
    return [one.url for one in found]


@pytest.mark.parametrize(
    ("told", "start"),
    [
        ({"query": "高考 a&b"}, f"{HOME}/search.html?p=0&q=%E9%AB%98%E8%80%83%20a%26b"),
        ({"category": "00011"}, f"{HOME}/c-00011.html"),
        ({"sitemap": f"{HOME}/robots.txt"}, f"{HOME}/robots.txt"),
    ],
)
def test_where_a_crawl_starts(told: dict[str, str], start: str) -> None:
    found = list(spider(**told).starts())
    assert [(one.url, one.kind, one.depth) for one in found] == [(start, Kind.SEED, 0)]


@pytest.mark.parametrize("told", [{"query": "a"}, {"category": "1"}])
def test_a_site_that_has_none(told: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="no address for it is known on books"):
        BareSpider.told(told)


def test_a_search_is_followed_to_its_other_pages() -> None:
    links = ["/search.html?p=1&q=a", "/search.html?p=1&q=b", "/b-1.html", "/login.html"]
    page = list_page(f"{HOME}/search.html?p=0&q=a", *links)
    found = urls_of(led_to(spider(query="a"), page))
    assert found == [f"{HOME}/search.html?p=1&q=a", f"{HOME}/b-1.html"]
    assert urls_of(led_to(spider(), page)) == [f"{HOME}/b-1.html"]


def test_a_robots_txt_leads_to_the_sites_own_sitemaps() -> None:
    crawl = spider(sitemap=f"{HOME}/robots.txt")
    body = f"Sitemap: {HOME}/1.xml\nSitemap: https://cdn.example/2.xml\nSitemap: {HOME}/1.xml\n"
    robots = answer(f"{HOME}/robots.txt", body.encode(), media_type="text/plain")
    assert urls_of(led_to(crawl, robots)) == [f"{HOME}/1.xml"]


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
    found = led_to(crawl, answer(f"{HOME}/1.xml", body.encode(), media_type=media_type))
    assert urls_of(found) == [f"{HOME}/b-1.html", f"{HOME}/c-1.html"]
    assert crawl.crawler.stats.get_value(FOLLOWED) == 1


def test_a_document_is_asked_for_where_it_is_viewed() -> None:
    page = list_page(f"{HOME}/c-1.html", "/d-1.html", "/b-1.html", "/d-2.html")
    assert urls_of(led_to(spider(), page)) == [f"{HOME}/b-1.html", f"{HOME}/d-2.html"]


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
    assert not led_to(crawl, answer(f"{HOME}/1.xml", body, status))
    assert crawl.crawler.stats.get_value(f"docshelf/pages/{reason}") == 1


def test_a_page_that_is_alone_leads_nowhere() -> None:
    page = list_page(f"{HOME}/c-1.html", "/b-1.html")
    assert taken(spider(), page, alone=True) == [Links([])]


def test_a_redirect_from_a_list_to_a_document_leads_there() -> None:
    crawl = spider()
    moved = answer(f"{HOME}/c-1.html", b"", 302)
    moved.headers["Location"] = "/b-1.html"
    (found,) = led_to(crawl, moved)
    assert (found.url, found.kind, found.depth) == (f"{HOME}/b-1.html", Kind.DOCUMENT, 0)
    assert crawl.crawler.stats.get_value(FOLLOWED) == 1


def test_what_is_found_is_one_step_further_and_documents_are_first() -> None:
    found = Discovery(BooksPage.url_template).found([f"{HOME}/c-1.html", f"{HOME}/b-1.html"], 4)
    assert [(one.kind, one.depth) for one in found] == [(Kind.LIST, 5), (Kind.DOCUMENT, 5)]
    assert found[1].priority < found[0].priority


def test_with_a_limit_on_the_depth_nothing_overtakes_what_is_nearer() -> None:
    discovery = Discovery(BooksPage.url_template, deepest=2)
    (near,) = discovery.found([f"{HOME}/c-1.html"], 0)
    (far,) = discovery.found([f"{HOME}/b-1.html"], 1)
    assert near.priority < far.priority
    assert not discovery.found([f"{HOME}/b-2.html"], 2)


def test_a_document_is_one_page_however_it_was_come_by() -> None:
    discovery = Discovery(BooksPage.url_template)
    view, download, other = (f"{HOME}/{name}.html" for name in ("b-1", "d-1", "b-2"))
    (linked,) = discovery.found([download], 0)
    (target,) = discovery.target(view, 0)
    assert discovery.seed(view).hash == linked.hash == target.hash
    assert discovery.seed(other).hash != linked.hash


def test_a_place_to_start_at_that_would_not_be_followed_is_started_at() -> None:
    discovery = Discovery(BooksPage.url_template)
    assert discovery.known(f"{HOME}/robots.txt") is None
    found = discovery.seed(f"{HOME}/robots.txt")
    assert (found.url, found.kind) == (f"{HOME}/robots.txt", Kind.SEED)


@pytest.mark.parametrize("name", ["b-1.html?from=menu#top", "d-1.html"])
@pytest.mark.parametrize("origin", ["http://books.example", "https://WWW.books.example:443"])
def test_a_document_is_one_page_whatever_leads_to_it(origin: str, name: str) -> None:
    discovery = Discovery(BooksPage.url_template)
    known = discovery.known(f"{HOME}/b-1.html")
    assert known is not None
    assert known.is_document
    assert discovery.known(f"{origin}/{name}") == known
    assert [one.hash for one in discovery.found([f"{origin}/{name}", f"{HOME}/b-1.html"], 0)] == [
        known.hash
    ]


def test_a_sitemap_of_a_sitemap_is_no_step_further() -> None:
    crawl = spider(sitemap=f"{HOME}/robots.txt", depth="1")
    robots = answer(f"{HOME}/robots.txt", f"Sitemap: {HOME}/1.xml".encode(), media_type="")
    (found,) = led_to(crawl, robots)
    assert (found.kind, found.depth) == (Kind.LIST, 0)


def test_a_source_has_no_places_to_start_at(tmp_path: Path) -> None:
    (tmp_path / "x.warc").touch()
    assert list(spider(source=f"warc:{tmp_path}/x.warc", ids="1-3").starts()) == []


def test_an_address_is_kept_as_it_can_be_sent() -> None:
    (found,) = Discovery(BooksPage.url_template).found([f"{HOME}/c-图书.html"], 0)
    assert found.url == f"{HOME}/c-%E5%9B%BE%E4%B9%A6.html"
